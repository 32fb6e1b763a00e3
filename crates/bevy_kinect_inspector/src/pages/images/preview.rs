//! The inspector's own output, which exists only while its page is shown.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::coloring::FalseColor;
use bevy_kinect_azure::image_output::{
    ImageKind, ImageOutput, ImageOutputOf, OutputResolution, PixelFormat,
};
use bevy_kinect_azure::sensor::KinectSystems;
use bevy_kinect_settings::DoNotSave;

use super::coloring::false_color;
use crate::controls::{choice, switch};
use crate::inspector::KinectInspector;
use crate::page::Page;

/// Marks the output of the preview.
#[derive(Component)]
pub(crate) struct Preview;

/// The settings of the preview.
#[derive(Resource, Clone, Debug, PartialEq)]
pub(crate) struct PreviewSettings {
    kind: ImageKind,
    aligned: bool,
    mirror: bool,
    color: FalseColor,
}

impl Default for PreviewSettings {
    fn default() -> Self {
        Self {
            kind: ImageKind::Depth,
            aligned: false,
            mirror: false,
            color: FalseColor::Auto,
        }
    }
}

/// The most pixels of a preview in each direction.
const MOST: UVec2 = UVec2::splat(1024);

impl PreviewSettings {
    fn output(&self) -> ImageOutput {
        let is_color = self.kind == ImageKind::Color;
        ImageOutput {
            aligned: self.aligned,
            mirror: self.mirror,
            resolution: OutputResolution::Limit(MOST),
            ignore_output_scale: true,
            // A format that every GPU filters.
            format: PixelFormat::Rgba8Srgb,
            false_color: (!is_color).then_some(self.color),
            ..ImageOutput::new(self.kind)
        }
    }
}

/// The kinds of images with their names.
pub(super) const KINDS: [(ImageKind, &str); 5] = [
    (ImageKind::Color, "Colour"),
    (ImageKind::Depth, "Depth"),
    (ImageKind::Infrared, "Infrared"),
    (ImageKind::PointCloud, "Positions"),
    (ImageKind::PlayerIndex, "Players"),
];

pub(crate) fn build(app: &mut App) {
    app.init_resource::<PreviewSettings>().add_systems(
        PreUpdate,
        keep.before(KinectSystems::Prepare).run_if(
            |inspector: Res<KinectInspector>, previews: Query<(), With<Preview>>| {
                is_wanted(&inspector) || !previews.is_empty()
            },
        ),
    );
}

fn is_wanted(inspector: &KinectInspector) -> bool {
    inspector.shown && inspector.page == Page::Images
}

/// Spawns, changes and despawns the preview.
fn keep(
    mut commands: Commands,
    inspector: Res<KinectInspector>,
    wanted: Res<PreviewSettings>,
    mut previews: Query<(Entity, &mut ImageOutput, &ImageOutputOf), With<Preview>>,
) {
    let sensor = inspector.sensor.filter(|_| is_wanted(&inspector));
    let mut exists = false;
    for (entity, mut output, of) in &mut previews {
        if Some(of.0) != sensor {
            commands.entity(entity).despawn();
            continue;
        }
        exists = true;
        output.set_if_neq(wanted.output());
    }
    if let Some(sensor) = sensor.filter(|_| !exists) {
        commands.spawn((
            Preview,
            DoNotSave,
            Name::new("Preview of the inspector"),
            wanted.output(),
            ImageOutputOf(sensor),
        ));
    }
}

/// The controls of the preview; its settings with the user's changes, if there are any.
pub(super) fn settings(ui: &mut Ui, present: &PreviewSettings) -> Option<PreviewSettings> {
    let mut settings = present.clone();
    if let Some(kind) = choice(ui, "Shows", &settings.kind, &KINDS) {
        settings.kind = kind;
        // Ranges of one kind mean nothing for another one.
        settings.color = FalseColor::Auto;
    }
    let seen_from = match settings.kind {
        ImageKind::Color => "From the depth camera",
        _ => "From the colour camera",
    };
    if let Some(on) = switch(ui, seen_from, settings.aligned) {
        settings.aligned = on;
    }
    if let Some(on) = switch(ui, "Mirrored preview", settings.mirror) {
        settings.mirror = on;
    }
    if let Some(color) = false_color(ui, settings.kind, settings.color) {
        settings.color = color;
    }
    (settings != *present).then_some(settings)
}
