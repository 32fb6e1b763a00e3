//! Tests of microphones in apps. Only the arrays are fake (`kinect_test_support::fake_array`); the audio interface is
//! the system's. Each app that listens runs in its own process.

use bevy::prelude::*;
#[cfg(target_os = "linux")]
use bevy_kinect_azure::kinect_azure::microphones::MicrophoneSelection;
use bevy_kinect_azure::microphones::{MicrophoneArray, MicrophoneLevels};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

fn state(world: &World, sensor: Entity) -> &MicrophoneState {
    world.get::<MicrophoneState>(sensor).unwrap()
}

#[test]
fn sensors_that_have_no_microphones_say_so() {
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::simulated(), Microphones::default()))
        .id();
    update(&mut app);
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(problem.contains("simulated"), "{problem}");
    // A sensor that is not open yet may have microphones.
    app.world_mut().entity_mut(sensor).insert(KinectSensor {
        active: false,
        ..test_sensor()
    });
    update(&mut app);
    assert_eq!(state(app.world(), sensor).name(), "waiting");
    app.world_mut().entity_mut(sensor).remove::<Microphones>();
    assert_eq!(state(app.world(), sensor), &MicrophoneState::Disabled);
    update(&mut app);
    assert!(app.world().get::<MicrophoneArray>(sensor).is_none());
}

#[test]
fn switched_off_microphones_are_disabled() {
    let mut app = headless_app();
    let off = Microphones {
        active: false,
        ..default()
    };
    let sensor = app.world_mut().spawn(off).id();
    update(&mut app);
    assert_eq!(state(app.world(), sensor), &MicrophoneState::Disabled);
    assert_eq!(app.world().get::<MicrophoneLevels>(sensor).unwrap().0, []);
}

#[cfg(target_os = "linux")]
mod listening {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use bevy_kinect_azure::kinect_azure::microphones::{MicrophoneMatch, list_inputs};
    use bevy_kinect_azure::microphones::MicrophoneDiagnostics;

    use super::*;
    use kinect_test_support::fake_array::{FakeArrays, NAME, is_listener, sample};

    /// For each received block: its number, the first sample of microphone 6, and its frames.
    #[derive(Resource, Default)]
    struct Heard(Vec<(u64, f32, usize)>);

    fn listening_app() -> App {
        let mut app = headless_app();
        app.init_resource::<Heard>().add_systems(
            Update,
            |mut heard: ResMut<Heard>, mut sound: MessageReader<AudioMessage>| {
                heard.0.extend(sound.read().map(|message| {
                    let block = &message.block;
                    (block.sequence, block.samples[6], block.frames())
                }));
            },
        );
        app
    }

    fn is_without_alsa() -> bool {
        list_inputs().is_err_and(|error| {
            println!("skipped: no ALSA here: {error}");
            true
        })
    }

    /// The number of microphone threads of this process.
    fn threads() -> usize {
        std::fs::read_dir("/proc/self/task")
            .unwrap()
            .flatten()
            .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
            .filter(|name| {
                ["kinect listener", "kinect mics", "cpal_alsa_in"].contains(&name.trim())
            })
            .count()
    }

    #[test]
    fn a_sensor_is_heard_falls_silent_and_is_heard_again() {
        let arrays = FakeArrays::new("app", &[(NAME, Path::new("/dev/stdin"))]);
        let mut listener = arrays.run("microphones::listening::hears_a_sensor");
        listener.play(0, 4.0);
        // Longer than an array may be silent.
        std::thread::sleep(Duration::from_millis(3500));
        listener.play(192_000, 20.0);
        listener.finish();
    }

