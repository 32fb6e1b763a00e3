//! Why an image could not be decoded.

use crate::image::ImageFormat;

/// Why an image could not be decoded. Only this image is lost; the next one may decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The image is depth or infrared.
    #[error("a {format:?} image holds no colour: decode the capture's colour image")]
    NotColor {
        /// The image's format.
        format: ImageFormat,
    },
    /// The bytes are not an intact JPEG.
    #[error("the JPEG of {size} bytes is damaged ({problem}) and cannot be decoded")]
    BadJpeg {
        /// Bytes of the JPEG.
        size: usize,
        /// The damage.
        problem: &'static str,
    },
    /// The JPEG is of a kind that the decoder does not support: lossless, arithmetic-coded or of 12 bits.
    #[error(
        "the JPEG of {size} bytes is of a kind that this decoder does not support ({problem}); another program wrote \
         it: let that program write baseline JPEGs of 8 bits"
    )]
    UnsupportedJpeg {
        /// Bytes of the JPEG.
        size: usize,
        /// The feature of the JPEG that is not supported.
        problem: &'static str,
    },
    /// The JPEG has another size than the image that carries it.
    #[error(
        "the JPEG has {found_width}×{found_height} pixels, but its image has {width}×{height}: the image is damaged, \
         or another program scaled it"
    )]
    WrongJpegSize {
        /// Width of the image in pixels.
        width: u32,
        /// Height of the image in pixels.
        height: u32,
        /// Width of the JPEG in pixels.
        found_width: u32,
        /// Height of the JPEG in pixels.
        found_height: u32,
    },
    /// The image has fewer bytes than its size and stride need, or a size that its format does not allow.
    #[error(
        "a {format:?} image of {width}×{height} with a stride of {stride} cannot have {size} bytes: the image is \
         damaged"
    )]
    WrongSize {
        /// The image's format.
        format: ImageFormat,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Bytes from row to row.
        stride: u32,
        /// Bytes the image has.
        size: usize,
    },
    /// The memory to decode into has the wrong size.
    #[error("the output has {found} bytes, but the image needs {expected}")]
    WrongOutput {
        /// Bytes of the output.
        found: usize,
        /// Bytes it should have: 4 × width × height.
        expected: usize,
    },
}
