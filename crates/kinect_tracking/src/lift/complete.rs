//! Gives every joint a first place: a measured joint its measured place, any other joint a place that is computed from
//! its neighbours, from the frame before, or from the usual posture of people.

use core::array;

use glam::{Quat, Vec3};
use kinect_azure::Joint;

use super::choice::Sight;
use super::frame::Frame;
use super::lengths::Length;
use super::plan::{LINK_COUNT, Plan, is_central};
use crate::floor::Plane;
use crate::rotation::rest_position;

/// A person in an earlier frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) joints: [Vec3; Joint::COUNT],
    pub(super) frame: Frame,
}

/// The facts from which a person's joints are completed.
pub(super) struct Known<'a> {
    pub(super) plan: &'a Plan,
    pub(super) lengths: &'a [Length; LINK_COUNT],
    /// From pelvis to neck in mm.
    pub(super) unit: f32,
    pub(super) sights: &'a [Sight; Joint::COUNT],
    /// Places that were measured in the depth image, in mm.
    pub(super) measured: &'a [Option<Vec3>; Joint::COUNT],
    /// The depth of the trunk along the axis, in mm.
    pub(super) trunk_z: f32,
    pub(super) before: Option<&'a Before>,
    /// The direction against gravity, if it is known.
    pub(super) up: Option<Vec3>,
    pub(super) floor: Option<Plane>,
}

const SHOULDERS: [Joint; 2] = [Joint::ShoulderLeft, Joint::ShoulderRight];
const HIPS: [Joint; 2] = [Joint::HipLeft, Joint::HipRight];

