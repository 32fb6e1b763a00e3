//! The sensor, its outputs, and the cameras that look at them.

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::sensor::SourceChanged;
use kinect_app_support::Canvas;
use kinect_app_support::orbit::{Orbit, OrbitCamera};

use super::Options;
use super::sources::Sources;

/// The sensor and its images.
#[derive(Resource)]
pub(crate) struct Scene {
    pub(crate) sensor: Entity,
    pub(super) images: [(&'static str, Entity); 3],
}

/// Marks the camera that looks at the cloud.
#[derive(Component)]
pub(super) struct SceneCamera;

/// Whether the cameras look at the scene of the present source.
#[derive(Component, Default)]
pub(super) struct Framed(bool);

pub(super) fn spawn_sensor(mut commands: Commands, options: Res<Options>, sources: Res<Sources>) {
    let sensor = commands
        .spawn((
            KinectSensor::new(sources.source()),
            PointCloud::default(),
            FloorDetection::default(),
            Playback {
                paused: options.show.screenshot.is_some(),
                ..default()
            },
            SensorColorControls(options.color.controls()),
            Recorder {
                path: options.out.clone(),
                ..default()
            },
            Framed(false),
        ))
        .observe(
            |changed: On<SourceChanged>, mut framed: Query<&mut Framed>| {
                if let Ok(mut framed) = framed.get_mut(changed.sensor) {
                    framed.0 = false;
                }
            },
        )
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

pub(super) fn spawn_cameras(mut commands: Commands, canvas: Res<Canvas>) {
    let target = canvas.target();
    commands.spawn((
        SceneCamera,
        OrbitCamera,
        Camera3d::default(),
        // The colours of the cloud are the camera's, so they are shown without tone mapping.
        Tonemapping::None,
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

/// The orbit before a scene is there.
pub(super) fn start_orbit(view: Vec2) -> Orbit {
    Orbit::new(Vec3::NEG_Z * 1.5, 2.5, view)
}

/// Half the height that the narrow field of view (65°) covers, per metre of distance.
const HALF_HEIGHT: f32 = 0.64;
/// The distance from which a view 45° high shows a whole sphere, in radii of the sphere.
const RADII: f32 = 2.9;

/// Centres the orbit on the scene of a source's first frame.
pub(super) fn frame(
    mut sensors: Query<(&SensorFrame, &Transform, &mut Framed)>,
    mut orbit: ResMut<Orbit>,
) {
    for (frame, transform, mut framed) in &mut sensors {
        let Some(depth) = frame.depth().filter(|_| !framed.0) else {
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
        framed.0 = true;
        let distance = f32::from(median) * 0.001;
        orbit.frame(
            transform.transform_point(Vec3::NEG_Z * distance),
            distance * HALF_HEIGHT * RADII,
        );
    }
}
