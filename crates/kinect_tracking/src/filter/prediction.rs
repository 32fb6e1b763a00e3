//! Predicts a body from the time of its depth image to the present.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint};

use super::filtered::FilteredBody;
use super::settings::Prediction;
use crate::joints::{turn, wxyz};

/// The seconds by which a body is predicted: the time since its frame, at most the horizon.
pub(super) fn ahead(prediction: Option<Prediction>, passed_seconds: f32) -> f32 {
    let horizon = prediction.map_or(0.0, |p| {
        p.horizon_seconds.clamp(0.0, Prediction::LONGEST_SECONDS)
    });
    // NaN becomes 0.
    passed_seconds.max(0.0).min(horizon)
}

/// The body after it has moved on for some seconds with its present velocities.
pub(super) fn continued(from: &FilteredBody, seconds: f32) -> Body {
    let mut body = from.body.clone();
    if seconds <= 0.0 {
        return body;
    }
    for joint in Joint::ALL {
        let index = joint.index();
        let pose = &mut body.joints[index];
        let moved = Vec3::from(pose.position) + Vec3::from(from.velocities[index]) * seconds;
        pose.position = moved.to_array();
        if let Some(q) = turn(pose.orientation) {
            let turned =
                Quat::from_scaled_axis(Vec3::from(from.angular_velocities[index]) * seconds);
            pose.orientation = wxyz((turned * q).normalize());
        }
    }
    body
}
