//! Images that wait for the skeletons found in them, and body index maps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::body::{DelayedFrame, DelayedFrameDemand, FRAME_HISTORY};
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ColorFormat, ColorResolution, DepthMode, ImageFormat,
    ImagePool, ImuSample, NextCapture, SensorInfo, SourceError, image::Pixels,
};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

const SIZE: u32 = 16;

/// Captures whose bytes all encode the number of the capture; the test allows their delivery.
struct Numbered {
    info: SensorInfo,
    color: ImagePool,
    depth: ImagePool,
    allowed: Arc<AtomicU64>,
    captures: u64,
}

fn time_of(number: u64) -> u64 {
    number * 33_333
}

impl CaptureSource for Numbered {
    fn info(&self) -> &SensorInfo {
        &self.info
    }

    fn calibration(&self) -> Option<&Calibration> {
        None
    }

    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        if self.captures >= self.allowed.load(Ordering::Acquire) {
            std::thread::sleep(timeout.min(Duration::from_millis(1)));
            return Ok(NextCapture::Timeout);
        }
        self.captures += 1;
        let number = self.captures;
        let color = self.color.fill(|image| {
            (image.width, image.height) = (SIZE, SIZE);
            image.stride = image.format.packed_stride(SIZE);
            image.device_timestamp_usec = time_of(number);
            if let Pixels::Bytes(bytes) = &mut image.pixels {
                bytes.clear();
                bytes.resize((SIZE * SIZE * 4) as usize, number as u8);
            }
            Ok::<(), SourceError>(())
        })?;
        let depth = self.depth.fill(|image| {
            (image.width, image.height) = (SIZE, SIZE);
            image.stride = image.format.packed_stride(SIZE);
            image.device_timestamp_usec = time_of(number);
            if let Pixels::U16(pixels) = &mut image.pixels {
                pixels.clear();
                pixels.resize((SIZE * SIZE) as usize, number as u16);
            }
            Ok::<(), SourceError>(())
        })?;
        Ok(NextCapture::Capture(Capture {
            color: Some(color),
            depth: Some(depth),
            ir: None,
            temperature_celsius: None,
            ground_truth: None,
        }))
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}

fn numbered(allowed: &Arc<AtomicU64>) -> KinectSensor {
    let allowed = Arc::clone(allowed);
    KinectSensor::new(SensorSource::custom(move || {
        Ok(Numbered {
            info: SensorInfo {
                name: "numbered".into(),
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::R720p,
                color_format: Some(ColorFormat::Bgra32),
                ..default()
            },
            color: ImagePool::new(ImageFormat::Color(ColorFormat::Bgra32)),
            depth: ImagePool::new(ImageFormat::Depth16),
            allowed: Arc::clone(&allowed),
            captures: 0,
        })
    }))
}

/// Lets the source deliver its captures up to `number`, one an update, so that none is replaced by a newer one.
fn deliver(app: &mut App, sensor: Entity, allowed: &AtomicU64, number: u64) {
    while allowed.load(Ordering::Acquire) < number {
        let next = allowed.fetch_add(1, Ordering::AcqRel) + 1;
        update_until(app, "a capture", |world| {
            let frame = world.get::<SensorFrame>(sensor).unwrap().0.clone();
            frame.is_some_and(|frame| frame.sequence == next)
        });
    }
}

fn number_in(app: &mut App, output: Entity) -> u8 {
    for _ in 0..3 {
        update(app);
    }
    let image = app
        .world()
        .get::<OutputImage>(output)
        .unwrap()
        .image
        .clone();
    let bytes = read_image(app, image);
    assert!(
        bytes.iter().all(|&byte| byte == bytes[0]),
        "the picture is of one capture"
    );
    bytes[0]
}

#[test]
fn images_wait_for_the_skeletons_found_in_them() {
    let mut app = rendering_app();
    let allowed = Arc::new(AtomicU64::new(0));
    let sensor = app.world_mut().spawn(numbered(&allowed)).id();
    let output = |app: &mut App, timing| {
        let output = ImageOutput {
            timing,
            ..ImageOutput::new(ImageKind::Color)
        };
        app.world_mut().spawn((output, ImageOutputOf(sensor))).id()
    };
    let live = output(&mut app, ImageTiming::Live);
    let delayed = output(&mut app, ImageTiming::Bodies);
    deliver(&mut app, sensor, &allowed, 6);
    assert_eq!(number_in(&mut app, live), 6);
    assert_eq!(number_in(&mut app, delayed), 0, "no skeletons yet");

    let found = |app: &mut App, number| {
        *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(time_of(number));
    };
    found(&mut app, 3);
    assert_eq!(number_in(&mut app, delayed), 3);
    assert_eq!(number_in(&mut app, live), 6, "beside it, the newest");
    deliver(&mut app, sensor, &allowed, 8);
    assert_eq!(number_in(&mut app, delayed), 3, "until the next skeletons");
    found(&mut app, 7);
    assert_eq!(number_in(&mut app, delayed), 7);

    // If a tracker is too slow, its frame is no longer held; the oldest held frame is available.
    deliver(&mut app, sensor, &allowed, 30);
    found(&mut app, 9);
    assert_eq!(number_in(&mut app, delayed), 7, "the ninth is gone");
    found(&mut app, 31 - FRAME_HISTORY as u64);
    assert_eq!(
        u64::from(number_in(&mut app, delayed)),
        31 - FRAME_HISTORY as u64
    );

    // Without outputs that wait, no frame is held.
    app.world_mut().despawn(delayed);
    update(&mut app);
    update(&mut app);
    assert!(app.world().get::<DelayedFrame>(sensor).is_none());
}

