//! Compares the sample recordings with numbers that were measured once with the vendor's library.

use kinect_azure::recording::{Recording, SeekTarget, TagTarget, TrackKind};
use kinect_azure::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

use super::real;

/// CRC-32 (IEEE), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[test]
fn the_sample_recording_has_its_golden_numbers() {
    let Some(path) = real("mug-720p-nfov.mkv") else {
        return;
    };
    let mut recording = Recording::open(path).unwrap();
    let capture = recording.next_capture().unwrap().unwrap();
    assert!(recording.next_capture().unwrap().is_none());

    let color = capture.color.as_ref().unwrap();
    assert_eq!((color.width, color.height, color.stride), (1280, 720, 0));
    assert_eq!(color.size(), 217_095);
    assert_eq!(color.bytes()[..4], [0xFF, 0xD8, 0xFF, 0xDB]);

    let depth = capture.depth.as_ref().unwrap();
    let pixels = depth.u16_pixels();
    assert_eq!((depth.width, depth.height, depth.stride), (640, 576, 1280));
    assert_eq!(pixels.iter().filter(|p| **p != 0).count(), 281_945);
    assert_eq!(
        pixels.iter().map(|p| u64::from(*p)).sum::<u64>(),
        380_924_829
    );
    assert_eq!(pixels.iter().filter(|p| **p != 0).min(), Some(&165));
    assert_eq!(pixels.iter().max(), Some(&3690));
    assert_eq!(crc32(depth.bytes()), 0x6663_BCDD);
    assert_eq!(pixels[288 * 640 + 320], 1939);
    assert_eq!(pixels[100 * 640 + 100], 763);
    assert_eq!(pixels[300 * 640 + 50], 680);

    let ir = capture.ir.as_ref().unwrap();
    let sum = ir.u16_pixels().iter().map(|p| u64::from(*p)).sum::<u64>();
    assert_eq!(sum, 1_041_828_584);
    assert_eq!(crc32(ir.bytes()), 0x3D89_0B81);

    for image in capture.images() {
        assert_eq!(image.device_timestamp_usec, 800_222);
        assert_eq!(image.system_timestamp_nsec, 0);
    }
    let sample = recording.next_imu_sample().unwrap().unwrap();
    assert!(recording.next_imu_sample().unwrap().is_none());
    assert_eq!(sample.acceleration_timestamp_usec, 336_277);
    assert_eq!(sample.angular_velocity_timestamp_usec, 336_277);
    let near = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(
        sample.acceleration,
        [-2.888_193, -0.193_805, -9.437_137]
    ));
    assert!(near(
        sample.angular_velocity,
        [-0.001_015, -0.001_948, 0.006_023]
    ));
    assert_eq!(sample.temperature_celsius, None);
}

