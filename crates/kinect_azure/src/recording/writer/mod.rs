//! Writes recordings that the vendor's player and tools read.
//!
//! How it works: frames wait, sorted by device time, until so much later data has come that nothing earlier can
//! follow: images two frame periods and 50 ms later, and inertial samples of that time. For data that comes even
//! later the writer waits up to 2 s, as the vendor's recorder does. Then the oldest 32 ms leave as one cluster, as
//! the vendor's recorder cuts them. The head is written with the first cluster, because only then the device time of
//! file time 0 is known; [`finish`](RecordingWriter::finish) adds the index and fills in length and duration.

mod cluster;
mod elements;
mod error;
mod file;
mod finish;
mod head;
mod record;
mod recording_writer;
mod settings;

pub use error::WriteError;
pub use file::RecordingFile;
pub use record::record;
pub use recording_writer::RecordingWriter;
pub(in crate::recording) use recording_writer::patience_usec;
pub use settings::{CustomTrack, RecordingSettings};
