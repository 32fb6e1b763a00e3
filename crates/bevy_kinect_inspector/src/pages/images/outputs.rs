//! The app's outputs.

use bevy::ecs::query::QueryData;
use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::image_output::{
    ImageKind, ImageOutput, ImageOutputOf, OutputDiagnostics, OutputImage,
};
use bevy_kinect_settings::SaveEntity;

use super::picture::picture;
use super::preview::KINDS;
use super::settings;
use super::textures::Textures;
use crate::controls::{button, figure, folded_as, text, warning};

/// The components of an output.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct OfOutput {
    entity: Entity,
    name: Option<&'static Name>,
    output: &'static mut ImageOutput,
    image: &'static OutputImage,
    diagnostics: &'static OutputDiagnostics,
}

/// The outputs of a sensor, folded, and a button for one more.
pub(super) fn show(
    ui: &mut Ui,
    commands: &mut Commands,
    sensor: Entity,
    all: &mut Query<OfOutput, Without<super::preview::Preview>>,
    of_sensors: &Query<&ImageOutputOf>,
    parents: &Query<&ChildOf>,
    textures: &mut Textures,
) {
    let is_of_sensor = |entity: Entity| match of_sensors.get(entity) {
        Ok(of) => of.0 == sensor,
        Err(_) => entity == sensor || parents.iter_ancestors(entity).any(|of| of == sensor),
    };
    let mut found: Vec<Entity> = all
        .iter()
        .map(|of| of.entity)
        .filter(|&entity| is_of_sensor(entity))
        .collect();
    found.sort();
    if found.is_empty() {
        text(ui, "The app has no outputs of this sensor.");
    }
    for entity in found {
        if let Ok(mut of) = all.get_mut(entity) {
            let title = title(&of);
            folded_as(ui, entity, &title, false, |ui| {
                one(ui, commands, &mut of, textures);
            });
        }
    }
    if button(ui, "Add an output") {
        commands.spawn((ImageOutput::default(), ImageOutputOf(sensor), SaveEntity));
    }
}

fn title(of: &OfOutputItem) -> String {
    let kind = name_of(of.output.kind);
    match of.name {
        Some(name) if !name.is_empty() => format!("{name}: {kind}"),
        _ => format!("Output {}: {kind}", of.entity),
    }
}

fn name_of(kind: ImageKind) -> &'static str {
    let found = KINDS.iter().find(|(of, _)| *of == kind);
    found.map_or("", |(_, name)| name)
}

/// The picture, settings and figures of an output.
fn one(ui: &mut Ui, commands: &mut Commands, of: &mut OfOutputItem, textures: &mut Textures) {
    let size = of.image.size();
    match (textures.of(of.image), size) {
        (Some(texture), Some(size)) => {
            picture(ui, "Picture of the output", texture, size);
        }
        (None, Some(_)) => text(ui, "Images of this format cannot be shown here."),
        (_, None) => text(ui, "No image has come yet."),
    }
    if let Some(told) = &of.diagnostics.warning {
        warning(ui, told.as_str());
    }
    if let Some(size) = size {
        let format = of.image.format().map(|format| format!("{format:?}"));
        let format = format.unwrap_or_default();
        figure(ui, "Image", format!("{}×{} {format}", size.x, size.y));
    }
    let megabytes = of.diagnostics.gpu_memory_bytes as f64 / 1.0e6;
    figure(ui, "GPU memory", format!("{megabytes:.1} MB"));
    if let Some(changed) = settings::show(ui, &of.output) {
        *of.output = changed;
    }
    if button(ui, "Remove the output") {
        commands.entity(of.entity).despawn();
    }
}
