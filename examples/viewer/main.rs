//! Shows a sensor: its point cloud in 3D, its three images beside it, and a line of figures. With a file it shows the recording,
//! without one a simulated sensor in front of the visitors of an exhibit, with their skeletons.
//!
//! ```text
//! cargo run --release --example viewer
//! cargo run --release --example viewer -- --scenario dance --people 2
//! cargo run --release --example viewer -- FILE.mkv
//! cargo run --release --example viewer -- FILE.mkv --screenshot picture.png --frame 12
//! ```
//!
//! With no display, or with `--screenshot`, it renders off-screen, writes the picture and ends.

mod controls;
mod interface;
mod skeletons;

use bevy::camera::Viewport;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy::window::WindowResized;
use bevy_kinect_azure::kinect_simulation::{Noise, Scenario, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use clap::Parser;

use kinect_app_support::{Canvas, Show, parse_angles, style};

/// Shows a simulated sensor, or an Azure Kinect or Femto recording, in a window or in one picture.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "viewer", after_help = controls::HELP)]
struct Options {
    #[command(flatten)]
    show: Show,
    /// What the simulated people do: exhibit, or a single motion.
    #[arg(long, default_value = "exhibit", conflicts_with = "file")]
    scenario: Scenario,
    /// Number of simulated people, 0 to 6.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=6), conflicts_with = "file")]
    people: u32,
    /// Seed of the simulation: another seed gives other people in another room.
    #[arg(long, default_value_t = 1, conflicts_with = "file")]
    seed: u64,
    /// A perfect sensor, without noise.
    #[arg(long, conflicts_with = "file")]
    no_noise: bool,
    /// Where to look from: yaw and pitch around the scene in degrees.
    #[arg(long, default_value = "14,-8", value_parser = parse_angles, value_name = "YAW,PITCH", allow_hyphen_values = true)]
    view: Vec2,
}

fn main() -> AppExit {
    let mut options = Options::parse();
    let Some(mut app) = options.show.app("viewer", "Kinect viewer") else {
        return AppExit::error();
    };
    if options.show.screenshot.is_none() {
        app.add_systems(Update, (controls::keys, controls::mouse));
    }
    app.add_plugins(KinectAzurePlugin)
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(skeletons::ShowSkeletons(true))
        .insert_resource(options)
        .add_systems(
            Startup,
            (
                spawn_sensor,
                spawn_cameras,
                interface::spawn,
                skeletons::spawn,
            )
                .chain(),
        )
        .add_systems(
            Update,
            (
                level_sensor,
                frame_scene,
                skeletons::place,
                controls::place_camera,
                fit_viewport,
                interface::fit_previews,
                interface::update_status,
            )
                .chain(),
        );
    app.run()
}

/// The sensor and its images.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
    images: [(&'static str, Entity); 3],
}

fn spawn_sensor(mut commands: Commands, options: Res<Options>) {
    let source = match &options.show.file {
        Some(file) => SensorSource::recording(file),
        None => SensorSource::Simulation(SimulationSettings {
            scenario: options.scenario.clone(),
            people: options.people,
            seed: options.seed,
            noise: if options.no_noise {
                Noise::none()
            } else {
                Noise::default()
            },
            ..default()
        }),
    };
    let sensor = commands
        .spawn((
            KinectSensor::new(source),
            PointCloud::default(),
            Playback {
                paused: options.show.screenshot.is_some(),
                ..default()
            },
        ))
        .id();
    let mut output = |output| commands.spawn((output, ImageOutputOf(sensor))).id();
    let images = [
        ("Colour", output(ImageOutput::new(ImageKind::Color))),
        (
            "Depth",
            output(ImageOutput::new(ImageKind::Depth).false_color()),
        ),
        (
            "Infrared",
            output(ImageOutput::new(ImageKind::Infrared).false_color()),
        ),
    ];
    commands.insert_resource(Scene { sensor, images });
}

/// Marks the camera that looks at the cloud.
#[derive(Component)]
struct SceneCamera;

fn spawn_cameras(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let target = canvas.target();
    commands.spawn((
        SceneCamera,
        Camera3d::default(),
        // The colours of the cloud are the camera's: shown as they are.
        Tonemapping::None,
        controls::Orbit::new(options.view),
        target.clone(),
    ));
    commands.spawn((
        Camera2d,
        Camera {
            order: 1,
            clear_color: ClearColorConfig::None,
            ..default()
        },
        IsDefaultUiCamera,
        target,
    ));
}

/// Stands the cloud upright once the sensor knows which way is up.
fn level_sensor(mut sensors: Query<(&Imu, &mut Transform), Changed<Imu>>) {
    for (imu, mut transform) in &mut sensors {
        if let Some(levelling) = imu.levelling()
            && transform.rotation.angle_between(levelling) > 0.02
        {
            transform.rotation = levelling;
        }
    }
}

/// Half the height that the narrow field of view (65°) covers, per metre of distance.
const HALF_HEIGHT: f32 = 0.64;

/// Centres the orbit on the scene of the first frame.
fn frame_scene(
    mut framed: Local<bool>,
    sensors: Query<(&SensorFrame, &Transform), Without<SceneCamera>>,
    mut orbit: Single<&mut controls::Orbit>,
) {
    for (frame, transform) in &sensors {
        let Some(depth) = frame
            .0
            .as_ref()
            .and_then(|frame| frame.capture.depth.as_ref())
            .filter(|_| !*framed)
        else {
            continue;
        };
        let mut seen: Vec<u16> = depth
            .u16_pixels()
            .iter()
            .step_by(97)
            .copied()
            .filter(|&mm| mm > 0)
            .collect();
        seen.sort_unstable();
        let Some(&median) = seen.get(seen.len() / 2) else {
            continue;
        };
        *framed = true;
        let distance = f32::from(median) * 0.001;
        orbit.frame(
            transform.transform_point(Vec3::NEG_Z * distance),
            distance * HALF_HEIGHT,
        );
    }
}

/// Leaves room for the images.
fn fit_viewport(
    mut camera: Single<&mut Camera, With<SceneCamera>>,
    mut resized: MessageReader<WindowResized>,
    windows: Query<&Window>,
    options: Res<Options>,
    mut done: Local<bool>,
) {
    if *done && resized.read().next().is_none() {
        return;
    }
    *done = true;
    let size = windows
        .iter()
        .next()
        .map_or(options.show.size, |window| window.physical_size());
    let scale = windows.iter().next().map_or(1.0, Window::scale_factor);
    let column = (interface::COLUMN_WIDTH * scale) as u32;
    camera.viewport = (size.x > column + 1 && size.y > 0).then(|| Viewport {
        physical_position: UVec2::ZERO,
        physical_size: UVec2::new(size.x - column, size.y),
        ..default()
    });
}
