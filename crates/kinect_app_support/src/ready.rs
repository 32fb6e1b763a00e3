//! Whether all shaders are loaded and all pipelines compiled, so that a picture shows everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::prelude::*;
use bevy::render::render_resource::PipelineCache;
use bevy::render::{Render, RenderApp, RenderSystems};

/// Keeps [`Ready`] up to date.
pub(crate) struct ReadyPlugin;

impl Plugin for ReadyPlugin {
    fn build(&self, app: &mut App) {
        let ready = Ready::default();
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(ready.clone())
                .add_systems(Render, look.in_set(RenderSystems::Cleanup));
        }
        app.insert_resource(ready);
    }
}

/// Whether no pipeline waits for its shader or for being compiled.
#[derive(Resource, Clone, Default)]
pub(crate) struct Ready(Arc<AtomicBool>);

impl Ready {
    pub(crate) fn is_ready(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

fn look(cache: Res<PipelineCache>, ready: Res<Ready>) {
    let none_waits = cache.waiting_pipelines().next().is_none();
    ready.0.store(none_waits, Ordering::Relaxed);
}
