//! The thread that opens an array and opens it again when it was lost. Blocks do not pass through it: the app takes them
//! from the array's own queue.
//!
//! It ends when the app's end of it is gone, within some ms, and lets go of the array before.

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
/// How often an open array is asked whether it is still there.
const CHECK: Duration = Duration::from_millis(50);
/// How long the end of a stream is waited for. A driver that takes longer is left to itself.
const CLOSE: Duration = Duration::from_millis(500);

/// What the thread tells the app.
pub(super) enum Event {
    /// Sound comes.
    Opened {
        info: Box<MicrophoneInfo>,
        receiver: AudioReceiver,
        /// Whether it had been open before.
        again: bool,
    },
    /// No sound comes; the state says why.
    Left(MicrophoneState),
}

/// Nothing is ever sent; the channel's end is the message.
enum Never {}

/// The app's end of the thread. Dropping it ends the thread; nobody waits for that.
pub(super) struct ThreadHandle {
    pub(super) events: Receiver<Event>,
    wanted: Option<Sender<Never>>,
    thread: Option<JoinHandle<()>>,
}

impl ThreadHandle {
    /// Tells the thread to stop and hands over the means to wait for that.
    pub(super) fn stop(&mut self) -> Option<JoinHandle<()>> {
        self.wanted = None;
        self.thread.take()
    }

    /// Whether the thread has ended and there is no word from it left.
    pub(super) fn has_died(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished) && self.events.is_empty()
    }
}

/// Starts a thread, which waits for the end of the one `before` it: an array can only be opened once.
pub(super) fn start(
    settings: MicrophoneSettings,
    before: Option<JoinHandle<()>>,
) -> std::io::Result<ThreadHandle> {
    // The app takes events in each update, and they are seconds apart.
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
                    // Only an array that delivers is back: one that opens and fails again must not be tried in a loop.
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

    /// Tells the app something; `false` when it does not want to know any more. An app that stands still is waited for.
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

    /// Waits that long, at most until the app wants no more.
    fn is_unwanted_within(&self, time: Duration) -> bool {
        match self.unwanted.recv_timeout(time) {
            Ok(never) => match never {},
            Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }
}
