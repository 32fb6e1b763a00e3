//! The figures of a sensor.

use core::time::Duration;

use bevy::diagnostic::DiagnosticPath;
use bevy::prelude::*;

use super::rate::RateWindow;
use super::rows::{RowName, paths};

/// Frame rate, delays and errors of a sensor, on the sensor entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::diagnostics"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorDiagnostics {
    /// Frames that the sensor has delivered since its source was opened.
    pub image_frame: u64,
    /// Device timestamp of the newest colour image in µs.
    pub color_timestamp: u64,
    /// Device timestamp of the newest depth (or, without one, infrared) image in µs.
    pub depth_timestamp: u64,
    /// Captures and images that could not be read or decoded.
    pub image_errors: u64,
    /// Frames of which newer images replaced some or all images before the app took them.
    pub dropped_frames: u64,
    /// Inertial samples that the app was too slow to take.
    pub dropped_imu_samples: u64,
    /// How many times a lost source was opened again.
    pub reconnects: u64,
    /// Frames per second that the app received, over the last second.
    pub frame_rate: f32,
    /// Time to decode the newest colour image.
    pub decode_time: Duration,
    /// Time from a capture's arrival until the frame that shows it was submitted to the GPU: the median of the last 128
    /// frames. Zero without a renderer.
    pub latency: Duration,
    /// The 99th percentile of the same times: 99 of 100 frames were faster.
    pub latency_p99: Duration,
    /// Body frames per second that the app received, over the last second.
    pub bodytracking_rate: f32,
    /// Players who are seen at present.
    pub bodytracking_people: u32,
    /// Body frames that the sensor's [`BodyTracking`](crate::body::BodyTracking) has found since its tracker was started.
    pub bodytracking_frame: u64,
    /// Device timestamp in µs of the depth image in which the newest bodies were found.
    pub bodytracking_timestamp: u64,
    /// Errors of the body tracker.
    pub bodytracking_errors: u64,
    /// Time from a capture's arrival until its bodies became players and joints: the median of the last 256 body frames.
    pub bodytracking_latency: Duration,
    /// The 99th percentile of the same times.
    pub bodytracking_latency_p99: Duration,
    /// Time that a capture waits until the tracker is ready for it: the median. [`BodyTrackingState`](crate::body::BodyTrackingState)
    /// has more figures of each stage.
    pub bodytracking_waiting: Duration,
    /// Time that a capture is inside the tracker: the median.
    pub bodytracking_tracking: Duration,
    #[reflect(ignore)]
    pub(super) window: RateWindow,
    #[reflect(ignore)]
    pub(super) body_window: RateWindow,
}

/// What the paths of all rows of sensors begin with.
pub(super) const PREFIX: &str = "kinect/";

/// The rows of a sensor.
pub(super) const ROWS: [RowName; 5] = [
    ("frame_rate", " fps"),
    ("latency", " ms"),
    ("latency_p99", " ms"),
    ("dropped", ""),
    ("errors", ""),
];

/// The rows of a sensor's body tracking.
pub(super) const BODY_ROWS: [RowName; 9] = [
    ("bodytracking_rate", " fps"),
    ("bodytracking_people", ""),
    ("bodytracking_latency", " ms"),
    ("bodytracking_latency_p99", " ms"),
    ("bodytracking_waiting", " ms"),
    ("bodytracking_tracking", " ms"),
    ("bodytracking_frame", ""),
    ("bodytracking_timestamp", " µs"),
    ("bodytracking_errors", ""),
];

impl SensorDiagnostics {
    /// The paths of a sensor's rows in Bevy's diagnostics, see [the table](super#rows-in-bevys-store).
    pub fn paths(sensor: Entity) -> Vec<DiagnosticPath> {
        paths(PREFIX, sensor, &ROWS)
    }

    /// The paths of the rows that a sensor has while it has a [`BodyTracking`](crate::body::BodyTracking).
    pub fn body_tracking_paths(sensor: Entity) -> Vec<DiagnosticPath> {
        paths(PREFIX, sensor, &BODY_ROWS)
    }

    /// The values of [`ROWS`].
    pub(super) fn values(&self) -> [f64; ROWS.len()] {
        [
            f64::from(self.frame_rate),
            milliseconds(self.latency),
            milliseconds(self.latency_p99),
            self.dropped_frames as f64,
            self.image_errors as f64,
        ]
    }

    /// The values of [`BODY_ROWS`].
    pub(super) fn body_values(&self) -> [f64; BODY_ROWS.len()] {
        [
            f64::from(self.bodytracking_rate),
            f64::from(self.bodytracking_people),
            milliseconds(self.bodytracking_latency),
            milliseconds(self.bodytracking_latency_p99),
            milliseconds(self.bodytracking_waiting),
            milliseconds(self.bodytracking_tracking),
            self.bodytracking_frame as f64,
            self.bodytracking_timestamp as f64,
            self.bodytracking_errors as f64,
        ]
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
