//! The code of docs/live-sensors.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn live_sensor(mut commands: Commands) {
    commands.spawn((
        KinectSensor::new(SensorSource::Device(DeviceSettings {
            device: DeviceSelector::Serial("000123456789".into()),
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::R1080p,
            ..default()
        })),
        SensorColorControls(ColorControls {
            exposure: Exposure::Manual(8330),
            ..default()
        }),
        Recorder {
            path: "visitors.mkv".into(),
            active: true,
            ..default()
        },
    ));
}
