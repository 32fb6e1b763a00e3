//! The two sensors, their points, and the pyramids that they see.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::WiredSyncMode;
use bevy_kinect_azure::kinect_azure::device::{DeviceSelector, DeviceSettings};
use bevy_kinect_azure::point_cloud::DISCONTINUITY;
use bevy_kinect_azure::prelude::*;

use crate::Options;

/// The first or the second sensor.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) usize);

/// The names and colours of the sensors.
pub(crate) const NAMES: [&str; 2] = ["first", "second"];
pub(crate) const TINTS: [Color; 2] = [Color::srgb(0.35, 0.75, 1.0), Color::srgb(1.0, 0.62, 0.25)];

/// How the points are drawn.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// A colour for each sensor, or the colours of the cameras.
    pub(crate) is_tinted: bool,
    /// Which sensors' points are drawn.
    pub(crate) shown: [bool; 2],
    pub(crate) has_skeletons: bool,
}

pub(crate) fn spawn(mut commands: Commands, options: Res<Options>) {
    let places = [options.first, options.second];
    let files = [&options.show.file, &options.second_file];
    for (number, place) in places.into_iter().enumerate() {
        let source = match (files[number], options.devices.get(number)) {
            (Some(file), _) => KinectSensor::recording(file),
            (None, Some(serial)) => KinectSensor::new(DeviceSettings {
                device: DeviceSelector::Serial(serial.clone()),
                wired_sync_mode: [WiredSyncMode::Master, WiredSyncMode::Subordinate][number],
                // A subordinate takes its images when the master does.
                synchronized_images_only: true,
                ..default()
            }),
            (None, None) => KinectSensor::new(SimulationSettings {
                people: 3,
                seed: options.seed,
                sensor: number as u32,
                mount: place.mount(),
                shared_time: true,
                ..default()
            }),
        };
        commands.spawn((
            Number(number),
            Name::new(NAMES[number]),
            source,
            place.transform(),
            BodyTracking::new(Tracker::from(options.tracker)),
            Playback {
                paused: options.show.screenshot.is_some(),
                ..default()
            },
            PointCloud {
                size: PointSize::Footprint(1.7),
                filter: PointFilter {
                    flying_pixels: Some(DISCONTINUITY),
                    clip_box: Some(below_the_ceiling()),
                    ..default()
                },
                ..default()
            },
        ));
    }
}

/// What is seen from above: the room without its ceiling.
fn below_the_ceiling() -> ClipBox {
    ClipBox {
        center: Vec3::new(0.0, 1.0, -2.0),
        half_size: Vec3::new(10.0, 1.15, 10.0),
        space: ClipSpace::World,
        ..default()
    }
}

/// Draws the points as the look says.
pub(crate) fn paint(look: Res<Look>, mut clouds: Query<(&Number, &mut PointCloud)>) {
    if !look.is_changed() {
        return;
    }
    for (&Number(number), mut cloud) in &mut clouds {
        cloud.color = match (look.shown[number], look.is_tinted) {
            // Points without opacity are left out.
            (false, _) => PointColor::Flat(Color::NONE),
            (true, true) => PointColor::Flat(TINTS[number]),
            (true, false) => PointColor::Camera {
                unseen: Color::srgb(0.2, 0.21, 0.24),
                hidden: HiddenColor::Hide,
            },
        };
    }
}

/// Draws where the sensors are and what they see: the edges of the field of view, up to half a metre.
pub(crate) fn frustums(
    mut gizmos: Gizmos,
    sensors: Query<(&Number, &GlobalTransform, Option<&SensorStream>)>,
) {
    const FAR: f32 = 0.5;
    for (&Number(number), place, stream) in &sensors {
        // Tangents of half the angles of view, across and down.
        let half = stream
            .and_then(|stream| stream.calibration.as_ref()?.depth_camera)
            .map_or(Vec2::new(0.767, 0.637), |camera| {
                let size = Vec2::new(camera.width as f32, camera.height as f32);
                let focal = Vec2::new(camera.intrinsics.fx, camera.intrinsics.fy);
                size / (2.0 * focal)
            });
        let corners = [
            Vec2::new(-1.0, -1.0),
            Vec2::new(1.0, -1.0),
            Vec2::new(1.0, 1.0),
            Vec2::new(-1.0, 1.0),
        ]
        .map(|corner| place.transform_point((corner * half).extend(-1.0) * FAR));
        let lens = place.translation();
        for (n, &corner) in corners.iter().enumerate() {
            gizmos.line(lens, corner, TINTS[number]);
            gizmos.line(corner, corners[(n + 1) % 4], TINTS[number]);
        }
    }
}

/// Hides or shows skeletons: those of players are children of their sensors.
pub(crate) fn show_skeletons(look: &Look, players: &mut Query<&mut Visibility, With<Player>>) {
    for mut visibility in players {
        visibility.set_if_neq(if look.has_skeletons {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        });
    }
}
