//! Threads whose tracker does not return. They cannot be ended from outside; they are joined once they end by
//! themselves.

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

static LEFT_BEHIND: Mutex<Vec<LeftBehind>> = Mutex::new(Vec::new());

struct LeftBehind {
    name: String,
    since: Instant,
    thread: JoinHandle<()>,
}

/// A thread that is still in a call of its tracker after it was told to stop.
#[derive(Clone, Debug, PartialEq)]
pub struct AbandonedThread {
    /// The tracker's name.
    pub tracker: String,
    /// How long ago it was told to stop, in seconds.
    pub seconds: f32,
}

/// Takes charge of a thread that was told to stop.
pub(super) fn leave_behind(name: String, thread: JoinHandle<()>) {
    let mut left = reaped();
    if thread.is_finished() {
        join(thread);
    } else {
        left.push(LeftBehind {
            name,
            since: Instant::now(),
            thread,
        });
    }
}

/// The threads of this process that were told to stop and have not ended. Joins those that have ended meanwhile.
pub fn abandoned_threads() -> Vec<AbandonedThread> {
    reaped()
        .iter()
        .map(|left| AbandonedThread {
            tracker: left.name.clone(),
            seconds: left.since.elapsed().as_secs_f32(),
        })
        .collect()
}

/// Joins an ended thread, which does not wait.
pub(super) fn join(thread: JoinHandle<()>) {
    // Panics of a tracker are caught and reported in its thread.
    let _ = thread.join();
}

fn reaped() -> std::sync::MutexGuard<'static, Vec<LeftBehind>> {
    let mut left = LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
    let mut index = 0;
    while let Some(one) = left.get(index) {
        if one.thread.is_finished() {
            join(left.swap_remove(index).thread);
        } else {
            index += 1;
        }
    }
    left
}
