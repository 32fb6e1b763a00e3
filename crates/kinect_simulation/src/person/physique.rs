//! The measures of a body and the skeleton in rest that follows from them.

use glam::Vec3;

use kinect_azure::body::Joint;

/// The measures of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Physique {
    /// Standing height without shoes and hair in metres, 0.85 to 2.2.
    pub(crate) height: f32,
    /// Build: 0 = thin, 0.5 = average, 1 = heavy, 1.5 = very heavy.
    pub(crate) girth: f32,
    /// Breadth of the shoulders against an average person of that height, 0.85 to 1.15.
    pub(crate) shoulders: f32,
    /// Breadth of the hips against an average person of that height, 0.85 to 1.15.
    pub(crate) hips: f32,
    /// Length of the legs against an average person of that height, 0.95 to 1.05.
    pub(crate) legs: f32,
    /// Shape of the trunk: 0 = straight, 1 = waist, bust and hips.
    pub(crate) curves: f32,
    /// A round belly beyond that of the build: 0 = none, 1 = the last weeks of a pregnancy.
    pub(crate) belly: f32,
}

impl Default for Physique {
    fn default() -> Self {
        Self {
            height: 1.75,
            girth: 0.4,
            shoulders: 1.0,
            hips: 1.0,
            legs: 1.0,
            curves: 0.0,
            belly: 0.0,
        }
    }
}

impl Physique {
    /// The measures limited to their ranges; NaN becomes the default.
    #[must_use]
    pub(crate) fn clamped(self) -> Self {
        let within = |value: f32, low: f32, high: f32, default: f32| {
            if value.is_nan() {
                default
            } else {
                value.clamp(low, high)
            }
        };
        let default = Self::default();
        Self {
            height: within(self.height, 0.85, 2.2, default.height),
            girth: within(self.girth, 0.0, 1.5, default.girth),
            shoulders: within(self.shoulders, 0.85, 1.15, default.shoulders),
            hips: within(self.hips, 0.85, 1.15, default.hips),
            legs: within(self.legs, 0.95, 1.05, default.legs),
            curves: within(self.curves, 0.0, 1.0, default.curves),
            belly: within(self.belly, 0.0, 1.0, default.belly),
        }
    }

    /// How adult the proportions of a body of that height are: 0 at 0.95 m (about three years), 1 from 1.6 m on.
    pub(crate) fn maturity(&self) -> f32 {
        ((self.height - 0.95) / 0.65).clamp(0.0, 1.0)
    }

    /// Height of the head from chin to crown in metres: 1/7.5 of an adult, 1/5 of a small child.
    pub(crate) fn head_height(&self) -> f32 {
        self.height / (5.0 + 2.5 * self.maturity())
    }

    /// Height in metres of the place under the chin from which the parts of the head are measured.
    pub(crate) fn throat(&self) -> f32 {
        self.height - self.head_height() * 1.08
    }
}

/// Where the joints are when the person stands on the origin in rest pose.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RestSkeleton {
    /// World positions in metres, in the vendor's order of joints.
    pub(crate) position: [Vec3; Joint::COUNT],
}

impl RestSkeleton {
    /// The skeleton of a body. Proportions in units of pelvis to neck are those of the vendor's tracker for a neutral
    /// adult; children have shorter legs and larger heads.
    pub(crate) fn new(physique: &Physique) -> Self {
        let height = physique.height;
        let head = physique.head_height();
        // Neck joint: a quarter of the head's height under the chin; adult: 0.83 of the height. The vendor's clips have
        // eyes, nose and ears that far above it in units of pelvis to neck (`motion/tests.rs`).
        let neck = height - head * 1.254;
        // Share of the height of the neck that the legs take: an adult's pelvis is at 0.51 of the whole height.
        let pelvis = neck * (0.6 + 0.015 * physique.maturity()) * physique.legs;
        let unit = neck - pelvis;
        let ankle = 0.046 * height;
        let leg = pelvis - ankle;
        let up = |share: f32| pelvis + unit * share;
        // Arms are as long for the height in children as in adults, while the trunk is longer.
        let arm = 0.31 * height;
        let shoulder_x = (0.31 * 0.9 * unit + 0.31 * 0.1 * arm) * physique.shoulders;
        let hip_x = 0.16 * unit * physique.hips;

        let mut position = [Vec3::ZERO; Joint::COUNT];
        let mut set = |joint: Joint, x: f32, y: f32, z: f32| {
            position[joint.index()] = Vec3::new(x, y, z);
            if joint.mirrored() != joint {
                position[joint.mirrored().index()] = Vec3::new(-x, y, z);
            }
        };
        set(Joint::Pelvis, 0.0, pelvis, 0.0);
        set(Joint::SpineNavel, 0.0, up(0.33), 0.0);
        set(Joint::SpineChest, 0.0, up(0.60), 0.0);
        set(Joint::Neck, 0.0, neck, 0.0);
        set(Joint::ClavicleLeft, 0.06 * unit, up(0.93), 0.0);
        let shoulder = up(0.86);
        set(Joint::ShoulderLeft, shoulder_x, shoulder, 0.0);
        let along = |share: f32| shoulder_x + arm * share;
        set(Joint::ElbowLeft, along(0.51), shoulder, 0.0);
        set(Joint::WristLeft, along(0.94), shoulder, 0.0);
        set(Joint::HandLeft, along(1.12), shoulder, 0.0);
        set(Joint::HandTipLeft, along(1.32), shoulder, 0.0);
        // The thumb stands forwards of the hand.
        set(Joint::ThumbLeft, along(0.94 + 0.18), shoulder, arm * 0.16);
        set(Joint::HipLeft, hip_x, pelvis, 0.0);
        set(Joint::KneeLeft, hip_x, pelvis - leg * 0.512, 0.0);
        set(Joint::AnkleLeft, hip_x, ankle, 0.0);
        set(Joint::FootLeft, hip_x * 1.1, 0.013 * height, 0.1 * height);
        // The head's joint is at the height of the chin.
        set(Joint::Head, 0.0, neck + head * 0.37, 0.0);
        let throat = physique.throat();
        set(Joint::Nose, 0.0, throat + head * 0.44, head * 0.50);
        set(
            Joint::EyeLeft,
            head * 0.14,
            throat + head * 0.52,
            head * 0.40,
        );
        set(
            Joint::EarLeft,
            head * 0.33,
            throat + head * 0.42,
            head * 0.02,
        );
        Self { position }
    }

    /// From its parent to a joint, in metres; from the origin for the pelvis.
    pub(crate) fn bone(&self, joint: Joint) -> Vec3 {
        let parent = joint
            .parent()
            .map_or(Vec3::ZERO, |parent| self.position[parent.index()]);
        self.position[joint.index()] - parent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_height_gives_a_body_in_proportion() {
        for height in [0.95, 1.2, 1.5, 1.75, 2.0] {
            let physique = Physique {
                height,
                ..Physique::default()
            };
            let rest = RestSkeleton::new(&physique);
            let y = |joint: Joint| rest.position[joint.index()].y;
            assert!(y(Joint::Pelvis) > 0.42 * height && y(Joint::Pelvis) < 0.53 * height);
            assert!(y(Joint::Head) > y(Joint::Neck) && y(Joint::EyeLeft) < height);
            // Fingertip to fingertip is about the height.
            let span = 2.0 * rest.position[Joint::HandTipLeft.index()].x;
            assert!(
                (0.9..1.08).contains(&(span / height)),
                "{height}: span {span}"
            );
        }
    }
}
