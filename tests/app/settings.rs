//! Settings that last: what one app saves, the next one restores.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::ControlKind;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_settings::{
    DoNotSave, KeepSettings, KinectSettingsPlugin, SaveEntity, SettingsCommand, SettingsState,
};
use k4a_standin::{ControlFault, DeviceScript, Script, StandIn};

use crate::support::*;

/// A folder for the settings of one test, which is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kinect-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("kinect.ron")
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn app(file: &Path) -> App {
    headless_app_with(|app| {
        app.add_plugins(KinectSettingsPlugin::file(file));
    })
}

fn settings(world: &World) -> &SettingsState {
    world.resource::<SettingsState>()
}

/// Updates until changes were seen and saved.
fn save(app: &mut App) {
    update_until(app, "a change", |world| settings(world).is_unsaved);
    update_until(app, "saving", |world| !settings(world).is_unsaved);
    assert_eq!(settings(app.world()).problem, None);
}

fn command(app: &mut App, command: SettingsCommand) -> String {
    app.world_mut().resource_mut::<SettingsState>().answer = None;
    app.world_mut().write_message(command);
    update_until(app, "the answer", |world| settings(world).answer.is_some());
    settings(app.world()).answer.clone().unwrap()
}

fn get<C: Component>(app: &App, entity: Entity) -> &C {
    app.world().get::<C>(entity).unwrap()
}

/// A source that counts how often it is opened.
fn counted(opened: &Arc<AtomicUsize>) -> SensorSource {
    let opened = Arc::clone(opened);
    SensorSource::custom(move || {
        opened.fetch_add(1, Ordering::Relaxed);
        Ok(TestSource::new(u64::MAX, Duration::from_millis(5)))
    })
}

#[test]
fn what_was_changed_is_restored_before_the_sensor_opens() {
    let folder = Folder::new("restored");
    let opened = Arc::new(AtomicUsize::new(0));
    let spawn = |app: &mut App| {
        let sensor = app
            .world_mut()
            .spawn((
                Name::new("left"),
                KinectSensor::new(counted(&opened)),
                PointCloud::default(),
                Transform::from_xyz(0.0, 1.0, 0.0),
            ))
            .id();
        let outputs = [ImageKind::Depth, ImageKind::Color].map(|kind| {
            let output = (ImageOutput::new(kind), ImageOutputOf(sensor));
            app.world_mut().spawn(output).id()
        });
        (sensor, outputs)
    };
    let mut first = app(&folder.file());
    let (sensor, outputs) = spawn(&mut first);
    update_until(&mut first, "a frame", |world| {
        world.get::<SensorFrame>(sensor).unwrap().0.is_some()
    });
    assert_eq!(opened.load(Ordering::Relaxed), 1);
    let mut target = first.world_mut().entity_mut(sensor);
    target.get_mut::<KinectSensor>().unwrap().source = SensorSource::recording("/nowhere/a.mkv");
    target.get_mut::<Transform>().unwrap().translation = Vec3::new(1.5, 2.0, -3.25);
    target.remove::<PointCloud>();
    target.insert(SurfaceMesh::default());
    let mut output = first
        .world_mut()
        .get_mut::<ImageOutput>(outputs[1])
        .unwrap();
    output.mirror = true;
    save(&mut first);
    let changes = &settings(first.world()).changes;
    let changes: Vec<_> = changes
        .iter()
        .map(|change| format!("{} {}", change.of, change.setting))
        .collect();
    assert_eq!(
        changes,
        [
            "ImageOutput 2 ImageOutput",
            "left KinectSensor",
            "left SurfaceMesh",
            "left Transform",
            "left PointCloud",
        ]
    );
    drop(first);

    opened.store(0, Ordering::Relaxed);
    let mut second = app(&folder.file());
    let (sensor, outputs) = spawn(&mut second);
    second.update();
    assert_eq!(
        get::<KinectSensor>(&second, sensor).source,
        SensorSource::recording("/nowhere/a.mkv")
    );
    assert_eq!(
        get::<Transform>(&second, sensor).translation,
        Vec3::new(1.5, 2.0, -3.25)
    );
    assert!(second.world().get::<PointCloud>(sensor).is_none());
    assert_eq!(get::<SurfaceMesh>(&second, sensor), &SurfaceMesh::default());
    assert!(!get::<ImageOutput>(&second, outputs[0]).mirror);
    assert!(get::<ImageOutput>(&second, outputs[1]).mirror);
    // The recording does not exist: the sensor says so, and everything else is restored.
    update_until(&mut second, "the failure", |world| {
        let state = world.get::<SensorState>(sensor);
        state.is_some_and(|state| state.error_kind() == Some(SourceErrorKind::FileMissing))
    });
    assert_eq!(
        opened.load(Ordering::Relaxed),
        0,
        "the app's own source was opened"
    );
    assert_eq!(settings(second.world()).notices, Vec::<String>::new());
}

