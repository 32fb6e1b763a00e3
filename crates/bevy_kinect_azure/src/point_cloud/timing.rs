//! Requests delayed frames for clouds and surfaces with `ImageTiming::Bodies`.

use bevy::prelude::*;

use super::point_source::PointSource;
use crate::body::{DelayedFrameDemand, ImageTiming};

/// Requests the delayed frames that clouds and surfaces show.
pub(super) fn ask_for_delayed_frames(
    clouds: Query<&PointSource>,
    mut sensors: Query<&mut DelayedFrameDemand>,
) {
    for cloud in &clouds {
        if cloud.timing == ImageTiming::Bodies
            && let Ok(mut demand) = sensors.get_mut(cloud.sensor)
        {
            demand.is_wanted = true;
        }
    }
}
