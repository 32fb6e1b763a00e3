//! The passes of an output, run one after the other on two working images that take turns.

use bevy::prelude::*;
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, CachedRenderPipelineId, Origin3d, PipelineCache, RenderPipeline,
    RenderPipelineId, TexelCopyTextureInfo, Texture, TextureAspect, TextureDescriptor,
    TextureDimension, TextureFormat, TextureUsages, TextureView, TextureViewDescriptor,
    UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice};

use super::custom::{CustomPipelines, State};
use super::diagnostics::BrokenPass;
use super::extract::repeated;
use super::full_screen::{Gpu, full_screen};
use super::pass_info::PassInfo;
use super::pipelines::Pipelines;
use super::{ImageKind, OutputFilter, OutputPass};
use crate::stream::extent;

/// The passes of an output, with their textures.
pub(super) struct Chain {
    key: Key,
    works: [Work; 2],
    steps: Vec<Step>,
    /// How many images the passes have processed.
    frame: u32,
    /// Whether a setting has changed since the passes last ran.
    pub(super) is_stale: bool,
}

/// The key of a chain: while it is the same, its textures and steps are kept.
#[derive(PartialEq)]
struct Key {
    kind: ImageKind,
    size: UVec2,
    /// Generation of the sensor's source: images of a former source are not blended in.
    generation: u64,
    steps: Vec<StepKey>,
}

#[derive(Clone, Copy, PartialEq)]
struct StepKey {
    pipeline: PipelineKey,
    has_history: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum PipelineKey {
    BuiltIn(CachedRenderPipelineId),
    Custom(RenderPipelineId),
}

/// A working image.
struct Work {
    texture: Texture,
    view: TextureView,
}

/// One repetition of one pass.
struct Step {
    pipeline: StepPipeline,
    params: [Vec4; 2],
    info: UniformBuffer<PassInfo>,
    bind_group: BindGroup,
    /// Index of the working image that it writes.
    target: usize,
    /// Its result for the frame before.
    history: Option<Work>,
}

/// Pipeline and bindings of a step.
#[derive(Clone)]
enum StepPipeline {
    BuiltIn(CachedRenderPipelineId),
    Custom(RenderPipeline),
}

/// The passes of an output with their pipelines.
pub(super) struct Resolved {
    pub(super) steps: Vec<ResolvedStep>,
    /// The passes whose shaders do not work.
    pub(super) broken: Vec<BrokenPass>,
}

pub(super) struct ResolvedStep {
    pipeline: StepPipeline,
    params: [Vec4; 2],
    has_history: bool,
}

/// Finds the pipelines of an output's passes; `None` while a shader is loading.
pub(super) fn resolve(
    passes: &[OutputPass],
    kind: ImageKind,
    pipelines: &mut Pipelines,
    custom: &mut CustomPipelines,
    cache: &PipelineCache,
) -> Option<Resolved> {
    let format = working_format(kind);
    let mut resolved = Resolved {
        steps: Vec::new(),
        broken: Vec::new(),
    };
    for (number, pass) in repeated(passes) {
        let pipeline = match &pass.filter {
            OutputFilter::Custom { shader, .. } => match custom.get(shader, format, pipelines) {
                State::Loading => return None,
                State::Ready(pipeline) => StepPipeline::Custom(pipeline),
                State::Broken(why) => {
                    if resolved
                        .broken
                        .last()
                        .is_none_or(|(last, _)| *last != number)
                    {
                        resolved.broken.push((number, why));
                    }
                    continue;
                }
            },
            filter => StepPipeline::BuiltIn(pipelines.filter(filter, format, cache)?),
        };
        resolved.steps.push(ResolvedStep {
            pipeline,
            params: params_of(&pass.filter),
            has_history: matches!(pass.filter, OutputFilter::Temporal { .. }),
        });
    }
    Some(resolved)
}

impl StepKey {
    fn new(step: &ResolvedStep) -> Self {
        Self {
            pipeline: match &step.pipeline {
                StepPipeline::BuiltIn(id) => PipelineKey::BuiltIn(*id),
                StepPipeline::Custom(pipeline) => PipelineKey::Custom(pipeline.id()),
            },
            has_history: step.has_history,
        }
    }
}

impl StepPipeline {
    fn get<'a>(&'a self, cache: &'a PipelineCache) -> Option<&'a RenderPipeline> {
        match self {
            Self::BuiltIn(id) => cache.get_render_pipeline(*id),
            Self::Custom(pipeline) => Some(pipeline),
        }
    }
}

/// The format of working images: 16 bits a channel are enough for linear light, but not for data.
pub(super) fn working_format(kind: ImageKind) -> TextureFormat {
    match kind {
        ImageKind::Color => TextureFormat::Rgba16Float,
        _ => TextureFormat::Rgba32Float,
    }
}

/// The parameters of a filter's shader, with values outside their range clamped.
fn params_of(filter: &OutputFilter) -> [Vec4; 2] {
    let radius = |radius: u32| radius.clamp(1, 8) as f32;
    let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
    let first = |x, y| [Vec4::new(x, y, 0.0, 0.0), Vec4::ZERO];
    match *filter {
        OutputFilter::HoleFill { radius: r } => first(radius(r), 0.0),
        OutputFilter::Temporal { keep, threshold } => {
            first(finite(keep).clamp(0.0, 1.0), finite(threshold))
        }
        OutputFilter::Bilateral {
            radius: r,
            threshold,
        } => first(radius(r), finite(threshold)),
        OutputFilter::Custom { params, .. } => params,
    }
}

impl Work {
    fn new(size: UVec2, format: TextureFormat, device: &RenderDevice) -> Self {
        let texture = device.create_texture(&TextureDescriptor {
            label: Some("kinect output pass"),
            size: extent(size.into()),
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format,
            usage: TextureUsages::RENDER_ATTACHMENT
                | TextureUsages::TEXTURE_BINDING
                | TextureUsages::COPY_SRC
                | TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&TextureViewDescriptor::default());
        Self { texture, view }
    }

    fn bytes(&self) -> u64 {
        let texture = &self.texture;
        let pixel = texture.format().block_copy_size(None).unwrap_or(0);
        u64::from(texture.width()) * u64::from(texture.height()) * u64::from(pixel)
    }
}

fn whole(texture: &Texture) -> TexelCopyTextureInfo<'_> {
    TexelCopyTextureInfo {
        texture,
        mip_level: 0,
        origin: Origin3d::ZERO,
        aspect: TextureAspect::All,
    }
}

impl Chain {
    /// The chain for these passes: the former one if its key is the same.
    pub(super) fn renew(
        old: Option<Self>,
        resolved: Vec<ResolvedStep>,
        kind: ImageKind,
        size: UVec2,
        generation: u64,
        gpu: &Gpu,
        pipelines: &Pipelines,
    ) -> Self {
        let key = Key {
            kind,
            size,
            generation,
            steps: resolved.iter().map(StepKey::new).collect(),
        };
        let Some(mut chain) = old.filter(|chain| chain.key == key) else {
            return Self::new(key, resolved, gpu, pipelines);
        };
        for (step, new) in chain.steps.iter_mut().zip(resolved) {
            if step.params != new.params {
                step.params = new.params;
                chain.is_stale = true;
            }
        }
        chain
    }

