//! Switching a sensor off and on again.

use bevy::prelude::*;
use bevy_kinect_azure::sensor::KinectSensor;

/// Marks a sensor that was switched off in order to start it again.
#[derive(Component)]
pub(super) struct SwitchOnAgain;

pub(crate) fn build(app: &mut App) {
    app.add_systems(
        Update,
        switch_on.run_if(any_with_component::<SwitchOnAgain>),
    );
}

/// Switches sensors on that were off in this update's `PreUpdate`, when the plugin ended their threads.
fn switch_on(
    mut commands: Commands,
    mut sensors: Query<(Entity, Option<&mut KinectSensor>), With<SwitchOnAgain>>,
) {
    for (entity, sensor) in &mut sensors {
        if let Some(mut sensor) = sensor {
            sensor.active = true;
        }
        commands.entity(entity).remove::<SwitchOnAgain>();
    }
}
