//! The controls of a live sensor's colour camera.

use bevy::prelude::*;
use kinect_azure::device::{ColorControlReport, ColorControls};

use crate::sensor::{Command, SensorThread};

/// The settings of a live sensor's colour camera. Without this component the camera is left as it is. Only controls that changed
/// are sent; [`SensorColorReport`] has the values that the camera accepted.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref, DerefMut)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorColorControls(pub ColorControls);

/// The controls of a live sensor's colour camera: ranges, steps and defaults of the device, the present values, and why a value was
/// refused. The plugin keeps this component on a sensor entity while its device is open; apps only read the component.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorColorReport(pub ColorControlReport);

/// Sends colour controls that changed. If the channel is full, they are sent in the next update.
pub(super) fn set_color_controls(mut sensors: Query<(&SensorColorControls, &mut SensorThread)>) {
    for (controls, mut thread) in &mut sensors {
        if thread.color_controls.as_ref() != Some(&controls.0)
            && thread
                .handle
                .commands
                .try_send(Command::SetColorControls(Box::new(controls.0.clone())))
                .is_ok()
        {
            thread.color_controls = Some(controls.0.clone());
        }
    }
}
