//! The factory calibration, and its conversion to the calibration of one pair of modes.
//!
//! The text is JSON. Like the vendor's parser, this parser ignores the case of keys, ignores unknown keys, and lets
//! arrays be shorter than expected (missing numbers count as 0) but not longer. Unlike the vendor's parser, it
//! accepts a byte order mark, any number of trailing NULs and missing inertial sensors.

use serde_json::{Map, Value};

use super::camera::{Camera, Intrinsics, LensModel};
use super::extrinsics::{Extrinsics, Sensor};
use super::per_mode::Calibration;
use crate::file_kind::{FileKind, LOOKED_AT, file_kind};
use crate::modes::{ColorResolution, DepthMode};

/// Why a calibration cannot be used: the problem, its place, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// The text is not JSON.
    #[error(
        "the calibration is not JSON ({problem}): the file or recording is damaged or the calibration was never \
         stored; read it from the sensor again, or take it from another recording of the same sensor"
    )]
    NotJson {
        /// The message of the JSON parser, with line and column.
        problem: String,
    },
    /// The text is far larger than a calibration.
    #[error(
        "the calibration is {size} bytes long, more than the {limit} that any calibration needs: this is some other file"
    )]
    TooLarge {
        /// Size of the text in bytes.
        size: usize,
        /// Largest size accepted.
        limit: usize,
    },
    /// The file is of another kind.
    #[error("the calibration file is {what}; {advice}")]
    OtherFile {
        /// The kind of the file.
        what: &'static str,
        /// The advice for this kind of file.
        advice: &'static str,
    },
    /// A value is missing or unusable.
    #[error(
        "calibration field {field}: {problem}; read the calibration from the sensor again, or take it from another \
         recording of the same sensor"
    )]
    Field {
        /// Path of the field, for example `CalibrationInformation.Cameras[0].Intrinsics.ModelType`.
        field: String,
        /// The problem of the value.
        problem: String,
    },
    /// Both cameras are off in the given modes.
    #[error(
        "depth mode and colour resolution are both OFF, which leaves nothing to calibrate: switch one camera on"
    )]
    BothOff,
}

/// One camera of a [`RawCalibration`], as the factory measured it, for the whole area of the image sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct RawCamera {
    /// Intrinsics. Centre and focal length are fractions of the image size, with (0, 0) at the *corner* of the top-left
    /// pixel.
    pub intrinsics: Intrinsics,
    /// Width in pixels of the image that the fractions refer to.
    pub sensor_width: u32,
    /// Height in pixels of the image that the fractions refer to.
    pub sensor_height: u32,
    /// The lens model is valid up to this distance from the optical axis, on the plane z = 1. Never 0: if the factory
    /// could not determine it, 1.7 as in the vendor's library.
    pub metric_radius: f32,
    /// From the device's origin to the camera.
    pub rt: Extrinsics,
}

/// The calibration as the factory wrote it, independent of modes.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCalibration {
    json: Vec<u8>,
    /// The depth and infrared camera.
    pub depth_camera: RawCamera,
    /// The colour camera.
    pub color_camera: RawCamera,
    /// Defects with which the calibration can still be used, one sentence each.
    pub warnings: Vec<String>,
    /// From the device's origin to the gyroscope, where known.
    pub gyro: Option<Extrinsics>,
    /// From the device's origin to the accelerometer, where known.
    pub accel: Option<Extrinsics>,
    /// The sensor's serial number, where written.
    pub serial: Option<String>,
    /// When the sensor was calibrated, in the factory's words, where written.
    pub factory_date: Option<String>,
    /// The sensor's product name within the factory, where written.
    pub device_name: Option<String>,
    /// The factory's remarks, where written (for example that a metric radius could not be found).
    pub notes: Option<String>,
}

/// Larger than any calibration by far; the real ones have 4 to 8 KB.
const MAX_JSON_SIZE: usize = 1 << 20;

/// The metric radius that replaces a value of (nearly) 0, as in the vendor's library.
const DEFAULT_METRIC_RADIUS: f32 = 1.7;
const SMALLEST_METRIC_RADIUS: f32 = 0.0001;

/// How far a factory's matrix may deviate from a rotation; those of real devices deviate by less than a thousandth.
const MOST_OFF_A_ROTATION: f32 = 0.05;

