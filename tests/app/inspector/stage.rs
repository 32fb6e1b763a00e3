//! An app with the inspector in a window that nobody sees.

use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::error_handler::RenderErrorHandler;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::window::{ExitCondition, WindowResolution};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::bevy_egui::{EguiContext, EguiGlobalSettings};
use bevy_kinect_inspector::{KinectInspector, KinectInspectorPlugin, Page};
use kinect_app_support::windowless;

use crate::support::{fail_on_render_error, update};

/// The app with that page of the inspector, in a window of 1280×720.
pub(super) fn inspected(page: Page) -> App {
    inspected_with(page, UVec2::new(1280, 720), |_| {})
}

/// The same, in a window of that size, with further plugins or systems.
pub(super) fn inspected_with(page: Page, size: UVec2, add: impl FnOnce(&mut App)) -> App {
    let window = Window {
        resolution: WindowResolution::new(size.x, size.y),
        ..default()
    };
    let mut app = App::new();
    let quiet = std::env::var_os("KINECT_TEST_LOG").is_none();
    let plugins = windowless::plugins()
        .set(WindowPlugin {
            primary_window: Some(window),
            exit_condition: ExitCondition::DontExit,
            ..default()
        })
        .disable::<PipelinedRenderingPlugin>();
    app.add_plugins(if quiet {
        plugins.disable::<LogPlugin>()
    } else {
        plugins
    });
    app.add_plugins((
        KinectAzurePlugin,
        KinectInspectorPlugin {
            shown: true,
            ..default()
        },
    ))
    .insert_resource(RenderErrorHandler(fail_on_render_error))
    .add_systems(First, describe_the_screen);
    // The system has no window, so it has no input of several keys either.
    app.world_mut()
        .resource_mut::<EguiGlobalSettings>()
        .enable_ime = false;
    app.world_mut().resource_mut::<KinectInspector>().page = page;
    app.world_mut().spawn(Camera3d::default());
    add(&mut app);
    app.finish();
    app.cleanup();
    settle(&mut app);
    app
}

/// Lets egui describe its widgets for screen readers, as it does when one is there.
fn describe_the_screen(mut contexts: Query<&mut EguiContext, Added<EguiContext>>) {
    for mut context in &mut contexts {
        context.get_mut().enable_accesskit();
    }
}

/// Updates until everything is in its place: egui lays out new widgets in two passes, and events take effect in the next update.
pub(super) fn settle(app: &mut App) {
    for _ in 0..4 {
        update(app);
    }
}

/// The only sensor of the app, or the chosen one.
pub(super) fn sensor(app: &App) -> Entity {
    let inspector = app.world().resource::<KinectInspector>();
    inspector.sensor.expect("a chosen sensor")
}

/// A component of the chosen sensor.
pub(super) fn of_sensor<T: Component>(app: &App) -> Option<&T> {
    app.world().get::<T>(sensor(app))
}

/// A simulated sensor of few pixels.
pub(super) fn small_simulation() -> KinectSensor {
    use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
    use bevy_kinect_azure::kinect_simulation::SimulationSettings;
    KinectSensor::new(SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::R720p,
        ..default()
    })
}
