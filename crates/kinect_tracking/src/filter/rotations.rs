//! Smoothing of rotations, each relative to the parent joint.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence};

use super::settings::RotationSmoothing;
use crate::joints::{low_pass, rotation_vector, same_side, turn, wxyz};
use crate::rotation::absolute_rotations;

/// One joint's rotation relative to its parent.
#[derive(Clone, Copy, Debug)]
struct Turning {
    raw: Quat,
    value: Quat,
    /// Smoothed angular velocity in rad/s.
    velocity: Vec3,
}

/// The rotations of one body.
#[derive(Clone, Debug)]
pub(super) struct Rotations {
    joints: [Option<Turning>; Joint::COUNT],
}

impl Rotations {
    pub(super) const fn new() -> Self {
        Self {
            joints: [None; Joint::COUNT],
        }
    }

    pub(super) fn forget(&mut self) {
        self.joints = [None; Joint::COUNT];
    }

    /// Smooths the orientations of a body, `seconds` after the last one. A joint whose orientation is not a rotation
    /// keeps its last rotation relative to the parent.
    pub(super) fn smooth(&mut self, settings: &RotationSmoothing, body: &mut Body, seconds: f32) {
        let raw = absolute_rotations(body);
        let mut smooth = [Quat::IDENTITY; Joint::COUNT];
        for joint in Joint::ALL {
            let index = joint.index();
            let (above_raw, above) = joint
                .parent()
                .map_or((Quat::IDENTITY, Quat::IDENTITY), |p| {
                    (raw[p.index()], smooth[p.index()])
                });
            let pose = &mut body.joints[index];
            let given = turn(pose.orientation).map(|q| (above_raw.inverse() * q).normalize());
            let trust = match pose.confidence {
                JointConfidence::None | JointConfidence::Low => settings.low_confidence_factor,
                _ => 1.0,
            };
            let value = match (self.joints[index].as_mut(), given) {
                (None, None) => Quat::IDENTITY,
                (None, Some(given)) => {
                    self.joints[index] = Some(Turning {
                        raw: given,
                        value: given,
                        velocity: Vec3::ZERO,
                    });
                    given
                }
                (Some(turning), None) => turning.value,
                (Some(turning), Some(given)) => {
                    turning.next(settings, given, seconds, trust.clamp(0.0, 1.0))
                }
            };
            smooth[index] = (above * value).normalize();
            pose.orientation = wxyz(smooth[index]);
        }
    }
}

impl Turning {
    fn next(&mut self, settings: &RotationSmoothing, to: Quat, seconds: f32, trust: f32) -> Quat {
        // The angular velocity about the parent's axes. It is smoothed as a vector, because noise then averages out,
        // which its magnitude would not.
        let velocity = rotation_vector(to * self.raw.inverse()) / seconds;
        self.raw = to;
        self.velocity += (velocity - self.velocity) * low_pass(settings.speed_cutoff_hz, seconds);
        let speed = self.velocity.length();
        let cutoff = settings.min_cutoff_hz.max(0.01) + settings.speed_coefficient.max(0.0) * speed;
        let share = low_pass(cutoff * trust, seconds);
        self.value = self
            .value
            .slerp(same_side(to, self.value), share)
            .normalize();
        self.value
    }
}
