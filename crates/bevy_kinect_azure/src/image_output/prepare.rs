//! Creates the image of every output, and a new one when the sensor's modes or the output's settings change its shape.

use bevy::prelude::*;
use bevy::render::renderer::{RenderAdapter, RenderDevice};

use super::image::Step;
use super::modes::Modes;
use super::notice::Notice;
use super::relation::OutputSensor;
use super::shape::{self, Gpu};
use super::{
    ImageKind, ImageOutput, OutputDiagnostics, OutputImage, OutputImageChanged, OutputScale,
};
use crate::sensor::{SensorFrame, SensorStream};
use crate::stream::has_view_formats;

pub(super) fn prepare_images(
    mut outputs: Query<(
        Entity,
        &ImageOutput,
        &OutputSensor,
        &mut OutputImage,
        &mut OutputDiagnostics,
    )>,
    sensors: Query<(&SensorStream, &SensorFrame)>,
    scale: Res<OutputScale>,
    device: Option<Res<RenderDevice>>,
    adapter: Option<Res<RenderAdapter>>,
    images: Option<ResMut<Assets<Image>>>,
    mut changes: MessageWriter<OutputImageChanged>,
) {
    let (Some(device), Some(adapter), Some(mut images)) = (device, adapter, images) else {
        return;
    };
    let gpu = Gpu::new(&device, &adapter);
    let views = has_view_formats(&adapter);
    for (entity, output, sensor, mut image, mut diagnostics) in &mut outputs {
        if !output.active {
            continue;
        }
        // While a sensor is off or lost its last images stay, and outputs can still show them with other settings.
        let Some(sensor) = sensor.0 else {
            continue;
        };
        let modes = match sensors.get(sensor) {
            Ok((stream, frame)) => Some(Modes::of(stream, frame)),
            Err(_) => image.modes,
        };
        let Some(modes) = modes else {
            continue;
        };
        let shape = native_size(output, &modes).and_then(|native| {
            let scale = match output.ignore_output_scale {
                true => 1.0,
                false => scale.0,
            };
            let (shape, notice) = shape::shape(output, native, scale, &gpu)?;
            Ok((native, shape, notice))
        });
        // Only changes of the public fields trigger change detection.
        let inner = image.bypass_change_detection();
        inner.modes = Some(modes);
        inner.is_refused = shape.is_err();
        inner.is_direct = shape
            .as_ref()
            .is_ok_and(|(native, shape, _)| output.is_plain_color() && shape.size == *native);
        let (native, shape) = match shape {
            Ok((native, shape, notice)) => {
                OutputDiagnostics::set_notice(&mut diagnostics, entity, notice);
                (native, shape)
            }
            Err(notice) => {
                inner.next = None;
                OutputDiagnostics::set_notice(&mut diagnostics, entity, Some(notice));
                continue;
            }
        };
        match inner.become_shape(shape, views, &mut images) {
            Step::Same => {}
            Step::Waiting => continue,
            Step::Published => image.set_changed(),
            Step::Replaced(old) => {
                image.set_changed();
                changes.write(OutputImageChanged {
                    output: entity,
                    old,
                    new: image.image.clone(),
                });
            }
        }
        let aspect = shape::aspect(output.aspect, native, shape.size);
        OutputDiagnostics::set_image(&mut diagnostics, shape, aspect);
    }
}

/// The native size of the image that an output shows; or why the sensor does not have that image.
fn native_size(output: &ImageOutput, modes: &Modes) -> Result<UVec2, Notice> {
    let color = modes.color;
    let depth = UVec2::from(modes.depth_mode.size());
    let shows_color = output.kind == ImageKind::Color;
    if color.min_element() == 0 && (shows_color || output.aligned) {
        return Err(Notice::NoColorCamera);
    }
    if depth.min_element() == 0 && (!shows_color || output.aligned) {
        return Err(Notice::NoDepthCamera);
    }
    let needs_depth =
        output.aligned || matches!(output.kind, ImageKind::Depth | ImageKind::PointCloud);
    if needs_depth && !modes.depth_mode.has_depth() {
        return Err(Notice::NoDepth);
    }
    let is_point_cloud = output.kind == ImageKind::PointCloud;
    if is_point_cloud && !modes.has_rays
        || output.aligned && !modes.depth_to_color
        || output.aligned && is_point_cloud && !modes.color_to_depth
    {
        return Err(Notice::NoCalibration);
    }
    // An aligned image has the other camera's size.
    Ok(if shows_color != output.aligned {
        color
    } else {
        depth
    })
}
