//! The order of captures for frames that come late.

use std::collections::VecDeque;
use std::sync::Arc;

use kinect_azure::body::BodyFrame;

/// How much the time of a body frame may differ from that of its depth image, in µs: converters round to milliseconds.
const TOLERANCE_USEC: u64 = 1_500;

/// Gives every tracked capture one body frame, in the captures' order, however late the tracker returns it.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The times of captures that the tracker was given and has not returned a frame for, in µs.
    waiting: VecDeque<u64>,
    without_result: u64,
}

impl Timeline {
    /// Adds a capture; `usec` is the time of its depth image.
    pub(super) fn submitted(&mut self, usec: u64) {
        self.waiting.push_back(usec);
    }

    /// Calls `take` with a frame that the tracker returned. Before it come empty frames for earlier captures, for which the
    /// tracker returned nothing. A frame that belongs to no waiting capture is dropped.
    pub(super) fn returned<E>(
        &mut self,
        frame: &Arc<BodyFrame>,
        mut take: impl FnMut(&Arc<BodyFrame>) -> Result<(), E>,
    ) -> Result<(), E> {
        let of_frame = |usec: &u64| usec.abs_diff(frame.device_timestamp_usec) <= TOLERANCE_USEC;
        let Some(place) = self.waiting.iter().position(of_frame) else {
            return Ok(());
        };
        for _ in 0..place {
            self.give_empty(&mut take)?;
        }
        match self.waiting.pop_front() {
            Some(usec) if usec != frame.device_timestamp_usec => {
                let mut frame = BodyFrame::clone(frame);
                frame.device_timestamp_usec = usec;
                take(&Arc::new(frame))
            }
            _ => take(frame),
        }
    }

    /// Calls `take` with an empty frame for every capture that still waits.
    pub(super) fn end<E>(
        &mut self,
        mut take: impl FnMut(&Arc<BodyFrame>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !self.waiting.is_empty() {
            self.give_empty(&mut take)?;
        }
        Ok(())
    }

    /// The number of captures that still wait for their frame.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The number of captures for which the tracker returned nothing.
    pub(super) const fn without_result(&self) -> u64 {
        self.without_result
    }

    fn give_empty<E>(
        &mut self,
        take: &mut impl FnMut(&Arc<BodyFrame>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(device_timestamp_usec) = self.waiting.pop_front() else {
            return Ok(());
        };
        self.without_result += 1;
        take(&Arc::new(BodyFrame {
            device_timestamp_usec,
            ..BodyFrame::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::convert::Infallible;

    use kinect_azure::{Body, Joint, JointPose};

    use super::*;

    fn frame(usec: u64) -> Arc<BodyFrame> {
        Arc::new(BodyFrame {
            device_timestamp_usec: usec,
            bodies: vec![Body {
                id: 1,
                joints: [JointPose::default(); Joint::COUNT],
            }],
            index_map: None,
            ..BodyFrame::default()
        })
    }

    #[test]
    fn every_capture_gets_a_frame_in_order_however_late_the_tracker_is() {
        let mut timeline = Timeline::default();
        let mut taken = Vec::new();
        let mut take = |frame: &Arc<BodyFrame>| -> Result<(), Infallible> {
            taken.push((frame.device_timestamp_usec, frame.bodies.len()));
            Ok(())
        };
        // A queue of three; the tracker loses the second and the last capture.
        for usec in [10_000, 43_000, 76_000, 109_000] {
            timeline.submitted(usec);
        }
        timeline.returned(&frame(10_000), &mut take).unwrap();
        timeline.submitted(142_000);
        // A converter has rounded this time.
        timeline.returned(&frame(76_900), &mut take).unwrap();
        // The same frame again, and one of another recording.
        timeline.returned(&frame(76_900), &mut take).unwrap();
        timeline.returned(&frame(999_000), &mut take).unwrap();
        timeline.returned(&frame(109_000), &mut take).unwrap();
        timeline.end(&mut take).unwrap();
        timeline.end(&mut take).unwrap();
        assert_eq!(
            taken,
            [
                (10_000, 1),
                (43_000, 0),
                (76_000, 1),
                (109_000, 1),
                (142_000, 0)
            ]
        );
        assert_eq!(timeline.without_result(), 2);
    }
}
