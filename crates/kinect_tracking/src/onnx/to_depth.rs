//! From the colour image to the depth image.

use kinect_azure::{Calibration, Image};

use crate::pose2d::Person2d;

/// Maps a person of the colour image to the depth image. A joint at whose pixel no depth was measured is moved by the
/// mean shift of the other joints. `None` if no joint can be mapped.
pub(super) fn to_depth(
    mut person: Person2d,
    depth: Option<&Image>,
    calibration: &Calibration,
) -> Option<Person2d> {
    let depth = depth?.u16_pixels();
    let map = |at: [f32; 2]| calibration.color_pixel_to_depth_pixel(at, depth);
    let mapped: Vec<Option<[f32; 2]>> = person
        .joints
        .iter()
        .map(|joint| joint.and_then(|joint| map([joint.x, joint.y])))
        .collect();
    // For one person, the two images differ by a scale and a shift, to a good approximation.
    let pairs: Vec<([f32; 2], [f32; 2])> = person
        .joints
        .iter()
        .zip(&mapped)
        .filter_map(|(joint, mapped)| joint.map(|joint| [joint.x, joint.y]).zip(*mapped))
        .collect();
    let scale = depth_scale(calibration);
    let count = pairs.len() as f32;
    if pairs.is_empty() {
        return None;
    }
    let mut shift = [0.0; 2];
    for (from, to) in &pairs {
        shift[0] += (to[0] - from[0] * scale) / count;
        shift[1] += (to[1] - from[1] * scale) / count;
    }
    let nearly = |at: [f32; 2]| [at[0] * scale + shift[0], at[1] * scale + shift[1]];
    for (joint, mapped) in person.joints.iter_mut().zip(mapped) {
        if let Some(joint) = joint {
            [joint.x, joint.y] = mapped.unwrap_or_else(|| nearly([joint.x, joint.y]));
        }
    }
    person.bounds.min = nearly(person.bounds.min);
    person.bounds.max = nearly(person.bounds.max);
    Some(person)
}

/// The size of a pixel of the colour image in pixels of the depth image.
fn depth_scale(calibration: &Calibration) -> f32 {
    match (&calibration.depth_camera, &calibration.color_camera) {
        (Some(depth), Some(color)) => depth.intrinsics.fx / color.intrinsics.fx,
        _ => 1.0,
    }
}
