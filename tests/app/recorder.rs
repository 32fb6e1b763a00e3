//! Tests of recorders: all captures of a sensor are written, even if the app skips some, and the app never waits.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::recording::{Recording, wait_for_recorders};
use bevy_kinect_azure::kinect_azure::{
    Calibration, CaptureSource, ColorFormat, DepthMode, ImageFormat, ImuSample, NextCapture,
    SensorInfo, SourceError, SourceErrorKind,
};
use bevy_kinect_azure::kinect_simulation::{Noise, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use k4a_judge::allocations_so_far;

use crate::support::*;

/// A folder that is deleted when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = folder.join(format!("recorder-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A test pattern with inertial samples that counts the delivered captures and samples.
struct Counted {
    pattern: TestSource,
    delivered: Arc<Delivered>,
    last: u64,
}

#[derive(Default)]
struct Delivered {
    captures: AtomicU64,
    samples: AtomicU64,
    /// Allocations of the capture thread outside of the source, once the stream was steady.
    allocations: AtomicU64,
}

impl Delivered {
    fn captures(&self) -> u64 {
        self.captures.load(Ordering::Relaxed)
    }

    fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }
}

/// A sensor with the test pattern, and the numbers of delivered captures and samples.
fn counted_sensor(limit: u64) -> (KinectSensor, Arc<Delivered>) {
    let delivered = Arc::new(Delivered::default());
    let counts = Arc::clone(&delivered);
    let sensor = KinectSensor::new(SensorSource::custom(move || {
        Ok(Counted {
            pattern: TestSource::new(limit, Duration::from_millis(5)).with_imu(),
            delivered: Arc::clone(&counts),
            last: u64::MAX,
        })
    }));
    (sensor, delivered)
}

impl CaptureSource for Counted {
    fn info(&self) -> &SensorInfo {
        self.pattern.info()
    }
    fn calibration(&self) -> Option<&Calibration> {
        self.pattern.calibration()
    }
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        let now = allocations_so_far();
        if self.delivered.captures() > 60 {
            self.delivered
                .allocations
                .fetch_add(now.saturating_sub(self.last), Ordering::Relaxed);
        }
        let next = self.pattern.next_capture(timeout)?;
        if matches!(next, NextCapture::Capture(_)) {
            self.delivered.captures.fetch_add(1, Ordering::Relaxed);
            self.last = allocations_so_far();
        } else {
            self.last = u64::MAX;
        }
        Ok(next)
    }
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        let sample = self.pattern.next_imu_sample()?;
        if sample.is_some() {
            self.delivered.samples.fetch_add(1, Ordering::Relaxed);
        }
        Ok(sample)
    }
}

fn state(world: &World, sensor: Entity) -> &RecorderState {
    world.get::<RecorderState>(sensor).unwrap()
}

fn captures(world: &World, sensor: Entity) -> u64 {
    world.get::<RecorderProgress>(sensor).unwrap().captures
}

fn switch(app: &mut App, sensor: Entity, active: bool) {
    app.world_mut().get_mut::<Recorder>(sensor).unwrap().active = active;
}

