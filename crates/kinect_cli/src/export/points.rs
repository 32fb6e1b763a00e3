//! What point clouds are computed from.

use kinect_azure::calibration::XyTable;
use kinect_azure::transform::Transformation;

/// What point clouds are computed from, made once for all workers.
#[derive(Debug)]
pub(super) struct PointSource {
    pub(super) table: XyTable,
    /// For the points' colours; `None` where the sensor had no colour camera on.
    pub(super) transformation: Option<Transformation>,
}
