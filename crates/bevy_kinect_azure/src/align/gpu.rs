//! What is aligned, when, and into which textures.
//!
//! Depth pixels are placed in the colour image (`place_vertices`), the patches between them are drawn into a z-buffer
//! (`rasterize`) and, where another image goes along with depth, it is found which patch each colour pixel shows
//! (`find_patches`). Full-screen passes then make the textures. Each step runs only when what it reads has changed.

use bevy::asset::load_embedded_asset;
use bevy::core_pipeline::FullscreenShader;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, texture_2d, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferDescriptor, BufferUsages, CachedComputePipelineId, CachedRenderPipelineId,
    ColorTargetState, ColorWrites, ComputePassDescriptor, ComputePipelineDescriptor, FragmentState,
    LoadOp, Operations, PipelineCache, RenderPassColorAttachment, RenderPassDescriptor,
    RenderPipelineDescriptor, ShaderStages, ShaderType, StoreOp, TextureDescriptor,
    TextureDimension, TextureFormat, TextureSampleType, TextureUsages, TextureView, TextureViewId,
    UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};

use super::camera::ColorCamera;
use crate::stream::{
    ExtractedSensors, RawImage, SensorTextures, Stored, StreamKey, TextureSet, extent, stand_in,
};

/// Side of a workgroup; keep in sync with `rasterize.wgsl`.
const WORKGROUP: u32 = 8;

/// Keep in sync with `Params` in `rasterize.wgsl` and `resolve.wgsl`.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
struct Params {
    camera: ColorCamera,
    size: UVec2,
}

/// The images that are made here.
const ALIGNED: [RawImage; 5] = [
    RawImage::AlignedDepth,
    RawImage::AlignedInfrared,
    RawImage::AlignedPlayers,
    RawImage::AlignedColor,
    RawImage::AlignedVisibleColor,
];

/// The shader that makes an image, its format, and what it reads beside depth.
fn recipe(image: RawImage) -> Option<(&'static str, TextureFormat, Option<RawImage>)> {
    Some(match image {
        RawImage::AlignedDepth => ("aligned_depth", TextureFormat::R16Uint, None),
        RawImage::AlignedInfrared => (
            "aligned_infrared",
            TextureFormat::R16Uint,
            Some(RawImage::Infrared),
        ),
        RawImage::AlignedPlayers => (
            "aligned_players",
            TextureFormat::R8Uint,
            Some(RawImage::Players),
        ),
        RawImage::AlignedColor => (
            "aligned_color",
            TextureFormat::Rgba8Unorm,
            Some(RawImage::Color),
        ),
        RawImage::AlignedVisibleColor => (
            "aligned_visible_color",
            TextureFormat::Rgba8Unorm,
            Some(RawImage::Color),
        ),
        _ => return None,
    })
}

/// What all sensors share, and the state of each.
#[derive(Resource)]
pub(super) struct Aligner {
    compute_layout: BindGroupLayoutDescriptor,
    resolve_layout: BindGroupLayoutDescriptor,
    place: CachedComputePipelineId,
    rasterize: CachedComputePipelineId,
    find_patches: CachedComputePipelineId,
    /// By image and whether colour is read as linear light.
    resolve: HashMap<(RawImage, bool), CachedRenderPipelineId>,
    no_image: TextureView,
    no_color: TextureView,
    no_buffer: Buffer,
    sensors: HashMap<StreamKey, Alignment>,
}

/// What the geometry was computed from: versions of depth, of its rays and of the cameras.
type Geometry = [u64; 3];

/// One sensor's buffers and what is in them.
struct Alignment {
    params: UniformBuffer<Params>,
    /// Counts the calibrations.
    cameras: u64,
    depth_size: UVec2,
    color_size: UVec2,
    vertices: Buffer,
    nearest_depth: Buffer,
    patches: Option<Buffer>,
    compute: Option<(BindGroup, [TextureViewId; 2])>,
    resolve: Option<(BindGroup, [TextureViewId; 3])>,
    placed: Option<Geometry>,
    rasterized: Option<Geometry>,
    found: Option<Geometry>,
    resolved: HashMap<RawImage, (Geometry, u64)>,
    work: Work,
}