#[test]
fn an_untouched_app_saves_nothing_and_changes_of_the_app_count() {
    let folder = Folder::new("untouched");
    let mut first = app(&folder.file());
    first
        .world_mut()
        .spawn((test_sensor(), PointCloud::default()));
    for _ in 0..200 {
        first.update();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!settings(first.world()).is_unsaved);
    assert_eq!(settings(first.world()).changes, []);
    assert!(!folder.file().exists());
}

#[test]
fn changes_of_the_last_moment_are_saved_when_the_app_ends() {
    let folder = Folder::new("exit");
    let mut first = app(&folder.file());
    let zone = first
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    first.update();
    first.world_mut().get_mut::<BodyZone>(zone).unwrap().margin = 0.75;
    first.world_mut().write_message(AppExit::Success);
    first.update();
    drop(first);
    let mut second = app(&folder.file());
    let zone = second
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    second.update();
    assert_eq!(get::<BodyZone>(&second, zone).margin, 0.75);
}

/// Settings of a live sensor of the stand-in.
fn device(stand_in: &StandIn) -> DeviceSettings {
    DeviceSettings {
        library: Some(stand_in.path().to_owned()),
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::R720p,
        ..default()
    }
}

#[test]
fn colour_controls_belong_to_the_device_and_what_it_refuses_stops_nothing() {
    let mut script = DeviceScript::new("B");
    script.controls.push(ControlFault {
        command: Some(3),
        set_fails: true,
        ..default()
    });
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript::new("A"), script]));
    let folder = Folder::new("devices");
    let spawn = |app: &mut App| {
        let sensor = (
            Name::new("place"),
            KinectSensor::new(device(&stand_in)),
            SensorColorControls::default(),
        );
        app.world_mut().spawn(sensor).id()
    };
    let report = |world: &World, sensor: Entity, kind| {
        let report = world.get::<SensorColorReport>(sensor)?;
        report.get(kind).cloned()
    };
    let mut first = app(&folder.file());
    let sensor = spawn(&mut first);
    update_until(&mut first, "the device", |world| {
        report(world, sensor, ControlKind::Contrast).is_some()
    });
    let mut controls = first
        .world_mut()
        .get_mut::<SensorColorControls>(sensor)
        .unwrap();
    (controls.contrast, controls.gain) = (Some(8), Some(40));
    controls.exposure = Exposure::Manual(8330);
    save(&mut first);
    assert_eq!(settings(first.world()).changes[0].of, "sensor A");

    // The other device in the same place has settings of its own.
    let select = |app: &mut App, serial: &str| {
        let mut kinect = app.world_mut().get_mut::<KinectSensor>(sensor).unwrap();
        kinect.source = SensorSource::Device(DeviceSettings {
            device: DeviceSelector::Serial(serial.into()),
            ..device(&stand_in)
        });
    };
    select(&mut first, "B");
    update_until(&mut first, "the app's own controls", |world| {
        let device = world.get::<SensorDevice>(sensor);
        device.is_some_and(|device| device.serial == "B")
            && world.get::<SensorColorControls>(sensor) == Some(&SensorColorControls::default())
    });
    let mut controls = first
        .world_mut()
        .get_mut::<SensorColorControls>(sensor)
        .unwrap();
    (controls.contrast, controls.saturation) = (Some(2), Some(50));
    save(&mut first);
    select(&mut first, "A");
    update_until(&mut first, "the controls of A", |world| {
        world.get::<SensorColorControls>(sensor).unwrap().contrast == Some(8)
    });
    select(&mut first, "B");
    save_now(&mut first);
    drop(first);

    let mut second = app(&folder.file());
    let sensor = spawn(&mut second);
    second.update();
    // The serial number is chosen by the settings, so the controls are known before the device is opened.
    assert_eq!(
        get::<SensorColorControls>(&second, sensor).contrast,
        Some(2)
    );
    update_until(&mut second, "the report", |world| {
        report(world, sensor, ControlKind::Saturation)
            .is_some_and(|saturation| saturation.value == Some(50))
    });
    // The sensor refuses the contrast, says so, and has the rest.
    let contrast = report(second.world(), sensor, ControlKind::Contrast).unwrap();
    assert!(contrast.problem.unwrap().contains("refused"));
    update_until(&mut second, "frames", |world| {
        world.get::<SensorState>(sensor).unwrap().is_streaming()
    });
    assert_eq!(stand_in.statistics().misuse, 0);
}

