//! The thread that opens an array and opens it again when it was lost. Blocks do not pass through it: the app takes them
//! from the array's own queue.
//!
//! The thread closes the array and ends within some ms after the app has dropped its handle.

use core::time::Duration;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use kinect_azure::microphones::{
    AudioReceiver, MicrophoneInfo, MicrophoneSettings, MicrophoneStream,
};

use super::state::MicrophoneState;

/// Waits between attempts: doubled from the first to the last.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(8);
/// The interval at which an open array is checked for a loss.
const CHECK: Duration = Duration::from_millis(50);
/// The longest wait for an audio driver to close its stream. After that the thread leaves the driver to itself.
const CLOSE: Duration = Duration::from_millis(500);

/// An event from the thread to the app.
pub(super) enum Event {
    /// The array is open and delivers sound.
    Opened {
        info: Box<MicrophoneInfo>,
        receiver: AudioReceiver,
        /// Whether an array had been open before.
        again: bool,
    },
    /// No array is open; the state gives the reason.
    Left(MicrophoneState),
}

/// No value is ever sent: dropping the sender ends the thread.
enum Never {}

/// The app's end of the thread. Dropping the handle ends the thread without waiting for it.
pub(super) struct ThreadHandle {
    pub(super) events: Receiver<Event>,
    wanted: Option<Sender<Never>>,
    thread: Option<JoinHandle<()>>,
}

impl ThreadHandle {
    /// Tells the thread to stop, and returns the handle to join it.
    pub(super) fn stop(&mut self) -> Option<JoinHandle<()>> {
        self.wanted = None;
        self.thread.take()
    }

    /// Whether the thread has ended and all its events were received.
    pub(super) fn has_died(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished) && self.events.is_empty()
    }
}

/// Starts a thread, which waits for the end of the one `before` it: an array can only be opened once.
pub(super) fn start(
    settings: MicrophoneSettings,
    before: Option<JoinHandle<()>>,
) -> std::io::Result<ThreadHandle> {
    // The app receives events in each update, and they are seconds apart.
    let (events, event_receiver) = bounded(16);
    let (wanted, unwanted) = bounded(0);
    let listener = Listener {
        settings,
        events,
        unwanted,
    };
    let thread = std::thread::Builder::new()
        .name("kinect listener".to_owned())
        .spawn(move || {
            while before.as_ref().is_some_and(|before| !before.is_finished()) {
                if listener.is_unwanted_within(Duration::from_millis(2)) {
                    return;
                }
            }
            listener.run();
        })?;
    Ok(ThreadHandle {
        events: event_receiver,
        wanted: Some(wanted),
        thread: Some(thread),
    })
}

struct Listener {
    settings: MicrophoneSettings,
    events: Sender<Event>,
    unwanted: Receiver<Never>,
}

impl Listener {
    fn run(&self) {
        let mut attempt = 0;
        let mut was_open = false;
        loop {
            let wanted = || !self.is_unwanted_within(Duration::ZERO);
            let error = match MicrophoneStream::open_while(&self.settings, wanted) {
                Ok(stream) => {
                    let opened = Event::Opened {
                        info: Box::new(stream.info().clone()),
                        receiver: stream.receiver(),
                        again: core::mem::replace(&mut was_open, true),
                    };
                    let told = self.tell(opened);
                    let error = loop {
                        if !told || self.is_unwanted_within(CHECK) {
                            stream.close(CLOSE);
                            return;
                        }
                        if let Err(error) = stream.check() {
                            break error;
                        }
                    };
                    // Only a delivered block resets the retries: an array that opens and fails again must not be reopened in a
                    // tight loop.
                    if stream.counters().blocks > 0 {
                        attempt = 0;
                    }
                    stream.close(CLOSE);
                    error
                }
                Err(error) => error,
            };
            attempt += 1;
            let reason = error.to_string();
            if !error.may_pass() {
                self.tell(Event::Left(MicrophoneState::Failed { reason }));
                return;
            }
            if !self.tell(Event::Left(MicrophoneState::Retrying { reason, attempt })) {
                return;
            }
            let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(attempt - 1));
            if self.is_unwanted_within(wait.min(LAST_RETRY)) {
                return;
            }
        }
    }

    /// Sends the app an event, and waits if the app stands still. Returns `false` if the app has dropped its handle.
    fn tell(&self, event: Event) -> bool {
        let mut event = event;
        loop {
            match self.events.send_timeout(event, CHECK) {
                Ok(()) => return true,
                Err(crossbeam_channel::SendTimeoutError::Disconnected(_)) => return false,
                Err(crossbeam_channel::SendTimeoutError::Timeout(_))
                    if self.is_unwanted_within(Duration::ZERO) =>
                {
                    return false;
                }
                Err(crossbeam_channel::SendTimeoutError::Timeout(back)) => event = back,
            }
        }
    }

    /// Waits for this time, or until the app drops its handle; returns whether it did.
    fn is_unwanted_within(&self, time: Duration) -> bool {
        match self.unwanted.recv_timeout(time) {
            Ok(never) => match never {},
            Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }
}
