//! What driving avatars costs.

use std::time::Instant;

use kinect_avatar::{Person, RetargetSettings, Retargeter, match_bones};
use kinect_simulation::MotionKind;

use crate::people::{simulated, simulated_sensor};
use crate::rigs::{Axes, Rest, generate};
use crate::schemes;

#[test]
fn six_avatars_take_microseconds_and_do_not_allocate() {
    let generated = generate(&schemes::ALL[3], Rest::A, Axes::ZUpRoot, true);
    let map = match_bones(&generated.rig, &[]).bones;
    let bodies = simulated(MotionKind::Dance, 4.0);
    let mut six: Vec<Retargeter> = (0..6)
        .map(|_| Retargeter::new(&generated.rig, &map))
        .collect();
    let settings = RetargetSettings {
        reach_hands: true,
        mirror: true,
        smoothing_seconds: 0.05,
        ..RetargetSettings::default()
    };
    let sensor = simulated_sensor();
    let mut times = Vec::with_capacity(bodies.len());
    let allocations = k4a_judge::allocations(|| {
        for body in &bodies {
            let begun = Instant::now();
            for retargeter in &mut six {
                let person = Person::new(body, &sensor);
                retargeter.update(person.as_ref(), &settings, 1.0 / 30.0);
            }
            times.push(begun.elapsed());
        }
    });
    times.sort();
    let median = times[times.len() / 2];
    println!("six avatars: {median:?} a frame");
    assert_eq!(allocations, 0);
    assert!(median.as_micros() < 300, "{median:?}");
}
