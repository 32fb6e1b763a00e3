//! MKV recordings of an Azure Kinect or Orbbec Femto, as the vendor's recorder writes them: finished, cut off by a
//! crash, converted by other tools, longer than 71 minutes.
//!
//! [`Recording`] reads captures, inertial samples, tags, attachments and custom tracks, forwards and backwards.
//! [`RecordingSource`] plays one in real time behind [`CaptureSource`](crate::source::CaptureSource).
//! [`RecordingWriter`] writes recordings that the vendor's player reads, and [`record`] fills one from any source.
//! [`LiveRecorder`] writes recordings on a thread of its own while a source runs, and never makes the source wait.
//!
//! How it works, from the bottom up: `storage` reads bytes at positions, `ebml` elements, `head` the elements outside
//! the clusters, `tracks` decides which tracks are the sensor's, `clusters` finds clusters, `blocks` lists their
//! frames without reading them, `grouping` says which frames are one capture, and `payload` reads those into pooled
//! images. `open` makes a [`Recording`], `reader` steps through it, `seek` moves in it, `count` counts its content.
//!
//! ```no_run
//! let mut recording = kinect_azure::recording::Recording::open("capture.mkv")?;
//! println!("{} s", recording.info().duration_usec as f64 * 1e-6);
//! while let Some(capture) = recording.next_capture()? {
//!     if let Some(depth) = &capture.depth {
//!         println!("{} µs: {}×{}", depth.device_timestamp_usec, depth.width, depth.height);
//!     }
//! }
//! # Ok::<(), kinect_azure::recording::RecordingError>(())
//! ```

mod blocks;
mod bodies;
mod clusters;
mod compression;
mod count;
mod ebml;
mod elapsed;
mod error;
mod grouping;
mod head;
mod info;
mod live;
mod open;
mod payload;
mod reader;
mod seek;
mod source;
mod storage;
mod time;
mod tracks;
mod writer;

pub use elapsed::ElapsedTime;
pub use error::RecordingError;
pub use info::{
    AttachmentInfo, Counts, DataBlock, RecordingInfo, SeekTarget, Tag, TagTarget, TrackInfo,
    TrackKind, TrackType,
};
pub use live::{
    LiveFigures, LiveRecorder, LiveSettings, LiveState, LocalDisk, RecordingDisk, numbered_path,
    wait_for_recorders,
};
pub use reader::Recording;
pub use source::{Pacing, RecordingSource};
pub use writer::{
    CustomTrack, RecordingFile, RecordingSettings, RecordingWriter, WriteError, record,
};
