//! Sets the `Transform`s of sensors.

use bevy::prelude::*;

use super::run::FloorRun;
use super::settings::{FloorDetection, FloorPlacement};
use super::state::{FloorState, SensorFloor};

/// The time in which a kept `Transform` goes two thirds of the way, in seconds.
const GLIDE: f32 = 0.3;
/// Differences that are not worth a change: in metres and radians.
const SAME_HEIGHT: f32 = 0.000_3;
const SAME_TURN: f32 = 0.000_3;
/// If the line of sight is nearer to the vertical than this (its sine), it has no heading.
const STEEP: f32 = 0.97;

/// Sets the `Transform`s that are asked for.
pub(super) fn place(
    time: Res<Time<Real>>,
    mut sensors: Query<(&FloorDetection, &FloorState, &mut FloorRun, &mut Transform)>,
) {
    for (detection, state, mut run, mut transform) in &mut sensors {
        let is_kept = match detection.placement {
            FloorPlacement::Never => continue,
            FloorPlacement::Once if run.is_placed => continue,
            FloorPlacement::Once => false,
            FloorPlacement::Kept => true,
        };
        let Some(floor) = &state.floor else {
            continue;
        };
        let height = floor.height * transform.scale.y;
        let rotation = levelled(transform.rotation, floor);
        let is_there = (transform.translation.y - height).abs() < SAME_HEIGHT
            && transform.rotation.angle_between(rotation) < SAME_TURN;
        if is_there {
            run.is_placed = true;
            continue;
        }
        let share = if is_kept && run.is_placed {
            1.0 - (-time.delta_secs() / GLIDE).exp()
        } else {
            run.is_placed = true;
            1.0
        };
        let y = transform.translation.y;
        // An app may have set numbers that are not finite.
        let y = if y.is_finite() { y } else { height };
        transform.translation.y = y + (height - y) * share;
        let before = transform.rotation;
        transform.rotation = if before.is_finite() {
            before.slerp(rotation, share).normalize()
        } else {
            rotation
        };
    }
}

/// The rotation that makes the floor level and keeps the heading of another rotation.
fn levelled(current: Quat, floor: &SensorFloor) -> Quat {
    let up = floor.up;
    let is_steep = up.z.abs() > STEEP;
    // A sensor that looks down or up keeps its heading by the shortest turn, once it is nearly level.
    if is_steep && (current * up).dot(Vec3::Y) > 0.9 {
        return (Quat::from_rotation_arc(current * up, Vec3::Y) * current).normalize();
    }
    // Which direction of the sensor's space is ahead: where it looks or, if that is down, the top of its image.
    let sight = if is_steep { Vec3::Y } else { Vec3::NEG_Z };
    let ahead = (sight - up * up.dot(sight)).normalize_or(Vec3::NEG_Z);
    let right = ahead.cross(up);
    let level = Quat::from_mat3(&Mat3::from_cols(right, up, -ahead)).inverse();
    // The present heading.
    let heading = [current * Vec3::NEG_Z, current * Vec3::Y]
        .into_iter()
        .find(|sight| sight.y.abs() < STEEP)
        .filter(|sight| sight.is_finite())
        .map_or(0.0, |sight| (-sight.x).atan2(-sight.z));
    (Quat::from_rotation_y(heading) * level).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A floor under a sensor that is tilted down and rolled clockwise, in degrees.
    fn floor(tilt: f32, roll: f32) -> SensorFloor {
        let rotation =
            Quat::from_rotation_x(-tilt.to_radians()) * Quat::from_rotation_z(-roll.to_radians());
        SensorFloor {
            height: 1.0,
            tilt_degrees: tilt,
            roll_degrees: roll,
            up: rotation.inverse() * Vec3::Y,
            height_error: 0.0,
            tilt_error_degrees: 0.0,
            confidence: 1.0,
            area: 1.0,
        }
    }

    #[test]
    fn the_floor_becomes_level_and_the_heading_stays() {
        for heading in [0.0, 1.2, -2.5] {
            for tilt in [-30.0, 0.0, 25.0, 70.0] {
                for roll in [0.0, 90.0, 180.0, -90.0, 7.0] {
                    let floor = floor(tilt, roll);
                    let turned = levelled(Quat::from_rotation_y(heading), &floor);
                    let up = turned * floor.up;
                    assert!(up.distance(Vec3::Y) < 1e-5, "{tilt} {roll}: {up}");
                    let sight = turned * Vec3::NEG_Z;
                    let now = (-sight.x).atan2(-sight.z);
                    assert!((now - heading).abs() < 1e-4, "{tilt} {roll}: {now}");
                    // A second time changes nothing.
                    assert!(levelled(turned, &floor).angle_between(turned) < 1e-3);
                }
            }
        }
    }

    #[test]
    fn a_sensor_under_the_ceiling_has_the_top_of_its_image_ahead() {
        let floor = floor(90.0, 0.0);
        for heading in [0.0, 1.0] {
            let turned = levelled(Quat::from_rotation_y(heading), &floor);
            assert!((turned * floor.up).distance(Vec3::Y) < 1e-4);
            let top = turned * Vec3::Y;
            assert!(((-top.x).atan2(-top.z) - heading).abs() < 1e-3, "{top}");
            assert!(levelled(turned, &floor).angle_between(turned) < 1e-3);
        }
    }

    #[test]
    fn a_broken_rotation_gives_a_whole_one() {
        let turned = levelled(Quat::from_xyzw(f32::NAN, 0.0, 0.0, 1.0), &floor(20.0, 0.0));
        assert!(turned.is_finite(), "{turned}");
    }
}
