//! Frames that are held until the bodies in them are found.
//!
//! Body tracking takes time, so bodies lag behind the newest image. Outputs with [`ImageTiming::Bodies`](super::ImageTiming) show
//! the frame in which the newest bodies were found; frames are held here until [`BodyTime`] names them.

use std::collections::VecDeque;
use std::sync::Arc;

use bevy::prelude::*;

use super::in_tracker::CapturesInTracker;
use super::time::BodyTime;
use crate::sensor::{Frame, SensorFrame};

/// The most frames that are held for a tracker: half a second at 30 frames a second. A frame whose capture is in the tracker of a
/// [`BodyTracking`](super::BodyTracking) is held until its bodies come, however long that takes. For other trackers, a frame whose
/// bodies come later than that is gone, and the delayed frame stays as it is.
pub const FRAME_HISTORY: usize = 16;

/// The frame in which a sensor's newest bodies were found, on the sensor entity while [`DelayedFrameDemand`] asks for it; `None`
/// before the first bodies.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug)]
pub struct DelayedFrame(#[reflect(ignore)] pub Option<Arc<Frame>>);

/// Whether the [`DelayedFrame`] of a sensor is needed, on every sensor entity. Image outputs and point clouds with
/// [`ImageTiming::Bodies`](super::ImageTiming) set it; the app can set it, too.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct DelayedFrameDemand {
    /// Set it to `true` in each update that needs the frame, in [`KinectSystems::Bodies`](crate::sensor::KinectSystems) or before.
    /// The plugin then sets it to `false` again. In an update in which it stays `false`, the held frames are dropped.
    pub is_wanted: bool,
}

/// The held frames, the oldest first.
#[derive(Component, Default)]
pub(crate) struct FrameHistory(VecDeque<Arc<Frame>>);

/// The device timestamp by which body trackers identify a frame: the depth image's, or the infrared image's if there is no depth.
fn time(frame: &Frame) -> Option<u64> {
    let capture = &frame.capture;
    let image = capture.depth.as_ref().or(capture.ir.as_ref())?;
    Some(image.device_timestamp_usec)
}

/// Holds frames while they are needed, and drops those that are older than the newest bodies.
pub(crate) fn release(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        Ref<SensorFrame>,
        &BodyTime,
        Option<&CapturesInTracker>,
        &mut DelayedFrameDemand,
        Option<(&mut FrameHistory, &mut DelayedFrame)>,
    )>,
) {
    for (entity, newest, bodies, in_tracker, mut demand, state) in &mut sensors {
        let is_wanted = demand.is_wanted;
        if is_wanted {
            demand.is_wanted = false;
        }
        match (is_wanted, state) {
            (false, None) => {}
            (false, Some(_)) => {
                commands
                    .entity(entity)
                    .try_remove::<(FrameHistory, DelayedFrame)>();
            }
            (true, None) => {
                commands
                    .entity(entity)
                    .try_insert((FrameHistory::default(), DelayedFrame::default()));
            }
            (true, Some((mut history, mut delayed))) => {
                match &newest.0 {
                    Some(frame) if newest.is_changed() => history.push(frame, |time| {
                        bodies.device_timestamp_usec == Some(time)
                            || in_tracker.is_some_and(|captures| captures.contains(time))
                    }),
                    Some(_) => {}
                    // The source has changed: the former source's frame must not be shown as the new one's.
                    None if delayed.0.is_some() => {
                        history.0.clear();
                        delayed.0 = None;
                    }
                    None => history.0.clear(),
                }
                if let Some(frame) = bodies
                    .device_timestamp_usec
                    .and_then(|at| history.release(at))
                {
                    delayed.0 = Some(frame);
                }
            }
        }
    }
}

impl FrameHistory {
    /// Holds a frame, in place of the oldest one for which no tracker `needs` the device timestamp.
    fn push(&mut self, frame: &Arc<Frame>, needs: impl Fn(u64) -> bool) {
        // The device clock jumped back, as when a recording loops: the held frames are from before the jump. Frames without depth
        // have no time here, so they cannot show a jump of the clock.
        let last = self.0.iter().rev().find_map(|last| time(last));
        if let Some((last, now)) = last.zip(time(frame))
            && last > now
        {
            self.0.clear();
        }
        while self.0.len() >= FRAME_HISTORY {
            let place = self
                .0
                .iter()
                .position(|held| !time(held).is_some_and(&needs));
            self.0.remove(place.unwrap_or(0));
        }
        self.0.push_back(Arc::clone(frame));
    }

    /// Removes the held frames up to the device timestamp `at`, and returns the newest of them. `None` if no such frame is held.
    fn release(&mut self, at: u64) -> Option<Arc<Frame>> {
        let mut found = None;
        while let Some(frame) = self
            .0
            .pop_front_if(|frame| time(frame).is_none_or(|time| time <= at))
        {
            found = Some(frame);
        }
        found
    }
}
