//! The calibration parser.

use kinect_azure::calibration::{CalibrationError, CameraKind, LensModel, RawCalibration, Sensor};
use kinect_azure::{ColorResolution, DepthMode};

use crate::Random;

/// A calibration with round numbers.
pub fn json() -> String {
    let camera = |location: &str, size: &str, model: &str, rt: &str| {
        format!(
            r#"{{"Intrinsics": {{"ModelParameterCount": 14, "ModelParameters":
            [0.5, 0.5, 0.49, 0.49, 0.5, -0.02, -0.002, 0.9, 0.08, -0.01, 0, 0, -7e-5, 2e-5],
            "ModelType": "CALIBRATION_LensDistortionModel{model}"}},
            "Location": "CALIBRATION_CameraLocation{location}", "MetricRadius": 1.74,
            "Rt": {{"Rotation": [1, 0, 0, 0, 1, 0, 0, 0, 1], "Translation": [{rt}]}}, {size}}}"#
        )
    };
    let depth = camera(
        "D0",
        r#""SensorWidth": 1024, "SensorHeight": 1024"#,
        "BrownConrady",
        "0, 0, 0",
    );
    let color = camera(
        "PV0",
        r#""SensorWidth": 4096, "SensorHeight": 3072"#,
        "Rational6KT",
        "-0.032, 0, 0.004",
    );
    let inertial = |kind: &str| {
        format!(
            r#"{{"SensorType": "CALIBRATION_InertialSensorType_{kind}",
            "Rt": {{"Rotation": [0, 0, -1, -1, 0, 0, 0, 1, 0], "Translation": [-0.05, 0, 0]}}}}"#
        )
    };
    format!(
        r#"{{"CalibrationInformation": {{"Cameras": [{depth}, {color}],
        "InertialSensors": [{}, {}], "Metadata": {{"SerialId": "000012345678"}}}}}}"#,
        inertial("Gyro"),
        inertial("Accelerometer")
    )
}

