//! Draws outputs: only those with new images or changed settings.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::prelude::*;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, CachedRenderPipelineId, ColorWrites, PipelineCache, TextureView,
    TextureViewDescriptor, TextureViewId, UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;

use super::chain::{self, Chain, working_format};
use super::custom::CustomPipelines;
use super::diagnostics::{Report, span_name};
use super::extract::{ExtractedOutput, ExtractedOutputs};
use super::full_screen::{Gpu, begin, full_screen};
use super::image_shape::ImageShape;
use super::pipelines::{OutputKey, Pipelines};
use super::source::{Params, Source, Versions, is_coming};
use super::{ChannelMask, ImageKind};
use crate::stream::{ExtractedSensors, FillReport, SensorTextures};

/// The drawings of all outputs.
#[derive(Resource, Default)]
pub(super) struct Drawings {
    outputs: EntityHashMap<Drawing>,
    alive: EntityHashSet,
    /// Seconds since the app started.
    time: f32,
}

/// The textures of an output, and the passes that draw it.
#[derive(Default)]
struct Drawing {
    plan: Plan,
    /// Versions of the inputs that the image was drawn from. `None` if nothing was drawn yet, or the content is obsolete.
    drawn: Option<Versions>,
    /// Whether the image is clear.
    is_clear: bool,
    /// The draw from the sensor's image into the working image that the first pass reads.
    convert: Option<Draw>,
    chain: Option<Chain>,
    /// The draw into the output's image.
    publish: Option<Draw>,
    /// The draws of the mipmaps, each from the level before.
    mips: Vec<Draw>,
    /// The mip levels of the output's image, the largest first.
    levels: Vec<TextureView>,
    /// The image that the levels belong to.
    image: Option<TextureViewId>,
    /// Reports to the main world that the image is drawn.
    fill: Arc<FillReport>,
    /// CPU time spent so far on preparing this update.
    prepared_in: Duration,
}

/// The plan for an output's image in this frame.
#[derive(Default, Clone, Copy, PartialEq)]
enum Plan {
    /// Keep the image as it is.
    #[default]
    Stay,
    /// Clear the image: there is nothing to show.
    Clear,
    /// Show inputs of these versions.
    Show(Versions),
}

/// One full-screen pass of `output.wgsl`.
struct Draw {
    params: UniformBuffer<Params>,
    inputs: [TextureViewId; 3],
    bind_group: BindGroup,
    pipeline: CachedRenderPipelineId,
    target: TextureView,
    /// Whether its parameters or bindings have changed since it was drawn.
    is_stale: bool,
}

pub(super) fn init(mut commands: Commands) {
    // A new GPU does not have the textures of the old one.
    commands.insert_resource(Drawings::default());
}

pub(super) fn prepare(
    drawings: Option<ResMut<Drawings>>,
    pipelines: Option<ResMut<Pipelines>>,
    custom: Option<ResMut<CustomPipelines>>,
    extracted: Res<ExtractedOutputs>,
    sensors: Res<ExtractedSensors>,
    textures: Res<SensorTextures>,
    images: Res<RenderAssets<GpuImage>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let (Some(mut drawings), Some(mut pipelines), Some(mut custom)) = (drawings, pipelines, custom)
    else {
        return;
    };
    let gpu = Gpu {
        device: &device,
        queue: &queue,
        cache: &cache,
    };
    custom.update();
    let Drawings {
        outputs,
        alive,
        time,
    } = &mut *drawings;
    *time = extracted.time;
    alive.clear();
    for output in &extracted.outputs {
        alive.insert(output.entity);
        let drawing = outputs.entry(output.entity).or_default();
        drawing.plan = Plan::Stay;
        drawing.fill = Arc::clone(&output.fill);
        let Some(image) = images.get(output.image) else {
            continue;
        };
        drawing.take_image(image, output.shape);
        let (Some(set), Some(sensor)) = (textures.0.get(&output.key), sensors.0.get(&output.key))
        else {
            continue;
        };
        match Source::of(output, set, sensor, image) {
            Some(source) if !output.is_refused => {
                let began = Instant::now();
                drawing.plan_to_show(output, &source, &mut pipelines, &mut custom, &gpu);
                drawing.prepared_in = began.elapsed();
            }
            // The image to show will be computed soon: until then the output keeps its image.
            None if !output.is_refused && is_coming(&output.output, set, sensor) => {}
            // Clear also when the sensor does not have the image (yet): an image of a former source must not stay.
            _ => drawing.plan = Plan::Clear,
        }
    }
    outputs.retain(|entity, _| alive.contains(entity));
}

