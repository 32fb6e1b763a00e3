//! Things that stand in the room for one capture only.

use glam::Vec3;

use super::solid::Solid;

/// A solid with its looks.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) solid: Solid,
    /// The share of infrared light that it returns, 0 to 1.
    pub(crate) infrared: f32,
    /// Linear albedo.
    pub(crate) color: Vec3,
}
