//! The code of docs/kiosk.md.

use bevy::prelude::*;
use bevy::window::{CursorOptions, WindowMode};
use bevy_kinect_azure::prelude::*;

fn try_again(
    mut sensors: Query<(&SensorState, &mut KinectSensor)>,
    time: Res<Time>,
    mut waited: Local<f32>,
) {
    for (state, mut sensor) in &mut sensors {
        if !sensor.active {
            sensor.active = true;
        } else if matches!(state, SensorState::Failed { .. }) {
            *waited += time.delta_secs();
            if *waited > 30.0 {
                *waited = 0.0;
                sensor.active = false;
            }
        }
    }
}

fn main() -> AppExit {
    App::new()
        .add_plugins((
            DefaultPlugins.set(WindowPlugin {
                primary_window: Some(Window {
                    title: "Exhibit".into(),
                    mode: WindowMode::BorderlessFullscreen(MonitorSelection::Primary),
                    ..default()
                }),
                primary_cursor_options: Some(CursorOptions {
                    visible: false,
                    ..default()
                }),
                ..default()
            }),
            KinectAzurePlugin,
        ))
        .run()
}
