//! Hands: what fingers do beyond the joints of the skeleton.
//!
//! A person whose hands open and close is built with the fingers apart. [`HandRig::bent`] bends the surface of the bind pose;
//! then the bones move it as they move any other part.

use glam::{Quat, Vec3};
use kinect_azure::body::{HandState, Joint};

use super::physique::RestSkeleton;
use super::pose::{BodyPose, bind_pose};

/// How the fingers of a hand are held. All 0: stretched, side by side, the thumb away from them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct HandShape {
    /// Index to little finger: 0 is stretched, 1 has its tip in the palm.
    pub(crate) curl: [f32; 4],
    /// 0 is away from the hand, 1 lies over the bent fingers.
    pub(crate) thumb: f32,
    /// 0 is side by side, 1 is spread.
    pub(crate) spread: f32,
}

impl HandShape {
    /// A hand with all fingers alike: 0 is open, 1 a fist.
    pub(crate) fn gripping(grip: f32, spread: f32) -> Self {
        let grip = grip.clamp(0.0, 1.0);
        Self {
            curl: [grip; 4],
            thumb: grip,
            spread: spread.clamp(0.0, 1.0) * (1.0 - grip),
        }
    }

    /// Whether the hand counts as open or closed; in between, and with single fingers stretched, as neither.
    pub(crate) fn state(&self) -> HandState {
        let low = self.curl.iter().copied().fold(f32::MAX, f32::min);
        let high = self.curl.iter().copied().fold(f32::MIN, f32::max);
        if high <= 0.22 {
            HandState::Open
        } else if low >= 0.8 {
            HandState::Closed
        } else {
            HandState::Unknown
        }
    }
}

/// A finger in the bind pose, with the fingers spread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finger {
    pub(crate) root: Vec3,
    pub(crate) tip: Vec3,
    /// The turn about the palm's direction that spread the finger, in radians.
    spread: f32,
}

/// The fingers of one hand in the bind pose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HandRig {
    pub(crate) fingers: [Finger; 4],
    pub(crate) thumb: Finger,
    /// The unit vector out of the palm.
    palm: Vec3,
    /// The turn of the thumb from its place beside the hand to that over the fingers.
    over: Quat,
    wrist: Joint,
    hand: Joint,
}

/// What a vertex belongs to: the finger, 4 for the thumb, and the share of the way from its root to its tip.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnFinger {
    pub(crate) finger: u8,
    pub(crate) along: f32,
}

/// Where fingers bend, in shares of their length from the root inside the palm, and by how much in a fist, in radians.
const BENDS: [(f32, f32); 3] = [(0.78, 0.95), (0.48, 1.72), (0.12, 1.42)];
/// Over which share of its length a finger bends.
const SOFT: f32 = 0.09;
/// The root of a finger is that far inside the palm for a person of 1.75 m, in metres.
pub(crate) const INSIDE: f32 = 0.012;
/// Each finger's distance across the hand from its middle, in metres, and its length as a share of the middle finger's.
pub(crate) const ACROSS: [(f32, f32); 4] = [
    (0.030, 0.90),
    (0.0105, 1.0),
    (-0.0095, 0.94),
    (-0.029, 0.76),
];
/// The spread of the outermost finger, in radians.
const SPREAD: f32 = 0.19;
/// From wrist to hand of a person of 1.75 m, in metres.
const PALM: f32 = 0.18 * 0.31 * 1.75;

impl HandRig {
    /// The rig of a hand in a bind pose.
    pub(crate) fn new(bind: &BodyPose, left: bool) -> Self {
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let (wrist, hand) = (side(Joint::WristLeft), side(Joint::HandLeft));
        let at = |joint: Joint| bind.position[joint.index()];
        let (wr, ha, ti) = (at(wrist), at(hand), at(side(Joint::HandTipLeft)));
        let th = at(side(Joint::ThumbLeft));
        let size = wr.distance(ha) / PALM;
        let turn = bind.rotation[wrist.index()];
        let (front, palm) = (turn * Vec3::Z, turn * Vec3::NEG_Y);
        let along = (ha - wr).normalize_or(Vec3::X);
        let fingers = ACROSS.map(|(across, length)| {
            let root = ha + front * across * size - along * INSIDE * size;
            let straight = ha + front * across * 1.12 * size + (ti - ha) * length;
            // Fingers on the thumb's side turn towards it, the others away from it.
            let spread = SPREAD * across / ACROSS[0].0 * palm.cross(along).dot(front).signum();
            let turn = Quat::from_axis_angle(palm, spread);
            Finger {
                root,
                tip: root + turn * (straight - root),
                spread,
            }
        });
        let root = wr.lerp(ha, 0.30) + front * 0.020 * size;
        let tip = th + (th - root).normalize_or(along) * 0.012 * size;
        let over = ha + (palm * 0.046 - front * 0.030 - along * 0.018) * size;
        Self {
            fingers,
            thumb: Finger {
                root,
                tip,
                spread: 0.0,
            },
            palm,
            over: Quat::from_rotation_arc(
                (tip - root).normalize_or(along),
                (over - root).normalize_or(along),
            ),
            wrist,
            hand,
        }
    }