/// The numbers of captures and samples in a file, after it is finished.
fn count(path: &Path) -> (u64, u64) {
    let end = Instant::now() + Duration::from_secs(20);
    let recording = loop {
        match Recording::open(path) {
            Ok(recording) if !recording.info().unfinished => break recording,
            other => assert!(Instant::now() < end, "{}: {other:?}", path.display()),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let counts = recording.count(|_| ()).unwrap();
    (counts.captures, counts.imu_samples)
}

#[test]
fn every_capture_is_recorded_although_the_app_takes_few() {
    let folder = Folder::new("every");
    let path = folder.file("a.mkv");
    let (kinect, delivered) = counted_sensor(150);
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn((
            kinect,
            Recorder {
                tags: vec![("EXHIBIT".to_owned(), "Sea".to_owned())],
                ..Recorder::new(&path)
            },
        ))
        .id();
    // One update in the time of some ten captures.
    let end = Instant::now() + Duration::from_secs(30);
    while app.world().get::<SensorState>(sensor) != Some(&SensorState::Ended) {
        assert!(Instant::now() < end, "no end");
        update(&mut app);
        std::thread::sleep(Duration::from_millis(60));
    }
    let dropped = app
        .world()
        .get::<SensorDiagnostics>(sensor)
        .unwrap()
        .dropped_frames;
    assert!(dropped > 50, "{dropped}");
    // At the end of the source the file is finished, and the recorder waits.
    update_until(&mut app, "waiting", |world| {
        captures(world, sensor) == 150 && state(world, sensor) == &RecorderState::Waiting
    });
    switch(&mut app, sensor, false);
    update_until(&mut app, "finishing", |world| {
        matches!(
            state(world, sensor),
            RecorderState::Finished {
                captures: 150,
                reason: None,
                ..
            }
        )
    });
    assert_eq!(count(&path), (delivered.captures(), delivered.samples()));
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.tag("EXHIBIT"), Some("Sea"));
    let allocated = delivered.allocations.load(Ordering::Relaxed);
    println!("{dropped} of 150 frames dropped by the app; {allocated} allocations in 90 frames");
    // The queue's own memory grows to its size, and no further.
    assert!(allocated < 10, "{allocated}");
}

#[test]
fn it_is_switched_on_and_off_and_its_states_are_told() {
    let folder = Folder::new("switched");
    #[derive(Resource, Default)]
    struct Told(Vec<&'static str>);
    let mut app = headless_app();
    app.init_resource::<Told>().add_systems(
        Update,
        |mut told: ResMut<Told>, mut changes: MessageReader<RecorderStateChanged>| {
            told.0.extend(changes.read().map(|change| change.to.name()));
        },
    );
    #[derive(Resource, Default)]
    struct Observed(Vec<&'static str>);
    app.init_resource::<Observed>();
    // Without a sensor the recorder waits.
    let recorder = Recorder::new(folder.file("a-{number}.mkv"));
    let sensor = app
        .world_mut()
        .spawn(recorder)
        .observe(
            |change: On<RecorderStateChanged>, mut observed: ResMut<Observed>| {
                observed.0.push(change.to.name());
            },
        )
        .id();
    for _ in 0..5 {
        update(&mut app);
    }
    assert_eq!(state(app.world(), sensor), &RecorderState::Waiting);
    let (kinect, _) = counted_sensor(u64::MAX);
    app.world_mut().entity_mut(sensor).insert(kinect);
    let mut runs = Vec::new();
    for run in 0..2 {
        update_until(&mut app, "captures", |world| captures(world, sensor) > 20);
        assert_eq!(state(app.world(), sensor), &RecorderState::Recording);
        let progress = app.world().get::<RecorderProgress>(sensor).unwrap();
        assert_eq!(
            progress.path,
            Some(folder.file(&format!("a-00{}.mkv", run + 1)))
        );
        switch(&mut app, sensor, false);
        update_until(&mut app, "finishing", |world| {
            state(world, sensor).has_ended()
        });
        let RecorderState::Finished { captures, .. } = *state(app.world(), sensor) else {
            panic!("{:?}", state(app.world(), sensor));
        };
        runs.push(captures);
        switch(&mut app, sensor, true);
        update_until(&mut app, "starting", |world| {
            !state(world, sensor).has_ended()
        });
    }
    // Another path starts another recording.
    update_until(&mut app, "captures", |world| captures(world, sensor) > 5);
    app.world_mut().get_mut::<Recorder>(sensor).unwrap().path = folder.file("b.mkv");
    update_until(&mut app, "the other file", |world| {
        let progress = world.get::<RecorderProgress>(sensor).unwrap();
        progress.path == Some(folder.file("b.mkv")) && progress.captures > 5
    });
    // The entity is still a sensor, but no longer a recorder.
    app.world_mut().entity_mut(sensor).remove::<Recorder>();
    assert_eq!(state(app.world(), sensor), &RecorderState::Idle);
    update(&mut app);
    for (index, expected) in runs.iter().enumerate() {
        let path = folder.file(&format!("a-00{}.mkv", index + 1));
        assert_eq!(count(&path).0, *expected);
    }
    assert!(count(&folder.file("a-003.mkv")).0 > 5);
    assert!(count(&folder.file("b.mkv")).0 > 5);
    let told = &app.world().resource::<Told>().0;
    assert_eq!(
        told[..5],
        ["waiting", "recording", "finishing", "finished", "waiting"],
        "{told:?}"
    );
    assert_eq!(told.last(), Some(&"idle"));
    assert_eq!(&app.world().resource::<Observed>().0, told);
    assert!(
        app.world()
            .get::<SensorState>(sensor)
            .unwrap()
            .is_streaming()
    );
}

/// The durations of some updates, sorted.
fn update_times(app: &mut App, count: usize) -> Vec<Duration> {
    let mut times: Vec<_> = (0..count)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(2));
            let began = Instant::now();
            app.update();
            began.elapsed()
        })
        .collect();
    times.sort();
    times
}

