//! Chooses the tracker that finds the people: its settings, the facts about a sensor that a tracker needs, and the
//! rule.

mod built_in;
mod chosen;
mod onnx;
mod open;
mod sensor;
mod settings;
mod vendor;

pub use open::{may_track, open};
pub use sensor::TrackedSensor;
pub use settings::{ProcessingMode, SensorOrientation, Tracker, TrackerSettings};
