//! Moves the cameras on a slow arc in front of the scene.

use core::f32::consts::TAU;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::Options;
use crate::looks::View;

/// Seconds from one end of the arc to the other and back.
const PERIOD: f32 = 24.0;
/// Half the angle of the arc in radians. It is small because there are no points behind people.
const SWING: f32 = 0.6;
/// Vertical field of view.
const FIELD: f32 = 0.7;

/// A sphere around the scene, and the angle of the cameras around it.
#[derive(Resource, Clone, Debug)]
pub(crate) struct Orbit {
    focus: Vec3,
    radius: f32,
    is_framed: bool,
    seconds: f32,
    pub(crate) is_running: bool,
}

impl Orbit {
    pub(crate) fn new(is_running: bool) -> Self {
        Self {
            focus: Vec3::NEG_Z * 2.0,
            radius: 1.2,
            is_framed: false,
            seconds: 0.0,
            is_running,
        }
    }
}

/// Stands the sensor upright once it knows which way is up.
pub(crate) fn level(mut sensors: Query<(&Imu, &mut Transform), Changed<Imu>>) {
    for (imu, mut transform) in &mut sensors {
        if let Some(levelling) = imu.levelling()
            && transform.rotation.angle_between(levelling) > 0.02
        {
            transform.rotation = levelling;
        }
    }
}

/// Looks at the people, if the sensor has ground truth, or else at the middle of the first image.
pub(crate) fn frame(
    mut orbit: ResMut<Orbit>,
    sensors: Query<(&SensorFrame, &BodyIndexMap, &Transform), Without<View>>,
) {
    if orbit.is_framed {
        return;
    }
    for (frame, players, transform) in &sensors {
        let depth = frame
            .0
            .as_ref()
            .and_then(|frame| frame.capture.depth.as_ref());
        let Some(depth) = depth else {
            continue;
        };
        let is_player = |index: usize| {
            players.0.as_ref().is_some_and(|map| {
                map.pixels()
                    .get(index)
                    .is_some_and(|&player| player != BodyIndexImage::BACKGROUND)
            })
        };
        let mut people = Vec::new();
        let mut all = Vec::new();
        for (index, &mm) in depth.u16_pixels().iter().enumerate().step_by(97) {
            if mm > 0 {
                all.push(mm);
                if is_player(index) {
                    people.push(mm);
                }
            }
        }
        let seen = if people.len() > 20 {
            &mut people
        } else {
            &mut all
        };
        seen.sort_unstable();
        let at = |part: f32| {
            let mm = seen.get((seen.len() as f32 * part) as usize);
            mm.map(|&mm| f32::from(mm) * 0.001)
        };
        let (Some(near), Some(median)) = (at(0.2), at(0.5)) else {
            continue;
        };
        // The foreground is the subject; the sphere fills most of a narrow field of view (65° high).
        orbit.focus = transform.transform_point(Vec3::NEG_Z * near.midpoint(median));
        orbit.radius = median * 0.56;
        orbit.is_framed = true;
    }
}

pub(crate) fn move_cameras(
    time: Res<Time>,
    options: Res<Options>,
    mut orbit: ResMut<Orbit>,
    mut cameras: Query<(&mut Transform, &mut Projection), With<View>>,
) {
    if orbit.is_running {
        orbit.seconds = (orbit.seconds + time.delta_secs()) % PERIOD;
    }
    let swing = SWING * (orbit.seconds / PERIOD * TAU).sin();
    let angles = options.view * core::f32::consts::PI / 180.0;
    let rotation = Quat::from_euler(EulerRot::YXZ, angles.x + swing, angles.y, 0.0);
    let distance = orbit.radius / (0.5 * FIELD).tan();
    for (mut transform, mut projection) in &mut cameras {
        *transform = Transform::from_translation(orbit.focus + rotation * Vec3::Z * distance)
            .with_rotation(rotation);
        if let Projection::Perspective(perspective) = &mut *projection
            && perspective.fov != FIELD
        {
            perspective.fov = FIELD;
        }
    }
}
