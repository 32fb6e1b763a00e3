//! Zones and gestures: players who enter, stay and leave, and their gestures, wherever the sensor and the zone are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{Calibration, Capture, ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::{Scenario, SimulationSettings};
use bevy_kinect_azure::kinect_tracking::tracker::{BodyTracker, TrackerError};
use bevy_kinect_azure::prelude::*;

use crate::bodies::standing;
use crate::support::*;

/// One person who walks from x = −2 m to 2 m in 4 s, 2.5 m in front of the sensor, and again.
struct Walker;

impl BodyTracker for Walker {
    fn name(&self) -> &str {
        "walker"
    }
    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let usec = capture.depth.as_ref().unwrap().device_timestamp_usec;
        let x = (usec % 4_000_000) as f32 * 1e-3 - 2000.0;
        // Somebody else walks back.
        let id = (usec / 4_000_000) as u32 + 1;
        Ok(Some(Arc::new(BodyFrame {
            device_timestamp_usec: usec,
            bodies: vec![standing(id, x, 2500.0)],
            index_map: None,
            ..BodyFrame::default()
        })))
    }
}

/// The events of zones, as messages and as seen by observers of the zone.
#[derive(Resource, Default)]
struct Told(Vec<String>);

#[derive(Resource, Default)]
struct Observed(Vec<String>);

fn read(
    mut told: ResMut<Told>,
    mut entered: MessageReader<ZoneEntered>,
    mut dwelled: MessageReader<ZoneDwelled>,
    mut left: MessageReader<ZoneLeft>,
) {
    told.0
        .extend(entered.read().map(|m| format!("{} entered", m.id)));
    told.0
        .extend(dwelled.read().map(|m| format!("{} dwelled", m.id)));
    told.0.extend(left.read().map(|m| format!("{} left", m.id)));
}

/// A walker in front of a tilted, turned sensor, and a zone of a metre's width in the middle of the way.
fn walk() -> (App, Entity, Entity) {
    let mut app = headless_app();
    app.init_resource::<Told>()
        .init_resource::<Observed>()
        .add_systems(Update, read);
    let place = Transform::from_xyz(4.0, 1.6, -3.0).with_rotation(Quat::from_euler(
        EulerRot::YXZ,
        2.1,
        -0.3,
        0.0,
    ));
    let source = SensorSource::custom(|| Ok(TestSource::new(u64::MAX, Duration::from_millis(3))));
    let mut tracking =
        BodyTracking::new(BodySource::custom(|_, _| Ok(Walker))).with_filter(FilterPreset::Raw);
    tracking.players.probation_seconds = 0.1;
    tracking.players.hidden_seconds = 0.5;
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::new(source), tracking, place))
        .id();
    // The pelvis passes the middle of the zone.
    let middle = place.transform_point(Vec3::new(0.0, -0.2, -2.5));
    let zone = BodyZone {
        dwell: Duration::from_millis(500),
        margin: 0.05,
        lost_after: Duration::from_millis(300),
        ..BodyZone::cuboid(Vec3::new(0.5, 0.2, 0.5))
    };
    // Twice as large, by its scale.
    let place = Transform::from_translation(middle)
        .with_rotation(place.rotation)
        .with_scale(Vec3::splat(2.0));
    let zone = app
        .world_mut()
        .spawn((zone, place))
        .observe(|event: On<ZoneEntered>, mut observed: ResMut<Observed>| {
            observed.0.push(format!("{} entered", event.id));
        })
        .observe(|event: On<ZoneDwelled>, mut observed: ResMut<Observed>| {
            observed.0.push(format!("{} dwelled", event.id));
        })
        .observe(|event: On<ZoneLeft>, mut observed: ResMut<Observed>| {
            assert!(
                event.seconds >= 0.0 && event.seconds < 2.0,
                "{}",
                event.seconds
            );
            observed.0.push(format!("{} left", event.id));
        })
        .id();
    (app, sensor, zone)
}

