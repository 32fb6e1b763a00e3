//! How a picture fills the place it is shown in.

use bevy::prelude::*;

/// How an image fills its UI node. It is centred; what does not fit is cut off at the node's edges.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageFill {
    /// As wide and as high as the node, whatever its own shape.
    Stretch,
    /// As wide as the node: it may be higher.
    FitWidth,
    /// As high as the node: it may be wider.
    FitHeight,
    /// As large as it can be seen whole: the node shows beside it.
    #[default]
    FitBest,
    /// As small as it covers the whole node: two of its edges may be cut off.
    FitOutside,
    /// One pixel of the image on each physical pixel of the screen, whatever shape the output is meant to be shown in.
    NativeSize,
}

impl ImageFill {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Stretch,
        Self::FitWidth,
        Self::FitHeight,
        Self::FitBest,
        Self::FitOutside,
        Self::NativeSize,
    ];

    /// Where in an area, measured from its upper left corner, a picture of `resolution` pixels is shown that is meant to be `aspect`
    /// times as wide as high. All are in physical pixels, and the edges lie between pixels. Empty for a picture or an area
    /// that is.
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
        // Never thinner than a pixel; whole pixels, so that nothing is blurred that fits.
        let size = size.round().max(Vec2::ONE);
        let min = ((area - size) * 0.5).floor();
        Rect {
            min,
            max: min + size,
        }
    }
}
