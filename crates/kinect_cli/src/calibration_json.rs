//! A recording's calibration as JSON for other programs.

use std::collections::BTreeMap;

use kinect_azure::calibration::{Camera, Extrinsics, LensModel, Sensor};
use kinect_azure::recording::Recording;
use serde::Serialize;

/// The calibration of a recording in its modes.
#[derive(Debug, Serialize)]
pub(crate) struct Modes {
    serial: Option<String>,
    depth_mode: &'static str,
    color_resolution: &'static str,
    depth_camera: Option<CameraJson>,
    color_camera: Option<CameraJson>,
    /// The extrinsics from each sensor to each other sensor.
    extrinsics: BTreeMap<String, ExtrinsicsJson>,
}

/// A camera in pixels of its mode.
#[derive(Debug, Serialize)]
struct CameraJson {
    width: u32,
    height: u32,
    model: &'static str,
    fx: f32,
    fy: f32,
    cx: f32,
    cy: f32,
    k1: f32,
    k2: f32,
    k3: f32,
    k4: f32,
    k5: f32,
    k6: f32,
    p1: f32,
    p2: f32,
    codx: f32,
    cody: f32,
    metric_radius: f32,
}

#[derive(Debug, Serialize)]
struct ExtrinsicsJson {
    /// Row by row.
    rotation: [f32; 9],
    translation_mm: [f32; 3],
}

impl Modes {
    /// `None` if the recording has no usable calibration.
    pub(crate) fn of(recording: &Recording) -> Option<Self> {
        let calibration = recording.calibration()?;
        let mut extrinsics = BTreeMap::new();
        for from in Sensor::ALL {
            for to in Sensor::ALL {
                if from != to
                    && let Some(found) = calibration.extrinsics(from, to)
                {
                    extrinsics.insert(format!("{}_to_{}", name(from), name(to)), found.into());
                }
            }
        }
        Some(Self {
            serial: recording.info().sensor.serial.clone(),
            depth_mode: calibration.depth_mode.name(),
            color_resolution: calibration.color_resolution.name(),
            depth_camera: calibration.depth_camera.as_ref().map(Into::into),
            color_camera: calibration.color_camera.as_ref().map(Into::into),
            extrinsics,
        })
    }
}

const fn name(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Depth => "depth",
        Sensor::Color => "color",
        Sensor::Gyro => "gyro",
        Sensor::Accel => "accel",
    }
}

impl From<&Camera> for CameraJson {
    fn from(camera: &Camera) -> Self {
        let lens = &camera.intrinsics;
        Self {
            width: camera.width,
            height: camera.height,
            model: match lens.model {
                LensModel::BrownConrady => "brown_conrady",
                LensModel::Rational6Kt => "rational_6kt",
            },
            fx: lens.fx,
            fy: lens.fy,
            cx: lens.cx,
            cy: lens.cy,
            k1: lens.k1,
            k2: lens.k2,
            k3: lens.k3,
            k4: lens.k4,
            k5: lens.k5,
            k6: lens.k6,
            p1: lens.p1,
            p2: lens.p2,
            codx: lens.codx,
            cody: lens.cody,
            metric_radius: camera.metric_radius,
        }
    }
}

impl From<&Extrinsics> for ExtrinsicsJson {
    fn from(extrinsics: &Extrinsics) -> Self {
        Self {
            rotation: extrinsics.rotation,
            translation_mm: extrinsics.translation,
        }
    }
}

/// The file `intrinsic.json` of Open3D's `azure_kinect_mkv_reader`: the colour camera as a pinhole camera, and facts
/// about the recording.
#[derive(Debug, Serialize)]
pub(crate) struct Open3d {
    color_mode: String,
    depth_mode: String,
    height: u32,
    /// Column by column.
    intrinsic_matrix: [f64; 9],
    serial_number: String,
    stream_length_usec: u64,
    width: u32,
}

impl Open3d {
    /// The values that Open3D writes for a recording; `None` if it writes none, because the colour camera is off or
    /// not calibrated.
    pub(crate) fn of(recording: &Recording) -> Option<Self> {
        let info = recording.info();
        let sensor = &info.sensor;
        let camera = recording.calibration()?.color_camera.as_ref()?;
        let lens = &camera.intrinsics;
        let [fx, fy, cx, cy] = [lens.fx, lens.fy, lens.cx, lens.cy].map(f64::from);
        let format = sensor.color_format.map_or("", |format| format.name());
        let resolution = sensor.color_resolution.name();
        Some(Self {
            color_mode: format!("{format}_{resolution}"),
            depth_mode: sensor.depth_mode.name().to_owned(),
            height: camera.height,
            intrinsic_matrix: [fx, 0.0, 0.0, 0.0, fy, 0.0, cx, cy, 1.0],
            serial_number: sensor.serial.clone().unwrap_or_default(),
            stream_length_usec: info.duration_usec,
            width: camera.width,
        })
    }
}

/// JSON with line breaks, as a whole file.
pub(crate) fn text(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| format!("the JSON cannot be written: {error}"))
}
