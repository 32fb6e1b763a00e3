//! The shapes and positions of zones.

use glam::{Vec2, Vec3};

/// A volume in the room.
///
/// ```
/// use kinect_tracking::zones::{Zone, ZoneShape};
///
/// // A square of two metres, from the floor up to 2.2 m.
/// let stage = Zone::new("stage", ZoneShape::Floor {
///     corners: vec![[-1000.0, -1500.0], [1000.0, -1500.0], [1000.0, -3500.0], [-1000.0, -3500.0]],
///     bottom: 0.0,
///     top: 2200.0,
/// });
/// assert!(stage.contains([0.0, 900.0, -2500.0]));
/// assert!(!stage.contains([0.0, 2500.0, -2500.0]));
/// assert_eq!(stage.distance_mm([1300.0, 900.0, -2500.0]), 300.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Zone {
    /// The zone's name, for display.
    pub name: String,
    /// The zone's shape and position.
    pub shape: ZoneShape,
}

/// The form of a zone, in ground axes and mm.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ZoneShape {
    /// A box that stands level.
    Box {
        /// The middle.
        center: [f32; 3],
        /// Width, height and depth, from side to side.
        size: [f32; 3],
        /// How far the box is turned about the vertical, counter-clockwise from above, in degrees.
        yaw_degrees: f32,
    },
    /// A ball.
    Sphere {
        /// The middle.
        center: [f32; 3],
        /// The radius.
        radius: f32,
    },
    /// A prism: a polygon on the floor, extended upwards.
    Floor {
        /// The corners (x, z) in order, either way round. With fewer than three corners the zone is empty.
        corners: Vec<[f32; 2]>,
        /// Height of the lower end above the floor.
        bottom: f32,
        /// Height of the upper end above the floor.
        top: f32,
    },
}

impl Zone {
    /// A zone with a name.
    pub fn new(name: impl Into<String>, shape: ZoneShape) -> Self {
        Self {
            name: name.into(),
            shape,
        }
    }

    /// Whether a point in ground axes (mm) is inside or on the surface.
    pub fn contains(&self, point: [f32; 3]) -> bool {
        self.distance_mm(point) <= 0.0
    }

    /// How far a point in ground axes is outside, in mm; 0 inside. Infinite for an empty shape, or if a number is
    /// NaN.
    pub fn distance_mm(&self, point: [f32; 3]) -> f32 {
        let point = Vec3::from(point);
        let distance = match &self.shape {
            ZoneShape::Box {
                center,
                size,
                yaw_degrees,
            } => {
                let (sin, cos) = yaw_degrees.to_radians().sin_cos();
                let off = point - Vec3::from(*center);
                // Turned back by the yaw.
                let own = Vec3::new(cos * off.x - sin * off.z, off.y, sin * off.x + cos * off.z);
                let beyond = own.abs() - Vec3::from(*size).abs() * 0.5;
                beyond.max(Vec3::ZERO).length()
            }
            ZoneShape::Sphere { center, radius } => {
                (point.distance(Vec3::from(*center)) - radius).max(0.0)
            }
            ZoneShape::Floor {
                corners,
                bottom,
                top,
            } => {
                if corners.len() < 3 {
                    return f32::INFINITY;
                }
                let aside = polygon_distance(corners, Vec2::new(point.x, point.z));
                let (low, high) = (bottom.min(*top), bottom.max(*top));
                let up = (low - point.y).max(point.y - high).max(0.0);
                aside.hypot(up)
            }
        };
        // `max` above drops NaN.
        if point.is_finite() && !distance.is_nan() {
            distance
        } else {
            f32::INFINITY
        }
    }
}

/// How far a point is outside a polygon; 0 inside.
fn polygon_distance(corners: &[[f32; 2]], point: Vec2) -> f32 {
    let mut inside = false;
    let mut nearest = f32::INFINITY;
    let mut from = corners.last().copied().map_or(Vec2::ZERO, Vec2::from);
    for &corner in corners {
        let to = Vec2::from(corner);
        let edge = to - from;
        let length = edge.length_squared();
        let share = if length > 0.0 {
            ((point - from).dot(edge) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        nearest = nearest.min(point.distance(from + edge * share));
        // A ray to the right crosses the edge.
        if (from.y > point.y) != (to.y > point.y) {
            let x = from.x + (point.y - from.y) / (to.y - from.y) * edge.x;
            inside ^= point.x < x;
        }
        from = to;
    }
    if inside { 0.0 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(shape: ZoneShape) -> Zone {
        Zone::new("test", shape)
    }

    #[test]
    fn a_turned_box_contains_what_lies_along_its_own_axes() {
        let zone = zone(ZoneShape::Box {
            center: [0.0, 500.0, -2000.0],
            size: [2000.0, 1000.0, 200.0],
            yaw_degrees: 45.0,
        });
        // Turned counter-clockwise from above, its long side goes from near left… to far right.
        let along = core::f32::consts::FRAC_1_SQRT_2 * 900.0;
        assert!(zone.contains([along, 500.0, -2000.0 - along]));
        assert!(!zone.contains([along, 500.0, -2000.0 + along]));
        assert_eq!(zone.distance_mm([0.0, 1250.0, -2000.0]), 250.0);
    }

    #[test]
    fn a_polygon_with_a_notch_does_not_contain_the_notch() {
        let corners = vec![
            [0.0, 0.0],
            [2000.0, 0.0],
            [2000.0, -2000.0],
            [1000.0, -500.0],
            [0.0, -2000.0],
        ];
        for corners in [corners.clone(), corners.into_iter().rev().collect()] {
            let zone = zone(ZoneShape::Floor {
                corners,
                bottom: 0.0,
                top: 2000.0,
            });
            assert!(zone.contains([200.0, 0.0, -1200.0]));
            assert!(!zone.contains([1000.0, 0.0, -1200.0]));
            assert!(zone.distance_mm([1000.0, 0.0, -1200.0]) < 500.0);
            assert_eq!(zone.distance_mm([1000.0, 2300.0, -200.0]), 300.0);
        }
    }

    #[test]
    fn what_is_no_number_or_no_polygon_is_outside() {
        let sphere = zone(ZoneShape::Sphere {
            center: [0.0; 3],
            radius: 100.0,
        });
        assert!(sphere.contains([0.0, 100.0, 0.0]));
        assert!(!sphere.contains([f32::NAN, 0.0, 0.0]));
        let line = zone(ZoneShape::Floor {
            corners: vec![[0.0, 0.0], [1.0, 0.0]],
            bottom: 0.0,
            top: 1.0,
        });
        assert!(!line.contains([0.5, 0.5, 0.0]));
    }
}
