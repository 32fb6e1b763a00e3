//! The bones that are driven, and what the rest pose says about them.

use glam::{Affine3A, Mat3A, Quat, Vec3};

use super::axes::BodyAxes;
use super::reference::Reference;
use crate::human::{BoneMap, HumanBone};
use crate::matching::is_helper;
use crate::rig::Rig;

/// A bone that is driven. Places and turns are in body axes.
#[derive(Clone, Debug)]
pub(super) struct Driven {
    /// The bone's number in the rig.
    pub(super) bone: usize,
    /// The driven bone it hangs on in the rig, if there is one.
    pub(super) parent: Option<usize>,
    /// The driven bone that carries it: its parent, but of a limb always the bone above. `None` for the hips.
    pub(super) carrier: Option<usize>,
    pub(super) role: Role,
    /// Where it is at rest.
    pub(super) rest: Vec3,
    /// The frame of its parent in the rig at rest.
    frame: Quat,
    rest_rotation: Quat,
    /// From the rest pose in body axes to the frame of its parent, where its translation is driven, too.
    to_parent: Option<Affine3A>,
}

/// What turns a bone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// The person's turn, after `back` has turned the rest pose into a T-pose.
    Part { part: HumanBone, back: Quat },
    /// A bone of the spine: from the pelvis (0) through the navel (0.5) to the chest (1).
    Spine(f32),
    /// A bone between the chest (0) and the neck (1).
    Neck(f32),
    /// A share of the twist between two driven bones about an axis at rest, on top of the turn of `segment`.
    Twist {
        segment: usize,
        from: usize,
        to: usize,
        axis: Vec3,
        share: f32,
    },
}

/// All driven bones, carriers before those that they carry, twist bones last.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) driven: Vec<Driven>,
    pub(super) parts: [Option<usize>; HumanBone::COUNT],
    pub(super) reference: Reference,
}

/// The bone above another one in a limb.
fn limb_above(part: HumanBone) -> Option<HumanBone> {
    Some(match part {
        HumanBone::LeftLowerArm => HumanBone::LeftUpperArm,
        HumanBone::LeftHand => HumanBone::LeftLowerArm,
        HumanBone::LeftLowerLeg => HumanBone::LeftUpperLeg,
        HumanBone::LeftFoot => HumanBone::LeftLowerLeg,
        HumanBone::LeftToes => HumanBone::LeftFoot,
        HumanBone::RightLowerArm
        | HumanBone::RightHand
        | HumanBone::RightLowerLeg
        | HumanBone::RightFoot
        | HumanBone::RightToes => limb_above(part.mirrored())?.mirrored(),
        _ => return None,
    })
}

/// The limbs that twist bones belong to: the bone above, the segment, the bone at its end, and whether the twist comes from
/// above.
const SEGMENTS: [(HumanBone, HumanBone, bool); 8] = [
    (HumanBone::LeftUpperArm, HumanBone::LeftLowerArm, true),
    (HumanBone::LeftLowerArm, HumanBone::LeftHand, false),
    (HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg, true),
    (HumanBone::LeftLowerLeg, HumanBone::LeftFoot, false),
    (HumanBone::RightUpperArm, HumanBone::RightLowerArm, true),
    (HumanBone::RightLowerArm, HumanBone::RightHand, false),
    (HumanBone::RightUpperLeg, HumanBone::RightLowerLeg, true),
    (HumanBone::RightLowerLeg, HumanBone::RightFoot, false),
];

impl Plan {
    pub(super) fn of(rig: &Rig, map: &BoneMap) -> Self {
        let axes = BodyAxes::of(rig, map);
        let rest = |bone: usize| axes.body(rig.rest_position(bone));
        let hand = |part: HumanBone| hand_end(rig, map, part).map(|end| axes.body(end));
        let reference = Reference::of(|part| map.get(part).map(rest), hand);
        let mut roles: Vec<(usize, Role)> = map
            .iter()
            .map(|(part, bone)| {
                let back = reference.turn(part).inverse();
                (bone, Role::Part { part, back })
            })
            .collect();
        spine(rig, map, &mut roles);
        let mut plan = Self {
            driven: Vec::with_capacity(roles.len() + 16),
            parts: [None; HumanBone::COUNT],
            reference,
        };
        plan.add_in_order(rig, map, &axes, &roles);
        plan.add_twists(rig, map, &axes);
        plan.set_parents(rig);
        plan
    }

