//! The settings of lifting.

/// How joints of the image are turned into bodies.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct LiftSettings {
    /// The standard deviation of the joints that the network gives, in pixels of the depth image and in each direction.
    pub pixel_deviation: f32,
    /// A joint with a lower score counts as hidden: its pixel is used, the depth there is not.
    pub least_score: f32,
    /// A person who was not given for longer gets a new id, in seconds.
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
