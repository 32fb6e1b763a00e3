//! Records a running source on a thread of its own, without ever making the source wait.
//!
//! How it works: the thread that runs a source passes the source's captures and samples to the recorder, which keeps
//! them in a queue of shared images, bounded by bytes (`queue`). The recorder's thread (`worker`) takes them out and
//! writes them with a [`RecordingWriter`](super::RecordingWriter), which gives every full 32 ms to the operating
//! system, so that a crash loses only the newest data. When the disk is slower than the sensor for so long that the
//! queue is full, whole captures are left out and counted until there is room again. `disk` creates the files,
//! `names` chooses their names.
//!
//! **One file, one clock.** A file holds captures of one run of one source. When the source was opened again, or its
//! device time goes back by more than two captures and 50 ms (a device restarted, a recording began again), the file
//! is finished and later captures go into another one: `visitors.mkv`, `visitors-2.mkv`. When modes change, the
//! recording ends.

mod disk;
mod names;
mod queue;
mod recorder;
mod running;
mod settings;
mod state;
mod worker;

pub use disk::{LocalDisk, RecordingDisk};
pub use names::numbered_path;
pub use recorder::LiveRecorder;
pub use running::wait_for_recorders;
pub use settings::LiveSettings;
pub use state::{LiveFigures, LiveState};
