//! People who move: of the simulation, and of real clips.

use glam::{Quat, Vec3};
use kinect_avatar::SensorPlace;
use kinect_azure::{Body, Joint, units};
use kinect_simulation::{
    MotionKind, Mount, Scenario, SimulatedPeople, SimulationSettings, SkeletonClip,
};

pub(crate) const CLIPS: [&str; 5] = [
    "standing",
    "sitting",
    "walking",
    "hands-up",
    "extending-arms",
];

/// Where the simulated sensor stands.
pub(crate) fn simulated_sensor() -> SensorPlace {
    let mount = Mount::default();
    SensorPlace {
        rotation: Quat::from_rotation_x(-mount.tilt_degrees.to_radians()),
        translation: Vec3::Y * mount.height,
    }
}

/// A simulated person who does one motion, 30 times a second.
pub(crate) fn simulated(motion: MotionKind, seconds: f64) -> Vec<Body> {
    let mut people = SimulatedPeople::new(&SimulationSettings {
        scenario: Scenario::Single(motion),
        people: 1,
        seed: 5,
        ..SimulationSettings::default()
    })
    .unwrap();
    (0..(seconds * 30.0) as u32)
        .filter_map(|n| people.advance_to(f64::from(n) / 30.0).into_iter().next())
        .collect()
}

/// A real clip at 30 frames a second: between its frames, 8 a second, poses are interpolated. `None` if it is missing.
pub(crate) fn clip(name: &str) -> Option<Vec<Body>> {
    let path = k4a_judge::real_data(&format!("skeletons/{name}.csv"))?;
    let clip = SkeletonClip::parse(&std::fs::read(path).unwrap()).unwrap();
    let count = (clip.seconds() * 30.0) as u64;
    Some((0..count).map(|n| at(&clip, n * 1_000_000 / 30)).collect())
}

/// Where the camera of a clip stood: tilted so that the person's trunk is upright on the average, and so high that the ankles
/// are where ankles are.
pub(crate) fn clip_sensor(bodies: &[Body]) -> SensorPlace {
    let camera = SensorPlace::default();
    let at = |body: &Body, joint| place(body, joint, &camera);
    let up: Vec3 = bodies
        .iter()
        .map(|body| at(body, Joint::Neck) - at(body, Joint::Pelvis))
        .sum();
    // Cameras are tilted, not rolled.
    let up = Vec3::new(0.0, up.y, up.z).normalize();
    let rotation = Quat::from_rotation_arc(up, Vec3::Y);
    let mut ankles: Vec<f32> = bodies
        .iter()
        .map(|body| {
            let height = |joint| (rotation * at(body, joint)).y;
            height(Joint::AnkleLeft).min(height(Joint::AnkleRight))
        })
        .collect();
    ankles.sort_by(f32::total_cmp);
    SensorPlace {
        rotation,
        translation: Vec3::Y * (0.08 - ankles[ankles.len() / 10]),
    }
}

/// The clip's pose so many microseconds after its beginning.
fn at(clip: &SkeletonClip, usec: u64) -> Body {
    let frame = |n: usize| clip.frame(n).unwrap();
    let first = frame(0).0;
    let next = (1..clip.len() - 1)
        .find(|n| frame(*n).0 - first > usec)
        .unwrap_or(clip.len() - 1);
    let (a, b) = (frame(next - 1), frame(next));
    let share = (usec + first).saturating_sub(a.0) as f32 / (b.0 - a.0) as f32;
    let share = share.clamp(0.0, 1.0);
    let mut joints = *a.1;
    for (pose, to) in joints.iter_mut().zip(b.1) {
        let (p, q) = (Vec3::from(pose.position), Vec3::from(to.position));
        pose.position = p.lerp(q, share).to_array();
        let (from, to) = (quat(pose.orientation), quat(to.orientation));
        let to = if from.dot(to) < 0.0 { -to } else { to };
        let q = from.slerp(to, share).normalize();
        pose.orientation = [q.w, q.x, q.y, q.z];
    }
    Body { id: 1, joints }
}

pub(crate) fn quat([w, x, y, z]: [f32; 4]) -> Quat {
    Quat::from_xyzw(x, y, z, w).normalize()
}

/// A joint's place in the room, in metres.
pub(crate) fn place(body: &Body, joint: Joint, sensor: &SensorPlace) -> Vec3 {
    sensor.rotation * Vec3::from(units::to_world(body.joint(joint).position)) + sensor.translation
}

/// How a joint's segment is turned against a T-pose that faces +z.
pub(crate) fn turn(body: &Body, joint: Joint, sensor: &SensorPlace) -> Quat {
    let axes = glam::Mat3::from_cols_array_2d(&joint.rest_axes());
    let own = quat(units::orientation_to_world(body.joint(joint).orientation));
    sensor.rotation * own * Quat::from_mat3(&axes).inverse()
}
