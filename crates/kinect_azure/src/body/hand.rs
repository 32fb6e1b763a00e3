//! Whether a hand is open or closed.

/// Whether a hand is open or closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum HandState {
    /// Not known, or neither: fingers that are half bent, or some of them.
    #[default]
    Unknown,
    /// The fingers are stretched, together or apart.
    Open,
    /// The fingers are in the palm: a fist.
    Closed,
}