    fn new(key: Key, resolved: Vec<ResolvedStep>, gpu: &Gpu, pipelines: &Pipelines) -> Self {
        let format = working_format(key.kind);
        let works = [0, 1].map(|_| Work::new(key.size, format, gpu.device));
        let layout = gpu.cache.get_bind_group_layout(&pipelines.pass_layout);
        let steps = resolved.into_iter().enumerate();
        let steps = steps
            .map(|(number, resolved)| {
                let has_history = resolved.has_history;
                let history = has_history.then(|| Work::new(key.size, format, gpu.device));
                let mut info = UniformBuffer::from(PassInfo::default());
                info.write_buffer(gpu.device, gpu.queue);
                let bind_group = gpu.device.create_bind_group(
                    "kinect output pass",
                    &layout,
                    &BindGroupEntries::sequential((
                        &works[number % 2].view,
                        &info,
                        history.as_ref().map_or(&pipelines.no_floats, |h| &h.view),
                    )),
                );
                Step {
                    pipeline: resolved.pipeline,
                    params: resolved.params,
                    info,
                    bind_group,
                    target: (number + 1) % 2,
                    history,
                }
            })
            .collect();
        Self {
            key,
            works,
            steps,
            frame: 0,
            is_stale: true,
        }
    }

    /// The working image that the first pass reads.
    pub(super) fn input(&self) -> &TextureView {
        &self.works[0].view
    }

    /// The working image with the last pass's result.
    pub(super) fn result(&self) -> &TextureView {
        &self.works[self.steps.len() % 2].view
    }

    /// Memory of the textures in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let histories = self.steps.iter().filter_map(|step| step.history.as_ref());
        self.works.iter().chain(histories).map(Work::bytes).sum()
    }

    pub(super) fn is_ready(&self, cache: &PipelineCache) -> bool {
        let mut pipelines = self.steps.iter().map(|step| &step.pipeline);
        pipelines.all(|pipeline| pipeline.get(cache).is_some())
    }

    /// Runs the passes on the input. `is_new` is `false` when the same image is processed again with other settings: temporal
    /// passes then keep their history.
    pub(super) fn run(&mut self, is_new: bool, time: f32, context: &mut RenderContext, gpu: &Gpu) {
        for (number, step) in self.steps.iter_mut().enumerate() {
            step.info.set(PassInfo {
                params: step.params,
                size: self.key.size,
                kind: self.key.kind.number(),
                number: number as u32,
                time,
                frame: self.frame,
            });
            step.info.write_buffer(gpu.device, gpu.queue);
            let Some(pipeline) = step.pipeline.get(gpu.cache) else {
                continue;
            };
            let target = &self.works[step.target];
            full_screen(context, &target.view, pipeline, &step.bind_group);
            if let Some(history) = step.history.as_ref().filter(|_| is_new) {
                context.command_encoder().copy_texture_to_texture(
                    whole(&target.texture),
                    whole(&history.texture),
                    extent(self.key.size.into()),
                );
            }
        }
        self.frame = self.frame.wrapping_add(u32::from(is_new));
        self.is_stale = false;
    }
}
