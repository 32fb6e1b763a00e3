//! A sensor in 3D, from cameras that swing around it: points in the colours of the colour camera, by depth, in infrared, by player,
//! through a material of this example's own that binds the plugin's point buffer, and as a lit surface of triangles; one at a time
//! or all beside each other. Without a file it shows a simulated sensor in front of the visitors of an exhibit.
//!
//! ```text
//! cargo run --release --example point_cloud
//! cargo run --release --example point_cloud -- --look hologram
//! cargo run --release --example point_cloud -- FILE.mkv
//! cargo run --release --example point_cloud -- --screenshot picture.png --frame 60 --view 20,-8
//! ```
//!
//! The keys are on the screen and can be clicked; drag, right-drag and wheel move the cameras. With no display, or with `--screenshot`, it renders off-screen, writes the
//! picture and ends.

mod hologram;
mod interface;
mod looks;
mod swing;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::orbit::{OrbitPlugin, PlaceCameras};
use kinect_app_support::upright::stand_upright;
use kinect_app_support::{Canvas, FitPlugin, Show, parse_angles, style};
use looks::{Look, Shown};

/// Shows a simulated sensor, or an Azure Kinect or Femto recording, in 3D.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "point_cloud")]
struct Options {
    #[command(flatten)]
    show: Show,
    /// The look to show; without it, all beside each other.
    #[arg(long)]
    look: Option<Look>,
    /// Where to look from: yaw and pitch around the scene in degrees.
    #[arg(long, default_value = "0,-8", value_parser = parse_angles, value_name = "YAW,PITCH", allow_hyphen_values = true)]
    view: Vec2,
    /// Leave out points farther than this from the sensor, in metres: far walls return little light and become specks.
    #[arg(long, default_value_t = 3.6, value_name = "METRES")]
    far: f32,
    /// Show the surface as the sensor measured it, without smoothing.
    #[arg(long)]
    raw: bool,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    let Some(mut app) = options.show.app("point_cloud", "Point cloud") else {
        return AppExit::error();
    };
    app.add_plugins((
        KinectAzurePlugin,
        MaterialPlugin::<hologram::HologramMaterial>::default(),
        FitPlugin,
        LegendPlugin,
        OrbitPlugin,
    ))
    .insert_resource(ClearColor(style::BACKGROUND))
    .insert_resource(GlobalAmbientLight {
        brightness: 90.0,
        ..default()
    })
    .insert_resource(Shown(options.look))
    // For a screenshot the cameras stand still.
    .insert_resource(swing::Swing::new(options.show.screenshot.is_none()))
    .insert_resource(swing::start(options.view))
    .insert_resource(options)
    .add_systems(Startup, (spawn_sensor, interface::spawn))
    .add_systems(
        Update,
        (
            interface::press,
            (looks::put_up, interface::put_up_titles).run_if(resource_changed::<Shown>),
            hologram::bind,
            (stand_upright, swing::frame, swing::swing, swing::narrow).chain(),
            (looks::fit, interface::fit),
            interface::update,
        )
            .chain()
            .before(PlaceCameras),
    );
    app.run()
}

/// The sensor.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
}

fn spawn_sensor(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let sensor = match &options.show.file {
        Some(file) => KinectSensor::recording(file),
        None => KinectSensor::simulated(),
    };
    let playback = Playback {
        paused: options.show.screenshot.is_some(),
        ..default()
    };
    let sensor = commands.spawn((sensor, playback)).id();
    commands.insert_resource(Scene { sensor });
    commands.spawn((
        Camera2d,
        Camera {
            order: 100,
            clear_color: ClearColorConfig::None,
            ..default()
        },
        IsDefaultUiCamera,
        canvas.target(),
    ));
}
