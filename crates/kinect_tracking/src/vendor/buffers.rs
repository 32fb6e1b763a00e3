//! Memory of images for the vendor's library, which is used again once the library has released it.

use std::sync::{Arc, Mutex, PoisonError};

/// The most buffers that are kept, which is as many as the tracker can hold: two images of each capture in its queue,
/// and two of the capture that it works on.
const MOST_KEPT: usize = 8;

/// Buffers that are not in use.
#[derive(Debug, Default)]
pub(super) struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// A buffer with these bytes.
    pub(super) fn with(self: &Arc<Self>, bytes: &[u8]) -> Buffer {
        let mut buffer = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(bytes);
        Buffer {
            bytes: buffer,
            home: Arc::clone(self),
        }
    }

    fn take_back(&self, buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(buffer);
        }
    }
}

/// A buffer in use. It is returned when the library releases its image.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    home: Arc<Buffers>,
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.home.take_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_buffers_are_used_again_and_not_more_than_needed_are_kept() {
        let buffers = Arc::new(Buffers::default());
        let first = buffers.with(&[1, 2, 3]);
        let memory = first.bytes.as_ptr();
        drop(first);
        let mut again = buffers.with(&[4, 5]);
        assert_eq!(again.bytes.as_ptr(), memory);
        assert_eq!(again.as_mut(), [4, 5]);
        let many: Vec<_> = (0..20).map(|n| buffers.with(&[n])).collect();
        drop(many);
        assert_eq!(
            buffers.0.lock().map(|kept| kept.len()).ok(),
            Some(MOST_KEPT)
        );
    }
}
