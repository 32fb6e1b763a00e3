//! Identity, modes, calibration and newest frame of an open sensor.

use core::time::Duration;
use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::calibration::XyTable;
use kinect_azure::{Calibration, Image, SensorInfo, units};

use super::frame::Frame;

/// Serial number, modes and calibration of a sensor, on the sensor entity while its source is open.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug)]
pub struct SensorStream {
    /// Serial number, modes and sync settings.
    pub info: SensorInfo,
    /// The calibration for these modes; `None` if the source has no calibration: its images can be shown, but neither aligned nor
    /// turned into points.
    #[reflect(ignore)]
    pub calibration: Option<Arc<Calibration>>,
    /// The depth camera's rays.
    #[reflect(ignore)]
    pub xy_table: Option<Arc<XyTable>>,
    /// Length of the recording; `None` for live and simulated sensors.
    pub duration: Option<Duration>,
    /// Peculiarities of the source, one sentence each with the assumption that was made; empty for most sources. The log has them
    /// as well.
    pub warnings: Vec<String>,
}

impl SensorStream {
    /// The point of a depth pixel in the sensor entity's space (metres, y up, −z forward); `GlobalTransform::transform_point` of
    /// the sensor entity converts it to world space. `x` counts from the left, `y` from the top of the depth image. `None` if
    /// [`Frame::depth_metres`] is `None`, if the lens has no ray for the pixel, and if the stream has no calibration or a
    /// calibration for images of another size.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// # use bevy_kinect_azure::prelude::*;
    /// fn aim(sensors: Query<(&SensorStream, &SensorFrame, &GlobalTransform)>) {
    ///     for (stream, frame, sensor) in &sensors {
    ///         let point = frame.latest().and_then(|frame| stream.point(frame, 160, 144));
    ///         if let Some(point) = point {
    ///             info!("the pixel shows {}", sensor.transform_point(point));
    ///         }
    ///     }
    /// }
    /// ```
    pub fn point(&self, frame: &Frame, x: u32, y: u32) -> Option<Vec3> {
        let depth = frame.capture.depth.as_ref()?;
        let table = self.xy_table.as_ref()?;
        if (table.width(), table.height()) != (depth.width, depth.height) {
            return None;
        }
        let metres = frame.depth_metres(x, y)?;
        let index = y as usize * depth.width as usize + x as usize;
        let [ray_x, ray_y] = *table.rays().get(index)?;
        let ray = Vec3::from(units::direction_to_world([ray_x, ray_y, 1.0]));
        (!ray_x.is_nan()).then(|| ray * metres)
    }
}

/// The newest frame of a sensor, on the sensor entity. A new frame replaces the `Arc` and leaves the old frame unchanged: clone the
/// `Arc` to keep a frame.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug)]
pub struct SensorFrame(#[reflect(ignore)] pub Option<Arc<Frame>>);

impl SensorFrame {
    /// The newest frame; `None` before the first one of the source.
    pub fn latest(&self) -> Option<&Arc<Frame>> {
        self.0.as_ref()
    }

    /// The newest frame's depth image: millimetres, 16 bits a pixel. `None` without a frame, and if the frame has no depth.
    pub fn depth(&self) -> Option<&Arc<Image>> {
        self.latest()?.capture.depth.as_ref()
    }

    /// Depth of a pixel of the newest frame in metres, see [`Frame::depth_metres`]; [`SensorStream::point`] gives the point
    /// in space.
    pub fn depth_metres(&self, x: u32, y: u32) -> Option<f32> {
        self.latest()?.depth_metres(x, y)
    }

    /// The newest frame's colour image as the source delivered it, an MJPG for example; [`Frame::color_bgra`] is the decoded one.
    /// `None` without a frame, and if the frame has no colour.
    pub fn color(&self) -> Option<&Arc<Image>> {
        self.latest()?.capture.color.as_ref()
    }

    /// The newest frame's infrared image, 16 bits a pixel. `None` without a frame, and if the frame has no infrared.
    pub fn ir(&self) -> Option<&Arc<Image>> {
        self.latest()?.capture.ir.as_ref()
    }
}
