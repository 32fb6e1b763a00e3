//! Moves the cameras on a slow arc in front of the scene of the first frame. Mouse and keys move them as well.

use core::f32::consts::TAU;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::orbit::Orbit;

use crate::looks::View;

/// Seconds from one end of the arc to the other and back.
const PERIOD: f32 = 24.0;
/// Half the angle of the arc in radians. It is small because there are no points behind people.
const SWING: f32 = 0.6;
/// Vertical field of view.
const FIELD: f32 = 0.7;

/// How far the cameras are on their arc.
#[derive(Resource, Clone, Debug)]
pub(crate) struct Swing {
    is_framed: bool,
    seconds: f32,
    pub(crate) is_running: bool,
}

impl Swing {
    pub(crate) fn new(is_running: bool) -> Self {
        Self {
            is_framed: false,
            seconds: 0.0,
            is_running,
        }
    }
}

/// The orbit before a scene is there; yaw and pitch in degrees.
pub(crate) fn start(view: Vec2) -> Orbit {
    Orbit::new(Vec3::NEG_Z * 2.0, distance(1.2), view)
}

/// The distance from which the view is as high as a sphere of that radius.
fn distance(radius: f32) -> f32 {
    radius / (0.5 * FIELD).tan()
}

/// Looks at the people, if the sensor has ground truth, or else at the middle of the first image.
pub(crate) fn frame(
    mut swing: ResMut<Swing>,
    mut orbit: ResMut<Orbit>,
    sensors: Query<(&SensorFrame, &BodyIndexMap, &Transform), Without<View>>,
) {
    if swing.is_framed {
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
        orbit.frame(
            transform.transform_point(Vec3::NEG_Z * near.midpoint(median)),
            distance(median * 0.56),
        );
        swing.is_framed = true;
    }
}

/// Moves the cameras along their arc.
pub(crate) fn swing(time: Res<Time>, mut swing: ResMut<Swing>, mut orbit: ResMut<Orbit>) {
    if swing.is_running {
        swing.seconds = (swing.seconds + time.delta_secs()) % PERIOD;
    }
    let sway = SWING * (swing.seconds / PERIOD * TAU).sin();
    if orbit.sway != sway {
        orbit.sway = sway;
    }
}

/// Gives new cameras their field of view.
pub(crate) fn narrow(mut cameras: Query<&mut Projection, Added<View>>) {
    for mut projection in &mut cameras {
        if let Projection::Perspective(perspective) = &mut *projection {
            perspective.fov = FIELD;
        }
    }
}
