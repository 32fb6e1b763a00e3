//! The calibration: the factory's text, and the C structure of a pair of modes.

use std::sync::LazyLock;

use k4a::abi;
use kinect_azure::calibration::{Camera, LensModel, RawCamera, Sensor};
use kinect_azure::{Calibration, ColorResolution, DepthMode, RawCalibration};
use kinect_simulation::built_in_calibration;

use super::modes;

/// The factory's text of a device: the built-in one with its serial number, without a NUL.
pub(super) fn text(serial: &str) -> Vec<u8> {
    static BUILT_IN: LazyLock<String> = LazyLock::new(|| {
        built_in_calibration()
            .map(|raw| String::from_utf8_lossy(raw.json()).into_owned())
            .unwrap_or_default()
    });
    // Script serials are printable ASCII; characters that JSON would have to escape are left out.
    let serial: String = serial.chars().filter(|c| !r#""\"#.contains(*c)).collect();
    BUILT_IN
        .replace(
            r#""SerialId": "000000000000""#,
            &format!(r#""SerialId": "{serial}""#),
        )
        .into_bytes()
}

/// `k4a_calibration_get_from_raw` of a text that ends with a NUL.
pub(super) fn from_text(
    text: &[u8],
    depth_mode: i32,
    color_resolution: i32,
) -> Result<abi::Calibration, String> {
    if !text.contains(&0) {
        return Err("the raw calibration has no NUL within its size".into());
    }
    let depth =
        modes::depth_mode(depth_mode).ok_or_else(|| format!("{depth_mode} is no depth mode"))?;
    let color = modes::color_resolution(color_resolution)
        .ok_or_else(|| format!("{color_resolution} is no colour resolution"))?;
    let raw = RawCalibration::parse(text).map_err(|error| error.to_string())?;
    let calibration = raw
        .calibration(depth, color)
        .map_err(|error| error.to_string())?;
    Ok(structure(&raw, &calibration))
}

fn structure(raw: &RawCalibration, calibration: &Calibration) -> abi::Calibration {
    let depth_off = calibration.depth_mode == DepthMode::Off;
    let color_off = calibration.color_resolution == ColorResolution::Off;
    let off = |sensor: Sensor| match sensor {
        Sensor::Depth => depth_off,
        Sensor::Color => color_off,
        Sensor::Gyro | Sensor::Accel => false,
    };
    let extrinsics = Sensor::ALL.map(|source| {
        Sensor::ALL.map(|target| {
            // Values that involve a camera that is off are zero.
            calibration
                .extrinsics(source, target)
                .filter(|_| !off(source) && !off(target))
                .map_or_else(abi::Extrinsics::default, |e| abi::Extrinsics {
                    rotation: e.rotation,
                    translation: e.translation,
                })
        })
    });
    abi::Calibration {
        depth_camera: camera(calibration.depth_camera.as_ref(), &raw.depth_camera),
        color_camera: camera(calibration.color_camera.as_ref(), &raw.color_camera),
        extrinsics,
        depth_mode: modes::depth_number(calibration.depth_mode),
        color_resolution: modes::color_number(calibration.color_resolution),
    }
}

fn camera(camera: Option<&Camera>, raw: &RawCamera) -> abi::Camera {
    let Some(camera) = camera else {
        return abi::Camera::default();
    };
    let i = &camera.intrinsics;
    abi::Camera {
        extrinsics: abi::Extrinsics {
            rotation: raw.rt.rotation,
            translation: raw.rt.translation,
        },
        model: match i.model {
            LensModel::Rational6Kt => 3,
            LensModel::BrownConrady => 4,
        },
        parameter_count: 14,
        parameters: [
            i.cx, i.cy, i.fx, i.fy, i.k1, i.k2, i.k3, i.k4, i.k5, i.k6, i.codx, i.cody, i.p2, i.p1,
            0.0,
        ],
        width: camera.width as i32,
        height: camera.height as i32,
        metric_radius: camera.metric_radius,
    }
}
