//! Rigs as entities, without a file and without meshes, for tests of avatars.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_avatar::Rig;

/// Spawns an entity for each bone of a rig below an entity.
pub fn spawn(world: &mut World, rig: &Rig, below: Entity) {
    let bones: Vec<Entity> = rig
        .bones()
        .iter()
        .map(|bone| {
            let place = Transform {
                translation: bone.translation,
                rotation: bone.rotation,
                scale: bone.scale,
            };
            world.spawn((Name::new(bone.name.clone()), place)).id()
        })
        .collect();
    for (bone, entity) in rig.bones().iter().zip(&bones) {
        let parent = bone.parent.map_or(below, |parent| bones[parent]);
        world.entity_mut(*entity).insert(ChildOf(parent));
    }
}
