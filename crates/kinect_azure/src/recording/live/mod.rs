//! Records what is live: on a thread of its own, without ever making the source wait.
//!
//! How it works: whoever runs a source hands over what it delivers; that goes into a queue of shared images, bounded
//! by bytes (`queue`). A thread (`worker`) takes it out and writes it with a
//! [`RecordingWriter`](super::RecordingWriter), which hands every full 32 ms to the operating system, so that a crash
//! costs what came last and no more. When the disk is slower than the sensor for so long that the queue is full,
//! whole captures are left out and counted until there is room again. `disk` is where files go, `names` what they are
//! called.
//!
//! **One file, one clock.** A file holds captures of one run of one source. When the source was opened again, or its
//! device time goes back by more than two captures and 50 ms (a device restarted, a recording began again), the file
//! is finished and what follows goes into another one: `visitors.mkv`, `visitors-2.mkv`. When modes change, the
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
pub use recorder::LiveRecorder;
pub use running::wait_for_recorders;
pub use settings::LiveSettings;
pub use state::{LiveFigures, LiveState};
