//! The rays of the colour camera, which only aligned point images need. There are up to twelve million, so they are
//! computed in a background task, and only for sensors that have [`ColorRays`].

use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};
use kinect_azure::Calibration;
use kinect_azure::calibration::XyTable;

use crate::sensor::SensorStream;

/// The rays of a sensor's colour camera. A topic that needs them puts this component on the sensor entity, and takes it away
/// when nothing needs them any more.
#[derive(Component, Default)]
pub(crate) struct ColorRays(State);

#[derive(Default)]
enum State {
    #[default]
    Asked,
    Computing(Arc<Calibration>, Task<XyTable>),
    Ready(Arc<Calibration>, Arc<XyTable>),
}

impl ColorRays {
    /// The rays, if they are ready and belong to the stream's calibration.
    pub(crate) fn table(&self, stream: &SensorStream) -> Option<Arc<XyTable>> {
        match &self.0 {
            State::Ready(of, table) if is_of(of, stream) => Some(Arc::clone(table)),
            _ => None,
        }
    }
}

fn is_of(calibration: &Arc<Calibration>, stream: &SensorStream) -> bool {
    stream
        .calibration
        .as_ref()
        .is_some_and(|current| Arc::ptr_eq(current, calibration))
}

/// Starts computing the rays when the calibration has changed, and takes the result.
pub(super) fn compute(mut sensors: Query<(&SensorStream, &mut ColorRays)>) {
    for (stream, mut rays) in &mut sensors {
        let done = match &mut rays.0 {
            State::Computing(of, task) if is_of(of, stream) => {
                block_on(poll_once(task)).map(|table| State::Ready(Arc::clone(of), Arc::new(table)))
            }
            State::Ready(of, _) if is_of(of, stream) => None,
            _ => begin(stream),
        };
        if let Some(state) = done {
            rays.0 = state;
        }
    }
}

/// Starts the task that computes the rays; `None` without a colour camera.
fn begin(stream: &SensorStream) -> Option<State> {
    let calibration = stream.calibration.as_ref()?;
    let camera = calibration.color_camera?;
    let task = AsyncComputeTaskPool::get().spawn(async move { XyTable::new(&camera) });
    Some(State::Computing(Arc::clone(calibration), task))
}
