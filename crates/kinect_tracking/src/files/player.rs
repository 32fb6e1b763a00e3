//! Plays clips: without a sensor, or as the tracker of a sensor.

use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::pool::Pool;
use kinect_azure::{Calibration, Capture};

use super::clip::BodyClip;
use crate::tracker::{BodyTracker, TrackerError};

/// Plays a clip without a sensor: the caller passes the time that has gone by.
///
/// ```
/// use kinect_azure::body::BodyFrame;
/// use kinect_tracking::files::{BodyClip, ClipPlayer};
///
/// let frame = |device_timestamp_usec| BodyFrame { device_timestamp_usec, ..BodyFrame::default() };
/// let clip = BodyClip::new(vec![frame(0), frame(100_000)])?;
/// let mut player = ClipPlayer::new(clip.into());
/// assert!(player.advance(0.0).is_some());
/// assert!(player.advance(0.05).is_none());
/// assert!(player.advance(0.05).is_some());
/// // The clip begins again, and time goes on.
/// let again = player.advance(0.1).map(|frame| frame.device_timestamp_usec);
/// assert_eq!(again, Some(200_000));
/// # Ok::<(), kinect_tracking::files::BodyFileError>(())
/// ```
#[derive(Debug)]
pub struct ClipPlayer {
    clip: Arc<BodyClip>,
    looping: bool,
    /// Time since the first frame, in µs, over all rounds.
    position_usec: f64,
    /// Round and index of the newest frame that was returned.
    shown: Option<(u64, usize)>,
    frames: Pool<BodyFrame>,
}

impl ClipPlayer {
    /// Plays a clip over and over.
    pub fn new(clip: Arc<BodyClip>) -> Self {
        Self {
            clip,
            looping: true,
            position_usec: 0.0,
            shown: None,
            frames: Pool::new(),
        }
    }

    /// Plays a clip once; at its end the last frame stays.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.looping = false;
        self
    }

    /// The clip.
    pub const fn clip(&self) -> &Arc<BodyClip> {
        &self.clip
    }

    /// Advances the time by `seconds` (values that are not above 0 count as 0) and returns the frame that is due,
    /// unless it was returned before. Frames in between are left out. Timestamps keep rising from round to round.
    pub fn advance(&mut self, seconds: f64) -> Option<Arc<BodyFrame>> {
        if seconds > 0.0 {
            self.position_usec += seconds * 1e6;
        }
        // A rounding error of a µs must not delay a frame. Float to integer conversion saturates.
        let position = (self.position_usec + 0.5) as u64;
        let (round, within) = if self.looping {
            let whole = self.clip.round_usec();
            (position / whole, position % whole)
        } else {
            (0, position)
        };
        let place = self.clip.place_at(within);
        if self.shown == Some((round, place)) {
            return None;
        }
        self.shown = Some((round, place));
        let frame = &self.clip.frames()[place];
        if round == 0 {
            return Some(Arc::clone(frame));
        }
        let usec = frame.device_timestamp_usec + round * self.clip.round_usec();
        Some(restamped(&mut self.frames, frame, usec))
    }
}

/// A tracker that returns the bodies of a clip for any captures, and repeats the clip. The clip begins with the first
/// capture and follows the times of the depth images.
#[derive(Debug)]
pub struct ClipTracker {
    clip: Arc<BodyClip>,
    first_usec: Option<u64>,
    frames: Pool<BodyFrame>,
}

impl ClipTracker {
    /// A tracker that plays a clip.
    pub const fn new(clip: Arc<BodyClip>) -> Self {
        Self {
            clip,
            first_usec: None,
            frames: Pool::new(),
        }
    }
}

impl BodyTracker for ClipTracker {
    fn name(&self) -> &str {
        "a clip"
    }

    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let depth = capture
            .depth
            .as_ref()
            .map(|depth| depth.device_timestamp_usec);
        let Some(usec) = depth.or_else(|| capture.device_timestamp_usec()) else {
            return Ok(None);
        };
        let first = *self.first_usec.get_or_insert(usec);
        // A source that has gone back begins the clip again.
        let first = if usec < first {
            self.first_usec = Some(usec);
            usec
        } else {
            first
        };
        let place = self.clip.place_at((usec - first) % self.clip.round_usec());
        let frame = &self.clip.frames()[place];
        Ok(Some(restamped(&mut self.frames, frame, usec)))
    }
}

/// A copy of a frame with another time.
fn restamped(frames: &mut Pool<BodyFrame>, frame: &BodyFrame, usec: u64) -> Arc<BodyFrame> {
    let filled = frames.fill(BodyFrame::default, |copy| {
        copy.device_timestamp_usec = usec;
        copy.bodies.clone_from(&frame.bodies);
        Ok::<_, core::convert::Infallible>(())
    });
    match filled {
        Ok(frame) => frame,
        Err(never) => match never {},
    }
}
