//! Images as PNG.

use kinect_azure::Image;
use png::{BitDepth, ColorType, Compression, Filter};

use super::broken::Broken;

/// Encodes PNGs one after the other into the same memory.
#[derive(Debug, Default)]
pub(crate) struct PictureEncoder {
    samples: Vec<u8>,
    file: Vec<u8>,
}

/// The size and time of a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// Width and height in pixels.
    pub(crate) size: [u32; 2],
    /// Device time of the image that it was made from, in µs.
    pub(crate) device_timestamp_usec: u64,
}

impl About {
    pub(crate) const fn of(image: &Image) -> Self {
        Self {
            size: [image.width, image.height],
            device_timestamp_usec: image.device_timestamp_usec,
        }
    }
}

impl PictureEncoder {
    /// 16 bits grey.
    pub(crate) fn grey(&mut self, about: About, values: &[u16]) -> Result<&[u8], Broken> {
        self.samples.clear();
        self.samples
            .extend(values.iter().flat_map(|value| value.to_be_bytes()));
        self.encode(about, ColorType::Grayscale, BitDepth::Sixteen)
    }

    /// Red, green and blue of B, G, R, A.
    pub(crate) fn rgb(&mut self, about: About, bgra: &[[u8; 4]]) -> Result<&[u8], Broken> {
        self.samples.clear();
        self.samples
            .extend(bgra.iter().flat_map(|&[b, g, r, _]| [r, g, b]));
        self.encode(about, ColorType::Rgb, BitDepth::Eight)
    }

    /// Red, green, blue and alpha of B, G, R, A; every pixel with a colour is opaque, and the alpha of the sensor's
    /// image is ignored.
    pub(crate) fn rgba(&mut self, about: About, bgra: &[[u8; 4]]) -> Result<&[u8], Broken> {
        let opaque = |&pixel: &[u8; 4]| {
            let [b, g, r, _] = pixel;
            [r, g, b, if pixel == [0; 4] { 0 } else { 255 }]
        };
        self.samples.clear();
        self.samples.extend(bgra.iter().flat_map(opaque));
        self.encode(about, ColorType::Rgba, BitDepth::Eight)
    }

    /// Encodes `samples`, with the image's time as text.
    fn encode(&mut self, about: About, color: ColorType, depth: BitDepth) -> Result<&[u8], Broken> {
        self.file.clear();
        let [width, height] = about.size;
        let mut encoder = png::Encoder::new(&mut self.file, width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.set_compression(Compression::Fast);
        encoder.set_filter(Filter::Up);
        let encode = || -> Result<(), png::EncodingError> {
            encoder.add_text_chunk(
                "Device timestamp (us)".to_owned(),
                about.device_timestamp_usec.to_string(),
            )?;
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&self.samples)?;
            writer.finish()
        };
        encode().map_err(|e| Broken::Image(format!("cannot be encoded as PNG: {e}")))?;
        Ok(&self.file)
    }
}
