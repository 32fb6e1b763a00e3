//! Records the planned steps of a frame for the GPU.

use bevy::prelude::*;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::render_resource::{
    ComputePassDescriptor, LoadOp, Operations, PipelineCache, RenderPassColorAttachment,
    RenderPassDescriptor, StoreOp,
};
use bevy::render::renderer::RenderContext;

use super::pipelines::Pipelines;
use super::prepare::Alignments;

/// Side of a workgroup; keep in sync with `rasterize.wgsl`.
const WORKGROUP: u32 = 8;

pub(super) fn run(
    mut context: RenderContext,
    pipelines: Option<Res<Pipelines>>,
    alignments: Option<ResMut<Alignments>>,
    cache: Res<PipelineCache>,
) {
    let (Some(pipelines), Some(mut alignments)) = (pipelines, alignments) else {
        return;
    };
    let [place, rasterize, find_patches] =
        [pipelines.place, pipelines.rasterize, pipelines.find_patches]
            .map(|id| cache.get_compute_pipeline(id));
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    for alignment in alignments.0.values_mut() {
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
