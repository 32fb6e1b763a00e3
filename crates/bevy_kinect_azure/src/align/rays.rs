//! The rays of the colour camera, which only aligned point images need: up to twelve million, so they are computed when
//! somebody asks for them, beside the app.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};
use kinect_azure::Calibration;
use kinect_azure::calibration::XyTable;

use crate::image_output::{ImageKind, ImageOutput, ImageOutputs};
use crate::sensor::SensorStream;

/// The rays of a sensor's colour camera, on the sensor entity once somebody needs them.
#[derive(Component)]
pub(crate) struct ColorRays {
    of: Arc<Calibration>,
    state: State,
}

enum State {
    Computing(Task<XyTable>),
    Ready(Arc<XyTable>),
}

impl ColorRays {
    /// The rays, if they are ready and those of the stream's calibration.
    pub(crate) fn table(&self, stream: &SensorStream) -> Option<Arc<XyTable>> {
        match &self.state {
            State::Ready(table) if self.is_of(stream) => Some(Arc::clone(table)),
            _ => None,
        }
    }

    fn is_of(&self, stream: &SensorStream) -> bool {
        stream
            .calibration
            .as_ref()
            .is_some_and(|calibration| Arc::ptr_eq(calibration, &self.of))
    }
}

/// Computes the rays where they are needed.
pub(super) fn prepare(
    mut commands: Commands,
    mut sensors: Query<(Entity, &SensorStream, &ImageOutputs, Option<&mut ColorRays>)>,
    outputs: Query<&ImageOutput>,
) {
    for (entity, stream, list, rays) in &mut sensors {
        if let Some(mut rays) = rays.filter(|rays| rays.is_of(stream)) {
            let done = match &mut rays.state {
                State::Computing(task) => block_on(poll_once(task)),
                State::Ready(_) => None,
            };
            if let Some(table) = done {
                rays.state = State::Ready(Arc::new(table));
            }
            continue;
        }
        let is_wanted = outputs
            .iter_many(list.iter())
            .any(|output| output.aligned && output.kind == ImageKind::PointCloud);
        let Some(calibration) = stream.calibration.as_ref().filter(|_| is_wanted) else {
            continue;
        };
        if let Some(camera) = calibration.color_camera {
            let task = AsyncComputeTaskPool::get().spawn(async move { XyTable::new(&camera) });
            commands.entity(entity).insert(ColorRays {
                of: Arc::clone(calibration),
                state: State::Computing(task),
            });
        }
    }
}
