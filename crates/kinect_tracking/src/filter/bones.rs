//! Bones of constant length.

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence};

use super::settings::BoneKeeping;
use crate::joints::{is_placed, place};
use crate::median::RunningMedian;

/// The bones of one body.
#[derive(Clone, Debug)]
pub(super) struct Bones {
    lengths: [RunningMedian; Joint::COUNT],
}

impl Bones {
    pub(super) const fn new() -> Self {
        Self {
            lengths: [RunningMedian::EMPTY; Joint::COUNT],
        }
    }

    pub(super) fn forget(&mut self) {
        self.lengths = [RunningMedian::EMPTY; Joint::COUNT];
    }

    /// Learns from joints that were seen.
    pub(super) fn learn(&mut self, body: &Body) {
        let seen = |joint: Joint| {
            let pose = body.joint(joint);
            is_placed(pose) && pose.confidence >= JointConfidence::Medium
        };
        for joint in Joint::ALL {
            let Some(parent) = joint.parent() else {
                continue;
            };
            let length = place(body, joint).distance(place(body, parent));
            // The median is robust against outliers, but not against infinity.
            if seen(joint) && seen(parent) && length.is_finite() {
                self.lengths[joint.index()].add(length);
            }
        }
    }

    /// The learnt length of the bone from a joint to its parent in mm; 0 while it is unknown.
    pub(super) fn length(&self, settings: &BoneKeeping, joint: Joint) -> f32 {
        let least = (settings.learn_frames.max(1) as usize).min(RunningMedian::WINDOW);
        let (own, other) = (
            &self.lengths[joint.index()],
            &self.lengths[joint.mirrored().index()],
        );
        let weight = (own.count() + other.count()) as f32;
        if own.count() + other.count() < least {
            return 0.0;
        }
        let part = |lengths: &RunningMedian| match lengths.count() {
            0 => 0.0,
            count => lengths.median() * count as f32,
        };
        (part(own) + part(other)) / weight
    }

    /// Moves joints along their bones until these have the learnt lengths, from the pelvis outwards. Each bone is turned
    /// towards where its joint was, so errors do not add up along a limb.
    pub(super) fn keep(&self, settings: &BoneKeeping, body: &mut Body) {
        let strength = settings.strength.clamp(0.0, 1.0);
        for joint in Joint::ALL {
            let Some(parent) = joint.parent() else {
                continue;
            };
            let wanted = self.length(settings, joint);
            let (at, from) = (place(body, joint), place(body, parent));
            if wanted <= 0.0 || !at.is_finite() || !from.is_finite() {
                continue;
            }
            if let Some(direction) = (at - from).try_normalize() {
                let kept: Vec3 = at.lerp(from + direction * wanted, strength);
                body.joints[joint.index()].position = kept.to_array();
            }
        }
    }
}
