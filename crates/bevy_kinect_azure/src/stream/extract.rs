//! Copies the sensors' state into the render world.

use std::sync::Arc;

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::Extract;
use kinect_azure::Calibration;
use kinect_azure::calibration::XyTable;

use super::images::{Demand, DirectColor, TextureKey};
use super::latency::LatencyLog;
use super::rays::ColorRays;
use crate::body::{BodyIndexImage, BodyIndexMap, DelayedFrame, ImageTiming};
use crate::sensor::{Frame, KinectSensor, SensorFrame, SensorStream, StreamIdentity};

/// A sensor's frame and settings in the render world, now or in step with its bodies.
pub(crate) struct ExtractedSensor {
    /// The frame to show.
    pub(crate) frame: Option<Arc<Frame>>,
    pub(crate) calibration: Option<Arc<Calibration>>,
    pub(crate) xy_table: Option<Arc<XyTable>>,
    /// Rays of the colour camera, if they are needed and ready.
    pub(crate) color_table: Option<Arc<XyTable>>,
    pub(crate) players: Option<BodyIndexImage>,
    /// Images of outputs into which the colour image is written directly. Outputs add theirs at each extraction.
    pub(crate) direct_color: Vec<DirectColor>,
    /// The images that outputs and clouds need. Each of them adds its own at each extraction.
    pub(crate) demand: Demand,
    /// Counts the sources the sensor has had.
    pub(crate) generation: u64,
    pub(crate) latency: LatencyLog,
}

/// Every sensor of the main world: with its newest frame and, if it is needed, the frame of its newest bodies.
#[derive(Resource, Default)]
pub(crate) struct ExtractedSensors(pub(crate) HashMap<TextureKey, ExtractedSensor>);

pub(super) fn extract_sensors(
    mut extracted: ResMut<ExtractedSensors>,
    sensors: Extract<
        Query<
            (
                Entity,
                (&SensorFrame, Option<&DelayedFrame>),
                Option<&SensorStream>,
                Option<&ColorRays>,
                &BodyIndexMap,
                &StreamIdentity,
                &LatencyLog,
            ),
            With<KinectSensor>,
        >,
    >,
) {
    extracted.0.retain(|key, _| match sensors.get(key.sensor) {
        Ok((_, (_, delayed), ..)) => key.timing == ImageTiming::Live || delayed.is_some(),
        Err(_) => false,
    });
    for (entity, (frame, delayed), stream, color_rays, players, identity, latency) in &sensors {
        let frames = [
            (ImageTiming::Live, Some(&frame.0)),
            (ImageTiming::Bodies, delayed.map(|delayed| &delayed.0)),
        ];
        for (timing, frame) in frames {
            let Some(frame) = frame else {
                continue;
            };
            let key = TextureKey {
                sensor: entity,
                timing,
            };
            let sensor = extracted.0.entry(key).or_insert_with(|| ExtractedSensor {
                frame: None,
                calibration: None,
                xy_table: None,
                color_table: None,
                players: None,
                direct_color: Vec::new(),
                demand: Demand::default(),
                generation: identity.generation,
                latency: latency.clone(),
            });
            sensor.frame.clone_from(frame);
            sensor.players.clone_from(&players.0);
            sensor.demand = Demand::default();
            sensor.direct_color.clear();
            if sensor.generation != identity.generation {
                sensor.generation = identity.generation;
                sensor.calibration = None;
                sensor.xy_table = None;
                sensor.color_table = None;
            }
            // While a sensor is lost or off, its last images stay, and so do the calibration and rays that are needed to show them.
            if let Some(stream) = stream {
                sensor.calibration.clone_from(&stream.calibration);
                sensor.xy_table.clone_from(&stream.xy_table);
                sensor.color_table = color_rays.and_then(|rays| rays.table(stream));
            }
        }
    }
}