/// What this frame has to do.
#[derive(Default)]
struct Work {
    place: bool,
    rasterize: bool,
    find_patches: bool,
    resolve: Vec<(CachedRenderPipelineId, TextureView)>,
}

pub(super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    fullscreen: Res<FullscreenShader>,
) {
    let compute_layout = BindGroupLayoutDescriptor::new(
        "kinect alignment",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
            ),
        ),
    );
    let resolve_layout = BindGroupLayoutDescriptor::new(
        "kinect aligned image",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_read_only_sized(false, None),
            ),
        ),
    );
    let compute_shader = load_embedded_asset!(assets.as_ref(), "rasterize.wgsl");
    let resolve_shader = load_embedded_asset!(assets.as_ref(), "resolve.wgsl");
    let compute = |entry_point: &'static str| {
        cache.queue_compute_pipeline(ComputePipelineDescriptor {
            label: Some(format!("kinect {entry_point}").into()),
            layout: vec![compute_layout.clone()],
            shader: compute_shader.clone(),
            entry_point: Some(entry_point.into()),
            ..default()
        })
    };
    let mut resolve = HashMap::default();
    for image in ALIGNED {
        let Some((entry_point, format, _)) = recipe(image) else {
            continue;
        };
        for is_linear in [false, true] {
            let pipeline = cache.queue_render_pipeline(RenderPipelineDescriptor {
                label: Some(format!("kinect {entry_point}").into()),
                layout: vec![resolve_layout.clone()],
                vertex: fullscreen.to_vertex_state(),
                fragment: Some(FragmentState {
                    shader: resolve_shader.clone(),
                    shader_defs: if is_linear {
                        vec!["COLOR_IS_LINEAR".into()]
                    } else {
                        Vec::new()
                    },
                    entry_point: Some(entry_point.into()),
                    targets: vec![Some(ColorTargetState {
                        format,
                        blend: None,
                        write_mask: ColorWrites::ALL,
                    })],
                }),
                ..default()
            });
            resolve.insert((image, is_linear), pipeline);
        }
    }
    commands.insert_resource(Aligner {
        place: compute("place_vertices"),
        rasterize: compute("rasterize"),
        find_patches: compute("find_patches"),
        resolve,
        no_image: stand_in(&device, TextureFormat::R16Uint),
        no_color: stand_in(&device, TextureFormat::Rgba8Unorm),
        no_buffer: storage(&device, 16),
        compute_layout,
        resolve_layout,
        sensors: HashMap::default(),
    });
}

/// A buffer that shaders write.
fn storage(device: &RenderDevice, bytes: u64) -> Buffer {
    device.create_buffer(&BufferDescriptor {
        label: Some("kinect alignment"),
        size: bytes,
        usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// Decides what is computed this frame, and has the textures for it ready before anybody binds them.
pub(super) fn prepare(
    aligner: Option<ResMut<Aligner>>,
    sensors: Res<ExtractedSensors>,
    mut textures: ResMut<SensorTextures>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut aligner) = aligner else {
        return;
    };
    let aligner = &mut *aligner;
    aligner.sensors.retain(|key, _| sensors.0.contains_key(key));
    for (&key, sensor) in &sensors.0 {
        let Some(set) = textures.0.get_mut(&key) else {
            continue;
        };
        let wanted = ALIGNED.map(|image| sensor.demand.contains(image));
        let camera = wanted
            .contains(&true)
            .then_some(sensor.calibration.as_deref())
            .flatten()
            .and_then(ColorCamera::new)
            .filter(|camera| fits(camera, set, &device));
        let (Some(camera), Some(depth)) = (camera, set.get(RawImage::Depth)) else {
            aligner.sensors.remove(&key);
            ALIGNED.into_iter().for_each(|image| set.set(image, None));
            continue;
        };
        let params = Params {
            camera,
            size: depth.size(),
        };
        let old = aligner.sensors.remove(&key);
        let mut alignment = Alignment::of(old, params, &device, &queue);
        alignment.plan(aligner, set, &wanted, &cache, &device);
        aligner.sensors.insert(key, alignment);
    }
}

/// Whether a sensor has what alignment needs, in sizes that belong together and that this GPU can take.
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
            "a sensor's images cannot be aligned: its colour images are larger than this GPU's textures or buffers can \
             be. Choose a lower colour resolution"
        );
    }
    fits && rays.size() == depth.size()
        && depth.size().min_element() >= 2
        && color_size.min_element() >= 2
}