impl Known<'_> {
    fn at(&self, joint: Joint) -> Option<Vec3> {
        self.measured[joint.index()]
    }

    fn middle(&self, [a, b]: [Joint; 2]) -> Option<Vec3> {
        Some((self.at(a)? + self.at(b)?) * 0.5)
    }

    /// The place of a joint on its ray at the depth of the trunk; `None` if the joint is not seen.
    fn on_ray(&self, joint: Joint) -> Option<Vec3> {
        self.sights[joint.index()].ray.map(|ray| ray * self.trunk_z)
    }

    /// The direction against gravity, or the best guess of it.
    fn upright(&self) -> Vec3 {
        self.up.unwrap_or(Vec3::NEG_Y)
    }

    /// Whether the trunk was measured at hips and shoulders, so that its other joints lie between them.
    pub(super) fn has_both_ends(&self) -> bool {
        let any = |joints: [Joint; 3]| joints.into_iter().any(|joint| self.at(joint).is_some());
        any([Joint::Pelvis, Joint::HipLeft, Joint::HipRight])
            && any([Joint::Neck, Joint::ShoulderLeft, Joint::ShoulderRight])
    }

    /// The directions of the trunk.
    pub(super) fn frame(&self) -> Frame {
        let low = self.middle(HIPS).or_else(|| self.at(Joint::Pelvis));
        let high = self
            .middle(SHOULDERS)
            .or_else(|| self.at(Joint::Neck))
            .or_else(|| self.at(Joint::SpineChest));
        let up = match (low, high) {
            (Some(low), Some(high)) => high - low,
            _ => self.up_of_one_side(),
        };
        let left = self.left(up);
        let up = match (low, self.folded(left.cross(up))) {
            (None, Some(low)) => high.unwrap_or(low + up) - low,
            _ => up,
        };
        Frame::up_and_left(up, left)
            .or_else(|| Frame::up_and_left(self.upright(), left))
            .or_else(|| Frame::up_and_left(self.upright(), Vec3::X))
            .unwrap_or(self.before.map_or(Frame::FACING, |before| before.frame))
    }

    /// The pelvis of a person whose hips are hidden, computed from shoulders and knees: the person stands, sits or
    /// squats.
    fn folded(&self, forward: Vec3) -> Option<Vec3> {
        let either = |joint: Joint| self.at(joint).or_else(|| self.at(joint.mirrored()));
        let high = self.middle(SHOULDERS).or_else(|| self.at(Joint::Neck))?;
        let knees = [Joint::KneeLeft, Joint::KneeRight];
        let low = self.middle(knees).or_else(|| either(Joint::KneeLeft))?;
        let rest = |joint: Joint| Vec3::from(rest_position(joint)).y.abs() * self.unit;
        let lengths = [rest(Joint::ShoulderLeft), rest(Joint::KneeLeft)];
        between(high, low, lengths, -forward)
    }

    fn up_of_one_side(&self) -> Vec3 {
        for (hip, shoulder) in HIPS.into_iter().zip(SHOULDERS) {
            if let (Some(hip), Some(shoulder)) = (self.at(hip), self.at(shoulder)) {
                return shoulder - hip;
            }
        }
        self.before
            .map_or_else(|| self.upright(), |before| before.frame.up)
    }

    fn left(&self, up: Vec3) -> Vec3 {
        let mut sum = Vec3::ZERO;
        for left in [Joint::ShoulderLeft, Joint::HipLeft, Joint::ClavicleLeft] {
            if let (Some(l), Some(r)) = (self.at(left), self.at(left.mirrored())) {
                sum += l - r;
            }
        }
        if sum.length() > 0.1 * self.unit {
            return sum;
        }
        // If only one half of the body was measured: from the middle of the body to that half.
        let halves = [
            (Joint::ShoulderLeft, Joint::Neck),
            (Joint::HipLeft, Joint::Pelvis),
        ];
        for (left, middle) in halves {
            let Some(middle) = self.at(middle) else {
                continue;
            };
            if let Some(left) = self.at(left) {
                sum += left - middle;
            }
            if let Some(right) = self.at(left.mirrored()) {
                sum += middle - right;
            }
        }
        if sum.length() > 0.1 * self.unit {
            return sum;
        }
        let beside = self.side_to_camera();
        if let Some(before) = self.before {
            // The direction changes little by little, so that a shoulder that is hidden in one frame does not turn the
            // body.
            return before.frame.left + beside.unwrap_or_default() * 0.3;
        }
        // A head can turn farther than the trunk, so it counts last.
        match (beside, self.face(up)) {
            (Some(beside), Some(face)) => beside + face.left * 0.6,
            (Some(beside), None) => beside,
            (None, Some(face)) => face.left,
            (None, None) => Vec3::X,
        }
    }

    /// The direction of the person's left if only one side's shoulder and hip are seen: that side is towards the camera.
    fn side_to_camera(&self) -> Option<Vec3> {
        let side = |shoulder: Joint, hip: Joint| Some((self.at(shoulder)?, self.at(hip)?));
        let none =
            |shoulder: Joint, hip: Joint| self.at(shoulder).is_none() && self.at(hip).is_none();
        let (left, right) = (
            (Joint::ShoulderLeft, Joint::HipLeft),
            (Joint::ShoulderRight, Joint::HipRight),
        );
        match (side(left.0, left.1), side(right.0, right.1)) {
            (Some((at, _)), None) if none(right.0, right.1) => Some(-at.normalize_or_zero()),
            (None, Some((at, _))) if none(left.0, left.1) => Some(at.normalize_or_zero()),
            _ => None,
        }
    }

    fn face(&self, up: Vec3) -> Option<Frame> {
        face(|joint| self.at(joint), up, self.unit)
    }

    /// Computes a place for every joint, and the directions of the trunk.
    pub(super) fn complete(&self) -> ([Vec3; Joint::COUNT], Frame) {
        let frame = self.frame();
        let trunk = self.trunk(&frame);
        let mut joints = [Vec3::ZERO; Joint::COUNT];
        let mut head = frame;
        for joint in Joint::ALL {
            if joint == Joint::Nose {
                let up = joints[Joint::Head.index()] - joints[Joint::Neck.index()];
                head = self
                    .face(up)
                    .filter(|head| suits(head, &frame))
                    .unwrap_or(frame);
            }
            let guess = match trunk[joint.index()] {
                Some(place) => place,
                None => self.guess(joint, &joints, &frame, &head),
            };
            joints[joint.index()] = match (self.at(joint), self.sights[joint.index()].ray) {
                (Some(place), _) => place,
                (None, Some(ray)) => self.along_ray(joint, ray, guess, &joints),
                (None, None) => guess,
            };
        }
        (joints, frame)
    }

    /// The trunk's joints between hips and shoulders.
    fn trunk(&self, frame: &Frame) -> [Option<Vec3>; Joint::COUNT] {
        let unit = self.unit;
        let rest = |joint: Joint| Vec3::from(rest_position(joint)) * unit;
        let seen = |joint: Joint| self.at(joint).or_else(|| self.on_ray(joint));
        let middle = |[a, b]: [Joint; 2]| Some((seen(a)? + seen(b)?) * 0.5);
        let offset = |joint: Joint| seen(joint).map(|at| at - frame.of(rest(joint)));
        let low = middle(HIPS)
            .or_else(|| seen(Joint::Pelvis))
            .or_else(|| offset(Joint::HipLeft))
            .or_else(|| offset(Joint::HipRight))
            .or_else(|| self.folded(frame.forward));
        let high = seen(Joint::Neck)
            .or_else(|| {
                let up = rest(Joint::Neck).y - rest(Joint::ShoulderLeft).y;
                middle(SHOULDERS).map(|at| at + frame.up * up)
            })
            .or_else(|| {
                SHOULDERS.into_iter().find_map(|joint| {
                    offset(joint).map(|pelvis| pelvis + frame.of(rest(Joint::Neck)))
                })
            })
            .or_else(|| offset(Joint::Head).map(|pelvis| pelvis + frame.of(rest(Joint::Neck))));
        let (low, high) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low + frame.up * unit),
            (None, Some(high)) => (high - frame.up * unit, high),
            (None, None) => {
                let pelvis = self.hanging(frame);
                (pelvis, pelvis + frame.up * unit)
            }
        };
        let spine = high - low;
        array::from_fn(|index| {
            let joint = Joint::ALL[index];
            let hips = matches!(joint, Joint::HipLeft | Joint::HipRight);
            let face = matches!(
                joint,
                Joint::Nose | Joint::EyeLeft | Joint::EyeRight | Joint::EarLeft | Joint::EarRight
            );
            (is_central(joint) && !face).then(|| {
                let rest = Vec3::from(rest_position(joint));
                let along = if hips { Vec3::ZERO } else { spine * rest.y };
                low + along + frame.left * (rest.x * unit) + frame.forward * (rest.z * unit)
            })
        })
    }

    /// The pelvis, computed from any joint that was seen as if the person stood at ease.
    fn hanging(&self, frame: &Frame) -> Vec3 {
        let seen = Joint::ALL
            .into_iter()
            .find_map(|joint| Some((joint, self.at(joint).or_else(|| self.on_ray(joint))?)));
        match seen {
            Some((joint, at)) => at - frame.of(at_ease(joint)) * self.unit,
            None => Vec3::Z * self.trunk_z,
        }
    }

    /// The place of a joint that was not measured, computed from the joints before it.
    fn guess(
        &self,
        joint: Joint,
        joints: &[Vec3; Joint::COUNT],
        frame: &Frame,
        head: &Frame,
    ) -> Vec3 {
        let Some(parent) = joint.parent() else {
            return Vec3::Z * self.trunk_z;
        };
        let from = joints[parent.index()];
        if parent == Joint::Head {
            let rest = Vec3::from(rest_position(joint)) - Vec3::from(rest_position(parent));
            return from + head.of(rest) * self.unit;
        }
        let length = self.length(joint, parent);
        let before = self.before.map(|before| {
            let was = before.joints[joint.index()] - before.joints[parent.index()];
            frame.of(before.frame.into_body(was))
        });
        let left = joint.index() < joint.mirrored().index();
        let out = if left { frame.left } else { -frame.left };
        let bent = self.bent(joint, from, before, frame);
        if let Some(place) = bent {
            return place;
        }
        if matches!(joint, Joint::AnkleLeft | Joint::AnkleRight)
            && let Some(place) = self.standing(from, length, frame)
        {
            return place;
        }
        let above = parent.parent().map_or(frame.up, |above| {
            (from - joints[above.index()]).normalize_or(-frame.up)
        });
        let down = -self.upright();
        let direction = match joint {
            // Hands, feet and thumbs continue the direction of the limb, even if the limb has moved since the frame
            // before.
            Joint::HandLeft | Joint::HandRight | Joint::HandTipLeft | Joint::HandTipRight => above,
            Joint::ThumbLeft | Joint::ThumbRight => {
                let pole =
                    (frame.forward - above * above.dot(frame.forward)).normalize_or(frame.up);
                above + pole
            }
            Joint::FootLeft | Joint::FootRight => {
                let sole = frame.forward - down * down.dot(frame.forward);
                sole.normalize_or(frame.up) * 0.33 + down * 0.115
            }
            _ => match before {
                Some(was) => was,
                None => match joint {
                    Joint::ElbowLeft | Joint::ElbowRight => down + out * 0.25,
                    Joint::WristLeft | Joint::WristRight => {
                        above + down * 0.5 + frame.forward * 0.4
                    }
                    Joint::AnkleLeft | Joint::AnkleRight => above + down,
                    _ => down,
                },
            },
        };
        from + direction.normalize_or(down) * length
    }

    /// An ankle under or behind its knee, on the floor.
    fn standing(&self, knee: Vec3, shank: f32, frame: &Frame) -> Option<Vec3> {
        let floor = self.floor?;
        // The ankle's height over the sole.
        let height = floor.height_of(knee) - 0.15 * self.unit;
        let back = -(frame.forward - floor.up * frame.forward.dot(floor.up)).try_normalize()?;
        let down = height.clamp(-shank, shank);
        let off = (shank * shank - down * down).max(0.0).sqrt();
        // A raised leg hangs.
        (height < shank).then(|| knee - floor.up * down + back * off)
    }

    /// An elbow or a knee between two joints that were measured.
    fn bent(&self, joint: Joint, from: Vec3, before: Option<Vec3>, frame: &Frame) -> Option<Vec3> {
        let end = match joint {
            Joint::ElbowLeft => Joint::WristLeft,
            Joint::ElbowRight => Joint::WristRight,
            Joint::KneeLeft => Joint::AnkleLeft,
            Joint::KneeRight => Joint::AnkleRight,
            _ => return None,
        };
        let to = self.at(end)?;
        let upper = self.length(joint, joint.parent()?);
        let lower = self.length(end, joint);
        let pole = before.unwrap_or(match joint {
            Joint::KneeLeft | Joint::KneeRight => frame.forward,
            _ => -self.upright() - frame.forward * 0.6,
        });
        between(from, to, [upper, lower], pole)
    }

    /// The place of a joint that the network sees, but that is hidden in the depth image: on its ray, at the bone's
    /// length from its parent, on the side of the guess.
    fn along_ray(
        &self,
        joint: Joint,
        ray: Vec3,
        guess: Vec3,
        joints: &[Vec3; Joint::COUNT],
    ) -> Vec3 {
        let ray = ray.normalize();
        let nearest = ray * guess.dot(ray);
        let (Some(parent), false) = (joint.parent(), is_central(joint)) else {
            return nearest;
        };
        let from = joints[parent.index()];
        let length = self.length(joint, parent);
        let foot = from.dot(ray);
        let off = (from - ray * foot).length();
        let half = (length * length - off * off).max(0.0).sqrt();
        if guess.dot(ray) > foot {
            ray * (foot + half)
        } else {
            ray * (foot - half)
        }
    }

    fn length(&self, joint: Joint, parent: Joint) -> f32 {
        self.plan.between(joint, parent).map_or_else(
            || {
                let rest = |joint| Vec3::from(rest_position(joint));
                rest(joint).distance(rest(parent)) * self.unit
            },
            |link| self.lengths[link].mm,
        )
    }
}

