//! Work on several people, shared out over threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::runtime::cores;
use crate::tracker::{StopSignal, TrackerError};

/// The most threads that look at people.
const MOST_THREADS: usize = 4;

/// One worker for each thread that may look at people. On a graphics card a second worker beside the first gains nothing.
///
/// # Errors
/// Fails if `second` fails, or if the signal tells it to stop.
pub(crate) fn workers<W>(
    first: W,
    is_accelerated: bool,
    stop: &StopSignal,
    mut second: impl FnMut(&W) -> Result<W, TrackerError>,
) -> Result<Vec<Mutex<W>>, TrackerError> {
    let threads = if is_accelerated {
        1
    } else {
        cores().min(MOST_THREADS)
    };
    let mut workers = Vec::with_capacity(threads);
    for _ in 1..threads {
        stop.check()?;
        workers.push(Mutex::new(second(&first)?));
    }
    workers.push(Mutex::new(first));
    Ok(workers)
}

/// Does the work for every item, on as many threads as there are workers, and returns the results in the items' order.
///
/// # Errors
/// Fails if a thread panics.
pub(crate) fn share_out<W: Send, I: Sync, R: Send>(
    workers: &[Mutex<W>],
    items: &[I],
    work: impl Fn(&mut W, &I) -> R + Sync,
) -> Result<Vec<R>, String> {
    let Some((first, others)) = workers.split_first() else {
        return Ok(Vec::new());
    };
    let next = AtomicUsize::new(0);
    let run = |worker: &Mutex<W>| {
        let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(&mut worker, item)));
        }
    };
    let helpers = others.len().min(items.len().saturating_sub(1));
    let mut done = thread::scope(|scope| {
        let threads: Vec<_> = others[..helpers]
            .iter()
            .map(|worker| scope.spawn(|| run(worker)))
            .collect();
        let mut done = run(first);
        for thread in threads {
            done.extend(thread.join().unwrap_or_default());
        }
        done
    });
    if done.len() < items.len() {
        return Err("a thread of the network panicked".to_owned());
    }
    done.sort_unstable_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
