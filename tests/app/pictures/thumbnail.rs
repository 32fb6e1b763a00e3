//! Small pictures: read from pictures of any size, written as PNG.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The size of all small pictures.
pub(super) const WIDTH: usize = 96;
pub(super) const HEIGHT: usize = 54;

/// A small picture; red, green and blue from 0 to 255.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thumbnail {
    pub(super) pixels: Vec<[f32; 3]>,
}

impl Thumbnail {
    /// Reads a PNG of 8-bit colours and makes it small: each small pixel is the mean of the pixels it covers.
    ///
    /// # Errors
    /// Fails with the path if the file is missing or not such a picture.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let wrong = |what: &dyn core::fmt::Display| format!("{}: {what}", path.display());
        let file = File::open(path).map_err(|error| wrong(&error))?;
        let mut reader = png::Decoder::new(BufReader::new(file))
            .read_info()
            .map_err(|error| wrong(&error))?;
        let mut bytes = vec![
            0;
            reader
                .output_buffer_size()
                .ok_or_else(|| wrong(&"too large"))?
        ];
        let info = reader
            .next_frame(&mut bytes)
            .map_err(|error| wrong(&error))?;
        let channels = match (info.color_type, info.bit_depth) {
            (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
            (png::ColorType::Rgba, png::BitDepth::Eight) => 4,
            other => return Err(wrong(&format!("has pixels of {other:?}"))),
        };
        let (width, height) = (info.width as usize, info.height as usize);
        if width < WIDTH || height < HEIGHT {
            return Err(wrong(&"smaller than a reference"));
        }
        let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let rows = y * height / HEIGHT..(y + 1) * height / HEIGHT;
                let columns = x * width / WIDTH..(x + 1) * width / WIDTH;
                let count = (rows.len() * columns.len()) as f32;
                let mut sum = [0.0; 3];
                for row in rows {
                    for column in columns.clone() {
                        let at = (row * width + column) * channels;
                        for (sum, &byte) in sum.iter_mut().zip(&bytes[at..at + 3]) {
                            *sum += f32::from(byte);
                        }
                    }
                }
                pixels.push(sum.map(|sum| sum / count));
            }
        }
        Ok(Self { pixels })
    }

    pub(super) fn write(&self, path: &Path) {
        let file = File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, WIDTH as u32, HEIGHT as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let bytes: Vec<u8> = self
            .pixels
            .iter()
            .flatten()
            .map(|value| value.round() as u8)
            .collect();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&bytes).unwrap();
    }

    /// The pixel there; beyond the edges the nearest.
    fn at(&self, x: isize, y: isize) -> [f32; 3] {
        let x = x.clamp(0, WIDTH as isize - 1) as usize;
        let y = y.clamp(0, HEIGHT as isize - 1) as usize;
        self.pixels[y * WIDTH + x]
    }

    /// Another picture of the same size, from a function of x and y.
    fn from_fn(color: impl Fn(isize, isize) -> [f32; 3]) -> Self {
        let place = |n: usize| ((n % WIDTH) as isize, (n / WIDTH) as isize);
        Self {
            pixels: (0..WIDTH * HEIGHT)
                .map(place)
                .map(|(x, y)| color(x, y))
                .collect(),
        }
    }

    /// Blurred with a bell of about two pixels.
    pub(super) fn blurred(&self) -> Self {
        let pass = |of: &Self, dx: isize, dy: isize| {
            Self::from_fn(|x, y| {
                let mut sum = [0.0; 3];
                for (step, weight) in [(-2, 1.0), (-1, 4.0), (0, 6.0), (1, 4.0), (2, 1.0)] {
                    let pixel = of.at(x + dx * step, y + dy * step);
                    for (sum, value) in sum.iter_mut().zip(pixel) {
                        *sum += value * weight / 16.0;
                    }
                }
                sum
            })
        };
        pass(&pass(self, 1, 0), 0, 1)
    }

    // Changed pictures, to prove that they are noticed or tolerated.

    pub(super) fn filled(&self, color: [u8; 3]) -> Self {
        Self::from_fn(|_, _| color.map(f32::from))
    }

    pub(super) fn mean(&self) -> [u8; 3] {
        let count = self.pixels.len() as f32;
        let mean = |channel: usize| self.pixels.iter().map(|p| p[channel]).sum::<f32>() / count;
        [0, 1, 2].map(|channel| mean(channel) as u8)
    }

    pub(super) fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self::from_fn(|x, y| self.at(x, y).map(|value| change(value).clamp(0.0, 255.0)))
    }

    pub(super) fn mirrored(&self) -> Self {
        Self::from_fn(|x, y| self.at(WIDTH as isize - 1 - x, y))
    }

    pub(super) fn upside_down(&self) -> Self {
        Self::from_fn(|x, y| self.at(x, HEIGHT as isize - 1 - y))
    }

    pub(super) fn with_left_half_of(&self, other: &Self) -> Self {
        Self::from_fn(|x, y| {
            if (x as usize) < WIDTH / 2 {
                other.at(x, y)
            } else {
                self.at(x, y)
            }
        })
    }

    /// With noise of that strength, the same in every run.
    pub(super) fn noisy(&self, strength: f32) -> Self {
        Self::from_fn(|x, y| {
            let mut bits =
                (x as u32).wrapping_mul(0x9E37_79B9) ^ (y as u32).wrapping_mul(0x85EB_CA6B);
            self.at(x, y).map(|value| {
                bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (bits >> 8) as f32 / 8_388_608.0 - 1.0;
                (value + noise * strength).clamp(0.0, 255.0)
            })
        })
    }

    /// Moved to the right by a part of a pixel.
    pub(super) fn shifted(&self, by: f32) -> Self {
        Self::from_fn(|x, y| {
            let (here, left) = (self.at(x, y), self.at(x - 1, y));
            [0, 1, 2].map(|n| here[n] * (1.0 - by) + left[n] * by)
        })
    }
}