impl Alignment {
    /// The old state where its sizes still fit, with the cameras in it up to date.
    fn of(old: Option<Self>, params: Params, device: &RenderDevice, queue: &RenderQueue) -> Self {
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

    /// Notes what has to be computed for the wanted images.
    fn plan(
        &mut self,
        aligner: &Aligner,
        set: &mut TextureSet,
        wanted: &[bool; 5],
        cache: &PipelineCache,
        device: &RenderDevice,
    ) {
        let geometry: Geometry = [
            set.version(RawImage::Depth),
            set.version(RawImage::Rays),
            self.cameras,
        ];
        let is_linear = set
            .get(RawImage::Color)
            .is_some_and(|color| color.is_linear);
        let mut needs = (false, false);
        for (image, is_wanted) in ALIGNED.into_iter().zip(wanted) {
            let Some((_, format, input)) = recipe(image).filter(|_| *is_wanted) else {
                set.set(image, None);
                self.resolved.remove(&image);
                continue;
            };
            let is_of_depth = !matches!(
                image,
                RawImage::AlignedColor | RawImage::AlignedVisibleColor
            );
            // What an image is computed from has the size of its camera's images, or belongs to another mode.
            let input_size = if is_of_depth {
                self.depth_size
            } else {
                self.color_size
            };
            let has_input = input.is_none_or(|input| {
                set.get(input)
                    .is_some_and(|stored| stored.size() == input_size)
            });
            let pipeline = aligner
                .resolve
                .get(&(image, is_linear && !is_of_depth))
                .copied()
                .filter(|_| has_input);
            let Some(pipeline) = pipeline else {
                set.set(image, None);
                self.resolved.remove(&image);
                continue;
            };
            let with_patches =
                matches!(image, RawImage::AlignedInfrared | RawImage::AlignedPlayers);
            let with_depth = image != RawImage::AlignedColor;
            let is_ready = |id| cache.get_compute_pipeline(id).is_some();
            if !(is_ready(aligner.place)
                && (!with_depth || is_ready(aligner.rasterize))
                && (!with_patches || is_ready(aligner.find_patches))
                && cache.get_render_pipeline(pipeline).is_some())
            {
                continue;
            }
            let version = input.map_or(0, |input| set.version(input));
            let size = if is_of_depth {
                self.color_size
            } else {
                self.depth_size
            };
            if set.get(image).is_none_or(|stored| stored.size() != size) {
                set.set(image, Some(target(device, size, format)));
                self.resolved.remove(&image);
            }
            if self.resolved.get(&image) == Some(&(geometry, version)) {
                continue;
            }
            self.resolved.insert(image, (geometry, version));
            set.touch(image);
            needs = (needs.0 || with_depth, needs.1 || with_patches);
            if let Some(stored) = set.get(image) {
                self.work.resolve.push((pipeline, stored.view.clone()));
            }
        }
        if self.work.resolve.is_empty() {
            return;
        }
        let has_patches = self.patches.is_some();
        if needs.1 && !has_patches {
            let pixels = u64::from(self.color_size.x) * u64::from(self.color_size.y);
            self.patches = Some(storage(device, pixels * 4));
            (self.compute, self.resolve) = (None, None);
        } else if has_patches && !(wanted[1] || wanted[2]) {
            self.patches = None;
            self.found = None;
            (self.compute, self.resolve) = (None, None);
        }
        self.work.place = self.placed != Some(geometry);
        self.placed = Some(geometry);
        if needs.0 {
            self.work.rasterize = self.rasterized != Some(geometry);
            self.rasterized = Some(geometry);
        }
        if needs.1 {
            self.work.find_patches = self.found != Some(geometry);
            self.found = Some(geometry);
        }
        self.bind(aligner, set, cache, device);
    }

    fn bind(
        &mut self,
        aligner: &Aligner,
        set: &TextureSet,
        cache: &PipelineCache,
        device: &RenderDevice,
    ) {
        let view = |image, or| set.get(image).map_or(or, |stored| &stored.view);
        let depth = view(RawImage::Depth, &aligner.no_image);
        let rays = view(RawImage::Rays, &aligner.no_color);
        let infrared = view(RawImage::Infrared, &aligner.no_image);
        let players = view(RawImage::Players, &aligner.no_image);
        let color = view(RawImage::Color, &aligner.no_color);
        let patches = self.patches.as_ref().unwrap_or(&aligner.no_buffer);
        let Some(params) = self.params.binding() else {
            return;
        };
        let inputs = [depth.id(), rays.id()];
        if self.compute.as_ref().is_none_or(|(_, of)| *of != inputs) {
            let group = device.create_bind_group(
                "kinect alignment",
                &cache.get_bind_group_layout(&aligner.compute_layout),
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
                &cache.get_bind_group_layout(&aligner.resolve_layout),
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

/// A texture that an aligned image is drawn into.
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

pub(super) fn run(
    mut context: RenderContext,
    aligner: Option<ResMut<Aligner>>,
    cache: Res<PipelineCache>,
) {
    let Some(mut aligner) = aligner else {
        return;
    };
    let aligner = &mut *aligner;
    let [place, rasterize, find_patches] = [aligner.place, aligner.rasterize, aligner.find_patches]
        .map(|id| cache.get_compute_pipeline(id));
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    for alignment in aligner.sensors.values_mut() {
        let work = core::mem::take(&mut alignment.work);
        let (Some((compute, _)), Some((resolve, _))) = (&alignment.compute, &alignment.resolve)
        else {
            continue;
        };
        if work.resolve.is_empty() {
            continue;
        }
        let steps = [
            (work.place, place, "kinect/align/place", None),
            (
                work.rasterize,
                rasterize,
                "kinect/align/rasterize",
                Some(&alignment.nearest_depth),
            ),
            (
                work.find_patches,
                find_patches,
                "kinect/align/find_patches",
                alignment.patches.as_ref(),
            ),
        ];
        for (is_due, pipeline, name, cleared) in steps {
            let Some(pipeline) = pipeline.filter(|_| is_due) else {
                continue;
            };
            let span = recorder.time_span(context.command_encoder(), name);
            let encoder = context.command_encoder();
            if let Some(buffer) = cleared {
                encoder.clear_buffer(buffer, 0, None);
            }
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
                label: Some("kinect alignment"),
                timestamp_writes: None,
            });
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, compute, &[]);
            let groups = alignment.depth_size.map(|n| n.div_ceil(WORKGROUP));
            pass.dispatch_workgroups(groups.x, groups.y, 1);
            drop(pass);
            span.end(context.command_encoder());
        }
        let span = recorder.time_span(context.command_encoder(), "kinect/align/images");
        for (pipeline, view) in &work.resolve {
            let Some(pipeline) = cache.get_render_pipeline(*pipeline) else {
                continue;
            };
            let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
                label: Some("kinect aligned image"),
                color_attachments: &[Some(RenderPassColorAttachment {
                    view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: Operations {
                        load: LoadOp::Clear(default()),
                        store: StoreOp::Store,
                    },
                })],
                ..default()
            });
            pass.set_render_pipeline(pipeline);
            pass.set_bind_group(0, resolve, &[]);
            pass.draw(0..3, 0..1);
        }
        span.end(context.command_encoder());
    }
}
