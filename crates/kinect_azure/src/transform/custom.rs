//! Custom images that are transformed into the colour camera's view together with depth.

use core::fmt::Debug;

use super::quad::{Missing, Quad, rounded};

/// How values between depth pixels are interpolated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Interpolation {
    /// The value of the nearest depth pixel: for labels, like those of a body index map.
    Nearest,
    /// A mixture of the surrounding depth pixels: for quantities, like infrared brightness.
    #[default]
    Linear,
}

/// A pixel type of custom images: `u8` or `u16`.
pub trait CustomPixel: Copy + Debug + Send + Sync + private::Number {}

impl CustomPixel for u8 {}
impl CustomPixel for u16 {}

mod private {
    /// A number of at most 16 bits.
    pub trait Number {
        /// Converts the pixel to a number.
        fn to_u16(self) -> u16;
        /// Converts a number; one that is too large becomes the largest number of this type.
        fn from_u16(value: u16) -> Self;
    }

    impl Number for u8 {
        #[inline(always)]
        fn to_u16(self) -> u16 {
            u16::from(self)
        }

        #[inline(always)]
        fn from_u16(value: u16) -> Self {
            value.min(u16::from(Self::MAX)) as Self
        }
    }

    impl Number for u16 {
        #[inline(always)]
        fn to_u16(self) -> u16 {
            self
        }

        #[inline(always)]
        fn from_u16(value: u16) -> Self {
            value
        }
    }
}

/// The weights of a triangle's corners at a pixel; only their ratios count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    pub(super) top_left: f32,
    pub(super) bottom_right: f32,
    pub(super) between: f32,
    /// Whether the third corner is the bottom left one; otherwise it is the top right one.
    pub(super) is_bottom_left: bool,
}

/// A rule for values between pixels.
pub(super) trait Mixing {
    /// The corners' values, with a substitute for the missing corner.
    fn mended(values: Quad<u16>, missing: Missing) -> Quad<u16>;
    /// The value of a pixel.
    fn mixed(values: &Quad<u16>, weights: Weights) -> u16;
}

/// [`Interpolation::Linear`].
pub(super) struct Linear;

/// [`Interpolation::Nearest`].
pub(super) struct Nearest;

impl Mixing for Linear {
    #[inline(always)]
    fn mended(values: Quad<u16>, missing: Missing) -> Quad<u16> {
        values.mend(missing, u16::midpoint)
    }

    #[inline(always)]
    fn mixed(values: &Quad<u16>, weights: Weights) -> u16 {
        let Weights {
            top_left,
            bottom_right,
            between,
            ..
        } = weights;
        let sum = bottom_right + between + top_left;
        let value = bottom_right * f32::from(values.bottom_right)
            + between * f32::from(values.third(weights))
            + top_left * f32::from(values.top_left);
        rounded(value * (1.0 / sum)) as u16
    }
}

impl Mixing for Nearest {
    #[inline(always)]
    fn mended(values: Quad<u16>, missing: Missing) -> Quad<u16> {
        // The vendor's table: the substitute must be one of the three values, and the vendor chose which.
        let Quad {
            top_left,
            top_right,
            bottom_right,
            ..
        } = values;
        match missing {
            Missing::None => values,
            Missing::TopLeft => Quad {
                top_left: bottom_right,
                ..values
            },
            Missing::TopRight => Quad {
                top_right: bottom_right,
                bottom_right: values.bottom_left,
                ..values
            },
            Missing::BottomRight => Quad {
                bottom_right: top_left,
                ..values
            },
            Missing::BottomLeft => Quad {
                bottom_left: bottom_right,
                bottom_right: top_right,
                ..values
            },
        }
    }

    #[inline(always)]
    fn mixed(values: &Quad<u16>, weights: Weights) -> u16 {
        let Weights {
            top_left,
            bottom_right,
            between,
            ..
        } = weights;
        if bottom_right > between {
            if bottom_right > top_left {
                values.bottom_right
            } else {
                values.top_left
            }
        } else if between > top_left {
            values.third(weights)
        } else {
            values.top_left
        }
    }
}

impl Quad<u16> {
    /// The value of the triangle's third corner.
    #[inline(always)]
    const fn third(&self, weights: Weights) -> u16 {
        if weights.is_bottom_left {
            self.bottom_left
        } else {
            self.top_right
        }
    }
}
