//! A floor plan with the people who stand on it: zones light up when somebody is in them, a ring fills while somebody
//! stays, and a log lists players who enter, stay and leave.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit. A file is a recording (.mkv), whose people a body
//! tracker finds, or a clip of bodies (.json or .csv, as `kinect export --only bodies` writes them), which needs no sensor.
//!
//! ```text
//! cargo run --release --example zones
//! cargo run --release --example zones -- FILE.mkv --tracker onnx --height 1.3 --tilt 10
//! cargo run --release --example zones -- clip.json
//! cargo run --release --example zones -- --screenshot picture.png --frame 300
//! ```

mod floor;
mod people;
mod plan;
mod report;

use std::time::Duration;

use bevy::camera::ScalingMode;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::{Canvas, People, Show, style};

/// Shows the places of people on a floor plan.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "zones")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    // Stays and trails depend on the captures before the picture.
    options.show.plays = true;
    let Some(mut app) = options.show.app("zones", "Zones") else {
        return AppExit::error();
    };
    app.add_plugins(KinectAzurePlugin)
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .init_resource::<report::Log>()
        .add_systems(
            Startup,
            (setup, floor::spawn, people::make_looks, report::spawn).chain(),
        )
        .add_systems(
            Update,
            (
                (people::add, people::place, people::trail).chain(),
                (floor::draw_seen, floor::light),
                (report::listen, report::label, report::update).chain(),
            ),
        );
    app.run()
}

/// The height of the plan's window on the floor, in metres, and its middle. The panel covers its left side.
const WINDOW: f32 = 5.6;
const MIDDLE: Vec3 = Vec3::new(-1.35, 0.0, -2.35);

/// The camera above the floor.
#[derive(Component)]
struct View;

fn setup(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    // The example shows no images, so the colour camera is off.
    let simulated = KinectSensor::new(SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..default()
    });
    options
        .people
        .spawn(&mut commands, &options.show, simulated);
    // Looks straight down; away from the sensor is up.
    commands.spawn((
        View,
        Camera3d::default(),
        Projection::from(OrthographicProjection {
            scaling_mode: ScalingMode::FixedVertical {
                viewport_height: WINDOW,
            },
            ..OrthographicProjection::default_3d()
        }),
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::from_translation(MIDDLE + Vec3::Y * 10.0).looking_at(MIDDLE, Vec3::NEG_Z),
    ));
    // Corners are (x, z) in metres; the sensor is at (0, 0) and looks along −z.
    let zones: [(&str, &[(f32, f32)], u64); 3] = [
        (
            "stage",
            &[
                (-0.75, -1.3),
                (0.75, -1.3),
                (0.95, -1.9),
                (0.6, -2.45),
                (-0.6, -2.45),
                (-0.95, -1.9),
            ],
            4,
        ),
        (
            "left wing",
            &[(-2.1, -2.6), (-0.15, -2.6), (-0.15, -3.8), (-2.1, -3.8)],
            3,
        ),
        (
            "right wing",
            &[(0.15, -2.6), (2.1, -2.6), (2.1, -3.8), (0.15, -3.8)],
            3,
        ),
    ];
    for (name, corners, dwell) in zones {
        let corners: Vec<_> = corners.iter().map(|&(x, z)| Vec2::new(x, z)).collect();
        commands.spawn((
            Name::new(name),
            BodyZone {
                dwell: Duration::from_secs(dwell),
                ..BodyZone::floor(corners)
            },
        ));
    }
}
