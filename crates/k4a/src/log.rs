//! Messages of the vendors' libraries: they become `tracing` events of the target `k4a::library`, and parts of errors.
//!
//! A library calls [`on_message`] from its own threads and within calls into it. Messages within a call are kept for the error
//! that the call may return, and are events of level debug only, because that error reports them. Messages from the library's
//! own threads become events of their level. Messages from one line of the library's code are limited, so
//! that a broken sensor does not write a line for every frame.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::callback;
use crate::codes::LogLevel;

/// Messages that an error keeps.
const KEPT: usize = 4;
/// The time for which messages from one place are counted together.
const WINDOW: Duration = Duration::from_secs(10);
/// Different messages that one place may show within the window.
const SHOWN: u32 = 5;
/// The number of remembered places; when there are more, all are forgotten.
const PLACES: usize = 256;

/// The messages that this thread has received during its present call.
struct Heard {
    in_call: bool,
    messages: Vec<String>,
}

thread_local! {
    static HEARD: RefCell<Heard> = const {
        RefCell::new(Heard { in_call: false, messages: Vec::new() })
    };
}

/// Runs a call into a library and keeps the messages that the library logs on this thread during the call.
pub(crate) fn during<T>(call: impl FnOnce() -> T) -> T {
    set_in_call(true);
    let result = call();
    set_in_call(false);
    result
}

fn set_in_call(in_call: bool) {
    // A thread that is ending has no list of messages any more; its messages only become events.
    let _ = HEARD.try_with(|heard| {
        let mut heard = heard.borrow_mut();
        heard.in_call = in_call;
        if in_call {
            heard.messages.clear();
        }
    });
}

/// The messages of the library during the last call on this thread.
pub(crate) fn take_messages() -> Vec<String> {
    HEARD
        .try_with(|heard| std::mem::take(&mut heard.borrow_mut().messages))
        .unwrap_or_default()
}

/// Forgets the messages of an earlier call.
pub(crate) fn forget_messages() {
    drop(take_messages());
}

/// Keeps a message for the present call of this thread; returns whether there is a call.
fn keep(level: LogLevel, message: &str) -> bool {
    HEARD
        .try_with(|heard| {
            let mut heard = heard.borrow_mut();
            if heard.in_call && level <= LogLevel::Error {
                if heard.messages.len() == KEPT {
                    heard.messages.remove(0);
                }
                heard.messages.push(message.to_owned());
            }
            heard.in_call
        })
        .unwrap_or(false)
}

/// The receiver of one library's messages. It lives as long as the process, because the library may call it at any
/// time.
pub(crate) struct Sink {
    /// The vendor of the library.
    name: &'static str,
    limiter: Mutex<Limiter>,
}

impl Sink {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            limiter: Mutex::default(),
        }
    }

    fn hear(&self, level: LogLevel, place: &str, message: &str) {
        let in_call = keep(level, message);
        let Some(unsaid) = self
            .limiter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(place, message, Instant::now())
        else {
            return;
        };
        let library = self.name;
        let level = if in_call {
            level.max(LogLevel::Trace)
        } else {
            level
        };
        // The level of an event is part of its code.
        macro_rules! say {
            ($level:ident) => {
                if unsaid == 0 {
                    tracing::$level!(target: "k4a::library", library, place, "{message}")
                } else {
                    tracing::$level!(
                        target: "k4a::library", library, place,
                        "{message} ({unsaid} messages from the same place were left out before this one)"
                    )
                }
            };
        }
        match level {
            LogLevel::Critical | LogLevel::Error => say!(error),
            LogLevel::Warning => say!(warn),
            LogLevel::Info => say!(info),
            LogLevel::Trace | LogLevel::Off => say!(debug),
        }
    }
}

/// The function that libraries call; its context is a [`Sink`].
///
/// # Safety
/// The context must be a `Sink` that lives; the texts must be null or end with a NUL.
pub(crate) unsafe extern "C" fn on_message(
    context: *mut c_void,
    level: i32,
    file: *const c_char,
    line: c_int,
    message: *const c_char,
) {
    callback::guard(|| {
        // SAFETY: the caller guarantees that the context is valid.
        let Some(sink) = (unsafe { context.cast::<Sink>().as_ref() }) else {
            return;
        };
        // SAFETY: the caller guarantees that the texts end with a NUL.
        let (file, message) = unsafe { (copy(file), copy(message)) };
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        sink.hear(
            LogLevel::from_code(level).unwrap_or(LogLevel::Error),
            &format!("{name}:{line}"),
            message.trim_end(),
        );
    });
}

