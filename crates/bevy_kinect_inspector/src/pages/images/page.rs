//! The page.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::body::BodyIndexMap;
use bevy_kinect_azure::image_output::{
    ImageOutput, ImageOutputOf, OutputDiagnostics, OutputImage, OutputScale,
};
use bevy_kinect_azure::sensor::{SensorFrame, SensorStream};

use super::outputs::{self, OfOutput};
use super::picture::picture;
use super::preview::{Preview, PreviewSettings, settings};
use super::textures::Textures;
use super::value::value_at;
use crate::controls::{Slider, figure, nothing, section, text, warning};
use crate::inspector::KinectInspector;

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut commands: Commands,
    inspector: Res<KinectInspector>,
    mut wanted: ResMut<PreviewSettings>,
    preview: Query<(&ImageOutput, &OutputImage, &OutputDiagnostics), With<Preview>>,
    sensors: Query<(&SensorFrame, Option<&SensorStream>, Option<&BodyIndexMap>)>,
    mut all: Query<OfOutput, Without<Preview>>,
    parents: Query<&ChildOf>,
    of_sensors: Query<&ImageOutputOf>,
    mut scale: ResMut<OutputScale>,
    mut textures: Textures,
) {
    let Some(sensor) = inspector.sensor else {
        nothing(ui, "The app has no sensor. The page Sensors adds one.");
        return;
    };
    section(ui, "Preview", |ui| {
        if let Some(changed) = settings(ui, &wanted) {
            *wanted = changed;
        }
        let Ok((output, image, diagnostics)) = preview.single() else {
            text(ui, "The preview begins with the next update.");
            return;
        };
        let Some(texture) = textures.of(image) else {
            let why = diagnostics.warning.as_deref();
            text(ui, why.unwrap_or("No image has come yet."));
            return;
        };
        let size = image.size().unwrap_or(UVec2::ONE);
        let pointed = picture(ui, "Preview", texture, size);
        let of_sensor = sensors.get(sensor).ok();
        let value = pointed
            .zip(of_sensor)
            .map(|(place, (frame, _, map))| value_at(place, output, frame, map));
        let words = value.unwrap_or_else(|| "point at the picture".to_owned());
        figure(ui, "Under the pointer", words);
        if let Some(told) = &diagnostics.warning {
            warning(ui, told.as_str());
        }
    });
    section(ui, "Outputs of the app", |ui| {
        let range = Slider::new("Scale of all", 0.05..=4.0)
            .decimals(2)
            .logarithmic();
        if let Some(new) = range.show(ui, scale.0) {
            scale.0 = new;
        }
        outputs::show(
            ui,
            &mut commands,
            sensor,
            &mut all,
            &of_sensors,
            &parents,
            &mut textures,
        );
    });
}
