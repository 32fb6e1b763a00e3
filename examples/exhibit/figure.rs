//! Bodies made of bones, on whose surface particles find places: the dancers of the attract loop, and visitors, of whom a sensor sees
//! neither what is hidden nor what is black.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::flow::{BONES, Bone};

/// The parts of a body: two joints, and the radius there in metres.
const PARTS: [(Joint, Joint, f32, f32); BONES] = [
    (Joint::Pelvis, Joint::SpineNavel, 0.13, 0.115),
    (Joint::SpineNavel, Joint::SpineChest, 0.115, 0.135),
    (Joint::SpineChest, Joint::Neck, 0.13, 0.065),
    (Joint::Neck, Joint::Head, 0.052, 0.075),
    (Joint::Head, Joint::Nose, 0.105, 0.085),
    (Joint::ClavicleLeft, Joint::ShoulderLeft, 0.075, 0.07),
    (Joint::ClavicleRight, Joint::ShoulderRight, 0.075, 0.07),
    (Joint::ShoulderLeft, Joint::HipLeft, 0.09, 0.1),
    (Joint::ShoulderRight, Joint::HipRight, 0.09, 0.1),
    (Joint::ShoulderLeft, Joint::ElbowLeft, 0.058, 0.045),
    (Joint::ShoulderRight, Joint::ElbowRight, 0.058, 0.045),
    (Joint::ElbowLeft, Joint::WristLeft, 0.045, 0.03),
    (Joint::ElbowRight, Joint::WristRight, 0.045, 0.03),
    (Joint::WristLeft, Joint::HandTipLeft, 0.036, 0.018),
    (Joint::WristRight, Joint::HandTipRight, 0.036, 0.018),
    (Joint::Pelvis, Joint::HipLeft, 0.125, 0.11),
    (Joint::Pelvis, Joint::HipRight, 0.125, 0.11),
    (Joint::HipLeft, Joint::KneeLeft, 0.09, 0.058),
    (Joint::HipRight, Joint::KneeRight, 0.09, 0.058),
    (Joint::KneeLeft, Joint::AnkleLeft, 0.06, 0.036),
    (Joint::KneeRight, Joint::AnkleRight, 0.06, 0.036),
    (Joint::AnkleLeft, Joint::FootLeft, 0.045, 0.035),
    (Joint::AnkleRight, Joint::FootRight, 0.045, 0.035),
    (Joint::Neck, Joint::SpineChest, 0.06, 0.1),
];
/// The parts whose ends carry particles along: hands and feet.
pub(crate) const ENDS: [usize; 4] = [13, 14, 21, 22];

/// The bones of a body in the mirror world; `at` says where a joint is.
pub(crate) fn bones(color: usize, at: impl Fn(Joint) -> Vec3) -> [Bone; BONES] {
    let mut surface = 0.0;
    let mut bones = PARTS.map(|(from, to, start, end)| {
        let (from, to) = (at(from), at(to));
        surface += (from.distance(to) + 0.04) * (start + end);
        Bone {
            start: from.extend(start),
            end: to.extend(end),
            share: Vec4::new(surface, color as f32, 0.0, 0.0),
        }
    });
    for bone in &mut bones {
        bone.share.x /= surface;
    }
    bones
}
