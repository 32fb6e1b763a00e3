//! Pictures for networks: 8 bits, grey or in colour.

use kinect_azure::{Image, ImageFormat};

use super::contract::PictureInput;
use super::runtime::{Element, Values};
use super::view::View;

/// A picture for a network, 8 bits a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub(in crate::onnx) width: u32,
    pub(in crate::onnx) height: u32,
    /// 1 (grey) or 4 (blue, green, red, infrared).
    channels: usize,
    pixels: Vec<u8>,
}

/// This share of the infrared pixels is darker than white.
const WHITE: f64 = 0.98;

/// A pixel of the input is the mean of at most so many by so many pixels of the picture.
const MOST_TAPS: usize = 8;

impl Picture {
    /// A grey picture of `width × height` pixels, row by row; `None` if there are more or fewer pixels.
    pub fn grey(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        Self::of(width, height, 1, pixels)
    }

    /// A picture of `width × height` pixels with four bytes for each pixel: blue, green, red and infrared, which only
    /// models of four channels use; `None` if there are not `4 × width × height` bytes.
    pub fn bgra(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        Self::of(width, height, 4, pixels)
    }

    /// Converts an infrared image for networks that were trained on colour pictures: grey is the square root of the
    /// brightness, and white is the 98th percentile of the pixels that are not 0. `None` if the image is not an
    /// infrared image or pixels are missing.
    pub fn infrared(image: &Image) -> Option<Self> {
        let mut picture = Self::default();
        picture.set_infrared(image).then_some(picture)
    }

    fn of(width: u32, height: u32, channels: usize, pixels: Vec<u8>) -> Option<Self> {
        let picture = Self {
            width,
            height,
            channels,
            pixels,
        };
        (picture.pixels.len() == picture.count() * channels && picture.count() > 0)
            .then_some(picture)
    }

