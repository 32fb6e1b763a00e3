//! All ten images of a sensor, above from the colour camera, below from the depth camera, with switches for the settings of image
//! outputs. Without a file it shows a simulated sensor in front of the visitors of an exhibit.
//!
//! ```text
//! cargo run --release --example image_outputs
//! cargo run --release --example image_outputs -- FILE.mkv
//! cargo run --release --example image_outputs -- --screenshot picture.png --frame 60 --press MP
//! ```
//!
//! The keys are on the screen and can be clicked. With no display, or with `--screenshot`, it renders off-screen, writes the
//! picture and ends.

mod interface;
mod switches;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::legend::{LegendPlugin, Pressed};
use kinect_app_support::{Canvas, FitPlugin, Show, style};
use switches::{Switch, Switches};

/// Shows all ten images of a simulated sensor, or of an Azure Kinect or Femto recording.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "image_outputs")]
struct Options {
    #[command(flatten)]
    show: Show,
    /// Keys to press at the start: letters of the switches, such as MPP for mirrored and the second filter.
    #[arg(long, default_value = "", value_name = "KEYS")]
    press: String,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    let Some(mut app) = options.show.app("image_outputs", "Image outputs") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, FitPlugin, LegendPlugin))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .init_resource::<Switches>()
        .add_systems(
            Startup,
            (spawn_sensor, interface::spawn, press_at_start).chain(),
        )
        .add_systems(
            Update,
            (
                switches::flip,
                switches::apply.run_if(resource_changed::<Switches>),
                interface::show_switches.run_if(resource_changed::<Switches>),
                interface::caption,
                interface::update_status,
            )
                .chain(),
        );
    app.run()
}

/// The ten outputs, by the camera that sees them: colour, depth, infrared, players, points.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
    by_color_camera: [Entity; 5],
    by_depth_camera: [Entity; 5],
}

/// The kinds of image, one for each column.
const KINDS: [ImageKind; 5] = [
    ImageKind::Color,
    ImageKind::Depth,
    ImageKind::Infrared,
    ImageKind::PlayerIndex,
    ImageKind::PointCloud,
];

fn spawn_sensor(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let sensor = match &options.show.file {
        Some(file) => KinectSensor::recording(file),
        None => KinectSensor::simulated(),
    };
    let sensor = commands.spawn(sensor).id();
    // The colour camera's own image is colour: all other kinds must be aligned to be seen from the colour camera. From the depth
    // camera, only colour must be aligned.
    let mut spawn = |by_color_camera: bool| {
        KINDS.map(|kind| {
            let output = ImageOutput {
                aligned: by_color_camera != (kind == ImageKind::Color),
                ..ImageOutput::new(kind)
            };
            commands.spawn((output, ImageOutputOf(sensor))).id()
        })
    };
    let (by_color_camera, by_depth_camera) = (spawn(true), spawn(false));
    commands.insert_resource(Scene {
        sensor,
        by_color_camera,
        by_depth_camera,
    });
    commands.spawn((Camera2d, IsDefaultUiCamera, canvas.target()));
}

fn press_at_start(
    options: Res<Options>,
    mut switches: ResMut<Switches>,
    mut pressed: MessageWriter<Pressed>,
) {
    // A screenshot shows one capture: `kinect_app_support` steps to it.
    switches.paused = options.show.screenshot.is_some();
    for letter in options.press.to_uppercase().chars() {
        match Switch::ALL.iter().find(|s| s.cap() == letter.to_string()) {
            Some(switch) => {
                pressed.write(Pressed(switch.key()));
            }
            None => warn!("no switch has the letter {letter}"),
        }
    }
}
