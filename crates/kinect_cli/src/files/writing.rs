//! The half-written files of this process, which are removed when it ends at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Files that are begun and not yet finished. The lock is held for a few instructions, never while a disk is waited for.
static HALF: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Held while a half-written file is created, and for ever once all are removed.
static MAKING: RwLock<()> = RwLock::new(());

/// Held by the thread that creates a half-written file, until the file is in the list. Waits for ever once all are
/// removed: the process ends.
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

/// Removes every half-written file. Call it only at the end of the process, because the threads that write the files
/// are not stopped.
pub(crate) fn remove_all() {
    // No thread can create another one while the process ends.
    std::mem::forget(MAKING.write().unwrap_or_else(PoisonError::into_inner));
    let half = std::mem::take(&mut *HALF.lock().unwrap_or_else(PoisonError::into_inner));
    for part in half {
        // The process ends; there is nothing more to do if even that fails.
        let _ = fs::remove_file(part);
    }
}
