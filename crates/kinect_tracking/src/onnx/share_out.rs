//! Work on several people, shared out over threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The most threads that look at people.
pub(crate) const MOST_THREADS: usize = 4;

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
