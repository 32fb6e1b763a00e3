//! The types of which scenes of models consist.

use bevy::animation::{AnimatedBy, AnimationPlayer, AnimationTargetId};
use bevy::camera::primitives::{Aabb, CascadesFrusta, CubemapFrusta, Frustum};
use bevy::camera::visibility::{
    CascadesVisibleEntities, CubemapVisibleEntities, DynamicSkinnedMeshBounds, NoFrustumCulling,
    VisibilityClass, VisibleEntities, VisibleMeshEntities,
};
use bevy::camera::{CameraMainTextureUsages, RenderTarget};
use bevy::gltf::{
    GltfExtras, GltfMaterialExtras, GltfMaterialName, GltfMeshExtras, GltfMeshName,
    GltfSceneExtras, GltfSceneName,
};
use bevy::light::{CascadeShadowConfig, Cascades};
use bevy::mesh::morph::{MeshMorphWeights, MorphWeights};
use bevy::mesh::skinning::SkinnedMesh;
use bevy::prelude::*;
use bevy::transform::components::TransformTreeChanged;
use bevy::world_serialization::WorldAssetRoot;

/// Registers the types that Bevy's glTF loader puts into scenes of models, and the component that spawns such a scene. Scenes are spawned by reflection, and Bevy panics at a
/// type that is not registered. With Bevy's feature `reflect_auto_register`, a default one, they are registered anyway.
pub(super) fn register(app: &mut App) {
    app.register_type::<WorldAssetRoot>()
        .register_type::<Name>()
        .register_type::<ChildOf>()
        .register_type::<Children>()
        .register_type::<Transform>()
        .register_type::<GlobalTransform>()
        .register_type::<TransformTreeChanged>()
        .register_type::<Visibility>()
        .register_type::<InheritedVisibility>()
        .register_type::<ViewVisibility>()
        .register_type::<VisibilityClass>()
        .register_type::<Aabb>()
        .register_type::<DynamicSkinnedMeshBounds>()
        .register_type::<NoFrustumCulling>()
        .register_type::<Mesh3d>()
        .register_type::<MeshMaterial3d<StandardMaterial>>()
        .register_type::<SkinnedMesh>()
        .register_type::<MorphWeights>()
        .register_type::<MeshMorphWeights>()
        .register_type::<AnimationPlayer>()
        .register_type::<AnimationTargetId>()
        .register_type::<AnimatedBy>()
        .register_type::<GltfExtras>()
        .register_type::<GltfSceneExtras>()
        .register_type::<GltfSceneName>()
        .register_type::<GltfMeshExtras>()
        .register_type::<GltfMeshName>()
        .register_type::<GltfMaterialExtras>()
        .register_type::<GltfMaterialName>();
    register_cameras_and_lights(app);
}

/// Cameras and lights that were exported with a model, and what Bevy adds to them.
fn register_cameras_and_lights(app: &mut App) {
    app.register_type::<Camera3d>()
        .register_type::<Camera>()
        .register_type::<Projection>()
        .register_type::<Frustum>()
        .register_type::<CameraMainTextureUsages>()
        .register_type::<VisibleEntities>()
        .register_type::<RenderTarget>()
        .register_type::<DirectionalLight>()
        .register_type::<Cascades>()
        .register_type::<CascadesFrusta>()
        .register_type::<CascadeShadowConfig>()
        .register_type::<CascadesVisibleEntities>()
        .register_type::<PointLight>()
        .register_type::<CubemapFrusta>()
        .register_type::<CubemapVisibleEntities>()
        .register_type::<SpotLight>()
        .register_type::<VisibleMeshEntities>();
}
