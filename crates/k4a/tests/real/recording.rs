//! `libk4arecord`: plays a real recording, writes a recording and reads it back, and computes points from it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use k4a::{
    Capture, ColorResolution, DepthMode, DeviceConfiguration, ErrorKind, FrameRate, Image,
    ImageFormat, ImuSample, Library, Playback, RecordLibrary, SeekOrigin, Sensor, SubtitleSettings,
    VideoSettings, WiredSyncMode,
};

use crate::{real_data, real_library, skip};

fn record_library() -> Option<RecordLibrary> {
    match real_library()?.record_library() {
        Ok(library) => Some(library),
        Err(error) => {
            skip(&error.to_string());
            None
        }
    }
}

/// A temporary file that is deleted when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("k4a-{}-{number}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn sample() -> Option<Playback> {
    let library = record_library()?;
    Some(
        library
            .open(real_data("recordings/mug-720p-nfov.mkv")?)
            .unwrap(),
    )
}

fn depths(image: &Image) -> Vec<u16> {
    let pairs = image.bytes().chunks_exact(2);
    pairs
        .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]))
        .collect()
}

#[test]
fn the_record_library_belongs_to_its_libk4a_and_is_loaded_once() {
    let Some(library) = record_library() else {
        return;
    };
    assert_eq!(Some(library.library()), real_library().as_ref());
    let again = library.library().record_library().unwrap();
    assert_eq!(again.path(), library.path());
}

