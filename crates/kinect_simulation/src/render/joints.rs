//! Ground truth: people's joints in the form of the vendor's tracker.

use glam::{Quat, Vec3};
use kinect_azure::body::{Body, Joint, JointConfidence, JointPose};

use super::view::View;
use crate::frame::CleanDepth;
use crate::person::pose::{BodyPose, vendor_axes};
use crate::rig::Eye;

/// The largest depth of a seen joint behind the skin, in metres for a person of 1.75 m: up to this depth, the surface
/// in front of the joint is the limb itself.
fn depth_in_body(joint: Joint) -> f32 {
    match joint {
        Joint::Pelvis | Joint::SpineNavel | Joint::SpineChest => 0.24,
        Joint::Neck | Joint::Head | Joint::HipLeft | Joint::HipRight => 0.20,
        Joint::ClavicleLeft | Joint::ClavicleRight | Joint::ShoulderLeft | Joint::ShoulderRight => {
            0.16
        }
        Joint::KneeLeft | Joint::KneeRight | Joint::ElbowLeft | Joint::ElbowRight => 0.12,
        Joint::EarLeft | Joint::EarRight | Joint::EyeLeft | Joint::EyeRight | Joint::Nose => 0.06,
        _ => 0.09,
    }
}

/// A person's joints in the depth camera's axes. `seen` is the depth image with the person's number in it; without one,
/// every joint counts as seen.
pub(crate) fn body(
    id: u32,
    number: u8,
    pose: &BodyPose,
    eye: &Eye,
    seen: Option<(&View, &CleanDepth)>,
) -> Body {
    let to_camera = Quat::from_mat3(&eye.to_world.transpose());
    let mut body = Body {
        id,
        joints: [JointPose::default(); Joint::COUNT],
    };
    for joint in Joint::ALL {
        let place = eye.look_at(pose.position[joint.index()]);
        let turn = (to_camera * pose.rotation[joint.index()] * vendor_axes(joint)).normalize();
        let position = place * 1000.0;
        body.joints[joint.index()] = JointPose {
            position: position.to_array(),
            orientation: [turn.w, turn.x, turn.y, turn.z],
            confidence: match seen {
                Some((view, depth)) => confidence(joint, number, place, view, depth),
                None => JointConfidence::Medium,
            },
        };
    }
    body
}

fn confidence(
    joint: Joint,
    number: u8,
    place: Vec3,
    view: &View,
    depth: &CleanDepth,
) -> JointConfidence {
    let at = view.project(place);
    let (x, y) = (at.x.round(), at.y.round());
    // Comparisons with NaN are false.
    let inside = x >= 0.0 && y >= 0.0 && x < view.width as f32 && y < view.height as f32;
    if !inside {
        return JointConfidence::None;
    }
    let pixel = y as usize * view.width + x as usize;
    if view.ray(pixel).is_none() {
        return JointConfidence::None;
    }
    let behind = place.z - depth.depth_mm[pixel] * 0.001;
    if depth.body_index[pixel] == number && behind < depth_in_body(joint) {
        JointConfidence::Medium
    } else {
        JointConfidence::Low
    }
}