/// The field that the error about a changed calibration names.
fn complaint(from: &str, to: &str) -> String {
    let changed = json().replacen(from, to, 1);
    assert_ne!(changed, json(), "{from} is not there");
    match RawCalibration::parse(changed.as_bytes()) {
        Err(CalibrationError::Field { field, problem }) => {
            assert!(!problem.is_empty());
            field
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_calibration_says_what_it_is() {
    let raw = RawCalibration::parse(json().as_bytes()).unwrap();
    assert_eq!(raw.serial.as_deref(), Some("000012345678"));
    assert_eq!(raw.json(), json().as_bytes());
    assert_eq!(raw.depth_camera.intrinsics.model, LensModel::BrownConrady);
    assert_eq!(raw.color_camera.intrinsics.model, LensModel::Rational6Kt);
    let calibration = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::R1080p)
        .unwrap();
    let moved = calibration.point_3d_to_3d([0.0; 3], Sensor::Depth, Sensor::Color);
    assert_eq!(moved, Some([-32.0, 0.0, 4.0]));
    assert_eq!(calibration.color_camera.unwrap().width, 1920);
}

#[test]
fn marks_before_and_after_the_text_do_not_matter() {
    let plain = RawCalibration::parse(json().as_bytes()).unwrap();
    for text in [
        format!("\u{feff}{}", json()),
        format!("{}\0", json()),
        format!("{}\0\0\0\0", json()),
        format!(" \r\n\t{}\n\0garbage", json()),
    ] {
        let raw = RawCalibration::parse(text.as_bytes()).unwrap();
        assert_eq!(raw.depth_camera, plain.depth_camera);
        assert!(!raw.json().ends_with(b"\0"));
    }
}

#[test]
fn inertial_sensors_without_a_rotation_count_as_missing() {
    let rotation = "[0, 0, -1, -1, 0, 0, 0, 1, 0]";
    for (instead, why) in [
        ("[0, 0, 0, 0, 0, 0, 0, 0, 0]", "zero"),
        ("[0, 0, 1, -1, 0, 0, 0, 1, 0]", "a mirror"),
        ("[0, 0.5, -1, -1, 0, 0, 0, 1, 0]", "skewed"),
        ("[0, 0, -2, -2, 0, 0, 0, 2, 0]", "scaled"),
        ("[]", "empty"),
        (r#"["a"]"#, "no numbers"),
    ] {
        let text = json().replacen(rotation, instead, 1);
        let raw = RawCalibration::parse(text.as_bytes()).unwrap();
        assert_eq!(raw.gyro, None, "{why}");
        assert!(raw.accel.is_some());
        assert_eq!(raw.warnings.len(), 1, "{why}: {:?}", raw.warnings);
        assert!(raw.warnings[0].contains("gyroscope"), "{:?}", raw.warnings);
        let calibration = raw
            .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap();
        assert_eq!(calibration.extrinsics(Sensor::Gyro, Sensor::Depth), None);
    }
    // A matrix with the accuracy of factory calibrations counts as a rotation.
    let text = json().replace(rotation, "[0.002, 0, -0.999, -1.001, 0, 0, 0, 1, 0.001]");
    let raw = RawCalibration::parse(text.as_bytes()).unwrap();
    assert!(raw.gyro.is_some() && raw.warnings.is_empty());
    let Some(path) = k4a_judge::real_data("reports/calibration-imu-zero.json") else {
        return;
    };
    let raw = RawCalibration::parse(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!((raw.gyro, raw.accel), (None, None));
    assert_eq!(raw.warnings.len(), 2, "{:?}", raw.warnings);
}

#[test]
fn cameras_that_cannot_be_are_refused() {
    for (from, to, part) in [
        (
            "[1, 0, 0, 0, 1, 0, 0, 0, 1]",
            "[0, 0, 0, 0, 0, 0, 0, 0, 0]",
            "Rotation",
        ),
        (
            "[1, 0, 0, 0, 1, 0, 0, 0, 1]",
            "[1, 1, 0, 0, 1, 0, 0, 0, 1]",
            "Rotation",
        ),
        (
            "0.5, 0.5, 0.49, 0.49",
            "0.5, 0.5, 0, 0.49",
            "ModelParameters",
        ),
        (
            "0.5, 0.5, 0.49, 0.49",
            "0.5, 0.5, 0.49, 1e9",
            "ModelParameters",
        ),
        (
            "0.5, 0.5, 0.49, 0.49",
            "0.5, 0.5, -0.49, 0.49",
            "ModelParameters",
        ),
        ("-0.02, -0.002", "1e39, -0.002", "ModelParameters"),
    ] {
        assert!(complaint(from, to).contains(part), "{to}");
    }
    for (from, to) in [
        (
            r#""SensorWidth": 4096, "SensorHeight": 3072"#,
            r#""SensorWidth": 0, "SensorHeight": 0"#,
        ),
        (
            r#""SensorWidth": 1024, "SensorHeight": 1024"#,
            r#""SensorWidth": 0, "SensorHeight": 0"#,
        ),
    ] {
        let raw = RawCalibration::parse(json().replacen(from, to, 1).as_bytes()).unwrap();
        let result = raw.calibration(DepthMode::NfovUnbinned, ColorResolution::R720p);
        assert!(
            matches!(&result, Err(CalibrationError::Field { field, .. }) if field.contains("Sensor")),
            "{result:?}"
        );
    }
}

#[test]
fn files_that_are_no_calibration_are_named_for_what_they_are() {
    let utf16: Vec<u8> = "\u{feff}{}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, what) in [
        (
            &b"version https://git-lfs.github.com/spec/v1\n"[..],
            "Git LFS",
        ),
        (b"<html><body>", "HTML"),
        (&utf16, "UTF-16"),
        (b"\x1a\x45\xdf\xa3", "Matroska"),
        (b"PK\x03\x04", "ZIP"),
    ] {
        let error = RawCalibration::parse(bytes).unwrap_err();
        assert!(
            matches!(error, CalibrationError::OtherFile { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn keys_may_be_written_in_any_case() {
    let upper: String = json()
        .replace("Rotation", "ROTATION")
        .replace("Cameras", "cameras");
    let raw = RawCalibration::parse(upper.as_bytes()).unwrap();
    assert_eq!(raw.color_camera.rt.rotation[0], 1.0);
}

#[test]
fn inertial_sensors_may_be_missing() {
    let start = json().find(r#""InertialSensors""#).unwrap();
    let end = json().find(r#""Metadata""#).unwrap();
    let without = format!("{}{}", &json()[..start], &json()[end..]);
    let raw = RawCalibration::parse(without.as_bytes()).unwrap();
    assert_eq!((raw.gyro, raw.accel), (None, None));
    let calibration = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
        .unwrap();
    assert!(
        calibration
            .extrinsics(Sensor::Depth, Sensor::Color)
            .is_some()
    );
    assert!(
        calibration
            .extrinsics(Sensor::Depth, Sensor::Gyro)
            .is_none()
    );
    assert_eq!(
        calibration.point_3d_to_3d([1.0; 3], Sensor::Accel, Sensor::Depth),
        None
    );
}

#[test]
fn a_metric_radius_of_nothing_means_the_default() {
    let text = json().replace("1.74", "0");
    let raw = RawCalibration::parse(text.as_bytes()).unwrap();
    assert_eq!(raw.depth_camera.metric_radius, 1.7);
}

#[test]
fn an_old_widescreen_calibration_is_the_same_lens() {
    let full = RawCalibration::parse(json().as_bytes()).unwrap();
    // The same lens, measured in the 16:9 part of the sensor: f × 4/3, centre in the middle still.
    let old = json()
        .replace(
            "4096, \"SensorHeight\": 3072",
            "3840, \"SensorHeight\": 2160",
        )
        .replacen(
            "0.5, 0.5, 0.49, 0.49",
            "0.5, 0.5, 0.49, 0.6533333333333333",
            3,
        );
    let old = RawCalibration::parse(old.as_bytes()).unwrap();
    for resolution in ColorResolution::ALL {
        let camera = |raw: &RawCalibration| {
            let calibration = raw.calibration(DepthMode::Off, resolution).unwrap();
            calibration.color_camera.unwrap()
        };
        let (full, old) = (camera(&full), camera(&old));
        assert_eq!((full.width, full.height), (old.width, old.height));
        let [a, b] = [full, old].map(|c| {
            let i = c.intrinsics;
            [i.cx, i.cy, i.fx, i.fy]
        });
        for (a, b) in a.into_iter().zip(b) {
            assert!((a - b).abs() < 1e-3, "{resolution}: {a} {b}");
        }
    }
}

#[test]
fn every_complaint_names_the_field() {
    let root = "CalibrationInformation";
    assert_eq!(complaint(root, "Other"), root);
    assert_eq!(
        complaint("\"Cameras\"", "\"Others\""),
        format!("{root}.Cameras")
    );
    assert_eq!(
        complaint("LocationD0", "LocationX9"),
        format!("{root}.Cameras")
    );
    let depth = format!("{root}.Cameras[0]");
    assert_eq!(
        complaint("BrownConrady", "Theta"),
        format!("{depth}.Intrinsics.ModelType")
    );
    let parameters = format!("{depth}.Intrinsics.ModelParameters");
    assert_eq!(complaint("0.9, 0.08,", ""), parameters);
    assert_eq!(complaint("0.9, 0.08,", "0.9, 0.08, 1, 1,"), parameters);
    assert_eq!(complaint("0.49, 0.49", "0.49, 0"), parameters);
    assert_eq!(
        complaint("0.9, 0.08,", "0.9, 1e300,"),
        format!("{parameters}[8]")
    );
    assert_eq!(
        complaint("0.9, 0.08,", "\"x\", 0.08,"),
        format!("{parameters}[7]")
    );
    assert_eq!(
        complaint("0, 0, 0, 1]", "0, 0, 0, 1, 1]"),
        format!("{depth}.Rt.Rotation")
    );
    assert_eq!(complaint("1024", "-3"), format!("{depth}.SensorWidth"));
    assert_eq!(complaint("1.74", "null"), format!("{depth}.MetricRadius"));
}

#[test]
fn sensors_of_an_impossible_size_are_named_when_they_are_used() {
    let text = json().replace("1024", "1000");
    let raw = RawCalibration::parse(text.as_bytes()).unwrap();
    let error = raw
        .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
        .unwrap_err();
    assert!(error.to_string().contains("1000×1000"), "{error}");
    assert!(
        raw.calibration(DepthMode::Off, ColorResolution::R720p)
            .is_ok()
    );
    let error = raw
        .calibration(DepthMode::Off, ColorResolution::Off)
        .unwrap_err();
    assert_eq!(error, CalibrationError::BothOff);
}

#[test]
fn what_is_no_json_or_much_too_long_is_told_apart() {
    for text in [&b""[..], b"\0", b"not json", b"{\"a\": ", b"[[[["] {
        let error = RawCalibration::parse(text).unwrap_err();
        assert!(matches!(error, CalibrationError::NotJson { .. }), "{error}");
    }
    // Deeply nested text must not exhaust the stack.
    let error = RawCalibration::parse(&vec![b'['; 1 << 19]).unwrap_err();
    assert!(matches!(error, CalibrationError::NotJson { .. }), "{error}");
    let error = RawCalibration::parse(&vec![b' '; 2 << 20]).unwrap_err();
    assert!(
        matches!(error, CalibrationError::TooLarge { .. }),
        "{error}"
    );
}

#[test]
fn no_damage_makes_it_panic() {
    let mut random = Random(11);
    let (mut read, mut refused) = (0, 0);
    let text = json();
    for _ in 0..30_000 {
        let Ok(raw) = RawCalibration::parse(&random.damage(text.as_bytes())) else {
            refused += 1;
            continue;
        };
        read += 1;
        let Ok(calibration) = raw.calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p)
        else {
            continue;
        };
        for pixel in [[0.0, 0.0], [160.0, 140.0], [1e9, -1e9], [f32::NAN, 0.0]] {
            for (source, target) in [
                (CameraKind::Depth, CameraKind::Color),
                (CameraKind::Color, CameraKind::Depth),
            ] {
                let _ = calibration.point_2d_to_2d(pixel, 1000.0, source, target);
            }
        }
    }
    assert!(
        read > 300 && refused > 1000,
        "{read} read, {refused} refused"
    );
}

#[test]
fn a_lens_that_makes_no_sense_still_ends() {
    let mut random = Random(12);
    for _ in 0..16 {
        let numbers: Vec<String> = (0..14)
            .map(|index| {
                let scale = [1e-3, 1.0, 1e3, 1e30][random.below(4)];
                let number = (random.number() as i32 as f64) / f64::from(i32::MAX) * scale;
                // Focal lengths must be possible for a lens.
                let number = if index == 2 || index == 3 {
                    0.02 + number.abs() % 49.0
                } else {
                    number
                };
                format!("{number:e}")
            })
            .collect();
        let start = json().find("[0.5").unwrap();
        let end = start + json()[start..].find(']').unwrap();
        let text = format!(
            "{}[{}{}",
            &json()[..start],
            numbers.join(", "),
            &json()[end..]
        );
        let raw = RawCalibration::parse(text.as_bytes()).unwrap();
        let calibration = raw
            .calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p)
            .unwrap();
        let camera = calibration.depth_camera.unwrap();
        let table = kinect_azure::calibration::XyTable::new(&camera);
        for (index, ray) in table.rays().iter().enumerate().step_by(97) {
            let pixel = [(index % 320) as f32, (index / 320) as f32];
            if !ray[0].is_nan()
                && let Some([u, v]) = camera.project([ray[0], ray[1], 1.0])
            {
                // If a pixel has a ray, the ray projects to that pixel, within the accuracy of f32.
                let slack = 0.01 + 1e-5 * camera.intrinsics.fx.max(camera.intrinsics.fy);
                let far = (u - pixel[0]).abs().max((v - pixel[1]).abs());
                assert!(
                    far < slack || !far.is_finite() || text.contains("e30"),
                    "{far}: {numbers:?}"
                );
            }
        }
        let _ = calibration.color_pixel_to_depth_pixel([600.0, 300.0], &vec![1000; 320 * 288]);
    }
}
