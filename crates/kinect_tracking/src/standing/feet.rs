//! Feet on the floor and in the air.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use glam::Vec3;
use kinect_azure::{Body, Joint};

use crate::ground::Ground;
use crate::joints::{low_pass, seen_place};

/// Whether a foot is on the floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum FootContact {
    /// The ankle, the knee or the toes were not placed by the tracker.
    #[default]
    Unknown,
    /// Heel or toes are on the floor.
    OnFloor,
    /// The whole foot is above the floor: in a step, in a jump, or on something that is higher than the floor.
    InAir,
}

/// One foot of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Foot {
    /// Whether the foot is on the floor.
    pub contact: FootContact,
    /// How far the lowest part of the foot is above the floor, in mm: about 0 on the floor. 0 while the contact is unknown.
    pub height_mm: f32,
}

/// A foot that leaves the floor is higher than this, and one that comes back is lower than that, in mm.
const LEAVES: f32 = 45.0;
const RETURNS: f32 = 28.0;
/// How high the ankle and the toes' joint are above the floor of a foot that stands, in lengths of the shank.
const ANKLE: f32 = 0.20;
const TOES: f32 = 0.057;
/// A foot that moves slower than this, in mm/s, stands.
const STILL: f32 = 150.0;
/// A tracker's joints may be this much too high or too low, in mm; it is learnt in this time in seconds.
const MOST_OFF: f32 = 50.0;
const LEARNS: f32 = 0.5;

/// What is known of one foot from frame to frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FootWatch {
    /// The height of a foot that stands, as the tracker sees it, in mm.
    level: f32,
    before: Option<Vec3>,
    pub(super) foot: Foot,
}

impl FootWatch {
    /// The next frame, some seconds later.
    pub(super) fn update(&mut self, body: &Body, left: bool, seconds: f32, ground: &Ground) {
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let at = |joint: Joint| {
            seen_place(body, side(joint)).map(|at| Vec3::from(ground.point(at.to_array())))
        };
        let joints = (
            at(Joint::KneeLeft),
            at(Joint::AnkleLeft),
            at(Joint::FootLeft),
        );
        let (Some(knee), Some(ankle), Some(toes)) = joints else {
            self.before = None;
            self.foot = Foot::default();
            return;
        };
        let shank = knee.distance(ankle);
        let height = (ankle.y - ANKLE * shank).min(toes.y - TOES * shank);
        let middle = (ankle + toes) * 0.5;
        let speed = self
            .before
            .replace(middle)
            .filter(|_| seconds > 0.0)
            .map_or(f32::INFINITY, |before| middle.distance(before) / seconds);
        if speed < STILL && height.abs() < MOST_OFF {
            let share = low_pass(0.16 / LEARNS, seconds);
            self.level += (height - self.level) * share;
        }
        let above = height - self.level;
        let is_up = match self.foot.contact {
            FootContact::InAir => above > RETURNS,
            FootContact::OnFloor | FootContact::Unknown => above > LEAVES,
        };
        self.foot = Foot {
            contact: if is_up {
                FootContact::InAir
            } else {
                FootContact::OnFloor
            },
            height_mm: above,
        };
    }
}
