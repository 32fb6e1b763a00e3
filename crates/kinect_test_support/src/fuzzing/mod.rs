//! What the fuzz targets in `fuzz/` do with bytes; the tests do the same with the seeds there, whole and damaged.

mod calibration;
mod decode;
mod recording;

pub use calibration::calibration;
pub use decode::decode;
pub use recording::recording;
