//! Two sensors in one room, seen in one world: the points of both together, and the players of each.
//!
//! Without options both sensors are simulated. They look at the same room with the same people from two places, at the same times,
//! each with its own noise. Two files are recordings of two sensors; `--devices` opens two live sensors, joined by a sync cable: the first
//! as master, the second as subordinate. For these, the options `--first` and `--second` say where each sensor is.
//!
//! ```text
//! cargo run --release --example two_sensors
//! cargo run --release --example two_sensors -- --tint
//! cargo run --release --example two_sensors -- LEFT.mkv RIGHT.mkv --first -1.6,1.4,0,32,12 --second 1.6,1.4,0,-32,12
//! cargo run --release --example two_sensors -- --devices 000123456789,000987654321
//! cargo run --release --example two_sensors -- --screenshot picture.png --frame 40
//! ```
//!
//! The keys are on the screen and can be clicked; drag, right-drag and wheel move the camera.

mod interface;
mod place;
mod sensors;

use std::path::PathBuf;

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::device::WiredSync;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::orbit::{Orbit, OrbitCamera, OrbitPlugin};
use kinect_app_support::pace::{Pace, PacePlugin};
use kinect_app_support::people::TrackerChoice;
use kinect_app_support::skeletons::SkeletonsPlugin;
use kinect_app_support::{Canvas, FitPlugin, Show, parse_angles, style};
use place::Place;

/// Shows two sensors in one world.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "two_sensors")]
struct Options {
    #[command(flatten)]
    show: Show,
    /// The recording of the second sensor.
    #[arg(value_name = "SECOND.mkv", requires = "file")]
    second_file: Option<PathBuf>,
    /// Two live sensors by their serial numbers: the master, and the subordinate that follows it.
    #[arg(
        long,
        value_name = "MASTER,SUBORDINATE",
        value_delimiter = ',',
        num_args = 1,
        conflicts_with = "file"
    )]
    devices: Vec<String>,
    /// Where the first sensor is: x, height and z in metres, and the degrees by which it is turned to the right and tilted down.
    #[arg(
        long,
        value_name = "X,Y,Z,TURN,TILT",
        default_value = "-1.7,1.5,-0.2,36,12",
        allow_hyphen_values = true
    )]
    first: Place,
    /// Where the second sensor is.
    #[arg(
        long,
        value_name = "X,Y,Z,TURN,TILT",
        default_value = "1.9,1.7,-1.1,-62,16",
        allow_hyphen_values = true
    )]
    second: Place,
    /// The body tracker of both.
    #[arg(long, value_enum, default_value_t)]
    tracker: TrackerChoice,
    /// Seed of the simulation: another seed gives other people in another room.
    #[arg(long, default_value_t = 3)]
    seed: u64,
    /// Begin with a colour for each sensor instead of the colours of the cameras.
    #[arg(long)]
    tint: bool,
    /// Where to look from: yaw and pitch around the room in degrees.
    #[arg(long, default_value = "4,-28", value_parser = parse_angles, value_name = "YAW,PITCH", allow_hyphen_values = true)]
    view: Vec2,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    if !(options.devices.is_empty() || options.devices.len() == 2) {
        eprintln!("Give two serial numbers: --devices 000123456789,000987654321.");
        return AppExit::error();
    }
    if options.show.file.is_some() && options.second_file.is_none() {
        eprintln!("Give two recordings, or none.");
        return AppExit::error();
    }
    // Players are there after some captures.
    options.show.plays = true;
    let Some(mut app) = options.show.app("two_sensors", "Two sensors") else {
        return AppExit::error();
    };
    app.add_plugins((
        KinectAzurePlugin,
        FitPlugin,
        LegendPlugin,
        OrbitPlugin,
        PacePlugin,
        SkeletonsPlugin,
    ))
    .insert_resource(ClearColor(style::BACKGROUND))
    // The lasers of two sensors that see the same place must not shine at the same time.
    .insert_resource(WiredSync {
        automatic_depth_delays: true,
    })
    .insert_resource(Orbit::new(Vec3::new(-0.1, 0.75, -2.2), 4.7, options.view))
    .insert_resource(sensors::Look {
        is_tinted: options.tint,
        shown: [true; 2],
        has_skeletons: true,
    })
    // A picture may take its time.
    .insert_resource(pace(options.show.screenshot.is_none()))
    .insert_resource(options)
    .add_systems(
        Startup,
        (sensors::spawn, look_at_it, interface::spawn).chain(),
    )
    .add_systems(
        Update,
        (
            interface::press,
            (sensors::paint, sensors::frustums, interface::tell),
        )
            .chain(),
    );
    app.run()
}

fn look_at_it(mut commands: Commands, canvas: Res<Canvas>) {
    commands.spawn((
        OrbitCamera,
        Camera3d::default(),
        // Colours as the cameras see them.
        Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
    ));
}

fn pace(thins_out: bool) -> Pace {
    let mut pace = Pace::default();
    pace.thins_out = thins_out;
    pace
}
