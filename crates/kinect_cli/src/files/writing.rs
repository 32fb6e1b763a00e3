//! The half-written files of this process, for whoever ends it at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Files that are begun and not yet finished. The lock is held for a few instructions, never while a disk is waited for.
static HALF: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Held while a half file is made, and for ever once all are removed.
static MAKING: RwLock<()> = RwLock::new(());

/// Held by whoever makes a half file, until it is in the list. Waits for ever once all are removed: the process ends.
pub(super) fn making() -> RwLockReadGuard<'static, ()> {
    MAKING.read().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn begun(part: &Path) {
    HALF.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(part.to_owned());
}

pub(super) fn ended(part: &Path) {
    let mut half = HALF.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = half.iter().position(|one| one == part) {
        half.swap_remove(at);
    }
}

/// Removes every half-written file. For the end of the process alone: who writes them does not notice.
pub(crate) fn remove_all() {
    // Nobody makes another one while the process ends.
    std::mem::forget(MAKING.write().unwrap_or_else(PoisonError::into_inner));
    let half = std::mem::take(&mut *HALF.lock().unwrap_or_else(PoisonError::into_inner));
    for part in half {
        // The process ends; there is nothing more to do if even that fails.
        let _ = fs::remove_file(part);
    }
}
