//! The time of a source: tied to the wall clock, or told by somebody else.

mod lockstep;
mod running;

pub use lockstep::LockstepClock;
pub use running::Clock;
