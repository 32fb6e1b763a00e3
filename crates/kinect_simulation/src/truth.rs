//! Ground truth in buffers that are used again.

use std::convert::Infallible;
use std::sync::Arc;

use kinect_azure::body::{Body, BodyFrame, BodyIndexImage, HandState};
use kinect_azure::pool::Pool;
use kinect_azure::source::{SourceError, SourceErrorKind};

use super::frame::CleanDepth;

/// Makes the ground truth of captures.
#[derive(Debug, Default)]
pub(super) struct TruthPool {
    frames: Pool<BodyFrame>,
    pixels: Pool<Vec<u8>>,
}

impl TruthPool {
    /// Fills in the people in the room and the body index map, which is left out if depth is off.
    pub(super) fn fill(
        &mut self,
        device_timestamp_usec: u64,
        bodies: impl Iterator<Item = Body>,
        hands: impl Iterator<Item = [HandState; 2]>,
        seen: &CleanDepth,
    ) -> Result<Arc<BodyFrame>, SourceError> {
        let Self { frames, pixels } = self;
        frames.fill(BodyFrame::default, |frame| {
            frame.device_timestamp_usec = device_timestamp_usec;
            frame.bodies.clear();
            frame.bodies.extend(bodies);
            frame.hands.clear();
            frame.hands.extend(hands);
            // Drops the old map first, so that its pixels can be used again.
            frame.index_map = None;
            if !seen.body_index.is_empty() {
                let Ok(pixels) = pixels.fill(Vec::new, |pixels| {
                    pixels.clone_from(&seen.body_index);
                    Ok::<_, Infallible>(())
                });
                let (width, height) = (seen.width as u32, seen.height as u32);
                let map = BodyIndexImage::shared(width, height, device_timestamp_usec, pixels)
                    .map_err(|error| {
                        SourceError::new(SourceErrorKind::BadCapture, error.to_string())
                    })?;
                frame.index_map = Some(map);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_used_again() {
        let seen = CleanDepth {
            width: 2,
            height: 1,
            body_index: vec![0, BodyIndexImage::BACKGROUND],
            ..CleanDepth::default()
        };
        let mut pool = TruthPool::default();
        let mut places = |time: u64| {
            let frame = pool
                .fill(time, std::iter::empty(), std::iter::empty(), &seen)
                .unwrap();
            let pixels = frame.index_map.as_ref().unwrap().pixels().as_ptr();
            (Arc::as_ptr(&frame), pixels, frame)
        };
        let held = places(0);
        let (frame, pixels, _) = places(1);
        assert_ne!((frame, pixels), (held.0, held.1));
        let again = places(2);
        assert_eq!((again.0, again.1), (frame, pixels));
        assert_eq!(again.2.device_timestamp_usec, 2);
    }

    #[test]
    fn without_depth_there_is_no_map() {
        let frame = TruthPool::default()
            .fill(
                5,
                std::iter::empty(),
                std::iter::empty(),
                &CleanDepth::default(),
            )
            .unwrap();
        assert_eq!(frame.index_map, None);
    }
}