#[test]
fn modes_that_the_sensor_refuses_are_told_and_the_rest_is_applied() {
    let folder = Folder::new("refused");
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let modes = DeviceSettings {
        // Too fast for this depth mode.
        depth_mode: DepthMode::WfovUnbinned,
        frame_rate: FrameRate::Fps30,
        ..device(&stand_in)
    };
    let mut first = app(&folder.file());
    let spawn = |app: &mut App| {
        let sensor = (
            Name::new("s"),
            KinectSensor::new(device(&stand_in)),
            PointCloud::default(),
        );
        app.world_mut().spawn(sensor).id()
    };
    let sensor = spawn(&mut first);
    first.update();
    let mut target = first.world_mut().entity_mut(sensor);
    target.get_mut::<KinectSensor>().unwrap().source = modes.into();
    target.get_mut::<PointCloud>().unwrap().filter.density = 4;
    save(&mut first);
    drop(first);
    let mut second = app(&folder.file());
    let sensor = spawn(&mut second);
    update_until(&mut second, "the refusal", |world| {
        world.get::<SensorState>(sensor).unwrap().error_kind() == Some(SourceErrorKind::BadSettings)
    });
    assert_eq!(get::<PointCloud>(&second, sensor).filter.density, 4);
}

/// Starts an app on a file with this text, with a zone named "door"; the app, and the zone's margin.
fn start_with(folder: &Folder, text: &[u8]) -> (App, f32) {
    fs::write(folder.file(), text).unwrap();
    let mut app = app(&folder.file());
    let zone = app
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    app.update();
    let margin = get::<BodyZone>(&app, zone).margin;
    (app, margin)
}

const GOOD: &str = r#"(version: 1, entities: {"door": (components: {"BodyZone": (margin: 0.5)})})"#;

#[test]
fn files_that_cannot_be_used_are_kept_aside_and_named() {
    let own = BodyZone::default().margin;
    let many = vec![b' '; 100 << 20];
    let damaged: [(&str, &[u8]); 6] = [
        ("empty", b""),
        ("truncated", &GOOD.as_bytes()[..GOOD.len() - 10]),
        ("binary", b"\xff\xfe\x00\x01\x02"),
        ("other", b"{\"json\": true}"),
        ("wrong types", b"(version: 1, entities: [1, 2])"),
        ("100 MB", &many),
    ];
    for (what, text) in damaged {
        let folder = Folder::new("damaged");
        let (app, margin) = start_with(&folder, text);
        assert_eq!(margin, own, "{what}");
        let notices = &settings(app.world()).notices;
        assert_eq!(notices.len(), 1, "{what}: {notices:?}");
        assert!(notices[0].contains("kinect.damaged.ron"), "{}", notices[0]);
        assert_eq!(fs::read(folder.0.join("kinect.damaged.ron")).unwrap(), text);
        assert!(!folder.file().exists());
    }
    let folder = Folder::new("newer");
    let newer = GOOD.replace("version: 1", "version: 2, something: [new]");
    let (mut app, margin) = start_with(&folder, newer.as_bytes());
    assert_eq!(margin, own);
    assert!(settings(app.world()).notices[0].contains("version 2"));
    // The next settings do not touch it.
    let mut zones = app.world_mut().query::<&mut BodyZone>();
    zones.single_mut(app.world_mut()).unwrap().margin = 0.25;
    save(&mut app);
    assert!(folder.file().exists());
    let kept = fs::read_to_string(folder.0.join("kinect.version-2.ron")).unwrap();
    assert_eq!(kept, newer);
}

