//! JPEGs that cameras do not send (progressive ones, several scans, other sampling, RGB), through the library zune-jpeg.
//!
//! The library allocates for every image and may panic on damaged ones; a panic is caught here, and only that image
//! is lost. The library is given images of one size only, which bounds its memory.

use std::panic::{AssertUnwindSafe, catch_unwind};

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The most pixels that one byte of a JPEG can stand for, reached by images of a single colour.
const MOST_PIXELS_OF_A_BYTE: usize = 2000;

/// Why the library cannot decode an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GeneralError {
    /// The bytes are damaged.
    Damaged,
    /// The library does not support this kind of JPEG.
    Unknown,
}

impl From<DecodeErrors> for GeneralError {
    fn from(error: DecodeErrors) -> Self {
        match error {
            DecodeErrors::Unsupported(_) => Self::Unknown,
            _ => Self::Damaged,
        }
    }
}

/// Width and height in pixels.
pub(super) fn size(jpeg: &[u8]) -> Result<(u32, u32), GeneralError> {
    guarded(|| {
        let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
        decoder.decode_headers()?;
        let info = decoder.info().ok_or(GeneralError::Damaged)?;
        // Detect a false huge size before memory is allocated for it.
        if usize::from(info.width) * usize::from(info.height) > jpeg.len() * MOST_PIXELS_OF_A_BYTE {
            return Err(GeneralError::Damaged);
        }
        Ok((u32::from(info.width), u32::from(info.height)))
    })
}

/// Decodes into exactly 4 × width × height bytes.
pub(super) fn decode(jpeg: &[u8], bgra: &mut [u8]) -> Result<(), GeneralError> {
    guarded(|| {
        let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
        decoder.decode_headers()?;
        let is_grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
        let space = if is_grey {
            ColorSpace::Luma
        } else {
            ColorSpace::BGRA
        };
        let options = DecoderOptions::default()
            .set_strict_mode(true)
            .jpeg_set_out_colorspace(space);
        let pixels = JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode()?;
        if is_grey && pixels.len() == bgra.len() / 4 {
            for (pixel, grey) in bgra.as_chunks_mut().0.iter_mut().zip(pixels) {
                *pixel = [grey, grey, grey, 255];
            }
            return Ok(());
        }
        if pixels.len() != bgra.len() {
            return Err(GeneralError::Unknown);
        }
        bgra.copy_from_slice(&pixels);
        Ok(())
    })
}

fn guarded<T>(decode: impl FnOnce() -> Result<T, GeneralError>) -> Result<T, GeneralError> {
    // After a panic only the output is used again, and its bytes may have any value.
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(GeneralError::Damaged))
}
