//! Noise of the colour camera, on display values.

use rayon::prelude::*;

use crate::random::{hash2, hash32};

/// Adds noise to a picture: a standard deviation of about 1.2 values in the light and 2.6 in the dark, mostly the same in
/// all three channels.
pub(crate) fn add_color_noise(bgra: &mut [[u8; 4]], width: usize, seed: u64, frame: u64) {
    let salt = hash2(seed ^ 0xC0_10_12, frame) as u32;
    let arch = pulp::Arch::new();
    bgra.par_chunks_mut(width * 16)
        .enumerate()
        .for_each(|(band, pixels)| {
            let first = (band * width * 16) as u32;
            // Whole pixels in one lane each: only shifts and sums, which become vector instructions.
            let pixels: &mut [u32] = bytemuck::cast_slice_mut(pixels);
            arch.dispatch(
                #[inline(always)]
                || {
                    for (i, pixel) in pixels.iter_mut().enumerate() {
                        *pixel = noisy(*pixel, hash32(first.wrapping_add(i as u32) ^ salt));
                    }
                },
            );
        });
}

#[inline(always)]
fn noisy(pixel: u32, bits: u32) -> u32 {
    let pixel = u32::from_le(pixel);
    let byte = |from: u32, shift: u32| ((from >> shift) & 0xFF) as i32;
    // Sums of two bytes: triangular, of deviation 104.5.
    let grey = byte(bits, 0) + byte(bits, 8) - 255;
    let (a, b) = (byte(bits, 16) - 128, byte(bits, 24) - 128);
    // Shot noise, squeezed by the display's curve; 15 bits after the point.
    let dark = 255 - byte(pixel, 8);
    let scale = 300 + ((dark * dark * 345) >> 16);
    let add = |v: i32, n: i32| (v + ((n * scale) >> 15)).clamp(0, 255) as u32;
    let blue = add(byte(pixel, 0), grey + a);
    let green = add(byte(pixel, 8), grey - ((a + b) >> 2));
    let red = add(byte(pixel, 16), grey + b);
    (blue | green << 8 | red << 16 | 0xFF00_0000).to_le()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_places_are_noisier_and_nothing_gets_brighter() {
        let spread = |level: u8| {
            let mut picture = vec![[level, level, level, 255]; 640 * 360];
            add_color_noise(&mut picture, 640, 1, 2);
            let n = picture.len() as f64;
            let mean = picture.iter().map(|p| f64::from(p[1])).sum::<f64>() / n;
            let square = picture
                .iter()
                .map(|p| (f64::from(p[1]) - mean).powi(2))
                .sum::<f64>()
                / n;
            (mean, square.sqrt())
        };
        let ((dark_mean, dark), (light_mean, light)) = (spread(40), spread(200));
        assert!((dark_mean - 40.0).abs() < 0.7 && (light_mean - 200.0).abs() < 0.7);
        assert!(
            dark > 1.3 * light && (0.6..2.5).contains(&light) && dark < 4.0,
            "{dark} {light}"
        );
    }
}
