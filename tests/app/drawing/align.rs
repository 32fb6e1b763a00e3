//! Aligned images on the GPU are those of the CPU, in every pair of modes.

use std::time::Duration;

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy_kinect_azure::kinect_azure::calibration::{Sensor, XyTable};
use bevy_kinect_azure::kinect_azure::recording::RecordingSource;
use bevy_kinect_azure::kinect_azure::transform::{
    Interpolation, Occlusion, Transformation, point_cloud_f32,
};
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ColorFormat, ColorResolution, DepthMode, FrameRate,
    ImuSample, NextCapture, SensorInfo, SourceError,
};
use bevy_kinect_azure::kinect_simulation::{SimulatedSensor, SimulationSettings};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// A source with one capture.
#[derive(Clone)]
struct Still {
    info: SensorInfo,
    calibration: Calibration,
    capture: Option<Capture>,
}

impl Still {
    fn of(source: &mut dyn CaptureSource) -> Self {
        let capture = loop {
            match source.next_capture(Duration::from_secs(10)).unwrap() {
                NextCapture::Capture(capture)
                    if capture.color.is_some() && capture.depth.is_some() =>
                {
                    break capture;
                }
                NextCapture::End => panic!("no whole capture"),
                _ => {}
            }
        };
        Self {
            info: source.info().clone(),
            calibration: source.calibration().unwrap().clone(),
            capture: Some(capture),
        }
    }

    fn simulated(depth_mode: DepthMode, color_resolution: ColorResolution) -> Self {
        let settings = SimulationSettings {
            depth_mode,
            color_resolution,
            color_format: Some(ColorFormat::Bgra32),
            frame_rate: FrameRate::Fps5,
            people: 2,
            seed: 11,
            ..default()
        };
        Self::of(
            &mut SimulatedSensor::new(&settings)
                .unwrap()
                .as_fast_as_possible(),
        )
    }

    fn sensor(&self) -> KinectSensor {
        let still = self.clone();
        KinectSensor::new(SensorSource::custom(move || Ok(still.clone())))
    }
}

impl CaptureSource for Still {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        Some(&self.calibration)
    }

    fn next_capture(&mut self, _: Duration) -> Result<NextCapture, SourceError> {
        Ok(self
            .capture
            .take()
            .map_or(NextCapture::End, NextCapture::Capture))
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}

/// The aligned images of a sensor that were read back.
struct Read {
    bytes: Vec<u8>,
    format: TextureFormat,
}

