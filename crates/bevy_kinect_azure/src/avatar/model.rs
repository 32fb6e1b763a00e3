//! The bones of a model: entities as a rig.

use bevy::ecs::system::SystemParam;
use bevy::mesh::skinning::SkinnedMesh;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use kinect_avatar::{BoneMap, HumanBone, Matching, Rig, RigBone, match_bones, upright};

use super::component::Avatar;
use super::vrm::{BrokenVrm, VrmBone};

/// The entities of a model and their rig. Bone n of the rig is entity n.
pub(super) struct Model {
    pub(super) entities: Vec<Entity>,
    pub(super) rig: Rig,
    /// The model's top entity, if it was turned, with its former place.
    pub(super) turned: Option<(Entity, Transform)>,
    /// What is broken in the file, in words.
    pub(super) notes: Vec<String>,
}

/// The entities of models.
#[derive(SystemParam)]
pub(super) struct Nodes<'w, 's> {
    children: Query<'w, 's, &'static Children>,
    skins: Query<'w, 's, &'static SkinnedMesh>,
    nodes: Query<
        'w,
        's,
        (
            Option<&'static Name>,
            Option<&'static VrmBone>,
            Option<&'static BrokenVrm>,
            Has<Mesh3d>,
            Has<Avatar>,
        ),
        With<Transform>,
    >,
}

impl Nodes<'_, '_> {
    /// Whether an entity has children.
    pub(super) fn has_children(&self, entity: Entity) -> bool {
        self.children.contains(entity)
    }

    /// Whether all entities of a model are still there.
    pub(super) fn has(&self, model: &Model) -> bool {
        model.entities.iter().all(|node| self.nodes.contains(*node))
    }
}

impl Model {
    /// The descendants of an avatar's entity, in their present pose. Meshes and other avatars are left out. A glTF mesh is an entity
    /// of its own below the node's.
    pub(super) fn read(avatar: Entity, nodes: &Nodes, transforms: &Query<&mut Transform>) -> Self {
        let mut entities = Vec::new();
        let mut bones: Vec<RigBone> = Vec::new();
        let mut table = Vec::new();
        let mut notes = Vec::new();
        let mut joints = HashSet::new();
        let mut waiting = vec![(avatar, None)];
        while let Some((entity, parent)) = waiting.pop() {
            if let Ok(skin) = nodes.skins.get(entity) {
                joints.extend(skin.joints.iter().copied());
            }
            let mut above = parent;
            if entity != avatar {
                let (Ok((name, vrm, broken, is_mesh, is_avatar)), Ok(place)) =
                    (nodes.nodes.get(entity), transforms.get(entity))
                else {
                    continue;
                };
                if is_avatar || (is_mesh && !nodes.has_children(entity)) {
                    continue;
                }
                let number = entities.len();
                let name = name.map_or_else(|| format!("node {number}"), |name| name.to_string());
                bones.push(RigBone {
                    rotation: place.rotation,
                    scale: place.scale,
                    ..RigBone::new(name, parent, place.translation)
                });
                entities.push(entity);
                table.extend(vrm.map(|vrm| (vrm.0, number)));
                notes.extend(broken.map(|broken| broken.0.clone()));
                above = Some(number);
            }
            if let Ok(children) = nodes.children.get(entity) {
                waiting.extend(children.iter().rev().map(|child| (child, above)));
            }
        }
        for (bone, entity) in bones.iter_mut().zip(&entities) {
            bone.is_joint = joints.contains(entity);
        }
        Self {
            entities,
            rig: Rig::new(bones).with_humanoid(table),
            turned: None,
            notes,
        }
    }

    /// Finds out which bone is which.
    pub(super) fn matching(&self, by_hand: &[(HumanBone, String)]) -> Matching {
        let by_hand: Vec<_> = by_hand
            .iter()
            .map(|(bone, name)| (*bone, name.as_str()))
            .collect();
        match_bones(&self.rig, &by_hand)
    }

    /// Turns the model below the avatar's entity so that it stands upright and faces +z.
    pub(super) fn stand_up(&mut self, bones: &BoneMap, transforms: &mut Query<&mut Transform>) {
        let turn = upright(&self.rig, bones);
        let Some(top) = bones.get(HumanBone::Hips).map(|hips| self.top(hips)) else {
            return;
        };
        if turn.is_near_identity() {
            return;
        }
        let Ok(mut place) = transforms.get_mut(self.entities[top]) else {
            return;
        };
        let before = *place;
        *place = Transform::from_rotation(turn) * before;
        self.turned.get_or_insert((self.entities[top], before));
        let mut bones = self.rig.bones().to_vec();
        (bones[top].rotation, bones[top].translation) = (place.rotation, place.translation);
        let table = self.rig.humanoid().to_vec();
        self.rig = Rig::new(bones).with_humanoid(table);
    }

    /// The bone without a parent on which a bone hangs.
    fn top(&self, bone: usize) -> usize {
        let bones = self.rig.bones();
        core::iter::successors(Some(bone), |bone| bones[*bone].parent)
            .last()
            .unwrap_or(bone)
    }
}
