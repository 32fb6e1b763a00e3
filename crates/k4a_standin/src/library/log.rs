//! Messages to the client's handler (`k4a_set_debug_message_handler`).

use std::ffi::{CString, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use k4a::abi::MessageCallback;

/// `k4a_log_level_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Critical = 0,
    Error = 1,
    Info = 3,
}

#[derive(Clone, Copy)]
struct Handler {
    callback: MessageCallback,
    context: *mut c_void,
    least: i32,
}

// SAFETY: the C interface says that the callback comes from any thread, with the context it was given with.
unsafe impl Send for Handler {}
// SAFETY: as above.
unsafe impl Sync for Handler {}

/// The most cases of misuse that are printed to standard error while no handler is set.
const MOST_TOLD: u32 = 16;

static HANDLER: RwLock<Option<Handler>> = RwLock::new(None);

/// Sets or clears the handler. Clearing waits until callbacks that run have ended. `false` if another handler is set.
pub(super) fn set_handler(
    callback: Option<MessageCallback>,
    context: *mut c_void,
    least: i32,
) -> bool {
    let mut handler = HANDLER.write().unwrap_or_else(PoisonError::into_inner);
    let other = match (&*handler, callback) {
        (Some(old), Some(new)) => !std::ptr::fn_addr_eq(old.callback, new),
        _ => false,
    };
    if !other {
        *handler = callback.map(|callback| Handler {
            callback,
            context,
            least,
        });
    }
    !other
}

/// Sends a message. Never with the world locked: the handler may call the library.
pub(super) fn send(level: Level, message: &str) {
    let handler = HANDLER.read().unwrap_or_else(PoisonError::into_inner);
    let Some(handler) = &*handler else {
        // Without a handler, misuse is printed to standard error, up to a limit.
        static TOLD: AtomicU32 = AtomicU32::new(0);
        if level == Level::Critical && TOLD.fetch_add(1, Ordering::Relaxed) < MOST_TOLD {
            eprintln!("k4a stand-in: {message}");
        }
        return;
    };
    // With the level OFF no message is sent.
    if level as i32 > handler.least || handler.least >= 5 {
        return;
    }
    let text = CString::new(message.replace('\0', " ")).unwrap_or_default();
    // SAFETY: the client guarantees that its function can be called; both texts end with a NUL and outlive the call.
    unsafe {
        (handler.callback)(
            handler.context,
            level as i32,
            c"k4a_standin".as_ptr(),
            0,
            text.as_ptr(),
        );
    }
}
