//! VRM files: their humanoid table tells which node is which part of the body.

use bevy::asset::io::Reader;
use bevy::asset::{AssetLoader, LoadContext};
use bevy::gltf::extensions::{
    ErasedGltfExtensionHandler, GltfExtensionHandler, GltfExtensionHandlers,
};
use bevy::gltf::{DefaultGltfImageSampler, Gltf, GltfError, GltfLoader, GltfLoaderSettings, gltf};
use bevy::image::{CompressedImageFormatSupport, CompressedImageFormats};
use bevy::prelude::*;
use kinect_avatar::HumanBone;
use serde_json::{Map, Value};

/// The part of the body that a node is, by the humanoid table of its VRM file; on the node's entity.
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::avatar"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct VrmBone(pub HumanBone);

impl Default for VrmBone {
    /// The hips, the root of all bones.
    fn default() -> Self {
        Self(HumanBone::Hips)
    }
}

/// What is wrong with the VRM extension of a file, in words; on the top entity of its scene.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub(super) struct BrokenVrm(pub(super) String);

/// The names of the extension in VRM 1.0 and 0.x.
const EXTENSIONS: [&str; 2] = ["VRMC_vrm", "VRM"];

/// Marks the nodes of VRM files while Bevy loads them.
#[derive(Clone, Default)]
struct VrmHandler {
    table: Vec<(HumanBone, usize)>,
    broken: Option<String>,
}

impl GltfExtensionHandler for VrmHandler {
    fn dyn_clone(&self) -> Box<dyn ErasedGltfExtensionHandler> {
        Box::new(self.clone())
    }

    fn on_root(&mut self, _: &mut LoadContext<'_>, file: &gltf::Gltf, _: &GltfLoaderSettings) {
        let mut extensions = Map::new();
        for name in EXTENSIONS {
            if let Some(extension) = file.extension_value(name) {
                extensions.insert(name.to_owned(), extension.clone());
            }
        }
        let Some(name) = EXTENSIONS
            .into_iter()
            .find(|name| extensions.contains_key(*name))
        else {
            return;
        };
        let count = file.nodes().count();
        let table = kinect_avatar::gltf::humanoid(&Value::Object(extensions));
        let entries = table.len();
        self.table = table;
        self.table.retain(|(_, node)| *node < count);
        let has = |bone: HumanBone| self.table.iter().any(|(other, _)| *other == bone);
        let missing: Vec<_> = HumanBone::ALL
            .into_iter()
            .filter(|bone| !bone.is_optional() && !has(*bone))
            .map(HumanBone::name)
            .collect();
        let lost = entries - self.table.len();
        if lost > 0 || !missing.is_empty() {
            let missing = match missing.as_slice() {
                [] => String::new(),
                missing => format!("; it lacks {}", missing.join(", ")),
            };
            self.broken = Some(format!(
                "the humanoid table of the file's extension {name} is broken: {lost} of its nodes do not exist{missing}; names and \
                 the shape of the skeleton fill the gaps"
            ));
        }
    }

    fn on_scene_completed(
        &mut self,
        _: &mut LoadContext<'_>,
        scene: &gltf::Scene,
        top: Entity,
        world: &mut World,
    ) {
        if let Some(broken) = &self.broken {
            world.entity_mut(top).insert(BrokenVrm(broken.clone()));
        }
        if self.table.is_empty() {
            return;
        }
        let nodes: Vec<_> = scene.nodes().collect();
        let mut waiting: Vec<_> = last_children(world, top, nodes.len())
            .into_iter()
            .zip(nodes)
            .collect();
        while let Some((entity, node)) = waiting.pop() {
            let found = self.table.iter().find(|(_, other)| *other == node.index());
            if let Some((bone, _)) = found {
                world.entity_mut(entity).insert(VrmBone(*bone));
            }
            let below: Vec<_> = node.children().collect();
            let children = last_children(world, entity, below.len());
            waiting.extend(children.into_iter().zip(below));
        }
    }
}

/// The last `count` children of an entity. Bevy spawns the entities of a node's meshes and lights before those of its child nodes.
fn last_children(world: &World, entity: Entity, count: usize) -> Vec<Entity> {
    let children = world.get::<Children>(entity);
    let children: &[Entity] = children.map_or(&[], |children| children);
    children[children.len().saturating_sub(count)..].to_vec()
}

/// Lets Bevy's glTF loader mark the nodes of VRM files.
pub(super) fn mark_bones(app: &mut App) {
    app.register_type::<VrmBone>().register_type::<BrokenVrm>();
    if let Some(handlers) = app.world().get_resource::<GltfExtensionHandlers>() {
        handlers
            .0
            .write_blocking()
            .push(Box::new(VrmHandler::default()));
    }
}

/// Loads files that end with `.vrm`: they are binary glTF.
#[derive(TypePath)]
struct VrmLoader(GltfLoader);

impl AssetLoader for VrmLoader {
    type Asset = Gltf;
    type Settings = GltfLoaderSettings;
    type Error = GltfError;

    async fn load(
        &self,
        reader: &mut dyn Reader,
        settings: &GltfLoaderSettings,
        context: &mut LoadContext<'_>,
    ) -> Result<Gltf, GltfError> {
        self.0.load(reader, settings, context).await
    }

    fn extensions(&self) -> &[&str] {
        &["vrm"]
    }
}

/// Registers the loader of `.vrm` files, with the settings of Bevy's glTF loader.
pub(super) fn load_files(app: &mut App) {
    let world = app.world();
    let (Some(handlers), Some(sampler)) = (
        world.get_resource::<GltfExtensionHandlers>(),
        world.get_resource::<DefaultGltfImageSampler>(),
    ) else {
        return;
    };
    let formats = world.get_resource::<CompressedImageFormatSupport>();
    let loader = GltfLoader {
        supported_compressed_formats: formats.map_or(CompressedImageFormats::NONE, |f| f.0),
        custom_vertex_attributes: Default::default(),
        default_sampler: sampler.get_internal(),
        default_convert_coordinates: Default::default(),
        extensions: handlers.0.clone(),
        default_skinned_mesh_bounds_policy: Default::default(),
    };
    app.register_asset_loader(VrmLoader(loader));
}
