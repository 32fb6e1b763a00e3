//! Where the character stands: from metres of the room to the model.

use glam::Vec3;
use kinect_azure::Joint;

use super::decay;
use super::settings::{RetargetSettings, RootMotion};
use crate::person::Person;

/// The height of the ankle over the floor, as a share of the leg's length.
const ANKLE: f32 = 0.1;
/// After so many frames, the mean of the person's leg length follows slowly.
const FRAMES: f32 = 60.0;

/// The measures of the rig, in body axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measures {
    /// From hip to ankle.
    pub(super) leg: f32,
    /// Height of the ankles at rest.
    pub(super) ankle: f32,
    /// The middle between the hip joints at rest.
    pub(super) middle: Vec3,
}

/// What is known about the person's measures, and the map from the room to the model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Root {
    leg: f32,
    frames: f32,
    floor: Option<f32>,
    scale: f32,
    shift: Vec3,
}

impl Root {
    /// Takes a person's measures.
    pub(super) fn update(
        &mut self,
        person: &Person,
        rig: Option<&Measures>,
        settings: &RetargetSettings,
        seconds: f32,
    ) {
        if let Some(leg) = person.leg_length() {
            self.frames = (self.frames + 1.0).min(FRAMES);
            self.leg += (leg - self.leg) / self.frames;
        }
        let leg = if self.frames > 0.0 { self.leg } else { 0.83 };
        let floor = settings
            .floor
            .filter(|floor| floor.is_finite())
            .unwrap_or_else(|| {
                let ankles = [Joint::AnkleLeft, Joint::AnkleRight].into_iter();
                let low = ankles
                    .filter(|ankle| person.found(*ankle))
                    .map(|ankle| person.position(ankle).y)
                    .fold(f32::INFINITY, f32::min);
                let seen = low - ANKLE * leg;
                let floor = match self.floor {
                    Some(floor) if seen.is_finite() => {
                        // A person who jumps does not lift the floor.
                        let time = if seen < floor { 0.1 } else { 3.0 };
                        floor + (seen - floor) * decay::done(seconds, time)
                    }
                    Some(floor) => floor,
                    None if seen.is_finite() => seen,
                    None => person.position(Joint::Pelvis).y - leg * (1.0 + ANKLE),
                };
                self.floor = Some(floor);
                floor
            });
        let rest = Measures {
            leg,
            ankle: ANKLE * leg,
            middle: Vec3::new(0.0, leg * (1.0 + ANKLE), 0.0),
        };
        let rig = rig.unwrap_or(&rest);
        self.scale = rig.leg / leg;
        let pelvis = person.position(Joint::Pelvis);
        let level = match settings.root_motion {
            RootMotion::Room => Vec3::ZERO,
            RootMotion::InPlace => rig.middle - pelvis * self.scale,
        };
        self.shift = Vec3::new(
            level.x,
            rig.ankle - (floor + ANKLE * leg) * self.scale,
            level.z,
        );
    }

    /// The model's length for a metre of the person; `None` before the first person.
    pub(super) fn scale(&self) -> Option<f32> {
        (self.scale > 0.0).then_some(self.scale)
    }

    /// A place of the room in body axes of the model.
    pub(super) fn place(&self, room: Vec3) -> Vec3 {
        room * self.scale + self.shift
    }
}
