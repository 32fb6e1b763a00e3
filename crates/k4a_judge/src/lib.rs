//! The vendor's real libraries, with whose results tests and benchmarks compare ours.
//!
//! Loads `libk4a` and `libk4arecord` through the crate `k4a` from [`library_folder`], and has a shorter interface than
//! that crate: modes and formats are numbers of the C enums, and it panics if a library returns an impossible value.
//! Only tests and benchmarks depend on it. Start at [`judge`]:
//!
//! ```no_run
//! let Some(judge) = k4a_judge::judge() else { return };
//! let playback = judge.open("recording.mkv").unwrap();
//! ```
//!
//! The libraries are loaded once and stay for the life of the process. [`CountingAllocator`] lives here too, because it
//! needs unsafe code for tests as well.

mod allocator;
mod calibration;
mod codes;
mod data;
mod image;
mod judge;
mod library;
mod playback;
mod record;

/// The C structures that tests fill in and read.
pub mod abi {
    pub use k4a::abi::{
        Calibration, Camera, DeviceConfiguration, Extrinsics, ImuSample, SubtitleSettings,
        VideoSettings,
    };
}

pub use allocator::{
    CountingAllocator, allocations, allocations_of_all_threads, allocations_so_far, held_bytes,
};
pub use calibration::Transformation;
pub use data::{real_data, skip};
pub use image::{Capture, FORMAT_CUSTOM, FORMAT_DEPTH16, FORMAT_MJPG, Image, ImageInfo};
pub use judge::{Judge, judge};
pub use k4a::{Error, ImuSample, SeekOrigin, VideoSettings};
pub use library::{library_folder, real_library};
pub use playback::Playback;
pub use record::Recorder;
