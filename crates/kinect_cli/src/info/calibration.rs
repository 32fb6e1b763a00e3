//! A calibration as text.

use std::path::Path;

use kinect_azure::calibration::{Camera, LensModel, Sensor};
use kinect_azure::recording::Recording;

use super::text::Text;

/// The calibration in the recording's modes; empty if there is none.
pub(super) fn text(file: &Path, recording: &Recording) -> String {
    let mut out = Text::default();
    let Some(calibration) = recording.calibration() else {
        return String::new();
    };
    out.line(&file.display().to_string());
    let cameras = [
        (
            "depth",
            calibration.depth_mode.name(),
            &calibration.depth_camera,
        ),
        (
            "colour",
            calibration.color_resolution.name(),
            &calibration.color_camera,
        ),
    ];
    for (name, mode, found) in cameras {
        match found {
            None => out.field(name, "off"),
            Some(found) => camera(&mut out, name, mode, found),
        }
    }
    for (name, to) in [
        ("to colour", Sensor::Color),
        ("to gyroscope", Sensor::Gyro),
        ("to acceler.", Sensor::Accel),
    ] {
        if let Some(found) = calibration.extrinsics(Sensor::Depth, to) {
            let [x, y, z] = found.translation;
            out.field(
                name,
                &format!("depth camera's origin at {x:.2}, {y:.2}, {z:.2} mm"),
            );
            for row in found.rotation.chunks(3) {
                let row: Vec<String> = row.iter().map(|v| format!("{v:9.6}")).collect();
                out.field("", &row.join(" "));
            }
        }
    }
    out.into_string()
}

fn camera(out: &mut Text, name: &str, mode: &str, camera: &Camera) {
    let lens = &camera.intrinsics;
    let model = match lens.model {
        LensModel::BrownConrady => "Brown-Conrady",
        LensModel::Rational6Kt => "Rational 6KT",
    };
    out.field(
        name,
        &format!("{mode}, {}×{}, {model}", camera.width, camera.height),
    );
    out.field(
        "",
        &format!(
            "focal length {:.4}, {:.4}; centre {:.4}, {:.4} px",
            lens.fx, lens.fy, lens.cx, lens.cy
        ),
    );
    out.field(
        "",
        &format!(
            "k1 to k6 {} {} {} {} {} {}",
            lens.k1, lens.k2, lens.k3, lens.k4, lens.k5, lens.k6
        ),
    );
    out.field("", &format!("p1, p2 {} {}", lens.p1, lens.p2));
}