/// Focal lengths that a lens can have, as fractions of the image: from fisheyes to telescopes.
const FOCAL_LENGTHS: core::ops::RangeInclusive<f32> = 0.02..=50.0;

/// Intrinsic parameters in the order of the file.
const PARAMETERS: usize = 14;
/// The file may hold one more parameter, which nothing uses.
const MAX_PARAMETERS: usize = 15;

impl RawCalibration {
    /// Reads a calibration from the JSON that the sensor stores and that recordings carry as an attachment.
    pub fn parse(text: &[u8]) -> Result<Self, CalibrationError> {
        let json = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        // JSON cannot contain a NUL: the first one ends the text, as for the vendor.
        let json = json.split(|&byte| byte == 0).next().unwrap_or_default();
        if json.len() > MAX_JSON_SIZE {
            return Err(CalibrationError::TooLarge {
                size: json.len(),
                limit: MAX_JSON_SIZE,
            });
        }
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            let looked_at = text.get(..LOOKED_AT).unwrap_or(text);
            match file_kind(looked_at).filter(|_| !json.trim_ascii_start().starts_with(b"{")) {
                Some(FileKind { what, advice }) => CalibrationError::OtherFile { what, advice },
                None => CalibrationError::NotJson {
                    problem: error.to_string(),
                },
            }
        })?;
        let root = Node::root(&value).object("CalibrationInformation")?;

        let cameras = root.array("Cameras")?;
        let camera = |location: &str, name: &str| {
            let node = find(&cameras, "Location", location)?.ok_or_else(|| {
                root.at("Cameras")
                    .error(format!("has no {name} camera (Location {location})"))
            })?;
            parse_camera(&node)
        };
        let depth_camera = camera("CALIBRATION_CameraLocationD0", "depth")?;
        let color_camera = camera("CALIBRATION_CameraLocationPV0", "colour")?;

        let inertial = match root.get("InertialSensors") {
            Some(node) => node.elements()?,
            None => Vec::new(),
        };
        let mut warnings = Vec::new();
        let mut inertial_rt = |name: &str, kind: &str| {
            let Some(node) = find(&inertial, "SensorType", kind)? else {
                return Ok(None);
            };
            let rt = parse_rt(&node);
            if let Err(error) = &rt {
                warnings.push(format!(
                    "the position of the {name} is not known, so its nominal axes are used (x backwards, y left, z \
                     down): {error}"
                ));
            }
            Ok(rt.ok())
        };
        let gyro = inertial_rt("gyroscope", "CALIBRATION_InertialSensorType_Gyro")?;
        let accel = inertial_rt(
            "accelerometer",
            "CALIBRATION_InertialSensorType_Accelerometer",
        )?;

        let metadata = root.get("Metadata");
        let remark = |key: &str| {
            let value = metadata.as_ref()?.get(key)?;
            value.value.as_str().map(str::to_owned)
        };
        Ok(Self {
            json: json.to_vec(),
            depth_camera,
            color_camera,
            warnings,
            gyro,
            accel,
            serial: remark("SerialId"),
            factory_date: remark("FactoryCalDate"),
            device_name: remark("DeviceName"),
            notes: remark("Notes"),
        })
    }

    /// The JSON text this was read from, as recordings store it: without byte order mark and without trailing NUL.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// The calibration for a pair of modes. One of the cameras may be off.
    pub fn calibration(
        &self,
        depth_mode: DepthMode,
        color_resolution: ColorResolution,
    ) -> Result<Calibration, CalibrationError> {
        if depth_mode == DepthMode::Off && color_resolution == ColorResolution::Off {
            return Err(CalibrationError::BothOff);
        }
        let depth_camera = match DepthCrop::of(depth_mode) {
            Some(crop) => Some(crop.apply(&self.depth_camera)?),
            None => None,
        };
        let color_camera = match ColorCrop::of(color_resolution) {
            Some(crop) => Some(crop.apply(&self.color_camera)?),
            None => None,
        };

        let world_to = [
            Some(self.depth_camera.rt),
            Some(self.color_camera.rt),
            self.gyro,
            self.accel,
        ];
        let extrinsics = Sensor::ALL.map(|source| {
            Sensor::ALL.map(|target| {
                let (a, b) = (world_to[source.index()]?, world_to[target.index()]?);
                Some(from_to(&a, &b))
            })
        });
        Ok(Calibration {
            depth_camera,
            color_camera,
            extrinsics,
            depth_mode,
            color_resolution,
        })
    }
}

