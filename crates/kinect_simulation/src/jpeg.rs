//! JPEGs like the colour camera's: baseline, 4:2:2, with a restart marker after every row of blocks.
//!
//! Strips of [`STRIP_ROWS`] rows of pixels are encoded on their own, on as many threads as there are, and joined:
//! with a marker after every row of blocks a strip begins like any other row, and eight rows of blocks later the
//! markers' numbers begin again. So the bytes do not depend on which thread encoded which strip, and images that
//! differ in one strip can share the others.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// Rows of pixels of a strip: eight rows of blocks of 8.
pub const STRIP_ROWS: usize = 64;

/// With this quality images are about as large as the camera's: 200 to 300 KB for 720p.
const QUALITY: u8 = 90;

/// The errors of encoding an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JpegError {
    /// The width or the height does not fit a JPEG, or the number of pixels does not match them.
    #[error(
        "{width}x{height} pixels in {bytes} bytes are not an image of blue, green, red and alpha that fits into a JPEG"
    )]
    Size {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes that were given.
        bytes: usize,
    },
    /// The JPEG encoder failed; the text is its message.
    #[error("a strip cannot be encoded: {0}")]
    Encoder(String),
    /// The strip with that index was not written by [`encode_strip`].
    #[error("strip {0} is not a JPEG with a scan")]
    Strip(usize),
}

/// Encodes a strip, or an image of at most [`STRIP_ROWS`] rows, of tightly packed BGRA pixels, and replaces the
/// content of `out`.
///
/// # Errors
/// Fails if the pixels are not whole rows of that width, or if a side is 0 or above 65535.
pub fn encode_strip(bgra: &[u8], width: usize, out: &mut Vec<u8>) -> Result<(), JpegError> {
    let height = bgra.len().checked_div(4 * width).unwrap_or(0);
    let (columns, rows) = sides(width, height)
        .filter(|_| bgra.len() == 4 * width * height)
        .ok_or(JpegError::Size {
            width,
            height,
            bytes: bgra.len(),
        })?;
    out.clear();
    let mut encoder = Encoder::new(out, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_1);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_restart_interval(columns.div_ceil(16));
    encoder
        .encode(bgra, columns, rows, ColorType::Bgra)
        .map_err(|error| JpegError::Encoder(error.to_string()))
}

/// Joins strips to an image of `height` rows, and replaces the content of `out`. All strips but the last must have
/// [`STRIP_ROWS`] rows, and all the same width.
///
/// # Errors
/// Fails if a strip was not written by [`encode_strip`].
pub fn join_strips<'a>(
    strips: impl IntoIterator<Item = &'a [u8]>,
    height: u16,
    out: &mut Vec<u8>,
) -> Result<(), JpegError> {
    out.clear();
    for (number, strip) in strips.into_iter().enumerate() {
        let broken = JpegError::Strip(number);
        let Some((frame, scan)) = segments(strip) else {
            return Err(broken);
        };
        // Without the end marker.
        let Some(coded) = strip.get(scan..strip.len().saturating_sub(2)) else {
            return Err(broken);
        };
        if number == 0 {
            out.extend_from_slice(&strip[..scan]);
            // The whole image's height in the frame header, behind length and precision.
            let Some(rows) = out.get_mut(frame + 5..frame + 7) else {
                return Err(broken);
            };
            rows.copy_from_slice(&height.to_be_bytes());
        } else {
            out.extend_from_slice(&[0xFF, 0xD7]);
        }
        out.extend_from_slice(coded);
    }
    out.extend_from_slice(&[0xFF, 0xD9]);
    Ok(())
}

/// Width and height as a JPEG stores them; `None` if one is 0 or too large.
fn sides(width: usize, height: usize) -> Option<(u16, u16)> {
    let side = |pixels: usize| u16::try_from(pixels).ok().filter(|&pixels| pixels > 0);
    side(width).zip(side(height))
}

/// Where the frame header's marker is, and where the coded data begin.
fn segments(jpeg: &[u8]) -> Option<(usize, usize)> {
    let mut at = 2;
    let mut frame = None;
    loop {
        let &[0xFF, marker, high, low] = jpeg.get(at..at + 4)? else {
            return None;
        };
        let next = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match marker {
            0xC0 => frame = Some(at),
            0xDA => return frame.map(|frame| (frame, next)),
            _ => {}
        }
        at = next;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_are_no_image_are_refused() {
        let mut out = Vec::new();
        for (bytes, width) in [(0, 4), (16, 0), (17, 4), (4 * 70_000, 70_000)] {
            let error = encode_strip(&vec![0; bytes], width, &mut out);
            assert!(matches!(error, Err(JpegError::Size { .. })), "{bytes}");
        }
    }

    #[test]
    fn only_strips_are_joined() {
        let mut strip = Vec::new();
        encode_strip(&[128; 4 * 16 * 8], 16, &mut strip).unwrap();
        let mut out = Vec::new();
        join_strips([strip.as_slice()], 8, &mut out).unwrap();
        assert_eq!(out, strip);
        for end in 0..strip.len() {
            // A strip that is cut off anywhere must not cause a panic; a strip without its headers is refused.
            let cut = join_strips([&strip[..end]], 8, &mut out);
            assert!(cut.is_ok() || cut == Err(JpegError::Strip(0)));
        }
        assert_eq!(
            join_strips([strip.as_slice(), &[0xFF, 0xD8]], 8, &mut out),
            Err(JpegError::Strip(1))
        );
    }
}
