//! Tests of the writer with errors. A conformance test reads the written files with the vendor's library.

use std::sync::Arc;

use kinect_azure::image::Pixels;
use std::time::Duration;

use kinect_azure::recording::{Recording, RecordingSettings, RecordingWriter, WriteError, record};
use kinect_azure::{
    Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, Image, ImageFormat, SensorInfo,
};
use kinect_simulation::{Noise, SimulatedSensor, SimulationSettings};

use crate::scratch::Scratch;
use crate::{all_times, mkv};

fn settings() -> RecordingSettings {
    RecordingSettings {
        sensor: SensorInfo {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            has_imu: false,
            ..SensorInfo::default()
        },
        ..RecordingSettings::default()
    }
}

fn capture(time: u64) -> Capture {
    let mut image = Image::empty(ImageFormat::Depth16);
    (image.width, image.height) = mkv::NFOV_2X2;
    image.pixels = Pixels::U16(vec![time as u16; 320 * 288]);
    image.device_timestamp_usec = time;
    Capture {
        depth: Some(Arc::new(image)),
        ..Capture::default()
    }
}

#[test]
fn a_file_cut_anywhere_plays_up_to_its_last_full_cluster() {
    let scratch = Scratch::new("writer-cut");
    let mut writer = RecordingWriter::create(&scratch.0, settings()).unwrap();
    let start = 5_000_000_000;
    for index in 0..10 {
        writer
            .write_capture(&capture(start + index * 33_333))
            .unwrap();
    }
    // A killed process would leave the file as it is now.
    let bytes = std::fs::read(&scratch.0).unwrap();
    assert_eq!(bytes.len() as u64, writer.bytes_written());
    writer.finish().unwrap();
    let image = 320 * 288 * 2;
    let whole = bytes.len() / image;
    assert!((5..10).contains(&whole));
    for cut in [0, 1, 100, image / 2, image, 2 * image + 7] {
        let mut left = Recording::from_bytes("cut", &bytes[..bytes.len() - cut]).unwrap();
        assert!(left.info().unfinished);
        assert_eq!(left.info().start_offset_usec, start);
        let times = all_times(&mut left);
        let expected: Vec<_> = (0..(bytes.len() - cut) / image)
            .map(|index| [None, Some(start + index as u64 * 33_333), None])
            .collect();
        assert!(times.len() + 1 >= expected.len());
        assert_eq!(times, expected[..times.len()], "{cut} bytes less");
    }
    let mut finished = Recording::open(&scratch.0).unwrap();
    assert!(!finished.info().unfinished);
    assert_eq!(all_times(&mut finished).len(), 10);
}

#[test]
fn what_does_not_fit_is_refused_and_the_rest_is_kept() {
    let scratch = Scratch::new("writer-refused");
    let mut writer = RecordingWriter::create(&scratch.0, settings()).unwrap();
    for index in 0..10 {
        writer
            .write_capture(&capture(1_000_000 + index * 33_333))
            .unwrap();
    }
    let old = writer.write_capture(&capture(1_000_000)).unwrap_err();
    assert!(matches!(old, WriteError::OutOfOrder { .. }), "{old}");
    let mut small = Image::clone(capture(2_000_000).depth.as_ref().unwrap());
    small.width = 100;
    let small = Capture {
        depth: Some(Arc::new(small)),
        ..Capture::default()
    };
    assert!(matches!(
        writer.write_capture(&small),
        Err(WriteError::OtherModes { .. })
    ));
    let unknown = Capture {
        ir: None,
        color: capture(2_000_000).depth,
        ..Capture::default()
    };
    assert!(matches!(
        writer.write_capture(&unknown),
        Err(WriteError::OtherModes { .. })
    ));
    let mut short = Image::clone(capture(2_000_000).depth.as_ref().unwrap());
    short.pixels = Pixels::U16(vec![0; 100]);
    let short = Capture {
        depth: Some(Arc::new(short)),
        ..Capture::default()
    };
    assert!(matches!(
        writer.write_capture(&short),
        Err(WriteError::Unfit { .. })
    ));
    let sample = kinect_azure::ImuSample::default();
    assert!(matches!(
        writer.write_imu_sample(&sample),
        Err(WriteError::Unfit { .. })
    ));
    writer.finish().unwrap();
    assert_eq!(
        all_times(&mut Recording::open(&scratch.0).unwrap()).len(),
        10
    );
}

#[test]
fn settings_and_places_that_cannot_be_are_refused() {
    let mut none = settings();
    none.sensor.depth_mode = DepthMode::Off;
    let mut fast = settings();
    fast.sensor.depth_mode = DepthMode::WfovUnbinned;
    let mut half = settings();
    half.sensor.color_resolution = ColorResolution::R720p;
    let mut tag = settings();
    tag.tags.push(("K4A_DEPTH_MODE".to_owned(), String::new()));
    for settings in [none, fast, half, tag] {
        let scratch = Scratch::new("writer-settings");
        let refused = RecordingWriter::create(&scratch.0, settings).unwrap_err();
        assert!(matches!(refused, WriteError::Settings(_)), "{refused}");
        assert!(!scratch.0.exists());
    }
    let nowhere = RecordingWriter::create("/no/such/folder/a.mkv", settings()).unwrap_err();
    assert!(matches!(nowhere, WriteError::Io { .. }), "{nowhere}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_and_stays_one() {
    let mut writer = RecordingWriter::create("/dev/full", settings()).unwrap();
    let mut errors = (0..20).filter_map(|i| writer.write_capture(&capture(i * 33_333)).err());
    assert!(matches!(errors.next(), Some(WriteError::Io { .. })));
    assert!(errors.all(|error| matches!(error, WriteError::Stopped(_))));
}

#[test]
fn a_source_is_recorded_for_as_long_as_asked() {
    let simulation = SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        frame_rate: FrameRate::Fps15,
        people: 0,
        noise: Noise::none(),
        ..SimulationSettings::default()
    };
    let mut sensor = SimulatedSensor::new(&simulation)
        .unwrap()
        .as_fast_as_possible();
    let scratch = Scratch::new("writer-record");
    let settings = RecordingSettings {
        sensor: sensor.info().clone(),
        calibration_json: Some(sensor.raw_calibration().json().to_vec()),
        ..RecordingSettings::default()
    };
    let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
    let limit = Some(Duration::from_millis(390));
    assert_eq!(record(&mut sensor, &mut writer, limit).unwrap(), 6);
    writer.finish().unwrap();
    let mut recording = Recording::open(&scratch.0).unwrap();
    assert!(recording.calibration().is_some());
    assert_eq!(all_times(&mut recording).len(), 6);
    let mut samples = 0;
    while recording.next_imu_sample().unwrap().is_some() {
        samples += 1;
    }
    // 1.6 kHz until the last capture.
    assert!((500..700).contains(&samples), "{samples}");
}