fn writes(channels: ChannelMask) -> ColorWrites {
    let mut writes = ColorWrites::empty();
    writes.set(ColorWrites::RED, channels.red);
    writes.set(ColorWrites::GREEN, channels.green);
    writes.set(ColorWrites::BLUE, channels.blue);
    writes.set(ColorWrites::ALPHA, channels.alpha);
    writes
}

/// The textures that the shader reads: integers, floats, rays.
fn inputs<'a>(
    source: &'a Source,
    kind: ImageKind,
    pipelines: &'a Pipelines,
) -> [&'a TextureView; 3] {
    let (integers, floats) = match kind {
        ImageKind::Color => (&pipelines.no_integers, &source.shown.view),
        _ => (&source.shown.view, &pipelines.no_floats),
    };
    let rays = source.rays.map_or(&pipelines.no_floats, |rays| &rays.view);
    [integers, floats, rays]
}

impl Drawing {
    /// Makes this image the target of the draws.
    fn take_image(&mut self, image: &GpuImage, shape: ImageShape) {
        let id = image.texture_view.id();
        if self.image == Some(id) {
            return;
        }
        self.image = Some(id);
        (self.drawn, self.is_clear) = (None, false);
        (self.publish, self.mips) = (None, Vec::new());
        self.levels = match shape.mips {
            1 => vec![image.texture_view.clone()],
            mips => (0..mips.min(image.texture.mip_level_count()))
                .map(|level| {
                    image.texture.create_view(&TextureViewDescriptor {
                        base_mip_level: level,
                        mip_level_count: Some(1),
                        ..default()
                    })
                })
                .collect(),
        };
    }

    fn plan_to_show(
        &mut self,
        output: &ExtractedOutput,
        source: &Source,
        pipelines: &mut Pipelines,
        custom: &mut CustomPipelines,
        gpu: &Gpu,
    ) {
        let settings = &output.output;
        let kind = settings.kind;
        let passes = &settings.passes;
        let Some(resolved) = chain::resolve(passes, kind, pipelines, custom, gpu.cache) else {
            return;
        };
        let Some((whole, smaller)) = self.levels.split_first() else {
            return;
        };
        let key = OutputKey {
            kind,
            is_working_image: false,
            is_blended: false,
            format: output.shape.format,
            channels: ColorWrites::ALL,
        };
        let raw = inputs(source, kind, pipelines).map(Clone::clone);
        let no_integers = pipelines.no_integers.clone();
        let no_floats = pipelines.no_floats.clone();
        let working = |image: &TextureView| [no_integers.clone(), image.clone(), no_floats.clone()];

        let [_, _, generation] = source.versions;
        let size = source.shown.size();
        let broken_passes = resolved.broken;
        self.chain = (!resolved.steps.is_empty()).then(|| {
            let old = self.chain.take();
            Chain::renew(old, resolved.steps, kind, size, generation, gpu, pipelines)
        });
        output.report.set(Report {
            working_bytes: self.chain.as_ref().map_or(0, Chain::bytes),
            broken_passes,
        });
        let (inputs, is_working_image) = match &self.chain {
            None => {
                self.convert = None;
                (raw, false)
            }
            Some(chain) => {
                let convert = OutputKey {
                    format: working_format(kind),
                    ..key
                };
                let pipeline = pipelines.output(convert, gpu.cache);
                let params = Params::plain(source, size, size);
                self.convert = Some(Draw::renew(
                    self.convert.take(),
                    raw,
                    params,
                    pipeline,
                    chain.input(),
                    pipelines,
                    gpu,
                ));
                (working(chain.result()), true)
            }
        };
        let publish = OutputKey {
            is_working_image,
            // At the native size each pixel is copied: there is nothing to blend.
            is_blended: settings.is_blended() && output.shape.size != size,
            channels: writes(settings.channels),
            ..key
        };
        let pipeline = pipelines.output(publish, gpu.cache);
        self.publish = Some(Draw::renew(
            self.publish.take(),
            inputs,
            Params::published(output, source),
            pipeline,
            whole,
            pipelines,
            gpu,
        ));
        let mut old_mips = core::mem::take(&mut self.mips).into_iter();
        let mut larger = whole;
        for (level, smaller) in (1..).zip(smaller) {
            let mip = OutputKey {
                is_working_image: true,
                is_blended: settings.has_blended_mips(),
                ..key
            };
            let pipeline = pipelines.output(mip, gpu.cache);
            self.mips.push(Draw::renew(
                old_mips.next(),
                working(larger),
                Params::mip(
                    settings,
                    source,
                    [level - 1, level].map(|n| output.shape.level_size(n)),
                ),
                pipeline,
                smaller,
                pipelines,
                gpu,
            ));
            larger = smaller;
        }
        self.plan = Plan::Show(source.versions);
    }

