//! Tests of zones: the players in each zone.

use glam::Vec3;
use kinect_tracking::Ground;
use kinect_tracking::zones::{Zone, ZoneEvent, ZonePart, ZoneSettings, ZoneShape, ZoneWatch};

use crate::figure::Figure;
use crate::noise::Noise;

/// A metre square on the floor, two metres before a level camera that is 800 mm high.
fn square() -> Zone {
    Zone::new(
        "square",
        ZoneShape::Floor {
            corners: vec![
                [-500.0, -1500.0],
                [500.0, -1500.0],
                [500.0, -2500.0],
                [-500.0, -2500.0],
            ],
            bottom: 0.0,
            top: 2500.0,
        },
    )
}

fn ground() -> Ground {
    Ground {
        up: [0.0, -1.0, 0.0],
        camera_height_mm: 800.0,
    }
}

/// Lets a person stand at a position in x for some frames.
fn stand(watch: &mut ZoneWatch, step: &mut u64, x: f32, frames: u64) -> Vec<ZoneEvent> {
    let mut events = Vec::new();
    for _ in 0..frames {
        let body = Figure::new(Vec3::new(x, 0.0, 2000.0)).body(3);
        watch.update([&body], *step * 33_333, &ground());
        events.extend_from_slice(watch.events());
        *step += 1;
    }
    events
}

#[test]
fn a_visit_is_one_entering_one_dwelling_and_one_leaving() {
    let mut watch = ZoneWatch::new();
    let zone = watch.add(square(), ZoneSettings::default());
    let mut step = 0;
    assert_eq!(stand(&mut watch, &mut step, 900.0, 10), []);
    let events = stand(&mut watch, &mut step, 0.0, 100);
    let player = 3;
    assert_eq!(
        events,
        [
            ZoneEvent::Entered { zone, player },
            ZoneEvent::Dwelled { zone, player }
        ]
    );
    assert_eq!(watch.stays().len(), 1);
    let events = stand(&mut watch, &mut step, 900.0, 10);
    let [ZoneEvent::Left { seconds, .. }] = events[..] else {
        panic!("{events:?}")
    };
    assert!((seconds - 3.33).abs() < 0.1, "{seconds}");
    // A visit that is shorter than the time to dwell.
    let events = stand(&mut watch, &mut step, 0.0, 20);
    assert_eq!(events, [ZoneEvent::Entered { zone, player }]);
}

#[test]
fn nobody_flickers_at_the_edge() {
    let mut watch = ZoneWatch::new();
    watch.add(square(), ZoneSettings::default());
    let mut noise = Noise::new(4);
    let (mut entered, mut left) = (0, 0);
    for step in 0..900_u64 {
        let body = Figure::new(Vec3::new(490.0, 0.0, 2000.0)).body(3);
        let body = noise.disturbed(&body, 20.0, 0.0);
        watch.update([&body], step * 33_333, &ground());
        for event in watch.events() {
            entered += u32::from(matches!(event, ZoneEvent::Entered { .. }));
            left += u32::from(matches!(event, ZoneEvent::Left { .. }));
        }
    }
    assert_eq!((entered, left), (1, 0));
}

#[test]
fn whoever_is_not_seen_any_more_has_left() {
    let mut watch = ZoneWatch::new();
    let zone = watch.add(square(), ZoneSettings::default());
    let mut step = 0;
    stand(&mut watch, &mut step, 0.0, 10);
    let mut left_after = None;
    for n in 0..60_u64 {
        watch.update([], (step + n) * 33_333, &ground());
        if let [
            ZoneEvent::Left {
                zone: of, player, ..
            },
        ] = *watch.events()
        {
            assert_eq!((of, player), (zone, 3));
            left_after = Some(n);
        }
    }
    assert!(
        left_after.is_some_and(|n| (28..33).contains(&n)),
        "{left_after:?}"
    );
}

#[test]
fn a_hand_can_be_in_a_zone_that_the_person_is_not_in() {
    let button = Zone::new(
        "button",
        ZoneShape::Sphere {
            center: [650.0, 1200.0, -2000.0],
            radius: 150.0,
        },
    );
    let mut watch = ZoneWatch::new();
    for part in [
        ZonePart::Hand,
        ZonePart::Any,
        ZonePart::Head,
        ZonePart::Pelvis,
        ZonePart::Foot,
    ] {
        let settings = ZoneSettings {
            part,
            ..ZoneSettings::default()
        };
        watch.add(button.clone(), settings);
    }
    let mut figure = Figure::new(Vec3::new(0.0, 0.0, 2000.0));
    watch.update([&figure.body(1)], 0, &ground());
    assert!(watch.events().is_empty());
    figure.left_hand(Vec3::new(1.1, 0.8, 0.0));
    watch.update([&figure.body(1)], 33_333, &ground());
    let zones: Vec<usize> = watch.stays().iter().map(|stay| stay.zone).collect();
    assert_eq!(zones, [0, 1]);
}
