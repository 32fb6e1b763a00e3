//! The viewer itself, operated by pointer and keys like by a user: with the stand-in, a simulation and a recording.

mod colors;
mod hand;
mod keys;
mod sources;

#[path = "../../../examples/viewer/viewer/mod.rs"]
mod program;

use std::path::Path;

use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::window::{ExitCondition, WindowResolution};
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_app_support::{Canvas, windowless};

use program::{Options, Scene, ViewerPlugin};

/// The viewer with these options, in a window of 1280x720 that nobody sees.
fn viewer(options: &[&str]) -> App {
    let words = ["viewer"].iter().chain(options);
    let options = Options::try_parse_from(words).expect("options of the viewer");
    let mut app = App::new();
    let window = Window {
        resolution: WindowResolution::new(1280, 720),
        ..default()
    };
    let plugins = windowless::plugins()
        .set(WindowPlugin {
            primary_window: Some(window),
            exit_condition: ExitCondition::DontExit,
            ..default()
        })
        .disable::<PipelinedRenderingPlugin>()
        .disable::<LogPlugin>();
    app.add_plugins(plugins)
        .init_resource::<Canvas>()
        .insert_resource(options.show.clone())
        .add_plugins(ViewerPlugin(options));
    app.finish();
    app.cleanup();
    app
}

/// The viewer of a live sensor of that library, in small modes.
fn live_viewer(library: &Path, more: &[&str]) -> App {
    let library = library.to_str().expect("a path in UTF-8");
    let mut options = vec!["--device", "--library", library];
    options.extend(["--depth-mode", "NFOV_2X2BINNED"]);
    options.extend(more);
    viewer(&options)
}

fn sensor(world: &World) -> Entity {
    world.resource::<Scene>().sensor
}

fn of_sensor<T: Component>(world: &World) -> Option<&T> {
    world.get::<T>(sensor(world))
}

fn is_streaming(world: &mut World) -> bool {
    of_sensor::<SensorState>(world).is_some_and(SensorState::is_streaming)
}

/// All words on the screen, a line for each text that is shown.
fn screen(world: &mut World) -> String {
    let mut texts = world.query::<(&Text, &ComputedNode, &InheritedVisibility)>();
    let mut lines = Vec::new();
    for (text, node, visible) in texts.iter(world) {
        if visible.get() && node.size.min_element() > 0.0 {
            lines.push(text.0.clone());
        }
    }
    lines.join("\n")
}

/// Whether these words are on the screen.
fn says(world: &mut World, words: &str) -> bool {
    screen(world).contains(words)
}
