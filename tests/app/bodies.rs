//! People as entities: the bodies of trackers become players and joints, wherever the sensor stands and whatever the
//! tracker does.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bevy::math::Vec3A;
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy_kinect_azure::body::{DelayedFrame, DelayedFrameDemand, ground_under};
use bevy_kinect_azure::ground_truth::joint_isometry;
use bevy_kinect_azure::kinect_azure::{Calibration, Capture, ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::{Scenario, SimulationSettings};
use bevy_kinect_azure::kinect_tracking::files::BodyClip;
use bevy_kinect_azure::kinect_tracking::rotation::{reference_orientation, rest_position};
use bevy_kinect_azure::kinect_tracking::tracker::{BodyTracker, RunnerSettings, TrackerError};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// A person who stands upright with the arms stretched out, at that place under the camera's axis.
pub(crate) fn standing(id: u32, x: f32, z: f32) -> Body {
    let mut body = Body {
        id,
        joints: [JointPose::default(); Joint::COUNT],
    };
    for joint in Joint::ALL {
        let [left, up, forward] = rest_position(joint).map(|share| share * 500.0);
        body.joints[joint.index()] = JointPose {
            position: [x - left, 200.0 - up, z + forward],
            orientation: reference_orientation(joint),
            confidence: JointConfidence::Medium,
        };
    }
    body
}

/// A tracker with a script: a function of the test from the time of a capture in µs to the tracker's result.
struct Scripted<F>(F);

type Answer = Result<Option<Arc<BodyFrame>>, TrackerError>;

impl<F: FnMut(u64) -> Answer + Send> BodyTracker for Scripted<F> {
    fn name(&self) -> &str {
        "scripted"
    }
    fn track(&mut self, capture: &Capture, _: &Calibration) -> Answer {
        (self.0)(time_of(capture))
    }
}

fn time_of(capture: &Capture) -> u64 {
    capture.depth.as_ref().unwrap().device_timestamp_usec
}

/// Tracking by a script, without smoothing; the script is written anew each time the tracker is opened.
fn scripted<F: FnMut(u64) -> Answer + Send + 'static>(
    script: impl Fn() -> F + Send + Sync + 'static,
) -> BodyTracking {
    BodyTracking {
        restarts: RunnerSettings {
            first_pause_seconds: 0.02,
            ..default()
        },
        ..BodyTracking::new(BodySource::custom(move |_, _| Ok(Scripted(script()))))
            .with_filter(FilterPreset::Raw)
    }
}

fn frame(device_timestamp_usec: u64, bodies: Vec<Body>) -> Answer {
    Ok(Some(Arc::new(BodyFrame {
        device_timestamp_usec,
        bodies,
        index_map: None,
        ..BodyFrame::default()
    })))
}

/// Always the same two people.
pub(crate) fn two_people() -> BodyTracking {
    scripted(|| {
        |usec| {
            frame(
                usec,
                vec![standing(1, -600.0, 2500.0), standing(2, 600.0, 2500.0)],
            )
        }
    })
}

fn players(world: &mut World) -> Vec<(Entity, Player)> {
    let mut query = world.query::<(Entity, &Player)>();
    let mut players: Vec<_> = query.iter(world).map(|(e, player)| (e, *player)).collect();
    players.sort_by_key(|(_, player)| player.id);
    players
}

fn joints(world: &mut World) -> usize {
    world.query::<&BodyJoint>().iter(world).count()
}

/// Whether no component and no entity of a body tracking is left.
fn nobody(world: &mut World) -> bool {
    let named = world
        .query::<&Name>()
        .iter(world)
        .filter(|name| name.as_str().starts_with("Player") || name.as_str() == "PELVIS")
        .count();
    named == 0 && players(world).is_empty() && joints(world) == 0
}

fn state(world: &World, sensor: Entity) -> &BodyTrackingState {
    world.get::<BodyTrackingState>(sensor).unwrap()
}

fn sequence(world: &World, sensor: Entity) -> u64 {
    let frame = &world.get::<SensorFrame>(sensor).unwrap().0;
    frame.as_ref().map_or(0, |frame| frame.sequence)
}

/// All events of players, as messages and as seen by an observer of the sensor.
#[derive(Resource, Default)]
struct Told(Vec<String>);

#[derive(Resource, Default)]
struct Observed(Vec<String>);