#[test]
fn a_real_recording_says_how_it_was_made_and_what_it_holds() {
    let Some(playback) = sample() else { return };
    let made = playback.record_configuration().unwrap();
    assert_eq!(made.color_format, ImageFormat::ColorMjpg);
    assert_eq!(made.color_resolution, ColorResolution::R720p);
    assert_eq!(made.depth_mode, DepthMode::NfovUnbinned);
    assert_eq!(made.frame_rate, FrameRate::Fps5);
    assert_eq!(made.wired_sync_mode, WiredSyncMode::Standalone);
    assert!(made.color_track_enabled && made.ir_track_enabled && made.imu_track_enabled);
    assert_eq!(playback.tracks().unwrap(), ["COLOR", "DEPTH", "IMU", "IR"]);
    assert!(playback.has_track("DEPTH") && !playback.has_track("NONE"));
    assert!(playback.track_is_builtin("IR"));
    assert_eq!(playback.codec_id("COLOR").unwrap(), "V_MS/VFW/FOURCC");
    assert_eq!(playback.codec_context("DEPTH").unwrap().len(), 40);
    let settings = playback.video_settings("COLOR").unwrap();
    assert_eq!((settings.width, settings.height), (1280, 720));
    assert_eq!(
        playback.tag("K4A_DEVICE_SERIAL_NUMBER").unwrap(),
        "001514394512"
    );
    assert!(playback.length_usec() > 0);

    let raw = playback.raw_calibration().unwrap();
    assert!(raw.starts_with(b"{") && !raw.contains(&0));
    let library = playback.library().library();
    assert_eq!(
        playback.calibration().unwrap().depth_camera,
        library
            .calibration(&raw, DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap()
            .depth_camera
    );

    for missing in [
        playback.tag("NO_SUCH_TAG").unwrap_err(),
        playback.attachment("none.txt").unwrap_err(),
        playback.codec_id("NONE").unwrap_err(),
        playback.tag("WITH\0NUL").unwrap_err(),
        playback.next_data_block("DEPTH").unwrap_err(),
    ] {
        assert!(
            matches!(
                missing.kind(),
                ErrorKind::Failed | ErrorKind::InvalidArgument
            ),
            "{missing:?}"
        );
    }
}

#[test]
fn a_real_recording_gives_its_golden_images_forwards_and_backwards() {
    let Some(playback) = sample() else { return };
    let capture = playback.next_capture().unwrap().unwrap();
    let depth = depths(&capture.depth().unwrap().unwrap());
    assert_eq!(depth.iter().filter(|&&mm| mm > 0).count(), 281_945);
    assert_eq!(
        depth.iter().map(|&mm| u64::from(mm)).sum::<u64>(),
        380_924_829
    );
    let ir = depths(&capture.ir().unwrap().unwrap());
    assert_eq!(
        ir.iter().map(|&value| u64::from(value)).sum::<u64>(),
        1_041_828_584
    );
    assert_eq!(capture.temperature_celsius(), None);

    assert!(playback.next_capture().unwrap().is_none());
    assert!(playback.previous_capture().unwrap().is_some());
    assert!(playback.previous_capture().unwrap().is_none());
    playback.seek(0, SeekOrigin::Begin).unwrap();
    playback
        .set_color_conversion(ImageFormat::ColorBgra32)
        .unwrap();
    let color = playback
        .next_capture()
        .unwrap()
        .unwrap()
        .color()
        .unwrap()
        .unwrap();
    assert_eq!(color.format(), ImageFormat::ColorBgra32);
    assert_eq!(color.stride(), 1280 * 4);
    playback
        .set_color_conversion(ImageFormat::Depth16)
        .unwrap_err();
    assert!(playback.next_imu_sample().unwrap().is_some());
    assert!(playback.next_imu_sample().unwrap().is_none());
    playback.seek(0, SeekOrigin::End).unwrap();
    assert!(playback.next_capture().unwrap().is_none());
    assert!(playback.previous_capture().unwrap().is_some());
}

#[test]
fn images_outlive_the_playback_they_came_from() {
    let Some(playback) = sample() else { return };
    let capture = playback.next_capture().unwrap().unwrap();
    let depth = capture.depth().unwrap().unwrap();
    drop((capture, playback));
    assert_eq!(depths(&depth)[288 * 640 + 320], 1939);
}

#[test]
fn points_of_a_real_capture_are_the_golden_ones() {
    let Some(playback) = sample() else { return };
    let library = playback.library().library().clone();
    let depth = playback
        .next_capture()
        .unwrap()
        .unwrap()
        .depth()
        .unwrap()
        .unwrap();
    // A transformation of depth alone needs no OpenGL.
    let calibration = library
        .calibration(
            &playback.raw_calibration().unwrap(),
            DepthMode::NfovUnbinned,
            ColorResolution::Off,
        )
        .unwrap();
    let transformation = library.transformation(&calibration).unwrap();
    let mut points = library
        .create_image(ImageFormat::Custom, 640, 576, 640 * 6)
        .unwrap();
    transformation
        .point_cloud(&depth, Sensor::Depth, &mut points)
        .unwrap();
    let at = |x: usize, y: usize| {
        let from = (y * 640 + x) * 6;
        let bytes = &points.bytes()[from..from + 6];
        [0, 2, 4].map(|i| i16::from_ne_bytes([bytes[i], bytes[i + 1]]))
    };
    assert_eq!(at(320, 288), [-49, -235, 1939]);
    assert_eq!(at(100, 100), [-421, -450, 763]);
    assert_eq!(at(50, 300), [-430, -74, 680]);

    let error = transformation
        .point_cloud(&depth, Sensor::Gyro, &mut points)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let mut small = library.create_image(ImageFormat::Custom, 8, 8, 48).unwrap();
    let error = transformation
        .point_cloud(&depth, Sensor::Depth, &mut small)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
}

#[test]
fn a_calibration_that_was_tampered_with_does_not_reach_the_library() {
    let Some(playback) = sample() else { return };
    let library = playback.library().library();
    let good = playback.calibration().unwrap();
    for change in [
        |c: &mut k4a::Calibration| c.depth_camera.width = i32::MAX,
        |c: &mut k4a::Calibration| c.color_camera.height = -1,
        |c: &mut k4a::Calibration| c.depth_mode = 99,
        |c: &mut k4a::Calibration| c.color_resolution = -1,
    ] {
        let mut bad = good;
        change(&mut bad);
        let error = library.transformation(&bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
}

/// A capture of small modes whose pixels encode its number.
fn numbered(library: &Library, number: u32, usec: u64) -> Capture {
    let picture = |format, fill: u8| {
        let mut image = library.create_image(format, 320, 288, 0).unwrap();
        image.bytes_mut().fill(fill);
        image.set_device_timestamp_usec(usec);
        image.share()
    };
    let mut color = library
        .create_image_from_bytes(ImageFormat::ColorMjpg, 1280, 720, 0, vec![number as u8; 64])
        .unwrap();
    color.set_device_timestamp_usec(usec);
    let mut capture = library.create_capture().unwrap();
    capture.set_color(Some(&color.share())).unwrap();
    capture
        .set_depth(Some(&picture(ImageFormat::Depth16, number as u8)))
        .unwrap();
    capture
        .set_ir(Some(&picture(ImageFormat::Ir16, 100 + number as u8)))
        .unwrap();
    capture.share()
}

#[test]
fn a_recording_that_is_written_reads_back_as_it_was() {
    let Some(library) = record_library() else {
        return;
    };
    let file = Scratch::new("written.mkv");
    let configuration = DeviceConfiguration {
        color_resolution: ColorResolution::R720p,
        depth_mode: DepthMode::Nfov2x2Binned,
        depth_delay_off_color_usec: -500,
        wired_sync_mode: WiredSyncMode::Subordinate,
        subordinate_delay_off_master_usec: 160,
        ..DeviceConfiguration::default()
    };
    let recorder = library.record(&file.0, None, &configuration).unwrap();
    recorder.add_imu_track().unwrap();
    recorder.add_tag("PLACE", "here").unwrap();
    recorder.add_attachment("note.txt", b"remember").unwrap();
    let private = [1, 2, 3];
    recorder
        .add_custom_video_track(
            "EXTRA",
            "V_TEST",
            &private,
            VideoSettings {
                width: 4,
                height: 2,
                frame_rate: 30,
            },
        )
        .unwrap();
    recorder
        .add_custom_subtitle_track("WORDS", "S_TEST", &[], Some(SubtitleSettings::default()))
        .unwrap();
    let early = numbered(library.library(), 0, 1_000_000);
    assert_eq!(
        recorder.write_capture(&early).unwrap_err().kind(),
        ErrorKind::Failed
    );
    recorder.write_header().unwrap();
    recorder.add_tag("LATE", "no").unwrap_err();
    for number in 0..10 {
        let usec = 1_000_000 + u64::from(number) * 33_333;
        recorder
            .write_capture(&numbered(library.library(), number, usec))
            .unwrap();
        recorder
            .write_imu_sample(ImuSample {
                acc: [0.1, -9.8, number as f32],
                acc_timestamp_usec: usec,
                gyro_timestamp_usec: usec + 5,
                ..ImuSample::default()
            })
            .unwrap();
        recorder
            .write_custom_track_data("EXTRA", usec, &[number as u8; 8])
            .unwrap();
        recorder
            .write_custom_track_data("WORDS", usec, format!("word {number}").as_bytes())
            .unwrap();
    }
    recorder
        .write_custom_track_data("NONE", 1_000_000, b"x")
        .unwrap_err();
    recorder.finish().unwrap();

    let playback = library.open(&file.0).unwrap();
    let made = playback.record_configuration().unwrap();
    assert_eq!(made.depth_mode, DepthMode::Nfov2x2Binned);
    assert_eq!(made.frame_rate, FrameRate::Fps30);
    assert_eq!(made.depth_delay_off_color_usec, -500);
    assert_eq!(made.wired_sync_mode, WiredSyncMode::Subordinate);
    assert_eq!(made.subordinate_delay_off_master_usec, 160);
    assert_eq!(made.start_timestamp_offset_usec, 1_000_000);
    assert_eq!(playback.tag("PLACE").unwrap(), "here");
    assert_eq!(playback.attachment("note.txt").unwrap(), b"remember");
    assert_eq!(playback.codec_context("EXTRA").unwrap(), private);
    assert!(!playback.track_is_builtin("EXTRA"));
    for number in 0..10_u32 {
        let usec = 1_000_000 + u64::from(number) * 33_333;
        let capture = playback.next_capture().unwrap().unwrap();
        let depth = capture.depth().unwrap().unwrap();
        assert_eq!(depth.device_timestamp_usec(), usec);
        assert!(depth.bytes().iter().all(|&byte| byte == number as u8));
        let ir = capture.ir().unwrap().unwrap();
        assert!(ir.bytes().iter().all(|&byte| byte == 100 + number as u8));
        assert_eq!(
            capture.color().unwrap().unwrap().bytes(),
            [number as u8; 64]
        );
        let sample = playback.next_imu_sample().unwrap().unwrap();
        assert_eq!(sample.acc, [0.1, -9.8, number as f32]);
        assert_eq!(
            (sample.acc_timestamp_usec, sample.gyro_timestamp_usec),
            (usec, usec + 5)
        );
        let block = playback.next_data_block("EXTRA").unwrap().unwrap();
        assert_eq!(
            (block.device_timestamp_usec, block.bytes),
            (usec, vec![number as u8; 8])
        );
        let word = playback.next_data_block("WORDS").unwrap().unwrap();
        assert_eq!(word.bytes, format!("word {number}").as_bytes());
    }
    assert!(playback.next_capture().unwrap().is_none());
    assert!(playback.next_data_block("EXTRA").unwrap().is_none());
    // The position in EXTRA is now after the end, the position in WORDS is at the last block.
    let last = playback.previous_data_block("EXTRA").unwrap().unwrap();
    assert_eq!(last.bytes, [9; 8]);
    let before = playback.previous_data_block("WORDS").unwrap().unwrap();
    assert_eq!(before.bytes, b"word 8");
}

#[test]
fn files_that_are_no_recordings_and_places_that_cannot_be_written_are_errors() {
    let Some(library) = record_library() else {
        return;
    };
    let error = library.open("/no/such/file.mkv").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("/no/such/file.mkv"), "{error}");
    let file = Scratch::new("no-recording.mkv");
    fs::write(&file.0, b"this is no recording").unwrap();
    library.open(&file.0).unwrap_err();
    let configuration = DeviceConfiguration {
        depth_mode: DepthMode::NfovUnbinned,
        ..DeviceConfiguration::default()
    };
    library
        .record("/no/such/folder/file.mkv", None, &configuration)
        .unwrap_err();
    let error = library
        .record("a\0b.mkv", None, &configuration)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}
