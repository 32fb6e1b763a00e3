//! The code of docs/from-touchdesigner.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn setup(mut commands: Commands) {
    let sensor = commands
        .spawn((
            KinectSensor::new(SensorSource::Device(DeviceSettings {
                vendor: DeviceVendor::Microsoft,
                frame_rate: FrameRate::Fps30,
                color_resolution: ColorResolution::R1080p,
                depth_mode: DepthMode::NfovUnbinned,
                ..default()
            })),
            BodyTracking::default(),
        ))
        .id();
    commands.spawn((
        ImageOutput::new(ImageKind::Color).mirrored(),
        ImageOutputOf(sensor),
    ));
    commands.spawn((
        ImageOutput {
            timing: ImageTiming::Bodies,
            ..ImageOutput::new(ImageKind::PlayerIndex).aligned()
        },
        ImageOutputOf(sensor),
    ));
}
