//! The loops that are drawn, kept for all devices.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kinect_azure::ColorResolution;

use super::drawn::{Captures, Key};
use super::{pattern, people};
use crate::library::modes::Modes;
use crate::script::Scene;

static DRAWN: Mutex<Option<HashMap<Key, Captures>>> = Mutex::new(None);

/// The loop for some modes, drawn when it is asked for first. Other callers wait meanwhile.
pub(in crate::library) fn captures(
    scene: Scene,
    captures: u32,
    modes: &Modes,
) -> Result<Captures, String> {
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

/// Forgets the drawn captures; images that clients hold keep their memory.
pub(in crate::library) fn forget() {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
}
