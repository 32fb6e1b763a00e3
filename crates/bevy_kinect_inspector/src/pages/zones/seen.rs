//! The part of the room that a sensor sees, from above.

use bevy::prelude::*;
use bevy_kinect_azure::coloring::operating_range;
use bevy_kinect_azure::kinect_azure::units;
use bevy_kinect_azure::prelude::*;

use super::view::hull;

/// The number of rays in each direction.
const RAYS: usize = 12;

/// The outline, on the floor, of everything that the depth camera sees within its operating range. Without an open sensor: in its
/// default mode.
pub(crate) fn seen(stream: Option<&SensorStream>, place: &GlobalTransform) -> Vec<Vec2> {
    let mode = stream.map_or(DepthMode::default(), |stream| stream.info.depth_mode);
    let (_, far) = operating_range(mode);
    let ends = rays(stream)
        .into_iter()
        .map(|ray| place.transform_point(ray.normalize_or_zero() * far).xz());
    hull(ends.chain([place.translation().xz()]))
}

/// Rays of the depth image in the sensor's space.
fn rays(stream: Option<&SensorStream>) -> Vec<Vec3> {
    let to_space = |x: f32, y: f32| Vec3::from(units::direction_to_world([x, y, 1.0]));
    let last = RAYS - 1;
    let steps = (0..RAYS * RAYS).map(|number| (number % RAYS, number / RAYS));
    match stream.and_then(|stream| stream.xy_table.as_deref()) {
        Some(table) => {
            let (width, height) = (table.width() as usize, table.height() as usize);
            let pixel = |(column, row): (usize, usize)| {
                let x = column * width.saturating_sub(1) / last;
                let y = row * height.saturating_sub(1) / last;
                table.rays().get(y * width + x).copied()
            };
            let rays = steps.filter_map(pixel);
            rays.filter(|[x, y]| x.is_finite() && y.is_finite())
                .map(|[x, y]| to_space(x, y))
                .collect()
        }
        // 75° by 65°, as the narrow modes see.
        None => {
            let half = Vec2::new(37.5, 32.5).map(|degrees| degrees.to_radians().tan());
            let share = |step: usize| 2.0 * step as f32 / last as f32 - 1.0;
            steps
                .map(|(column, row)| to_space(half.x * share(column), half.y * share(row)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensor_sees_what_is_ahead_of_it() {
        let place = Transform::from_xyz(1.0, 1.3, 0.5)
            .with_rotation(Quat::from_rotation_y(core::f32::consts::FRAC_PI_2));
        let outline = seen(None, &GlobalTransform::from(place));
        // Turned by a quarter to the left: it looks along −x.
        assert!(outline.iter().all(|at| at.x <= 1.0 + 1e-4));
        let farthest = outline.iter().map(|at| at.x).fold(f32::MAX, f32::min);
        let (_, far) = operating_range(DepthMode::default());
        assert!((farthest - (1.0 - far)).abs() < 0.05, "{farthest}");
        let widest = outline.iter().map(|at| (at.y - 0.5).abs());
        assert!(widest.fold(0.0, f32::max) > 2.0);
    }

    #[test]
    fn a_sensor_that_is_nowhere_sees_nothing() {
        let place = GlobalTransform::from_xyz(f32::NAN, 0.0, 0.0);
        assert!(seen(None, &place).is_empty());
    }
}
