//! Full-screen passes: shaders over every pixel of a target.

use bevy::render::render_phase::TrackedRenderPass;
use bevy::render::render_resource::{
    BindGroup, LoadOp, Operations, PipelineCache, RenderPassColorAttachment, RenderPassDescriptor,
    RenderPipeline, StoreOp, TextureView,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};

/// The device, queue and pipelines that create GPU resources.
pub(super) struct Gpu<'a> {
    pub(super) device: &'a RenderDevice,
    pub(super) queue: &'a RenderQueue,
    pub(super) cache: &'a PipelineCache,
}

/// Begins a pass that has cleared its target.
pub(super) fn begin<'a>(
    context: &'a mut RenderContext,
    target: &TextureView,
) -> TrackedRenderPass<'a> {
    context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("kinect image output"),
        color_attachments: &[Some(RenderPassColorAttachment {
            view: target,
            depth_slice: None,
            resolve_target: None,
            ops: Operations {
                load: LoadOp::Clear(Default::default()),
                store: StoreOp::Store,
            },
        })],
        ..Default::default()
    })
}

/// Runs a shader on every pixel of a target. Channels that the shader does not write are 0.
pub(super) fn full_screen(
    context: &mut RenderContext,
    target: &TextureView,
    pipeline: &RenderPipeline,
    bind_group: &BindGroup,
) {
    let mut pass = begin(context, target);
    pass.set_render_pipeline(pipeline);
    pass.set_bind_group(0, bind_group, &[]);
    pass.draw(0..3, 0..1);
}
