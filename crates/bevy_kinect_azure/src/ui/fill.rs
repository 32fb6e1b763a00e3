//! How a picture fills the place it is shown in.

use bevy::prelude::*;

/// How an image fills its UI node. It is centred; what does not fit is cut off at the node's edges.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageFill {
    /// Stretched to the node's width and height.
    Stretch,
    /// As wide as the node; it may be higher than the node.
    FitWidth,
    /// As high as the node; it may be wider than the node.
    FitHeight,
    /// As large as possible with the whole image visible; the node's background shows beside it.
    #[default]
    FitBest,
    /// As small as possible with the whole node covered; two edges of the image may be cut off.
    FitOutside,
    /// One pixel of the image on each physical pixel of the screen; the output's aspect ratio is ignored.
    NativeSize,
}

impl ImageFill {
    /// All ways to fill a node.
    pub const ALL: [Self; 6] = [
        Self::Stretch,
        Self::FitWidth,
        Self::FitHeight,
        Self::FitBest,
        Self::FitOutside,
        Self::NativeSize,
    ];

    /// Where a picture of `resolution` pixels lies in an area, if the picture's width should be `aspect` times its
    /// height. Both rectangles are in physical pixels from the area's upper left corner, and the edges lie on whole
    /// pixels. Empty if the picture or the area is empty.
    ///
    /// ```
    /// # use bevy::math::{Rect, UVec2, Vec2};
    /// # use bevy_kinect_azure::ui::ImageFill;
    /// let rect = ImageFill::FitBest.rect(Vec2::new(400.0, 300.0), UVec2::new(1280, 720), 16.0 / 9.0);
    /// assert_eq!(rect, Rect::new(0.0, 37.0, 400.0, 262.0));
    /// ```
    pub fn rect(self, area: Vec2, resolution: UVec2, aspect: f32) -> Rect {
        let has_aspect = aspect.is_finite() && aspect > 0.0;
        if !has_aspect || resolution.min_element() == 0 || !area.cmpgt(Vec2::ZERO).all() {
            return Rect::new(0.0, 0.0, 0.0, 0.0);
        }
        let by_width = Vec2::new(area.x, area.x / aspect);
        let by_height = Vec2::new(area.y * aspect, area.y);
        let is_wider = aspect > area.x / area.y;
        let size = match (self, is_wider) {
            (Self::Stretch, _) => area,
            (Self::FitWidth, _) | (Self::FitBest, true) | (Self::FitOutside, false) => by_width,
            (Self::FitHeight, _) | (Self::FitBest, false) | (Self::FitOutside, true) => by_height,
            (Self::NativeSize, _) => resolution.as_vec2(),
        };
        // Whole pixels, so that a picture of the same size is not blurred; at least one pixel.
        let size = size.round().max(Vec2::ONE);
        let min = ((area - size) * 0.5).floor();
        Rect {
            min,
            max: min + size,
        }
    }
}
