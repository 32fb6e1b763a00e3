//! A source as its capture thread holds it, closed and open.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kinect_azure::clock::LockstepClock;
use kinect_azure::{CaptureSource, SourceError};

use super::live::{LiveSensor, OpenDevice};

/// The arguments that a capture thread is started with.
pub(super) struct Opener {
    pub(super) source: ThreadSource,
    /// The clock that drives the source, in lock-step.
    pub(super) clock: Option<Arc<LockstepClock>>,
}

/// Opens a source that is not a live sensor.
pub(super) type Open = Arc<dyn Fn() -> Result<Box<dyn CaptureSource>, SourceError> + Send + Sync>;

/// A source as its capture thread holds it, open or not.
pub(super) enum ThreadSource {
    Live(Box<LiveSensor>),
    Other(Open),
}

impl ThreadSource {
    /// Opens the source, as often as needed. `stop` becomes `true` when the source is not needed any more.
    pub(super) fn open(&mut self, stop: &Arc<AtomicBool>) -> Result<OpenSource<'_>, SourceError> {
        match self {
            Self::Live(live) => live
                .open(stop)
                .map(|device| OpenSource::Live(Box::new(device))),
            Self::Other(open) => open().map(OpenSource::Other),
        }
    }
}

/// A source that is open.
pub(super) enum OpenSource<'a> {
    Live(Box<OpenDevice<'a>>),
    Other(Box<dyn CaptureSource>),
}

impl OpenSource<'_> {
    pub(super) fn source(&mut self) -> &mut dyn CaptureSource {
        match self {
            Self::Live(device) => device.source(),
            Self::Other(source) => source.as_mut(),
        }
    }
}
