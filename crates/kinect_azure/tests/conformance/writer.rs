//! Reads recordings of our writer with `libk4arecord`.

use std::sync::Arc;

use k4a_judge::{Judge, judge};
use kinect_azure::body::BodyFrame;
use kinect_azure::image::Pixels;
use kinect_azure::recording::{CustomTrack, Recording, RecordingSettings, RecordingWriter};
use kinect_azure::{
    Capture, ColorFormat, ColorResolution, DepthMode, FrameRate, Image, ImageFormat, ImuSample,
    SensorInfo,
};

use crate::data::{self, Random};
use crate::recording::{Both, Seen, compare_everything, our_sample, ours, their_sample, theirs};
use crate::scratch::Scratch;

const START: u64 = 1_234_567;

fn image(format: ImageFormat, (width, height): (u32, u32), time: u64, seed: u64) -> Arc<Image> {
    let mut image = Image::empty(format);
    (image.width, image.height) = (width, height);
    image.stride = format.packed_stride(width);
    image.device_timestamp_usec = time;
    let size = format
        .packed_size(width, height)
        .unwrap_or(5000 + seed as usize % 100);
    let value = |i: usize| (i as u64).wrapping_mul(2654435761).wrapping_add(seed * 77) >> 7;
    image.pixels = match format {
        ImageFormat::Color(_) => {
            let mut bytes: Vec<u8> = (0..size).map(|i| value(i) as u8).collect();
            if format == ImageFormat::Color(ColorFormat::Mjpg) {
                bytes[..2].copy_from_slice(&[0xFF, 0xD8]);
            }
            Pixels::Bytes(bytes)
        }
        _ => Pixels::U16((0..size / 2).map(|i| value(i) as u16).collect()),
    };
    Arc::new(image)
}

fn captures(sensor: &SensorInfo, count: u64) -> Vec<Capture> {
    let period = sensor.frame_rate.period_ns() / 1000;
    let size = sensor.depth_mode.size();
    (0..count)
        .map(|index| {
            let time = START + index * period;
            let depth = time.wrapping_add_signed(sensor.depth_delay_off_color_usec.into());
            Capture {
                color: sensor.color_format.map(|format| {
                    let size = sensor.color_resolution.size();
                    image(ImageFormat::Color(format), size, time, index)
                }),
                depth: sensor
                    .depth_mode
                    .has_depth()
                    .then(|| image(ImageFormat::Depth16, size, depth, index + 10)),
                ir: (sensor.depth_mode != DepthMode::Off)
                    .then(|| image(ImageFormat::Ir16, size, depth, index + 20)),
                temperature_celsius: None,
                ground_truth: None,
            }
        })
        .collect()
}

/// Samples of the time from one capture to the next, 20 of them.
fn samples(sensor: &SensorInfo, index: u64) -> impl Iterator<Item = ImuSample> + use<> {
    let period = sensor.frame_rate.period_ns() / 1000;
    (0..20).map(move |i| {
        let time = START + index * period + i * (period / 20);
        ImuSample {
            temperature_celsius: None,
            acceleration: [0.1, i as f32, -9.81],
            acceleration_timestamp_usec: time,
            angular_velocity: [index as f32, 0.2, -0.3],
            angular_velocity_timestamp_usec: time + 3,
        }
    })
}