    #[test]
    #[ignore = "started by a_sensor_is_heard_falls_silent_and_is_heard_again"]
    fn hears_a_sensor() {
        if !is_listener() || is_without_alsa() {
            return;
        }
        let mut app = listening_app();
        let sensor = app
            .world_mut()
            .spawn((test_sensor(), Microphones::default()))
            .id();
        update_until(&mut app, "half a second of sound", |world| {
            world.resource::<Heard>().0.len() >= 50
        });
        for (index, &(sequence, first, frames)) in
            app.world().resource::<Heard>().0.iter().enumerate()
        {
            assert_eq!((sequence, frames), (index as u64, 480));
            assert_eq!(first, f32::from(sample(index * 480, 6)) / 32_768.0);
        }
        assert!(state(app.world(), sensor).is_listening());
        let array = app.world().get::<MicrophoneArray>(sensor).unwrap();
        assert_eq!(array.info.device.name, NAME);
        assert_eq!(array.info.matched, MicrophoneMatch::OnlyCandidate);
        let levels = &app.world().get::<MicrophoneLevels>(sensor).unwrap().0;
        assert_eq!(levels.len(), 7);
        assert!(
            levels
                .iter()
                .all(|level| level.peak >= level.rms && level.rms > 0.0)
        );

        // A change takes effect, although the array can only be open once.
        let mut microphones = app.world_mut().get_mut::<Microphones>(sensor).unwrap();
        microphones.block_length = Duration::from_millis(50);
        update_until(&mut app, "blocks of another length", |world| {
            let heard = &world.resource::<Heard>().0;
            heard
                .iter()
                .any(|&(sequence, _, frames)| (sequence, frames) == (3, 2400))
        });

        update_until(&mut app, "the silence", |world| {
            state(world, sensor).name() == "retrying"
        });
        assert!(
            app.world()
                .get::<MicrophoneLevels>(sensor)
                .unwrap()
                .0
                .is_empty()
        );
        assert!(app.world().get::<MicrophoneArray>(sensor).is_none());
        let before = app.world().resource::<Heard>().0.len();
        update_until(&mut app, "sound again", |world| {
            world.resource::<Heard>().0.len() > before + 10
        });
        let figures = app.world().get::<MicrophoneDiagnostics>(sensor).unwrap();
        assert!(figures.reconnects >= 1, "{figures:?}");
        assert_eq!(figures.dropped_blocks, 0);

        let start = Instant::now();
        app.world_mut().despawn(sensor);
        assert!(
            start.elapsed() < Duration::from_millis(20),
            "despawning waits for nobody"
        );
        update(&mut app);
        while threads() > 0 {
            assert!(
                start.elapsed() < Duration::from_secs(1),
                "{} threads are left",
                threads()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn microphones_come_and_go_without_leaving_threads() {
        let silence = FakeArrays::file("app-silence", &[0; 14 * 960]);
        let arrays = FakeArrays::new("app-life", &[(NAME, &silence)]);
        arrays.run("microphones::listening::come_and_go").finish();
        std::fs::remove_file(silence).unwrap();
    }

    #[test]
    #[ignore = "started by microphones_come_and_go_without_leaving_threads"]
    fn come_and_go() {
        if !is_listener() || is_without_alsa() {
            return;
        }
        let mut app = listening_app();
        for turn in 0..30 {
            let sensor = app.world_mut().spawn(Microphones::default()).id();
            if turn % 2 == 0 {
                update(&mut app);
            } else {
                update_until(&mut app, "listening", |world| {
                    state(world, sensor).is_listening()
                });
            }
            let start = Instant::now();
            app.world_mut().despawn(sensor);
            assert!(start.elapsed() < Duration::from_millis(20));
            let start = Instant::now();
            while threads() > 0 {
                assert!(
                    start.elapsed() < Duration::from_secs(1),
                    "{} threads are left",
                    threads()
                );
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    #[test]
    fn an_array_that_is_not_there_is_looked_for_again_and_again() {
        let arrays = FakeArrays::new(
            "app-none",
            &[("Kinect USB Audio, USB Audio", Path::new("/dev/zero"))],
        );
        arrays.run("microphones::listening::finds_none").finish();
    }

    #[test]
    #[ignore = "started by an_array_that_is_not_there_is_looked_for_again_and_again"]
    fn finds_none() {
        if !is_listener() || is_without_alsa() {
            return;
        }
        let mut app = listening_app();
        let sensor = app.world_mut().spawn(Microphones::default()).id();
        update_until(&mut app, "the second attempt", |world| {
            matches!(
                state(world, sensor),
                MicrophoneState::Retrying { attempt: 2, .. }
            )
        });
        let problem = state(app.world(), sensor).problem().unwrap();
        assert!(
            problem.contains("Azure Kinect microphone array"),
            "{problem}"
        );
        // A device that is chosen explicitly can be used.
        let by_hand = MicrophoneSelection::Device("Kinect USB Audio, USB Audio".into());
        *app.world_mut().get_mut::<Microphones>(sensor).unwrap() = Microphones::new(by_hand);
        update_until(&mut app, "listening", |world| {
            state(world, sensor).is_listening()
        });
        update_until(&mut app, "sound", |world| {
            !world.resource::<Heard>().0.is_empty()
        });
        // An unavailable device is tried again, too, because it may be plugged in later.
        let absent = MicrophoneSelection::Index(3);
        *app.world_mut().get_mut::<Microphones>(sensor).unwrap() = Microphones::new(absent);
        update_until(&mut app, "the error", |world| {
            state(world, sensor).name() == "retrying"
        });
    }
}