fn listen(app: &mut App) {
    fn read(
        mut told: ResMut<Told>,
        mut entered: MessageReader<PlayerEntered>,
        mut left: MessageReader<PlayerLeft>,
        mut hidden: MessageReader<PlayerHidden>,
        mut returned: MessageReader<PlayerReturned>,
        mut taken: MessageReader<SlotTaken>,
        mut freed: MessageReader<SlotFreed>,
    ) {
        // The events of one update are sorted, because messages of different types have no common order.
        told.0
            .extend(entered.read().map(|m| format!("{} entered", m.id)));
        told.0
            .extend(hidden.read().map(|m| format!("{} hidden", m.id)));
        told.0
            .extend(returned.read().map(|m| format!("{} returned", m.id)));
        told.0
            .extend(freed.read().map(|m| format!("{} freed {}", m.id, m.slot)));
        told.0
            .extend(taken.read().map(|m| format!("{} took {}", m.id, m.slot)));
        told.0.extend(left.read().map(|m| format!("{} left", m.id)));
    }
    app.init_resource::<Told>()
        .init_resource::<Observed>()
        .add_systems(Update, read);
}

fn observe(app: &mut App, sensor: Entity) {
    app.world_mut()
        .entity_mut(sensor)
        .observe(
            |event: On<PlayerEntered>,
             names: Query<(&Player, &Children)>,
             mut observed: ResMut<Observed>| {
                let (player, children) = names.get(event.player).unwrap();
                assert_eq!(
                    (player.id, children.len()),
                    (event.id, 1),
                    "it has its joints"
                );
                observed.0.push(format!("{} entered", event.id));
            },
        )
        .observe(
            |event: On<PlayerLeft>, names: Query<&Player>, mut observed: ResMut<Observed>| {
                assert!(names.contains(event.player), "it is still there");
                observed.0.push(format!("{} left", event.id));
            },
        )
        .observe(|event: On<PlayerHidden>, mut observed: ResMut<Observed>| {
            observed.0.push(format!("{} hidden", event.id));
        })
        .observe(
            |event: On<PlayerReturned>, mut observed: ResMut<Observed>| {
                observed.0.push(format!("{} returned", event.id));
            },
        )
        .observe(|event: On<SlotFreed>, mut observed: ResMut<Observed>| {
            observed
                .0
                .push(format!("{} freed {}", event.id, event.slot));
        })
        .observe(|event: On<SlotTaken>, mut observed: ResMut<Observed>| {
            observed.0.push(format!("{} took {}", event.id, event.slot));
        });
}

/// The angle between two rotations in degrees, exact for small ones as well.
fn angle(a: Quat, b: Quat) -> f32 {
    let q = a.inverse() * b;
    (2.0 * q.xyz().length().atan2(q.w.abs())).to_degrees()
}

fn clip(name: &str) -> Option<PathBuf> {
    k4a_judge::real_data(&format!("skeletons/{name}.csv"))
}

#[test]
fn joints_of_real_clips_are_where_the_clips_say_wherever_the_sensor_stands() {
    let (mut worst_mm, mut worst_degrees, mut checked) = (0.0_f32, 0.0_f32, 0);
    let names = [
        "extending-arms",
        "hands-up",
        "sitting",
        "standing",
        "walking",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let Some(path) = clip(name) else {
            return;
        };
        let read = BodyClip::read(&path).unwrap();
        let by_time: HashMap<_, _> = read
            .frames()
            .iter()
            .map(|frame| (frame.device_timestamp_usec, Arc::clone(frame)))
            .collect();
        let mut app = headless_app();
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(
            25,
        )));
        let n = number as f32;
        let place = Transform::from_xyz(3.0 * n - 5.0, 1.1 * n, 7.0 - 2.3 * n).with_rotation(
            Quat::from_euler(EulerRot::YXZ, 1.7 * n + 0.3, 0.9 - 0.5 * n, 0.6 * n - 1.0),
        );
        let entity = app
            .world_mut()
            .spawn((
                BodyTracking::clip(&path).with_filter(FilterPreset::Raw),
                place,
            ))
            .id();
        update_until(&mut app, "a player", |world| !players(world).is_empty());
        let mut seen = None;
        // Until the clip begins again.
        for _ in 0..4000 {
            update(&mut app);
            let world = app.world_mut();
            let (player, _) = players(world)[0];
            let skeleton = world.get::<Skeleton>(player).unwrap().clone();
            if seen.replace(skeleton.device_timestamp_usec) == Some(skeleton.device_timestamp_usec)
            {
                continue;
            }
            let Some(frame) = by_time.get(&skeleton.device_timestamp_usec) else {
                break; // The clip has begun again.
            };
            checked += 1;
            let sensor = world.get::<GlobalTransform>(entity).unwrap().to_isometry();
            let entities = world.get::<PlayerJoints>(player).unwrap();
            let mut composed: [Quat; Joint::COUNT] = [Quat::IDENTITY; Joint::COUNT];
            for (joint, entity) in entities.iter() {
                let expected = sensor * joint_isometry(frame.bodies[0].joint(joint));
                let there = world.get::<GlobalTransform>(entity).unwrap();
                let off_mm = there.translation().distance(expected.translation.into()) * 1000.0;
                worst_mm = worst_mm.max(off_mm);
                worst_degrees = worst_degrees.max(angle(there.rotation(), expected.rotation));
                // The rotations to the parents compose to the absolute ones.
                let above = joint
                    .parent()
                    .map_or(Quat::IDENTITY, |parent| composed[parent.index()]);
                composed[joint.index()] = above * world.get::<Transform>(entity).unwrap().rotation;
                let data = world.get::<TrackedJoint>(entity).unwrap();
                let off = angle(composed[joint.index()], data.rotation);
                worst_degrees = worst_degrees.max(off);
                assert_eq!(data, skeleton.joint(joint));
                let own = world.get::<BodyJoint>(entity).unwrap();
                assert_eq!((own.joint, own.player), (joint, player));
            }
        }
        assert!(state(app.world(), entity).is_running());
    }
    println!("{checked} frames: at most {worst_mm:.4} mm and {worst_degrees:.5}° off");
    assert!(checked > 500, "{checked}");
    assert!(worst_mm < 0.1 && worst_degrees < 0.01);
}

