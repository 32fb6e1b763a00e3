//! A rig as plain data.

use glam::{Affine3A, Quat, Vec3};

use crate::human::HumanBone;

/// A bone of a rig, or another node of its model.
#[derive(Clone, Debug, PartialEq)]
pub struct RigBone {
    /// The bone's name.
    pub name: String,
    /// The bone that it hangs on, by its number.
    pub parent: Option<usize>,
    /// Rest pose in the parent's frame: translation.
    pub translation: Vec3,
    /// Rest pose in the parent's frame: rotation.
    pub rotation: Quat,
    /// Rest pose in the parent's frame: scale; negative numbers mirror.
    pub scale: Vec3,
    /// Whether a skin follows the bone.
    pub is_joint: bool,
}

impl RigBone {
    /// A bone without rotation and scale.
    pub fn new(name: impl Into<String>, parent: Option<usize>, translation: Vec3) -> Self {
        Self {
            name: name.into(),
            parent,
            translation,
            rotation: Quat::IDENTITY,
            scale: Vec3::ONE,
            is_joint: true,
        }
    }

    fn local(&self) -> Affine3A {
        Affine3A::from_scale_rotation_translation(self.scale, self.rotation, self.translation)
    }
}

/// The bones of a model in its rest pose.
///
/// Model space is the space of the bones that have no parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rig {
    bones: Vec<RigBone>,
    humanoid: Vec<(HumanBone, usize)>,
    /// Bones with parents before children.
    order: Vec<usize>,
    /// Rest pose in model space.
    places: Vec<Affine3A>,
    turns: Vec<Turn>,
}

/// The orthogonal part of a bone's rest pose in model space: a rotation, and whether the model is mirrored there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turn {
    /// The orthogonal part if nothing is mirrored, else its negative, which is a rotation, too.
    pub(crate) rotation: Quat,
    pub(crate) mirrored: bool,
}

impl Rig {
    /// A rig with these bones in any order.
    ///
    /// A translation or scale that is not finite counts as 0 or 1, a rotation that is not one as none. A parent that does not
    /// exist, or that is a descendant of its own child, counts as no parent.
    pub fn new(mut bones: Vec<RigBone>) -> Self {
        let count = bones.len();
        for bone in &mut bones {
            if !bone.translation.is_finite() {
                bone.translation = Vec3::ZERO;
            }
            if !bone.scale.is_finite() {
                bone.scale = Vec3::ONE;
            }
            let length = bone.rotation.length_squared();
            bone.rotation = if length.is_finite() && length > 1e-6 {
                bone.rotation.normalize()
            } else {
                Quat::IDENTITY
            };
            bone.parent = bone.parent.filter(|parent| *parent < count);
        }
        let order = ordered(&mut bones);
        let mut rig = Self {
            bones,
            humanoid: Vec::new(),
            places: vec![Affine3A::IDENTITY; count],
            turns: vec![
                Turn {
                    rotation: Quat::IDENTITY,
                    mirrored: false
                };
                count
            ],
            order,
        };
        rig.place();
        rig
    }

    /// Adds the table of a file that says itself which bone is which, such as a VRM's. Bones that do not exist are left out.
    #[must_use]
    pub fn with_humanoid(mut self, table: impl IntoIterator<Item = (HumanBone, usize)>) -> Self {
        let count = self.bones.len();
        self.humanoid = table
            .into_iter()
            .filter(|(_, bone)| *bone < count)
            .collect();
        self
    }

    /// The bones.
    pub fn bones(&self) -> &[RigBone] {
        &self.bones
    }

    /// The file's own table of bones.
    pub fn humanoid(&self) -> &[(HumanBone, usize)] {
        &self.humanoid
    }

    /// Where a bone is in the rest pose, in model space.
    pub fn rest_position(&self, bone: usize) -> Vec3 {
        self.places[bone].translation.into()
    }

    /// A bone's frame in the rest pose, in model space.
    pub fn rest_frame(&self, bone: usize) -> Affine3A {
        self.places[bone]
    }

    pub(crate) fn turn(&self, bone: usize) -> Turn {
        self.turns[bone]
    }

