//! Encodes colour images in the formats that the colour camera delivers.

use kinect_azure::modes::ColorFormat;
use kinect_azure::source::{SourceError, SourceErrorKind};
use rayon::prelude::*;

use super::frame::CleanColor;
use super::jpeg::{self, JpegError};

/// Scratch memory of an encoder.
#[derive(Debug, Default)]
pub(crate) struct ColorEncoder {
    strips: Vec<Vec<u8>>,
}

impl ColorEncoder {
    /// Encodes an image in a format and replaces the output's content.
    pub(crate) fn encode(
        &mut self,
        picture: &CleanColor,
        format: ColorFormat,
        out: &mut Vec<u8>,
    ) -> Result<(), SourceError> {
        match format {
            ColorFormat::Bgra32 => {
                out.clear();
                out.extend_from_slice(bytemuck::cast_slice(&picture.bgra));
            }
            ColorFormat::Mjpg => return self.jpeg(picture, out),
            ColorFormat::Nv12 => nv12(picture, out),
            ColorFormat::Yuy2 => yuy2(picture, out),
        }
        Ok(())
    }

    fn jpeg(&mut self, picture: &CleanColor, out: &mut Vec<u8>) -> Result<(), SourceError> {
        let (width, height) = (picture.width, picture.height);
        self.encode_strips(picture, out).map_err(|error| {
            SourceError::new(
                SourceErrorKind::BadCapture,
                format!(
                    "the simulated colour image of {width}x{height} pixels cannot be encoded: {error}"
                ),
            )
        })
    }

    fn encode_strips(&mut self, picture: &CleanColor, out: &mut Vec<u8>) -> Result<(), JpegError> {
        let (width, height) = (picture.width, picture.height);
        self.strips
            .resize_with(height.div_ceil(jpeg::STRIP_ROWS), Vec::new);
        self.strips
            .par_iter_mut()
            .zip(picture.bgra.par_chunks(width * jpeg::STRIP_ROWS))
            .try_for_each(|(strip, pixels)| {
                jpeg::encode_strip(bytemuck::cast_slice(pixels), width, strip)
            })?;
        jpeg::join_strips(self.strips.iter().map(Vec::as_slice), height as u16, out)
    }
}

/// Y after BT.601 over the full range, like the device's, in 16.16 fixed point.
#[inline(always)]
fn luma([b, g, r, _]: [u8; 4]) -> u8 {
    let sum = 19_595 * i32::from(r) + 38_470 * i32::from(g) + 7_471 * i32::from(b);
    ((sum + 0x8000) >> 16) as u8
}

/// U and V of some pixels' mean.
#[inline(always)]
fn chroma(pixels: &[[u8; 4]]) -> [u8; 2] {
    let mut sum = [0_i32; 3];
    for pixel in pixels {
        for (s, &v) in sum.iter_mut().zip(pixel) {
            *s += i32::from(v);
        }
    }
    let [b, g, r] = sum;
    let n = pixels.len() as i32;
    let code = |sum: i32| ((sum / n + (128 << 16) + 0x8000) >> 16).clamp(0, 255) as u8;
    [
        code(-11_059 * r - 21_709 * g + 32_768 * b),
        code(32_768 * r - 27_439 * g - 5_329 * b),
    ]
}

fn nv12(picture: &CleanColor, out: &mut Vec<u8>) {
    let (width, height) = (picture.width, picture.height);
    out.resize(width * height * 3 / 2, 0);
    let (y_plane, uv_plane) = out.split_at_mut(width * height);
    for (y, pixel) in y_plane.iter_mut().zip(&picture.bgra) {
        *y = luma(*pixel);
    }
    for (row, line) in uv_plane.chunks_exact_mut(width).enumerate() {
        let (top, low) = (row * 2 * width, (row * 2 + 1) * width);
        for (pair, uv) in line.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let x = pair * 2;
            let p = &picture.bgra;
            *uv = chroma(&[p[top + x], p[top + x + 1], p[low + x], p[low + x + 1]]);
        }
    }
}

fn yuy2(picture: &CleanColor, out: &mut Vec<u8>) {
    out.resize(picture.width * picture.height * 2, 0);
    let pairs = picture.bgra.as_chunks::<2>().0;
    for (code, pair) in out.as_chunks_mut::<4>().0.iter_mut().zip(pairs) {
        let [u, v] = chroma(pair);
        *code = [luma(pair[0]), u, luma(pair[1]), v];
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use kinect_azure::decode::ColorDecoder;
    use kinect_azure::image::{Image, ImageFormat, Pixels};

    /// Soft colours with some edges.
    fn picture(width: usize, height: usize) -> CleanColor {
        let bgra = (0..width * height)
            .map(|i| {
                let (x, y) = (i % width, i / width);
                let edge = if (x / 37 + y / 23) % 2 == 0 { 40 } else { 0 };
                let wave = |f: f32, p: f32| {
                    (100.0 + 60.0 * (x as f32 * f + y as f32 * 0.01 + p).sin()) as u8
                };
                [
                    wave(0.02, 0.0) + edge,
                    wave(0.013, 1.0) + edge,
                    wave(0.017, 2.0) + edge,
                    255,
                ]
            })
            .collect();
        CleanColor {
            width,
            height,
            bgra,
        }
    }

    fn decoded(picture: &CleanColor, format: ColorFormat, bytes: Vec<u8>) -> Vec<u8> {
        let mut image = Image::empty(ImageFormat::Color(format));
        image.width = picture.width as u32;
        image.height = picture.height as u32;
        image.stride = image.format.packed_stride(image.width);
        image.pixels = Pixels::Bytes(bytes);
        let mut out = Vec::new();
        ColorDecoder::default().decode(&image, &mut out).unwrap();
        out
    }

    #[test]
    fn every_format_decodes_to_the_picture() {
        for (format, least) in [
            (ColorFormat::Mjpg, 36.0),
            (ColorFormat::Nv12, 36.0),
            (ColorFormat::Yuy2, 38.0),
            (ColorFormat::Bgra32, 99.0),
        ] {
            let picture = picture(1280, 720);
            let mut bytes = Vec::new();
            ColorEncoder::default()
                .encode(&picture, format, &mut bytes)
                .unwrap();
            let back = decoded(&picture, format, bytes);
            let original: &[u8] = bytemuck::cast_slice(&picture.bgra);
            let error: f64 = original
                .iter()
                .zip(&back)
                .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
                .sum::<f64>()
                / original.len() as f64;
            let psnr = 10.0 * (255.0 * 255.0 / error.max(1e-9)).log10();
            assert!(psnr > least, "{format:?}: {psnr:.1} dB");
        }
    }

    #[test]
    fn jpegs_are_the_same_on_any_number_of_threads_and_read_by_others() {
        for (width, height) in [(1280, 720), (1920, 1080), (2048, 1536), (96, 50)] {
            let picture = picture(width, height);
            let encode = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                let mut bytes = Vec::new();
                pool.unwrap().install(|| {
                    ColorEncoder::default()
                        .encode(&picture, ColorFormat::Mjpg, &mut bytes)
                        .unwrap();
                });
                bytes
            };
            let bytes = encode(1);
            assert_eq!(bytes, encode(2));
            assert_eq!(bytes, encode(3));
            let mut other = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(&bytes));
            assert_eq!(other.decode().unwrap().len(), width * height * 3);
            let ours = decoded(&picture, ColorFormat::Mjpg, bytes);
            assert_eq!(ours.len(), width * height * 4);
        }
    }
}