#[test]
fn a_clip_plays_without_a_sensor_and_a_missing_one_says_so() {
    let missing = BodyTracking::clip("/nowhere/clip.json");
    let mut app = headless_app();
    let entity = app.world_mut().spawn(missing).id();
    update_until(&mut app, "the state", |world| {
        state(world, entity).problem().is_some()
    });
    let problem = state(app.world(), entity).problem().unwrap();
    assert!(problem.contains("clip.json"), "{problem}");

    // Another file, at run time.
    let Some(path) = clip("walking") else {
        return;
    };
    app.world_mut()
        .get_mut::<BodyTracking>(entity)
        .unwrap()
        .source = BodySource::Clip(path);
    update_until(&mut app, "a player", |world| !players(world).is_empty());
    assert_eq!(players(app.world_mut())[0].1.slot, Some(0));
    let (player, _) = players(app.world_mut())[0];
    let named = app.world().get::<Name>(player);
    assert_eq!(named.map(Name::as_str), Some("Player 0"));
    app.world_mut().entity_mut(entity).remove::<BodyTracking>();
    update(&mut app);
    assert!(nobody(app.world_mut()));
    assert_eq!(*state(app.world(), entity), BodyTrackingState::default());
}

#[test]
fn players_come_and_go_in_slots_that_never_shift_and_all_is_told() {
    let mut app = headless_app();
    let tracking = scripted(|| {
        |usec| {
            let seconds = usec as f32 * 1e-6;
            let mut bodies = vec![standing(1, -700.0, 3000.0)];
            if (1.0..3.0).contains(&seconds) {
                bodies.push(standing(5, 0.0, 3000.0));
            }
            if (1.5..3.5).contains(&seconds) || seconds > 4.2 {
                bodies.push(standing(6, 700.0, 3000.0));
            }
            if seconds > 7.0 {
                bodies.push(standing(20, 0.0, 3000.0));
            }
            frame(usec, bodies)
        }
    });
    let tracking = BodyTracking {
        players: PlayersSettings {
            hidden_seconds: 2.0,
            probation_seconds: 0.2,
            ..default()
        },
        ..tracking
    };
    let source = SensorSource::custom(|| Ok(TestSource::new(u64::MAX, Duration::from_millis(5))));
    let sensor = app
        .world_mut()
        .spawn((KinectSensor::new(source), tracking))
        .id();
    listen(&mut app);
    observe(&mut app, sensor);
    let mut slots: HashMap<u32, usize> = HashMap::new();
    update_until(&mut app, "the fourth player", |world| {
        let players = players(world);
        assert_eq!(joints(world), players.len() * Joint::COUNT);
        for (entity, player) in &players {
            if let Some(slot) = player.slot {
                assert_eq!(
                    *slots.entry(player.id).or_insert(slot),
                    slot,
                    "it never shifts"
                );
            }
            let name = world.get::<Name>(*entity).unwrap();
            assert_eq!(name.as_str(), format!("Player {}", player.slot.unwrap()));
            assert_eq!(world.get::<ChildOf>(*entity).unwrap().parent(), sensor);
        }
        players.last().is_some_and(|(_, player)| player.id == 4)
    });
    update(&mut app);
    let world = app.world();
    let told = &world.resource::<Told>().0;
    let expected = [
        "1 entered",
        "1 took 0",
        "2 entered",
        "2 took 1",
        "3 entered",
        "3 took 2",
        "2 hidden",
        "3 hidden",
        "2 freed 1",
        "2 left",
        // While two people of one size are hidden, it takes a second to tell who is back.
        "3 returned",
        "4 entered",
        "4 took 1",
    ];
    assert_eq!(told, &expected);
    assert_eq!(&world.resource::<Observed>().0, &expected);
    let bodies = world.get::<TrackedBodies>(sensor).unwrap();
    assert_eq!(bodies.bodies.len(), 3);
    for body in &bodies.bodies {
        let player = bodies.player(body.id).unwrap();
        assert_eq!(world.get::<Player>(player).unwrap().id, body.id);
    }
    let four = world.get::<Player>(bodies.player(4).unwrap()).unwrap();
    assert_eq!((four.slot, four.tracker_id), (Some(1), 20));
}

