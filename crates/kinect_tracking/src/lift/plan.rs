//! The plan of a body: which distances between joints are kept, and how thick the body is around its joints.
//!
//! Lengths are in units of the distance from pelvis to neck unless a name says mm.

use core::array;

use glam::Vec3;
use kinect_azure::Joint;

use super::frame::Frame;
use crate::rotation::rest_position;

/// From pelvis to neck of a person of 1.7 m, in mm.
pub(crate) const UNIT_MM: f32 = 530.0;
/// The same distance for a small child and for a very tall person.
pub(crate) const UNIT_RANGE_MM: (f32, f32) = (260.0, 700.0);

/// A distance between two joints that stays nearly the same in all postures.
pub(crate) struct Link {
    pub(crate) ends: [Joint; 2],
    /// How far the length changes with the posture, as a share of the length.
    pub(crate) give: f32,
    /// How far the length differs between people of the same size, as a share of the length.
    pub(crate) spread: f32,
}

const fn bone(a: Joint, b: Joint) -> Link {
    Link {
        ends: [a, b],
        give: 0.015,
        spread: 0.07,
    }
}

const fn small(a: Joint, b: Joint) -> Link {
    Link {
        ends: [a, b],
        give: 0.04,
        spread: 0.15,
    }
}

const fn soft(a: Joint, b: Joint) -> Link {
    Link {
        ends: [a, b],
        give: 0.07,
        spread: 0.12,
    }
}

/// How many links the body has.
pub(crate) const LINK_COUNT: usize = 56;

use Joint::{
    AnkleLeft, AnkleRight, ClavicleLeft, ClavicleRight, EarLeft, EarRight, ElbowLeft, ElbowRight,
    EyeLeft, EyeRight, FootLeft, FootRight, HandLeft, HandRight, HandTipLeft, HandTipRight, Head,
    HipLeft, HipRight, KneeLeft, KneeRight, Neck, Nose, Pelvis, ShoulderLeft, ShoulderRight,
    SpineChest, SpineNavel, ThumbLeft, ThumbRight, WristLeft, WristRight,
};

/// The links. The first [`LIMBS`] are the long bones, from which the size of a person is computed.
pub(crate) const LINKS: [Link; LINK_COUNT] = [
    bone(ShoulderLeft, ElbowLeft),
    bone(ShoulderRight, ElbowRight),
    bone(ElbowLeft, WristLeft),
    bone(ElbowRight, WristRight),
    bone(HipLeft, KneeLeft),
    bone(HipRight, KneeRight),
    bone(KneeLeft, AnkleLeft),
    bone(KneeRight, AnkleRight),
    soft(HipLeft, ShoulderLeft),
    soft(HipRight, ShoulderRight),
    soft(Pelvis, Neck),
    soft(ShoulderLeft, ShoulderRight),
    // The trunk.
    bone(HipLeft, HipRight),
    bone(Pelvis, HipLeft),
    bone(Pelvis, HipRight),
    small(Pelvis, SpineNavel),
    small(SpineNavel, SpineChest),
    small(SpineChest, Neck),
    soft(Pelvis, SpineChest),
    soft(SpineNavel, Neck),
    soft(SpineNavel, HipLeft),
    soft(SpineNavel, HipRight),
    small(SpineChest, ClavicleLeft),
    small(SpineChest, ClavicleRight),
    small(Neck, ClavicleLeft),
    small(Neck, ClavicleRight),
    small(ClavicleLeft, ShoulderLeft),
    small(ClavicleRight, ShoulderRight),
    soft(Neck, ShoulderLeft),
    soft(Neck, ShoulderRight),
    soft(SpineChest, ShoulderLeft),
    soft(SpineChest, ShoulderRight),
    // The hands and feet.
    small(WristLeft, HandLeft),
    small(WristRight, HandRight),
    small(HandLeft, HandTipLeft),
    small(HandRight, HandTipRight),
    soft(WristLeft, HandTipLeft),
    soft(WristRight, HandTipRight),
    small(WristLeft, ThumbLeft),
    small(WristRight, ThumbRight),
    small(AnkleLeft, FootLeft),
    small(AnkleRight, FootRight),
    // The head.
    small(Neck, Head),
    soft(SpineChest, Head),
    small(Head, Nose),
    small(Head, EarLeft),
    small(Head, EarRight),
    small(Head, EyeLeft),
    small(Head, EyeRight),
    small(EyeLeft, EyeRight),
    small(EarLeft, EarRight),
    small(Nose, EyeLeft),
    small(Nose, EyeRight),
    small(EyeLeft, EarLeft),
    small(EyeRight, EarRight),
    soft(Nose, Neck),
];