    /// The bones, parents before their children.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The bones above a bone, from its parent to the root.
    pub(crate) fn ancestors(&self, bone: usize) -> impl Iterator<Item = usize> + '_ {
        core::iter::successors(self.bones[bone].parent, |above| self.bones[*above].parent)
    }

    /// Whether `bone` hangs on `above`, at any distance.
    pub(crate) fn is_below(&self, bone: usize, above: usize) -> bool {
        self.ancestors(bone).any(|other| other == above)
    }

    /// The children of a bone.
    pub(crate) fn children(&self, bone: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.bones.len()).filter(move |child| self.bones[*child].parent == Some(bone))
    }

    /// The bones from `above` (left out) down to `bone` (included); `None` if `bone` does not hang on `above`.
    pub(crate) fn path(&self, above: usize, bone: usize) -> Option<Vec<usize>> {
        let mut path = vec![bone];
        for other in self.ancestors(bone) {
            if other == above {
                path.reverse();
                return Some(path);
            }
            path.push(other);
        }
        None
    }

    /// The lowest bone on which both hang, or that is one of the two.
    pub(crate) fn common(&self, a: usize, b: usize) -> Option<usize> {
        let above: Vec<usize> = core::iter::once(a).chain(self.ancestors(a)).collect();
        core::iter::once(b)
            .chain(self.ancestors(b))
            .find(|other| above.contains(other))
    }

    fn place(&mut self) {
        for &index in &self.order {
            let bone = &self.bones[index];
            let signs = sign_turn(bone.scale);
            let (above, turn) = bone.parent.map_or(
                (
                    Affine3A::IDENTITY,
                    Turn {
                        rotation: Quat::IDENTITY,
                        mirrored: false,
                    },
                ),
                |parent| (self.places[parent], self.turns[parent]),
            );
            let mut place = above * bone.local();
            if !place.is_finite() {
                place = above;
            }
            self.places[index] = place;
            self.turns[index] = Turn {
                rotation: (turn.rotation * bone.rotation * signs.rotation).normalize(),
                mirrored: turn.mirrored != signs.mirrored,
            };
        }
    }
}

/// What the signs of a scale do: a rotation by half a turn or none, and perhaps a reflection through the origin.
fn sign_turn(scale: Vec3) -> Turn {
    let negative = [scale.x < 0.0, scale.y < 0.0, scale.z < 0.0];
    let mirrored = negative.iter().filter(|n| **n).count() % 2 == 1;
    // A half turn about an axis flips the other two.
    let about = match negative.map(|n| n != mirrored) {
        [false, true, true] => Some(Vec3::X),
        [true, false, true] => Some(Vec3::Y),
        [true, true, false] => Some(Vec3::Z),
        _ => None,
    };
    Turn {
        rotation: about.map_or(Quat::IDENTITY, |axis| {
            Quat::from_xyzw(axis.x, axis.y, axis.z, 0.0)
        }),
        mirrored,
    }
}

/// The bones with parents before children. Rings are cut.
fn ordered(bones: &mut [RigBone]) -> Vec<usize> {
    for start in 0..bones.len() {
        let mut at = bones[start].parent;
        // A walk that is longer than there are bones goes round a ring further up, which is cut there.
        for _ in 0..bones.len() {
            match at {
                Some(index) if index == start => {
                    bones[start].parent = None;
                    break;
                }
                Some(index) => at = bones[index].parent,
                None => break,
            }
        }
    }
    let mut order: Vec<usize> = (0..bones.len()).collect();
    order.sort_by_cached_key(|bone| {
        core::iter::successors(bones[*bone].parent, |above| bones[*above].parent).count()
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bones_may_come_in_any_order() {
        let rig = Rig::new(vec![
            RigBone::new("hand", Some(2), Vec3::X),
            RigBone::new("root", None, Vec3::Y),
            RigBone::new("arm", Some(1), Vec3::X),
        ]);
        assert_eq!(rig.rest_position(0), Vec3::new(2.0, 1.0, 0.0));
        assert_eq!(rig.order(), [1, 2, 0]);
        assert_eq!(rig.path(1, 0), Some(vec![2, 0]));
        assert!(rig.is_below(0, 1) && !rig.is_below(1, 0));
    }

    #[test]
    fn rings_are_cut_and_numbers_that_are_none_are_replaced() {
        let mut a = RigBone::new("a", Some(1), Vec3::NAN);
        a.rotation = Quat::from_xyzw(0.0, 0.0, 0.0, 0.0);
        a.scale = Vec3::new(f32::INFINITY, 1.0, 1.0);
        let rig = Rig::new(vec![
            a,
            RigBone::new("b", Some(2), Vec3::X),
            RigBone::new("c", Some(0), Vec3::X),
            RigBone::new("d", Some(3), Vec3::X),
            RigBone::new("e", Some(99), Vec3::X),
        ]);
        assert_eq!(rig.order().len(), 5);
        for bone in 0..5 {
            assert!(rig.rest_position(bone).is_finite());
            assert!(rig.ancestors(bone).count() < 5);
        }
    }

    #[test]
    fn mirrored_frames_are_a_rotation_and_a_reflection() {
        for signs in 0..8 {
            let sign = |bit: u32| if signs & bit != 0 { -1.0 } else { 1.0 };
            let scale = Vec3::new(sign(1), sign(2), sign(4));
            let turn = sign_turn(scale);
            let reflection = if turn.mirrored { -1.0 } else { 1.0 };
            for axis in [Vec3::X, Vec3::Y, Vec3::Z] {
                let turned = turn.rotation * axis * reflection;
                assert!((turned - axis * scale).length() < 1e-6, "{scale}");
            }
        }
    }
}
