//! How people stand: whether each foot is on the floor, and how tall they are.
//!
//! ```
//! use kinect_tracking::Ground;
//! use kinect_tracking::standing::{FootContact, StandingWatch};
//!
//! let mut watch = StandingWatch::new();
//! // For every body frame:
//! watch.update([], 0, &Ground::default());
//! assert!(watch.standing(1).is_none());
//! ```
//!
//! Both need the ground under the sensor, which a [`FloorWatch`](crate::floor::FloorWatch) finds.

mod feet;
mod stature;
mod watch;

pub use feet::{Foot, FootContact};
pub use stature::BodyHeight;
pub use watch::{Standing, StandingWatch};
