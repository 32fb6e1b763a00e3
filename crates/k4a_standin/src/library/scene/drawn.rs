//! A drawn capture, and the modes that it depends on.

use std::sync::Arc;

use kinect_azure::{ColorFormat, ColorResolution, DepthMode};

use crate::library::memory::Memory;
use crate::script::Scene;

/// The memory of a capture's images.
#[derive(Clone, Debug, Default)]
pub(in crate::library) struct Drawn {
    pub(in crate::library) color: Option<Arc<Memory>>,
    pub(in crate::library) depth: Option<Arc<Memory>>,
    pub(in crate::library) ir: Option<Arc<Memory>>,
}

/// A loop of captures; never empty.
pub(in crate::library) type Captures = Arc<Vec<Drawn>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) scene: Scene,
    pub(super) captures: u32,
    pub(super) depth: DepthMode,
    pub(super) color: ColorResolution,
    /// The colour format; `None` if the colour camera is off.
    pub(super) format: Option<ColorFormat>,
}

pub(super) fn share(bytes: &[u8]) -> Result<Arc<Memory>, String> {
    Memory::of(bytes)
        .map(Arc::new)
        .ok_or_else(|| format!("there is no memory for {} bytes of an image", bytes.len()))
}
