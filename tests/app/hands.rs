//! Hands as pointers: a button of Bevy's UI and a mesh know nothing of hands, and are pressed and dragged by them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bevy::picking::mesh_picking::ray_cast::RayCastVisibility;
use bevy::picking::mesh_picking::{MeshPickingPlugin, MeshPickingSettings};
use bevy::picking::pointer::{PointerId, PointerLocation};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_kinect_azure::hands::CursorSettings;
use bevy_kinect_azure::kinect_azure::{Calibration, Capture, ColorResolution, DepthMode};
use bevy_kinect_azure::kinect_simulation::{MotionKind, Scenario, SimulationSettings};
use bevy_kinect_azure::kinect_tracking::tracker::{BodyTracker, TrackerError};
use bevy_kinect_azure::prelude::*;

use crate::bodies::standing;
use crate::support::*;

/// What pointers did to the target of a test.
#[derive(Resource, Default)]
struct Done {
    clicks: u32,
    drag_starts: u32,
    /// The way of all drags, in pixels.
    dragged: Vec2,
    drag_ends: u32,
    outs: u32,
    pointers: Vec<PointerId>,
}

/// An app with picking, and a camera that draws into an image.
fn app() -> (App, Entity) {
    let mut app = app_with_renderer(|app| {
        app.add_plugins(MeshPickingPlugin)
            .insert_resource(MeshPickingSettings {
                ray_cast_visibility: RayCastVisibility::Any,
                ..default()
            })
            .init_resource::<Done>();
    });
    // Picking looks for hits only in apps that have a primary window.
    app.world_mut().spawn(PrimaryWindow);
    let image = render_target(&mut app, 640, 360);
    let camera = app
        .world_mut()
        .spawn((
            Camera3d::default(),
            IsDefaultUiCamera,
            target(&image),
            Transform::from_xyz(0.0, 0.0, 5.0),
        ))
        .id();
    (app, camera)
}

/// A simulated person who grips, and carries the fist outwards.
fn gripping(camera: Entity) -> impl Bundle {
    let settings = SimulationSettings {
        scenario: Scenario::Single(MotionKind::Grip),
        people: 1,
        seed: 3,
        depth_mode: DepthMode::NfovUnbinned,
        color_resolution: ColorResolution::Off,
        every_capture: true,
        ..SimulationSettings::default()
    };
    (
        KinectSensor::new(settings),
        Lockstep,
        BodyTracking::new(Tracker::Truth),
        BodyHands::default(),
        HandPointers {
            camera: Some(camera),
        },
        Transform::from_xyz(0.0, 1.3, 0.0)
            .with_rotation(Quat::from_rotation_x(-10_f32.to_radians())),
    )
}

/// Counts what pointers do to an entity.
fn observe(app: &mut App, target: Entity) {
    app.world_mut()
        .entity_mut(target)
        .observe(|click: On<Pointer<Click>>, mut done: ResMut<Done>| {
            done.clicks += 1;
            done.pointers.push(click.pointer_id);
        })
        .observe(|_: On<Pointer<DragStart>>, mut done: ResMut<Done>| done.drag_starts += 1)
        .observe(|drag: On<Pointer<Drag>>, mut done: ResMut<Done>| done.dragged += drag.delta)
        .observe(|_: On<Pointer<DragEnd>>, mut done: ResMut<Done>| done.drag_ends += 1)
        .observe(|_: On<Pointer<Out>>, mut done: ResMut<Done>| done.outs += 1);
}

/// A button that fills the picture, and is observed.
fn spawn_button(app: &mut App) {
    let all = Node {
        width: percent(100),
        height: percent(100),
        ..default()
    };
    let button = app.world_mut().spawn((Button, all)).id();
    observe(app, button);
}

#[test]
fn a_button_of_the_ui_is_pressed_by_a_simulated_hand() {
    let (mut app, camera) = app();
    spawn_button(&mut app);
    let sensor = app.world_mut().spawn(gripping(camera)).id();
    update_until(&mut app, "a click", |world| {
        world.resource::<Done>().clicks > 0
    });
    let world = app.world_mut();
    assert!(matches!(
        world.resource::<Done>().pointers[0],
        PointerId::Custom(_)
    ));
    let (player, hands) = world
        .query::<(Entity, &PlayerHands)>()
        .single(world)
        .unwrap();
    // The person is left-handed.
    assert!(hands.left.cursor.is_some() && hands.right.cursor.is_none());
    let (entity, pointer, place) = world
        .query::<(Entity, &HandPointer, &PointerLocation)>()
        .single(world)
        .unwrap();
    assert_eq!(pointer.player, player);
    let at = place.location().unwrap().position;
    assert!(Rect::new(0.0, 0.0, 640.0, 360.0).contains(at), "{at}");
    // Without the sensor there is no pointer.
    world.despawn(sensor);
    update(&mut app);
    update(&mut app);
    assert!(app.world().get_entity(entity).is_err());
}

