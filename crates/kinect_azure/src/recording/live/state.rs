//! How a live recording is doing.
//!
//! ```text
//!  Waiting ─► Recording ◄─► FallingBehind
//!     ▲           │  │
//!     └── closed ─┘  └─► Finishing ─► Finished       (and from everywhere: Failed)
//! ```

/// What a [`LiveRecorder`](super::LiveRecorder) is doing.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum LiveState {
    /// For the source to be opened, or for its captures after it was closed. No file is open.
    #[default]
    Waiting,
    /// What comes is recorded.
    Recording,
    /// The disk is slower than the sensor: captures are being left out. It becomes `Recording` again by itself once
    /// half of the queue is written.
    FallingBehind,
    /// Stopped; what waits is being written.
    Finishing,
    /// All files are whole. Figures are of all of them.
    Finished {
        /// Captures in the files.
        captures: u64,
        /// Length of the files in bytes.
        bytes: u64,
        /// Device time in the files, in seconds.
        seconds: f64,
        /// Why it ended by itself, if it did: the modes changed.
        reason: Option<String>,
    },
    /// It ended in an error. What was written before plays.
    Failed {
        /// What happened, to what, and what to do.
        reason: String,
    },
}

impl LiveState {
    /// Whether nothing will be recorded any more.
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed { .. })
    }
}

/// How much a [`LiveRecorder`](super::LiveRecorder) has recorded, over all its files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct LiveFigures {
    /// Files begun.
    pub files: u32,
    /// Captures written.
    pub captures: u64,
    /// Captures left out because the disk was too slow and the queue full.
    pub dropped_captures: u64,
    /// Images left out because they were damaged or came more than two captures and 50 ms late.
    pub unfit_images: u64,
    /// Images whose time is not after that of the image before of their camera: the sensor's clock stood still or went
    /// back. They are recorded, with the time they have.
    pub unordered_images: u64,
    /// Inertial samples written.
    pub imu_samples: u64,
    /// Inertial samples left out: more than 2 s late, or without a capture near them.
    pub dropped_imu_samples: u64,
    /// Body frames written: the people in a depth image each.
    pub body_frames: u64,
    /// Body frames left out: more than 2 s later than their images, or of another run of the source.
    pub dropped_body_frames: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Device time in the files, in µs; while the sensor's clock stands still, this computer's time.
    pub duration_usec: u64,
    /// Bytes that wait to be written.
    pub queued_bytes: u64,
    /// Room on the disk in bytes, looked at every five seconds; `None` = not known.
    pub free_bytes: Option<u64>,
    /// Warnings given.
    pub warnings: u32,
}