/// A small simulation, whose people the truth tracker finds.
fn simulated(people: u32) -> (KinectSensor, BodyTracking) {
    let settings = SimulationSettings {
        scenario: "wave".parse::<Scenario>().unwrap(),
        people,
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        ..SimulationSettings::default()
    };
    (
        KinectSensor::new(settings),
        BodyTracking::new(Tracker::Truth).with_filter(FilterPreset::Raw),
    )
}

#[test]
fn simulated_people_are_players_where_the_ground_truth_has_them() {
    let mut app = headless_app();
    let place = Transform::from_xyz(1.0, 1.4, 3.0).with_rotation(Quat::from_rotation_y(0.7));
    let (kinect, mut tracking) = simulated(2);
    tracking.joints.in_images = Some(UvSettings::default());
    tracking.joints.euler = Some(EulerOrder::Xyz);
    let sensor = app.world_mut().spawn((kinect, tracking, place)).id();
    update_until(&mut app, "two players", |world| players(world).len() == 2);
    update_until(&mut app, "bodies of the newest frame", |world| {
        let bodies = world.get::<TrackedBodies>(sensor).unwrap();
        let truth = world.get::<GroundTruth>(sensor).unwrap();
        bodies.device_timestamp_usec == Some(truth.0.device_timestamp_usec)
            && bodies.bodies.len() == 2
    });
    let world = app.world_mut();
    let truth = world.get::<GroundTruth>(sensor).unwrap().0.clone();
    let time = world.get::<BodyTime>(sensor).unwrap();
    assert_eq!(*time, BodyTime::at(truth.device_timestamp_usec));
    let map = world
        .get::<BodyIndexMap>(sensor)
        .unwrap()
        .0
        .clone()
        .unwrap();
    let sensor_place = world.get::<GlobalTransform>(sensor).unwrap().to_isometry();
    for (entity, player) in players(world) {
        let status = *world.get::<PlayerStatus>(entity).unwrap();
        assert_eq!(status.presence, Presence::Present);
        let body = &truth.bodies[usize::from(status.index.unwrap())];
        assert_eq!(player.tracker_id, body.id);
        let bounds = *world.get::<PlayerBounds>(entity).unwrap();
        let (space, depth) = (bounds.body.unwrap(), bounds.depth.unwrap());
        let joints = world.get::<PlayerJoints>(entity).unwrap();
        for (joint, entity) in joints.iter() {
            if body.joint(joint).confidence == JointConfidence::None {
                continue; // It keeps the place where it was seen last.
            }
            let expected = sensor_place * joint_isometry(body.joint(joint));
            let there = world.get::<GlobalTransform>(entity).unwrap();
            let off = there.translation().distance(expected.translation.into());
            assert!(off < 1e-4, "{joint:?} {off}");
            let data = world.get::<TrackedJoint>(entity).unwrap();
            assert_eq!(data.confidence, body.joint(joint).confidence);
            let at = Vec3A::from(data.position);
            assert!(at.cmpge(space.min).all() && at.cmple(space.max).all());
            let images = world.get::<JointInImages>(entity).unwrap();
            let seen = images.depth.unwrap();
            assert!(depth.contains(seen.pixel), "{joint:?}");
            assert!((seen.uv - (seen.pixel + 0.5) / Vec2::new(320.0, 288.0)).length() < 1e-6);
            assert_eq!(images.color, None, "the colour camera is off");
            let euler = world.get::<JointEuler>(entity).unwrap().0;
            let turn = Quat::from_euler(
                EulerRot::XYZ,
                euler.x.to_radians(),
                euler.y.to_radians(),
                euler.z.to_radians(),
            );
            assert!(angle(turn, world.get::<Transform>(entity).unwrap().rotation) < 1.1);
        }
        // The person's pixels lie around the chest.
        let chest = world
            .get::<JointInImages>(joints.get(Joint::SpineChest))
            .unwrap();
        let pixel = chest.depth.unwrap().pixel.round().as_uvec2();
        let index = map.pixels()[(pixel.y * 320 + pixel.x) as usize];
        assert_eq!(Some(index), status.index);
    }
    let place = world.get::<GlobalTransform>(sensor).unwrap();
    assert!((ground_under(place).camera_height_mm - 1400.0).abs() < 0.01);

    // When the sensor is switched off, all players leave at once; when it is switched on again, they come back.
    world.get_mut::<KinectSensor>(sensor).unwrap().active = false;
    update(&mut app);
    assert!(nobody(app.world_mut()));
    app.world_mut()
        .get_mut::<KinectSensor>(sensor)
        .unwrap()
        .active = true;
    update_until(&mut app, "two players", |world| players(world).len() == 2);

    // Another source: its people are others.
    let before = players(app.world_mut());
    *app.world_mut().get_mut::<KinectSensor>(sensor).unwrap() = simulated(1).0;
    update_until(&mut app, "one player", |world| players(world).len() == 1);
    let after = players(app.world_mut());
    assert!(before.iter().all(|(entity, _)| *entity != after[0].0));

    // Without tracking, the ground truth writes the time again.
    app.world_mut()
        .get_mut::<BodyTracking>(sensor)
        .unwrap()
        .active = false;
    update(&mut app);
    assert!(nobody(app.world_mut()));
    update_until(&mut app, "the time of the truth", |world| {
        let truth = &world.get::<GroundTruth>(sensor).unwrap().0;
        *world.get::<BodyTime>(sensor).unwrap() == BodyTime::at(truth.device_timestamp_usec)
    });
}

