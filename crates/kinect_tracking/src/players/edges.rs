//! The edges of the depth image that cut a player off.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::{Body, Calibration, Joint};

/// Edges of the depth image that a player reaches or crosses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ImageEdges {
    /// The left edge.
    pub left: bool,
    /// The right edge.
    pub right: bool,
    /// The top edge.
    pub top: bool,
    /// The bottom edge.
    pub bottom: bool,
}

impl ImageEdges {
    /// Whether any edge cuts the player off.
    pub const fn any(&self) -> bool {
        self.left || self.right || self.top || self.bottom
    }

    /// The edges that joints reach, within `share` of the image's height; none without a depth camera.
    pub(super) fn of(body: &Body, calibration: &Calibration, share: f32) -> Self {
        let mut edges = Self::default();
        let Some(camera) = &calibration.depth_camera else {
            return edges;
        };
        let (width, height) = (camera.width as f32, camera.height as f32);
        let margin = height * share.clamp(0.0, 0.5);
        for joint in Joint::ALL {
            // Trackers also return joints outside the image, whose confidence may be "none".
            let position = body.joint(joint).position;
            if position == [0.0; 3] {
                continue;
            }
            let Some([u, v]) = camera.project(position) else {
                continue;
            };
            edges.left |= u < margin;
            edges.right |= u > width - 1.0 - margin;
            edges.top |= v < margin;
            edges.bottom |= v > height - 1.0 - margin;
        }
        edges
    }
}
