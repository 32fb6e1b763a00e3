//! The images that are made here, and what each takes.

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use crate::stream::{Demand, RawImage};

/// How an image is made.
pub(super) struct Recipe {
    pub(super) image: RawImage,
    /// The shader in `resolve.wgsl`.
    pub(super) entry_point: &'static str,
    pub(super) format: TextureFormat,
    /// What it shows; `None`: depth, which every recipe begins with.
    pub(super) shows: Option<RawImage>,
    /// Whose view it is in.
    pub(super) view: View,
    /// Whether it needs to know how far away each colour pixel's nearest surface is.
    pub(super) needs_nearest_depth: bool,
    /// Whether it needs to know which patch of surface each colour pixel shows.
    pub(super) needs_patches: bool,
}

/// A camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Depth,
    Color,
}

impl Recipe {
    /// Size of the image that it shows; the other camera's pixels become its own.
    pub(super) fn input_size(&self, depth: UVec2, color: UVec2) -> UVec2 {
        match self.view {
            View::Color => depth,
            View::Depth => color,
        }
    }

    /// Size of the image it makes.
    pub(super) fn output_size(&self, depth: UVec2, color: UVec2) -> UVec2 {
        match self.view {
            View::Color => color,
            View::Depth => depth,
        }
    }
}

/// Every image that is made here.
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

/// Whether any of the images is wanted.
pub(super) fn is_any_wanted(demand: Demand) -> bool {
    RECIPES.iter().any(|recipe| demand.contains(recipe.image))
}
