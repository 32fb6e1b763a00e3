//! The five clips of the vendor's tracker.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint};
use kinect_tracking::files::BodyClip;

pub(crate) const NAMES: [&str; 5] = [
    "standing",
    "sitting",
    "walking",
    "hands-up",
    "extending-arms",
];

/// A clip; `None` if the real data is missing and is not required.
pub(crate) fn clip(name: &str) -> Option<BodyClip> {
    let path = k4a_judge::real_data(&format!("skeletons/{name}.csv"))?;
    Some(BodyClip::read(&path).unwrap())
}

/// The files of all clips that are there.
#[cfg(feature = "onnx")]
pub(crate) fn paths() -> Vec<std::path::PathBuf> {
    NAMES
        .iter()
        .filter_map(|name| k4a_judge::real_data(&format!("skeletons/{name}.csv")))
        .collect()
}

/// A clip at a constant rate, from 0 µs on: the clips have some 8 frames a second, at irregular times. Between frames,
/// joints move in straight lines and turn evenly.
pub(crate) fn resampled(clip: &BodyClip, rate: f64) -> Vec<(u64, Body)> {
    let frames = clip.frames();
    let first = frames[0].device_timestamp_usec;
    let count = (clip.duration_usec() as f64 * 1e-6 * rate) as u64;
    (0..count)
        .map(|n| {
            let usec = (n as f64 * 1e6 / rate) as u64;
            (usec, at(clip, first + usec))
        })
        .collect()
}

/// The body at a time.
pub(crate) fn at(clip: &BodyClip, usec: u64) -> Body {
    let frames = clip.frames();
    let next = frames
        .partition_point(|frame| frame.device_timestamp_usec <= usec)
        .clamp(1, frames.len() - 1);
    let (a, b) = (&frames[next - 1], &frames[next]);
    let share = usec.saturating_sub(a.device_timestamp_usec) as f32
        / (b.device_timestamp_usec - a.device_timestamp_usec) as f32;
    let share = share.clamp(0.0, 1.0);
    let mut body = a.bodies[0].clone();
    for (pose, to) in body.joints.iter_mut().zip(&b.bodies[0].joints) {
        let (p, q) = (Vec3::from(pose.position), Vec3::from(to.position));
        pose.position = p.lerp(q, share).to_array();
        let (from, to) = (quat(pose.orientation), quat(to.orientation));
        let to = if from.dot(to) < 0.0 { -to } else { to };
        let q = from.slerp(to, share).normalize();
        pose.orientation = [q.w, q.x, q.y, q.z];
    }
    body
}

pub(crate) fn quat([w, x, y, z]: [f32; 4]) -> Quat {
    Quat::from_xyzw(x, y, z, w).normalize()
}

pub(crate) fn place(body: &Body, joint: Joint) -> Vec3 {
    Vec3::from(body.joint(joint).position)
}
