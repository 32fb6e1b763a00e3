//! Images that wait for the skeletons found in them.
//!
//! Finding people takes time: what is drawn from joints lags behind the newest image. Outputs with
//! [`ImageTiming::Bodies`](super::ImageTiming) show the frame that the newest skeletons were found in instead; until
//! [`BodyTime`] names it, frames are held here.

use std::collections::VecDeque;
use std::sync::Arc;

use bevy::prelude::*;

use super::time::BodyTime;
use crate::sensor::{Frame, SensorFrame};

/// Frames that are held for skeletons at most: half a second at 30 frames a second. Skeletons that come later get the
/// oldest frame there is.
pub const FRAME_HISTORY: usize = 16;

/// The frame that a sensor's newest skeletons were found in, on the sensor entity while [`DelayedFrameDemand`] asks for it;
/// `None` before the first skeletons.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct DelayedFrame(#[reflect(ignore)] pub Option<Arc<Frame>>);

/// Who asks for the [`DelayedFrame`] of a sensor, on every sensor entity. Image outputs and point clouds with
/// [`ImageTiming::Bodies`](super::ImageTiming) do; so can the app.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct DelayedFrameDemand {
    /// Set it to `true` in each update in which the frame is asked for, in [`KinectSystems::Bodies`](crate::sensor::KinectSystems)
    /// or before. It is `false` again afterwards; once nobody asks any more, the frames that are held are let go of.
    pub is_wanted: bool,
}

/// Frames that wait, the oldest first.
#[derive(Component, Default)]
pub(crate) struct FrameHistory(VecDeque<Arc<Frame>>);

/// The time that body trackers name a frame by: the depth image's, or the infrared image's where there is none.
fn time(frame: &Frame) -> Option<u64> {
    let capture = &frame.capture;
    let image = capture.depth.as_ref().or(capture.ir.as_ref())?;
    Some(image.device_timestamp_usec)
}

/// Holds frames while they are asked for, and lets go of those that are older than the newest skeletons.
pub(crate) fn release(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        Ref<SensorFrame>,
        &BodyTime,
        &mut DelayedFrameDemand,
        Option<(&mut FrameHistory, &mut DelayedFrame)>,
    )>,
) {
    for (entity, newest, bodies, mut demand, state) in &mut sensors {
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
                    Some(frame) if newest.is_changed() => history.push(frame),
                    Some(_) => {}
                    // Another source: what the former one left is not shown as its.
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
    fn push(&mut self, frame: &Arc<Frame>) {
        // A clock that went back is a source that started anew: what waits is of another time.
        // Frames without depth have no time and say nothing about the clock.
        let last = self.0.iter().rev().find_map(|last| time(last));
        if let Some((last, now)) = last.zip(time(frame))
            && last > now
        {
            self.0.clear();
        }
        while self.0.len() >= FRAME_HISTORY {
            self.0.pop_front();
        }
        self.0.push_back(Arc::clone(frame));
    }

    /// The newest frame that is not newer than skeletons of that time, with those before it. `None` where there is none
    /// that was not released before.
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
