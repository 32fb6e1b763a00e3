//! The one lock, and how callers wait.

use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::World;

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));
static CHANGED: Condvar = Condvar::new();

/// Does something with the world. Effects that must not happen under the lock (messages, the client's callbacks)
/// happen afterwards.
pub(super) fn with<R>(act: impl FnOnce(&mut World) -> R) -> R {
    let mut world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    world.advance(Instant::now());
    let answer = act(&mut world);
    let effects = std::mem::take(&mut world.effects);
    drop(world);
    if effects.changed {
        CHANGED.notify_all();
    }
    effects.happen();
    answer
}

/// The result of one look of a waiting call.
pub(super) enum Found<R> {
    This(R),
    /// Nothing yet; look again at this time, or when the state has changed.
    Nothing(Option<Instant>),
}

/// Looks repeatedly until something is found or the time is over: with 0 ms it looks once, with a negative time it
/// waits for ever.
pub(super) fn wait<R>(
    timeout_ms: i32,
    mut look: impl FnMut(&mut World, Instant) -> Found<R>,
) -> Option<R> {
    let start = Instant::now();
    let end = u64::try_from(timeout_ms)
        .ok()
        .map(|ms| start + Duration::from_millis(ms));
    let mut world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = loop {
        let now = Instant::now();
        world.advance(now);
        let again = match look(&mut world, now) {
            Found::This(answer) => break Some(answer),
            Found::Nothing(again) => again,
        };
        if end.is_some_and(|end| end <= now) {
            break None;
        }
        // Looking may have advanced the world, which other calls wait for.
        if std::mem::take(&mut world.effects.changed) {
            CHANGED.notify_all();
        }
        let until = [again, end].into_iter().flatten().min();
        world = match until {
            None => CHANGED.wait(world).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let most = until.saturating_duration_since(now);
                CHANGED
                    .wait_timeout(world, most)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
    };
    let effects = std::mem::take(&mut world.effects);
    drop(world);
    if effects.changed {
        CHANGED.notify_all();
    }
    effects.happen();
    answer
}