#[test]
fn a_sensor_despawned_while_it_is_recorded_leaves_a_whole_file_and_updates_take_no_longer() {
    let folder = Folder::new("despawned");
    let mut app = headless_app();
    let (kinect, _) = counted_sensor(u64::MAX);
    let sensor = app.world_mut().spawn(kinect).id();
    update_until(&mut app, "streaming", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    let without = update_times(&mut app, 300);
    let path = folder.file("a.mkv");
    app.world_mut()
        .entity_mut(sensor)
        .insert(Recorder::new(&path));
    let with = update_times(&mut app, 300);
    let before = captures(app.world(), sensor);
    assert!(before > 20, "{before}");
    let began = Instant::now();
    app.world_mut().despawn(sensor);
    app.update();
    let leaving = began.elapsed();
    assert!(count(&path).0 >= before);
    for (what, times) in [("without", &without), ("with", &with)] {
        println!(
            "{what} a recorder, of 300 updates: median {:?}, 95 % {:?}, longest {:?}",
            times[150], times[285], times[299]
        );
    }
    println!("despawning it: {leaving:?}");
    // The longest durations depend on how busy the machine is. A wait for a disk would also show in the median.
    assert!(with[150] < without[150] * 3 + Duration::from_millis(1));
    assert!(leaving < Duration::from_millis(500), "{leaving:?}");
}

/// A named pipe without a reader: creating the file does not return.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_hangs_holds_up_neither_the_app_nor_the_sensor() {
    let folder = Folder::new("hangs");
    let path = folder.file("a.mkv");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let mut app = headless_app();
    let (kinect, delivered) = counted_sensor(u64::MAX);
    let recorder = Recorder {
        overwrite: true,
        memory_limit: 32 << 20,
        ..Recorder::new(&path)
    };
    let sensor = app.world_mut().spawn((kinect, recorder)).id();
    update_until(&mut app, "falling behind", |world| {
        state(world, sensor) == &RecorderState::FallingBehind
    });
    let before = delivered.captures();
    let times = update_times(&mut app, 200);
    let progress = app.world().get::<RecorderProgress>(sensor).unwrap();
    println!(
        "of 200 updates: median {:?}, longest {:?}; {} captures left out, {} KiB wait",
        times[100],
        times[199],
        progress.dropped_captures,
        progress.queued_bytes >> 10
    );
    assert!(delivered.captures() > before + 20);
    assert!(progress.dropped_captures > 20);
    // Inertial samples may take a little more.
    assert!(progress.queued_bytes < 33 << 20);
    switch(&mut app, sensor, false);
    update(&mut app);
    update(&mut app);
    assert_eq!(state(app.world(), sensor), &RecorderState::Finishing);
    app.world_mut().despawn(sensor);
    app.update();
    assert!(!wait_for_recorders(Duration::from_millis(50)));
    // The disk is back; a pipe cannot be finished, but the recorder's thread can end.
    std::io::copy(
        &mut std::fs::File::open(&path).unwrap(),
        &mut std::io::sink(),
    )
    .unwrap();
    // Recorders of other tests are counted, too.
    assert!(wait_for_recorders(Duration::from_secs(60)));
}

