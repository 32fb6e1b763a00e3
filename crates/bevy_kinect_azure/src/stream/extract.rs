//! What the render world is told about the sensors.

use std::sync::Arc;

use bevy::ecs::entity::EntityHashMap;
use bevy::prelude::*;
use bevy::render::Extract;
use kinect_azure::Calibration;
use kinect_azure::calibration::XyTable;

use crate::diagnostics::LatencyLog;
use crate::image_output::{ImageKind, ImageOutput, ImageOutputs, OutputImage};
use crate::sensor::{Frame, KinectSensor, SensorFrame, SensorStream, StreamIdentity};

/// A sensor as the render world sees it.
pub(crate) struct ExtractedSensor {
    /// The newest frame.
    pub(crate) frame: Option<Arc<Frame>>,
    pub(crate) calibration: Option<Arc<Calibration>>,
    pub(crate) xy_table: Option<Arc<XyTable>>,
    /// The images of native colour outputs: colour is written to the first and copied to the others.
    pub(crate) color_outputs: Vec<AssetId<Image>>,
    /// Counts the sources the sensor has had.
    pub(crate) generation: u64,
    pub(crate) latency: LatencyLog,
}

/// Every sensor of the main world, by its entity there.
#[derive(Resource, Default)]
pub(crate) struct ExtractedSensors(pub(crate) EntityHashMap<ExtractedSensor>);

pub(super) fn extract_sensors(
    mut extracted: ResMut<ExtractedSensors>,
    sensors: Extract<
        Query<
            (
                Entity,
                &SensorFrame,
                Option<&SensorStream>,
                Option<&ImageOutputs>,
                &StreamIdentity,
                &LatencyLog,
            ),
            With<KinectSensor>,
        >,
    >,
    outputs: Extract<Query<(&ImageOutput, &OutputImage)>>,
) {
    extracted.0.retain(|&entity, _| sensors.contains(entity));
    for (entity, frame, stream, output_list, identity, latency) in &sensors {
        let sensor = extracted
            .0
            .entry(entity)
            .or_insert_with(|| ExtractedSensor {
                frame: None,
                calibration: None,
                xy_table: None,
                color_outputs: Vec::new(),
                generation: identity.generation,
                latency: latency.clone(),
            });
        sensor.frame.clone_from(&frame.0);
        if sensor.generation != identity.generation {
            sensor.generation = identity.generation;
            sensor.calibration = None;
            sensor.xy_table = None;
        }
        // While a sensor is lost or off, its last images stay, and so does what is needed to show them.
        if let Some(stream) = stream {
            sensor.calibration.clone_from(&stream.calibration);
            sensor.xy_table.clone_from(&stream.xy_table);
        }
        sensor.color_outputs.clear();
        sensor.color_outputs.extend(
            output_list
                .into_iter()
                .flat_map(|list| outputs.iter_many(list.iter()))
                .filter(|(output, image)| output.kind == ImageKind::Color && image.is_ready())
                .map(|(_, image)| image.image.id()),
        );
    }
}
