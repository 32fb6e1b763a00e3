//! One sensor's alignment: its buffers, their versions, and the steps that are out of date.

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, Buffer, CachedRenderPipelineId, PipelineCache, TextureDescriptor,
    TextureDimension, TextureFormat, TextureUsages, TextureView, TextureViewId, UniformBuffer,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};

use super::pipelines::{Params, Pipelines, storage};
use super::recipe::RECIPES;
use crate::stream::{Demand, RawImage, Stored, TextureSet, extent};

/// Versions of the geometry's inputs: depth, its rays and the cameras.
type Geometry = [u64; 3];

/// One sensor's buffers, with the versions of their content.
pub(super) struct Alignment {
    params: UniformBuffer<Params>,
    /// Counts the calibrations.
    cameras: u64,
    pub(super) depth_size: UVec2,
    color_size: UVec2,
    vertices: Buffer,
    pub(super) nearest_depth: Buffer,
    pub(super) patches: Option<Buffer>,
    pub(super) compute: Option<(BindGroup, [TextureViewId; 2])>,
    pub(super) resolve: Option<(BindGroup, [TextureViewId; 3])>,
    placed: Option<Geometry>,
    rasterized: Option<Geometry>,
    found: Option<Geometry>,
    resolved: HashMap<RawImage, (Geometry, u64)>,
    pub(super) work: Work,
}

/// The steps to run in this frame.
#[derive(Default)]
pub(super) struct Work {
    pub(super) place: bool,
    pub(super) rasterize: bool,
    pub(super) find_patches: bool,
    pub(super) resolve: Vec<(CachedRenderPipelineId, TextureView)>,
}

impl Alignment {
    /// The former alignment if its sizes still fit, otherwise a new one; with the present cameras.
    pub(super) fn of(
        old: Option<Self>,
        params: Params,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) -> Self {
        let color_size = params.camera.size();
        let fits = |old: &Self| old.depth_size == params.size && old.color_size == color_size;
        let pixels = |size: UVec2| u64::from(size.x) * u64::from(size.y);
        let mut alignment = old.filter(fits).unwrap_or_else(|| Self {
            params: UniformBuffer::from(Params::default()),
            cameras: 0,
            depth_size: params.size,
            color_size,
            vertices: storage(device, pixels(params.size) * 16),
            nearest_depth: storage(device, pixels(color_size) * 4),
            patches: None,
            compute: None,
            resolve: None,
            placed: None,
            rasterized: None,
            found: None,
            resolved: HashMap::default(),
            work: Work::default(),
        });
        if *alignment.params.get() != params {
            alignment.params.set(params);
            alignment.params.write_buffer(device, queue);
            alignment.cameras += 1;
        }
        alignment
    }