/// A sensor that delivers no more captures than `allowed` says.
fn on_demand(allowed: &Arc<AtomicU64>) -> KinectSensor {
    let allowed = Arc::clone(allowed);
    KinectSensor::new(SensorSource::custom(move || {
        let source = TestSource::new(u64::MAX, Duration::from_millis(2));
        Ok(source.with_allowed(Arc::clone(&allowed)))
    }))
}

#[test]
fn a_tracker_that_does_not_return_never_holds_up_images_and_keeps_its_frame() {
    // The tracker works on no later capture than this one.
    let limit = Arc::new(AtomicU64::new(u64::MAX));
    let busy = Arc::new(AtomicU64::new(0));
    let (until, began) = (Arc::clone(&limit), Arc::clone(&busy));
    let tracking = scripted(move || {
        let (until, began) = (Arc::clone(&until), Arc::clone(&began));
        move |usec| {
            began.store(usec, Ordering::Relaxed);
            while usec > until.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            frame(usec, vec![standing(1, 0.0, 3000.0)])
        }
    });
    let mut app = headless_app();
    app.add_systems(
        PreUpdate,
        (|mut sensors: Query<&mut DelayedFrameDemand>| {
            for mut demand in &mut sensors {
                demand.is_wanted = true;
            }
        })
        .in_set(KinectSystems::Bodies),
    );
    let allowed = Arc::new(AtomicU64::new(0));
    let sensor = app.world_mut().spawn((on_demand(&allowed), tracking)).id();
    let deliver = |app: &mut App, number: u64| {
        allowed.store(number, Ordering::Release);
        update_until(app, "a capture", |world| sequence(world, sensor) == number);
    };
    let bodies_of = |world: &World| world.get::<BodyTime>(sensor).unwrap().device_timestamp_usec;
    let shown = |world: &World| {
        let frame = &world.get::<DelayedFrame>(sensor)?.0;
        frame.as_ref().map(|frame| time_of(&frame.capture))
    };
    for number in 1..=20 {
        deliver(&mut app, number);
        let time = Some(number * 33_333);
        update_until(&mut app, "its bodies", |world| bodies_of(world) == time);
    }
    assert_eq!(players(app.world_mut()).len(), 1);
    let waiting = 21 * 33_333;
    limit.store(waiting - 1, Ordering::Relaxed);
    deliver(&mut app, 21);
    update_until(&mut app, "the tracker is busy", |_| {
        busy.load(Ordering::Relaxed) == waiting
    });
    for number in 22..=61 {
        deliver(&mut app, number);
    }
    assert_eq!(
        bodies_of(app.world()),
        Some(20 * 33_333),
        "the tracker waits"
    );
    limit.store(waiting, Ordering::Relaxed);
    update_until(&mut app, "late bodies", |world| {
        bodies_of(world) == Some(waiting)
    });
    assert_eq!(
        shown(app.world()),
        Some(waiting),
        "its frame was kept beside forty newer ones"
    );
    limit.store(u64::MAX, Ordering::Relaxed);
    let newest = Some(61 * 33_333);
    update_until(&mut app, "the newest bodies", |world| {
        bodies_of(world) == newest
    });
    assert_eq!(shown(app.world()), newest);
}

