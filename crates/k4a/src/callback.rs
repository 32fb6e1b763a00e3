//! Functions of this crate that a library calls.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of a function that a library calls. A panic in it ends here, because unwinding into C is not allowed.
pub(crate) fn guard(body: impl FnOnce()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(body)) else {
        return;
    };
    // Dropping a panic's payload can panic again; that second payload is leaked.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}
