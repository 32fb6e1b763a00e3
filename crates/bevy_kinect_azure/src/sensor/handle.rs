//! The app's end of a capture thread: commands to the thread, events from it, and the signal to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender};
use kinect_azure::ImuSample;
use kinect_azure::device::{ColorControls, DeviceSettings};

use super::frame::FrameSlot;
use super::live::DeviceNews;
use super::part::Part;
use super::source::SensorSource;
use super::state::SensorState;
use super::stream::SensorStream;

/// The capture thread of a sensor, with the settings that were last sent to it.
#[derive(Component)]
pub(crate) struct SensorThread {
    pub(crate) handle: ThreadHandle,
    /// The source that the thread was started for, with the settings last sent.
    pub(super) source: SensorSource,
    /// The playback settings last sent.
    pub(super) playback: Command,
    /// The colour controls last sent.
    pub(crate) color_controls: Option<ColorControls>,
}

/// A command from the app to the thread.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Set pause, speed, looping and the part that plays.
    SetPlayback {
        paused: bool,
        speed: f64,
        looping: bool,
        keep_every_capture: bool,
        part: Part,
    },
    /// Go to a time since the start, in µs.
    Seek(u64),
    /// Show the next (or, negative, previous) capture.
    Step(i32),
    /// Restart the cameras with these settings.
    Configure(Box<DeviceSettings>),
    /// Set the colour camera.
    SetColorControls(Box<ColorControls>),
}

/// An event from the thread to the app.
pub(super) enum Event {
    State(SensorState),
    /// The source is open.
    Opened(Box<SensorStream>),
    /// The status or the colour controls of a live sensor have changed.
    Device(Box<DeviceNews>),
}

/// Figures that the thread updates and the app reads, without a channel.
#[derive(Default)]
pub(crate) struct Counters {
    /// Captures or images that could not be read or decoded.
    pub(crate) image_errors: AtomicU64,
    /// Inertial samples that the app was too slow to take.
    pub(crate) imu_dropped: AtomicU64,
    /// Times a lost source was opened again.
    pub(crate) reconnects: AtomicU64,
    /// Duration of the last colour decoding, in µs.
    pub(crate) decode_usec: AtomicU64,
    /// Position in the recording, in µs.
    pub(super) position_usec: AtomicU64,
    /// Times the recording began again.
    pub(super) loops: AtomicU64,
    /// Whether the thread ended by itself because its source failed.
    pub(super) failed: AtomicBool,
}

/// The app's end of a capture thread. Dropping the handle ends the thread without waiting for it.
pub(crate) struct ThreadHandle {
    pub(crate) commands: Sender<Command>,
    pub(super) events: Receiver<Event>,
    pub(crate) imu: Receiver<ImuSample>,
    pub(crate) frames: Arc<FrameSlot>,
    pub(crate) counters: Arc<Counters>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) thread: Option<JoinHandle<()>>,
    pub(super) reaper: Sender<JoinHandle<()>>,
}

impl ThreadHandle {
    /// Tells the thread to stop, and returns the handle to join it.
    pub(super) fn stop(&mut self) -> Option<JoinHandle<()>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take()
    }

    /// Whether the thread has ended, for any reason.
    pub(super) fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Whether the thread ended without reporting a failure.
    pub(super) fn has_died(&self) -> bool {
        self.events.is_empty()
            && self.thread.as_ref().is_some_and(JoinHandle::is_finished)
            && !self.counters.failed.load(Ordering::Acquire)
    }
}

impl Drop for ThreadHandle {
    fn drop(&mut self) {
        if let Some(thread) = self.stop() {
            // The reaper is gone when the app shuts down: the thread then ends by itself.
            let _ = self.reaper.send(thread);
        }
    }
}
