//! The silhouettes of the people in front of a sensor as a picture on the wall: outlines of light, a colour for each player, and
//! echoes of their movements that sink into the dark.
//!
//! Each layer is an image output of the player index with passes of its own shader (`assets/shaders/silhouettes.wgsl`). An echo is an
//! output that is active for one image and then keeps it.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit. A file is a recording (.mkv), whose people a body
//! tracker finds.
//!
//! ```text
//! cargo run --release --example silhouettes
//! cargo run --release --example silhouettes -- FILE.mkv --tracker onnx
//! cargo run --release --example silhouettes -- --screenshot picture.png --frame 300
//! ```

mod layers;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::{Canvas, People, Show, style};

/// Shows the silhouettes of the people in front of a sensor.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "silhouettes")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    if options.show.clip().is_some() {
        eprintln!("A clip of bodies has no silhouettes: give a recording (.mkv), or no file.");
        return AppExit::error();
    }
    // Echoes show captures before the picture.
    options.show.plays = true;
    let Some(mut app) = options.show.app("silhouettes", "Silhouettes") else {
        return AppExit::error();
    };
    app.add_plugins(KinectAzurePlugin)
        .insert_resource(ClearColor(Color::srgb(0.012, 0.012, 0.02)))
        .insert_resource(options)
        .add_systems(Startup, (setup, layers::spawn).chain())
        .add_systems(Update, (layers::record, layers::sink, sway, tell));
    app.run()
}

/// The entity with the sensor.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
}

/// The camera.
#[derive(Component)]
struct View;

/// A problem of the sensor or the tracker, in words.
#[derive(Component)]
struct Problem;

fn setup(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let sensor = options
        .people
        .spawn(&mut commands, &options.show, KinectSensor::simulated());
    commands.insert_resource(Scene { sensor });
    commands.spawn((
        View,
        Camera3d::default(),
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::default(),
    ));
    commands.spawn((
        Problem,
        Text::default(),
        style::text_font(14.0),
        TextColor(style::PROBLEM),
        Node {
            position_type: PositionType::Absolute,
            left: px(20),
            bottom: px(16),
            ..default()
        },
    ));
}

/// Sways the camera slowly, so that the depth of the echoes is seen.
fn sway(time: Res<Time>, mut view: Single<&mut Transform, With<View>>) {
    let angle = 0.12 + 0.1 * (time.elapsed_secs() * 0.21).sin();
    let away = Vec3::new(angle.sin(), 0.06, angle.cos()) * 1.12;
    **view = Transform::from_translation(away).looking_at(Vec3::new(0.0, 0.0, -0.25), Vec3::Y);
}

fn tell(
    scene: Res<Scene>,
    sensors: Query<(&SensorState, &BodyTrackingState)>,
    mut text: Single<&mut Text, With<Problem>>,
) {
    if let Ok((sensor, tracking)) = sensors.get(scene.sensor) {
        let problem = sensor.problem().or(tracking.problem());
        let words = problem.unwrap_or_default();
        if text.0 != words {
            text.0 = words.to_owned();
        }
    }
}