#[test]
fn a_tracker_that_leaves_frames_out_or_stops_lets_the_players_go() {
    let stops = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stops);
    let mut tracking = scripted(move || {
        let (stopped, mut count) = (Arc::clone(&stopped), 0);
        move |usec| {
            count += 1;
            if count % 5 != 0 || stopped.load(Ordering::Relaxed) {
                return Ok(None);
            }
            frame(usec, vec![standing(1, 0.0, 2500.0)])
        }
    });
    tracking.players.hidden_seconds = 0.1;
    let mut app = headless_app();
    let sensor = app.world_mut().spawn((test_sensor(), tracking)).id();
    update_until(&mut app, "a player", |world| !players(world).is_empty());
    for _ in 0..100 {
        update(&mut app);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(players(app.world_mut()).len(), 1, "it stays meanwhile");
    }
    stops.store(true, Ordering::Relaxed);
    let from = sequence(app.world(), sensor);
    update_until(&mut app, "nobody", nobody);
    let world = app.world();
    assert!(sequence(world, sensor) > from + 5, "the images go on");
    assert_eq!(world.get::<TrackedBodies>(sensor).unwrap().bodies, []);
    // Images in step with bodies are then the newest images.
    update_until(&mut app, "newer images", |world| {
        let newest = world.get::<SensorFrame>(sensor).unwrap().latest().unwrap();
        world.get::<BodyTime>(sensor).unwrap().device_timestamp_usec
            == Some(time_of(&newest.capture))
    });
    stops.store(false, Ordering::Relaxed);
    update_until(&mut app, "a player", |world| !players(world).is_empty());
}

#[test]
fn a_tracker_that_panics_is_opened_again_and_the_state_tells_it() {
    #[derive(Resource, Default)]
    struct States(Vec<String>);
    let opened = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&opened);
    let mut tracking = scripted(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        move |usec| {
            assert!(number > 1, "as the test asks for");
            frame(usec, vec![standing(1, 0.0, 2500.0)])
        }
    });
    let mut app = headless_app();
    // The pause is long enough for the state to be seen.
    tracking.restarts.first_pause_seconds = 0.3;
    app.init_resource::<States>();
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), tracking))
        .observe(
            |change: On<BodyTrackingStateChanged>, mut states: ResMut<States>| {
                states.0.push(format!("{:?}", change.to));
            },
        )
        .id();
    update_until(&mut app, "a problem", |world| {
        state(world, sensor).problem().is_some()
    });
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(
        problem.contains("panicked (as the test asks for)"),
        "{problem}"
    );
    let from = sequence(app.world(), sensor);
    update_until(&mut app, "a player", |world| !players(world).is_empty());
    update_until(&mut app, "the state", |world| {
        let state = state(world, sensor);
        state.is_running() && state.frames > 0
    });
    update_until(&mut app, "more images", |world| {
        sequence(world, sensor) > from + 3
    });
    let world = app.world();
    let state = state(world, sensor);
    assert_eq!((state.errors, state.restarts), (2, 2));
    assert_eq!(state.name, "scripted");
    assert!(state.stages.taken.p50_ms >= state.stages.latency.p50_ms * 0.5);
    let states = &world.resource::<States>().0;
    assert!(
        states.iter().any(|state| state.contains("Restarting")),
        "{states:?}"
    );
    assert_eq!(states.last().map(String::as_str), Some("Running"));
    let diagnostics = world.get::<SensorDiagnostics>(sensor).unwrap();
    assert_eq!(diagnostics.bodytracking_errors, 2);
    assert!(diagnostics.bodytracking_frame > 0 && diagnostics.bodytracking_timestamp > 0);
    assert!(diagnostics.bodytracking_latency > Duration::ZERO);
    assert_eq!(diagnostics.image_errors, 0);
}

#[test]
fn without_a_tracker_the_state_says_what_to_do_and_images_go_on() {
    let mut app = headless_app();
    let sensor = app
        .world_mut()
        .spawn((test_sensor(), BodyTracking::new(Tracker::Truth)))
        .id();
    update_until(&mut app, "the state", |world| {
        state(world, sensor).problem().is_some()
    });
    let problem = state(app.world(), sensor).problem().unwrap();
    assert!(problem.contains("choose another body tracker"), "{problem}");
    let from = sequence(app.world(), sensor);
    update_until(&mut app, "images", |world| {
        sequence(world, sensor) > from + 10
    });
    // At run time, the tracker is replaced by one that works.
    let tracking = two_people();
    *app.world_mut().get_mut::<BodyTracking>(sensor).unwrap() = tracking;
    update_until(&mut app, "players", |world| players(world).len() == 2);
    // On an entity that is no sensor nothing happens, until it is one.
    let later = app.world_mut().spawn(two_people()).id();
    for _ in 0..10 {
        update(&mut app);
    }
    assert_eq!(*state(app.world(), later), BodyTrackingState::default());
    app.world_mut().entity_mut(later).insert(test_sensor());
    update_until(&mut app, "its players", |world| players(world).len() == 4);
}