#[test]
fn a_mesh_is_dragged_by_a_simulated_hand() {
    let (mut app, camera) = app();
    let mesh = Mesh3d(
        app.world_mut()
            .resource_mut::<Assets<Mesh>>()
            .add(Cuboid::new(12.0, 12.0, 0.1)),
    );
    let thing = app.world_mut().spawn((mesh, Transform::default())).id();
    observe(&mut app, thing);
    app.world_mut().spawn(gripping(camera));
    update_until(&mut app, "a drag that has ended", |world| {
        world.resource::<Done>().drag_ends > 0
    });
    let done = app.world().resource::<Done>();
    println!("dragged by {} pixels", done.dragged);
    assert_eq!((done.drag_starts, done.drag_ends), (1, 1));
    // The person carries the left hand outwards, and the person's left is the left of the picture.
    assert!(done.dragged.x < -60.0, "{}", done.dragged);
}

/// Two people who raise the right hand from 0.3 s on and push from 1.0 s on. The first one moves the hand and is gone at 2.5 s.
struct Pushing;

impl BodyTracker for Pushing {
    fn name(&self) -> &str {
        "pushing"
    }
    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let usec = capture.depth.as_ref().unwrap().device_timestamp_usec;
        let seconds = usec as f32 * 1e-6;
        let mut bodies = vec![raised(2, 400.0, seconds)];
        if seconds < 2.5 {
            bodies.push(raised(1, -400.0, seconds));
        }
        Ok(Some(Arc::new(BodyFrame {
            device_timestamp_usec: usec,
            bodies,
            ..BodyFrame::default()
        })))
    }
}

fn raised(id: u32, x: f32, seconds: f32) -> Body {
    let mut body = standing(id, x, 2500.0);
    let shoulder = Vec3::from(body.joint(Joint::ShoulderRight).position);
    let ahead = match seconds {
        s if s < 0.3 => 0.0,
        s if s < 1.0 => 220.0,
        _ => 420.0,
    };
    let aside = (seconds - 1.4).clamp(0.0, 0.6) * -200.0;
    let hand = shoulder + Vec3::new(aside, 0.0, -ahead);
    // Upper arm and forearm keep their length of 280 mm.
    let half = 0.5 * shoulder.distance(hand);
    let down = (280.0 * 280.0 - half * half).sqrt();
    let elbow = shoulder.midpoint(hand) + Vec3::Y * down;
    for (joint, place) in [
        (Joint::ElbowRight, elbow),
        (Joint::WristRight, hand),
        (Joint::HandRight, hand),
    ] {
        body.joints[joint.index()].position = place.to_array();
    }
    body
}

#[test]
fn a_player_who_leaves_lets_go_and_another_ones_pointer_stays() {
    let (mut app, camera) = app();
    spawn_button(&mut app);
    // A capture for each update.
    let allowed = Arc::new(AtomicU64::new(0));
    let each = Arc::clone(&allowed);
    let source = SensorSource::custom(move || {
        let source = TestSource::new(u64::MAX, Duration::from_millis(1));
        Ok(source.with_allowed(Arc::clone(&each)))
    });
    let mut tracking =
        BodyTracking::new(BodySource::custom(|_, _| Ok(Pushing))).with_filter(FilterPreset::Raw);
    tracking.players.probation_seconds = 0.1;
    tracking.players.hidden_seconds = 0.3;
    let hands = BodyHands(HandSettings {
        cursor: CursorSettings {
            press_by_push: true,
            ..default()
        },
        ..default()
    });
    app.world_mut().spawn((
        KinectSensor::new(source),
        tracking,
        hands,
        HandPointers {
            camera: Some(camera),
        },
    ));
    let mut most = 0;
    update_until(&mut app, "a drag that has ended", |world| {
        allowed.fetch_add(1, Ordering::Relaxed);
        let mut ids: Vec<PointerId> = world
            .query_filtered::<&PointerId, With<HandPointer>>()
            .iter(world)
            .copied()
            .collect();
        ids.sort_by_key(|id| format!("{id:?}"));
        ids.dedup();
        most = most.max(ids.len());
        world.resource::<Done>().drag_ends > 0
    });
    update(&mut app);
    let done = app.world().resource::<Done>();
    assert_eq!(most, 2, "a pointer for each player");
    assert_eq!((done.drag_starts, done.drag_ends), (2, 1));
    assert_eq!(done.clicks, 0, "leaving is no click");
    assert!(done.outs >= 1);
    let world = app.world_mut();
    let pointers: Vec<u32> = world
        .query::<&HandPointer>()
        .iter(world)
        .filter_map(|pointer| Some(world.get::<Player>(pointer.player)?.id))
        .collect();
    assert_eq!(pointers.len(), 1, "the other one's pointer stays");
}