#[test]
fn single_values_that_cannot_be_used_leave_the_others() {
    let folder = Folder::new("partly");
    let text = r#"(version: 1, later: 3, entities: {
        "door": (components: {"BodyZone": (margin: 0.5), "Transform": (translation: "no")}),
        "left": (components: {"KinectSensor": (activ: true), "SomebodysType": (1, [2])}),
        "not spawned": (components: {"BodyZone": (margin: 3.0)}),
    })"#;
    fs::write(folder.file(), text).unwrap();
    let mut app = app(&folder.file());
    let zone = app
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    let sensor = app
        .world_mut()
        .spawn((Name::new("left"), KinectSensor::default()))
        .id();
    app.update();
    assert_eq!(get::<BodyZone>(&app, zone).margin, 0.5);
    // Fields that the file lacks have their defaults.
    assert_eq!(get::<BodyZone>(&app, zone).dwell, BodyZone::default().dwell);
    assert_eq!(get::<KinectSensor>(&app, sensor), &KinectSensor::default());
    update_until(&mut app, "the copy", |world| {
        settings(world).notices.len() == 3
    });
    let notices = settings(app.world()).notices.join("\n");
    assert!(notices.contains("Transform of \"door\""), "{notices}");
    assert!(notices.contains("unknown field `activ`"), "{notices}");
    assert!(notices.contains("kinect.partly-damaged.ron"), "{notices}");
    save(&mut app);
    assert!(folder.has("kinect.partly-damaged.ron"));
    // What this app does not know stays in the file.
    let after = fs::read_to_string(folder.file()).unwrap();
    assert!(
        after.contains("SomebodysType") && after.contains("not spawned"),
        "{after}"
    );
    assert!(!after.contains("activ:"), "{after}");
}

#[test]
fn a_file_that_cannot_be_written_is_told_and_written_later() {
    let folder = Folder::new("unwritable");
    let inner = folder.0.join("inner");
    fs::write(&inner, "a file in the folder's place").unwrap();
    let mut app = app(&inner.join("kinect.ron"));
    let zone = app
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    app.update();
    app.world_mut().get_mut::<BodyZone>(zone).unwrap().margin = 0.5;
    update_until(&mut app, "the problem", |world| {
        settings(world).problem.is_some()
    });
    let problem = settings(app.world()).problem.clone().unwrap();
    assert!(problem.contains("could not be saved"), "{problem}");
    assert!(settings(app.world()).is_unsaved);
    fs::remove_file(&inner).unwrap();
    update_until(&mut app, "saving", |world| {
        settings(world).problem.is_none() && !settings(world).is_unsaved
    });
    assert!(inner.join("kinect.ron").exists());
}

#[test]
fn of_two_apps_with_one_file_the_first_saves() {
    let folder = Folder::new("two-apps");
    let (mut first, _) = start_with(&folder, GOOD.as_bytes());
    let set = |app: &mut App, margin: f32| {
        let mut zones = app.world_mut().query::<&mut BodyZone>();
        zones.single_mut(app.world_mut()).unwrap().margin = margin;
    };
    set(&mut first, 1.0);
    save(&mut first);
    let mut second = app(&folder.file());
    let zone = second
        .world_mut()
        .spawn((Name::new("door"), BodyZone::default()))
        .id();
    second.update();
    assert_eq!(get::<BodyZone>(&second, zone).margin, 1.0);
    set(&mut second, 2.0);
    update_until(&mut second, "the problem", |world| {
        settings(world).problem.is_some()
    });
    let problem = settings(second.world()).problem.clone().unwrap();
    assert!(problem.contains("another program"), "{problem}");
    set(&mut first, 3.0);
    save(&mut first);
    assert!(
        fs::read_to_string(folder.file())
            .unwrap()
            .contains("margin: 3.0")
    );
    drop(first);
    update_until(&mut second, "saving", |world| !settings(world).is_unsaved);
    assert!(
        fs::read_to_string(folder.file())
            .unwrap()
            .contains("margin: 2.0")
    );
}