#[test]
fn zones_tell_who_comes_stays_and_goes_wherever_sensor_and_zone_stand() {
    let (mut app, sensor, zone) = walk();
    let mut inside = 0;
    update_until(&mut app, "the second walker in the zone", |world| {
        let occupants = world.get::<ZoneOccupants>(zone).unwrap();
        for occupant in &occupants.players {
            assert_eq!(occupant.sensor, sensor);
            let x = world.get::<Skeleton>(occupant.player).unwrap();
            let x = x.joint(Joint::Pelvis).position.x;
            // Half a metre, the margin (scaled as well), and a step.
            assert!(x.abs() < 0.7, "{x}");
            inside += 1;
        }
        occupants.players.first().is_some_and(|first| first.id == 2)
    });
    assert!(inside > 5, "{inside}");
    let expected = ["1 entered", "1 dwelled", "1 left", "2 entered"];
    let told = &app.world().resource::<Told>().0;
    assert!(
        expected.starts_with(&told.iter().map(String::as_str).collect::<Vec<_>>())
            && told.len() >= 3,
        "{told:?}"
    );
    assert_eq!(app.world().resource::<Observed>().0, expected);

    // When the zone is switched off, all players leave it; when it is switched on again, players inside enter it.
    app.world_mut().get_mut::<BodyZone>(zone).unwrap().active = false;
    update(&mut app);
    assert!(app.world().get::<ZoneOccupants>(zone).unwrap().is_empty());
    assert_eq!(
        app.world().resource::<Observed>().0.last().unwrap(),
        "2 left"
    );
}

#[test]
fn players_of_a_sensor_that_is_gone_leave_the_zone() {
    let (mut app, sensor, zone) = walk();
    let occupied = |world: &mut World| !world.get::<ZoneOccupants>(zone).unwrap().is_empty();
    update_until(&mut app, "somebody in the zone", occupied);
    app.world_mut().entity_mut(sensor).despawn();
    update_until(&mut app, "an empty zone", |world| !occupied(world));
    // A zone that is despawned while it is watched does no harm.
    app.world_mut().entity_mut(zone).despawn();
    for _ in 0..3 {
        update(&mut app);
    }
}

#[test]
fn a_zone_that_cannot_be_is_empty_and_does_no_harm() {
    let (mut app, _, zone) = walk();
    for volume in [
        ZoneVolume::Floor {
            corners: vec![Vec2::ZERO],
            height: f32::NAN,
        },
        ZoneVolume::Sphere { radius: f32::NAN },
        ZoneVolume::Box {
            size: Vec3::splat(f32::INFINITY),
        },
    ] {
        let world = app.world_mut();
        world.get_mut::<BodyZone>(zone).unwrap().volume = volume;
        world
            .entity_mut(zone)
            .insert(Transform::from_scale(Vec3::ZERO));
        for _ in 0..5 {
            update(&mut app);
        }
        let occupants = app.world().get::<ZoneOccupants>(zone).unwrap();
        assert!(occupants.is_empty());
    }
}

#[test]
fn a_simulated_persons_gestures_are_told_once_each_and_seen_while_they_last() {
    #[derive(Resource, Default)]
    struct Made(Vec<GestureMade>);
    let mut app = headless_app();
    app.init_resource::<Made>();
    let settings = SimulationSettings {
        scenario: "point".parse::<Scenario>().unwrap(),
        people: 1,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..SimulationSettings::default()
    };
    // As the simulated sensor hangs.
    let mount = settings.mount;
    let place = Transform::from_xyz(0.0, mount.height, 0.0)
        .with_rotation(Quat::from_rotation_x(-mount.tilt_degrees.to_radians()));
    let sensor = app
        .world_mut()
        .spawn((
            KinectSensor::new(settings),
            BodyTracking::new(Tracker::Truth),
            BodyGestures::default(),
            place,
        ))
        .observe(|made: On<GestureMade>, mut all: ResMut<Made>| all.0.push(*made))
        .id();
    let was_active = AtomicBool::new(false);
    update_until(&mut app, "somebody who points", |world| {
        let mut players = world.query::<&ActiveGestures>();
        for gestures in players.iter(world) {
            if gestures.contains(Gesture::Point) {
                was_active.store(true, Ordering::Relaxed);
                assert!(gestures.iter().any(|gesture| gesture == Gesture::Point));
            }
        }
        let made = &world.resource::<Made>().0;
        was_active.load(Ordering::Relaxed) && made.iter().any(|made| made.gesture == Gesture::Point)
    });
    let world = app.world();
    let made = world.resource::<Made>().0[0];
    assert_eq!(made.sensor, sensor);
    assert_eq!(world.get::<Player>(made.player).unwrap().id, made.id);
    let ray = made.ray.unwrap();
    // From about the shoulder's height, about level, towards the sensor.
    assert!((0.8..1.9).contains(&ray.origin.y), "{ray:?}");
    assert!(ray.origin.z < -0.5 && ray.direction.z > 0.3, "{ray:?}");
    app.world_mut().entity_mut(sensor).remove::<BodyGestures>();
    update(&mut app);
    assert_eq!(
        app.world_mut()
            .query::<&ActiveGestures>()
            .iter(app.world())
            .count(),
        0
    );
}
