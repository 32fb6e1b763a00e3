//! Joins capture threads once they have ended, so that the app never waits for a thread, and no ended thread is left.

use std::thread::JoinHandle;

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, unbounded};

/// The threads that were told to stop.
#[derive(Resource)]
pub(crate) struct Reaper {
    /// Takes the handles of threads that were told to stop.
    pub(super) sender: Sender<JoinHandle<()>>,
    receiver: Receiver<JoinHandle<()>>,
    ending: Vec<JoinHandle<()>>,
}

impl Default for Reaper {
    fn default() -> Self {
        let (sender, receiver) = unbounded();
        Self {
            sender,
            receiver,
            ending: Vec::new(),
        }
    }
}

/// Joins the threads that have ended.
pub(super) fn reap(mut reaper: ResMut<Reaper>) {
    let reaper = &mut *reaper;
    reaper.ending.extend(reaper.receiver.try_iter());
    let mut index = 0;
    while let Some(thread) = reaper.ending.get(index) {
        if thread.is_finished() {
            let thread = reaper.ending.swap_remove(index);
            if thread.join().is_err() {
                error!(
                    "a capture thread panicked; its sensor is off. Please report this with the lines above"
                );
            }
        } else {
            index += 1;
        }
    }
}
