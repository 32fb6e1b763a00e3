//! The camera that draws the panel, and its context of egui.

use bevy::camera::RenderTarget;
use bevy::ecs::schedule::ScheduleLabel;
use bevy::ecs::system::entity_command::remove_with_requires;
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::sync_world::MainEntity;
use bevy_egui::render::EguiCameraView;
use bevy_egui::{
    EguiContext, EguiManagedTextures, EguiOutput, EguiSchedule, PrimaryEguiContext, egui,
};

use crate::inspector::InspectorCamera;
use crate::own_context::OwnContext;
use crate::style;

/// The schedule of the inspector's own context.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InspectorPass;

/// The inspector's own context while it is hidden, so that lists are unfolded and scrolled as before when it is shown again.
#[derive(Resource, Default)]
pub(crate) struct Kept(Option<(Entity, EguiContext)>);

/// Run condition: whether the panel is drawn in a context of the inspector's own.
pub(crate) fn is_our_own(own: Query<(), With<OwnContext>>) -> bool {
    !own.is_empty()
}

/// Gives a camera a context, unless the app has one.
pub(crate) fn attach(
    mut commands: Commands,
    cameras: Query<(Entity, &Camera, &RenderTarget, Has<InspectorCamera>)>,
    of_app: Query<(), With<PrimaryEguiContext>>,
    own: Query<Entity, With<OwnContext>>,
    mut kept: ResMut<Kept>,
    mut textures: ResMut<EguiManagedTextures>,
) {
    let best = match of_app.is_empty() {
        true => best(&cameras),
        false => None,
    };
    for camera in &own {
        if Some(camera) == best {
            return;
        }
        remove(&mut commands, camera);
    }
    let Some(camera) = best else { return };
    // A context knows which of its letters are in textures of its camera.
    let mut context = match kept.0.take() {
        Some((of, context)) if of == camera => context,
        Some((of, _)) => {
            textures.retain(|(camera, _), _| *camera != of);
            EguiContext::default()
        }
        None => EguiContext::default(),
    };
    let ctx = context.get_mut();
    ctx.set_theme(egui::Theme::Dark);
    ctx.set_style_of(egui::Theme::Dark, style::style());
    kept.0 = Some((camera, context.clone()));
    commands
        .entity(camera)
        .try_insert((context, EguiSchedule::new(InspectorPass), OwnContext));
}

/// Takes the context from the camera, so that no pass of egui runs.
pub(crate) fn detach(mut commands: Commands, own: Query<Entity, With<OwnContext>>) {
    for camera in &own {
        remove(&mut commands, camera);
    }
}

fn remove(commands: &mut Commands, camera: Entity) {
    commands
        .entity(camera)
        .queue_silenced(remove_with_requires::<(EguiContext, EguiSchedule)>())
        .try_remove::<OwnContext>();
}

/// The camera that draws the panel: the marked one, else the one of a window that draws last, else the one of an image.
fn best(cameras: &Query<(Entity, &Camera, &RenderTarget, Has<InspectorCamera>)>) -> Option<Entity> {
    let drawing = cameras.iter().filter(|(_, camera, target, _)| {
        camera.is_active && matches!(target, RenderTarget::Window(_) | RenderTarget::Image(_))
    });
    let rank = |camera: &Camera, target: &RenderTarget, is_marked: bool| {
        let is_of_window = matches!(target, RenderTarget::Window(_));
        // A camera with a viewport would squeeze the panel into it.
        (
            is_marked,
            is_of_window,
            camera.viewport.is_none(),
            camera.order,
        )
    };
    drawing
        .max_by_key(|&(entity, camera, target, is_marked)| {
            (rank(camera, target, is_marked), std::cmp::Reverse(entity))
        })
        .map(|(entity, ..)| entity)
}

/// The contexts in which the panel may be drawn: of the inspector, or of the app.
pub(super) type Contexts = (
    &'static mut EguiContext,
    Has<OwnContext>,
    Has<PrimaryEguiContext>,
);

/// The context in which the panel is drawn.
pub(super) fn current(
    contexts: &mut QueryState<Contexts>,
    world: &mut World,
) -> Option<egui::Context> {
    let all = contexts.iter_mut(world);
    let usable = all.filter(|(_, is_own, is_of_app)| *is_own || *is_of_app);
    let (mut context, ..) = usable.max_by_key(|(_, is_own, _)| *is_own)?;
    Some(context.get_mut().clone())
}

/// Takes the view of egui from cameras of the render world whose context is gone; egui would look for the view's pass in vain.
pub(crate) fn let_go(
    mut commands: Commands,
    views: Query<(Entity, &MainEntity), With<EguiCameraView>>,
    contexts: Extract<Query<(), With<EguiOutput>>>,
) {
    for (camera, of_main_world) in &views {
        if !contexts.contains(of_main_world.id()) {
            commands.entity(camera).try_remove::<EguiCameraView>();
        }
    }
}
