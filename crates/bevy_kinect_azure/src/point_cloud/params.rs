//! The parameters of the compute shader.

use bevy::math::Affine3A;
use bevy::prelude::*;
use bevy::render::render_resource::ShaderType;

use super::{PointColor, PointFilter};

/// Keep in sync with `Params` in `unproject.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Params {
    box_x: Vec3,
    color_source: u32,
    box_y: Vec3,
    color: u32,
    box_z: Vec3,
    players: u32,
    box_origin: Vec3,
    flags: u32,
    range: Vec2,
    depth: UVec2,
    size: UVec2,
    step: u32,
    flying_pixels: f32,
}

/// Bits of `Params::flags`; keep in sync with `unproject.wgsl`.
pub(super) mod flag {
    pub(crate) const HAS_PLAYERS: u32 = 4;
    pub(super) const KEEP_LATER_PLAYERS: u32 = 8;
    pub(super) const KEEP_BACKGROUND: u32 = 16;
    pub(crate) const IS_SMOOTHED: u32 = 32;
}

impl Params {
    pub(super) fn new(
        color: &PointColor,
        filter: &PointFilter,
        world_from_points: &Affine3A,
        size: UVec2,
        ir_range: (u16, u16),
        operating_range: (f32, f32),
    ) -> Self {
        let mut params = Self {
            size,
            step: filter.step(),
            depth: UVec2::new(
                millimetres(filter.min_depth, 0.0),
                millimetres(filter.max_depth, f32::INFINITY),
            ),
            // A value below 0 keeps flying pixels.
            flying_pixels: filter
                .flying_pixels
                .filter(|part| part.is_finite() && *part >= 0.0)
                .unwrap_or(-1.0),
            ..default()
        };
        (params.color_source, params.color) = match *color {
            PointColor::Camera { unseen, .. } => (0, pack(unseen)),
            PointColor::Infrared => {
                params.range = Vec2::new(f32::from(ir_range.0), f32::from(ir_range.1));
                (1, 0)
            }
            PointColor::DepthRamp(range) => {
                params.range = range.fixed().unwrap_or(operating_range).into();
                (2, 0)
            }
            PointColor::Player { nobody } => (3, pack(nobody)),
            PointColor::Flat(color) => (4, pack(color)),
        };
        if let Some(clip_box) = filter.clip_box {
            let inverse = clip_box.inverse(world_from_points);
            params.box_x = inverse.matrix3.x_axis.into();
            params.box_y = inverse.matrix3.y_axis.into();
            params.box_z = inverse.matrix3.z_axis.into();
            params.box_origin = inverse.translation.into();
        }
        let (players, later, background) = filter.players.kept();
        params.players = players;
        params.set(flag::KEEP_LATER_PLAYERS, later);
        params.set(flag::KEEP_BACKGROUND, background);
        params
    }

    pub(super) fn set(&mut self, flag: u32, is_set: bool) {
        if is_set {
            self.flags |= flag;
        }
    }
}

/// Metres in the millimetres of depth images.
fn millimetres(metres: f32, otherwise: f32) -> u32 {
    let metres = if metres.is_nan() { otherwise } else { metres };
    // Float casts saturate: infinite becomes `u32::MAX`.
    (metres * 1000.0).round() as u32
}

/// A colour, sRGB-encoded, as `pack4x8unorm`.
fn pack(color: Color) -> u32 {
    u32::from_le_bytes(color.to_srgba().to_u8_array())
}
