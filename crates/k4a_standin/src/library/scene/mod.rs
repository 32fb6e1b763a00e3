//! What devices show: a short loop of captures, drawn once for all devices of the library and replayed.

mod pattern;
mod people;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kinect_azure::{ColorFormat, ColorResolution, DepthMode};

use super::memory::Memory;
use super::modes::Modes;
use crate::script::Scene;

/// The memory of a capture's images.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    pub(super) color: Option<Arc<Memory>>,
    pub(super) depth: Option<Arc<Memory>>,
    pub(super) ir: Option<Arc<Memory>>,
}

/// A loop of captures; never empty.
pub(super) type Captures = Arc<Vec<Drawn>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    scene: Scene,
    captures: u32,
    depth: DepthMode,
    color: ColorResolution,
    /// That of a colour camera that is off does not matter.
    format: Option<ColorFormat>,
}

static DRAWN: Mutex<Option<HashMap<Key, Captures>>> = Mutex::new(None);

/// Threads that draw.
pub(super) static THREADS: AtomicU64 = AtomicU64::new(0);

/// The loop for some modes, drawn when it is asked for first. Whoever asks meanwhile waits.
pub(super) fn captures(scene: Scene, captures: u32, modes: &Modes) -> Result<Captures, String> {
    let key = Key {
        scene,
        captures,
        depth: modes.depth,
        color: modes.color,
        format: (modes.color != ColorResolution::Off).then_some(modes.format),
    };
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let drawn = drawn.get_or_insert_default();
    if let Some(captures) = drawn.get(&key) {
        return Ok(Arc::clone(captures));
    }
    let new = match scene {
        Scene::Pattern => pattern::draw(&key)?,
        Scene::People => people::draw(&key)?,
    };
    let new = Arc::new(new);
    drawn.insert(key, Arc::clone(&new));
    Ok(new)
}

/// Forgets what was drawn; images that are out keep theirs.
pub(super) fn forget() {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn share(bytes: &[u8]) -> Result<Arc<Memory>, String> {
    Memory::of(bytes)
        .map(Arc::new)
        .ok_or_else(|| format!("there is no memory for {} bytes of an image", bytes.len()))
}

/// Counts the thread it lives on.
struct Counted;

impl Counted {
    fn new() -> Self {
        THREADS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}
