//! Loading libraries, counting and opening devices, and reading calibrations.

use k4a::{ColorResolution, DepthMode, ErrorKind, Library, Refusal, Sensor, Vendor};

use crate::{folder, real_data, real_library};

#[test]
fn the_real_library_loads_once_and_knows_whose_it_is() {
    let Some(library) = real_library() else {
        return;
    };
    assert_eq!(library.vendor(), Vendor::Microsoft);
    assert!(library.path().is_absolute());
    let version = library.version().unwrap();
    assert_eq!((version.major, version.minor), (1, 4));
    // The path of the file and the path of its folder load the same library.
    assert_eq!(Library::load_from(library.path()).unwrap(), library);
    assert_eq!(Library::load_from(folder()).unwrap(), library);
}

#[test]
fn without_a_device_the_count_is_zero_and_opening_says_that_there_is_none() {
    let Some(library) = real_library() else {
        return;
    };
    let count = library.device_count();
    if count > 0 {
        eprintln!("SKIPPED: {count} devices are connected");
        return;
    }
    let error = library.open_device(0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoDevice);
    assert_eq!(error.function(), "k4a_device_open");
    assert_eq!(error.what(), "no device is connected");
    assert!(!error.advice().is_empty());
    // The error contains the messages that the library logged during the call.
    assert!(
        error
            .messages()
            .iter()
            .any(|message| message.contains("device_open")
                || message.contains("usb")
                || message.contains("index")),
        "{error:?}"
    );
}

#[test]
fn a_library_that_is_somebody_elses_is_refused_by_name() {
    if real_library().is_none() {
        return;
    }
    let error = Library::load_from("/no/such/folder").unwrap_err();
    assert_eq!(error.attempts.len(), 1);
    assert!(error.to_string().contains("/no/such/folder"), "{error}");

    // A file that is not a library, and a library that is not a libk4a.
    let error = Library::load_from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap_err();
    assert_ne!(error.attempts[0].reason, Refusal::NotThere, "{error}");
    let engine = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("libudev"));
    if let Some(other) = engine {
        let error = Library::load_from(other).unwrap_err();
        assert!(error.to_string().contains("is missing"), "{error}");
    }
}

#[test]
fn every_pair_of_modes_of_every_real_calibration_is_understood() {
    let (Some(library), Some(calibrations)) = (real_library(), real_data("calibrations")) else {
        return;
    };
    let mut pairs = 0;
    for file in std::fs::read_dir(calibrations).unwrap() {
        let raw = std::fs::read(file.unwrap().path()).unwrap();
        for &depth in DepthMode::ALL {
            for &color in ColorResolution::ALL {
                let calibration = library.calibration(&raw, depth, color);
                if depth == DepthMode::Off && color == ColorResolution::Off {
                    assert_eq!(calibration.unwrap_err().kind(), ErrorKind::Failed);
                    continue;
                }
                let calibration = calibration.unwrap();
                assert_eq!(calibration.depth_mode(), Some(depth));
                assert_eq!(calibration.color_resolution(), Some(color));
                let size = |camera: &k4a::Camera| (camera.width as u32, camera.height as u32);
                assert_eq!(size(&calibration.depth_camera), depth.size());
                assert_eq!(size(&calibration.color_camera), color.size());
                pairs += 1;
            }
        }
    }
    // Three sensors.
    assert_eq!(pairs, 3 * 41);
}

#[test]
fn the_golden_values_of_a_real_sensor_come_out() {
    let (Some(library), Some(file)) = (real_library(), real_data("calibrations/001514394512.json"))
    else {
        return;
    };
    let raw = std::fs::read(file).unwrap();
    let calibration = library
        .calibration(&raw, DepthMode::NfovUnbinned, ColorResolution::R720p)
        .unwrap();
    let [cx, cy, fx, fy, ..] = calibration.depth_camera.parameters;
    assert_eq!([cx, cy, fx, fy], [332.78107, 348.8297, 504.60764, 504.7325]);

    let pixel = library
        .point_3d_to_2d(
            &calibration,
            [100.0, -50.0, 900.0],
            Sensor::Color,
            Sensor::Color,
        )
        .unwrap()
        .unwrap();
    assert!((pixel[0] - 707.4034).abs() < 1e-3 && (pixel[1] - 331.7939).abs() < 1e-3);
    let outside = library
        .point_3d_to_2d(
            &calibration,
            [1701.0, 0.0, 1000.0],
            Sensor::Color,
            Sensor::Color,
        )
        .unwrap();
    assert_eq!(outside, None);
    let point = library
        .point_3d_to_3d(
            &calibration,
            [10.0, 20.0, 30.0],
            Sensor::Gyro,
            Sensor::Accel,
        )
        .unwrap();
    assert!((point[0] + 41.10294).abs() < 1e-3, "{point:?}");
}

#[test]
fn texts_that_are_no_calibration_are_errors() {
    let Some(library) = real_library() else {
        return;
    };
    let texts: [&[u8]; 6] = [
        b"",
        b"\0",
        b"{}",
        b"{\"Calib",
        b"\xff\xfe\0\x01",
        b"[[[[[[[[[[",
    ];
    for raw in texts {
        let error = library
            .calibration(raw, DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{raw:?}");
    }
}

#[test]
fn what_only_orbbec_has_is_said_not_to_be_there() {
    let Some(library) = real_library() else {
        return;
    };
    let error = library.depth_engine_helper().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSupported);
    let error = library.set_orbbec_extensions_directory("/tmp").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSupported);
}
