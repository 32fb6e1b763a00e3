//! From a pose to a body: the lengths of a person's bones, orientations, and confidences.

use core::array;

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

use super::poser::Pose;
use crate::lift::frame::Frame;
use crate::lift::lengths::Lengths;
use crate::lift::orientation::orientations;
use crate::lift::plan::Plan;
use crate::lift::solve::{Place, solve};
use crate::lift::view::View;

/// The standard deviation of the network's joints in mm, where they are seen and where not.
const SEEN_MM: f32 = 20.0;
const HIDDEN_MM: f32 = 70.0;
/// Lengths are learnt from joints whose logit is at least this.
const SURELY_SEEN: f32 = 1.0;

/// What is known about one person's body.
#[derive(Debug)]
pub(super) struct Skeleton {
    lengths: Lengths,
}

impl Skeleton {
    pub(super) fn new() -> Self {
        Self {
            lengths: Lengths::new(),
        }
    }

    /// The body of a pose.
    pub(super) fn body(&mut self, id: u32, plan: &Plan, view: &View, pose: &Pose) -> Body {
        let surely: [Option<Vec3>; Joint::COUNT] =
            array::from_fn(|index| (pose.seen[index] >= SURELY_SEEN).then_some(pose.joints[index]));
        self.lengths.learn(plan, &surely);
        let known: [Place; Joint::COUNT] = array::from_fn(|index| {
            let deviation = if pose.seen[index] >= 0.0 {
                SEEN_MM
            } else {
                HIDDEN_MM
            };
            let weight = 1.0 / (deviation * deviation);
            Place {
                point: pose.joints[index],
                ray: pose.joints[index].normalize_or(Vec3::Z),
                across: weight,
                along: weight,
            }
        });
        let mut joints = pose.joints;
        solve(plan, &self.lengths.expected(plan), &known, &mut joints);
        let trunk = Frame::of_trunk(&joints).unwrap_or(Frame::FACING);
        let turns = orientations(&joints, &trunk);
        Body {
            id,
            joints: array::from_fn(|index| JointPose {
                position: joints[index].to_array(),
                orientation: turns[index],
                confidence: match view.project(joints[index]) {
                    Some(at) if view.sees(at) && pose.seen[index] >= 0.0 => JointConfidence::Medium,
                    Some(at) if view.sees(at) => JointConfidence::Low,
                    _ => JointConfidence::None,
                },
            }),
        }
    }
}