/// Writes, reads back with the vendor's library and compares everything.
fn check(judge: &'static Judge, sensor: SensorInfo, count: u64, what: &str) {
    let json = data::sample_calibration().map(|real| real.json);
    let settings = RecordingSettings {
        sensor: sensor.clone(),
        calibration_json: json.clone(),
        tags: vec![("MY-TAG_1".to_owned(), "a value".to_owned())],
        attachments: vec![("notes.txt".to_owned(), b"notes".to_vec())],
        ..RecordingSettings::default()
    };
    let scratch = Scratch::new(&format!("written {what}"));
    let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
    let written = captures(&sensor, count);
    for (index, capture) in written.iter().enumerate() {
        writer.write_capture(capture).unwrap();
        if sensor.has_imu {
            for sample in samples(&sensor, index as u64) {
                writer.write_imu_sample(&sample).unwrap();
            }
        }
    }
    writer.finish().unwrap();

    let they = judge.open(&scratch.0).unwrap();
    assert_eq!(they.tag("MY-TAG_1").unwrap(), "a value", "{what}");
    if let Some(json) = json {
        let mut expected = json;
        if expected.last() != Some(&0) {
            expected.push(0);
        }
        assert!(they.raw_calibration().unwrap() == expected, "{what}");
    }
    for (index, capture) in written.into_iter().enumerate() {
        let expected: Option<Seen> = ours(Some(capture));
        let seen = theirs(they.next_capture().unwrap());
        assert!(seen == expected, "{what}: capture {index}");
    }
    assert!(they.next_capture().unwrap().is_none(), "{what}");
    if sensor.has_imu {
        for sample in (0..count).flat_map(|index| samples(&sensor, index)) {
            let seen = their_sample(they.next_imu_sample().unwrap());
            assert_eq!(seen, our_sample(Some(sample)), "{what}");
        }
        assert!(they.next_imu_sample().unwrap().is_none(), "{what}");
    }
    drop(they);
    compare_everything(judge, &scratch.0, &mut Random(3));
    // Seeks, back to the start and into every capture.
    let mut both = Both::open(judge, &scratch.0);
    assert!(both.we.info().warnings.is_empty(), "{:?}", both.we.info());
    let period = sensor.frame_rate.period_ns() / 1000;
    for target in (0..count).map(|index| index * period) {
        both.seek(target);
        let (we, they) = both.next();
        assert!(we == they, "{what}: after a seek to {target}");
    }
}

#[test]
fn every_pair_of_modes_reads_back_the_same() {
    let Some(judge) = judge() else { return };
    for (index, (depth_mode, color_resolution)) in data::mode_pairs().into_iter().enumerate() {
        let slow =
            depth_mode == DepthMode::WfovUnbinned || color_resolution == ColorResolution::R3072p;
        let on = color_resolution != ColorResolution::Off;
        let sensor = SensorInfo {
            depth_mode,
            color_resolution,
            color_format: on.then_some(ColorFormat::Mjpg),
            frame_rate: match index % 3 {
                0 => FrameRate::Fps5,
                1 if !slow => FrameRate::Fps30,
                _ => FrameRate::Fps15,
            },
            has_imu: index % 2 == 0,
            ..SensorInfo::default()
        };
        check(
            judge,
            sensor,
            3,
            &format!("{depth_mode} {color_resolution}"),
        );
    }
}

#[test]
fn every_colour_format_reads_back_the_same() {
    let Some(judge) = judge() else { return };
    let formats = [
        ColorFormat::Mjpg,
        ColorFormat::Nv12,
        ColorFormat::Yuy2,
        ColorFormat::Bgra32,
    ];
    for format in formats {
        for resolution in ColorResolution::ALL {
            let planar = matches!(format, ColorFormat::Nv12 | ColorFormat::Yuy2);
            if planar && resolution != ColorResolution::R720p {
                continue;
            }
            let sensor = SensorInfo {
                depth_mode: DepthMode::Off,
                color_resolution: resolution,
                color_format: Some(format),
                frame_rate: FrameRate::Fps15,
                has_imu: true,
                ..SensorInfo::default()
            };
            check(judge, sensor, 2, &format!("{format} {resolution}"));
        }
    }
}

#[test]
fn a_depth_delay_reads_back_the_same() {
    let Some(judge) = judge() else { return };
    for delay in [7000, -7000] {
        let sensor = SensorInfo {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_format: Some(ColorFormat::Mjpg),
            depth_delay_off_color_usec: delay,
            has_imu: false,
            ..SensorInfo::default()
        };
        let scratch = Scratch::new("delay");
        let settings = RecordingSettings {
            sensor: sensor.clone(),
            ..Default::default()
        };
        let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
        let written = captures(&sensor, 40);
        for capture in &written {
            writer.write_capture(capture).unwrap();
        }
        writer.finish().unwrap();
        let they = judge.open(&scratch.0).unwrap();
        for capture in written {
            assert!(
                theirs(they.next_capture().unwrap()) == ours(Some(capture)),
                "{delay}"
            );
        }
        assert!(they.next_capture().unwrap().is_none());
    }
}

