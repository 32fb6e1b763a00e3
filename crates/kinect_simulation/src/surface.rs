//! The colour and the infrared albedo of a point of a surface.

use glam::Vec3;

/// The reflectance of a point of a surface. All surfaces are matt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Surface {
    /// Linear red, green and blue, 0 to 1.
    pub(crate) albedo: Vec3,
    /// At the 860 nm of the sensor's own light, 0 to 1: most cloth of any visible colour is bright there, skin about
    /// 0.6, dark hair 0.1 and less.
    pub(crate) infrared: f32,
}

/// An sRGB colour as linear albedo.
pub(crate) fn linear(srgb: [u8; 3]) -> Vec3 {
    let channel = |v: u8| {
        let v = f32::from(v) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    };
    Vec3::new(channel(srgb[0]), channel(srgb[1]), channel(srgb[2]))
}
