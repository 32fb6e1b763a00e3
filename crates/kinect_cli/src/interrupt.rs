//! Ctrl-C, SIGTERM and the end of the terminal: the first signal tells the command to finish its files, the second ends
//! it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use kinect_tracking::tracker::StopSignal;

use crate::files::remove_half_files;

/// The exit status of a command that was stopped before its end, as shells give it for Ctrl-C.
pub(crate) const STOPPED: u8 = 130;

/// How long removing half-written files may take: a disk that hangs must not prevent the user from ending the command.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the command was asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    flag: Arc<AtomicBool>,
    signal: StopSignal,
}

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, String> {
        let stop = Self {
            flag: Arc::new(AtomicBool::new(false)),
            signal: StopSignal::new(),
        };
        let of_handler = stop.clone();
        ctrlc::set_handler(move || {
            if of_handler.flag.swap(true, Ordering::Relaxed) {
                give_up();
            }
            of_handler.signal.give();
        })
        .map_err(|error| format!("the command cannot react to Ctrl-C: {error}"))?;
        Ok(stop)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// The same as a flag, for functions that take one.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// The same as a signal, for body trackers.
    pub(crate) fn signal(&self) -> StopSignal {
        self.signal.clone()
    }
}

/// Removes half-written files and ends the process, even if its threads are waiting.
fn give_up() {
    let (done, removed) = mpsc::channel();
    let started = std::thread::Builder::new().spawn(move || {
        remove_half_files();
        // The receiver is gone after the time limit.
        let _ = done.send(());
    });
    if started.is_ok() {
        let _ = removed.recv_timeout(PATIENCE);
    }
    std::process::exit(i32::from(STOPPED));
}
