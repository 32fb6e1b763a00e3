//! The floor under simulated sensors in apps: their `Transform`s are set from it, however they are mounted and moved.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// A room in which this many people do one thing, seen by a sensor that is mounted so.
fn room(mount: Mount, people: u32) -> SimulationSettings {
    SimulationSettings {
        scenario: Scenario::Single(MotionKind::Idle),
        people,
        seed: 8,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        frame_rate: FrameRate::Fps5,
        mount,
        ..SimulationSettings::default()
    }
}

fn mount(height: f32, tilt_degrees: f32, roll_degrees: f32) -> Mount {
    Mount {
        height,
        tilt_degrees,
        roll_degrees,
        ..Mount::default()
    }
}

fn simulated(settings: SimulationSettings) -> KinectSensor {
    KinectSensor::new(SensorSource::Simulation(settings))
}

/// The events of floors, as messages and as seen by observers.
#[derive(Resource, Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn take(&self) -> Vec<String> {
        core::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn app() -> (App, Told) {
    let mut app = headless_app();
    let told = Told::default();
    let observed =
        |told: &Told, what: &str| told.0.lock().unwrap().push(format!("observed {what}"));
    app.insert_resource(told.clone())
        .add_systems(Update, read)
        .add_observer(move |_: On<FloorFound>, told: Res<Told>| observed(&told, "found"))
        .add_observer(move |_: On<FloorMoved>, told: Res<Told>| observed(&told, "moved"))
        .add_observer(move |_: On<FloorLost>, told: Res<Told>| observed(&told, "lost"));
    (app, told)
}

fn read(
    told: Res<Told>,
    mut found: MessageReader<FloorFound>,
    mut moved: MessageReader<FloorMoved>,
    mut lost: MessageReader<FloorLost>,
) {
    let mut told = told.0.lock().unwrap();
    told.extend(found.read().map(|_| "found".to_owned()));
    told.extend(moved.read().map(|_| "moved".to_owned()));
    told.extend(lost.read().map(|lost| format!("lost: {:?}", lost.problem)));
}

/// The rotation of a sensor that is mounted so, with a heading in radians.
fn rotation(mount: &Mount, heading: f32) -> Quat {
    Quat::from_rotation_y(heading)
        * Quat::from_rotation_x(-mount.tilt_degrees.to_radians())
        * Quat::from_rotation_z(-mount.roll_degrees.to_radians())
}

/// Checks that a `Transform` is that of the mount: within 1 cm (and the 8 mm of the rug) and 0.3°.
fn check(transform: &Transform, mount: &Mount, scale: f32) {
    let off = transform.translation.y / scale - mount.height;
    assert!((-0.018..0.010).contains(&off), "{mount:?}: {off} m");
    let up = transform.rotation.inverse() * Vec3::Y;
    let truth = rotation(mount, 0.0).inverse() * Vec3::Y;
    let tilt = up.angle_between(truth).to_degrees();
    assert!(tilt < 0.3, "{mount:?}: {tilt}°");
}

fn floor(world: &World, sensor: Entity) -> Option<SensorFloor> {
    world.get::<FloorState>(sensor).unwrap().floor
}

