//! Body index maps: which body covers which pixel of a depth image.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shared bytes that are used without a copy: a `Vec`, a pooled buffer, the memory of a vendor's library. Their
/// length must not change.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A body index map: one byte for each pixel of a depth image. Clones share the pixels.
#[derive(Clone)]
pub struct BodyIndexImage {
    width: u32,
    height: u32,
    device_timestamp_usec: u64,
    pixels: SharedBytes,
    id: u64,
}

/// The number of pixels does not match the size of a body index map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a body index map of {expected} pixels cannot have {found} bytes: pass one byte for each pixel of the depth image"
)]
pub struct BodyIndexSizeMismatch {
    /// Width times height.
    pub expected: usize,
    /// Pixels that were given.
    pub found: usize,
}

/// Numbers for [`BodyIndexImage::id`].
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl BodyIndexImage {
    /// The value of a pixel that shows no person, as in the vendor's body tracker.
    pub const BACKGROUND: u8 = 255;

    /// A map of `width × height` pixels, row by row: the index of the body from 0, or
    /// [`BACKGROUND`](Self::BACKGROUND). `device_timestamp_usec` is that of the depth image.
    ///
    /// # Errors
    /// Fails if the number of pixels is not `width × height`.
    pub fn new(
        width: u32,
        height: u32,
        device_timestamp_usec: u64,
        pixels: Vec<u8>,
    ) -> Result<Self, BodyIndexSizeMismatch> {
        Self::shared(width, height, device_timestamp_usec, Arc::new(pixels))
    }

    /// Like [`new`](Self::new), for shared bytes, which are not copied.
    ///
    /// # Errors
    /// Fails if the number of pixels is not `width × height`.
    pub fn shared(
        width: u32,
        height: u32,
        device_timestamp_usec: u64,
        pixels: SharedBytes,
    ) -> Result<Self, BodyIndexSizeMismatch> {
        let expected = width as usize * height as usize;
        let found = (*pixels).as_ref().len();
        if found != expected {
            return Err(BodyIndexSizeMismatch { expected, found });
        }
        Ok(Self {
            width,
            height,
            device_timestamp_usec,
            pixels,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Width in pixels: that of the depth image.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels: that of the depth image.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Device timestamp of the depth image, in µs.
    pub fn device_timestamp_usec(&self) -> u64 {
        self.device_timestamp_usec
    }

    /// The pixels, row by row: the index of the body from 0, or [`BACKGROUND`](Self::BACKGROUND).
    pub fn pixels(&self) -> &[u8] {
        (*self.pixels).as_ref()
    }

    /// A number that this map shares only with its clones. Compare it with the number of the map that a result was
    /// computed from to see whether the result is stale.
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl fmt::Debug for BodyIndexImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyIndexImage")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("device_timestamp_usec", &self.device_timestamp_usec)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Two maps are equal if their sizes, times and pixels are; their ids are not compared.
impl PartialEq for BodyIndexImage {
    fn eq(&self, other: &Self) -> bool {
        (self.width, self.height, self.device_timestamp_usec)
            == (other.width, other.height, other.device_timestamp_usec)
            && self.pixels() == other.pixels()
    }
}

impl Eq for BodyIndexImage {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_checked() {
        let error = BodyIndexImage::new(4, 3, 0, vec![0; 11]).unwrap_err();
        assert_eq!((error.expected, error.found), (12, 11));
        assert!(BodyIndexImage::new(0, 0, 0, Vec::new()).is_ok());
    }

    #[test]
    fn clones_share_pixels_and_id() {
        let pixels = Arc::new(vec![0, 1, BodyIndexImage::BACKGROUND, 0]);
        let map = BodyIndexImage::shared(2, 2, 7, Arc::clone(&pixels) as SharedBytes).unwrap();
        let copy = map.clone();
        assert!(std::ptr::eq(copy.pixels(), pixels.as_slice()));
        assert_eq!(copy.id(), map.id());
        let other = BodyIndexImage::new(2, 2, 7, pixels.to_vec()).unwrap();
        assert_eq!(other, map);
        assert_ne!(other.id(), map.id());
    }
}
