//! Finds the sensor of each output, and requests what its outputs need: the frame of the newest bodies, rays of the colour camera.

use bevy::prelude::*;

use super::diagnostics::OutputDiagnostics;
use super::extract::images_of;
use super::image::OutputImage;
use super::notice::Notice;
use super::output::ImageOutput;
use super::relation::{ImageOutputOf, OutputSensor};
use crate::body::{DelayedFrameDemand, ImageTiming};
use crate::sensor::{KinectSensor, SensorStream};
use crate::stream::{ColorRays, RawImage, sensor_of};

/// Finds the sensor of every output, and warns about outputs without a sensor.
pub(super) fn find_sensors(
    mut outputs: Query<
        (
            Entity,
            Option<&ImageOutputOf>,
            &mut OutputSensor,
            &mut OutputDiagnostics,
        ),
        With<ImageOutput>,
    >,
    sensors: Query<(), With<KinectSensor>>,
    parents: Query<&ChildOf>,
) {
    for (entity, of, mut sensor, mut diagnostics) in &mut outputs {
        let (found, notice) = match of {
            Some(of) => (
                Some(of.0).filter(|of| sensors.contains(*of)),
                Notice::NotASensor(of.0),
            ),
            None => (sensor_of(entity, &sensors, &parents), Notice::NoSensor),
        };
        sensor.set_if_neq(OutputSensor(found));
        let notice = found.is_none().then_some(notice);
        OutputDiagnostics::set_sensor_notice(&mut diagnostics, entity, notice);
    }
}

/// Requests the delayed frames that outputs show.
pub(super) fn ask_for_delayed_frames(
    outputs: Query<(&ImageOutput, &OutputSensor)>,
    mut sensors: Query<&mut DelayedFrameDemand>,
) {
    for (output, sensor) in &outputs {
        if output.active
            && output.timing == ImageTiming::Bodies
            && let Some(sensor) = sensor.0
            && let Ok(mut demand) = sensors.get_mut(sensor)
        {
            demand.is_wanted = true;
        }
    }
}

/// Requests the rays of the colour camera for sensors whose outputs need them.
pub(super) fn ask_for_rays(
    mut commands: Commands,
    outputs: Query<(&ImageOutput, &OutputSensor, &OutputImage)>,
    sensors: Query<Entity, With<SensorStream>>,
    with_rays: Query<Entity, With<ColorRays>>,
) {
    let needs_rays = |entity: Entity| {
        outputs.iter().any(|(output, sensor, image)| {
            sensor.0 == Some(entity)
                && output.active
                && !image.is_refused
                && images_of(output).contains(&Some(RawImage::ColorRays))
        })
    };
    for entity in &sensors {
        if !with_rays.contains(entity) && needs_rays(entity) {
            commands.entity(entity).insert(ColorRays::default());
        }
    }
    for entity in &with_rays {
        if !needs_rays(entity) {
            commands.entity(entity).remove::<ColorRays>();
        }
    }
}