#[test]
fn settings_take_effect_while_the_tracker_runs_on() {
    let opened = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&opened);
    let mut app = headless_app();
    let tracking = scripted(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let mut sign = 1.0;
        move |usec| {
            sign = -sign;
            let mut body = standing(1, 0.0, 2500.0);
            for pose in &mut body.joints {
                pose.position[0] += 20.0 * sign;
            }
            frame(usec, vec![body, standing(2, 900.0, 2500.0)])
        }
    });
    let sensor = app.world_mut().spawn((test_sensor(), tracking)).id();
    update_until(&mut app, "players", |world| players(world).len() == 2);
    let change = |app: &mut App, change: &dyn Fn(&mut BodyTracking)| {
        change(&mut app.world_mut().get_mut::<BodyTracking>(sensor).unwrap());
    };
    let frames = |world: &World| {
        world
            .get::<TrackedBodies>(sensor)
            .unwrap()
            .device_timestamp_usec
    };
    let (entity, _) = players(app.world_mut())[0];

    change(&mut app, &|tracking| tracking.joints.entities = false);
    update(&mut app);
    update(&mut app);
    assert_eq!(joints(app.world_mut()), 0);
    assert!(app.world().get::<PlayerJoints>(entity).is_none());
    assert!(app.world().get::<Children>(entity).is_none());
    let before = frames(app.world());
    update_until(&mut app, "another frame", |world| frames(world) > before);
    let skeleton = app.world().get::<Skeleton>(entity).unwrap();
    assert_eq!(Some(skeleton.device_timestamp_usec), frames(app.world()));

    change(&mut app, &|tracking| {
        tracking.joints.entities = true;
        tracking.joints.euler = Some(EulerOrder::Zxy);
        tracking.joints.in_images = Some(UvSettings::default());
    });
    update_until(&mut app, "joints with angles", |world| {
        let angles = world.query::<(&BodyJoint, &JointEuler, &JointInImages)>();
        { angles }.iter(world).count() == 2 * Joint::COUNT
    });
    change(&mut app, &|tracking| {
        tracking.joints = JointSettings::default()
    });
    update_until(&mut app, "joints without them", |world| {
        let angles = world.query_filtered::<(), Or<(With<JointEuler>, With<JointInImages>)>>();
        { angles }.iter(world).count() == 0
    });
    assert_eq!(joints(app.world_mut()), 2 * Joint::COUNT);

    // How far the pelvis jumps from frame to frame, in m.
    let jumps = |app: &mut App| {
        let (mut last, mut largest, mut count) = (None::<(u64, f32)>, 0.0_f32, 0);
        update_until(app, "twenty frames", |world| {
            let skeleton = world.get::<Skeleton>(entity).unwrap();
            let now = (
                skeleton.device_timestamp_usec,
                skeleton.joint(Joint::Pelvis).position.x,
            );
            if let Some((time, x)) = last
                && time != now.0
            {
                largest = largest.max((now.1 - x).abs());
                count += 1;
            }
            last = Some(now);
            count > 20
        });
        largest
    };
    let raw = jumps(&mut app);
    change(&mut app, &|tracking| {
        tracking.filter = FilterPreset::Sculpture.into()
    });
    jumps(&mut app);
    let calm = jumps(&mut app);
    println!("jumps of {raw} m raw, {calm} m smoothed");
    assert!(raw > 0.039 && calm < 0.03);

    change(&mut app, &|tracking| tracking.players.most_players = 1);
    update_until(&mut app, "one slot", |world| {
        let slots: Vec<_> = players(world)
            .iter()
            .map(|(_, player)| player.slot)
            .collect();
        slots.contains(&Some(0)) && slots.contains(&None)
    });
    assert_eq!(opened.load(Ordering::Relaxed), 1, "the tracker ran on");

    // A change of `restarts` opens the tracker again; the players stay.
    change(&mut app, &|tracking| {
        tracking.restarts.bad_captures_in_a_row += 1
    });
    let before = frames(app.world());
    update_until(&mut app, "frames of the next one", |world| {
        opened.load(Ordering::Relaxed) == 2 && frames(world) > before
    });
    assert!(app.world().get::<Player>(entity).is_some());
}