#[test]
fn frames_of_a_source_that_began_anew_are_not_mixed_with_older_ones() {
    let mut app = rendering_app();
    let allowed = Arc::new(AtomicU64::new(0));
    let sensor = app.world_mut().spawn(numbered(&allowed)).id();
    app.world_mut().spawn((
        ImageOutput {
            timing: ImageTiming::Bodies,
            ..ImageOutput::new(ImageKind::Color)
        },
        ImageOutputOf(sensor),
    ));
    deliver(&mut app, sensor, &allowed, 9);
    *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(time_of(9));
    update(&mut app);
    let shown = |app: &App| {
        let frame = &app.world().get::<DelayedFrame>(sensor).unwrap().0;
        frame
            .as_ref()
            .map(|frame| frame.capture.depth.as_ref().unwrap().device_timestamp_usec)
    };
    assert_eq!(shown(&app), Some(time_of(9)));

    // The sensor gets another source, whose clock begins anew.
    allowed.store(0, Ordering::Release);
    *app.world_mut().get_mut::<KinectSensor>(sensor).unwrap() = numbered(&allowed);
    update(&mut app);
    update(&mut app);
    assert_eq!(
        shown(&app),
        None,
        "the former source's is not the new one's"
    );
    deliver(&mut app, sensor, &allowed, 2);
    assert_eq!(
        app.world().get::<BodyTime>(sensor),
        Some(&BodyTime::default())
    );
    *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(time_of(1));
    update(&mut app);
    assert_eq!(shown(&app), Some(time_of(1)));
}

#[test]
fn an_app_asks_for_the_delayed_frame_as_outputs_do() {
    let mut app = headless_app();
    app.add_systems(
        PreUpdate,
        (|mut sensors: Query<&mut DelayedFrameDemand, With<Asks>>| {
            for mut demand in &mut sensors {
                demand.is_wanted = true;
            }
        })
        .in_set(KinectSystems::Bodies),
    );
    #[derive(Component)]
    struct Asks;
    let allowed = Arc::new(AtomicU64::new(0));
    let sensor = app.world_mut().spawn((numbered(&allowed), Asks)).id();
    deliver(&mut app, sensor, &allowed, 5);
    *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(time_of(4));
    update(&mut app);
    let delayed = app.world().get::<DelayedFrame>(sensor).unwrap().0.clone();
    assert_eq!(delayed.map(|frame| frame.sequence), Some(4));

    app.world_mut().entity_mut(sensor).remove::<Asks>();
    update(&mut app);
    assert!(app.world().get::<DelayedFrame>(sensor).is_none());
}

#[test]
fn a_body_index_map_must_have_a_byte_for_each_pixel() {
    let error = BodyIndexImage::new(320, 288, 0, vec![255; 100]).unwrap_err();
    assert!(error.to_string().contains("92160"), "{error}");
    assert!(error.to_string().contains("100"), "{error}");
    let map = BodyIndexImage::new(2, 1, 5, vec![0, BodyIndexImage::BACKGROUND]).unwrap();
    assert_eq!(
        (map.width(), map.height(), map.device_timestamp_usec()),
        (2, 1, 5)
    );
    assert_eq!(map.pixels(), [0, 255]);
}

#[test]
fn the_simulated_sensor_fills_the_body_index_map_and_names_its_time() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::simulated()).id();
    update_until(&mut app, "a body index map", |world| {
        world.get::<BodyIndexMap>(sensor).unwrap().0.is_some()
    });
    let frame = frame_of(app.world(), sensor);
    let truth = frame.capture.ground_truth.clone().unwrap();
    let map = app
        .world()
        .get::<BodyIndexMap>(sensor)
        .unwrap()
        .0
        .clone()
        .unwrap();
    assert_eq!(map.pixels(), truth.index_map.as_ref().unwrap().pixels());
    assert_eq!(
        *app.world().get::<BodyTime>(sensor).unwrap(),
        BodyTime::at(truth.device_timestamp_usec)
    );

    // Another source has no bodies yet.
    let allowed = Arc::new(AtomicU64::new(2));
    *app.world_mut().get_mut::<KinectSensor>(sensor).unwrap() = numbered(&allowed);
    update_until(&mut app, "the other source", |world| {
        let frame = world.get::<SensorFrame>(sensor).unwrap().0.clone();
        frame.is_some_and(|frame| frame.capture.ground_truth.is_none())
    });
    update(&mut app);
    assert!(app.world().get::<BodyIndexMap>(sensor).unwrap().0.is_none());
}