/// # Safety
/// The text must be null or end with a NUL.
unsafe fn copy(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: it is not null, and the caller guarantees the NUL.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// Decides which messages are shown.
#[derive(Default)]
struct Limiter {
    places: HashMap<String, Place>,
    hasher: RandomState,
}

struct Place {
    since: Instant,
    shown: u32,
    left_out: u64,
    last: u64,
}

impl Limiter {
    /// Whether to show the message; if so, the number of messages from its place that were left out since the last
    /// shown one.
    fn admit(&mut self, place: &str, message: &str, now: Instant) -> Option<u64> {
        let hash = self.hasher.hash_one(message);
        if let Some(known) = self.places.get_mut(place) {
            if now.duration_since(known.since) >= WINDOW {
                known.since = now;
                known.shown = 0;
            } else if known.last == hash || known.shown >= SHOWN {
                known.left_out += 1;
                return None;
            }
            known.shown += 1;
            known.last = hash;
            return Some(std::mem::take(&mut known.left_out));
        }
        if self.places.len() >= PLACES {
            self.places.clear();
        }
        self.places.insert(
            place.to_owned(),
            Place {
                since: now,
                shown: 1,
                left_out: 0,
                last: hash,
            },
        );
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::null;

    use super::*;

    #[test]
    fn a_message_that_repeats_is_shown_once_in_ten_seconds_with_a_count() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        assert_eq!(limiter.admit("a.c:1", "lost", start), Some(0));
        for ms in 1..300 {
            let now = start + Duration::from_millis(ms * 33);
            assert_eq!(limiter.admit("a.c:1", "lost", now), None);
        }
        assert_eq!(limiter.admit("a.c:1", "lost", start + WINDOW), Some(299));
    }

    #[test]
    fn a_place_that_says_something_new_each_time_is_limited_too() {
        let (mut limiter, now) = (Limiter::default(), Instant::now());
        let shown = (0..100)
            .filter(|n| limiter.admit("a.c:1", &format!("at {n}"), now).is_some())
            .count();
        assert_eq!(shown, SHOWN as usize);
        assert_eq!(limiter.admit("b.c:1", "at 1", now), Some(0));
    }

    #[test]
    fn no_more_places_are_remembered_than_the_bound() {
        let (mut limiter, now) = (Limiter::default(), Instant::now());
        for n in 0..10 * PLACES {
            limiter.admit(&format!("{n}"), "x", now);
        }
        assert!(limiter.places.len() <= PLACES);
    }

    #[test]
    fn what_is_said_during_a_call_is_kept_and_what_is_said_outside_is_not() {
        let sink = Sink::new("test");
        let say = |level: i32, text: &CStr| {
            // SAFETY: the sink lives; the texts end with a NUL.
            unsafe {
                on_message(
                    (&raw const sink).cast_mut().cast(),
                    level,
                    c"src/a.c".as_ptr(),
                    3,
                    text.as_ptr(),
                );
            }
        };
        say(1, c"before");
        during(|| {
            say(3, c"only information");
            for text in [c"1", c"2", c"3", c"4", c"5"] {
                say(1, text);
            }
        });
        say(1, c"after");
        assert_eq!(take_messages(), ["2", "3", "4", "5"]);
        assert!(take_messages().is_empty());
    }

    /// Counts events by their level.
    #[derive(Clone, Default)]
    struct Levels(std::sync::Arc<Mutex<Vec<tracing::Level>>>);

    impl tracing::Subscriber for Levels {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            metadata.target() == "k4a::library"
        }
        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }
        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
        fn event(&self, event: &tracing::Event<'_>) {
            if let Ok(mut levels) = self.0.lock() {
                levels.push(*event.metadata().level());
            }
        }
        fn enter(&self, _: &tracing::span::Id) {}
        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    fn what_a_call_will_report_is_a_debug_event_and_what_nobody_will_is_one_of_its_level() {
        let (sink, levels) = (Sink::new("test"), Levels::default());
        tracing::subscriber::with_default(levels.clone(), || {
            during(|| sink.hear(LogLevel::Error, "a.c:1", "no device"));
            sink.hear(LogLevel::Error, "a.c:2", "lost a packet");
            sink.hear(LogLevel::Error, "a.c:2", "lost a packet");
            sink.hear(LogLevel::Warning, "a.c:3", "slow");
            sink.hear(LogLevel::Info, "a.c:4", "started");
        });
        use tracing::Level;
        let seen = levels.0.lock().map(|seen| seen.clone()).unwrap_or_default();
        assert_eq!(seen, [Level::DEBUG, Level::ERROR, Level::WARN, Level::INFO]);
    }

    #[test]
    fn missing_texts_unknown_levels_and_a_missing_context_do_no_harm() {
        let sink = Sink::new("test");
        // SAFETY: null is allowed for each.
        unsafe {
            on_message(std::ptr::null_mut(), 1, null(), 0, null());
            on_message(
                (&raw const sink).cast_mut().cast(),
                99,
                null(),
                -1,
                c"\xff\xfe not UTF-8".as_ptr(),
            );
        }
    }
}
