//! The shaders that are applied to an output's image, one after the other: two working images take turns.

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

/// The passes of an output with their textures.
pub(super) struct Chain {
    key: Key,
    works: [Work; 2],
    steps: Vec<Step>,
    /// Images made so far.
    frame: u32,
    /// Whether a setting has changed since the passes last ran.
    pub(super) is_stale: bool,
}

/// What decides whether the textures and the steps can stay.
#[derive(PartialEq)]
struct Key {
    kind: ImageKind,
    size: UVec2,
    /// Of the sensor's source: the past of another one is not blended in.
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

/// One pass, once.
struct Step {
    pipeline: StepPipeline,
    params: [Vec4; 2],
    info: UniformBuffer<PassInfo>,
    bind_group: BindGroup,
    /// The working image it writes.
    target: usize,
    /// What it put out for the frame before.
    history: Option<Work>,
}

/// What a step is drawn with.
#[derive(Clone)]
enum StepPipeline {
    BuiltIn(CachedRenderPipelineId),
    Custom(RenderPipeline),
}

/// The passes of an output whose shaders are known.
pub(super) struct Resolved {
    pub(super) steps: Vec<ResolvedStep>,
    /// Which of the passes do not work.
    pub(super) broken: Vec<BrokenPass>,
}

pub(super) struct ResolvedStep {
    pipeline: StepPipeline,
    params: [Vec4; 2],
    has_history: bool,
}

/// Which pipelines an output's passes are drawn with; `None` while a shader is loading.
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

/// The format of working images: linear light needs no more than 16 bits, data does.
pub(super) fn working_format(kind: ImageKind) -> TextureFormat {
    match kind {
        ImageKind::Color => TextureFormat::Rgba16Float,
        _ => TextureFormat::Rgba32Float,
    }
}

/// What a filter's shader is told, with values that make sense.
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
    /// The chain for these passes: the old one, if it fits.
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

    /// Where the data goes that the passes begin with.
    pub(super) fn input(&self) -> &TextureView {
        &self.works[0].view
    }

    /// Where the last pass leaves its result.
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

    /// Runs the passes on what is in the input. `is_new`: it is a new image, not the last one with other settings, whose
    /// past is kept.
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