#[test]
fn an_app_that_ends_has_its_files_finished() {
    let folder = Folder::new("ends");
    let path = folder.file("a.mkv");
    let mut app = headless_app();
    let (kinect, _) = counted_sensor(u64::MAX);
    let sensor = app.world_mut().spawn((kinect, Recorder::new(&path))).id();
    update_until(&mut app, "captures", |world| captures(world, sensor) > 20);
    app.world_mut().write_message(AppExit::Success);
    app.update();
    assert_eq!(app.should_exit(), Some(AppExit::Success));
    let began = Instant::now();
    drop(app);
    assert!(
        began.elapsed() < Duration::from_millis(100),
        "{:?}",
        began.elapsed()
    );
    assert!(count(&path).0 > 20);
    // The file is finished even if the recorder was not stopped.
    let path = folder.file("b.mkv");
    let mut app = headless_app();
    let (kinect, _) = counted_sensor(u64::MAX);
    let sensor = app.world_mut().spawn((kinect, Recorder::new(&path))).id();
    update_until(&mut app, "captures", |world| captures(world, sensor) > 20);
    drop(app);
    assert!(count(&path).0 > 20);
}

#[test]
fn a_simulated_sensor_is_recorded_with_its_calibration_and_plays_as_a_sensor() {
    let folder = Folder::new("simulated");
    let path = folder.file("a.mkv");
    let mut app = headless_app();
    let settings = |depth_mode| {
        KinectSensor::new(SensorSource::Simulation(SimulationSettings {
            depth_mode,
            people: 0,
            noise: Noise::none(),
            ..default()
        }))
    };
    let sensor = app
        .world_mut()
        .spawn((settings(DepthMode::Nfov2x2Binned), Recorder::new(&path)))
        .id();
    update_until(&mut app, "captures", |world| captures(world, sensor) > 15);
    // Other modes end the recording, with a reason.
    *app.world_mut().get_mut::<KinectSensor>(sensor).unwrap() = settings(DepthMode::Wfov2x2Binned);
    update_until(&mut app, "the end", |world| {
        matches!(state(world, sensor), RecorderState::Finished { .. })
    });
    let reason = state(app.world(), sensor).problem().unwrap().to_owned();
    assert!(reason.contains("WFOV_2X2BINNED"), "{reason}");
    let (captures, samples) = count(&path);
    assert!(captures > 15 && samples > 400, "{captures} {samples}");
    // The settings have no colour format, so the recorder chooses JPEG, which is a tenth as large as BGRA.
    let format = Recording::open(&path).unwrap().info().sensor.color_format;
    assert_eq!(format, Some(ColorFormat::Mjpg));
    // The recording that plays must not be replaced, even if overwriting is allowed.
    let recorder = Recorder {
        overwrite: true,
        ..Recorder::new(&path)
    };
    let player = app
        .world_mut()
        .spawn((KinectSensor::recording(&path), recorder))
        .id();
    update_until(&mut app, "playing", |world| {
        world
            .get::<SensorStream>(player)
            .is_some_and(|stream| stream.calibration.is_some())
            && world.get::<SensorFrame>(player).unwrap().0.is_some()
    });
    update_until(&mut app, "refusing", |world| {
        matches!(state(world, player), RecorderState::Failed { .. })
    });
    assert_eq!(count(&path), (captures, samples));
}

