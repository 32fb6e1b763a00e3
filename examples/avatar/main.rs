//! Humanoid models that follow the people in front of a sensor, as in a mirror: one for each player, in the player's colour.
//!
//! The model is a mannequin, or a file of yours (.glb, .gltf or .vrm). Parts of the body that were not found in it are listed with
//! the nearest names. Without a recording the example shows a simulated sensor in front of the visitors of an exhibit. A recording is
//! an .mkv file, whose people a body tracker finds, or a clip of bodies (.json or .csv, as `kinect export --only bodies` writes
//! them), which needs no sensor.
//!
//! ```text
//! cargo run --release --example avatar
//! cargo run --release --example avatar -- MODEL.glb
//! cargo run --release --example avatar -- FILE.mkv --model MODEL.vrm --tracker onnx --height 1.3 --tilt 10
//! cargo run --release --example avatar -- clip.json
//! cargo run --release --example avatar -- --screenshot picture.png --frame 90
//! ```

mod cast;
mod interface;
mod model;
mod stage;

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::orbit::OrbitPlugin;
use kinect_app_support::{FitPlugin, People, Show, style};

/// Shows models that follow the people in front of a sensor.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "avatar")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
    /// The model: a .glb, .gltf or .vrm file. Without one, a mannequin is shown.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    let model = match model::Model::of(&mut options) {
        Ok(model) => model,
        Err(problem) => {
            eprintln!("{problem}");
            return AppExit::error();
        }
    };
    // Models blend into poses: a picture depends on the captures before it.
    options.show.plays = true;
    let Some(mut app) = options.show.app("avatar", "Avatars") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, FitPlugin, OrbitPlugin))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .insert_resource(model)
        .init_resource::<cast::Wishes>()
        .add_systems(Startup, (stage::build, cast::spawn, interface::spawn))
        .add_systems(
            Update,
            (
                cast::open_the_sensor,
                (interface::press, cast::obey, interface::update).chain(),
            ),
        )
        .add_observer(cast::paint)
        .add_observer(cast::appear)
        .add_observer(cast::vanish);
    app.run()
}