#[test]
fn sensors_in_all_mounts_stand_in_the_world_as_they_do_in_the_room() {
    let (mut app, told) = app();
    let mounts = [
        mount(1.3, 20.0, 0.0),
        mount(1.8, 30.0, 90.0),
        mount(1.1, 25.0, 180.0),
        mount(2.6, 90.0, 0.0),
        mount(2.2, 60.0, -90.0),
    ];
    let heading = 1.0;
    let sensors = mounts.map(|mount| {
        let place = Transform::from_xyz(3.0, 50.0, -2.0)
            .with_rotation(Quat::from_rotation_y(heading))
            .with_scale(Vec3::splat(2.0));
        let sensor = (simulated(room(mount, 2)), FloorDetection::once(), place);
        app.world_mut().spawn(sensor).id()
    });
    for (sensor, mount) in sensors.into_iter().zip(&mounts) {
        update_until(&mut app, "a floor", |world| floor(world, sensor).is_some());
        let transform = *app.world().get::<Transform>(sensor).unwrap();
        check(&transform, mount, 2.0);
        let expected = rotation(mount, heading);
        let off = transform.rotation.angle_between(expected).to_degrees();
        assert!(off < 0.5, "{mount:?}: {off}°");
        assert_eq!(transform.translation.with_y(0.0), Vec3::new(3.0, 0.0, -2.0));
        assert_eq!(transform.scale, Vec3::splat(2.0));
        let found = floor(app.world(), sensor).unwrap();
        assert!(
            (found.tilt_degrees - mount.tilt_degrees).abs() < 0.3,
            "{found:?}"
        );
        if mount.tilt_degrees < 80.0 {
            let off = (found.roll_degrees - mount.roll_degrees + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 0.7, "{found:?}");
        }
        assert!(found.confidence > 0.4 && found.area > 0.3, "{found:?}");
        assert!(app.world().get::<FloorState>(sensor).unwrap().has_gravity);
    }
    update(&mut app);
    let told = told.take();
    let count = |what: &str| told.iter().filter(|told| *told == what).count();
    assert_eq!(
        (count("found"), count("observed found")),
        (5, 5),
        "{told:?}"
    );
    // It was set once: the app may move the sensor.
    let sensor = sensors[0];
    app.world_mut()
        .get_mut::<Transform>(sensor)
        .unwrap()
        .translation
        .y = 7.0;
    for _ in 0..3 {
        update(&mut app);
    }
    assert_eq!(
        app.world().get::<Transform>(sensor).unwrap().translation.y,
        7.0
    );
    // And is set once more when the component is touched.
    app.world_mut()
        .get_mut::<FloorDetection>(sensor)
        .unwrap()
        .set_changed();
    update_until(&mut app, "another placement", |world| {
        (world.get::<Transform>(sensor).unwrap().translation.y - 2.6).abs() < 0.05
    });
    // All sensors despawn while they run.
    for sensor in sensors {
        app.world_mut().despawn(sensor);
    }
    update(&mut app);
}

#[test]
fn a_sensor_that_is_moved_is_followed_and_one_that_looks_away_has_no_floor() {
    let (mut app, told) = app();
    let first = mount(1.3, 20.0, 0.0);
    let sensor = app
        .world_mut()
        .spawn((simulated(room(first, 1)), FloorDetection::kept()))
        .id();
    update_until(&mut app, "a floor", |world| floor(world, sensor).is_some());
    check(app.world().get::<Transform>(sensor).unwrap(), &first, 1.0);
    let move_to = |app: &mut App, mount: Mount| {
        let mut kinect = app.world_mut().get_mut::<KinectSensor>(sensor).unwrap();
        kinect.source = SensorSource::Simulation(room(mount, 1));
    };
    let second = mount(1.9, 35.0, 90.0);
    move_to(&mut app, second);
    update_until(&mut app, "the second place", |world| {
        let transform = world.get::<Transform>(sensor).unwrap();
        let up = rotation(&second, 0.0).inverse() * Vec3::Y;
        (transform.translation.y - 1.9).abs() < 0.018
            && (transform.rotation * up).angle_between(Vec3::Y) < 0.005
    });
    check(app.world().get::<Transform>(sensor).unwrap(), &second, 1.0);
    // Looking at the ceiling.
    let kept = *app.world().get::<Transform>(sensor).unwrap();
    move_to(&mut app, mount(1.9, -50.0, 0.0));
    update_until(&mut app, "no floor", |world| floor(world, sensor).is_none());
    update_until(&mut app, "a problem", |world| {
        world.get::<FloorState>(sensor).unwrap().problem == Some(NoFloor::NoLevelSurface)
    });
    let transform = app.world().get::<Transform>(sensor).unwrap();
    assert!(
        transform.translation.distance(kept.translation) < 0.01,
        "it stays"
    );
    let told = told.take();
    assert_eq!(
        told.first().map(String::as_str),
        Some("observed found"),
        "{told:?}"
    );
    assert!(
        told.iter().any(|told| told == "lost: NoLevelSurface"),
        "{told:?}"
    );
    assert!(
        told.iter().any(|told| told == "observed moved")
            || told.iter().filter(|told| *told == "observed found").count() == 2,
        "{told:?}"
    );
}