    /// The driven bone of a part of the body.
    pub(super) fn part(&self, part: HumanBone) -> Option<usize> {
        self.parts[part.index()]
    }

    /// The driven bones of a limb.
    pub(super) fn limb(&self, parts: [HumanBone; 3]) -> Option<[usize; 3]> {
        let [a, b, c] = parts.map(|part| self.part(part));
        Some([a?, b?, c?])
    }

    /// Adds bones, carriers first.
    fn add_in_order(&mut self, rig: &Rig, map: &BoneMap, axes: &BodyAxes, roles: &[(usize, Role)]) {
        let carrier = |bone: usize, role: &Role| {
            match role {
                Role::Part { part, .. } => limb_above(*part).and_then(|above| map.get(above)),
                _ => None,
            }
            .or_else(|| {
                rig.ancestors(bone)
                    .find(|above| roles.iter().any(|(other, _)| other == above))
            })
            .or_else(|| map.get(HumanBone::Hips).filter(|hips| *hips != bone))
        };
        let mut waiting: Vec<&(usize, Role)> = roles.iter().collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|(bone, role)| {
                let on = carrier(*bone, role);
                let place = on.map(|on| self.driven.iter().position(|other| other.bone == on));
                if let Some(None) = place {
                    return true;
                }
                self.add(rig, axes, *bone, *role, place.flatten());
                false
            });
            if waiting.len() == before {
                // Bones that hang on each other the wrong way round: no order is right.
                for (bone, role) in core::mem::take(&mut waiting) {
                    self.add(rig, axes, *bone, *role, None);
                }
            }
        }
    }

    fn add(&mut self, rig: &Rig, axes: &BodyAxes, bone: usize, role: Role, carrier: Option<usize>) {
        let parent = rig.bones()[bone].parent;
        if let Role::Part { part, .. } = role {
            self.parts[part.index()] = Some(self.driven.len());
        }
        self.driven.push(Driven {
            bone,
            parent: None,
            carrier,
            role,
            rest: axes.body(rig.rest_position(bone)),
            frame: axes.frame(parent.map_or(Quat::IDENTITY, |parent| rig.turn(parent).rotation)),
            rest_rotation: rig.bones()[bone].rotation,
            to_parent: Some(
                parent
                    .map_or(Affine3A::IDENTITY, |parent| rig.rest_frame(parent))
                    .inverse()
                    * Affine3A {
                        matrix3: Mat3A::from(axes.to_model()),
                        ..Affine3A::IDENTITY
                    },
            ),
        });
    }

    fn add_twists(&mut self, rig: &Rig, map: &BoneMap, axes: &BodyAxes) {
        for (segment, end, from_above) in SEGMENTS {
            let (Some(start), Some(stop)) = (map.get(segment), map.get(end)) else {
                continue;
            };
            let (Some(own), Some(last)) = (self.part(segment), self.part(end)) else {
                continue;
            };
            let along = self.driven[last].rest - self.driven[own].rest;
            let Some(axis) = along.try_normalize() else {
                continue;
            };
            let chain = rig.path(start, stop).unwrap_or_default();
            let leaves = rig
                .children(start)
                .filter(|bone| is_helper(&rig.bones()[*bone].name) && !chain.contains(bone));
            let between = chain.iter().copied().filter(|_| !from_above);
            for bone in between.chain(leaves) {
                if map.part(bone).is_some() {
                    continue;
                }
                let place = axes.body(rig.rest_position(bone)) - self.driven[own].rest;
                let at = (place.dot(axis) / along.length()).clamp(0.0, 1.0);
                let role = match (from_above, self.driven[own].carrier) {
                    (true, Some(above)) => Role::Twist {
                        segment: own,
                        from: above,
                        to: own,
                        axis,
                        share: at - 1.0,
                    },
                    (true, None) => continue,
                    (false, _) => Role::Twist {
                        segment: own,
                        from: own,
                        to: last,
                        axis,
                        share: at,
                    },
                };
                self.add(rig, axes, bone, role, Some(own));
            }
        }
    }

    fn set_parents(&mut self, rig: &Rig) {
        for index in 0..self.driven.len() {
            let bone = self.driven[index].bone;
            let parent = rig
                .ancestors(bone)
                .find_map(|above| self.driven.iter().position(|other| other.bone == above));
            let driven = &self.driven[index];
            // Hips are moved, and bones that hang elsewhere than on the bone that carries them.
            let carried = match driven.carrier {
                Some(carrier) => rig.is_below(bone, self.driven[carrier].bone),
                None => Some(index) != self.part(HumanBone::Hips),
            };
            let finite = driven.to_parent.is_some_and(|to| to.is_finite());
            let driven = &mut self.driven[index];
            driven.parent = parent;
            if carried || !finite || matches!(driven.role, Role::Twist { .. }) {
                driven.to_parent = None;
            }
        }
    }
}

