//! The settings of lifting.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// How joints of the image are lifted to bodies.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct LiftSettings {
    /// The standard deviation of the network's joints, in pixels of the depth image, in each direction.
    pub pixel_deviation: f32,
    /// A joint with a lower score counts as hidden: its pixel is used, but the depth at the pixel is not.
    pub least_score: f32,
    /// A person who was missing for longer than this, in seconds, gets a new id.
    pub forget_seconds: f32,
    /// Whether body index maps are made.
    pub index_map: bool,
}

impl Default for LiftSettings {
    fn default() -> Self {
        Self {
            pixel_deviation: 2.0,
            least_score: 0.2,
            forget_seconds: 1.0,
            index_map: true,
        }
    }
}
