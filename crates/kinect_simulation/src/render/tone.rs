//! Converts light to pixel values.

use std::sync::LazyLock;

use glam::Vec3;

/// How bright the picture is.
const EXPOSURE: f32 = 1.9;
const STEPS: usize = 4096;

/// Table of pixel values for light from 0 to [`LIMIT`] in even steps. Bright light is compressed so that highlights do not clip, then
/// encoded as sRGB.
static CURVE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=STEPS)
        .map(|i| {
            let light = i as f32 / STEPS as f32 * LIMIT * EXPOSURE;
            let shown = 1.0 - (-light * 1.1 - 0.25 * light * light).exp();
            let srgb = if shown <= 0.003_130_8 {
                shown * 12.92
            } else {
                1.055 * shown.powf(1.0 / 2.4) - 0.055
            };
            (srgb.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
        })
        .collect()
});
const LIMIT: f32 = 1.6;

/// The pixel that light makes: blue, green, red, 255.
#[inline]
pub(crate) fn display(light: Vec3) -> [u8; 4] {
    let curve = &*CURVE;
    let value = |v: f32| {
        let index = (v.max(0.0) * (STEPS as f32 / LIMIT)) as usize;
        curve[index.min(STEPS)]
    };
    [value(light.z), value(light.y), value(light.x), 255]
}