#[test]
fn a_recorder_that_is_switched_on_later_records_jpegs_of_a_simulated_sensor() {
    let folder = Folder::new("later");
    let (path, second) = (folder.file("a.mkv"), folder.file("b.mkv"));
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn(KinectSensor::new(SensorSource::Simulation(
            SimulationSettings {
                depth_mode: DepthMode::Nfov2x2Binned,
                people: 0,
                noise: Noise::none(),
                ..default()
            },
        )))
        .id();
    let shows = |format: ColorFormat| {
        move |world: &mut World| {
            let frame = &world.get::<SensorFrame>(sensor).unwrap().0;
            let color = frame.as_ref().and_then(|f| f.capture.color.as_ref());
            color.is_some_and(|color| color.format == ImageFormat::Color(format))
        }
    };
    let stream_format =
        |world: &World| world.get::<SensorStream>(sensor).unwrap().info.color_format;
    update_until(&mut app, "BGRA images", shows(ColorFormat::Bgra32));
    assert_eq!(stream_format(app.world()), Some(ColorFormat::Bgra32));

    app.world_mut()
        .entity_mut(sensor)
        .insert(Recorder::new(&path));
    update_until(&mut app, "captures", |world| captures(world, sensor) > 10);
    update_until(&mut app, "JPEGs", shows(ColorFormat::Mjpg));
    assert_eq!(stream_format(app.world()), Some(ColorFormat::Mjpg));
    switch(&mut app, sensor, false);
    update_until(&mut app, "the end", |world| {
        matches!(state(world, sensor), RecorderState::Finished { .. })
    });
    // The other way round, and once more: the sensor was never opened again.
    update_until(&mut app, "BGRA images", shows(ColorFormat::Bgra32));
    app.world_mut().get_mut::<Recorder>(sensor).unwrap().path = second.clone();
    switch(&mut app, sensor, true);
    update_until(&mut app, "captures", |world| {
        world
            .get::<RecorderProgress>(sensor)
            .unwrap()
            .path
            .as_deref()
            == Some(&*second)
            && captures(world, sensor) > 10
    });
    let progress = app.world().get::<RecorderProgress>(sensor).unwrap();
    assert_eq!(progress.dropped_captures, 0);
    assert_eq!(
        app.world().get::<SensorState>(sensor),
        Some(&SensorState::Streaming)
    );
    app.world_mut().entity_mut(sensor).remove::<Recorder>();
    update_until(&mut app, "BGRA images", shows(ColorFormat::Bgra32));
    wait_for_recorders(Duration::from_secs(20));
    for path in [&path, &second] {
        let format = Recording::open(path).unwrap().info().sensor.color_format;
        assert_eq!(format, Some(ColorFormat::Mjpg));
        assert!(count(path).0 > 10);
    }
}

#[test]
fn a_sensor_that_is_lost_goes_on_in_another_file() {
    let folder = Folder::new("lost");
    let mut app = headless_app();
    let source = SensorSource::custom(|| Ok(Losing(TestSource::new(40, Duration::from_millis(2)))));
    let sensor = app
        .world_mut()
        .spawn((
            KinectSensor::new(source),
            Recorder::new(folder.file("a.mkv")),
        ))
        .id();
    update_until(&mut app, "waiting for it", |world| {
        captures(world, sensor) == 40 && state(world, sensor) == &RecorderState::Waiting
    });
    assert_eq!(count(&folder.file("a.mkv")).0, 40);
    update_until(&mut app, "the second loss", |world| {
        captures(world, sensor) == 80 && state(world, sensor) == &RecorderState::Waiting
    });
    assert_eq!(count(&folder.file("a-2.mkv")).0, 40);
}

/// A source whose end is a loss.
struct Losing(TestSource);

impl CaptureSource for Losing {
    fn info(&self) -> &SensorInfo {
        self.0.info()
    }
    fn calibration(&self) -> Option<&Calibration> {
        self.0.calibration()
    }
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError> {
        match self.0.next_capture(timeout)? {
            NextCapture::End => Err(SourceError::new(
                SourceErrorKind::Lost,
                "the cable was pulled",
            )),
            next => Ok(next),
        }
    }
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }
}

#[test]
fn what_cannot_be_recorded_is_a_failed_state_until_it_is_switched_off_and_on() {
    let folder = Folder::new("cannot");
    let mut app = headless_app();
    let (kinect, _) = counted_sensor(u64::MAX);
    let recorder = Recorder::new(folder.file("no/such/folder/a.mkv"));
    let sensor = app.world_mut().spawn((kinect, recorder)).id();
    update_until(&mut app, "failing", |world| {
        matches!(state(world, sensor), RecorderState::Failed { .. })
    });
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(
        problem.contains("a.mkv") && problem.contains("create it"),
        "{problem}"
    );
    // The sensor is not affected.
    update_until(&mut app, "streaming", |world| {
        world.get::<SensorState>(sensor).unwrap().is_streaming()
    });
    switch(&mut app, sensor, false);
    update(&mut app);
    let mut recorder = app.world_mut().get_mut::<Recorder>(sensor).unwrap();
    *recorder = Recorder::new(folder.file("a.mkv"));
    update_until(&mut app, "recording", |world| captures(world, sensor) > 3);
    app.world_mut().despawn(sensor);
    assert!(count(&folder.file("a.mkv")).0 > 3);
}

