//! Helpers of the tests of this topic.

use kinect_azure::Calibration;
use kinect_azure::calibration::{Camera, Intrinsics, LensModel};

/// A depth camera without distortion, of the size and the angle of the narrow mode.
pub(super) fn calibration() -> Calibration {
    Calibration {
        depth_camera: Some(Camera {
            width: 640,
            height: 576,
            intrinsics: Intrinsics {
                model: LensModel::BrownConrady,
                cx: 320.0,
                cy: 288.0,
                fx: 504.0,
                fy: 504.0,
                k1: 0.0,
                k2: 0.0,
                k3: 0.0,
                k4: 0.0,
                k5: 0.0,
                k6: 0.0,
                codx: 0.0,
                cody: 0.0,
                p2: 0.0,
                p1: 0.0,
            },
            metric_radius: 1.7,
        }),
        color_camera: None,
        extrinsics: [[None; 4]; 4],
        depth_mode: kinect_azure::DepthMode::NfovUnbinned,
        color_resolution: kinect_azure::ColorResolution::Off,
    }
}
