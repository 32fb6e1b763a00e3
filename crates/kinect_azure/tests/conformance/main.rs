//! Compares our results with those of the vendor's real libraries for data of real sensors.
//!
//! Without the libraries or the data, the tests print a message and pass; with `KINECT_REQUIRE_REAL=1` in the
//! environment they fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::excessive_precision,
    unreachable_pub
)]

mod calibration;
mod data;
mod decode;
mod live;
mod point_cloud;
mod points;
mod recording;
mod simulation;
mod transform;
mod writer;

use kinect_test_support::{disk, display, mkv, scratch, simulated};
