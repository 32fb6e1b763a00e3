//! Tests of the life of sensors: each outcome is a state, and no thread or resource is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::DeviceSettings;
use bevy_kinect_azure::kinect_azure::{
    Calibration, Capture, CaptureSource, ImuSample, NextCapture, SensorInfo, SourceError,
    SourceErrorKind,
};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::sensor::SourceChanged;
use k4a_judge::allocations_so_far;

use crate::support::*;

fn state(world: &World, sensor: Entity) -> &SensorState {
    world.get::<SensorState>(sensor).unwrap()
}

/// The number of capture threads of this process whose names begin with `name`.
#[cfg(target_os = "linux")]
fn threads(name: &str) -> usize {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
        .filter(|comm| comm.starts_with(name))
        .count()
}

#[test]
fn a_sensor_without_a_source_is_disabled() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::default()).id();
    update(&mut app);
    assert_eq!(state(app.world(), sensor), &SensorState::Disabled);
}

#[test]
fn a_wrong_path_is_a_failed_state_that_names_it() {
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn(KinectSensor::recording("no/such/file.mkv"))
        .id();
    update_until(&mut app, "failing", |world| {
        matches!(state(world, sensor), SensorState::Failed { .. })
    });
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(problem.contains("file.mkv"), "{problem}");
    let kind = state(app.world(), sensor).error_kind();
    assert_eq!(kind, Some(SourceErrorKind::FileMissing));
    // With another source the sensor works again.
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .source = test_sensor().source;
    update_until(&mut app, "streaming", |world| {
        state(world, sensor).is_streaming()
    });
}

