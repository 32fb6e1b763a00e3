//! Tests of the crate with the vendor's real libraries, `libk4a` and `libk4arecord` 1.4, without a device.
//!
//! The documentation of `k4a_judge` names the folders of the libraries and of the real data. If the libraries or the
//! data of a test are missing, the test prints a message and passes; with `KINECT_REQUIRE_REAL=1` it fails.

#![allow(clippy::unwrap_used, clippy::panic)]

mod images;
mod library;
mod recording;
mod side_by_side;
#[cfg(target_os = "linux")]
mod valgrind;

use k4a_judge::{library_folder as folder, real_data, real_library, skip};