#[test]
fn the_real_recording_written_again_is_the_same_to_the_vendors_reader() {
    let (Some(judge), Some(path)) = (judge(), data::sample_recording()) else {
        return;
    };
    let mut real = Recording::open(&path).unwrap();
    let settings = RecordingSettings {
        sensor: real.info().sensor.clone(),
        calibration_json: real.raw_calibration_json().map(<[u8]>::to_vec),
        color_firmware: real.info().color_firmware.clone(),
        depth_firmware: real.info().depth_firmware.clone(),
        date_unix_sec: real.info().date_unix_sec,
        ..RecordingSettings::default()
    };
    let scratch = Scratch::new("again");
    let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
    while let Some(sample) = real.next_imu_sample().unwrap() {
        writer.write_imu_sample(&sample).unwrap();
    }
    while let Some(capture) = real.next_capture().unwrap() {
        writer.write_capture(&capture).unwrap();
    }
    writer.finish().unwrap();
    let (before, after) = (judge.open(&path).unwrap(), judge.open(&scratch.0).unwrap());
    assert_eq!(before.length_usec(), after.length_usec());
    assert_eq!(
        before.record_configuration().unwrap(),
        after.record_configuration().unwrap()
    );
    assert_eq!(
        before.raw_calibration().unwrap(),
        after.raw_calibration().unwrap()
    );
    loop {
        let (a, b) = (
            theirs(before.next_capture().unwrap()),
            theirs(after.next_capture().unwrap()),
        );
        assert!(a == b);
        if a.is_none() {
            break;
        }
    }
    loop {
        let a = their_sample(before.next_imu_sample().unwrap());
        assert_eq!(a, their_sample(after.next_imu_sample().unwrap()));
        if a.is_none() {
            break;
        }
    }
}

#[test]
fn custom_tracks_read_back_the_same() {
    let Some(judge) = judge() else { return };
    let scratch = Scratch::new("custom");
    let settings = RecordingSettings {
        sensor: SensorInfo {
            has_imu: true,
            color_format: Some(ColorFormat::Mjpg),
            ..Default::default()
        },
        custom_tracks: vec![CustomTrack {
            name: "BODIES".to_owned(),
            codec_id: "S_MY/BODIES".to_owned(),
            codec_private: b"v1".to_vec(),
            video_size: None,
        }],
        ..RecordingSettings::default()
    };
    let sensor = settings.sensor.clone();
    let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
    for (index, capture) in captures(&sensor, 30).iter().enumerate() {
        writer.write_capture(capture).unwrap();
        let time = capture.device_timestamp_usec().unwrap();
        writer
            .write_custom("BODIES", time, &vec![index as u8; index + 1])
            .unwrap();
    }
    writer.finish().unwrap();
    let they = judge.open(&scratch.0).unwrap();
    for (index, capture) in captures(&sensor, 30).iter().enumerate() {
        let expected = (
            capture.device_timestamp_usec().unwrap(),
            vec![index as u8; index + 1],
        );
        assert_eq!(they.next_data_block("BODIES").unwrap(), Some(expected));
    }
    assert!(they.next_data_block("BODIES").unwrap().is_none());
}

#[test]
fn the_body_track_does_not_disturb_the_vendors_reader() {
    let Some(judge) = judge() else { return };
    let scratch = Scratch::new("bodies");
    let settings = RecordingSettings {
        sensor: SensorInfo {
            color_format: Some(ColorFormat::Mjpg),
            has_imu: true,
            ..Default::default()
        },
        bodies: true,
        ..RecordingSettings::default()
    };
    let sensor = settings.sensor.clone();
    let mut writer = RecordingWriter::create(&scratch.0, settings).unwrap();
    let with_people = |mut capture: Capture| {
        capture.ground_truth = capture.depth.as_ref().map(|depth| {
            Arc::new(BodyFrame {
                device_timestamp_usec: depth.device_timestamp_usec,
                ..BodyFrame::default()
            })
        });
        capture
    };
    let written: Vec<_> = captures(&sensor, 30).into_iter().map(with_people).collect();
    for (index, capture) in written.iter().enumerate() {
        writer.write_capture(capture).unwrap();
        for sample in samples(&sensor, index as u64) {
            writer.write_imu_sample(&sample).unwrap();
        }
    }
    writer.finish().unwrap();
    let they = judge.open(&scratch.0).unwrap();
    assert!(they.has_track("BODY") && !they.track_is_builtin("BODY"));
    assert_eq!(they.codec_id("BODY").unwrap(), "S_KINECT_AZURE/BODY");
    for capture in &written {
        let time = capture.depth.as_ref().unwrap().device_timestamp_usec;
        assert_eq!(
            they.next_data_block("BODY").unwrap(),
            Some((time, vec![0, 0]))
        );
        let expected = ours(Some(capture.clone()));
        assert!(theirs(they.next_capture().unwrap()) == expected);
    }
    drop(they);
    compare_everything(judge, &scratch.0, &mut Random(5));
}