impl Read {
    /// Whole numbers of a single channel: `scale` for 1.
    fn values(&self, scale: f32) -> Vec<i64> {
        match self.format {
            TextureFormat::R8Unorm => self.bytes.iter().map(|&b| i64::from(b)).collect(),
            TextureFormat::R16Unorm => self
                .bytes
                .chunks_exact(2)
                .map(|b| i64::from(u16::from_le_bytes([b[0], b[1]])))
                .collect(),
            TextureFormat::R32Float => bytemuck::pod_collect_to_vec::<u8, f32>(&self.bytes)
                .into_iter()
                .map(|v| (v * scale).round() as i64)
                .collect(),
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// How two images of whole numbers differ: pixels that only one has, pixels that differ, and the largest difference of those
/// that both have.
#[derive(Debug, Default)]
struct Difference {
    valid: usize,
    masks: usize,
    unequal: usize,
    off_by_more: usize,
    largest: i64,
}

fn compare(
    found: impl IntoIterator<Item = i64>,
    expected: impl IntoIterator<Item = i64>,
    nothing: i64,
) -> Difference {
    let mut difference = Difference::default();
    for (found, expected) in found.into_iter().zip(expected) {
        difference.valid += usize::from(expected != nothing);
        if (found == nothing) != (expected == nothing) {
            difference.masks += 1;
        } else if found != expected {
            difference.unequal += 1;
            difference.off_by_more += usize::from(found.abs_diff(expected) > 1);
            difference.largest = difference.largest.max((found - expected).abs());
        }
    }
    difference
}

/// The allowed differences between the images of GPU and CPU. GPUs may multiply and add with one rounding. If the last
/// bit decides, a pixel may be wrong by a millimetre or, at an edge, belong to the other side. Mesa's software driver
/// rounds twice, as the CPU does, so no pixel may differ.
struct Tolerance {
    is_exact: bool,
}

impl Tolerance {
    fn of(app: &App) -> Self {
        Self {
            is_exact: rounds_like_the_cpu(app),
        }
    }

    /// Whether at most one in `in_many` pixels is bad, or none if the images must be equal.
    fn allows(&self, bad: usize, all: usize, in_many: usize) -> bool {
        if self.is_exact {
            bad == 0
        } else {
            bad * in_many <= all
        }
    }
}

/// The CPU's and the GPU's images of one capture are the same.
fn check(still: &Still, name: &str) {
    let mut app = rendering_app();
    let tolerance = Tolerance::of(&app);
    let sensor = app.world_mut().spawn(still.sensor()).id();
    let mut output =
        |output: ImageOutput| app.world_mut().spawn((output, ImageOutputOf(sensor))).id();
    let depth_output = output(ImageOutput::new(ImageKind::Depth).aligned());
    let ir_output = output(ImageOutput::new(ImageKind::Infrared).aligned());
    let players_output = output(ImageOutput::new(ImageKind::PlayerIndex).aligned());
    let points_output = output(ImageOutput::new(ImageKind::PointCloud).aligned());
    let color_output = output(ImageOutput {
        hidden: HiddenColor::Bleed,
        ..ImageOutput::new(ImageKind::Color).aligned()
    });
    let visible_output = output(ImageOutput::new(ImageKind::Color).aligned());
    update_until(&mut app, "a frame", |world| {
        world
            .get::<SensorFrame>(sensor)
            .is_some_and(|f| f.0.is_some())
    });
    // The rays of the colour camera are computed on another thread.
    let rays_end = std::time::Instant::now() + Duration::from_secs(3);
    while std::time::Instant::now() < rays_end {
        update(&mut app);
        std::thread::sleep(Duration::from_millis(20));
    }
    let frame = frame_of(app.world(), sensor);
    let mut read = |output: Entity| {
        let image = app.world().get::<OutputImage>(output).unwrap();
        let (handle, format) = (image.image.clone(), image.format().unwrap());
        Read {
            bytes: read_image(&mut app, handle),
            format,
        }
    };

    let depth = frame.capture.depth.as_ref().unwrap().u16_pixels();
    let ir = frame.capture.ir.as_ref().unwrap().u16_pixels();
    let mut transformation = Transformation::new(&still.calibration).unwrap();
    let [width, height] = transformation.color_size();
    let mut aligned_depth = vec![0; width * height];
    let mut aligned_ir = vec![0; width * height];
    transformation
        .depth_to_color_with(
            depth,
            ir,
            &mut aligned_depth,
            &mut aligned_ir,
            Interpolation::Linear,
            0,
        )
        .unwrap();
    let found = read(depth_output);
    let d = compare(
        found.values(1000.0),
        aligned_depth.iter().map(|&d| i64::from(d)),
        0,
    );
    println!("{name}: depth {d:?}");
    assert!(d.valid > width * height / 10, "{name}: {d:?}");
    for (bad, in_many) in [
        (d.masks, 20_000),
        (d.unequal, 1_000),
        (d.off_by_more, 20_000),
    ] {
        assert!(
            tolerance.allows(bad, d.valid, in_many),
            "{name}: depth {d:?}"
        );
    }

    let d = compare(
        read(ir_output).values(65535.0),
        aligned_ir.iter().map(|&v| i64::from(v)),
        0,
    );
    println!("{name}: infrared {d:?}");
    for (bad, in_many) in [(d.unequal, 100), (d.off_by_more, 10_000)] {
        assert!(
            tolerance.allows(bad, d.valid, in_many),
            "{name}: infrared {d:?}"
        );
    }

    if let Some(map) = frame
        .capture
        .ground_truth
        .as_ref()
        .and_then(|truth| truth.index_map.as_ref())
    {
        let mut aligned_players = vec![0_u8; width * height];
        transformation
            .depth_to_color_with(
                depth,
                map.pixels(),
                &mut aligned_depth,
                &mut aligned_players,
                Interpolation::Nearest,
                255,
            )
            .unwrap();
        let expected = aligned_players
            .iter()
            .map(|&p| if p == 255 { 0 } else { (i64::from(p) + 1) * 25 });
        let d = compare(read(players_output).values(255.0), expected, 0);
        println!("{name}: players {d:?}");
        assert!(d.valid > 1000, "{name}: players {d:?}");
        assert!(
            tolerance.allows(d.masks + d.unequal, d.valid.max(20_000), 10_000),
            "{name}: players {d:?}"
        );
    }

    let color: &[[u8; 4]] = bytemuck::cast_slice(frame.color_bgra());
    for (output, occlusion) in [
        (color_output, Occlusion::Ignore),
        (visible_output, Occlusion::Hide),
    ] {
        let mut expected = vec![[0; 4]; depth.len()];
        transformation
            .color_to_depth(depth, color, &mut expected, occlusion)
            .unwrap();
        let found = read(output);
        assert_eq!(found.format, TextureFormat::Bgra8UnormSrgb);
        let (mut seen, mut masks, mut wrong) = (0, 0, 0);
        for (found, expected) in found.bytes.chunks_exact(4).zip(&expected) {
            seen += usize::from(*expected != [0; 4]);
            if (found == [0; 4]) != (*expected == [0; 4]) {
                masks += 1;
            } else if found.iter().zip(expected).any(|(a, b)| a.abs_diff(*b) > 1) {
                wrong += 1;
            }
        }
        println!(
            "{name}: colour {occlusion:?}: {seen} seen, {masks} masks, {wrong} off by more than 1"
        );
        // The colour camera sees a small part of what the wide modes do.
        assert!(seen > depth.len() / 20, "{name}: {seen}");
        assert!(
            tolerance.allows(masks, seen, 10_000),
            "{name}: colour {occlusion:?}: {masks} of {seen}"
        );
        assert!(
            tolerance.allows(wrong, seen, 5_000),
            "{name}: colour {occlusion:?}: {wrong} of {seen}"
        );
    }

    // Points of the aligned depth, in the sensor's space like all points.
    let table = XyTable::new(still.calibration.color_camera.as_ref().unwrap());
    let mut expected = vec![[0.0; 3]; width * height];
    point_cloud_f32(&table, &aligned_depth, &mut expected).unwrap();
    let to_depth = still
        .calibration
        .extrinsics(Sensor::Color, Sensor::Depth)
        .unwrap();
    let points = read(points_output);
    assert_eq!(points.format, TextureFormat::Rgba32Float);
    let (mut worst, mut masks) = (0.0_f32, 0);
    for (found, expected) in bytemuck::pod_collect_to_vec::<u8, [f32; 4]>(&points.bytes)
        .iter()
        .zip(&expected)
    {
        if (found[3] == 0.0) != (expected[2] == 0.0) {
            masks += 1;
            continue;
        }
        if expected[2] == 0.0 {
            continue;
        }
        // The point is converted from metres and Bevy's axes to the camera's axes, transformed to the other camera, and
        // converted back.
        let [x, y, z] = to_depth
            .transform_point([
                expected[0] * 1000.0,
                -expected[1] * 1000.0,
                -expected[2] * 1000.0,
            ])
            .map(|mm| mm / 1000.0);
        let far = [found[0] - x, found[1] + y, found[2] + z];
        let distance = far.iter().fold(0.0_f32, |most, d| most.max(d.abs()));
        worst = worst.max(distance / (1.0 + table_reach(expected)));
    }
    println!("{name}: points off by {worst} m, {masks} masks");
    assert!(
        tolerance.allows(masks, d_valid(&aligned_depth), 20_000),
        "{name}: {masks}"
    );
    let most = if tolerance.is_exact { 1e-5 } else { 0.0011 };
    assert!(worst < most, "{name}: points off by {worst} m");
}

/// The lateral distance of a point for each metre of depth: by this factor an error of depth moves the point sideways.
fn table_reach([x, y, z]: &[f32; 3]) -> f32 {
    (x / z).abs().max((y / z).abs())
}

fn d_valid(depth: &[u16]) -> usize {
    depth.iter().filter(|&&d| d != 0).count()
}

#[test]
fn aligned_images_are_those_of_the_cpu() {
    // Every depth mode and every colour resolution once; `every_pair_of_modes…` has all.
    for (depth, color) in [
        (DepthMode::NfovUnbinned, ColorResolution::R720p),
        (DepthMode::Nfov2x2Binned, ColorResolution::R1536p),
        (DepthMode::Wfov2x2Binned, ColorResolution::R1080p),
        (DepthMode::WfovUnbinned, ColorResolution::R1440p),
    ] {
        check(
            &Still::simulated(depth, color),
            &format!("{depth:?} {color:?}"),
        );
    }
}

#[test]
#[ignore = "minutes on a software driver"]
fn aligned_images_are_those_of_the_cpu_in_every_pair_of_modes() {
    for depth in [
        DepthMode::NfovUnbinned,
        DepthMode::Nfov2x2Binned,
        DepthMode::Wfov2x2Binned,
        DepthMode::WfovUnbinned,
    ] {
        for color in ColorResolution::ALL {
            if color != ColorResolution::Off {
                check(
                    &Still::simulated(depth, color),
                    &format!("{depth:?} {color:?}"),
                );
            }
        }
    }
}

#[test]
fn aligned_images_of_a_real_recording_are_those_of_the_cpu() {
    let Some(path) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let mut source = RecordingSource::open(&path).unwrap();
    check(&Still::of(&mut source), "mug");
}
