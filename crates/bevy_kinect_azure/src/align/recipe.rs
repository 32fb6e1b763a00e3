//! The aligned images, and the steps and inputs that each needs.

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use crate::stream::{Demand, RawImage};

/// How an aligned image is computed.
pub(super) struct Recipe {
    pub(super) image: RawImage,
    /// The shader in `resolve.wgsl`.
    pub(super) entry_point: &'static str,
    pub(super) format: TextureFormat,
    /// The image that is seen from the other camera; `None` for depth, which every recipe reads anyway.
    pub(super) shows: Option<RawImage>,
    /// The camera whose view the image is in.
    pub(super) view: View,
    /// Whether the step that finds each colour pixel's nearest surface must run.
    pub(super) needs_nearest_depth: bool,
    /// Whether the step that finds each colour pixel's patch of surface must run.
    pub(super) needs_patches: bool,
}

/// A camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Depth,
    Color,
}

impl Recipe {
    /// Size of the input image, which is the other camera's.
    pub(super) fn input_size(&self, depth: UVec2, color: UVec2) -> UVec2 {
        match self.view {
            View::Color => depth,
            View::Depth => color,
        }
    }

    /// Size of the aligned image.
    pub(super) fn output_size(&self, depth: UVec2, color: UVec2) -> UVec2 {
        match self.view {
            View::Color => color,
            View::Depth => depth,
        }
    }
}

/// All aligned images.
pub(super) const RECIPES: [Recipe; 5] = [
    Recipe {
        image: RawImage::AlignedDepth,
        entry_point: "aligned_depth",
        format: TextureFormat::R16Uint,
        shows: None,
        view: View::Color,
        needs_nearest_depth: true,
        needs_patches: false,
    },
    Recipe {
        image: RawImage::AlignedInfrared,
        entry_point: "aligned_infrared",
        format: TextureFormat::R16Uint,
        shows: Some(RawImage::Infrared),
        view: View::Color,
        needs_nearest_depth: true,
        needs_patches: true,
    },
    Recipe {
        image: RawImage::AlignedPlayers,
        entry_point: "aligned_players",
        format: TextureFormat::R8Uint,
        shows: Some(RawImage::Players),
        view: View::Color,
        needs_nearest_depth: true,
        needs_patches: true,
    },
    Recipe {
        image: RawImage::AlignedColor,
        entry_point: "aligned_color",
        format: TextureFormat::Rgba8Unorm,
        shows: Some(RawImage::Color),
        view: View::Depth,
        needs_nearest_depth: false,
        needs_patches: false,
    },
    Recipe {
        image: RawImage::AlignedVisibleColor,
        entry_point: "aligned_visible_color",
        format: TextureFormat::Rgba8Unorm,
        shows: Some(RawImage::Color),
        view: View::Depth,
        needs_nearest_depth: true,
        needs_patches: false,
    },
];

/// Whether any aligned image is demanded.
pub(super) fn is_any_wanted(demand: Demand) -> bool {
    RECIPES.iter().any(|recipe| demand.contains(recipe.image))
}
