//! Our numbers against the vendor's real libraries and real sensors' data.
//!
//! Without the libraries or the data the tests print that they skip and pass; with `KINECT_REQUIRE_REAL=1` in the
//! environment they fail instead.
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
