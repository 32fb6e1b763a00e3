//! Tests of simulated sensors in apps: they run without a file, publish ground truth, and run in lockstep if the
//! component is there.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy_kinect_azure::ground_truth::joint_isometry;
use bevy_kinect_azure::kinect_azure::{
    Capture, CaptureSource, ColorFormat, ColorResolution, DepthMode, Joint,
};
use bevy_kinect_azure::kinect_simulation::{Scenario, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_azure::sensor::{CaptureListener, CaptureListeners};

use crate::support::*;

/// A small picture of two people who stand and wave.
fn small() -> SimulationSettings {
    SimulationSettings {
        scenario: "wave".parse::<Scenario>().unwrap(),
        people: 2,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..SimulationSettings::default()
    }
}

fn simulated(settings: SimulationSettings) -> KinectSensor {
    KinectSensor::new(SensorSource::Simulation(settings))
}

#[test]
fn a_simulated_sensor_shows_people_and_tells_where_they_are() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn(simulated(small())).id();
    update_until(&mut app, "ground truth", |world| {
        world.get::<GroundTruth>(sensor).is_some()
    });
    let truth = app.world().get::<GroundTruth>(sensor).unwrap();
    let frame = frame_of(app.world(), sensor);
    let depth = frame.capture.depth.as_ref().unwrap();
    assert_eq!((depth.width, depth.height), (320, 288));
    assert_eq!(truth.0.device_timestamp_usec, depth.device_timestamp_usec);
    assert_eq!(truth.bodies().len(), 2);
    for (index, body) in truth.bodies().iter().enumerate() {
        let chest = joint_isometry(body.joint(Joint::SpineChest)).translation;
        assert!((-4.0..-1.0).contains(&chest.z), "chest at {chest}");
        let by_id = truth.joint_isometry(body.id, Joint::SpineChest).unwrap();
        assert_eq!(by_id.translation, chest);
        let covered = truth
            .0
            .index_map
            .iter()
            .flat_map(|map| map.pixels())
            .filter(|&&i| usize::from(i) == index);
        assert!(covered.count() > 1000, "person {index} is hardly seen");
    }
    assert_eq!(truth.joint_isometry(u32::MAX, Joint::Head), None);
    // A sensor that is not simulated has no ground truth.
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .source = test_sensor().source;
    update_until(&mut app, "frames without truth", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
            && world.get::<GroundTruth>(sensor).is_none()
    });
}

#[test]
fn colour_of_the_simulation_arrives_whatever_its_format() {
    for format in [
        ColorFormat::Mjpg,
        ColorFormat::Nv12,
        ColorFormat::Yuy2,
        ColorFormat::Bgra32,
    ] {
        let mut app = headless_app();
        let settings = SimulationSettings {
            color_resolution: ColorResolution::R720p,
            color_format: Some(format),
            ..small()
        };
        let sensor = app.world_mut().spawn(simulated(settings)).id();
        update_until(&mut app, "a frame", |world| {
            world.get::<SensorFrame>(sensor).unwrap().0.is_some()
        });
        let frame = frame_of(app.world(), sensor);
        assert_eq!(frame.color_size, (1280, 720), "{format:?}");
        let mean = frame
            .color_bgra()
            .iter()
            .map(|&v| u64::from(v))
            .sum::<u64>()
            / frame.color_bgra().len() as u64;
        assert!((60..220).contains(&mean), "{format:?} has a mean of {mean}");
    }
}

/// Counts every capture.
#[derive(Default)]
struct Counting(AtomicU64);