    /// Where the fingers put a point of the bind pose that belongs to a finger, and the turn of its normal.
    pub(crate) fn bent(&self, p: Vec3, on: OnFinger, shape: &HandShape) -> (Vec3, Quat) {
        let Some(finger) = self.fingers.get(on.finger as usize) else {
            let turn =
                Quat::IDENTITY.slerp(self.over, shape.thumb * ramp(on.along, 0.18, 2.0 * SOFT));
            return (self.thumb.root + turn * (p - self.thumb.root), turn);
        };
        let (p, turn) = self.curled(finger, p, on, shape);
        // The fingers were built spread.
        let way = finger.tip - finger.root;
        let angle = -(1.0 - shape.spread) * finger.spread * ramp(on.along, BENDS[2].0, SOFT);
        let back = Quat::from_axis_angle(self.palm, angle);
        let knuckle = finger.root + way * BENDS[2].0;
        (knuckle + back * (p - knuckle), back * turn)
    }

    fn curled(&self, finger: &Finger, p: Vec3, on: OnFinger, shape: &HandShape) -> (Vec3, Quat) {
        let way = finger.tip - finger.root;
        let axis = way.cross(self.palm).normalize_or(Vec3::Z);
        let mut p = p;
        let mut whole = 0.0;
        for (at, most) in BENDS {
            let angle = most * shape.curl[on.finger as usize] * ramp(on.along, at, SOFT);
            let joint = finger.root + way * at;
            p = joint + Quat::from_axis_angle(axis, angle) * (p - joint);
            whole += angle;
        }
        (p, Quat::from_axis_angle(axis, whole))
    }

    /// Which finger a point of the surface belongs to, if any.
    pub(crate) fn finger_at(&self, p: Vec3) -> Option<OnFinger> {
        let fingers = self.fingers.iter().chain([&self.thumb]);
        let near = fingers.enumerate().map(|(number, finger)| {
            let way = finger.tip - finger.root;
            let along = (p - finger.root).dot(way) / way.length_squared();
            let off = p.distance(finger.root + way * along.clamp(0.0, 1.0));
            (off, number as u8, along)
        });
        let (off, finger, along) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let reach = (self.fingers[1].tip - self.fingers[1].root).length() * 0.25;
        (off < reach && along > 0.0).then_some(OnFinger { finger, along })
    }

    /// Moves the joints of tip and thumb to where the bent fingers are.
    fn follow(&self, bind: &BodyPose, shape: &HandShape, body: &mut BodyPose) {
        let tips = [
            (Joint::HandTipLeft, self.hand, 1_u8),
            (Joint::ThumbLeft, self.wrist, 4),
        ];
        for (joint, bone, finger) in tips {
            let joint = if self.hand == Joint::HandLeft {
                joint
            } else {
                joint.mirrored()
            };
            let p = bind.position[joint.index()];
            let on = OnFinger {
                finger,
                along: 0.95,
            };
            let p = match self.fingers.get(usize::from(finger)) {
                Some(middle) => self.curled(middle, p, on, shape).0,
                None => self.bent(p, on, shape).0,
            };
            let bone = bone.index();
            let turn = body.rotation[bone] * bind.rotation[bone].inverse();
            body.position[joint.index()] = body.position[bone] + turn * (p - bind.position[bone]);
        }
    }
}

/// From 0 to 1 around a place.
fn ramp(along: f32, at: f32, soft: f32) -> f32 {
    let t = ((along - at + soft) / (2.0 * soft)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Moves the joints of finger tips and thumbs to where the hands' shapes put them. Stretched hands leave them as they are.
pub(crate) fn follow(skeleton: &RestSkeleton, shapes: &[HandShape; 2], body: &mut BodyPose) {
    let bent = |shape: &HandShape| shape.thumb != 0.0 || shape.curl != [0.0; 4];
    if !shapes.iter().any(bent) {
        return;
    }
    let bind = bind_pose(skeleton);
    for (shape, left) in shapes.iter().zip([true, false]) {
        HandRig::new(&bind, left).follow(&bind, shape, body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::physique::Physique;
    use crate::person::pose::Pose;

    #[test]
    fn a_fist_is_closed_and_its_finger_tips_are_in_the_palm() {
        let skeleton = RestSkeleton::new(&Physique::default());
        let rest = Pose::rest(&skeleton).apply(&skeleton);
        for (hand, tip, thumb) in [
            (Joint::HandLeft, Joint::HandTipLeft, Joint::ThumbLeft),
            (Joint::HandRight, Joint::HandTipRight, Joint::ThumbRight),
        ] {
            let with = |grip: f32| {
                let mut body = rest.clone();
                follow(&skeleton, &[HandShape::gripping(grip, 0.0); 2], &mut body);
                body
            };
            assert_eq!(with(0.0), rest, "an open hand is that of the rest pose");
            let at = |body: &BodyPose, joint: Joint| body.position[joint.index()];
            let far = |body: &BodyPose| at(body, tip).distance(at(body, hand));
            assert!(far(&rest) > 0.1);
            let fist = with(1.0);
            assert!(far(&fist) < 0.075, "{}", far(&fist));
            // Palms are down in the rest pose.
            assert!(at(&fist, tip).y < at(&fist, hand).y - 0.01);
            assert!(at(&fist, thumb).y < at(&fist, hand).y - 0.01);
        }
    }

    #[test]
    fn only_whole_hands_are_open_or_closed() {
        let pointing = HandShape {
            curl: [0.0, 1.0, 1.0, 1.0],
            ..HandShape::default()
        };
        for (shape, state) in [
            (HandShape::default(), HandState::Open),
            (HandShape::gripping(0.1, 1.0), HandState::Open),
            (HandShape::gripping(0.5, 0.0), HandState::Unknown),
            (pointing, HandState::Unknown),
            (HandShape::gripping(1.0, 0.0), HandState::Closed),
        ] {
            assert_eq!(shape.state(), state, "{shape:?}");
        }
    }
}
