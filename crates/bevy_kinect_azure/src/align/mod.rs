//! Images as the other camera would see them (I2, I4, I6, I8, I10), on the GPU.
//!
//! Outputs and clouds say which images they want; only those are computed, and each once however many want it.

mod rays;

use bevy::prelude::*;

pub(crate) use rays::ColorRays;

use crate::sensor::KinectSystems;

/// Alignment on the GPU. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct AlignPlugin;

impl Plugin for AlignPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(PreUpdate, rays::prepare.in_set(KinectSystems::Prepare));
    }
}
