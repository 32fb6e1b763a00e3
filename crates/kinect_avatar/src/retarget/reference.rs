//! How the rest pose of a rig is turned against a T-pose.

use glam::{Quat, Vec3};

use crate::human::HumanBone;

/// A limb whose rest pose bends by more than this, in radians, shows the axis of its hinge.
const BENT: f32 = 0.6;

/// Turns from a T-pose to the rest pose, in body axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference([Quat; HumanBone::COUNT]);

impl Reference {
    /// The turns of a rig whose bones rest there, in body axes. `hand` is where a hand points to, if the rig has fingers.
    pub(super) fn of(
        rest: impl Fn(HumanBone) -> Option<Vec3>,
        hand: impl Fn(HumanBone) -> Option<Vec3>,
    ) -> Self {
        let mut turns = [Quat::IDENTITY; HumanBone::COUNT];
        for (side, across) in [(false, Vec3::X), (true, Vec3::NEG_X)] {
            let of = |part: HumanBone| if side { part.mirrored() } else { part };
            let between = |from, to| Some(rest(of(to))? - rest(of(from))?);
            let upper = between(HumanBone::LeftUpperArm, HumanBone::LeftLowerArm);
            let lower = between(HumanBone::LeftLowerArm, HumanBone::LeftHand);
            // Elbows bend forwards in a T-pose, knees bend backwards.
            let hinge = across.cross(Vec3::Z);
            let [upper, lower] = limb(across, Vec3::Z, hinge, upper, lower);
            let hand = rest(of(HumanBone::LeftHand))
                .and_then(|at| hand(of(HumanBone::LeftHand)).map(|end| end - at))
                .and_then(Vec3::try_normalize)
                .map_or(lower, |along| {
                    arc(lower * across, along, lower * Vec3::Z) * lower
                });
            turns[of(HumanBone::LeftUpperArm).index()] = upper;
            turns[of(HumanBone::LeftLowerArm).index()] = lower;
            turns[of(HumanBone::LeftHand).index()] = hand;

            let upper = between(HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg);
            let lower = between(HumanBone::LeftLowerLeg, HumanBone::LeftFoot);
            let [upper, lower] = limb(Vec3::NEG_Y, Vec3::X, Vec3::X, upper, lower);
            turns[of(HumanBone::LeftUpperLeg).index()] = upper;
            turns[of(HumanBone::LeftLowerLeg).index()] = lower;
            // Feet that point outwards at rest are straightened; their soles are flat in both poses.
            let foot = between(HumanBone::LeftFoot, HumanBone::LeftToes)
                .map(|along| Vec3::new(along.x, 0.0, along.z))
                .and_then(Vec3::try_normalize)
                .filter(|along| along.z > 0.3)
                .map_or(Quat::IDENTITY, |along| {
                    Quat::from_rotation_arc(Vec3::Z, along)
                });
            turns[of(HumanBone::LeftFoot).index()] = foot;
            turns[of(HumanBone::LeftToes).index()] = foot;
        }
        Self(turns)
    }

    /// The turn of a bone.
    pub(super) fn turn(&self, part: HumanBone) -> Quat {
        self.0[part.index()]
    }
}

/// The turns of a limb's two bones that point along `straight` in a T-pose, each by the shortest way from the bone above.
fn limb(
    straight: Vec3,
    aside: Vec3,
    hinge: Vec3,
    upper: Option<Vec3>,
    lower: Option<Vec3>,
) -> [Quat; 2] {
    let upper_along = upper.and_then(Vec3::try_normalize);
    let lower_along = lower.and_then(Vec3::try_normalize);
    let mut upper = upper_along.map_or(Quat::IDENTITY, |along| arc(straight, along, aside));
    if let (Some(a), Some(b)) = (upper_along, lower_along)
        && a.angle_between(b) > BENT
        && let Some(bends) = a.cross(b).try_normalize()
    {
        // Both axes are square to the upper bone.
        let twist = Quat::from_rotation_arc(upper * hinge, bends);
        if twist.to_axis_angle().1 < 2.0 {
            upper = (twist * upper).normalize();
        }
    }
    let lower = lower_along.map_or(upper, |along| {
        arc(upper * straight, along, upper * aside) * upper
    });
    [upper, lower.normalize()]
}

/// The shortest turn between two directions; half a turn is about the given axis.
fn arc(from: Vec3, to: Vec3, half_turn: Vec3) -> Quat {
    if from.dot(to) < -0.9999 {
        Quat::from_axis_angle(half_turn.normalize_or(Vec3::Y), core::f32::consts::PI)
    } else {
        Quat::from_rotation_arc(from.normalize_or(Vec3::Y), to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(pairs: &[(HumanBone, Vec3)]) -> Reference {
        let at = |part| {
            pairs
                .iter()
                .find(|(other, _)| *other == part)
                .map(|(_, at)| *at)
        };
        Reference::of(at, |_| None)
    }

    #[test]
    fn arms_that_hang_have_palms_at_the_thighs() {
        let reference = rests(&[
            (HumanBone::LeftUpperArm, Vec3::new(0.2, 1.4, 0.0)),
            (HumanBone::LeftLowerArm, Vec3::new(0.2, 1.1, 0.0)),
            (HumanBone::LeftHand, Vec3::new(0.2, 0.8, 0.0)),
        ]);
        for part in [
            HumanBone::LeftUpperArm,
            HumanBone::LeftLowerArm,
            HumanBone::LeftHand,
        ] {
            let palm = reference.turn(part) * Vec3::NEG_Y;
            assert!((palm - Vec3::NEG_X).length() < 1e-5, "{part:?}: {palm}");
        }
        assert_eq!(reference.turn(HumanBone::RightUpperArm), Quat::IDENTITY);
    }

    #[test]
    fn sitting_legs_are_turned_about_the_hips() {
        let reference = rests(&[
            (HumanBone::RightUpperLeg, Vec3::new(-0.1, 0.5, 0.0)),
            (HumanBone::RightLowerLeg, Vec3::new(-0.1, 0.5, 0.45)),
            (HumanBone::RightFoot, Vec3::new(-0.1, 0.08, 0.45)),
        ]);
        let thigh = reference.turn(HumanBone::RightUpperLeg);
        assert!((thigh * Vec3::X - Vec3::X).length() < 1e-5);
        assert!((thigh * Vec3::NEG_Y - Vec3::Z).length() < 1e-5);
        let shank = reference.turn(HumanBone::RightLowerLeg);
        assert!(shank.angle_between(Quat::IDENTITY) < 1e-3);
    }
}