/// The place between two others at those distances from them, on the side of `pole`.
fn between(from: Vec3, to: Vec3, [upper, lower]: [f32; 2], pole: Vec3) -> Option<Vec3> {
    let line = to - from;
    let direction = line.try_normalize()?;
    let reach = line.length().min(upper + lower);
    let along = (upper * upper - lower * lower + reach * reach) / (2.0 * reach.max(1.0));
    let along = along.clamp(-upper, upper);
    let off = (upper * upper - along * along).max(0.0).sqrt();
    let bend = (pole - direction * pole.dot(direction)).try_normalize()?;
    Some(from + direction * along + bend * off)
}

/// The place of a joint of a person who stands with arms hanging, from the pelvis, in directions of the body and units.
fn at_ease(joint: Joint) -> Vec3 {
    let rest = Vec3::from(rest_position(joint));
    let shoulder = Vec3::from(rest_position(Joint::ShoulderLeft));
    let limb = Vec3::new(rest.x.abs() - shoulder.x, 0.0, 0.0);
    if limb.x > 0.0 {
        let side = rest.x.signum();
        return Vec3::new(side * shoulder.x, shoulder.y - limb.x, rest.z);
    }
    rest
}

/// Whether a head on this trunk can have these directions.
pub(super) fn suits(head: &Frame, trunk: &Frame) -> bool {
    head.forward.dot(trunk.forward) > -0.3 && head.up.dot(trunk.up) > 0.0
}