    fn is_stale(&self) -> bool {
        let mut draws = self.convert.iter().chain(&self.publish).chain(&self.mips);
        draws.any(|draw| draw.is_stale) || self.chain.as_ref().is_some_and(|chain| chain.is_stale)
    }

    fn is_ready(&self, cache: &PipelineCache) -> bool {
        let mut draws = self.convert.iter().chain(&self.publish).chain(&self.mips);
        draws.all(|draw| cache.get_render_pipeline(draw.pipeline).is_some())
            && self
                .chain
                .as_ref()
                .is_none_or(|chain| chain.is_ready(cache))
    }

    fn clear(&mut self, context: &mut RenderContext) {
        for level in &self.levels {
            begin(context, level);
        }
        (self.drawn, self.is_clear) = (None, true);
        self.fill.fill(Duration::ZERO);
    }

    fn show(&mut self, versions: Versions, time: f32, context: &mut RenderContext, gpu: &Gpu) {
        let began = Instant::now();
        let is_new = self.drawn != Some(versions);
        if let (Some(convert), Some(chain)) = (&mut self.convert, &mut self.chain)
            && (is_new || convert.is_stale || chain.is_stale)
        {
            convert.run(context, gpu.cache);
            chain.run(is_new, time, context, gpu);
        }
        for draw in self.publish.iter_mut().chain(&mut self.mips) {
            draw.run(context, gpu.cache);
        }
        (self.drawn, self.is_clear) = (Some(versions), false);
        self.fill.fill(self.prepared_in + began.elapsed());
    }
}

impl Draw {
    /// The draw with these settings: the former one if they are the same.
    fn renew(
        old: Option<Self>,
        inputs: [TextureView; 3],
        params: Params,
        pipeline: CachedRenderPipelineId,
        target: &TextureView,
        pipelines: &Pipelines,
        gpu: &Gpu,
    ) -> Self {
        let ids = [inputs[0].id(), inputs[1].id(), inputs[2].id()];
        let mut draw = match old.filter(|draw| draw.inputs == ids) {
            Some(draw) => draw,
            None => {
                let mut uniform = UniformBuffer::from(params);
                uniform.write_buffer(gpu.device, gpu.queue);
                let bind_group = gpu.device.create_bind_group(
                    "kinect image output",
                    &gpu.cache.get_bind_group_layout(&pipelines.output_layout),
                    &BindGroupEntries::sequential((&inputs[0], &inputs[1], &inputs[2], &uniform)),
                );
                Self {
                    params: uniform,
                    inputs: ids,
                    bind_group,
                    pipeline,
                    target: target.clone(),
                    is_stale: true,
                }
            }
        };
        if *draw.params.get() != params {
            draw.params.set(params);
            draw.params.write_buffer(gpu.device, gpu.queue);
            draw.is_stale = true;
        }
        if draw.pipeline != pipeline || draw.target.id() != target.id() {
            (draw.pipeline, draw.target) = (pipeline, target.clone());
            draw.is_stale = true;
        }
        draw
    }

    fn run(&mut self, context: &mut RenderContext, cache: &PipelineCache) {
        if let Some(pipeline) = cache.get_render_pipeline(self.pipeline) {
            full_screen(context, &self.target, pipeline, &self.bind_group);
            self.is_stale = false;
        }
    }
}

pub(super) fn run(
    mut context: RenderContext,
    drawings: Option<ResMut<Drawings>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut drawings) = drawings else {
        return;
    };
    let gpu = Gpu {
        device: &device,
        queue: &queue,
        cache: &cache,
    };
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    let Drawings { outputs, time, .. } = &mut *drawings;
    for (&entity, drawing) in outputs {
        match drawing.plan {
            Plan::Clear if !drawing.is_clear => drawing.clear(&mut context),
            Plan::Show(versions)
                if (drawing.drawn != Some(versions) || drawing.is_stale())
                    && drawing.is_ready(&cache) =>
            {
                let span = recorder.map(|recorder| {
                    recorder.time_span(context.command_encoder(), span_name(entity))
                });
                drawing.show(versions, *time, &mut context, &gpu);
                if let Some(span) = span {
                    span.end(context.command_encoder());
                }
            }
            _ => {}
        }
    }
}