#[test]
fn the_sample_recording_says_what_it_is() {
    let Some(path) = real("mug-720p-nfov.mkv") else {
        return;
    };
    let recording = Recording::open(path).unwrap();
    let info = recording.info();
    assert_eq!(info.sensor.name, "mug-720p-nfov.mkv");
    assert_eq!(info.sensor.serial.as_deref(), Some("001514394512"));
    assert_eq!(info.sensor.depth_mode, DepthMode::NfovUnbinned);
    assert_eq!(info.sensor.color_resolution, ColorResolution::R720p);
    assert_eq!(info.sensor.color_format, Some(ColorFormat::Mjpg));
    assert_eq!(info.sensor.frame_rate, FrameRate::Fps5);
    assert_eq!(info.sensor.wired_sync_mode, WiredSyncMode::Standalone);
    assert_eq!(info.color_firmware.as_deref(), Some("1.6.110"));
    assert_eq!(info.depth_firmware.as_deref(), Some("1.6.79"));
    assert_eq!(info.title.as_deref(), Some("Azure Kinect"));
    assert_eq!(info.writing_app.as_deref(), Some("k4arecord-1.4.1"));
    assert_eq!(info.muxing_app.as_deref(), Some("libmatroska-1.4.9"));
    // 2020-08-31 15:20:37 UTC.
    assert_eq!(info.date_unix_sec, Some(1_598_887_237));
    assert_eq!(info.start_offset_usec, 336_277);
    assert_eq!(info.duration_usec, 463_945);
    assert_eq!(info.timestamp_scale_ns, 1000);
    assert!(!info.unfinished);
    assert!(info.warnings.is_empty(), "{:?}", info.warnings);

    let kinds: Vec<_> = recording
        .tracks()
        .iter()
        .map(|t| (t.number, t.kind))
        .collect();
    let expected = [
        TrackKind::Color,
        TrackKind::Depth,
        TrackKind::Ir,
        TrackKind::Imu,
    ];
    assert_eq!(kinds, (1..).zip(expected).collect::<Vec<_>>());
    assert_eq!(recording.tracks()[1].size, Some((640, 576)));
    assert_eq!(recording.tracks()[1].frame_duration_ns, Some(200_000_000));

    assert_eq!(recording.tags().len(), 15);
    assert_eq!(recording.tag("K4A_START_OFFSET_NS"), Some("336277000"));
    let mode = recording
        .tags()
        .iter()
        .find(|t| t.name == "K4A_DEPTH_MODE")
        .unwrap();
    assert_eq!(mode.target, TagTarget::Track(recording.tracks()[1].uid));

    let attachments = recording.attachments();
    assert_eq!(attachments.len(), 1);
    assert_eq!(attachments[0].name, "calibration.json");
    assert_eq!(attachments[0].size, 3900);
    let json = recording.read_attachment("calibration.json").unwrap();
    assert_eq!(recording.raw_calibration_json(), Some(&json[..]));
    assert!(recording.calibration().is_some());
    let missing = recording
        .read_attachment("nothing")
        .unwrap_err()
        .to_string();
    assert!(missing.contains("calibration.json"), "{missing}");

    let counts = recording.count(|_| {}).unwrap();
    assert_eq!((counts.captures, counts.imu_samples), (1, 1));
    assert_eq!(
        (counts.color_images, counts.depth_images, counts.ir_images),
        (1, 1, 1)
    );
}

#[test]
fn both_ends_of_the_sample_recording_are_symmetric() {
    let Some(path) = real("mug-720p-nfov.mkv") else {
        return;
    };
    let mut recording = Recording::open(path).unwrap();
    assert!(recording.previous_capture().unwrap().is_none());
    for _ in 0..3 {
        assert!(recording.next_capture().unwrap().is_some());
        assert!(recording.next_capture().unwrap().is_none());
        assert!(recording.next_capture().unwrap().is_none());
        assert!(recording.previous_capture().unwrap().is_some());
        assert!(recording.previous_capture().unwrap().is_none());
    }
    recording.seek(SeekTarget::End(0)).unwrap();
    assert!(recording.next_capture().unwrap().is_none());
    recording.seek(SeekTarget::End(1)).unwrap();
    assert!(recording.next_capture().unwrap().is_some());
    recording.seek(SeekTarget::DeviceTime(800_222)).unwrap();
    assert!(recording.previous_capture().unwrap().is_none());
    recording.seek(SeekTarget::DeviceTime(800_223)).unwrap();
    assert!(recording.next_capture().unwrap().is_none());
    assert!(recording.previous_capture().unwrap().is_some());
}

#[test]
fn a_recording_by_the_first_recorder_opens_without_captures_and_calibration() {
    let Some(path) = real("legacy-0.4.0-empty.mkv") else {
        return;
    };
    let mut recording = Recording::open(path).unwrap();
    let info = recording.info();
    assert_eq!(info.sensor.depth_mode, DepthMode::NfovUnbinned);
    assert_eq!(info.sensor.color_resolution, ColorResolution::R1080p);
    assert_eq!(info.timestamp_scale_ns, 1_000_000);
    assert_eq!(info.duration_usec, 141_000);
    assert_eq!(info.warnings.len(), 1, "{:?}", info.warnings);
    assert!(
        info.warnings[0].contains("calibration"),
        "{:?}",
        info.warnings
    );
    let kinds: Vec<_> = recording.tracks().iter().map(|t| t.kind).collect();
    let expected = [
        TrackKind::Color,
        TrackKind::Depth,
        TrackKind::Ir,
        TrackKind::Imu,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(
        recording.raw_calibration_json(),
        Some(&b"Hello World\0"[..])
    );
    assert!(recording.calibration().is_none());
    assert!(recording.next_capture().unwrap().is_none());
    let sample = recording.next_imu_sample().unwrap().unwrap();
    assert_eq!(sample.acceleration_timestamp_usec, 141_522);
    assert!(recording.next_imu_sample().unwrap().is_none());
}
