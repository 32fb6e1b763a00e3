//! Which tracker finds the people: settings, what a sensor offers to trackers, and the rule that chooses.

mod chosen;
mod open;
mod sensor;
mod settings;
mod vendor;

pub use open::{may_track, open};
pub use sensor::TrackedSensor;
pub use settings::{ProcessingMode, SensorOrientation, Tracker, TrackerSettings};