/// From sensor a to sensor b, given both relative to the world: a inverted, then b. The order of operations is the
/// vendor's, for equal bits.
fn from_to(a: &Extrinsics, b: &Extrinsics) -> Extrinsics {
    let transposed = [0, 3, 6, 1, 4, 7, 2, 5, 8].map(|i| a.rotation[i]);
    let to_world = Extrinsics {
        rotation: transposed,
        translation: [0.0; 3],
    };
    let origin = to_world.transform_direction(a.translation).map(|v| -v);
    let mut rotation = [0.0; 9];
    for column in 0..3 {
        let axis = [0, 3, 6].map(|row| transposed[row + column]);
        for (row, value) in b.transform_direction(axis).into_iter().enumerate() {
            rotation[row * 3 + column] = value;
        }
    }
    Extrinsics {
        rotation,
        translation: b.transform_point(origin),
    }
}

/// The part of the sensor area that a mode uses, binned or scaled.
struct Crop {
    /// The whole sensor area in pixels of the mode.
    full: [f32; 2],
    /// The top left corner of the mode's image in that area, in pixels.
    offset: [f32; 2],
    /// Size of the mode's image.
    size: (u32, u32),
}

impl Crop {
    /// Turns fractions of the area, measured from its corner, into pixels, measured from the centre of the first
    /// pixel.
    fn apply(&self, camera: &RawCamera) -> Camera {
        let i = camera.intrinsics;
        Camera {
            width: self.size.0,
            height: self.size.1,
            intrinsics: Intrinsics {
                cx: i.cx * self.full[0] - self.offset[0] - 0.5,
                cy: i.cy * self.full[1] - self.offset[1] - 0.5,
                fx: i.fx * self.full[0],
                fy: i.fy * self.full[1],
                ..i
            },
            metric_radius: camera.metric_radius,
        }
    }
}

struct DepthCrop(Crop);

impl DepthCrop {
    fn of(mode: DepthMode) -> Option<Self> {
        let (full, offset) = match mode {
            DepthMode::Off => return None,
            DepthMode::Nfov2x2Binned => ([512.0; 2], [96.0, 90.0]),
            DepthMode::NfovUnbinned => ([1024.0; 2], [192.0, 180.0]),
            DepthMode::Wfov2x2Binned => ([512.0; 2], [0.0; 2]),
            DepthMode::WfovUnbinned | DepthMode::PassiveIr => ([1024.0; 2], [0.0; 2]),
        };
        Some(Self(Crop {
            full,
            offset,
            size: mode.size(),
        }))
    }

    fn apply(&self, camera: &RawCamera) -> Result<Camera, CalibrationError> {
        let size = (camera.sensor_width, camera.sensor_height);
        if size != (1024, 1024) {
            return Err(CalibrationError::Field {
                field: "CalibrationInformation.Cameras (depth).SensorWidth/SensorHeight".into(),
                problem: format!(
                    "is {}×{}, but depth sensors have 1024×1024 pixels",
                    size.0, size.1
                ),
            });
        }
        Ok(self.0.apply(camera))
    }
}

struct ColorCrop(Crop);

impl ColorCrop {
    fn of(resolution: ColorResolution) -> Option<Self> {
        let (full, top) = match resolution {
            ColorResolution::Off => return None,
            ColorResolution::R720p => ([1280.0, 960.0], 120.0),
            ColorResolution::R1080p => ([1920.0, 1440.0], 180.0),
            ColorResolution::R1440p => ([2560.0, 1920.0], 240.0),
            ColorResolution::R1536p => ([2048.0, 1536.0], 0.0),
            ColorResolution::R2160p => ([3840.0, 2880.0], 360.0),
            ColorResolution::R3072p => ([4096.0, 3072.0], 0.0),
        };
        Some(Self(Crop {
            full,
            offset: [0.0, top],
            size: resolution.size(),
        }))
    }