/// How many of the first links are long enough to compute the size of a person.
pub(crate) const LIMBS: usize = 12;

/// Data that is computed from the links.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The length of each link in the rest pose, in units.
    pub(crate) rest: [f32; LINK_COUNT],
    /// The same link on the other side of the body.
    pub(crate) mirrored: [usize; LINK_COUNT],
    /// The links of each joint: number and other end.
    pub(crate) of: [Vec<(usize, Joint)>; Joint::COUNT],
}

impl Plan {
    pub(crate) fn new() -> Self {
        let place = |joint: Joint| Vec3::from(rest_position(joint));
        let mut of = array::from_fn(|_| Vec::new());
        for (index, link) in LINKS.iter().enumerate() {
            let [a, b] = link.ends;
            of[a.index()].push((index, b));
            of[b.index()].push((index, a));
        }
        Self {
            rest: array::from_fn(|link| {
                let [a, b] = LINKS[link].ends;
                place(a).distance(place(b))
            }),
            mirrored: array::from_fn(|link| {
                let [a, b] = LINKS[link].ends.map(Joint::mirrored);
                LINKS
                    .iter()
                    .position(|other| other.ends == [a, b] || other.ends == [b, a])
                    .unwrap_or(link)
            }),
            of,
        }
    }

    /// The link between two joints.
    pub(crate) fn between(&self, a: Joint, b: Joint) -> Option<usize> {
        self.of[a.index()]
            .iter()
            .find(|(_, other)| *other == b)
            .map(|(link, _)| *link)
    }
}

/// Whether a joint belongs to the trunk or the head, whose joints all have about the same depth.
pub(crate) const fn is_central(joint: Joint) -> bool {
    matches!(
        joint,
        Pelvis
            | SpineNavel
            | SpineChest
            | Neck
            | ClavicleLeft
            | ClavicleRight
            | ShoulderLeft
            | ShoulderRight
            | HipLeft
            | HipRight
            | Head
            | Nose
            | EyeLeft
            | EyeRight
            | EarLeft
            | EarRight
    )
}

/// The distance from the skin or the clothes to a joint.
#[derive(Clone, Copy)]
pub(crate) enum Thickness {
    /// A part of the trunk or the head: from the front, from behind, from the side.
    Trunk([f32; 3]),
    /// A limb: the same distance from all sides across it.
    Limb(f32),
    /// The same distance in all directions.
    Skin(f32),
}

/// The distance from the clothes or the skin to a joint, for adults of 1.75 m with ordinary clothes, in units of 543
/// mm.
pub(crate) const fn thickness(joint: Joint) -> Thickness {
    /// Millimetres of such an adult in units.
    const MM: f32 = 1.0 / 543.0;
    const fn trunk(front: f32, back: f32, side: f32) -> Thickness {
        Thickness::Trunk([front * MM, back * MM, side * MM])
    }
    match joint {
        // The spine's joints lie nearer to the back than to the front.
        Pelvis => trunk(130.0, 125.0, 195.0),
        SpineNavel => trunk(140.0, 115.0, 185.0),
        SpineChest => trunk(140.0, 115.0, 190.0),
        Neck => trunk(85.0, 85.0, 105.0),
        ClavicleLeft | ClavicleRight => trunk(90.0, 90.0, 140.0),
        ShoulderLeft | ShoulderRight => trunk(70.0, 70.0, 72.0),
        HipLeft | HipRight => trunk(118.0, 118.0, 110.0),
        Head => trunk(90.0, 85.0, 85.0),
        ElbowLeft | ElbowRight => Thickness::Limb(52.0 * MM),
        WristLeft | WristRight => Thickness::Limb(30.0 * MM),
        HandLeft | HandRight => Thickness::Limb(20.0 * MM),
        HandTipLeft | HandTipRight | ThumbLeft | ThumbRight => Thickness::Skin(10.0 * MM),
        KneeLeft | KneeRight => Thickness::Limb(58.0 * MM),
        AnkleLeft | AnkleRight => Thickness::Limb(48.0 * MM),
        FootLeft | FootRight => Thickness::Skin(30.0 * MM),
        Nose => Thickness::Skin(3.0 * MM),
        EyeLeft | EyeRight => Thickness::Skin(12.0 * MM),
        EarLeft | EarRight => Thickness::Skin(16.0 * MM),
    }
}