#[test]
fn megabytes_per_minute_are_an_average_of_what_is_recorded() {
    let after = |duration_usec, bytes| {
        let mut progress = RecorderProgress::default();
        progress.figures.duration_usec = duration_usec;
        progress.figures.bytes = bytes;
        progress.megabytes_per_minute()
    };
    assert_eq!(after(30_000_000, 120_000_000), Some(240.0));
    // The head of the file says nothing about a minute.
    assert_eq!(after(20_000, 1_000_000), None);
}

#[test]
fn the_bodies_of_a_tracker_go_into_the_body_track() {
    let folder = Folder::new("bodies");
    let file = folder.file("bodies.mkv");
    let mut app = headless_app();
    let (sensor, _) = counted_sensor(u64::MAX);
    let sensor = app
        .world_mut()
        .spawn((sensor, crate::bodies::two_people(), Recorder::new(&file)))
        .id();
    // The frames that the app took while it recorded, however few captures the tracker kept up with.
    let mut taken = std::collections::BTreeSet::new();
    update_until(&mut app, "20 body frames", |world| {
        let frame = world.get::<TrackedBodies>(sensor);
        if captures(world, sensor) > 0
            && let Some(frame) = frame.and_then(|bodies| bodies.frame.as_ref())
        {
            taken.insert(frame.device_timestamp_usec);
        }
        taken.len() > 20
    });
    app.world_mut().get_mut::<Recorder>(sensor).unwrap().active = false;
    update_until(&mut app, "the end of the recording", |world| {
        world.get::<RecorderState>(sensor).unwrap().has_ended()
    });
    let mut recording = Recording::open(&file).unwrap();
    assert!(recording.has_bodies());
    let mut frames = 0;
    while let Some(capture) = recording.next_capture().unwrap() {
        let Some(bodies) = capture.ground_truth else {
            continue;
        };
        let depth = capture.depth.unwrap().device_timestamp_usec;
        assert!(bodies.device_timestamp_usec.abs_diff(depth) < 1500);
        let ids: Vec<_> = bodies.bodies.iter().map(|body| body.id).collect();
        assert_eq!(ids, [1, 2], "the tracker's own");
        let expected = crate::bodies::standing(1, -600.0, 2500.0);
        assert_eq!(bodies.bodies[0], expected);
        frames += 1;
    }
    println!("{frames} body frames, {} taken", taken.len());
    assert!(frames >= taken.len());
}

#[test]
fn bodies_are_left_out_where_they_are_not_wanted() {
    let folder = Folder::new("no-bodies");
    let file = folder.file("no-bodies.mkv");
    let mut app = headless_app();
    let (sensor, _) = counted_sensor(u64::MAX);
    let recorder = Recorder {
        bodies: false,
        ..Recorder::new(&file)
    };
    let sensor = app
        .world_mut()
        .spawn((sensor, crate::bodies::two_people(), recorder))
        .id();
    update_until(&mut app, "captures and bodies", |world| {
        let bodies = world.get::<TrackedBodies>(sensor);
        captures(world, sensor) > 10 && bodies.is_some_and(|bodies| bodies.frame.is_some())
    });
    app.world_mut().get_mut::<Recorder>(sensor).unwrap().active = false;
    update_until(&mut app, "the end of the recording", |world| {
        world.get::<RecorderState>(sensor).unwrap().has_ended()
    });
    let recording = Recording::open(&file).unwrap();
    assert!(!recording.has_bodies());
    assert!(count(&file).0 > 10);
}