    fn apply(&self, camera: &RawCamera) -> Result<Camera, CalibrationError> {
        let (width, height) = (
            u64::from(camera.sensor_width),
            u64::from(camera.sensor_height),
        );
        if width > 0 && width * 3 / 4 == height {
            return Ok(self.0.apply(camera));
        }
        if width > 0 && width * 9 / 16 == height {
            return Ok(self.0.apply(&widescreen_to_full(camera)));
        }
        Err(CalibrationError::Field {
            field: "CalibrationInformation.Cameras (colour).SensorWidth/SensorHeight".into(),
            problem: format!(
                "is {width}×{height}, but colour sensors are 4:3 or (old calibrations) 16:9"
            ),
        })
    }
}

/// Old calibrations refer to the 16:9 part of the colour sensor: the same lens as fractions of the whole 4:3 area.
fn widescreen_to_full(camera: &RawCamera) -> RawCamera {
    let i = camera.intrinsics;
    RawCamera {
        intrinsics: Intrinsics {
            cx: i.cx * 4096.0 / 4096.0,
            cy: (i.cy * 2304.0 + 384.0) / 3072.0,
            fx: i.fx * 4096.0 / 4096.0,
            fy: i.fy * 2304.0 / 3072.0,
            ..i
        },
        ..*camera
    }
}

/// A JSON value with its path, for error messages.
struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// This node with the path of one of its fields, for errors about missing fields.
    fn at(&self, key: &str) -> Self {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Self {
            value: self.value,
            path,
        }
    }

    fn error(&self, problem: impl Into<String>) -> CalibrationError {
        CalibrationError::Field {
            field: if self.path.is_empty() {
                "(the whole text)".into()
            } else {
                self.path.clone()
            },
            problem: problem.into(),
        }
    }

    /// A field, its name in any case.
    fn get(&self, key: &str) -> Option<Self> {
        let fields: &Map<String, Value> = self.value.as_object()?;
        let value = fields.get(key).or_else(|| {
            fields
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, value)| value)
        })?;
        Some(Node {
            value,
            ..self.at(key)
        })
    }

    fn require(&self, key: &str) -> Result<Self, CalibrationError> {
        self.get(key)
            .ok_or_else(|| self.at(key).error("is missing"))
    }

    fn object(&self, key: &str) -> Result<Self, CalibrationError> {
        let node = self.require(key)?;
        match node.value {
            Value::Object(_) => Ok(node),
            other => Err(node.error(format!("must be an object, but is {}", kind(other)))),
        }
    }

    fn elements(&self) -> Result<Vec<Self>, CalibrationError> {
        let Value::Array(values) = self.value else {
            return Err(self.error(format!("must be an array, but is {}", kind(self.value))));
        };
        Ok(values
            .iter()
            .enumerate()
            .map(|(index, value)| Node {
                value,
                path: format!("{}[{index}]", self.path),
            })
            .collect())
    }

    fn array(&self, key: &str) -> Result<Vec<Self>, CalibrationError> {
        self.require(key)?.elements()
    }

    fn text(&self, key: &str) -> Result<&'a str, CalibrationError> {
        let node = self.require(key)?;
        node.value
            .as_str()
            .ok_or_else(|| node.error(format!("must be a text, but is {}", kind(node.value))))
    }

    /// A number, rounded to f32 like the vendor's.
    fn number(&self) -> Result<f32, CalibrationError> {
        let number =
            self.value.as_f64().ok_or_else(|| {
                self.error(format!("must be a number, but is {}", kind(self.value)))
            })? as f32;
        if !number.is_finite() {
            return Err(self.error("is too large for a number of 32 bits"));
        }
        Ok(number)
    }

    /// A whole number from 0 to `max`.
    fn count(&self, key: &str, max: u32) -> Result<u32, CalibrationError> {
        let node = self.require(key)?;
        // Some tools write `1024.0`.
        node.value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(max)).contains(number))
            .map(|number| number as u32)
            .ok_or_else(|| node.error(format!("must be a whole number from 0 to {max}")))
    }

    /// Up to N numbers; missing ones are 0. Also says how many there were.
    fn numbers<const N: usize>(&self, key: &str) -> Result<([f32; N], usize), CalibrationError> {
        let elements = self.array(key)?;
        if elements.len() > N {
            return Err(self.at(key).error(format!(
                "has {} numbers, but at most {N} are expected",
                elements.len()
            )));
        }
        let mut numbers = [0.0; N];
        for (number, element) in numbers.iter_mut().zip(&elements) {
            *number = element.number()?;
        }
        Ok((numbers, elements.len()))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The first element whose field has that value.
fn find<'v>(
    nodes: &[Node<'v>],
    key: &str,
    value: &str,
) -> Result<Option<Node<'v>>, CalibrationError> {
    for node in nodes {
        if node.text(key)?.eq_ignore_ascii_case(value) {
            return Ok(Some(Node {
                value: node.value,
                path: node.path.clone(),
            }));
        }
    }
    Ok(None)
}

