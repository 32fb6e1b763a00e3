//! Volumes in the room, with events when players enter, stay and leave.
//!
//! Zones lie in [ground axes](crate::Ground): mm, y up from the floor, −z away from the camera.

mod shape;
mod watch;

pub use shape::{Zone, ZoneShape};
pub use watch::{Stay, ZoneEvent, ZonePart, ZoneSettings, ZoneWatch};