impl Driven {
    /// The bone's local rotation, from its own turn and that of the driven bone on which it hangs.
    pub(super) fn local_rotation(&self, own: Quat, parent: Quat) -> Quat {
        let relative = self.frame.inverse() * (parent.inverse() * own) * self.frame;
        (relative * self.rest_rotation).normalize()
    }

    /// The bone's local translation, if it is driven. `parent` is the turn of the driven bone on which it hangs, and that
    /// bone's place now and at rest.
    pub(super) fn local_translation(
        &self,
        at: Vec3,
        parent: Option<(Quat, Vec3, Vec3)>,
    ) -> Option<Vec3> {
        let to_parent = self.to_parent?;
        let at_rest = match parent {
            Some((turn, now, rest)) => rest + turn.inverse() * (at - now),
            None => at,
        };
        Some(to_parent.transform_point3(at_rest)).filter(|at| at.is_finite())
    }

    /// The bone's local rotation at rest.
    pub(super) fn rest_rotation(&self) -> Quat {
        self.rest_rotation
    }
}

/// Adds the bones of spine and neck. All bones on the way share the bend, whether they are parts of the body or not.
fn spine(rig: &Rig, map: &BoneMap, roles: &mut Vec<(usize, Role)>) {
    let Some(hips) = map.get(HumanBone::Hips) else {
        return;
    };
    let chest = [HumanBone::UpperChest, HumanBone::Chest, HumanBone::Spine]
        .into_iter()
        .find_map(|part| map.get(part));
    let set = |roles: &mut Vec<(usize, Role)>, bone: usize, role: Role| match roles
        .iter_mut()
        .find(|(other, _)| *other == bone)
    {
        Some((_, own)) => *own = role,
        None => roles.push((bone, role)),
    };
    if let Some(path) = chest.and_then(|chest| rig.path(hips, chest)) {
        let count = path.len() as f32;
        for (n, bone) in path.into_iter().enumerate() {
            set(roles, bone, Role::Spine((n + 1) as f32 / count));
        }
    }
    let Some(head) = map.get(HumanBone::Head) else {
        return;
    };
    if let Some(mut path) = rig.path(chest.unwrap_or(hips), head) {
        path.pop();
        let count = path.len() as f32;
        for (n, bone) in path.into_iter().enumerate() {
            set(roles, bone, Role::Neck((n + 1) as f32 / count));
        }
    }
}

/// A hand whose fingers are not told apart counts as straight if one of them leads on from the forearm like that (cosine).
const STRAIGHT: f32 = 0.94;

/// Where the hand of a rig points to: the foot of its middle finger. Without such a name, the finger that leads on most straight
/// from the forearm shows a hand that is bent at rest. `None` for a straight hand.
fn hand_end(rig: &Rig, map: &BoneMap, part: HumanBone) -> Option<Vec3> {
    let hand = map.get(part)?;
    let wrist = rig.rest_position(hand);
    let forearm = wrist - rig.rest_position(map.get(limb_above(part)?)?);
    let straight = |bone: usize| {
        let along = (rig.rest_position(bone) - wrist).normalize_or_zero();
        along.dot(forearm.normalize_or_zero())
    };
    let named = |bone: usize, word: &str| rig.bones()[bone].name.to_lowercase().contains(word);
    let mut fingers: Vec<usize> = rig
        .children(hand)
        .filter(|bone| !is_helper(&rig.bones()[*bone].name) && !named(*bone, "thumb"))
        .collect();
    fingers.sort_by(|a, b| straight(*b).total_cmp(&straight(*a)));
    let middle = fingers.iter().copied().find(|bone| named(*bone, "mid"));
    middle
        .or_else(|| {
            fingers
                .first()
                .copied()
                .filter(|bone| straight(*bone) < STRAIGHT)
        })
        .filter(|bone| straight(*bone) > 0.3)
        .map(|bone| rig.rest_position(bone))
}
