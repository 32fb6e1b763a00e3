//! The views of a depth image that networks see, whatever sensor, lens and mode it comes from.
//!
//! An [`Overview`] shows the whole image at a fixed number of pixels per degree, for a network that finds people; a
//! [`PersonCrop`] shows a cube of fixed size around one person, for a network that finds its joints. Both go through the lens
//! model, both turn the picture upright where the direction of gravity is known, and both convert between their own places
//! and points in the depth camera's axes. Training data and trackers must use the same views, so both use these.

mod axes;
mod overview;
mod person;

pub use overview::Overview;
pub use person::PersonCrop;
