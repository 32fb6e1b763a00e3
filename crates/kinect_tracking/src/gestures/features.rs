//! The features of a body that gestures use: positions in upright axes, with the trunk's length as the unit.

use glam::Vec3;
use kinect_azure::{Body, Joint};

use super::gesture::Side;
use crate::Ground;
use crate::joints::seen_place;

/// One frame of a body in axes of its own: x to its left, y up, z where it faces, all level; 1 = the trunk's length.
#[derive(Clone, Debug)]
pub(super) struct Features {
    joints: [Option<Vec3>; Joint::COUNT],
    /// Height of the pelvis above the ankles and that of each knee, 1 = the leg's length; `None` when legs are missing.
    pub(super) legs: Option<Legs>,
}

/// The position of a person's legs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Legs {
    /// Height of the pelvis above the middle of the ankles.
    pub(super) pelvis: f32,
    /// The horizontal distance of the pelvis from the middle of the ankles.
    pub(super) aside: f32,
    /// Height of the lower knee above its ankle.
    pub(super) lower_knee: f32,
}

/// Sizes that change slowly.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sizes {
    trunk_mm: f32,
    leg_mm: f32,
}

/// The share of a new measurement in a size.
const NEW_SHARE: f32 = 0.03;
/// Trunks of people, in mm.
const TRUNK_MM: core::ops::Range<f32> = 150.0..900.0;

fn follow(size: &mut f32, measured: f32) {
    *size = if *size == 0.0 {
        measured
    } else {
        *size + (measured - *size) * NEW_SHARE
    };
}

impl Features {
    /// The features of a body; `None` if the trunk is not seen, or if the person lies so that left and right are
    /// undefined.
    pub(super) fn of(body: &Body, ground: &Ground, sizes: &mut Sizes) -> Option<Self> {
        let at = |joint: Joint| {
            seen_place(body, joint).map(|at| Vec3::from(ground.point(at.to_array())))
        };
        let (pelvis, neck) = (at(Joint::Pelvis)?, at(Joint::Neck)?);
        let trunk = pelvis.distance(neck);
        if !TRUNK_MM.contains(&trunk) {
            return None;
        }
        follow(&mut sizes.trunk_mm, trunk);
        let across = at(Joint::ShoulderLeft)? - at(Joint::ShoulderRight)?;
        let left = (across * Vec3::new(1.0, 0.0, 1.0)).try_normalize()?;
        let forward = left.cross(Vec3::Y);
        let own = |p: Vec3| {
            let off = (p - pelvis) / sizes.trunk_mm;
            // The height is measured above the floor, so that jumps change it.
            Vec3::new(off.dot(left), p.y / sizes.trunk_mm, off.dot(forward))
        };
        let joints = core::array::from_fn(|index| at(Joint::ALL[index]).map(own));
        let mut features = Self { joints, legs: None };
        features.legs = features.measure_legs(sizes);
        Some(features)
    }

    fn measure_legs(&self, sizes: &mut Sizes) -> Option<Legs> {
        let leg = |hip: Joint, knee: Joint, ankle: Joint| {
            let (hip, knee, ankle) = (self.at(hip)?, self.at(knee)?, self.at(ankle)?);
            Some((hip.distance(knee) + knee.distance(ankle), knee, ankle))
        };
        let left = leg(Joint::HipLeft, Joint::KneeLeft, Joint::AnkleLeft)?;
        let right = leg(Joint::HipRight, Joint::KneeRight, Joint::AnkleRight)?;
        follow(&mut sizes.leg_mm, 0.5 * (left.0 + right.0) * sizes.trunk_mm);
        let leg = sizes.leg_mm / sizes.trunk_mm;
        if leg < 0.3 {
            return None;
        }
        let pelvis = self.at(Joint::Pelvis)?;
        let ankles = 0.5 * (left.2 + right.2);
        let off = pelvis - ankles;
        Some(Legs {
            pelvis: off.y / leg,
            aside: off.x.hypot(off.z) / leg,
            lower_knee: (left.1.y - left.2.y).min(right.1.y - right.2.y) / leg,
        })
    }

    /// A joint, if it is seen.
    pub(super) fn at(&self, joint: Joint) -> Option<Vec3> {
        self.joints[joint.index()]
    }

    /// The position of a joint of one side; `left` names the left joint of the pair.
    pub(super) fn of_side(&self, left: Joint, side: Side) -> Option<Vec3> {
        self.at(side.joint(left))
    }
}