#[test]
fn without_inertial_samples_an_upright_sensor_finds_its_floor_and_one_without_depth_says_so() {
    let (mut app, _) = app();
    let place = mount(1.4, 25.0, 0.0);
    let without = SimulationSettings {
        imu: false,
        ..room(place, 1)
    };
    let blind = SimulationSettings {
        depth_mode: DepthMode::PassiveIr,
        ..room(place, 1)
    };
    let sensor = app
        .world_mut()
        .spawn((simulated(without), FloorDetection::kept()))
        .id();
    let blind = app
        .world_mut()
        .spawn((simulated(blind), FloorDetection::kept()))
        .id();
    update_until(&mut app, "a floor", |world| floor(world, sensor).is_some());
    let state = *app.world().get::<FloorState>(sensor).unwrap();
    assert!(!state.has_gravity);
    let found = state.floor.unwrap();
    assert!((found.height - 1.4).abs() < 0.03, "{found:?}");
    assert!((found.tilt_degrees - 25.0).abs() < 0.8, "{found:?}");
    update_until(&mut app, "a problem", |world| {
        world.get::<FloorState>(blind).unwrap().problem == Some(NoFloor::NoDepth)
    });
    assert_eq!(floor(app.world(), blind), None);
    assert_eq!(
        app.world().get::<Transform>(blind),
        Some(&Transform::default())
    );
}

#[test]
fn a_detection_that_is_switched_off_removed_or_no_sensor_s_has_no_floor() {
    let (mut app, told) = app();
    let sensor = app
        .world_mut()
        .spawn((
            simulated(room(mount(1.3, 25.0, 0.0), 1)),
            FloorDetection::default(),
        ))
        .id();
    // An entity without a sensor: a warning, nothing else.
    let nothing = app.world_mut().spawn(FloorDetection::kept()).id();
    update_until(&mut app, "a floor", |world| floor(world, sensor).is_some());
    assert_eq!(
        app.world().get::<Transform>(sensor),
        Some(&Transform::default())
    );
    assert_eq!(floor(app.world(), nothing), None);
    app.world_mut()
        .get_mut::<FloorDetection>(sensor)
        .unwrap()
        .active = false;
    update_until(&mut app, "no floor", |world| floor(world, sensor).is_none());
    update(&mut app);
    assert!(told.take().iter().any(|told| told == "lost: NoDepth"));
    app.world_mut()
        .get_mut::<FloorDetection>(sensor)
        .unwrap()
        .active = true;
    update_until(&mut app, "a floor again", |world| {
        floor(world, sensor).is_some()
    });
    app.world_mut().entity_mut(sensor).remove::<KinectSensor>();
    update_until(&mut app, "no sensor", |world| {
        floor(world, sensor).is_none()
    });
    app.world_mut()
        .entity_mut(sensor)
        .remove::<FloorDetection>();
    update(&mut app);
    assert!(app.world().get::<FloorState>(sensor).is_none());
    app.world_mut().despawn(nothing);
    update(&mut app);
}

#[test]
fn players_stand_on_the_floor_and_are_measured() {
    let (mut app, _) = app();
    let settings = SimulationSettings {
        frame_rate: FrameRate::Fps15,
        ..room(mount(1.5, 20.0, 0.0), 2)
    };
    let tracking = BodyTracking::new(Tracker::Truth);
    let sensor = app
        .world_mut()
        .spawn((simulated(settings), tracking, FloorDetection::default()))
        .id();
    let standing = |world: &mut World| -> Vec<PlayerStanding> {
        world
            .query::<&PlayerStanding>()
            .iter(world)
            .copied()
            .collect()
    };
    update_until(&mut app, "heights of two players", |world| {
        let standing = standing(world);
        standing.len() == 2 && standing.iter().all(|standing| standing.height.is_some())
    });
    for standing in standing(app.world_mut()) {
        assert_eq!(standing.left.contact, FootContact::OnFloor);
        assert_eq!(standing.right.contact, FootContact::OnFloor);
        assert!(standing.left.height.abs() < 0.03, "{standing:?}");
        assert!(!standing.is_in_air());
        let height = standing.height.unwrap();
        assert!((0.9..2.1).contains(&height.metres), "{height:?}");
        assert!((0.001..0.05).contains(&height.error), "{height:?}");
    }
    app.world_mut()
        .entity_mut(sensor)
        .remove::<FloorDetection>();
    update(&mut app);
    assert!(standing(app.world_mut()).is_empty());
    // Time for the capture thread to see that nobody listens.
    std::thread::sleep(Duration::from_millis(50));
    app.world_mut().despawn(sensor);
    update(&mut app);
}
