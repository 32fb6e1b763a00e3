//! Buttons that are pressed and things that are moved by hand. An open hand in front of the shoulder has a cursor; a fist presses what
//! is under it and holds on to it, and keeping still on a button presses it, too.
//!
//! Without a file it shows a simulated visitor who grips. A file is a recording (.mkv), whose people a body tracker finds, or a clip of
//! bodies (.json or .csv), which needs no sensor; in a clip hands press by dwelling and by pushing alone.
//!
//! ```text
//! cargo run --release --example hands
//! cargo run --release --example hands -- FILE.mkv --height 1.3 --tilt 10
//! cargo run --release --example hands -- --live
//! cargo run --release --example hands -- --screenshot picture.png --frame 150
//! ```

mod buttons;
mod cursors;
mod things;

use bevy::picking::mesh_picking::MeshPickingPlugin;
use bevy::picking::mesh_picking::MeshPickingSettings;
use bevy::picking::mesh_picking::ray_cast::RayCastVisibility;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_kinect_azure::hands::CursorSettings;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::{MotionKind, Scenario, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::{Canvas, FitPlugin, People, Show, style};

/// Buttons that are pressed and things that are moved by hand.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "hands")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
    /// Use the first sensor that is connected.
    #[arg(long, conflicts_with = "file")]
    live: bool,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    // Grips are recognised from the captures before the picture.
    options.show.plays = true;
    let Some(mut app) = options.show.app("hands", "Hands") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, FitPlugin, MeshPickingPlugin))
        // Pictures are drawn without a window, where no camera counts as seeing anything.
        .insert_resource(MeshPickingSettings {
            ray_cast_visibility: RayCastVisibility::Any,
            ..default()
        })
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .add_systems(Startup, (setup, buttons::spawn, things::spawn))
        .add_systems(
            Update,
            (
                (cursors::spawn, cursors::follow).chain(),
                buttons::fade,
                things::settle,
            ),
        );
    app.run()
}

fn setup(
    mut commands: Commands,
    options: Res<Options>,
    canvas: Res<Canvas>,
    windows: Query<(), With<PrimaryWindow>>,
) {
    // Bevy looks for meshes under pointers only in apps with a primary window. Off-screen there is none.
    if windows.is_empty() {
        commands.spawn(PrimaryWindow);
    }
    let source = if options.live {
        SensorSource::Device(default())
    } else {
        // The example shows no images, so the colour camera is off. Hands need the unbinned mode.
        SimulationSettings {
            scenario: Scenario::Single(MotionKind::Grip),
            people: 1,
            seed: 3,
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::Off,
            ..default()
        }
        .into()
    };
    let tracker = options
        .people
        .spawn(&mut commands, &options.show, KinectSensor::new(source));
    let hands = BodyHands(HandSettings {
        cursor: CursorSettings {
            press_by_dwell: true,
            ..default()
        },
        ..default()
    });
    let camera = commands
        .spawn((
            Camera3d::default(),
            bevy::core_pipeline::tonemapping::Tonemapping::None,
            IsDefaultUiCamera,
            canvas.target(),
            Transform::from_xyz(0.0, 0.6, 5.0).looking_at(Vec3::ZERO, Vec3::Y),
        ))
        .id();
    commands.entity(tracker).insert((
        hands,
        HandPointers {
            camera: Some(camera),
        },
    ));
    commands.spawn((
        DirectionalLight {
            illuminance: 7_000.0,
            ..default()
        },
        Transform::from_xyz(2.0, 4.0, 3.0).looking_at(Vec3::ZERO, Vec3::Y),
    ));
    commands.spawn(AmbientLight {
        brightness: 250.0,
        ..default()
    });
}
