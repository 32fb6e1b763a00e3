//! The state and the figures of a live recording.
//!
//! ```text
//!  Waiting ─► Recording ◄─► FallingBehind
//!     ▲           │  │
//!     └── closed ─┘  └─► Finishing ─► Finished       (and from everywhere: Failed)
//! ```

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The state of a [`LiveRecorder`](super::LiveRecorder).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum LiveState {
    /// Waits for the source to be opened, or for captures after the source was closed. No file is open.
    #[default]
    Waiting,
    /// Captures and samples are being recorded.
    Recording,
    /// The disk is slower than the sensor: captures are being left out. The state becomes `Recording` again once half
    /// of the queue is written.
    FallingBehind,
    /// Stopped; the queued data is being written.
    Finishing,
    /// All files are finished. The figures cover all files.
    Finished {
        /// Captures in the files.
        captures: u64,
        /// Length of the files in bytes.
        bytes: u64,
        /// Device time in the files, in seconds.
        seconds: f64,
        /// Why the recording ended without [`stop`](super::LiveRecorder::stop), if it did: the modes changed.
        reason: Option<String>,
    },
    /// The recording ended with an error. The part that was written before can be played.
    Failed {
        /// What happened, to which file, and what to do.
        reason: String,
    },
}

impl LiveState {
    /// Whether the recording has ended, finished or failed.
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed { .. })
    }
}

/// The figures of a [`LiveRecorder`](super::LiveRecorder), over all its files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct LiveFigures {
    /// Files begun.
    pub files: u32,
    /// Captures written.
    pub captures: u64,
    /// Captures left out because the disk was too slow and the queue full.
    pub dropped_captures: u64,
    /// Images left out because they were damaged or came more than two captures and 50 ms late.
    pub unfit_images: u64,
    /// Images whose time is not after that of the image before of their camera: the sensor's clock stood still or
    /// went back. They are recorded with their times unchanged.
    pub unordered_images: u64,
    /// Inertial samples written.
    pub imu_samples: u64,
    /// Inertial samples left out: more than 2 s late, or without a capture near them.
    pub dropped_imu_samples: u64,
    /// Body frames written; each has the bodies in one depth image.
    pub body_frames: u64,
    /// Body frames left out: more than 2 s later than their images, or of another run of the source.
    pub dropped_body_frames: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Device time in the files, in µs; while the sensor's clock stands still, this computer's time.
    pub duration_usec: u64,
    /// Bytes that wait to be written.
    pub queued_bytes: u64,
    /// Free space on the disk in bytes, updated every five seconds; `None` = not known.
    pub free_bytes: Option<u64>,
    /// Warnings given.
    pub warnings: u32,
}
