//! Any bytes as a calibration: an error or a calibration that projects and unprojects without panicking.
#![no_main]

use kinect_azure::{ColorResolution, DepthMode, RawCalibration};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(raw) = RawCalibration::parse(bytes) else {
        return;
    };
    for depth in [DepthMode::Off, DepthMode::Nfov2x2Binned, DepthMode::WfovUnbinned] {
        for color in [ColorResolution::Off, ColorResolution::R720p, ColorResolution::R3072p] {
            let Ok(calibration) = raw.calibration(depth, color) else {
                continue;
            };
            std::hint::black_box(format!("{calibration:?}"));
        }
    }
});