impl CaptureListener for Counting {
    fn opened(&self, _: &dyn CaptureSource) {}
    fn closed(&self) {}
    fn capture(&self, _: &Capture) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Number of the newest capture and its depth image's time in µs.
fn newest(world: &World, sensor: Entity) -> (u64, u64) {
    let frame = frame_of(world, sensor);
    let depth = frame.capture.depth.as_ref().unwrap();
    (frame.sequence, depth.device_timestamp_usec)
}

#[test]
fn captures_that_nobody_takes_are_not_drawn() {
    let mut app = headless_app();
    let settings = SimulationSettings {
        people: 0,
        ..small()
    };
    let sensor = app.world_mut().spawn(simulated(settings)).id();
    update_until(&mut app, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    let (number, time) = newest(app.world(), sensor);
    std::thread::sleep(Duration::from_secs(1));
    // First the capture that was drawn before the app fell behind, then a current one.
    update(&mut app);
    update_until(&mut app, "a new frame", |world| {
        newest(world, sensor).1 > time + 800_000
    });
    let (later, _) = newest(app.world(), sensor);
    assert!(later - number <= 5, "{} were drawn", later - number);

    // A listener gets all captures while the app takes none.
    let count = Arc::new(Counting::default());
    let listeners = app.world().get::<CaptureListeners>(sensor).unwrap();
    let _listening = listeners.add("counting", Arc::clone(&count));
    let patience = Instant::now() + Duration::from_secs(60);
    while count.0.load(Ordering::Relaxed) < 20 {
        assert!(Instant::now() < patience, "the listener gets no captures");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// For each of forty updates of 1/60 s, the time of the newest depth image and a hash of its pixels.
fn run_in_lockstep() -> Vec<Option<(u64, u64)>> {
    let mut app = headless_app();
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_nanos(
        1_000_000_000 / 60,
    )));
    let sensor = app.world_mut().spawn((Lockstep, simulated(small()))).id();
    (0..40)
        .map(|_| {
            update(&mut app);
            let frame = app.world().get::<SensorFrame>(sensor).unwrap().0.clone()?;
            let depth = frame.capture.depth.as_ref()?;
            let mut hasher = DefaultHasher::new();
            depth.u16_pixels().hash(&mut hasher);
            Some((depth.device_timestamp_usec, hasher.finish()))
        })
        .collect()
}

#[test]
fn in_lockstep_every_run_sees_the_same_frames_at_the_same_updates() {
    let seen = run_in_lockstep();
    assert_eq!(seen, run_in_lockstep());
    let mut times: Vec<u64> = seen.iter().flatten().map(|(time, _)| *time).collect();
    times.dedup();
    // 40 updates of 1/60 s are 2/3 s: 20 captures at 30 a second, none skipped.
    assert!((19..=21).contains(&times.len()), "{} captures", times.len());
}

#[test]
fn a_simulation_that_cannot_be_says_why() {
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn(simulated(SimulationSettings {
            calibration: Some("no/such/calibration.json".into()),
            ..small()
        }))
        .id();
    update_until(&mut app, "failing", |world| {
        matches!(
            world.get::<SensorState>(sensor),
            Some(SensorState::Failed { .. })
        )
    });
    let state = app.world().get::<SensorState>(sensor).unwrap();
    assert!(state.problem().unwrap().contains("calibration.json"));
}

#[test]
fn a_despawned_sensor_in_lockstep_holds_nobody_up() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn((Lockstep, simulated(small()))).id();
    update(&mut app);
    app.world_mut().despawn(sensor);
    let start = std::time::Instant::now();
    update(&mut app);
    assert!(start.elapsed() < Duration::from_secs(1));
    // After it was switched off and on, the sensor runs in lockstep again.
    let sensor = app.world_mut().spawn((Lockstep, simulated(small()))).id();
    update(&mut app);
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = false;
    update(&mut app);
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = true;
    update(&mut app);
    assert!(app.world().get::<SensorFrame>(sensor).unwrap().0.is_some());
}

#[test]
fn a_playback_command_is_kept_until_the_sensor_runs() {
    let mut app = headless_app();
    let paused = Playback {
        paused: true,
        ..default()
    };
    let kinect = KinectSensor {
        active: false,
        ..simulated(small())
    };
    let sensor = app.world_mut().spawn((kinect, paused)).id();
    for _ in 0..2 {
        app.world_mut().write_message(PlaybackCommand {
            sensor,
            action: PlaybackAction::Step(1),
        });
        update(&mut app);
    }
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = true;
    update_until(&mut app, "the capture that was asked for", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    assert!(app.world().get::<Playback>(sensor).unwrap().paused);
}

#[test]
fn the_part_between_two_marks_plays_again_and_again_or_ends() {
    let mut app = headless_app();
    let (from, to) = (Duration::from_millis(400), Duration::from_millis(700));
    let playback = Playback {
        from,
        to: Some(to),
        ..default()
    };
    let sensor = app.world_mut().spawn((simulated(small()), playback)).id();
    // Times of the frames that were shown since the frame with that number.
    let position = |world: &World| *world.get::<PlaybackPosition>(sensor).unwrap();
    let shown = |world: &World| {
        let frame = world.get::<SensorFrame>(sensor)?.latest()?.clone();
        let image = frame.capture.depth.as_ref()?;
        Some(Duration::from_micros(image.device_timestamp_usec))
    };
    let mut times = Vec::new();
    update_until(&mut app, "the third time", |world| {
        times.extend(shown(world));
        position(world).loops >= 2
    });
    times.dedup();
    let earliest = times.iter().min().unwrap();
    let longest = times.iter().max().unwrap().saturating_sub(*earliest);
    assert!(times.len() > 4, "{times:?}");
    assert!(longest < to - from, "{times:?}");

    app.world_mut().get_mut::<Playback>(sensor).unwrap().looping = false;
    update_until(&mut app, "the end of the part", |world| {
        world.get::<SensorState>(sensor) == Some(&SensorState::Ended)
    });
    let ended = shown(app.world()).unwrap();
    assert!(ended.saturating_sub(*earliest) < to - from);
    // A paused simulation can be sought everywhere.
    app.world_mut().get_mut::<Playback>(sensor).unwrap().paused = true;
    app.world_mut().write_message(PlaybackCommand {
        sensor,
        action: PlaybackAction::Seek(Duration::from_secs(1)),
    });
    update_until(&mut app, "a place behind the part", |world| {
        position(world).position >= Duration::from_secs(1)
            && shown(world).is_some_and(|shown| shown > ended)
    });
    // Playing goes on in the part.
    {
        let mut playback = app.world_mut().get_mut::<Playback>(sensor).unwrap();
        (playback.paused, playback.looping) = (false, true);
    }
    let loops = position(app.world()).loops;
    update_until(&mut app, "the part again", |world| {
        position(world).loops > loops && shown(world).is_some_and(|shown| shown <= ended)
    });
}
