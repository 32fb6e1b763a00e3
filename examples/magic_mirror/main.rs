//! A magic mirror: the people in the colour image, mirrored and cut out of their surroundings, wear costumes that move with them.
//!
//! Each player is a layer of the colour image at the player's distance, drawn along the colour camera's rays, lens and all. The
//! app's camera stands where the colour camera stands, so whatever else is in the world lies where it would be seen in the image.
//! Costumes are parts on the bones of an [`Avatar`] of life size, whose own mesh is hidden.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit. A file is a recording (.mkv), whose people a body
//! tracker finds.
//!
//! ```text
//! cargo run --release --example magic_mirror
//! cargo run --release --example magic_mirror -- FILE.mkv --tracker onnx --height 1.3 --tilt 10
//! cargo run --release --example magic_mirror -- --screenshot picture.png --frame 60
//! ```

mod costume;
mod glass;
mod interface;
mod stage;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::{FitPlugin, People, Show};

/// Dresses the people in the colour image of a sensor.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "magic_mirror")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
    /// What people wear.
    #[arg(long, value_enum, default_value_t)]
    dress: costume::Dress,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    if options.show.clip().is_some() {
        eprintln!("A clip of bodies has no images: give a recording (.mkv), or no file.");
        return AppExit::error();
    }
    // Models blend into poses: a picture depends on the captures before it.
    options.show.plays = true;
    let Some(mut app) = options.show.app("magic_mirror", "Magic mirror") else {
        return AppExit::error();
    };
    app.add_plugins((
        KinectAzurePlugin,
        FitPlugin,
        LegendPlugin,
        glass::GlassPlugin,
    ))
    .insert_resource(options.dress)
    .insert_resource(options)
    .add_systems(
        Startup,
        (
            stage::build,
            costume::make_parts,
            costume::spawn,
            interface::spawn,
        )
            .chain(),
    )
    .add_systems(
        Update,
        (
            open_the_sensor,
            (interface::press, costume::dress, interface::tell).chain(),
            costume::flap,
        ),
    )
    .add_observer(costume::put_on)
    .add_observer(costume::appear)
    .add_observer(costume::vanish);
    app.run()
}

/// Opens the sensor when the models are there, so that a picture of the first captures shows them.
fn open_the_sensor(
    mut commands: Commands,
    options: Res<Options>,
    avatars: Query<&AvatarState>,
    mut is_open: Local<bool>,
) {
    let is_known = |state: &AvatarState| state.is_ready() || state.problem.is_some();
    if *is_open || !avatars.iter().all(is_known) {
        return;
    }
    *is_open = true;
    let sensor = options
        .people
        .spawn(&mut commands, &options.show, KinectSensor::simulated());
    glass::spawn(&mut commands, sensor);
}
