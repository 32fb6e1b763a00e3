//! The time that several sensors of one process share.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Instant;

/// The beginning of a simulation: the time of a capture since the first, in µs, and when it was due. Empty until the first sensor
/// has drawn a capture.
pub(crate) type Beginning = OnceLock<(u64, Instant)>;

/// The beginnings that open sensors share, by their seed.
static SHARED: Mutex<Vec<(u64, Weak<Beginning>)>> = Mutex::new(Vec::new());

/// The beginning that all sensors of that seed share while at least one of them exists.
pub(crate) fn beginning(seed: u64) -> Arc<Beginning> {
    // A list of weak references: a panic elsewhere cannot leave it half written.
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.retain(|(_, beginning)| beginning.strong_count() > 0);
    let known = shared.iter().find(|(of, _)| *of == seed);
    if let Some(beginning) = known.and_then(|(_, beginning)| beginning.upgrade()) {
        return beginning;
    }
    let beginning = Arc::default();
    shared.push((seed, Arc::downgrade(&beginning)));
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors_of_one_seed_share_a_beginning_until_all_are_gone() {
        let (one, two, other) = (beginning(71), beginning(71), beginning(72));
        assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &other));
        assert!(one.set((0, Instant::now())).is_ok());
        drop(one);
        assert!(beginning(71).get().is_some());
        drop(two);
        assert!(beginning(71).get().is_none());
    }
}
