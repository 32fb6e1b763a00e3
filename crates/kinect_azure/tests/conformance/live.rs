//! Reads live recordings with `libk4arecord`: complete ones, and those that a full disk ended.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use k4a_judge::judge;
use kinect_azure::image::Pixels;
use kinect_azure::recording::{LiveRecorder, LiveSettings, LiveState, RecordingSettings};
use kinect_azure::{
    Capture, CaptureSource, ColorResolution, DepthMode, Image, ImageFormat, NextCapture, SensorInfo,
};
use kinect_simulation::{SimulatedSensor, SimulationSettings};

use crate::data::Random;
use crate::disk::TestDisk;
use crate::mkv;
use crate::recording::{Seen, compare_everything, our_sample, ours, their_sample, theirs};
use crate::scratch::Scratch;

#[test]
fn what_was_recorded_live_reads_back_the_same() {
    let Some(judge) = judge() else { return };
    let scratch = Scratch::new("live");
    let mut sensor = SimulatedSensor::new(&SimulationSettings::default())
        .unwrap()
        .as_fast_as_possible();
    let recorder = LiveRecorder::start(LiveSettings {
        tags: vec![("EXHIBIT".to_owned(), "Sea".to_owned())],
        overwrite: true,
        ..LiveSettings::new(&scratch.0)
    });
    recorder.source_opened(RecordingSettings::of(&sensor));
    let (mut captures, mut samples) = (Vec::new(), Vec::new());
    while captures.len() < 45 {
        let next = sensor.next_capture(Duration::from_secs(9)).unwrap();
        if let NextCapture::Capture(capture) = next {
            recorder.push_capture(&capture);
            captures.push(capture);
        }
        while let Some(sample) = sensor.next_imu_sample().unwrap() {
            recorder.push_imu_sample(&sample);
            samples.push(sample);
        }
    }
    let state = recorder.finish();
    assert!(
        matches!(state, LiveState::Finished { captures: 45, .. }),
        "{state:?}"
    );

    let they = judge.open(&scratch.0).unwrap();
    assert_eq!(they.tag("EXHIBIT").unwrap(), "Sea");
    let mut calibration = they.raw_calibration().unwrap();
    calibration.pop_if(|last| *last == 0);
    assert!(calibration == sensor.raw_calibration().json());
    for capture in captures {
        let expected: Option<Seen> = ours(Some(capture));
        assert!(theirs(they.next_capture().unwrap()) == expected);
    }
    assert!(they.next_capture().unwrap().is_none());
    assert!(samples.len() > 2000);
    for sample in samples {
        let seen = their_sample(they.next_imu_sample().unwrap());
        assert_eq!(seen, our_sample(Some(sample)));
    }
    assert!(they.next_imu_sample().unwrap().is_none());
    drop(they);
    compare_everything(judge, &scratch.0, &mut Random(5));
}

#[test]
fn what_a_full_disk_left_reads_back_up_to_its_last_full_cluster() {
    let Some(judge) = judge() else { return };
    let settings = RecordingSettings {
        sensor: SensorInfo {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            ..SensorInfo::default()
        },
        ..RecordingSettings::default()
    };
    let image = |format: ImageFormat, time: u64| {
        let mut image = Image::empty(format);
        (image.width, image.height) = mkv::NFOV_2X2;
        image.stride = format.packed_stride(image.width);
        image.pixels = Pixels::U16(vec![(time >> 5) as u16; 320 * 288]);
        image.device_timestamp_usec = time;
        Some(Arc::new(image))
    };
    let capture = |index: u64| Capture {
        depth: image(ImageFormat::Depth16, index * 33_333),
        ir: image(ImageFormat::Ir16, index * 33_333),
        ..Capture::default()
    };
    // The disk is full within captures, within small elements, and before the index.
    let size = 2 * 320 * 288 * 2;
    let capacities = (0..12)
        .map(|step| 10 * size + step * (size / 11 + 3))
        .chain((0..60).map(|step| 70 * size + 800 + 40 * step));
    let mut least = u64::MAX;
    for capacity in capacities {
        let scratch = Scratch::new("live-full");
        let (disk, faults) = TestDisk::new();
        faults.capacity.store(capacity, Ordering::Relaxed);
        let recorder = LiveRecorder::start_on(disk, LiveSettings::new(&scratch.0));
        recorder.source_opened(settings.clone());
        for index in 0..100 {
            recorder.push_capture(&capture(index));
        }
        let state = recorder.finish();
        assert!(matches!(state, LiveState::Failed { .. }), "{state:?}");

        let they = judge.open(&scratch.0).unwrap();
        let mut count = 0;
        while let Some(seen) = they.next_capture().unwrap() {
            assert!(theirs(Some(seen)) == ours(Some(capture(count))), "{count}");
            count += 1;
        }
        // The file has all captures that fitted, or up to a second less, which makes room for the index.
        let fitted = capacity / size;
        assert!(
            count + 1 >= fitted || capacity > 70 * size && count + 33 >= fitted,
            "{count} of {fitted}"
        );
        least = least.min(fitted - count.min(fitted));
        drop(they);
        compare_everything(judge, &scratch.0, &mut Random(capacity));
    }
    assert_eq!(least, 0);
}
