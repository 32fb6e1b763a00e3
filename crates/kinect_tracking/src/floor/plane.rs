//! The plane of a floor, as loops over pixels use it.

use glam::Vec3;

use crate::ground::Ground;

/// A plane that people stand on: a [`Ground`] whose upward direction has length 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plane {
    /// Unit vector upwards.
    pub(crate) up: Vec3,
    /// The height of the camera above it in mm.
    pub(crate) height: f32,
}

impl Plane {
    /// The height of a point above the floor, in mm.
    pub(crate) fn height_of(&self, point: Vec3) -> f32 {
        self.up.dot(point) + self.height
    }

    /// Whether a point of the depth image belongs to the floor.
    pub(crate) fn is_part(&self, point: Vec3) -> bool {
        self.height_of(point) < 15.0 + 1.2e-6 * point.z * point.z
    }
}

impl From<Plane> for Ground {
    fn from(plane: Plane) -> Self {
        Self {
            up: plane.up.to_array(),
            camera_height_mm: plane.height,
        }
    }
}

impl From<&Ground> for Plane {
    fn from(ground: &Ground) -> Self {
        Self {
            up: ground.up_unit(),
            height: ground.camera_height_mm,
        }
    }
}
