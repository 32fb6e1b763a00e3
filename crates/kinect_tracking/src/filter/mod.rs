//! Filters for steadier bodies. Each step can be switched off, and the documentation of each gives its latency.
//!
//! A frame of one body goes through these steps in this order:
//!
//! 1. repair of flips: exchanged sides, and bodies that were turned round ([`FlipRepair`]);
//! 2. smoothing of positions: [`OneEuro`], or the five settings of Kinect smoothing ([`KinectSmoothing`]);
//! 3. bones kept at the length that they have most of the time ([`BoneKeeping`]);
//! 4. smoothing of rotations, each relative to the parent joint ([`RotationSmoothing`]);
//! 5. velocities, and from them a prediction to the present ([`Prediction`]).
//!
//! All steps count in seconds, not in frames, so they have the same effect at 5 and at 30 frames a second. After a gap,
//! or when the clock goes back, the filter starts anew with the next frame. Values that are not finite are ignored: the
//! joint stays where it was, with confidence "none".

mod bodies;
mod body_filter;
mod bones;
mod filtered;
mod flips;
mod holt;
mod one_euro;
mod prediction;
mod rotations;
mod settings;

pub use bodies::BodyFilters;
pub use body_filter::BodyFilter;
pub use filtered::FilteredBody;
pub use settings::{
    BoneKeeping, FilterPreset, FilterSettings, FlipRepair, KinectSmoothing, OneEuro,
    PositionSmoothing, Prediction, RotationSmoothing,
};
