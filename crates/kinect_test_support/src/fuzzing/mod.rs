//! The functions that the fuzz targets in `fuzz/` call with bytes. The tests call them with the seeds in that folder,
//! intact and damaged.

mod calibration;
mod decode;
mod recording;

pub use calibration::calibration;
pub use decode::decode;
pub use recording::recording;
