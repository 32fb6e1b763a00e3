//! The time of a source: tied to the wall clock, or set by the app.

mod lockstep;
mod running;

pub use lockstep::LockstepClock;
pub use running::Clock;