/// How far a matrix is from a rotation: the largest difference of R Rᵀ from the identity, 2 for a mirror.
fn off_a_rotation(r: &[f32; 9]) -> f32 {
    let row = |index: usize| [r[index * 3], r[index * 3 + 1], r[index * 3 + 2]];
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let mut off = 0.0_f32;
    for a in 0..3 {
        for b in 0..3 {
            let ideal = if a == b { 1.0 } else { 0.0 };
            off = off.max((dot(row(a), row(b)) - ideal).abs());
        }
    }
    let [[a, b, c], [d, e, f], last] = [row(0), row(1), row(2)];
    let normal = [b * f - c * e, c * d - a * f, a * e - b * d];
    if dot(normal, last) < 0.0 {
        off.max(2.0)
    } else {
        off
    }
}

fn parse_rt(node: &Node<'_>) -> Result<Extrinsics, CalibrationError> {
    let rt = node.object("Rt")?;
    let (rotation, _) = rt.numbers::<9>("Rotation")?;
    let off = off_a_rotation(&rotation);
    if off > MOST_OFF_A_ROTATION {
        return Err(rt.at("Rotation").error(format!(
            "is {rotation:?}, which is not a rotation (its axes are off by {off:.3}, more than {MOST_OFF_A_ROTATION})"
        )));
    }
    let (metres, _) = rt.numbers::<3>("Translation")?;
    Ok(Extrinsics {
        rotation,
        translation: metres.map(|value| value * 1000.0),
    })
}

fn parse_camera(node: &Node<'_>) -> Result<RawCamera, CalibrationError> {
    let intrinsics = node.object("Intrinsics")?;
    let model = match intrinsics.text("ModelType")? {
        name if name.eq_ignore_ascii_case("CALIBRATION_LensDistortionModelBrownConrady") => {
            LensModel::BrownConrady
        }
        name if name.eq_ignore_ascii_case("CALIBRATION_LensDistortionModelRational6KT") => {
            LensModel::Rational6Kt
        }
        name => {
            return Err(intrinsics.at("ModelType").error(format!(
                "is {name:?}, but only ...BrownConrady and ...Rational6KT can be used"
            )));
        }
    };
    let declared = intrinsics.count("ModelParameterCount", MAX_PARAMETERS as u32)?;
    let (parameters, given) = intrinsics.numbers::<MAX_PARAMETERS>("ModelParameters")?;
    if (declared as usize) < PARAMETERS || given < PARAMETERS {
        return Err(intrinsics.at("ModelParameters").error(format!(
            "has {} numbers, but a lens needs {PARAMETERS}",
            given.min(declared as usize)
        )));
    }
    let [
        cx,
        cy,
        fx,
        fy,
        k1,
        k2,
        k3,
        k4,
        k5,
        k6,
        codx,
        cody,
        p2,
        p1,
        _unused,
    ] = parameters;
    if !(FOCAL_LENGTHS.contains(&fx) && FOCAL_LENGTHS.contains(&fy)) {
        return Err(intrinsics.at("ModelParameters").error(format!(
            "has a focal length of ({fx}, {fy}), but both must be between {} and {} of the image's size",
            FOCAL_LENGTHS.start(),
            FOCAL_LENGTHS.end()
        )));
    }
    let metric_radius = node.require("MetricRadius")?.number()?;
    Ok(RawCamera {
        intrinsics: Intrinsics {
            model,
            cx,
            cy,
            fx,
            fy,
            k1,
            k2,
            k3,
            k4,
            k5,
            k6,
            codx,
            cody,
            p2,
            p1,
        },
        sensor_width: node.count("SensorWidth", 1 << 16)?,
        sensor_height: node.count("SensorHeight", 1 << 16)?,
        metric_radius: if metric_radius <= SMALLEST_METRIC_RADIUS {
            DEFAULT_METRIC_RADIUS
        } else {
            metric_radius
        },
        rt: parse_rt(node)?,
    })
}
