//! The vendor of this loaded library: Microsoft, or Orbbec, whose wrapper behaves differently.

use std::sync::atomic::{AtomicBool, Ordering};

static ORBBEC: AtomicBool = AtomicBool::new(false);

/// Makes this loaded library Orbbec's; called when the library that has Orbbec's functions is loaded.
pub(super) fn be_orbbec() {
    ORBBEC.store(true, Ordering::Relaxed);
}

pub(super) fn is_orbbec() -> bool {
    ORBBEC.load(Ordering::Relaxed)
}
