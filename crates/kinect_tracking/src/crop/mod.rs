//! The views of a depth image that networks get as input. They are alike for all sensors, lenses and modes.
//!
//! An [`Overview`] shows the whole image at a fixed number of pixels per degree, for a network that finds people; a
//! [`PersonCrop`] shows a cube of fixed size around one person, for a network that finds the joints of that person.
//! Both views use the lens model, turn the picture upright if the direction of gravity is known, and convert between
//! positions in the view and points in the depth camera's axes. Trackers must use the views of the training data, so
//! both use this module.

mod axes;
mod overview;
mod person;

pub use overview::Overview;
pub use person::PersonCrop;
