//! Ctrl-C, SIGTERM and the end of the terminal: the first asks the command to finish what it writes, the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::files::remove_half_files;

/// The exit status of a command that was stopped before its end, as shells give it for Ctrl-C.
pub(crate) const STOPPED: u8 = 130;

/// How long removing half-written files may take: a disk that hangs must not keep people from ending the command.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the command was asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, String> {
        let stop = Arc::new(AtomicBool::new(false));
        let of_handler = Arc::clone(&stop);
        ctrlc::set_handler(move || {
            if of_handler.swap(true, Ordering::Relaxed) {
                give_up();
            }
        })
        .map_err(|error| format!("Ctrl-C cannot be listened to: {error}"))?;
        Ok(Self(stop))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The same as a flag, for functions that take one.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
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