#[test]
fn entities_that_an_operator_adds_come_back_and_go() {
    let folder = Folder::new("added");
    let start = || {
        let mut app = app(&folder.file());
        let sensor = (Name::new("left"), KinectSensor::default());
        let sensor = app.world_mut().spawn(sensor).id();
        app.update();
        (app, sensor)
    };
    let (mut first, sensor) = start();
    let world = first.world_mut();
    world.spawn((
        SaveEntity,
        Name::new("added picture"),
        ImageOutput::new(ImageKind::Infrared),
        ImageOutputOf(sensor),
    ));
    let added = world
        .spawn((SaveEntity, KinectSensor::recording("b.mkv")))
        .id();
    world.spawn((SaveEntity, PointCloud::default(), ChildOf(added)));
    world.spawn((DoNotSave, ImageOutput::default(), ImageOutputOf(sensor)));
    save(&mut first);
    drop(first);

    let (mut second, sensor) = start();
    let world = second.world_mut();
    let mut outputs = world.query::<(Entity, &Name, &ImageOutput, &ImageOutputOf)>();
    let (output, name, settings_of_it, of) = outputs.single(world).unwrap();
    assert_eq!((name.as_str(), of.0), ("added picture", sensor));
    assert_eq!(settings_of_it, &ImageOutput::new(ImageKind::Infrared));
    let mut clouds = world.query::<(&PointCloud, &ChildOf)>();
    let added = clouds.single(world).unwrap().1.parent();
    assert_eq!(
        world.get::<KinectSensor>(added),
        Some(&KinectSensor::recording("b.mkv"))
    );
    world.despawn(output);
    save(&mut second);
    drop(second);

    let (mut third, _) = start();
    let world = third.world_mut();
    assert_eq!(world.query::<&ImageOutput>().iter(world).count(), 0);
    assert_eq!(world.query::<&KinectSensor>().iter(world).count(), 2);
    let answer = command(&mut third, SettingsCommand::Reset);
    assert!(answer.contains("as the app makes them"), "{answer}");
    let world = third.world_mut();
    assert_eq!(world.query::<&KinectSensor>().iter(world).count(), 1);
}

#[test]
fn settings_are_exported_imported_and_reset() {
    let folder = Folder::new("commands");
    let (mut app, margin) = start_with(&folder, GOOD.as_bytes());
    assert_eq!(margin, 0.5);
    let of = |app: &mut App| {
        let mut zones = app.world_mut().query::<&BodyZone>();
        zones.single(app.world()).unwrap().margin
    };
    let other = folder.0.join("other.ron");
    let answer = command(&mut app, SettingsCommand::Export(other.clone()));
    assert!(answer.contains("other.ron"), "{answer}");
    command(&mut app, SettingsCommand::Reset);
    assert_eq!(of(&mut app), BodyZone::default().margin);
    save_now(&mut app);
    assert!(
        !fs::read_to_string(folder.file())
            .unwrap()
            .contains("margin")
    );
    let answer = command(&mut app, SettingsCommand::Import(other));
    assert!(answer.contains("are used now"), "{answer}");
    assert_eq!(of(&mut app), 0.5);
    let missing = folder.0.join("missing.ron");
    let answer = command(&mut app, SettingsCommand::Import(missing));
    assert!(answer.contains("there is no file"), "{answer}");
    let nowhere = PathBuf::from("/nowhere/at/all.ron");
    let answer = command(&mut app, SettingsCommand::Export(nowhere));
    assert!(answer.contains("could not be exported"), "{answer}");
    fs::write(folder.0.join("bad.ron"), "(((").unwrap();
    let answer = command(&mut app, SettingsCommand::Import(folder.0.join("bad.ron")));
    assert!(answer.contains("damaged"), "{answer}");
    assert_eq!(of(&mut app), 0.5);
    assert!(folder.has("bad.ron"));
}

fn save_now(app: &mut App) {
    app.world_mut().write_message(SettingsCommand::Save);
    app.update();
    update_until(app, "saving", |world| !settings(world).is_unsaved);
}

#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default)]
struct Particles {
    count: u32,
    color: Color,
}

#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Resource, Default)]
struct Volume(f32);

#[test]
fn an_app_keeps_types_of_its_own() {
    let folder = Folder::new("own");
    let start = || {
        let mut app = headless_app_with(|app| {
            app.add_plugins(KinectSettingsPlugin::file(folder.file()))
                .keep_setting::<Particles>()
                .keep_resource::<Volume>()
                .init_resource::<Volume>();
        });
        let entity = app.world_mut().spawn(Particles::default()).id();
        app.update();
        (app, entity)
    };
    let (mut first, entity) = start();
    let particles = Particles {
        count: 7,
        color: Color::hsl(120.0, 0.5, 0.25),
    };
    *first.world_mut().get_mut(entity).unwrap() = particles.clone();
    first.world_mut().resource_mut::<Volume>().0 = 0.3;
    first.world_mut().resource_mut::<OutputScale>().0 = 0.5;
    save(&mut first);
    drop(first);
    let (second, entity) = start();
    assert_eq!(get::<Particles>(&second, entity), &particles);
    assert_eq!(second.world().resource::<Volume>().0, 0.3);
    assert_eq!(second.world().resource::<OutputScale>().0, 0.5);
}