#[test]
fn with_prediction_joints_move_between_body_frames() {
    let allowed = Arc::new(AtomicU64::new(0));
    // A metre in a second to the right, at 30 captures a second.
    let mut tracking =
        scripted(|| |usec| frame(usec, vec![standing(1, usec as f32 * 1e-3 - 1000.0, 2500.0)]));
    tracking.players.probation_seconds = 0.1;
    tracking.filter.prediction = Some(Prediction {
        horizon_seconds: 0.5,
    });
    let mut app = headless_app();
    let sensor = app.world_mut().spawn((on_demand(&allowed), tracking)).id();
    for number in 1..=40 {
        allowed.store(number, Ordering::Release);
        update_until(&mut app, "its bodies", |world| {
            let time = world.get::<BodyTime>(sensor).unwrap().device_timestamp_usec;
            time == Some(number * 33_333)
        });
    }
    let (player, _) = players(app.world_mut())[0];
    let mut places = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(900) {
        update(&mut app);
        let x = app.world().get::<Transform>(player).unwrap().translation.x;
        if places.last() != Some(&x) {
            places.push(x);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    println!(
        "{} places between {:?} and {:?}",
        places.len(),
        places.first(),
        places.last()
    );
    assert!(places.len() > 1, "it went on without a body frame");
    assert!(places.is_sorted());
    // 0.333 m at the newest body frame, and half a metre in the half second of the horizon.
    let end = places.last().unwrap();
    assert!((end - 0.833).abs() < 0.02, "it waits at the horizon: {end}");
}

#[test]
fn what_ends_leaves_no_entity_and_no_thread_behind() {
    let mut app = headless_app();
    listen(&mut app);
    let mut left = Vec::new();
    for end in [
        "despawned",
        "removed",
        "switched off",
        "sensor removed",
        "despawned",
    ] {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let tracking = scripted(move || {
            let held = Arc::clone(&held);
            move |usec| {
                let _ = &held;
                frame(
                    usec,
                    vec![standing(1, 0.0, 2500.0), standing(2, 900.0, 2500.0)],
                )
            }
        });
        let sensor = app.world_mut().spawn((test_sensor(), tracking)).id();
        update_until(&mut app, end, |world| players(world).len() == 2);
        app.world_mut().resource_mut::<Told>().0.clear();
        match end {
            "despawned" => {
                app.world_mut().despawn(sensor);
            }
            "removed" => {
                app.world_mut().entity_mut(sensor).remove::<BodyTracking>();
            }
            "switched off" => {
                let mut tracking = app.world_mut().get_mut::<BodyTracking>(sensor).unwrap();
                tracking.active = false;
                tracking.source = BodySource::default();
            }
            _ => {
                app.world_mut().entity_mut(sensor).remove::<KinectSensor>();
            }
        }
        update_until(&mut app, end, nobody);
        update(&mut app);
        let told = &app.world().resource::<Told>().0;
        for id in [1, 2] {
            let left = format!("{id} left");
            assert_eq!(
                told.iter().filter(|told| **told == left).count(),
                1,
                "{end}: {told:?}"
            );
        }
        if let Ok(entity) = app.world_mut().get_entity_mut(sensor) {
            entity.despawn();
        }
        update_until(&mut app, "the end of the tracker", |_| {
            Arc::strong_count(&alive) == 1
        });
        left.push(app.world().entities().count_spawned());
    }
    assert!(left.iter().all(|count| *count == left[0]), "{left:?}");
}

#[test]
fn players_that_the_app_despawns_do_no_harm() {
    let mut app = headless_app();
    let sensor = app.world_mut().spawn((test_sensor(), two_people())).id();
    update_until(&mut app, "players", |world| players(world).len() == 2);
    let all = players(app.world_mut());
    let joint = app
        .world()
        .get::<PlayerJoints>(all[1].0)
        .unwrap()
        .get(Joint::ElbowLeft);
    app.world_mut().despawn(all[0].0);
    app.world_mut().despawn(joint);
    let time = |world: &World| world.get::<BodyTime>(sensor).unwrap().device_timestamp_usec;
    let before = time(app.world());
    update_until(&mut app, "more bodies", |world| {
        time(world) > before.map(|usec| usec + 200_000)
    });
    assert_eq!(players(app.world_mut()).len(), 1);
    app.world_mut().despawn(sensor);
    update(&mut app);
    assert!(nobody(app.world_mut()));
}

#[test]
fn two_sensors_have_players_of_their_own() {
    let mut app = headless_app();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sensors: Vec<_> = (0..2)
        .map(|_| app.world_mut().spawn((test_sensor(), two_people())).id())
        .collect();
    let told = Arc::clone(&seen);
    app.add_observer(move |taken: On<SlotTaken>| {
        told.lock().unwrap().push((taken.sensor, taken.slot));
    });
    update_until(&mut app, "four players", |world| players(world).len() == 4);
    let mut taken = seen.lock().unwrap().clone();
    taken.sort_unstable();
    let mut expected: Vec<_> = sensors.iter().flat_map(|s| [(*s, 0), (*s, 1)]).collect();
    expected.sort_unstable();
    assert_eq!(taken, expected);
}

#[test]
fn everything_about_people_is_reflected() {
    let app = headless_app();
    let registry = app.world().resource::<AppTypeRegistry>().read();
    for name in [
        "BodyTracking",
        "BodyTrackingState",
        "TrackedBodies",
        "Player",
        "PlayerStatus",
        "PlayerBounds",
        "PlayerJoints",
        "Skeleton",
        "BodyJoint",
        "TrackedJoint",
        "JointEuler",
        "JointInImages",
    ] {
        let found = registry.get_with_short_type_path(name);
        let found = found.unwrap_or_else(|| panic!("{name} is not registered"));
        assert!(found.data::<ReflectComponent>().is_some(), "{name}");
    }
    let field = BodyTracking::default();
    let field = field.reflect_path("players.policy").unwrap();
    assert!(field.try_downcast_ref::<SelectionPolicy>().is_some());
}
