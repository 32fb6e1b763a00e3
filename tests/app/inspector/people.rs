//! The page of people.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_kinect_azure::floor::{PlayerFoot, PlayerHeight};
use bevy_kinect_azure::kinect_tracking::filter::PositionSmoothing;
use bevy_kinect_azure::kinect_tracking::onnx::{PictureSource, Runtime};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page};

use super::crowd::{player, skeleton};
use super::hand::{choose, click, enter, enter_number, slide};
use super::screen::{find, get, says, value};
use super::stage::{inspected, inspected_with, of_sensor, sensor, settle, small_simulation};
use crate::support::*;

/// A sensor that is switched off and whose people are tracked.
fn tracked() -> App {
    inspected_with(Page::People, UVec2::new(1280, 720), |app| {
        app.world_mut()
            .spawn((KinectSensor::default(), BodyTracking::default()));
    })
}

fn tracking(app: &App) -> &BodyTracking {
    of_sensor(app).unwrap()
}

fn settings(app: &App) -> &TrackerSettings {
    match &tracking(app).source {
        BodySource::Tracker(settings) => settings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn people_are_tracked_and_not_tracked() {
    let mut app = inspected_with(Page::People, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn(KinectSensor::default());
    });
    click(&mut app, "Track people");
    assert!(tracking(&app).active);
    assert!(says(&mut app, "Nobody is there."));
    click(&mut app, "Track people");
    assert!(!tracking(&app).active);
    assert_eq!(value(&mut app, "State"), "switched off");
    click(&mut app, "Remove body tracking");
    assert!(of_sensor::<BodyTracking>(&app).is_none());
    assert!(says(&mut app, "No people are tracked"));
}

#[test]
fn the_tracker_and_its_settings_are_chosen() {
    let mut app = tracked();
    choose(&mut app, "Runs on", "processor");
    assert_eq!(settings(&app).processing_mode, ProcessingMode::Cpu);
    choose(&mut app, "Mounted", "upside down");
    assert_eq!(settings(&app).orientation, SensorOrientation::Flip180);
    click(&mut app, "Look twice");
    assert!(settings(&app).mirrored);
    slide(&mut app, "Vendor smoothing", 0.75);
    assert!((settings(&app).vendor_smoothing - 0.75).abs() < 0.05);
    click(&mut app, "Models");
    enter(&mut app, "Model", "pose.onnx");
    assert_eq!(settings(&app).model.as_deref(), Some("pose.onnx".as_ref()));
    enter(&mut app, "Finds people", "people.onnx");
    let network = &settings(&app).network;
    assert_eq!(network.detector.as_deref(), Some("people.onnx".as_ref()));
    choose(&mut app, "Looks at", "colour");
    assert_eq!(settings(&app).network.picture, PictureSource::Color);
    choose(&mut app, "Library", "tract");
    assert_eq!(settings(&app).network.runtime, Runtime::Embedded);
    enter(&mut app, "Library file", "ort.so");
    let network = &settings(&app).network;
    assert_eq!(network.library.as_deref(), Some("ort.so".as_ref()));
    enter_number(&mut app, "Graphics card", "2");
    assert_eq!(settings(&app).gpu_device, 2);
    enter(&mut app, "Model", " ");
    assert_eq!(settings(&app).model, None);
    choose(&mut app, "Tracker", "bodies that come with the captures");
    assert_eq!(settings(&app).tracker, Tracker::Truth);
    assert!(find(&mut app, "Runs on").is_none());
    click(&mut app, "Errors added to exact bodies");
    enter_number(&mut app, "Position error", "12");
    slide(&mut app, "Lost joints", 0.5);
    slide(&mut app, "New ids", 0.25);
    let noise = &settings(&app).truth_noise;
    assert_eq!(noise.position_mm, 12.0);
    assert!((noise.lost_joints - 0.5).abs() < 0.05);
    assert!((noise.new_ids - 0.25).abs() < 0.05);
}

#[test]
fn a_clip_and_a_tracker_of_the_app_can_be_replaced_by_a_tracker() {
    let mut app = inspected_with(Page::People, UVec2::new(1280, 720), |app| {
        app.world_mut()
            .spawn((small_simulation(), BodyTracking::clip("no/such/clip.json")));
    });
    enter(&mut app, "Clip", "no/other/clip.json");
    let BodySource::Clip(path) = &tracking(&app).source else {
        panic!("a clip");
    };
    assert_eq!(path, std::path::Path::new("no/other/clip.json"));
    update_until(&mut app, "the clip's error", |world| {
        let inspector = world.resource::<KinectInspector>().sensor.unwrap();
        let state = world.get::<BodyTrackingState>(inspector).unwrap();
        matches!(&state.state, TrackerState::Unusable(why) if why.contains("other"))
    });
    settle(&mut app);
    assert_eq!(value(&mut app, "State"), "cannot be used");
    click(&mut app, "Use a tracker instead");
    assert_eq!(settings(&app), &TrackerSettings::default());
}

#[test]
fn slots_and_what_happens_when_the_tracker_fails_are_set() {
    let mut app = tracked();
    click(&mut app, "Who gets a slot");
    enter_number(&mut app, "Most players", "2");
    choose(&mut app, "Slots go to", "the nearest people");
    enter_number(&mut app, "Probation", "1");
    enter_number(&mut app, "Stay hidden", "5");
    enter_number(&mut app, "Replace after", "2");
    enter_number(&mut app, "Largest step", "700");
    enter_number(&mut app, "Bones differ by", "6");
    enter_number(&mut app, "Moving from", "300");
    slide(&mut app, "Cut off within", 0.5);
    let players = &tracking(&app).players;
    assert_eq!(players.most_players, 2);
    assert_eq!(players.policy, SelectionPolicy::Nearest);
    assert_eq!(players.probation_seconds, 1.0);
    assert_eq!(players.hidden_seconds, 5.0);
    assert_eq!(players.replace_after_seconds, 2.0);
    assert_eq!(players.gate_mm, 700.0);
    assert_eq!(players.bones_differ_mm, 6.0);
    assert_eq!(players.moving_mm_per_second, 300.0);
    assert!((players.edge_share - 0.25).abs() < 0.03);

    click(&mut app, "When the tracker fails");
    enter_number(&mut app, "First pause", "1");
    enter_number(&mut app, "Longest pause", "60");
    enter_number(&mut app, "Bad captures", "10");
    enter_number(&mut app, "Hung after", "20");
    let restarts = &tracking(&app).restarts;
    assert_eq!(restarts.first_pause_seconds, 1.0);
    assert_eq!(restarts.longest_pause_seconds, 60.0);
    assert_eq!(restarts.bad_captures_in_a_row, 10);
    assert_eq!(restarts.hung_after_seconds, 20.0);
    click(&mut app, "Usual pauses");
    assert_eq!(tracking(&app).restarts, BodyTracking::default().restarts);
}

#[test]
fn joints_are_smoothed_and_predicted_as_chosen() {
    let mut app = tracked();
    choose(&mut app, "Smoothing", "calm");
    assert_eq!(tracking(&app).filter, FilterPreset::Calm.into());
    click(&mut app, "Predict");
    assert_eq!(
        tracking(&app).filter.prediction,
        Some(Prediction::default())
    );
    // The prediction is not a part of the preset.
    assert_eq!(value(&mut app, "Smoothing"), "calm");
    slide(&mut app, "Predict at most", 0.5);
    let horizon = tracking(&app).filter.prediction.unwrap().horizon_seconds;
    assert!((horizon - 0.25).abs() < 0.03, "{horizon}");
    enter_number(&mut app, "Cutoff at rest", "3");
    assert_eq!(value(&mut app, "Smoothing"), "own settings");
    enter_number(&mut app, "Opens by", "5");
    enter_number(&mut app, "Doubtful joints", "0.25");
    let PositionSmoothing::OneEuro(euro) = tracking(&app).filter.positions else {
        panic!("{:?}", tracking(&app).filter.positions);
    };
    assert_eq!(euro.min_cutoff_hz, 3.0);
    assert_eq!(euro.speed_coefficient, 5.0);
    assert_eq!(euro.low_confidence_factor, 0.25);
    choose(&mut app, "Positions", "as the Kinect for Windows SDK");
    enter_number(&mut app, "Keeps of the past", "0.7");
    enter_number(&mut app, "Correction", "0.3");
    enter_number(&mut app, "Prediction", "2");
    enter_number(&mut app, "Jitter radius", "20");
    enter_number(&mut app, "Largest deviation", "30");
    let PositionSmoothing::Kinect(kinect) = tracking(&app).filter.positions else {
        panic!("{:?}", tracking(&app).filter.positions);
    };
    let expected = bevy_kinect_azure::kinect_tracking::filter::KinectSmoothing {
        smoothing: 0.7,
        correction: 0.3,
        prediction: 2.0,
        jitter_radius_mm: 20.0,
        max_deviation_mm: 30.0,
    };
    assert_eq!(kinect, expected);
    enter_number(&mut app, "Rotation cutoff", "4");
    enter_number(&mut app, "Rotation opens by", "1");
    let rotations = tracking(&app).filter.rotations.unwrap();
    assert_eq!(
        (rotations.min_cutoff_hz, rotations.speed_coefficient),
        (4.0, 1.0)
    );
    click(&mut app, "Smooth rotations");
    assert_eq!(tracking(&app).filter.rotations, None);
    enter_number(&mut app, "Strength", "0.5");
    assert_eq!(tracking(&app).filter.bones.unwrap().strength, 0.5);
    click(&mut app, "Keep bone lengths");
    assert_eq!(tracking(&app).filter.bones, None);
    enter_number(&mut app, "Flip margin", "100");
    assert_eq!(tracking(&app).filter.flips.unwrap().margin_mm, 100.0);
    click(&mut app, "Repair flips");
    assert_eq!(tracking(&app).filter.flips, None);
    enter_number(&mut app, "Speed cutoff", "7");
    enter_number(&mut app, "Begin anew after", "1");
    let filter = &tracking(&app).filter;
    assert_eq!(
        (filter.velocity_cutoff_hz, filter.reset_after_seconds),
        (7.0, 1.0)
    );
}

#[test]
fn joints_get_the_entities_and_components_that_are_chosen() {
    let mut app = tracked();
    click(&mut app, "Entities of joints");
    choose(&mut app, "Euler angles", "z, x, y");
    assert_eq!(tracking(&app).joints.euler, Some(EulerOrder::Zxy));
    click(&mut app, "Places in images");
    for name in ["Mirror u", "Flip v", "Keep aspect"] {
        click(&mut app, name);
    }
    let all = UvSettings {
        mirror_u: true,
        flip_v: true,
        keep_aspect: true,
    };
    assert_eq!(tracking(&app).joints.in_images, Some(all));
    click(&mut app, "Joint entities");
    assert!(!tracking(&app).joints.entities);

    click(&mut app, "Hands");
    assert!(of_sensor::<BodyHands>(&app).is_some());
    click(&mut app, "Gestures");
    assert!(of_sensor::<BodyGestures>(&app).is_some());
    click(&mut app, "Hands");
    click(&mut app, "Gestures");
    assert!(of_sensor::<BodyHands>(&app).is_none());
    assert!(of_sensor::<BodyGestures>(&app).is_none());
}

#[test]
fn players_are_listed_with_figures_and_joints() {
    let mut app = tracked();
    let of = sensor(&app);
    let first = player(&mut app, of, 0, 0.5, -2.0);
    for slot in 1..6 {
        player(&mut app, of, slot, slot as f32 * 0.4, -3.0);
    }
    let standing = PlayerStanding {
        left: PlayerFoot {
            contact: bevy_kinect_azure::floor::FootContact::OnFloor,
            height: 0.0,
        },
        right: PlayerFoot {
            contact: bevy_kinect_azure::floor::FootContact::InAir,
            height: 0.12,
        },
        height: Some(PlayerHeight {
            metres: 1.784,
            error: 0.02,
        }),
    };
    let status = PlayerStatus {
        seconds: 12.3,
        speed: 0.5,
        moving: true,
        ..default()
    };
    app.world_mut().entity_mut(first).insert((standing, status));
    settle(&mut app);
    for id in 1..=6 {
        get(&mut app, &format!("Player {id}"));
    }
    assert_eq!(value(&mut app, "Presence"), "seen");
    assert_eq!(value(&mut app, "There for"), "12 s");
    assert_eq!(value(&mut app, "Height"), "1.78 m ± 2 cm");
    assert_eq!(value(&mut app, "Feet (l, r)"), "floor, 12 cm up");
    assert_eq!(value(&mut app, "Speed"), "0.50 m/s, moves");
    get(&mut app, "Skeleton of player 1");
    assert!(find(&mut app, "Skeleton of player 2").is_none());
    click(&mut app, "Joints of player 1");
    assert!(says(&mut app, "medium"));
    click(&mut app, "Player 2");
    get(&mut app, "Skeleton of player 2");
    click(&mut app, "Player 1");
    // What is folded up glides away.
    let end = Instant::now() + Duration::from_secs(10);
    while find(&mut app, "Skeleton of player 1").is_some() {
        assert!(Instant::now() < end, "player 1 stays unfolded");
        update(&mut app);
    }

    // A player whose place is not a number, and one without joints.
    let mut nowhere = skeleton(0.0, -2.0);
    for joint in &mut nowhere.joints {
        joint.position = Vec3::NAN;
    }
    app.world_mut().entity_mut(first).insert(nowhere);
    click(&mut app, "Player 1");
    get(&mut app, "Skeleton of player 1");
    app.world_mut()
        .entity_mut(first)
        .insert(Skeleton::default());
    settle(&mut app);
    assert!(!says(&mut app, "NaN"));
}

#[test]
fn the_tracker_that_runs_is_named_with_its_times() {
    let mut app = inspected_with(Page::People, UVec2::new(1280, 720), |app| {
        app.world_mut()
            .spawn((small_simulation(), BodyTracking::new(Tracker::Truth)));
    });
    update_until(&mut app, "a running tracker", |world| {
        let inspector = world.resource::<KinectInspector>().sensor.unwrap();
        let state = world.get::<BodyTrackingState>(inspector).unwrap();
        state.is_running() && state.stages.taken.p50_ms > 0.0
    });
    settle(&mut app);
    assert_eq!(value(&mut app, "State"), "running");
    let runs = of_sensor::<BodyTrackingState>(&app).unwrap().name.clone();
    assert_eq!(value(&mut app, "Runs"), runs);
    assert!(!runs.is_empty());
    update_until(&mut app, "players", |world| {
        world.query::<&Player>().iter(world).next().is_some()
    });
    settle(&mut app);
    let mut players = app.world_mut().query::<&Player>();
    let id = players.iter(app.world()).next().unwrap().id;
    get(&mut app, &format!("Player {id}"));
}

#[test]
fn a_clip_of_bodies_needs_no_sensor() {
    let mut app = inspected(Page::People);
    assert!(says(&mut app, "There is no sensor."));
    app.world_mut()
        .spawn(BodyTracking::clip("no/such/clip.json"));
    settle(&mut app);
    assert!(!says(&mut app, "There is no sensor."));
    get(&mut app, "Clip");
}
