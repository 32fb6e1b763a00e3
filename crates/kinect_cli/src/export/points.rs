//! The data from which point clouds are computed.

use kinect_azure::calibration::XyTable;
use kinect_azure::transform::Transformation;

/// The data from which point clouds are computed, made once for all workers.
#[derive(Debug)]
pub(super) struct PointSource {
    pub(super) table: XyTable,
    /// For the points' colours; `None` if the colour camera was off.
    pub(super) transformation: Option<Transformation>,
}