    fn count(&self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Replaces the picture by an infrared image; `false` if the image is not an infrared image or pixels are missing.
    pub(in crate::onnx) fn set_infrared(&mut self, image: &Image) -> bool {
        let pixels = image.u16_pixels();
        let count = image.width as usize * image.height as usize;
        if image.format != ImageFormat::Ir16 || count == 0 || pixels.len() < count {
            return false;
        }
        let pixels = &pixels[..count];
        let mut histogram = vec![0_u32; 1 << 16];
        for &pixel in pixels {
            histogram[pixel as usize] += 1;
        }
        // Pixels outside the mode's field of view are 0 and do not show the scene.
        let lit = count as u32 - histogram[0];
        let mut below = (f64::from(lit.saturating_sub(1)) * WHITE) as u32;
        let white = (1..histogram.len())
            .find(|&value| {
                let here = histogram[value];
                let found = below < here;
                below = below.saturating_sub(here);
                found
            })
            .unwrap_or(1)
            .max(1) as f32;
        let shade: Vec<u8> = (0..=u16::MAX)
            .map(|value| (255.0 * (f32::from(value) / white).min(1.0).sqrt() + 0.5) as u8)
            .collect();
        (self.width, self.height, self.channels) = (image.width, image.height, 1);
        self.pixels.clear();
        self.pixels
            .extend(pixels.iter().map(|&pixel| shade[pixel as usize]));
        true
    }

    /// Returns the memory for a BGRA picture of that size, to be filled.
    pub(in crate::onnx) fn bgra_memory(&mut self, width: u32, height: u32) -> &mut Vec<u8> {
        (self.width, self.height, self.channels) = (width, height, 4);
        &mut self.pixels
    }

    /// Whether a colour picture is so dark that a network sees little in it.
    pub(in crate::onnx) fn is_dark(&self) -> bool {
        /// One pixel in ten is at least this bright in a picture that shows enough, of 255.
        const BRIGHT: u8 = 40;
        const SHARE: usize = 10;
        /// Every so many pixels one is looked at; odd, so that columns change from row to row.
        const STEP: usize = 31;
        let greens = self.pixels.iter().skip(1).step_by(self.channels * STEP);
        let looked = greens.len();
        let bright = greens.filter(|green| **green >= BRIGHT).count();
        bright * SHARE < looked
    }

    /// Puts the colours of an image in the same view in front of a grey picture of infrared, which becomes the fourth
    /// channel. Pixels without a colour, (0, 0, 0, 0), stay grey.
    pub(in crate::onnx) fn add_color(&mut self, bgra: &[[u8; 4]]) {
        if self.channels != 1 {
            return;
        }
        let pixels = self.pixels.iter().enumerate();
        self.pixels = pixels
            .flat_map(|(index, &grey)| match bgra.get(index) {
                Some(&[blue, green, red, alpha]) if [blue, green, red, alpha] != [0; 4] => {
                    [blue, green, red, grey]
                }
                _ => [grey; 4],
            })
            .collect();
        self.channels = 4;
    }

    /// The pixels of a colour picture.
    pub(in crate::onnx) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Whether all pixels are there.
    pub(in crate::onnx) fn is_whole(&self) -> bool {
        self.count() > 0 && self.pixels.len() == self.count() * self.channels
    }

    /// The input of a network: for each of its pixels, the colour of the picture at the place that the view gives.
    pub(in crate::onnx) fn sample(&self, view: &View, input: &PictureInput) -> Values {
        match input.element() {
            Element::I32 => Values::I32(self.tensor(view, input, |value| (value + 0.5) as i32)),
            Element::U8 => Values::U8(self.tensor(view, input, |value| (value + 0.5) as u8)),
            Element::F32 | Element::Other => Values::F32(self.tensor(view, input, |value| value)),
        }
    }

    fn tensor<T: Copy + Default>(
        &self,
        view: &View,
        input: &PictureInput,
        number: impl Fn(f32) -> T,
    ) -> Vec<T> {
        let [width, height] = input.size();
        let channels = input.channels();
        let mut tensor = vec![T::default(); width * height * channels];
        // The number of samples for each pixel of the input, along each axis.
        let [across, down] = view
            .steps()
            .map(|step| ((step - 0.25).ceil().max(1.0) as usize).min(MOST_TAPS));
        let share = 1.0 / (across * down) as f32;
        let offset = |index: usize, count: usize| (index as f32 + 0.5) / count as f32 - 0.5;
        for row in 0..height {
            for column in 0..width {
                let mut sum = [0.0_f32; 4];
                for tap in 0..across * down {
                    let at = view.at([
                        column as f32 + offset(tap % across, across),
                        row as f32 + offset(tap / across, down),
                    ]);
                    let color = self.at(at, input.fill());
                    for (sum, color) in sum.iter_mut().zip(color) {
                        *sum += color;
                    }
                }
                // Blue, green, red, infrared.
                let color = sum.map(|sum| sum * share);
                for channel in 0..channels {
                    let value = if channels == 1 {
                        0.114 * color[0] + 0.587 * color[1] + 0.299 * color[2]
                    } else if channel == 3 || input.is_blue_first() {
                        color[channel]
                    } else {
                        color[2 - channel]
                    };
                    let index = if input.is_channels_first() {
                        (channel * height + row) * width + column
                    } else {
                        (row * width + column) * channels + channel
                    };
                    tensor[index] = number(input.normal(channel, value));
                }
            }
        }
        tensor
    }

    /// Blue, green, red and infrared at a place between pixels, 0 to 255; outside the picture they are `fill`.
    fn at(&self, [x, y]: [f32; 2], fill: f32) -> [f32; 4] {
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (width, height) = (self.width as i32, self.height as i32);
        // The casts saturate for places far outside, and give 0 for NaN.
        let (left, top) = (left as i32, top as i32);
        if left < -1 || top < -1 || left >= width || top >= height {
            return [fill; 4];
        }
        let pixel = |column: i32, row: i32| -> [f32; 4] {
            if column < 0 || row < 0 || column >= width || row >= height {
                return [fill; 4];
            }
            let index = row as usize * self.width as usize + column as usize;
            match self.channels {
                1 => self
                    .pixels
                    .get(index)
                    .map_or([fill; 4], |grey| [f32::from(*grey); 4]),
                _ => match self.pixels.get(index * 4..index * 4 + 4) {
                    Some(&[blue, green, red, infrared]) => {
                        [blue, green, red, infrared].map(f32::from)
                    }
                    _ => [fill; 4],
                },
            }
        };
        let mut color = [0.0; 4];
        for (column, row, weight) in [
            (left, top, (1.0 - fx) * (1.0 - fy)),
            (left.saturating_add(1), top, fx * (1.0 - fy)),
            (left, top.saturating_add(1), (1.0 - fx) * fy),
            (left.saturating_add(1), top.saturating_add(1), fx * fy),
        ] {
            if weight > 0.0 {
                let here = pixel(column, row);
                for (sum, value) in color.iter_mut().zip(here) {
                    *sum += weight * value;
                }
            }
        }
        color
    }
}