/// The directions of a head, computed from the joints of the face; `None` if too few of them are known.
pub(super) fn face(at: impl Fn(Joint) -> Option<Vec3>, up: Vec3, unit: f32) -> Option<Frame> {
    let pair = |left: Joint| Some((at(left)?, at(left.mirrored())?));
    let left = pair(Joint::EarLeft)
        .or_else(|| pair(Joint::EyeLeft))
        .map(|(l, r)| l - r)
        .filter(|left| left.length() > 0.03 * unit);
    let front = at(Joint::Nose).or_else(|| pair(Joint::EyeLeft).map(|(l, r)| (l + r) * 0.5));
    if let (Some(left), Some(nose), Some((l, r))) = (left, at(Joint::Nose), pair(Joint::EarLeft)) {
        // In rest, the nose is a little lower than the ears.
        let ahead = nose - (l + r) * 0.5;
        let left = left.normalize_or(Vec3::X);
        let ahead = ahead - left * ahead.dot(left);
        let forward = Quat::from_axis_angle(left, -0.083) * ahead;
        return Frame::left_and_up(left, forward.cross(left));
    }
    if let Some(left) = left {
        return Frame::left_and_up(left, up);
    }
    let ear = [(Joint::EarLeft, 1.0), (Joint::EarRight, -1.0)]
        .into_iter()
        .find_map(|(ear, side)| Some((at(ear)?, side)));
    let eye = at(Joint::EyeLeft).or_else(|| at(Joint::EyeRight));
    let (ear, side) = ear?;
    let ahead = front.or(eye)? - ear;
    let left = up.cross(ahead).try_normalize()?;
    // The ear is beside the middle of the head.
    let ahead = ahead + left * (side * 0.15 * unit);
    Frame::up_and_left(up, up.cross(ahead))
}
