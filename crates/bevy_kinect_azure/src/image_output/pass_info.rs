//! The uniform with which a pass's shader is called.

use bevy::prelude::*;
use bevy::render::render_resource::ShaderType;

/// Keep in sync with `PassInfo` in `output_pass.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct PassInfo {
    pub(super) params: [Vec4; 2],
    pub(super) size: UVec2,
    pub(super) kind: u32,
    pub(super) number: u32,
    pub(super) time: f32,
    pub(super) frame: u32,
}
