//! Colours for data, for image outputs, point clouds and surfaces alike. `common.wgsl` has the shaders' part.

use bevy::prelude::*;
use kinect_azure::DepthMode;

/// What apps usually need for colours of depth, players and hidden surfaces; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{FalseColor, HiddenColor};
}

/// The range that false colours are spread over.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum FalseColor {
    /// Depth: the operating range of the depth mode. Infrared: from the 1st to the 99th percentile, settling over half
    /// a second.
    #[default]
    Auto,
    /// A fixed range: in metres for depth and points, 0–1 for infrared; the colours of players do not depend on it. A
    /// range that is empty or not finite counts as `Auto`.
    Range {
        /// Start of the scale.
        min: f32,
        /// End of the scale.
        max: f32,
    },
}

impl FalseColor {
    /// The fixed range; `None` if the range is automatic.
    pub(crate) fn fixed(self) -> Option<(f32, f32)> {
        match self {
            Self::Range { min, max } if min.is_finite() && max.is_finite() && min < max => {
                Some((min, max))
            }
            Self::Auto | Self::Range { .. } => None,
        }
    }
}

/// The range of depth that [`FalseColor::Auto`] means in a depth mode, in metres: the data sheet's operating range, from the shortest to
/// the longest distance.
pub fn operating_range(mode: DepthMode) -> (f32, f32) {
    match mode {
        DepthMode::Nfov2x2Binned => (0.5, 5.46),
        DepthMode::Wfov2x2Binned => (0.25, 2.88),
        DepthMode::WfovUnbinned => (0.25, 2.21),
        DepthMode::NfovUnbinned | DepthMode::Off | DepthMode::PassiveIr => (0.5, 3.86),
    }
}

/// The colour of background that a near object hides from the colour camera, where the depth camera sees it: in aligned colour
/// images, point clouds and surfaces.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HiddenColor {
    /// No colour: no data in images, [`unseen`](crate::point_cloud::PointColor::Camera) in point clouds. The default, because a
    /// second outline of a person on the wall behind looks like a mistake. It needs the depth image in the colour camera's view,
    /// which is computed once for each sensor.
    #[default]
    Hide,
    /// The near object's colour, as in the vendor's library: every pixel inside the colour camera's image has a colour, and people
    /// cast ghosts on the background.
    Bleed,
}

/// The colours of players, sRGB, repeated after the last: Paul Tol's "bright" and "vibrant" schemes, which people with any colour
/// vision can tell apart. Keep in sync with `player_color` in `common.wgsl`.
pub const PLAYER_COLORS: [[u8; 3]; 10] = [
    [68, 119, 170],
    [238, 102, 119],
    [34, 136, 51],
    [204, 187, 68],
    [102, 204, 238],
    [170, 51, 119],
    [238, 119, 51],
    [0, 153, 136],
    [187, 187, 187],
    [204, 51, 17],
];