/// The radius around a joint in which the image shows the same part of the body, in units.
pub(crate) const fn radius(joint: Joint) -> f32 {
    match joint {
        Pelvis | SpineNavel | SpineChest | HipLeft | HipRight => 0.08,
        Neck | ClavicleLeft | ClavicleRight | ShoulderLeft | ShoulderRight | Head => 0.065,
        KneeLeft | KneeRight => 0.065,
        ElbowLeft | ElbowRight | AnkleLeft | AnkleRight => 0.05,
        WristLeft | WristRight | HandLeft | HandRight | FootLeft | FootRight => 0.04,
        HandTipLeft | HandTipRight | ThumbLeft | ThumbRight => 0.025,
        Nose | EyeLeft | EyeRight | EarLeft | EarRight => 0.03,
    }
}

/// The standard deviation of [`thickness`] among people and clothes, in units.
pub(crate) const fn thickness_spread(joint: Joint) -> f32 {
    match thickness(joint) {
        Thickness::Trunk(_) => 0.045,
        Thickness::Limb(_) => 0.025,
        Thickness::Skin(_) => 0.02,
    }
}

/// How far a ray goes on behind the surface until it reaches a joint, in units. `ray` has length 1 and points away from
/// the camera, `bones` are the directions of the limb on both sides of the joint, of any length.
pub(crate) fn behind_surface(joint: Joint, ray: Vec3, frame: &Frame, bones: [Vec3; 2]) -> f32 {
    match thickness(joint) {
        Thickness::Skin(depth) => depth,
        Thickness::Trunk([front, back, side]) => {
            let ahead = ray.dot(frame.forward);
            let thick = if ahead < 0.0 { front } else { back };
            // Along its own axis the trunk ends at the shoulders and the seat.
            let long = 2.0 * side;
            let inverse = Vec3::new(
                ray.dot(frame.left) / side,
                ray.dot(frame.up) / long,
                ahead / thick,
            );
            1.0 / inverse.length().max(1.0 / long)
        }
        Thickness::Limb(radius) => {
            let along = bones
                .into_iter()
                .filter_map(Vec3::try_normalize)
                .map(|bone| ray.dot(bone).abs())
                .fold(None, |least: Option<f32>, along| {
                    Some(least.map_or(along, |l| l.min(along)))
                })
                .unwrap_or(0.0);
            // Of a limb that points at the camera, only the end is seen.
            radius / (1.0 - along * along).max(0.0).sqrt().max(0.6)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bone_is_a_link_and_every_link_has_a_mirror_image() {
        let plan = Plan::new();
        for joint in Joint::ALL {
            if let Some(parent) = joint.parent() {
                assert!(plan.between(joint, parent).is_some(), "{joint:?}");
            }
        }
        for (number, link) in LINKS.iter().enumerate() {
            let other = plan.mirrored[number];
            assert_eq!(plan.mirrored[other], number);
            assert!((plan.rest[number] - plan.rest[other]).abs() < 1e-6);
            assert!(plan.rest[number] > 0.02, "{:?}", link.ends);
            let crosses = link.ends.iter().all(|end| end.mirrored() == *end)
                || link.ends[0].mirrored() == link.ends[1];
            assert_eq!(other == number, crosses, "{:?}", link.ends);
        }
    }
}
