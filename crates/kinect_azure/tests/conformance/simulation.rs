//! Recordings of the simulated sensor, read by `libk4arecord` and measured by `libk4a`.

use std::time::Duration;

use k4a_judge::judge;
use kinect_azure::calibration::RawCalibration;
use kinect_azure::recording::{RecordingSettings, RecordingWriter};
use kinect_azure::{
    CaptureSource, ColorFormat, ColorResolution, DepthMode, FrameRate, NextCapture,
};
use kinect_simulation::{SimulatedSensor, SimulationSettings};

use crate::data::{self, RealCalibration};
use crate::point_cloud::{difference, our_cloud, vendor_cloud};
use crate::recording::{Seen, our_sample, ours, their_sample, theirs};
use crate::scratch::Scratch;

const CAPTURES: usize = 3;

#[test]
fn recordings_of_every_depth_mode_and_colour_format_read_back_the_same() {
    let Some(judge) = judge() else { return };
    let formats = [
        ColorFormat::Mjpg,
        ColorFormat::Nv12,
        ColorFormat::Yuy2,
        ColorFormat::Bgra32,
        ColorFormat::Mjpg,
    ];
    for (depth_mode, color_format) in DepthMode::ALL.into_iter().zip(formats) {
        let what = format!("{depth_mode} {color_format}");
        let settings = SimulationSettings {
            depth_mode,
            color_format: Some(color_format),
            people: 1,
            frame_rate: FrameRate::Fps15,
            ..SimulationSettings::default()
        };
        let mut sensor = SimulatedSensor::new(&settings)
            .unwrap()
            .as_fast_as_possible();
        let json = sensor.raw_calibration().json().to_vec();
        let scratch = Scratch::new(&format!("simulated {what}"));
        let mut writer = RecordingWriter::create(
            &scratch.0,
            RecordingSettings {
                sensor: sensor.info().clone(),
                calibration_json: Some(json.clone()),
                ..RecordingSettings::default()
            },
        )
        .unwrap();
        let mut captures = Vec::new();
        let mut samples = Vec::new();
        while captures.len() < CAPTURES {
            let NextCapture::Capture(capture) =
                sensor.next_capture(Duration::from_secs(9)).unwrap()
            else {
                panic!("{what}: no capture");
            };
            writer.write_capture(&capture).unwrap();
            captures.push(capture);
            while let Some(sample) = sensor.next_imu_sample().unwrap() {
                writer.write_imu_sample(&sample).unwrap();
                samples.push(sample);
            }
        }
        writer.finish().unwrap();

        let they = judge.open(&scratch.0).unwrap();
        let mut expected = json.clone();
        if expected.last() != Some(&0) {
            expected.push(0);
        }
        assert!(they.raw_calibration().unwrap() == expected, "{what}");
        let mut depths = Vec::new();
        for capture in captures {
            if let Some(depth) = &capture.depth {
                depths.push(depth.u16_pixels().to_vec());
            }
            let expected: Option<Seen> = ours(Some(capture));
            let seen = theirs(they.next_capture().unwrap());
            assert!(seen == expected, "{what}: a capture differs");
        }
        assert!(they.next_capture().unwrap().is_none(), "{what}");
        assert!(samples.len() > 100, "{what}: {} samples", samples.len());
        for sample in samples {
            let seen = their_sample(they.next_imu_sample().unwrap());
            assert_eq!(seen, our_sample(Some(sample)), "{what}");
        }
        assert!(they.next_imu_sample().unwrap().is_none(), "{what}");

        // The vendor's library takes the calibration from the file and computes the same points.
        let Some(depth) = depths.pop() else { continue };
        let real = RealCalibration {
            name: what.clone(),
            raw: RawCalibration::parse(&json).unwrap(),
            json,
        };
        let camera = sensor.calibration().unwrap().depth_camera.unwrap();
        let (differ, worst) = difference(
            &our_cloud(&camera, &depth),
            &vendor_cloud(judge, &real, depth_mode, ColorResolution::Off, &depth),
        );
        assert!(worst <= 1, "{what}: {worst} mm");
        // The vendor's rays are accurate to some 1e-6, so a few points are rounded differently.
        assert!(
            differ * 10_000 <= depth.len() * 4,
            "{what}: {differ} points differ"
        );
    }
}

#[test]
fn the_vendors_library_understands_the_built_in_calibration() {
    let Some(judge) = judge() else { return };
    let settings = SimulationSettings {
        people: 0,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..SimulationSettings::default()
    };
    let sensor = SimulatedSensor::new(&settings).unwrap();
    let raw = sensor.raw_calibration().clone();
    let real = RealCalibration {
        name: "built in".into(),
        json: raw.json().to_vec(),
        raw,
    };
    for (depth, color) in data::mode_pairs() {
        // Panics if the vendor's library refuses the calibration.
        let _ = data::vendor_calibration(judge, &real, depth, color);
    }
}
