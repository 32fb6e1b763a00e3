//! A person as the renderer sees it.

use crate::person::{BodyMesh, SkinnedMesh};

/// A person to be drawn.
#[derive(Clone, Copy)]
pub(crate) struct Posed<'a> {
    pub(crate) mesh: &'a BodyMesh,
    pub(crate) skinned: &'a SkinnedMesh,
}
