//! JPEGs like the camera's: baseline, 4:2:2, with a restart marker after every row of blocks.
//!
//! Strips of 64 rows are encoded on their own and put together: eight rows of blocks later the markers' numbers begin
//! again, and a strip begins like any other row. So pictures that differ in one strip share the others.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// Rows of pixels of a strip.
pub(super) const STRIP: usize = 64;

/// The test chart at this quality is as large as the camera's images of a room: 200 to 300 KB for 720p.
const QUALITY: u8 = 90;

/// Encodes a strip, or a picture of at most 64 rows, of blue, green, red, alpha.
pub(super) fn strip(bgra: &[u8], width: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_1);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_restart_interval(width.div_ceil(16) as u16);
    let rows = bgra.len() / (4 * width);
    encoder
        .encode(bgra, width as u16, rows as u16, ColorType::Bgra)
        .map_err(|error| format!("the test chart cannot be encoded: {error}"))?;
    Ok(bytes)
}

/// Puts strips together to a picture of that height.
pub(super) fn join<'a>(
    strips: impl IntoIterator<Item = &'a [u8]>,
    height: usize,
) -> Result<Vec<u8>, String> {
    let mut picture = Vec::new();
    for strip in strips {
        let (frame, scan) = segments(strip).ok_or("a strip of the test chart has no scan")?;
        if picture.is_empty() {
            picture.extend_from_slice(&strip[..scan]);
            // The whole picture's height in the frame header, behind length and precision.
            picture[frame + 5..frame + 7].copy_from_slice(&(height as u16).to_be_bytes());
        } else {
            picture.extend_from_slice(&[0xFF, 0xD7]);
        }
        // Without the end marker.
        picture.extend_from_slice(&strip[scan..strip.len() - 2]);
    }
    picture.extend_from_slice(&[0xFF, 0xD9]);
    Ok(picture)
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
