//! The image beside the skeletons: colour, or infrared if the sensor takes no colour images.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_azure::calibration::CameraKind;

use crate::Scene;

/// The node that shows the image.
#[derive(Component)]
pub(crate) struct Picture {
    /// The camera that took it.
    pub(crate) camera: CameraKind,
}

/// Chooses the image and the colours of the point cloud when the sensor's modes are known.
pub(crate) fn choose(
    scene: Res<Scene>,
    sensors: Query<&SensorStream, Changed<SensorStream>>,
    mut outputs: Query<&mut ImageOutput>,
    mut clouds: Query<&mut PointCloud>,
    picture: Option<Single<(&mut Picture, &mut Node)>>,
) {
    let (Ok(stream), Some(picture)) = (sensors.get(scene.sensor), picture) else {
        return;
    };
    let has_color = stream.info.color_resolution != ColorResolution::Off;
    let camera = if has_color {
        CameraKind::Color
    } else {
        CameraKind::Depth
    };
    let (mut picture, mut node) = picture.into_inner();
    picture.camera = camera;
    if let Some(calibration) = &stream.calibration
        && let Some(camera) = calibration.camera(camera)
    {
        node.aspect_ratio = Some(camera.width as f32 / camera.height as f32);
    }
    for mut output in &mut outputs {
        *output = ImageOutput {
            timing: output.timing,
            ..if has_color {
                ImageOutput::new(ImageKind::Color)
            } else {
                ImageOutput::new(ImageKind::Infrared).false_color()
            }
        };
    }
    for mut cloud in &mut clouds {
        cloud.color = if has_color {
            PointColor::default()
        } else {
            PointColor::Infrared
        };
    }
}
