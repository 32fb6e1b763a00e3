//! How tall a person is.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence};

use crate::ground::Ground;
use crate::joints::seen_place;
use crate::median::RunningMedian;

/// How tall a person is, without shoes and hair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct BodyHeight {
    /// The height in mm.
    pub height_mm: f32,
    /// The error to expect of it, in mm, as a standard deviation.
    pub error_mm: f32,
}

/// The time between two measurements in µs: poses that follow each other closely are one.
const EVERY_USEC: u64 = 100_000;
/// The fewest measurements.
const FEWEST: usize = 10;
/// How far the neck's joint and the ears are below the top of the head, in heights of the head.
const NECK: f32 = 1.254;
const EARS: f32 = 0.66;
/// Heights that people have, in mm.
const HEIGHTS: core::ops::Range<f32> = 700.0..2400.0;
/// How straight legs and trunk of a person who stands are: the height of a leg in lengths of its bones, and the
/// cosine of the angle between trunk and up.
const STRAIGHT: f32 = 0.975;
const UPRIGHT: f32 = 0.97;
/// How much people differ whose necks and ears are alike: the share of the height.
const PEOPLE_DIFFER: f32 = 0.008;

/// Measures one person over time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stature {
    heights: RunningMedian,
    /// Distances of the heights from the median.
    spread: RunningMedian,
    usec: Option<u64>,
}

impl Stature {
    pub(super) const NEW: Self = Self {
        heights: RunningMedian::EMPTY,
        spread: RunningMedian::EMPTY,
        usec: None,
    };

    /// Measures a body of a frame if it stands.
    pub(super) fn update(&mut self, body: &Body, usec: u64, ground: &Ground) {
        let is_due = self.usec.is_none_or(|before| {
            usec.checked_sub(before)
                .is_none_or(|gone| gone >= EVERY_USEC)
        });
        if !is_due {
            return;
        }
        if let Some(height) = measured(body, ground) {
            self.usec = Some(usec);
            self.heights.add(height);
            self.spread.add((height - self.heights.median()).abs());
        }
    }

    /// The height; `None` until the person has stood for about a second.
    pub(super) fn height(&self) -> Option<BodyHeight> {
        if self.heights.count() < FEWEST {
            return None;
        }
        let height_mm = self.heights.median();
        // The median deviation of a normal distribution is 0.67 standard deviations. Errors of a tracker last for about
        // four measurements.
        let scatter = self.spread.median() * 1.48 / (self.heights.count() as f32 / 4.0).sqrt();
        let error_mm = scatter.hypot(height_mm * PEOPLE_DIFFER);
        Some(BodyHeight {
            height_mm,
            error_mm,
        })
    }
}

/// The height of a body that stands; `None` if it does not, or if too little of it is seen.
fn measured(body: &Body, ground: &Ground) -> Option<f32> {
    let at =
        |joint: Joint| seen_place(body, joint).map(|at| Vec3::from(ground.point(at.to_array())));
    let seen = |joint: Joint| {
        at(joint).filter(|_| body.joint(joint).confidence >= JointConfidence::Medium)
    };
    let spine = [
        at(Joint::Pelvis)?,
        at(Joint::SpineNavel)?,
        at(Joint::SpineChest)?,
        seen(Joint::Neck)?,
    ];
    let [pelvis, .., neck] = spine;
    let trunk = (neck - pelvis).try_normalize()?;
    if trunk.y < UPRIGHT {
        return None;
    }
    let leg = |side: fn(Joint) -> Joint| {
        let joints =
            [Joint::AnkleLeft, Joint::KneeLeft, Joint::HipLeft].map(|joint| at(side(joint)));
        let [Some(ankle), Some(knee), Some(hip)] = joints else {
            return None;
        };
        let sag = sag(&[ankle, knee, hip]);
        (sag < (1.0 - STRAIGHT) * ankle.distance(hip)).then_some(sag)
    };
    let legs = [leg(|joint| joint), leg(Joint::mirrored)];
    let straighter = legs.into_iter().flatten().min_by(f32::total_cmp)?;
    // People stand with soft knees and a bent back.
    let sags = straighter + sag(&spine);
    let from_neck = tall(neck.y + sags, NECK);
    let ears = seen(Joint::EarLeft).zip(seen(Joint::EarRight));
    let height = match ears {
        Some((left, right)) => {
            let from_ears = tall(0.5 * (left.y + right.y) + sags, EARS);
            0.5 * (from_neck + from_ears)
        }
        None => from_neck,
    };
    HEIGHTS.contains(&height).then_some(height)
}

/// How much higher the end of bones, joint by joint upwards, would be if they stood upright, in mm.
fn sag(joints: &[Vec3]) -> f32 {
    joints
        .windows(2)
        .map(|bone| bone[0].distance(bone[1]) - (bone[1].y - bone[0].y))
        .sum()
}

/// The height of a person who has a part at a height in mm, and this many heads' heights below the top of the head. Adults are
/// 7.5 heads tall, and children of three years 5.
fn tall(height: f32, below_top: f32) -> f32 {
    let mut tall = height * 1.15;
    // The result changes the heads that it is divided into; five steps are exact to a millimetre.
    for _ in 0..5 {
        let adult = ((tall - 950.0) / 650.0).clamp(0.0, 1.0);
        tall = height / (1.0 - below_top / (5.0 + 2.5 * adult));
    }
    tall
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_body_give_its_height() {
        for (height, heads) in [(950.0, 5.0), (1275.0, 6.25), (1750.0, 7.5), (2000.0, 7.5)] {
            for below in [NECK, EARS] {
                let part = height * (1.0 - below / heads);
                assert!((tall(part, below) - height).abs() < 2.0, "{height}");
            }
        }
    }
}
