//! Values that approach others in time.

/// The share of the way to a new value that is done after `seconds`, with a time constant in seconds.
pub(super) fn done(seconds: f32, time_constant: f32) -> f32 {
    1.0 - (-seconds / time_constant).exp()
}
