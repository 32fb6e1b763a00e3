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
    /// Where each joint lies behind the person's surface.
    anchors: [Anchor; Joint::COUNT],
}

/// How far a joint lies behind the surface that the depth image shows in front of it, averaged over time.
#[derive(Clone, Copy, Debug, Default)]
struct Anchor {
    /// In mm.
    behind: f32,
    /// The number of captures that it is the mean of, at most [`Anchor::MOST`].
    count: f32,
}

impl Anchor {
    /// Captures whose mean is kept.
    const MOST: f32 = 30.0;
    /// If a joint lies by so much more or less behind the surface than usual, in mm, the surface is another one, or the person has
    /// moved: the mean begins anew.
    const OFF_MM: f32 = 45.0;

    /// The distance of a joint that was found at `found`, where the surface is at `surface`; in mm.
    fn steady(&mut self, found: f32, surface: f32) -> f32 {
        let behind = found - surface;
        let off = behind - self.behind;
        if self.count == 0.0 || off.abs() >= Self::OFF_MM {
            *self = Self { behind, count: 1.0 };
            return found;
        }
        self.count = (self.count + 1.0).min(Self::MOST);
        self.behind += off / self.count;
        // Whole in the middle, nothing at the edge, so that a joint does not jump when the mean begins anew.
        let share = 1.0 - (off / Self::OFF_MM).powi(2);
        found + (surface + self.behind - found) * share
    }
}

/// The distance of the surface around a pixel, in mm along the camera's axis: the median of the depths that were measured there and
/// are within reach of a joint at that distance.
fn surface(view: &View, depths: &[u16], at: [f32; 2], joint_mm: f32) -> Option<f32> {
    const REACH: isize = 2;
    /// A joint lies at most so far behind and before its own surface.
    const BEHIND_MM: f32 = 250.0;
    const BEFORE_MM: f32 = 60.0;
    let pixel = view.pixel_at(at)?;
    let (row, column) = ((pixel / view.width) as isize, (pixel % view.width) as isize);
    let mut near = [0_u16; 25];
    let mut count = 0;
    for r in row - REACH..=row + REACH {
        for c in column - REACH..=column + REACH {
            if r < 0 || c < 0 || r >= view.height as isize || c >= view.width as isize {
                continue;
            }
            let depth = depths[r as usize * view.width + c as usize];
            let before = joint_mm - f32::from(depth);
            if depth > 0 && before < BEHIND_MM && before > -BEFORE_MM {
                near[count] = depth;
                count += 1;
            }
        }
    }
    let near = &mut near[..count];
    near.sort_unstable();
    // Enough of them, so that a single pixel at an edge decides nothing.
    (count >= 12).then(|| 0.5 * f32::from(near[count / 2]) + 0.5 * f32::from(near[(count - 1) / 2]))
}

impl Skeleton {
    pub(super) fn new() -> Self {
        Self {
            lengths: Lengths::new(),
            anchors: [Anchor::default(); Joint::COUNT],
        }
    }

    /// The joints of a pose, with the distances of those that are seen taken from the depth image: the network's own distances
    /// tremble more than the sensor's.
    fn anchored(&mut self, view: &View, depths: &[u16], pose: &Pose) -> [Vec3; Joint::COUNT] {
        array::from_fn(|index| {
            let joint = pose.joints[index];
            let is_seen = pose.seen[index] >= 0.0 && joint.z > 1.0;
            let at = view.project(joint).filter(|_| is_seen);
            let surface = at.and_then(|at| surface(view, depths, at, joint.z));
            let Some(surface) = surface else {
                self.anchors[index] = Anchor::default();
                return joint;
            };
            joint * (self.anchors[index].steady(joint.z, surface) / joint.z)
        })
    }

    /// The body of a pose.
    pub(super) fn body(
        &mut self,
        id: u32,
        plan: &Plan,
        view: &View,
        depths: &[u16],
        pose: &Pose,
    ) -> Body {
        let found = self.anchored(view, depths, pose);
        let surely: [Option<Vec3>; Joint::COUNT] =
            array::from_fn(|index| (pose.seen[index] >= SURELY_SEEN).then_some(found[index]));
        self.lengths.learn(plan, &surely);
        let known: [Place; Joint::COUNT] = array::from_fn(|index| {
            let deviation = if pose.seen[index] >= 0.0 {
                SEEN_MM
            } else {
                HIDDEN_MM
            };
            let weight = 1.0 / (deviation * deviation);
            Place {
                point: found[index],
                ray: found[index].normalize_or(Vec3::Z),
                across: weight,
                along: weight,
            }
        });
        let mut joints = found;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joint_follows_the_surface_and_not_the_tremble_of_the_network() {
        let mut anchor = Anchor::default();
        // Ten centimetres behind the surface, give or take two.
        let mut last = 0.0;
        for capture in 0..60 {
            let noise = if capture % 2 == 0 { 20.0 } else { -20.0 };
            last = anchor.steady(2100.0 + noise, 2000.0);
        }
        assert!((last - 2100.0).abs() < 8.0, "{last}");
        // A step of the person is followed at once.
        let stepped = anchor.steady(2190.0, 2090.0);
        assert!((stepped - 2190.0).abs() < 8.0, "{stepped}");
        // Another surface comes in front: the network's distance counts.
        assert_eq!(anchor.steady(2190.0, 1990.0), 2190.0);
        assert_eq!(anchor.steady(2190.0, 2090.0), 2190.0);
    }
}
