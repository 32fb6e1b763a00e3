//! A tracked body in the room.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence, units};

/// Where the depth camera is in the room: metres, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensorPlace {
    /// Turns the camera's world axes (x to its right, y up in its image, −z forward) into the room's.
    pub rotation: Quat,
    /// The camera's position.
    pub translation: Vec3,
}

impl Default for SensorPlace {
    /// A level camera at the origin.
    fn default() -> Self {
        Self {
            rotation: Quat::IDENTITY,
            translation: Vec3::ZERO,
        }
    }
}

/// A person in the room: where joints are, and how the segments beyond them are turned against a T-pose that faces +z.
///
/// Values are always finite. A joint that the tracker did not find has the confidence 0 and is turned as its parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    positions: [Vec3; Joint::COUNT],
    turns: [Quat; Joint::COUNT],
    found: [bool; Joint::COUNT],
}

/// Segments that are straight bones: the joint, the joint at the other end, and the direction in the T-pose.
const STRAIGHT: [(Joint, Joint, Vec3); 10] = [
    (Joint::ShoulderLeft, Joint::ElbowLeft, Vec3::X),
    (Joint::ElbowLeft, Joint::WristLeft, Vec3::X),
    (Joint::WristLeft, Joint::HandLeft, Vec3::X),
    (Joint::ShoulderRight, Joint::ElbowRight, Vec3::NEG_X),
    (Joint::ElbowRight, Joint::WristRight, Vec3::NEG_X),
    (Joint::WristRight, Joint::HandRight, Vec3::NEG_X),
    (Joint::HipLeft, Joint::KneeLeft, Vec3::NEG_Y),
    (Joint::KneeLeft, Joint::AnkleLeft, Vec3::NEG_Y),
    (Joint::HipRight, Joint::KneeRight, Vec3::NEG_Y),
    (Joint::KneeRight, Joint::AnkleRight, Vec3::NEG_Y),
];

/// If positions and orientation contradict each other by more than this, in radians, the orientation counts.
const CONTRADICTION: f32 = 1.0;

impl Person {
    /// A body that a camera at that place sees. `None` if the pelvis was not found.
    pub fn new(body: &Body, sensor: &SensorPlace) -> Option<Self> {
        Self::from_joints(|joint| {
            let pose = body.joint(joint);
            let [w, x, y, z] = units::orientation_to_world(pose.orientation);
            let position = Vec3::from(units::to_world(pose.position));
            (pose.confidence != JointConfidence::None).then(|| {
                (
                    sensor.rotation * position + sensor.translation,
                    sensor.rotation * Quat::from_xyzw(x, y, z, w),
                )
            })
        })
    }

    /// A body in the room, from the position and the rotation of each joint: metres, y up, the joint's own axes as
    /// [`Joint::rest_axes`] has them. A joint that is not found is `None`; what is not finite counts as not found. `None` if the
    /// pelvis is not found.
    pub fn from_joints(joints: impl Fn(Joint) -> Option<(Vec3, Quat)>) -> Option<Self> {
        let mut person = Self {
            positions: [Vec3::ZERO; Joint::COUNT],
            turns: [Quat::IDENTITY; Joint::COUNT],
            found: [false; Joint::COUNT],
        };
        for joint in Joint::ALL {
            let index = joint.index();
            let found = joints(joint)
                .and_then(|(position, rotation)| Some((position, turn(joint, rotation)?)))
                .filter(|(position, turn)| position.is_finite() && turn.is_finite());
            person.found[index] = found.is_some();
            (person.positions[index], person.turns[index]) = match (found, joint.parent()) {
                (Some(found), _) => found,
                (None, Some(above)) => (person.position(above), person.turn(above)),
                (None, None) => return None,
            };
        }
        person.straighten();
        Some(person)
    }

    /// Where a joint is, in metres.
    pub fn position(&self, joint: Joint) -> Vec3 {
        self.positions[joint.index()]
    }

    /// How the segment beyond a joint is turned against the T-pose.
    pub fn turn(&self, joint: Joint) -> Quat {
        self.turns[joint.index()]
    }

    /// Whether the tracker found the joint.
    pub fn found(&self, joint: Joint) -> bool {
        self.found[joint.index()]
    }

    /// The person in a mirror that stands on the plane x = 0.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let from = |index: usize| Joint::ALL[index].mirrored().index();
        Self {
            positions: core::array::from_fn(|i| {
                self.positions[from(i)] * Vec3::new(-1.0, 1.0, 1.0)
            }),
            turns: core::array::from_fn(|i| {
                let q = self.turns[from(i)];
                Quat::from_xyzw(q.x, -q.y, -q.z, q.w)
            }),
            found: core::array::from_fn(|i| self.found[from(i)]),
        }
    }

    /// The length of the legs from hip to ankle in metres, if the tracker found a leg.
    pub(crate) fn leg_length(&self) -> Option<f32> {
        let leg = |hip, knee, ankle| {
            let all = [hip, knee, ankle].iter().all(|joint| self.found(*joint));
            all.then(|| {
                self.position(hip).distance(self.position(knee))
                    + self.position(knee).distance(self.position(ankle))
            })
        };
        let left = leg(Joint::HipLeft, Joint::KneeLeft, Joint::AnkleLeft);
        let right = leg(Joint::HipRight, Joint::KneeRight, Joint::AnkleRight);
        match (left, right) {
            (Some(left), Some(right)) => Some((left + right) * 0.5),
            (left, right) => left.or(right),
        }
        .filter(|length| *length > 0.1)
    }

    /// Turns straight bones so that they point exactly from joint to joint; only the twist is the orientation's.
    fn straighten(&mut self) {
        for (joint, end, rest) in STRAIGHT {
            let along = self.position(end) - self.position(joint);
            if !self.found(joint) || !self.found(end) || along.length() < 0.01 {
                continue;
            }
            let turn = &mut self.turns[joint.index()];
            let (is, should) = (*turn * rest, along.normalize());
            if is.angle_between(should) < CONTRADICTION {
                *turn = (Quat::from_rotation_arc(is, should) * *turn).normalize();
            }
        }
    }
}

/// The rotation of a joint's segment against the T-pose; `None` if the joint's own is not a rotation.
fn turn(joint: Joint, rotation: Quat) -> Option<Quat> {
    let length = rotation.length_squared();
    if !length.is_finite() || length < 1e-6 {
        return None;
    }
    let rest = Quat::from_mat3(&Mat3::from_cols_array_2d(&joint.rest_axes()));
    Some((rotation.normalize() * rest.inverse()).normalize())
}
