//! Plans the aligned images of a frame, and creates their textures.

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::PipelineCache;
use bevy::render::renderer::{RenderDevice, RenderQueue};

use super::alignment::Alignment;
use super::camera::ColorCamera;
use super::pipelines::{Params, Pipelines};
use super::recipe::{RECIPES, is_any_wanted};
use crate::stream::{ExtractedSensors, RawImage, SensorTextures, TextureKey, TextureSet};

/// The alignment of every sensor with demanded aligned images.
#[derive(Resource, Default)]
pub(super) struct Alignments(pub(super) HashMap<TextureKey, Alignment>);

/// A new GPU does not have the buffers of the old one: starts again without any.
pub(super) fn reset(mut commands: Commands) {
    commands.insert_resource(Alignments::default());
}

/// Plans the aligned images of this frame, and creates their textures before other systems bind them.
pub(super) fn prepare(
    pipelines: Option<Res<Pipelines>>,
    alignments: Option<ResMut<Alignments>>,
    sensors: Res<ExtractedSensors>,
    mut textures: ResMut<SensorTextures>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let (Some(pipelines), Some(mut alignments)) = (pipelines, alignments) else {
        return;
    };
    let alignments = &mut alignments.0;
    alignments.retain(|key, _| sensors.0.contains_key(key));
    for (&key, sensor) in &sensors.0 {
        let Some(set) = textures.0.get_mut(&key) else {
            continue;
        };
        let camera = sensor
            .calibration
            .as_deref()
            .filter(|_| is_any_wanted(sensor.demand))
            .and_then(ColorCamera::new)
            .filter(|camera| fits(camera, set, &device));
        let (Some(camera), Some(depth)) = (camera, set.get(RawImage::Depth)) else {
            alignments.remove(&key);
            set.can_align = false;
            for recipe in &RECIPES {
                set.set(recipe.image, None);
            }
            continue;
        };
        let params = Params {
            camera,
            size: depth.size(),
        };
        let old = alignments.remove(&key);
        let mut alignment = Alignment::of(old, params, &device, &queue);
        alignment.plan(sensor.demand, set, &pipelines, &cache, &device);
        alignments.insert(key, alignment);
        set.can_align = true;
    }
}

/// Whether a sensor has depth and rays in matching sizes that this GPU can process.
fn fits(camera: &ColorCamera, set: &TextureSet, device: &RenderDevice) -> bool {
    let (Some(depth), Some(rays)) = (set.get(RawImage::Depth), set.get(RawImage::Rays)) else {
        return false;
    };
    let limits = device.limits();
    let bytes = |size: UVec2, each: u64| u64::from(size.x) * u64::from(size.y) * each;
    let color_size = camera.size();
    let fits = color_size.max_element() <= limits.max_texture_dimension_2d
        && bytes(color_size, 4).max(bytes(depth.size(), 16))
            <= limits.max_storage_buffer_binding_size;
    if !fits {
        warn_once!(
            "the images of a sensor cannot be aligned: its colour images are larger than this GPU's textures or \
             buffers can be. Choose a lower colour resolution"
        );
    }
    fits && rays.size() == depth.size()
        && depth.size().min_element() >= 2
        && color_size.min_element() >= 2
}
