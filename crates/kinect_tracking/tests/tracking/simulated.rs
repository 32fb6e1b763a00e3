//! People of the simulation, without pictures.

use kinect_azure::{Body, Joint, JointConfidence};
use kinect_simulation::{Mount, Scenario, SimulatedPeople, SimulationSettings};
use kinect_tracking::Ground;

use crate::clips::place;

/// The pose of the simulated sensor.
pub(crate) fn ground() -> Ground {
    let mount = Mount::default();
    let (sin, cos) = mount.tilt_degrees.to_radians().sin_cos();
    Ground {
        // Looking down: up leans to the camera's back.
        up: [0.0, -cos, -sin],
        camera_height_mm: mount.height * 1000.0,
    }
}

/// The bodies of simulated people for some seconds, 30 frames a second.
pub(crate) fn people(
    scenario: Scenario,
    people: u32,
    seed: u64,
    seconds: f64,
) -> impl Iterator<Item = (u64, Vec<Body>)> {
    let mut simulation = SimulatedPeople::new(&SimulationSettings {
        scenario,
        people,
        seed,
        ..SimulationSettings::default()
    })
    .unwrap();
    (0..(seconds * 30.0) as u64).map(move |number| {
        let usec = number * 1_000_000 / 30;
        (usec, simulation.advance_to(usec as f64 * 1e-6))
    })
}

/// Removes people whom the depth camera would not see: a body stays if half of its trunk is in view and not covered by
/// a nearer person. A person covers an upright ellipse that is 460 mm wide.
pub(crate) fn visible(bodies: &[Body]) -> Vec<Body> {
    const TRUNK: [Joint; 6] = [
        Joint::Pelvis,
        Joint::SpineNavel,
        Joint::SpineChest,
        Joint::Neck,
        Joint::ShoulderLeft,
        Joint::ShoulderRight,
    ];
    // Half the field of view of the narrow mode, 75° by 65°.
    let (wide, high) = (0.767, 0.637);
    let seen = |body: &Body, others: &[Body]| {
        let joints = TRUNK.iter().filter(|&&joint| {
            let at = place(body, joint);
            if at.z < 300.0 || (at.x / at.z).abs() > wide || (at.y / at.z).abs() > high {
                return false;
            }
            others.iter().all(|other| {
                let chest = place(other, Joint::SpineChest);
                if other.id == body.id || chest.z < 300.0 || chest.z > at.z - 200.0 {
                    return true;
                }
                (at.x / at.z - chest.x / chest.z).abs() > 230.0 / chest.z
            })
        });
        joints.count() >= TRUNK.len() / 2
    };
    bodies
        .iter()
        .filter(|body| seen(body, bodies))
        .cloned()
        .map(|mut body| {
            for pose in &mut body.joints {
                pose.confidence = JointConfidence::Medium;
            }
            body
        })
        .collect()
}