    /// Plans the steps that the demanded images need.
    pub(super) fn plan(
        &mut self,
        demand: Demand,
        set: &mut TextureSet,
        pipelines: &Pipelines,
        cache: &PipelineCache,
        device: &RenderDevice,
    ) {
        let geometry: Geometry = [
            set.version(RawImage::Depth),
            set.version(RawImage::Rays),
            self.cameras,
        ];
        let color_is_linear = set
            .get(RawImage::Color)
            .is_some_and(|color| color.is_linear);
        let (mut rasterize, mut find_patches) = (false, false);
        for recipe in &RECIPES {
            let image = recipe.image;
            // An input of another size is left over from a former mode: it is not used.
            let input_size = recipe.input_size(self.depth_size, self.color_size);
            let has_input = recipe.shows.is_none_or(|input| {
                set.get(input)
                    .is_some_and(|stored| stored.size() == input_size)
            });
            if !demand.contains(image) || !has_input {
                set.set(image, None);
                self.resolved.remove(&image);
                continue;
            }
            let Some(pipeline) = pipelines.resolve(recipe, color_is_linear, cache) else {
                continue;
            };
            let version = recipe.shows.map_or(0, |input| set.version(input));
            let size = recipe.output_size(self.depth_size, self.color_size);
            if set.get(image).is_none_or(|stored| stored.size() != size) {
                set.set(image, Some(target(device, size, recipe.format)));
                self.resolved.remove(&image);
            }
            if self.resolved.get(&image) == Some(&(geometry, version)) {
                continue;
            }
            self.resolved.insert(image, (geometry, version));
            set.touch(image);
            rasterize |= recipe.needs_nearest_depth;
            find_patches |= recipe.needs_patches;
            if let Some(stored) = set.get(image) {
                self.work.resolve.push((pipeline, stored.view.clone()));
            }
        }
        if self.work.resolve.is_empty() {
            return;
        }
        let keeps_patches = RECIPES
            .iter()
            .any(|recipe| recipe.needs_patches && demand.contains(recipe.image));
        let has_patches = self.patches.is_some();
        if find_patches && !has_patches {
            let pixels = u64::from(self.color_size.x) * u64::from(self.color_size.y);
            self.patches = Some(storage(device, pixels * 4));
            (self.compute, self.resolve) = (None, None);
        } else if has_patches && !keeps_patches {
            self.patches = None;
            self.found = None;
            (self.compute, self.resolve) = (None, None);
        }
        self.work.place = self.placed != Some(geometry);
        self.placed = Some(geometry);
        if rasterize {
            self.work.rasterize = self.rasterized != Some(geometry);
            self.rasterized = Some(geometry);
        }
        if find_patches {
            self.work.find_patches = self.found != Some(geometry);
            self.found = Some(geometry);
        }
        self.bind(set, pipelines, cache, device);
    }

    fn bind(
        &mut self,
        set: &TextureSet,
        pipelines: &Pipelines,
        cache: &PipelineCache,
        device: &RenderDevice,
    ) {
        let view = |image, or| set.get(image).map_or(or, |stored| &stored.view);
        let depth = view(RawImage::Depth, &pipelines.no_image);
        let rays = view(RawImage::Rays, &pipelines.no_color);
        let infrared = view(RawImage::Infrared, &pipelines.no_image);
        let players = view(RawImage::Players, &pipelines.no_image);
        let color = view(RawImage::Color, &pipelines.no_color);
        let patches = self.patches.as_ref().unwrap_or(&pipelines.no_buffer);
        let Some(params) = self.params.binding() else {
            return;
        };
        let inputs = [depth.id(), rays.id()];
        if self.compute.as_ref().is_none_or(|(_, of)| *of != inputs) {
            let group = device.create_bind_group(
                "kinect alignment",
                &cache.get_bind_group_layout(&pipelines.compute_layout),
                &BindGroupEntries::sequential((
                    params.clone(),
                    depth,
                    rays,
                    self.vertices.as_entire_binding(),
                    self.nearest_depth.as_entire_binding(),
                    patches.as_entire_binding(),
                )),
            );
            self.compute = Some((group, inputs));
        }
        let inputs = [infrared.id(), players.id(), color.id()];
        if self.resolve.as_ref().is_none_or(|(_, of)| *of != inputs) {
            let group = device.create_bind_group(
                "kinect aligned image",
                &cache.get_bind_group_layout(&pipelines.resolve_layout),
                &BindGroupEntries::sequential((
                    params,
                    infrared,
                    players,
                    color,
                    self.vertices.as_entire_binding(),
                    self.nearest_depth.as_entire_binding(),
                    patches.as_entire_binding(),
                )),
            );
            self.resolve = Some((group, inputs));
        }
    }
}

/// A texture to draw an aligned image into.
fn target(device: &RenderDevice, size: UVec2, format: TextureFormat) -> Stored {
    Stored::new(device.create_texture(&TextureDescriptor {
        label: Some("kinect aligned image"),
        size: extent((size.x, size.y)),
        mip_level_count: 1,
        sample_count: 1,
        dimension: TextureDimension::D2,
        format,
        usage: TextureUsages::TEXTURE_BINDING
            | TextureUsages::RENDER_ATTACHMENT
            | TextureUsages::COPY_SRC,
        view_formats: &[],
    }))
}
