//! Pipelines of the app's own shaders.
//!
//! A mistake in a shader must not end the app, but Bevy's pipeline cache leaves errors of a pipeline (a missing entry point,
//! bindings that do not fit) to the app's error handler, which quits. The app's shaders are therefore compiled in a separate cache,
//! synchronously and one at a time, inside a wgpu error scope.

use std::sync::Arc;

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::render_resource::{
    CachedPipelineState, Pipeline, PipelineCache, RenderPipeline, TextureFormat,
};
use bevy::render::renderer::{RenderAdapter, RenderDevice};
use bevy::shader::{Shader, ShaderCacheError};
use bevy::tasks::futures::now_or_never;

use super::pipelines::Pipelines;

/// The entry point of the app's shaders.
const ENTRY_POINT: &str = "pass_main";

/// The app's shaders and their pipelines.
#[derive(Resource)]
pub(super) struct CustomPipelines {
    device: RenderDevice,
    cache: PipelineCache,
    /// Whether an output has ever used a shader of the app: until then no shaders are extracted.
    is_used: bool,
    /// Shaders that are new or changed.
    changes: Vec<(AssetId<Shader>, Option<Shader>)>,
    states: HashMap<(AssetId<Shader>, TextureFormat), State>,
}

/// The state of a shader's pipeline.
#[derive(Clone)]
pub(super) enum State {
    /// The shader, or a shader that it imports, is still loading.
    Loading,
    Ready(RenderPipeline),
    Broken(Arc<str>),
}

pub(super) fn init(mut commands: Commands, device: Res<RenderDevice>, adapter: Res<RenderAdapter>) {
    commands.insert_resource(CustomPipelines {
        device: device.clone(),
        cache: PipelineCache::new(device.clone(), adapter.clone(), true),
        is_used: false,
        changes: Vec::new(),
        states: HashMap::default(),
    });
}

/// Extracts all shaders that were added or changed, because the app's shaders may import any of them.
pub(super) fn extract_shaders(
    pipelines: Option<ResMut<CustomPipelines>>,
    shaders: Extract<Option<Res<Assets<Shader>>>>,
    mut events: Extract<MessageReader<AssetEvent<Shader>>>,
    mut has_all: Local<bool>,
) {
    let (Some(mut pipelines), Some(shaders)) = (pipelines, shaders.as_ref()) else {
        return;
    };
    if !pipelines.is_used {
        events.clear();
        *has_all = false;
        return;
    }
    if !*has_all {
        *has_all = true;
        events.clear();
        let all = shaders
            .iter()
            .map(|(id, shader)| (id, Some(shader.clone())));
        pipelines.changes.extend(all);
        return;
    }
    for event in events.read() {
        match *event {
            AssetEvent::Added { id } | AssetEvent::Modified { id } => {
                let shader = shaders.get(id).cloned();
                pipelines.changes.push((id, shader));
            }
            AssetEvent::Removed { id } => pipelines.changes.push((id, None)),
            AssetEvent::Unused { .. } | AssetEvent::LoadedWithDependencies { .. } => {}
        }
    }
}

impl CustomPipelines {
    /// Adds new shaders to the cache and drops all compiled pipelines, because any shader may import a changed one.
    pub(super) fn update(&mut self) {
        if self.changes.is_empty() {
            return;
        }
        for (id, shader) in self.changes.drain(..) {
            match shader {
                Some(shader) => self.cache.set_shader(id, shader),
                None => self.cache.remove_shader(id),
            }
        }
        self.states.clear();
        // Recompiles the pipelines of shaders that changed; errors of obsolete ones are caught and ignored.
        caught(&self.device, || self.cache.process_queue());
    }

    /// The pipeline of a shader that writes images of this format.
    pub(super) fn get(
        &mut self,
        shader: &Handle<Shader>,
        format: TextureFormat,
        pipelines: &Pipelines,
    ) -> State {
        if !self.is_used {
            self.is_used = true;
            return State::Loading;
        }
        let key = (shader.id(), format);
        match self.states.get(&key) {
            Some(State::Loading) | None => {}
            Some(state) => return state.clone(),
        }
        let state = self.compile(shader, format, pipelines);
        self.states.insert(key, state.clone());
        state
    }

    fn compile(
        &mut self,
        shader: &Handle<Shader>,
        format: TextureFormat,
        pipelines: &Pipelines,
    ) -> State {
        let descriptor = pipelines.pass(shader.clone(), ENTRY_POINT, format);
        let cache = &mut self.cache;
        let id = cache.queue_render_pipeline(descriptor);
        let error = caught(&self.device, || cache.process_queue());
        match cache.get_render_pipeline_state(id) {
            CachedPipelineState::Err(
                ShaderCacheError::ShaderNotLoaded(_)
                | ShaderCacheError::ShaderImportNotYetAvailable,
            ) => State::Loading,
            CachedPipelineState::Err(error) => State::Broken(error.to_string().into()),
            CachedPipelineState::Ok(Pipeline::RenderPipeline(pipeline)) => match error {
                Some(error) => State::Broken(error.into()),
                None => State::Ready(pipeline.clone()),
            },
            _ => State::Loading,
        }
    }
}

/// Runs `act` in a wgpu error scope, and returns the validation error, if there was one.
fn caught(device: &RenderDevice, act: impl FnOnce()) -> Option<String> {
    let scope = device
        .wgpu_device()
        .push_error_scope(wgpu::ErrorFilter::Validation);
    act();
    // On native platforms the future of `pop` is ready at once.
    let error = now_or_never(scope.pop()).flatten()?;
    Some(error.to_string())
}
