//! The images of both cameras without noise: the planes that the renderer draws and to which noise is added.

/// The depth camera's image without noise. All planes are row by row and of the image's size; outside the mode's mask
/// everything is 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct CleanDepth {
    /// Pixels in a row.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// Depth along the optical axis in mm; 0 where nothing is seen.
    pub(crate) depth_mm: Vec<f32>,
    /// The share of the sensor's own light that a surface returns, before the loss with distance: infrared albedo
    /// times the cosine of incidence, 0 to 1. In passive infrared mode, the brightness under the room's own light.
    pub(crate) reflectance: Vec<f32>,
    /// The person that each pixel shows: an index in the list of people drawn, or `BodyIndexImage::BACKGROUND`.
    pub(crate) body_index: Vec<u8>,
}

/// The colour camera's image without noise: sRGB, blue first, alpha 255.
#[derive(Clone, Debug, Default)]
pub(crate) struct CleanColor {
    /// Pixels in a row.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// `width * height` pixels.
    pub(crate) bgra: Vec<[u8; 4]>,
}
