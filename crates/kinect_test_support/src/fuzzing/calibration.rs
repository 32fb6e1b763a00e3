//! Parses any bytes as a calibration. The result is an error, or a calibration whose camera model accepts every pixel.

use kinect_azure::calibration::CameraKind;
use kinect_azure::{ColorResolution, DepthMode, RawCalibration};

/// Parses the bytes, and uses the camera model in several modes.
pub fn calibration(bytes: &[u8]) {
    let Ok(raw) = RawCalibration::parse(bytes) else {
        return;
    };
    for depth in [
        DepthMode::Off,
        DepthMode::Nfov2x2Binned,
        DepthMode::WfovUnbinned,
    ] {
        for color in [
            ColorResolution::Off,
            ColorResolution::R720p,
            ColorResolution::R3072p,
        ] {
            let Ok(calibration) = raw.calibration(depth, color) else {
                continue;
            };
            for pixel in [[0.0, 0.0], [160.0, 144.0], [1e9, -1e9], [f32::NAN, 0.0]] {
                for (source, target) in [
                    (CameraKind::Depth, CameraKind::Color),
                    (CameraKind::Color, CameraKind::Depth),
                    (CameraKind::Depth, CameraKind::Depth),
                ] {
                    for depth_mm in [0.0, 1000.0, f32::INFINITY] {
                        let found = calibration.point_2d_to_2d(pixel, depth_mm, source, target);
                        std::hint::black_box(found);
                    }
                }
            }
        }
    }
}
