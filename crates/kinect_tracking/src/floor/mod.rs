//! The floor under a sensor, found in depth images.
//!
//! - [`FloorFinder`] finds the floor in one depth image: the lowest large level surface with nothing below it, as a [`Ground`](crate::Ground)
//!   with the errors to expect, or the [reason](NoFloor) why there is none.
//! - [`FloorWatch`] does so over time: it averages, follows a sensor that is moved, and tells when the floor is found, moved
//!   and lost.
//!
//! Both need to know roughly where up is ([`UpGuess`]): exactly from inertial samples ([`Gravity`](crate::Gravity)), or from the
//! assumption that the sensor stands upright.
//!
//! A depth camera's error is the same in every image of one place (some millimetres, in a smooth pattern), so more images do not
//! make the floor more exact. The fit therefore counts each part of the image once, and weighs the slope that it finds against
//! the direction of gravity.

mod finder;
mod fit;
mod found;
mod grid;
mod plane;
mod up;
mod watch;

pub use finder::FloorFinder;
pub use found::{FoundFloor, NoFloor};
pub(crate) use plane::Plane;
pub use up::UpGuess;
pub use watch::{FloorChange, FloorWatch};
