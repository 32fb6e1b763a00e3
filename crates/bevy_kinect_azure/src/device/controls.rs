//! The colour camera of a live sensor: how it shall be set, and what became of that.

use bevy::prelude::*;
use kinect_azure::device::{ColorControlReport, ColorControls};

use crate::sensor::{Command, SensorThread};

/// What a live sensor's colour camera shall do (C1 to C11). Without this component the camera is left as it is; only what
/// changes is sent, and [`SensorColorReport`] says what became of it.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref, DerefMut)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorColorControls(pub ColorControls);

/// What a live sensor's colour camera can do and was set to: ranges, steps and defaults of the device, values, and what
/// was refused. Read only, on a sensor entity once its device is open.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref)]
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
