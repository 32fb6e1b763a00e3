//! Copies outputs into the render world, and adds the images that they need to the demand of their sensors.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::render::Extract;

use super::diagnostics::{OutputReport, Report};
use super::image_shape::ImageShape;
use super::relation::OutputSensor;
use super::{ImageKind, ImageOutput, OutputImage, OutputPass};
use crate::coloring::{HiddenColor, operating_range};
use crate::sensor::SensorStream;
use crate::stream::{DirectColor, ExtractedSensors, FillReport, RawImage, TextureKey};

/// An output that is drawn, as the render world sees it.
pub(super) struct ExtractedOutput {
    pub(super) entity: Entity,
    pub(super) key: TextureKey,
    pub(super) output: ImageOutput,
    pub(super) image: AssetId<Image>,
    pub(super) shape: ImageShape,
    /// The depth range of `FalseColor::Auto`, in metres.
    pub(super) auto_depth: (f32, f32),
    /// Whether its settings are refused: it shows nothing.
    pub(super) is_refused: bool,
    pub(super) report: OutputReport,
    pub(super) fill: Arc<FillReport>,
}

#[derive(Resource, Default)]
pub(super) struct ExtractedOutputs {
    pub(super) outputs: Vec<ExtractedOutput>,
    /// Seconds since the app started.
    pub(super) time: f32,
}

pub(super) fn extract_outputs(
    mut extracted: ResMut<ExtractedOutputs>,
    mut wanted: ResMut<ExtractedSensors>,
    outputs: Extract<
        Query<(
            Entity,
            &ImageOutput,
            &OutputSensor,
            &OutputImage,
            &OutputReport,
        )>,
    >,
    sensors: Extract<Query<&SensorStream>>,
    time: Extract<Option<Res<Time>>>,
) {
    extracted.time = time.as_ref().map_or(0.0, |time| time.elapsed_secs());
    extracted.outputs.clear();
    for (entity, output, sensor, image, report) in &outputs {
        let (Some((target, shape, fill)), Some(sensor)) = (image.target(), sensor.0) else {
            continue;
        };
        if !output.active {
            report.set(Report::default());
            continue;
        }
        let key = TextureKey {
            sensor,
            timing: output.timing,
        };
        if image.is_direct {
            report.set(Report::default());
            if let Some(sensor) = wanted.0.get_mut(&key) {
                sensor.direct_color.push(DirectColor {
                    image: target,
                    report: Arc::clone(fill),
                });
            }
            continue;
        }
        if let Some(sensor) = wanted.0.get_mut(&key).filter(|_| !image.is_refused) {
            for image in images_of(output).into_iter().flatten() {
                sensor.demand.insert(image);
            }
        }
        let mode = sensors
            .get(sensor)
            .map(|stream| stream.info.depth_mode)
            .unwrap_or_default();
        extracted.outputs.push(ExtractedOutput {
            entity,
            key,
            output: output.clone(),
            image: target,
            shape,
            auto_depth: operating_range(mode),
            is_refused: image.is_refused,
            report: report.clone(),
            fill: Arc::clone(fill),
        });
    }
}

/// The images that an output is drawn from: the image that it shows and, for points, the rays.
pub(super) fn images_of(output: &ImageOutput) -> [Option<RawImage>; 2] {
    let shown = match (output.kind, output.aligned) {
        (ImageKind::Color, false) => RawImage::Color,
        (ImageKind::Color, true) => match output.hidden {
            HiddenColor::Bleed => RawImage::AlignedColor,
            HiddenColor::Hide => RawImage::AlignedVisibleColor,
        },
        (ImageKind::Depth | ImageKind::PointCloud, false) => RawImage::Depth,
        (ImageKind::Depth | ImageKind::PointCloud, true) => RawImage::AlignedDepth,
        (ImageKind::Infrared, false) => RawImage::Infrared,
        (ImageKind::Infrared, true) => RawImage::AlignedInfrared,
        (ImageKind::PlayerIndex, false) => RawImage::Players,
        (ImageKind::PlayerIndex, true) => RawImage::AlignedPlayers,
    };
    let rays = match (output.kind, output.aligned) {
        (ImageKind::PointCloud, false) => Some(RawImage::Rays),
        (ImageKind::PointCloud, true) => Some(RawImage::ColorRays),
        _ => None,
    };
    [Some(shown), rays]
}

/// The passes of an output, each as many times as it is repeated, with its index among the output's passes.
pub(super) fn repeated(passes: &[OutputPass]) -> impl Iterator<Item = (usize, &OutputPass)> {
    passes.iter().enumerate().flat_map(|(number, pass)| {
        let times = pass.repeat.min(OutputPass::MOST) as usize;
        core::iter::repeat_n((number, pass), times)
    })
}
