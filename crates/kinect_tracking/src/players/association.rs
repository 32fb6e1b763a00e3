//! Computes how well a body fits a person.

use glam::Vec3;
use kinect_azure::{Body, Joint};

use super::masks::Overlaps;
use super::signature::Signature;
use crate::joints::seen_place;

/// The joints whose places are compared; the pelvis and what moves with it.
const TRUNK: [Joint; 6] = [
    Joint::Pelvis,
    Joint::SpineNavel,
    Joint::SpineChest,
    Joint::Neck,
    Joint::HipLeft,
    Joint::HipRight,
];

/// How long a person who is not seen is expected to keep moving, in seconds.
const COASTS_SECONDS: f32 = 0.5;
/// The distance that noise and a wrong prediction may explain, in mm.
const ALWAYS_ALLOWED_MM: f32 = 250.0;
/// How fast a person may deviate from the predicted position, in mm/s.
const FASTEST: f32 = 4000.0;

/// Weights of the parts of the cost, in units of the gate.
const TRACKER_ID_WEIGHT: f32 = 0.35;
const BONES_WEIGHT: f32 = 0.5;
const BONES_FULL_MM: f32 = 60.0;
const MASK_WEIGHT: f32 = 0.5;

/// How the trunk moved from one body to another, in mm: the mean over the joints that both have.
pub(super) fn moved(from: &Body, to: &Body) -> Option<Vec3> {
    let (mut sum, mut count) = (Vec3::ZERO, 0.0);
    for joint in TRUNK {
        if let (Some(a), Some(b)) = (seen_place(from, joint), seen_place(to, joint)) {
            sum += b - a;
            count += 1.0;
        }
    }
    (count > 0.0).then(|| sum / count)
}

/// The middle of the trunk in mm; `None` if the tracker found none of its joints.
pub(super) fn middle(body: &Body) -> Option<Vec3> {
    let (mut sum, mut count) = (Vec3::ZERO, 0.0);
    for joint in TRUNK {
        if let Some(at) = seen_place(body, joint) {
            sum += at;
            count += 1.0;
        }
    }
    (count > 0.0).then(|| sum / count)
}

/// A person with a predicted position, for the association.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) body: &'a Body,
    pub(super) velocity: Vec3,
    pub(super) unseen_seconds: f32,
    pub(super) tracker_id: u32,
    pub(super) signature: &'a Signature,
    /// Index in the frame before.
    pub(super) place: Option<usize>,
}

impl Expected<'_> {
    /// How far a body is from where the person is expected, in mm.
    pub(super) fn distance(&self, body: &Body) -> Option<f32> {
        let on = self.velocity * self.unseen_seconds.min(COASTS_SECONDS);
        moved(self.body, body).map(|moved| (moved - on).length())
    }

    /// How far from the predicted position a body may be, in mm. At a high frame rate nobody moves as far as the gate
    /// between two frames, but another person may appear within the gate just as one disappears.
    fn gate(&self, gate_mm: f32) -> f32 {
        gate_mm.min(ALWAYS_ALLOWED_MM + FASTEST * self.unseen_seconds)
    }

    /// The cost of taking a body for the person; `None` if it cannot be the same person.
    pub(super) fn cost(
        &self,
        body: &Body,
        tracker_id: u32,
        place: usize,
        gate_mm: f32,
        overlaps: &Overlaps,
    ) -> Option<f32> {
        let distance = self.distance(body)?;
        if distance > self.gate(gate_mm) {
            return None;
        }
        let mut cost = distance / gate_mm.max(1.0);
        if tracker_id != self.tracker_id {
            cost += TRACKER_ID_WEIGHT;
        }
        cost += BONES_WEIGHT * (self.signature.off_mm(body) / BONES_FULL_MM).min(1.0);
        if let Some(overlap) = self.place.and_then(|before| overlaps.of(before, place)) {
            cost += MASK_WEIGHT * (1.0 - overlap);
        }
        Some(cost)
    }
}
