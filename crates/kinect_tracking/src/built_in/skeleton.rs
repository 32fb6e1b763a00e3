//! From a pose to a body: the lengths of a person's bones, orientations, and confidences.

use core::array;

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

use super::poser::Pose;
use crate::joints::{low_pass, seconds_between};
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
    /// The time of the last pose in µs.
    usec: u64,
}

/// Where a joint lies as seen from something whose place is known better, averaged over time.
#[derive(Clone, Copy, Debug, Default)]
struct Anchor {
    /// In mm.
    offset: Vec3,
    /// The number of captures since the mean began.
    count: f32,
    /// How long the joint has been far from its mean, in seconds.
    off: f32,
}

/// How a mean is taken.
struct Averaging {
    /// The cutoff of the mean in Hz.
    cutoff_hz: f32,
    /// If a joint lies that far from its mean, in mm along the camera's axes, there is another surface, or the person has moved.
    off_mm: Vec3,
    /// The mean begins anew after that time, in seconds: a single pose that is wrong changes nothing.
    off_seconds: f32,
}

/// Behind the surface that the depth image shows in front of a joint: it changes only when a limb turns.
const BEHIND_SURFACE: Averaging = Averaging {
    cutoff_hz: 0.16,
    off_mm: Vec3::splat(45.0),
    off_seconds: 0.0,
};
/// Of joints of hands and feet, which are a few pixels wide, from their parent joint.
const FROM_PARENT: Averaging = Averaging {
    cutoff_hz: 0.6,
    off_mm: Vec3::new(60.0, 60.0, 120.0),
    off_seconds: 0.15,
};

impl Anchor {
    /// The place of a joint that was found at `found`, `seconds` after the last time, where what it hangs on is at `reference`; in
    /// mm.
    fn steady(
        &mut self,
        averaging: &Averaging,
        found: Vec3,
        reference: Vec3,
        seconds: f32,
    ) -> Vec3 {
        let offset = found - reference;
        let off = offset - self.offset;
        let far = (off / averaging.off_mm).length();
        self.off = if far < 1.0 { 0.0 } else { self.off + seconds };
        if self.count == 0.0 || self.off > averaging.off_seconds {
            (self.offset, self.count) = (offset, 1.0);
            return found;
        }
        if far >= 1.0 {
            return found;
        }
        self.count += 1.0;
        let share = low_pass(averaging.cutoff_hz, seconds).max(1.0 / self.count);
        self.offset += off * share;
        // Whole in the middle, nothing at the edge, so that a joint does not jump when the mean begins anew.
        let trust = 1.0 - far * far;
        found + (reference + self.offset - found) * trust
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

/// Whether a joint belongs to a hand or a foot.
const fn is_end(joint: Joint) -> bool {
    matches!(
        joint,
        Joint::HandLeft
            | Joint::HandTipLeft
            | Joint::ThumbLeft
            | Joint::FootLeft
            | Joint::HandRight
            | Joint::HandTipRight
            | Joint::ThumbRight
            | Joint::FootRight
    )
}

impl Skeleton {
    pub(super) fn new() -> Self {
        Self {
            lengths: Lengths::new(),
            anchors: [Anchor::default(); Joint::COUNT],
            usec: 0,
        }
    }

    /// The joints of a pose, with steadier distances of those that are seen: the network's own distances tremble more than the
    /// sensor's.
    fn anchored(
        &mut self,
        view: &View,
        depths: &[u16],
        pose: &Pose,
        usec: u64,
    ) -> [Vec3; Joint::COUNT] {
        let seconds = seconds_between(self.usec, usec);
        self.usec = usec;
        let mut joints = pose.joints;
        for joint in Joint::ALL {
            let index = joint.index();
            let at = joints[index];
            let anchor = &mut self.anchors[index];
            let is_seen = pose.seen[index] >= 0.0 && at.z > 1.0;
            let pixel = view.project(at).filter(|_| is_seen);
            let parent = joint.parent().filter(|_| is_end(joint));
            let steady = match (pixel, parent) {
                (Some(_), Some(parent)) if pose.seen[parent.index()] >= 0.0 => {
                    // Parents come first.
                    let reference = joints[parent.index()];
                    Some(anchor.steady(&FROM_PARENT, at, reference, seconds))
                }
                (Some(pixel), None) => surface(view, depths, pixel, at.z).map(|surface| {
                    let [found, surface] = [at.z, surface].map(|z| Vec3::Z * z);
                    let distance = anchor.steady(&BEHIND_SURFACE, found, surface, seconds).z;
                    at * (distance / at.z)
                }),
                _ => None,
            };
            match steady {
                Some(place) => joints[index] = place,
                None => *anchor = Anchor::default(),
            }
        }
        joints
    }

    /// The body of a pose.
    pub(super) fn body(
        &mut self,
        id: u32,
        plan: &Plan,
        view: &View,
        depths: &[u16],
        pose: &Pose,
        usec: u64,
    ) -> Body {
        let found = self.anchored(view, depths, pose, usec);
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
        let mut steady = |found: f32, surface: f32| {
            let [found, surface] = [found, surface].map(|z| Vec3::Z * z);
            anchor.steady(&BEHIND_SURFACE, found, surface, 0.033).z
        };
        // Ten centimetres behind the surface, give or take two.
        let mut last = 0.0;
        for capture in 0..60 {
            let noise = if capture % 2 == 0 { 20.0 } else { -20.0 };
            last = steady(2100.0 + noise, 2000.0);
        }
        assert!((last - 2100.0).abs() < 8.0, "{last}");
        // A step of the person is followed at once.
        let stepped = steady(2190.0, 2090.0);
        assert!((stepped - 2190.0).abs() < 8.0, "{stepped}");
        // Another surface comes in front: the network's distance counts.
        assert_eq!(steady(2190.0, 1990.0), 2190.0);
        assert_eq!(steady(2190.0, 2090.0), 2190.0);
    }

    #[test]
    fn a_fingertip_keeps_still_beside_its_hand_and_moves_at_once() {
        let hand = Vec3::new(200.0, 0.0, 2000.0);
        let mut anchor = Anchor::default();
        let mut last = Vec3::ZERO;
        for capture in 0..60 {
            let noise = if capture % 2 == 0 { 15.0 } else { -15.0 };
            let found = hand + Vec3::new(noise, 90.0 - noise, noise);
            last = anchor.steady(&FROM_PARENT, found, hand, 0.033);
        }
        // A fifth of the tremble is left.
        assert!(last.distance(hand + Vec3::Y * 90.0) < 6.0, "{last}");
        let moved = hand + Vec3::new(0.0, -80.0, 0.0);
        assert_eq!(anchor.steady(&FROM_PARENT, moved, hand, 0.033), moved);
    }
}
