//! The code of docs/placing-a-sensor.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn placed_by_its_floor(mut commands: Commands) {
    commands
        .spawn((
            KinectSensor::device(),
            BodyTracking::default(),
            FloorDetection::kept(),
        ))
        .observe(|found: On<FloorFound>| {
            let floor = found.floor;
            info!(
                "{:.2} m above the floor, tilted down by {:.1}°",
                floor.height, floor.tilt_degrees
            );
        });
}

fn mounted(mut commands: Commands) {
    let tilt_down = 12.0_f32.to_radians();
    commands.spawn((
        KinectSensor::device(),
        BodyTracking::default(),
        Transform::from_xyz(0.0, 1.4, 0.0).with_rotation(Quat::from_rotation_x(-tilt_down)),
    ));
}

fn level(mut sensors: Query<(&Imu, &mut Transform), (With<KinectSensor>, Changed<Imu>)>) {
    for (imu, mut transform) in &mut sensors {
        if let Some(levelling) = imu.levelling() {
            transform.rotation = levelling;
        }
    }
}

fn two_in_step(mut commands: Commands, mut sync: ResMut<WiredSync>) {
    sync.automatic_depth_delays = true;
    for (serial, wired_sync_mode) in [
        ("000111111111", WiredSyncMode::Master),
        ("000222222222", WiredSyncMode::Subordinate),
    ] {
        commands.spawn((
            KinectSensor::new(DeviceSettings {
                wired_sync_mode,
                ..DeviceSettings::serial(serial)
            }),
            SensorColorControls(ColorControls {
                exposure: Exposure::Manual(8330),
                ..default()
            }),
        ));
    }
}