#[test]
fn a_source_that_ends_is_ended_and_its_states_were_told_in_order() {
    let mut app = headless_app();
    #[derive(Resource, Default)]
    struct Told(Vec<&'static str>);
    #[derive(Resource, Default)]
    struct Observed(Vec<&'static str>);
    app.init_resource::<Told>()
        .init_resource::<Observed>()
        .add_systems(
            Update,
            |mut told: ResMut<Told>, mut changes: MessageReader<SensorStateChanged>| {
                told.0.extend(changes.read().map(|change| change.to.name()));
            },
        );
    let source = SensorSource::custom(|| Ok(TestSource::new(3, Duration::from_millis(1))));
    let sensor = app
        .world_mut()
        .spawn(KinectSensor::new(source))
        .observe(
            |change: On<SensorStateChanged>, mut observed: ResMut<Observed>| {
                observed.0.push(change.to.name());
            },
        )
        .id();
    update_until(&mut app, "the end", |world| {
        state(world, sensor) == &SensorState::Ended
    });
    update(&mut app);
    assert_eq!(
        app.world().resource::<Told>().0,
        ["opening", "streaming", "ended"]
    );
    assert_eq!(
        app.world().resource::<Observed>().0,
        app.world().resource::<Told>().0,
        "observers of the entity are told the same"
    );
    let frame = frame_of(app.world(), sensor);
    assert_eq!(frame.sequence, 3, "the last frame stays");

    // The end of the sensor is reported at once, at least to global observers.
    #[derive(Resource, Default)]
    struct Left(Vec<(Entity, &'static str)>);
    app.init_resource::<Left>().add_observer(
        |change: On<SensorStateChanged>, mut left: ResMut<Left>| {
            left.0.push((change.sensor, change.to.name()));
        },
    );
    app.world_mut().despawn(sensor);
    assert_eq!(app.world().resource::<Left>().0, [(sensor, "disabled")]);
}

#[test]
fn a_change_of_the_source_is_told_and_what_the_former_one_left_is_dropped() {
    #[derive(Resource, Default)]
    struct Changes(Vec<Entity>);
    let mut app = headless_app();
    app.init_resource::<Changes>().add_observer(
        |changed: On<SourceChanged>, mut changes: ResMut<Changes>| changes.0.push(changed.sensor),
    );
    let with_imu =
        SensorSource::custom(|| Ok(TestSource::new(u64::MAX, Duration::from_millis(2)).with_imu()));
    let sensor = app.world_mut().spawn(KinectSensor::new(with_imu)).id();
    update_until(&mut app, "inertial samples", |world| {
        world.get::<Imu>(sensor).unwrap().samples > 0
    });
    assert_eq!(app.world().resource::<Changes>().0, [sensor], "its first");
    *app.world_mut().get_mut::<BodyTime>(sensor).unwrap() = BodyTime::at(5);

    // A sensor that is switched off and on has the same source, so its results stay.
    let switch = |app: &mut App, active| {
        app.world_mut()
            .get_mut::<KinectSensor>(sensor)
            .unwrap()
            .active = active;
        update(app);
    };
    switch(&mut app, false);
    switch(&mut app, true);
    let world = app.world();
    assert_eq!(world.resource::<Changes>().0.len(), 1);
    assert!(world.get::<SensorFrame>(sensor).unwrap().latest().is_some());
    assert_eq!(world.get::<BodyTime>(sensor), Some(&BodyTime::at(5)));

    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .source = SensorSource::None;
    update(&mut app);
    let world = app.world();
    assert_eq!(world.resource::<Changes>().0, [sensor, sensor]);
    assert!(world.get::<SensorFrame>(sensor).unwrap().latest().is_none());
    assert_eq!(world.get::<Imu>(sensor), Some(&Imu::default()));
    assert_eq!(world.get::<BodyTime>(sensor), Some(&BodyTime::default()));
}

#[test]
#[cfg(target_os = "linux")]
fn observers_may_despawn_the_sensor_or_take_it_off_its_entity() {
    let folder = std::env::temp_dir().join(format!("kinect-observed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Thread names are cut to 15 characters.
    let (name, file) = ("kinect observed", folder.join("observed.mkv"));
    for state in ["opening", "failed"] {
        let mut app = headless_app();
        let spawn = |app: &mut App| {
            let sensor = KinectSensor::recording(&file);
            app.world_mut().spawn((sensor, Recorder::default())).id()
        };
        let despawned = spawn(&mut app);
        let stripped = spawn(&mut app);
        app.add_observer(
            move |change: On<SensorStateChanged>, mut commands: Commands| {
                if change.to.name() != state {
                    return;
                }
                let mut entity = commands.entity(change.sensor);
                if change.sensor == despawned {
                    entity.try_despawn();
                } else {
                    entity.try_remove::<KinectSensor>();
                }
            },
        );
        update_until(&mut app, state, |world| {
            world.get_entity(despawned).is_err() && world.get::<KinectSensor>(stripped).is_none()
        });
        update_until(&mut app, "the end of all threads", |_| threads(name) == 0);
    }
    // The same is true if they react to the source.
    let mut app = headless_app();
    app.add_observer(|changed: On<SourceChanged>, mut commands: Commands| {
        commands.entity(changed.sensor).try_remove::<KinectSensor>();
    });
    let sensor = app.world_mut().spawn(KinectSensor::recording(&file)).id();
    update(&mut app);
    assert!(app.world().get::<KinectSensor>(sensor).is_none());
    update_until(&mut app, "the end of all threads", |_| threads(name) == 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_sensor_is_made_of_whatever_says_where_its_captures_come_from() {
    let path = std::path::Path::new("some.mkv");
    assert_eq!(KinectSensor::from(path), KinectSensor::recording(path));
    assert_eq!(
        KinectSensor::new(path.to_owned()),
        KinectSensor::recording(path)
    );
    assert_eq!(
        KinectSensor::from(DeviceSettings::default()),
        KinectSensor::device()
    );
    assert_eq!(
        KinectSensor::from(SimulationSettings::default()),
        KinectSensor::simulated()
    );
}

#[test]
fn the_newest_frames_images_are_at_hand() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    let frame = app.world().get::<SensorFrame>(sensor).unwrap();
    assert!(frame.latest().is_none() && frame.depth().is_none());
    update_until(&mut app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().latest().is_some()
    });
    let frame = app.world().get::<SensorFrame>(sensor).unwrap();
    let size = |image: Option<&Arc<bevy_kinect_azure::kinect_azure::Image>>| {
        image.map(|image| (image.width, image.height))
    };
    assert_eq!(size(frame.color()), Some((1280, 720)));
    assert_eq!(size(frame.depth()), Some((320, 288)));
    assert_eq!(size(frame.ir()), Some((320, 288)));
}

#[test]
fn a_lost_source_is_opened_again_until_it_is_back() {
    let mut app = headless_app();
    let opened = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&opened);
    let source = SensorSource::custom(move || match counter.fetch_add(1, Ordering::Relaxed) {
        0 => Ok(Fragile(
            TestSource::new(u64::MAX, Duration::from_millis(1)),
            5,
        )),
        1 => Err(SourceError::new(SourceErrorKind::Other, "still away")),
        _ => Ok(Fragile(
            TestSource::new(u64::MAX, Duration::from_millis(1)),
            u32::MAX,
        )),
    });
    let sensor = app.world_mut().spawn(KinectSensor::new(source)).id();
    update_until(&mut app, "the loss", |world| {
        matches!(state(world, sensor), SensorState::Retrying { .. })
    });
    update_until(&mut app, "the return", |world| {
        state(world, sensor) == &SensorState::Streaming
    });
    assert_eq!(opened.load(Ordering::Relaxed), 3);
    update_until(&mut app, "the first capture since", |world| {
        world.get::<SensorDiagnostics>(sensor).unwrap().reconnects == 1
    });
}

/// A source that is lost after some captures.
struct Fragile(TestSource, u32);

impl bevy_kinect_azure::kinect_azure::CaptureSource for Fragile {
    fn info(&self) -> &bevy_kinect_azure::kinect_azure::SensorInfo {
        self.0.info()
    }
    fn calibration(&self) -> Option<&bevy_kinect_azure::kinect_azure::Calibration> {
        self.0.calibration()
    }
    fn next_capture(
        &mut self,
        timeout: Duration,
    ) -> Result<bevy_kinect_azure::kinect_azure::NextCapture, SourceError> {
        self.1 = self
            .1
            .checked_sub(1)
            .ok_or_else(|| SourceError::new(SourceErrorKind::Lost, "the cable was pulled"))?;
        self.0.next_capture(timeout)
    }
    fn next_imu_sample(
        &mut self,
    ) -> Result<Option<bevy_kinect_azure::kinect_azure::ImuSample>, SourceError> {
        Ok(None)
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_entity_that_is_no_sensor_any_more_has_no_thread() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    update_until(&mut app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    app.world_mut().entity_mut(sensor).remove::<KinectSensor>();
    let sequence = |world: &World| {
        let frame = &world.get::<SensorFrame>(sensor).unwrap().0;
        frame.as_ref().unwrap().sequence
    };
    update(&mut app);
    let last = sequence(app.world());
    for _ in 0..20 {
        update(&mut app);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(sequence(app.world()), last);
    assert!(app.world().get::<SensorStream>(sensor).is_none());
    assert_eq!(state(app.world(), sensor), &SensorState::Disabled);
}

#[test]
fn the_newest_frame_wins_and_the_others_are_counted() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    update_until(&mut app, "streaming", |world| {
        state(world, sensor).is_streaming()
    });
    let before = app
        .world()
        .get::<SensorDiagnostics>(sensor)
        .unwrap()
        .clone();
    // The app stands still for a while: some 30 captures pass by.
    std::thread::sleep(Duration::from_millis(400));
    update(&mut app);
    update(&mut app);
    let after = app.world().get::<SensorDiagnostics>(sensor).unwrap();
    let passed = after.image_frame - before.image_frame;
    let dropped = after.dropped_frames - before.dropped_frames;
    assert!(
        passed > 10 && dropped > 8,
        "{passed} frames, {dropped} dropped"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn despawned_sensors_leave_no_thread_behind() {
    let mut app = headless_app();
    let name = "kinect leaving";
    let folder = std::env::temp_dir().join(format!("kinect-leaving-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Thread names are cut to 15 characters.
    let file = folder.join("leaving.mkv");
    for _ in 0..20 {
        let sensor = app.world_mut().spawn(KinectSensor::recording(&file)).id();
        update(&mut app);
        let before = std::time::Instant::now();
        app.world_mut().despawn(sensor);
        assert!(
            before.elapsed() < Duration::from_millis(20),
            "despawning waits for nobody"
        );
    }
    update_until(&mut app, "the end of all threads", |_| threads(name) == 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_deleted_recording_is_lost_and_comes_back_with_the_file() {
    let Some(sample) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let path = std::env::temp_dir().join(format!("kinect-deleted-{}.mkv", std::process::id()));
    std::fs::copy(&sample, &path).unwrap();
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::recording(&path)).id();
    update_until(&mut app, "streaming", |world| {
        state(world, sensor).is_streaming()
    });
    std::fs::remove_file(&path).unwrap();
    update_until(&mut app, "the loss", |world| {
        matches!(state(world, sensor), SensorState::Retrying { .. })
    });
    let problem = state(app.world(), sensor).problem().unwrap().to_owned();
    assert!(
        problem.contains(&*path.file_name().unwrap().to_string_lossy()),
        "{problem}"
    );
    std::fs::copy(&sample, &path).unwrap();
    update_until(&mut app, "the return", |world| {
        state(world, sensor).is_streaming()
    });
    std::fs::remove_file(&path).unwrap();
}

fn step(app: &mut App, sensor: Entity, action: PlaybackAction) {
    app.world_mut()
        .write_message(PlaybackCommand { sensor, action });
    update(app);
}

#[test]
fn a_paused_recording_steps_and_seeks_and_shows_its_inertial_samples() {
    let Some(sample) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let mut app = headless_app();
    let paused = Playback {
        paused: true,
        ..default()
    };
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::recording(sample), paused))
        .id();
    update_until(&mut app, "opening", |world| {
        world.get::<SensorStream>(sensor).is_some()
    });
    for _ in 0..20 {
        update(&mut app);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(
        app.world().get::<SensorFrame>(sensor).unwrap().0.is_none(),
        "paused from the start"
    );
    step(&mut app, sensor, PlaybackAction::Step(1));
    update_until(&mut app, "the first capture", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    update_until(&mut app, "an inertial sample", |world| {
        world.get::<Imu>(sensor).unwrap().samples > 0
    });
    let imu = app.world().get::<Imu>(sensor).unwrap();
    // The accelerometer of this sensor measured that it looked up by 10.8 degrees.
    let up = imu.up.unwrap();
    assert!((up.z.asin().to_degrees() + 10.8).abs() < 0.3, "{up}");
    let position = app.world().get::<PlaybackPosition>(sensor).unwrap();
    assert_eq!(position.position, Duration::from_micros(463_945));
    let first = frame_of(app.world(), sensor);
    // The recording has no other capture.
    step(&mut app, sensor, PlaybackAction::Step(1));
    update_until(&mut app, "the end", |world| {
        state(world, sensor) == &SensorState::Ended
    });
    step(&mut app, sensor, PlaybackAction::Seek(Duration::ZERO));
    update_until(&mut app, "the capture again", |world| {
        let frame = frame_of(world, sensor);
        frame.sequence > first.sequence
    });
}

/// A source that delivers the images of its two cameras one after the other: depth and infrared, then colour.
struct Parts {
    whole: TestSource,
    color: Option<Capture>,
    delivered: u64,
    published: Arc<Published>,
    /// Allocations when the last capture was handed over.
    before: u64,
}

/// The progress of the thread of [`Parts`].
#[derive(Default)]
struct Published {
    /// Captures that are delivered and published.
    captures: AtomicU64,
    /// Allocations between source and app, for the captures after the twentieth.
    allocations: AtomicU64,
}

impl CaptureSource for Parts {
    fn info(&self) -> &SensorInfo {
        self.whole.info()
    }
    fn calibration(&self) -> Option<&Calibration> {
        self.whole.calibration()
    }
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        if self.delivered > 20 {
            let allocations = allocations_so_far().saturating_sub(self.before);
            self.published
                .allocations
                .fetch_add(allocations, Ordering::Relaxed);
        }
        self.before = u64::MAX;
        self.published
            .captures
            .store(self.delivered, Ordering::Relaxed);
        let next = match self.color.take() {
            Some(color) => NextCapture::Capture(color),
            None => self.whole.next_capture(timeout)?,
        };
        let NextCapture::Capture(mut capture) = next else {
            return Ok(next);
        };
        self.delivered += 1;
        if capture.depth.is_some() {
            self.color = Some(Capture {
                color: capture.color.take(),
                ..default()
            });
        }
        self.before = allocations_so_far();
        Ok(NextCapture::Capture(capture))
    }
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}

#[test]
fn an_image_of_one_camera_does_not_take_an_untaken_one_of_the_other_away() {
    let (allowed, published) = (Arc::<AtomicU64>::default(), Arc::<Published>::default());
    let (may, has) = (Arc::clone(&allowed), Arc::clone(&published));
    let source = SensorSource::custom(move || {
        Ok(Parts {
            whole: TestSource::new(u64::MAX, Duration::from_millis(1))
                .with_allowed(Arc::clone(&may)),
            color: None,
            delivered: 0,
            published: Arc::clone(&has),
            before: u64::MAX,
        })
    });
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::new(source)).id();
    update(&mut app);
    // The app stands still until so many whole captures have come in parts.
    let deliver = |app: &mut App, captures: u64| {
        allowed.store(captures, Ordering::Relaxed);
        let end = Instant::now() + Duration::from_secs(60);
        while published.captures.load(Ordering::Relaxed) < 2 * captures {
            assert!(Instant::now() < end, "no captures");
            std::thread::sleep(Duration::from_millis(1));
        }
        update(app);
        update(app);
        let diagnostics = app.world().get::<SensorDiagnostics>(sensor).unwrap();
        (frame_of(app.world(), sensor), diagnostics.dropped_frames)
    };
    let times = |frame: &Frame| {
        let images = frame.capture.images();
        let times = images.map(|image| image.device_timestamp_usec / 33_333);
        times.collect::<Vec<_>>()
    };
    let (frame, dropped) = deliver(&mut app, 1);
    assert_eq!((frame.sequence, times(&frame)), (2, vec![1, 1, 1]));
    assert_eq!(dropped, 0, "no image is lost");
    let (frame, dropped) = deliver(&mut app, 3);
    assert_eq!((frame.sequence, times(&frame)), (6, vec![3, 3, 3]));
    assert_eq!(frame.color_size, (1280, 720));
    assert_eq!(frame.color_bgra()[..4], test_color(0, 0));
    assert_ne!(frame.ir_range, (0, 1));
    // Depth and colour of the second capture.
    assert_eq!(dropped, 2);
    deliver(&mut app, 40);
    let allocations = published.allocations.load(Ordering::Relaxed);
    assert_eq!(allocations, 0, "on the way of 59 captures to the app");
}

#[test]
fn depth_and_points_are_at_hand_in_metres() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(test_sensor()).id();
    update_until(&mut app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().latest().is_some()
    });
    let newest = app.world().get::<SensorFrame>(sensor).unwrap();
    let stream = app.world().get::<SensorStream>(sensor).unwrap();
    let frame = newest.latest().unwrap();
    let (x, y) = (190, 100);
    let metres = newest.depth_metres(x, y).unwrap();
    assert!((metres - 1.0).abs() < 1e-6, "{metres}");
    // Right of and above the optical axis, by the pinhole's share and a little distortion.
    let point = stream.point(frame, x, y).unwrap();
    let camera = stream.calibration.as_ref().unwrap().depth_camera.unwrap();
    let lens = &camera.intrinsics;
    let pinhole = Vec3::new(
        (x as f32 - lens.cx) / lens.fx,
        (lens.cy - y as f32) / lens.fy,
        -1.0,
    );
    assert!(point.x > 0.0 && point.y > 0.0, "{point}");
    assert!(point.distance(pinhole) < 0.01, "{point} and {pinhole}");
    // Nothing was measured in the corners, and there are no pixels beside the image.
    for (x, y) in [(0, 0), (320, 100), (100, 288), (u32::MAX, u32::MAX)] {
        assert_eq!(newest.depth_metres(x, y), None);
        assert_eq!(stream.point(frame, x, y), None);
    }
}

#[test]
fn a_recording_with_nothing_to_play_has_failed_and_says_what_each_track_is() {
    let Some(path) = k4a_judge::real_data("reports/colour-h264.mkv") else {
        return;
    };
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
    update_until(&mut app, "failing", |world| {
        matches!(state(world, sensor), SensorState::Failed { .. })
    });
    let kind = state(app.world(), sensor).error_kind();
    assert_eq!(kind, Some(SourceErrorKind::NothingPlayable));
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(
        problem.contains("colour-h264.mkv") && problem.contains("V_MPEG4/ISO/AVC"),
        "{problem}"
    );
}

#[test]
fn the_warnings_of_a_recording_are_on_its_sensor_once_each() {
    let Some(path) = k4a_judge::real_data("reports/ffmpeg-copied-depth.mkv") else {
        return;
    };
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(KinectSensor::recording(path)).id();
    // The same is true after the recording has begun again.
    update_until(&mut app, "the second time", |world| {
        world.get::<PlaybackPosition>(sensor).unwrap().loops > 0
    });
    assert!(state(app.world(), sensor).is_streaming());
    let stream = app.world().get::<SensorStream>(sensor).unwrap();
    let depth = stream
        .warnings
        .iter()
        .filter(|text| text.contains("track DEPTH lost its format"));
    assert_eq!(depth.count(), 1, "{:?}", stream.warnings);
}
