//! The gestures of the people in front of a sensor: a list that lights up, words that rise from the hand, and sparks.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit, who try out movements. A file is a recording
//! (.mkv), whose people a body tracker finds, or a clip of bodies (.json or .csv, as `kinect export --only bodies` writes them), which
//! needs no sensor.
//!
//! ```text
//! cargo run --release --example gestures
//! cargo run --release --example gestures -- FILE.mkv --tracker onnx --height 1.3 --tilt 10
//! cargo run --release --example gestures -- clip.json
//! cargo run --release --example gestures -- --screenshot picture.png --frame 300
//! ```

mod list;
mod sparks;
mod words;

use bevy::prelude::*;
use bevy_kinect_azure::gestures::Side;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::skeletons::SkeletonsPlugin;
use kinect_app_support::{Canvas, FitPlugin, People, Show, style};

/// Shows the gestures of the people in front of a sensor.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "gestures")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    // Gestures are recognised from the captures before the picture.
    options.show.plays = true;
    let Some(mut app) = options.show.app("gestures", "Gestures") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, FitPlugin, SkeletonsPlugin))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .add_systems(Startup, (setup, list::spawn, sparks::make_looks))
        .add_systems(
            Update,
            (
                list::update,
                (sparks::burst, sparks::glitter, sparks::fly).chain(),
                (words::spawn, words::rise).chain(),
            ),
        );
    app.run()
}

/// The camera.
#[derive(Component)]
struct View;

fn setup(
    mut commands: Commands,
    options: Res<Options>,
    canvas: Res<Canvas>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    // The example shows no images, so the colour camera is off.
    let simulated = KinectSensor::new(SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..default()
    });
    let tracker = options
        .people
        .spawn(&mut commands, &options.show, simulated);
    commands.entity(tracker).insert(BodyGestures::default());
    // Beside the sensor, a little higher. People stand right of the list.
    commands.spawn((
        View,
        Camera3d::default(),
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::from_xyz(-0.45, 1.75, 1.1).looking_at(Vec3::new(-0.45, 0.95, -2.5), Vec3::Y),
    ));
    // Rings on the floor, a metre apart, around the sensor.
    let line = materials.add(StandardMaterial {
        base_color: Color::srgb(0.12, 0.14, 0.17),
        unlit: true,
        cull_mode: None,
        ..default()
    });
    for metres in 1..=6 {
        let metres = metres as f32;
        let ring = Annulus::new(metres - 0.008, metres + 0.008);
        commands.spawn((
            Mesh3d(meshes.add(ring.mesh().resolution(128))),
            MeshMaterial3d(line.clone()),
            Transform::from_rotation(Quat::from_rotation_x(-core::f32::consts::FRAC_PI_2)),
        ));
    }
}

/// The place of a gesture in the world: at the hand, or above the head for gestures of the whole body.
fn place_of(made: &GestureMade, skeleton: &Skeleton, sensor: &GlobalTransform) -> Vec3 {
    let at = |joint| sensor.transform_point(skeleton.joint(joint).position);
    match (made.side, made.gesture) {
        (Some(Side::Left), _) => at(Joint::HandLeft),
        (Some(Side::Right), _) => at(Joint::HandRight),
        (None, Gesture::Clap | Gesture::ArmsCrossed) => {
            at(Joint::HandLeft).midpoint(at(Joint::HandRight))
        }
        (None, _) => at(Joint::Head) + Vec3::Y * 0.25,
    }
}
