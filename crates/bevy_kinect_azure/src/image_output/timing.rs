//! Outputs that show frames as they were when the newest skeletons were seen have them held.

use bevy::prelude::*;

use super::{ImageOutput, ImageOutputOf};
use crate::body::{DelayedFrameDemand, ImageTiming};

/// Asks for the delayed frames that outputs show.
pub(super) fn ask_for_delayed_frames(
    outputs: Query<(&ImageOutput, &ImageOutputOf)>,
    mut sensors: Query<&mut DelayedFrameDemand>,
) {
    for (output, sensor) in &outputs {
        if output.timing == ImageTiming::Bodies
            && let Ok(mut demand) = sensors.get_mut(sensor.0)
        {
            demand.is_wanted = true;
        }
    }
}
