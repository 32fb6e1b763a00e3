//! The crate against the vendor's real libraries, without a device: `libk4a` and `libk4arecord` 1.4.
//!
//! `k4a_judge` says where they and the real data are looked for. A test that needs what is not there says so and passes; under
//! `KINECT_REQUIRE_REAL=1` it fails.

#![allow(clippy::unwrap_used, clippy::panic)]

mod images;
mod library;
mod recording;
mod side_by_side;
#[cfg(target_os = "linux")]
mod valgrind;

use k4a_judge::{library_folder as folder, real_data, real_library, skip};
