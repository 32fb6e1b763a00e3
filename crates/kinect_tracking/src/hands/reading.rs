//! What a depth image says about a hand.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::body::HandState;

/// Why a hand could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum HandUnknown {
    /// The hand is outside the depth image, or the tracker did not place it.
    OutOfView,
    /// The hand is so far away that the sensor's pixels are too large for it
    /// ([`ReaderSettings::largest_pixel_mm`](super::ReaderSettings::largest_pixel_mm)).
    TooFar,
    /// Something hides the hand, or nothing was measured there.
    Hidden,
    /// The hand touches the body or another surface, so that its outline does not show.
    Touching,
}

/// Whether a hand is open or closed, as far as one depth image shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct HandReading {
    /// The probability that the fingers are stretched, 0 to 1; 0 if the hand could not be read.
    pub open: f32,
    /// The probability that the hand is a fist, 0 to 1; 0 if the hand could not be read. The rest to 1 is the probability of
    /// neither: fingers that are half bent, or some of them.
    pub closed: f32,
    /// Why the hand could not be read; `None` if it was read.
    pub unknown: Option<HandUnknown>,
}

impl HandReading {
    /// A hand that could not be read.
    pub const fn unknown(why: HandUnknown) -> Self {
        Self {
            open: 0.0,
            closed: 0.0,
            unknown: Some(why),
        }
    }

    /// The state whose probability is more than one half; otherwise unknown.
    pub fn state(&self) -> HandState {
        if self.open > 0.5 {
            HandState::Open
        } else if self.closed > 0.5 {
            HandState::Closed
        } else {
            HandState::Unknown
        }
    }
}
