//! The people in front of a sensor as skeletons: on its point cloud in 3D, and on its colour image, or on its infrared image if there is
//! no colour. Joints that the sensor does not see are drawn thin and dark.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit, and the exact bodies of the simulation in white,
//! which T hides. A file is a recording (.mkv), whose people a body
//! tracker finds, or a clip of bodies (.json or .csv, as `kinect export --only bodies` writes them), which needs no sensor.
//!
//! ```text
//! cargo run --release --example skeleton
//! cargo run --release --example skeleton -- FILE.mkv --tracker onnx
//! cargo run --release --example skeleton -- clip.json
//! cargo run --release --example skeleton -- --screenshot picture.png --frame 60
//! ```

mod overlay;
mod picture;
mod status;
mod truth;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::{Parser, ValueEnum};
use kinect_azure::calibration::CameraKind;

use kinect_app_support::people::TrackerChoice;
use kinect_app_support::skeletons::SkeletonsPlugin;
use kinect_app_support::{Canvas, Show, style};

/// Shows the people in front of a sensor as skeletons.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "skeleton")]
struct Options {
    #[command(flatten)]
    show: Show,
    /// The body tracker.
    #[arg(long, value_enum, default_value_t)]
    tracker: TrackerChoice,
    /// How joints are smoothed.
    #[arg(long, value_enum, default_value_t)]
    filter: Filter,
}

#[derive(ValueEnum, Clone, Copy, Debug, Default)]
enum Filter {
    Raw,
    #[default]
    Light,
    Calm,
    Sculpture,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    // A clip without a sensor has no captures to step to.
    options.show.plays = options.show.clip().is_some();
    let Some(mut app) = options.show.app("skeleton", "Skeletons") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, SkeletonsPlugin))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .add_systems(Startup, (setup, truth::setup))
        .add_systems(
            Update,
            (
                swing,
                picture::choose,
                overlay::add,
                overlay::update,
                truth::remember,
                truth::toggle,
                truth::update,
                status::update,
            )
                .chain(),
        );
    app.run()
}

/// The entity with the `BodyTracking`.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
}

/// The 3D camera.
#[derive(Component)]
struct View;

/// The point around which the camera swings, in metres.
const MIDDLE: Vec3 = Vec3::new(0.0, -0.1, -2.6);

fn setup(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let is_picture = options.show.screenshot.is_some();
    let clip = options.show.clip();
    let mut tracking = match clip {
        Some(clip) => BodyTracking::clip(clip),
        None => BodyTracking::new(Tracker::from(options.tracker)),
    }
    .with_filter(match options.filter {
        Filter::Raw => FilterPreset::Raw,
        Filter::Light => FilterPreset::Light,
        Filter::Calm => FilterPreset::Calm,
        Filter::Sculpture => FilterPreset::Sculpture,
    });
    tracking.joints.in_images = Some(UvSettings::default());
    if is_picture {
        // A picture shows one capture only, so people must count as players at once.
        tracking.players.probation_seconds = 0.0;
    }
    let mut sensor = commands.spawn((tracking, Transform::default()));
    if clip.is_none() {
        let source = match &options.show.file {
            Some(file) => KinectSensor::recording(file),
            None => KinectSensor::simulated(),
        };
        let playback = Playback {
            paused: is_picture,
            ..default()
        };
        let cloud = PointCloud {
            timing: ImageTiming::Bodies,
            ..default()
        };
        sensor.insert((source, playback, cloud));
    }
    let sensor = sensor.id();
    commands.insert_resource(Scene { sensor });
    commands.spawn((
        View,
        Camera3d::default(),
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::default(),
    ));
    let output = commands
        .spawn((
            ImageOutput {
                timing: ImageTiming::Bodies,
                ..ImageOutput::new(ImageKind::Color)
            },
            ImageOutputOf(sensor),
        ))
        .id();
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            right: px(14),
            top: px(14),
            width: percent(36),
            flex_direction: FlexDirection::Column,
            row_gap: px(10),
            ..default()
        })
        .with_children(|column| {
            if clip.is_none() {
                column.spawn((
                    picture::Picture {
                        camera: CameraKind::Color,
                    },
                    KinectImageNode {
                        output,
                        ..default()
                    },
                    Node {
                        width: percent(100),
                        aspect_ratio: Some(16.0 / 9.0),
                        border_radius: BorderRadius::all(px(6)),
                        ..default()
                    },
                    BackgroundColor(style::PANEL),
                ));
            }
            column.spawn((
                status::Status,
                Text::default(),
                style::text_font(14.0),
                TextColor(style::TEXT),
                BackgroundColor(style::PANEL),
                Node {
                    padding: UiRect::axes(px(12), px(9)),
                    border_radius: BorderRadius::all(px(6)),
                    ..default()
                },
            ));
        });
}

/// Swings the camera, so that depth is seen; for a picture it stands still.
fn swing(options: Res<Options>, time: Res<Time>, mut view: Single<&mut Transform, With<View>>) {
    let seconds = match options.show.screenshot {
        Some(_) => 0.0,
        None => time.elapsed_secs(),
    };
    let yaw = 0.5 + 0.35 * (seconds * 0.35).sin();
    let away = Vec3::new(yaw.sin(), 0.18, yaw.cos()) * 3.4;
    // People stand left of the panel.
    **view = Transform::from_translation(MIDDLE + away).looking_at(MIDDLE, Vec3::Y);
    let right = view.right() * 0.95;
    view.translation += right;
}
