//! Measures the gestures that are recognised, and the false alarms.

use std::collections::BTreeMap;

use glam::Vec3;
use kinect_azure::{Body, Joint};
use kinect_simulation::{MotionKind, Scenario};
use kinect_tracking::Ground;
use kinect_tracking::filter::{BodyFilters, FilterPreset};
use kinect_tracking::gestures::{
    Direction, Gesture, GestureEvent, GestureSettings, GestureWatch, Side,
};

use crate::clips::{NAMES, clip, place, resampled};
use crate::figure::{self, Figure};
use crate::noise::Noise;
use crate::simulated;

/// The gestures in frames with noise of 10 mm that are filtered as in an app.
fn seen(
    frames: impl Iterator<Item = (u64, Vec<Body>)>,
    ground: &Ground,
    seed: u64,
) -> Vec<GestureEvent> {
    let mut watch = GestureWatch::new(GestureSettings::default());
    let mut filters = BodyFilters::new(FilterPreset::Light.into());
    let mut noise = Noise::new(seed);
    let mut events = Vec::new();
    for (usec, bodies) in frames {
        let bodies: Vec<Body> = bodies
            .iter()
            .map(|body| noise.disturbed(body, 10.0, 0.0))
            .collect();
        let filtered: Vec<Body> = filters
            .filter(&bodies, usec)
            .map(|filtered| filtered.body.clone())
            .collect();
        watch.update(&filtered, usec, ground);
        events.extend_from_slice(watch.events());
    }
    events
}

fn counts(events: &[GestureEvent]) -> BTreeMap<Gesture, u32> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event.gesture).or_default() += 1;
    }
    counts
}

#[test]
fn every_repetition_of_a_motion_is_one_gesture_and_hardly_any_other_is_seen() {
    // For each motion: its gestures, their number in the given time, and further gestures that are allowed because the
    // motion resembles them. A person who reaches stretches an arm out; a person who dances makes many gestures.
    use Gesture as G;
    let motions: [(MotionKind, Option<(G, f32)>, &[G]); 9] = [
        (MotionKind::Wave, Some((G::Wave, 3.4)), &[G::RaiseHand]),
        // Both hands.
        (MotionKind::RaiseArms, Some((G::RaiseHand, 1.8)), &[]),
        (MotionKind::Point, Some((G::Point, 3.0)), &[]),
        (MotionKind::CrossArms, Some((G::ArmsCrossed, 4.5)), &[]),
        (MotionKind::Bow, Some((G::Lean, 3.4)), &[]),
        (MotionKind::Squat, Some((G::Crouch, 3.6)), &[]),
        (MotionKind::Jump, Some((G::Jump, 1.7)), &[]),
        (MotionKind::Reach, None, &[G::Point, G::Lean]),
        (
            MotionKind::Dance,
            None,
            &[G::RaiseHand, G::Wave, G::Swipe, G::Clap],
        ),
    ];
    let ground = simulated::ground();
    let mut wrong = Vec::new();
    for (kind, contained, besides) in motions {
        let mut all: BTreeMap<Gesture, u32> = BTreeMap::new();
        for seed in 1..4 {
            let frames = simulated::people(Scenario::Single(kind), 1, seed, 60.0);
            for (gesture, count) in counts(&seen(frames, &ground, seed)) {
                *all.entry(gesture).or_default() += count;
            }
        }
        let list: Vec<String> = all
            .iter()
            .map(|(g, n)| format!("{} {n}", g.name()))
            .collect();
        println!("{:<11} 3 minutes: {}", kind.name(), list.join(", "));
        if let Some((gesture, seconds)) = contained {
            let found = all.get(&gesture).copied().unwrap_or_default() as f32;
            // A pause lies between two times, and people differ in tempo.
            let hands = if gesture == G::RaiseHand { 2.0 } else { 1.0 };
            let expected = hands * 180.0 / (seconds * hands + 0.8);
            println!("    {}: {found} of some {expected:.0}", gesture.name());
            if !(0.85..1.15).contains(&(found / expected)) {
                wrong.push(format!("{}: {found} of {expected:.0}", kind.name()));
            }
        }
        for (gesture, count) in all {
            let is_contained = contained.is_some_and(|(own, _)| own == gesture);
            if !is_contained && !besides.contains(&gesture) {
                wrong.push(format!("{}: {} {count} times", kind.name(), gesture.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn ten_minutes_of_visitors_who_do_something_else_raise_hardly_any_alarm() {
    let ground = simulated::ground();
    let mut alarms: BTreeMap<Gesture, u32> = BTreeMap::new();
    let mut person_minutes = 0.0;
    for (seed, kind) in [
        MotionKind::Idle,
        MotionKind::Walk,
        MotionKind::Turn,
        MotionKind::Sit,
        MotionKind::Kneel,
    ]
    .into_iter()
    .enumerate()
    {
        let frames = simulated::people(Scenario::Single(kind), 2, 100 + seed as u64, 120.0);
        person_minutes += 4.0;
        let found = counts(&seen(frames, &ground, seed as u64));
        println!("{}: {found:?}", kind.name());
        for (gesture, count) in found {
            *alarms.entry(gesture).or_default() += count;
        }
    }
    println!("false alarms in {person_minutes} person-minutes: {alarms:?}");
    assert!(alarms.values().sum::<u32>() <= 3, "{alarms:?}");
}

/// The up direction in a clip: on average trunks are upright, and cameras are not rolled.
fn ground_of(frames: &[(u64, Body)]) -> Ground {
    let up: Vec3 = frames
        .iter()
        .map(|(_, body)| place(body, Joint::Neck) - place(body, Joint::Pelvis))
        .sum();
    Ground {
        up: [0.0, up.y, up.z],
        camera_height_mm: 1000.0,
    }
}

#[test]
fn false_alarms_on_the_real_clips_are_counted() {
    use Gesture as G;
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        let frames = resampled(&clip, 30.0);
        let ground = ground_of(&frames);
        let frames = frames.into_iter().map(|(usec, body)| (usec, vec![body]));
        let events = seen(frames, &ground, 1);
        let found = counts(&events);
        println!("{name:<15} 30 s: {found:?}");
        let contained: &[G] = match name {
            "hands-up" => &[G::RaiseHand],
            "extending-arms" => &[G::TPose, G::Point, G::RaiseHand],
            _ => &[],
        };
        let false_alarms: u32 = found
            .iter()
            .filter(|(gesture, _)| !contained.contains(gesture))
            .map(|(_, count)| count)
            .sum();
        assert!(false_alarms <= 1, "{name}: {found:?}");
        if name == "hands-up" {
            assert!(found.get(&G::RaiseHand).is_some_and(|&count| count >= 2));
        }
    }
}

/// Lets a figure act for some seconds; its pose is a function of time.
fn act(seconds: f32, pose: impl Fn(f32) -> Figure) -> Vec<GestureEvent> {
    let mut watch = GestureWatch::new(GestureSettings::default());
    let mut events = Vec::new();
    for frame in 0..(seconds * 30.0) as u64 {
        let body = pose(frame as f32 / 30.0).body(5);
        watch.update([&body], frame * 33_333, &figure::ground());
        events.extend_from_slice(watch.events());
    }
    events
}

fn standing() -> Figure {
    Figure::new(Vec3::new(0.0, 0.0, 2500.0))
}

fn only(events: &[GestureEvent]) -> GestureEvent {
    assert_eq!(events.len(), 1, "{events:?}");
    events[0]
}

#[test]
fn standing_is_no_gesture() {
    assert_eq!(act(3.0, |_| standing()), []);
}

#[test]
fn a_raised_hand_is_one_event_with_its_side() {
    let event = only(&act(4.0, |t| {
        let mut figure = standing();
        if t > 1.0 {
            figure.left_hand(Vec3::new(0.35, 1.75, 0.1));
        }
        figure
    }));
    assert_eq!(event.gesture, Gesture::RaiseHand);
    assert_eq!((event.side, event.player), (Some(Side::Left), 5));
}

#[test]
fn pointing_has_a_ray_from_the_eyes_through_the_hand() {
    let event = only(&act(4.0, |t| {
        let mut figure = standing();
        if t > 1.0 {
            figure.right_hand(Vec3::new(-0.31, 0.86, 0.95));
        }
        figure
    }));
    assert_eq!(
        (event.gesture, event.side),
        (Gesture::Point, Some(Side::Right))
    );
    let ray = event.ray.unwrap();
    // Towards the camera and down from the eyes to the hand, to the person's right: the image's left.
    assert!(ray.direction[2] < -0.8 && ray.direction[1] > 0.1 && ray.direction[0] < 0.0);
    let length: f32 = ray.direction.iter().map(|v| v * v).sum();
    assert!((length - 1.0).abs() < 1e-5);
}

#[test]
fn three_claps_are_three_events_and_folded_hands_are_none() {
    let events = act(4.0, |t| {
        let mut figure = standing();
        // Apart at 0, 1, 2 and 3 s; together for a moment between.
        let open = 0.35 * (0.5 + 0.5 * (t * std::f32::consts::TAU).cos()).powf(0.7);
        if (0.5..3.2).contains(&t) {
            figure.left_hand(Vec3::new(0.04 + open, 0.6, 0.55));
            figure.right_hand(Vec3::new(-0.04 - open, 0.6, 0.55));
        }
        figure
    });
    let claps = events.iter().filter(|event| event.gesture == Gesture::Clap);
    assert_eq!(claps.count(), 3, "{events:?}");
    let events = act(6.0, |t| {
        let mut figure = standing();
        let open = 0.35 * (1.0 - t / 4.0).max(0.0);
        figure.left_hand(Vec3::new(0.04 + open, 0.3, 0.45));
        figure.right_hand(Vec3::new(-0.04 - open, 0.3, 0.45));
        figure
    });
    assert_eq!(events, []);
}

#[test]
fn a_swipe_has_a_direction_and_the_way_back_is_none() {
    for (from, to, direction) in [
        (0.1, -0.75, Direction::Right),
        (-0.75, 0.1, Direction::Left),
    ] {
        let event = only(&act(3.0, |t| {
            let mut figure = standing();
            // The hand moves to one side in 0.25 s, and moves back a moment later.
            let there = ((t - 1.0) / 0.25).clamp(0.0, 1.0) - ((t - 1.4) / 0.25).clamp(0.0, 1.0);
            figure.right_hand(Vec3::new(from + (to - from) * there, 0.7, 0.62));
            figure
        }));
        assert_eq!(event.gesture, Gesture::Swipe);
        assert_eq!(
            (event.side, event.direction),
            (Some(Side::Right), Some(direction))
        );
    }
    // The same movement, but slow.
    let slowly = act(4.0, |t| {
        let mut figure = standing();
        figure.right_hand(Vec3::new(0.1 - 0.3 * t, 0.7, 0.62));
        figure
    });
    assert!(slowly.iter().all(|event| event.gesture != Gesture::Swipe));
}

#[test]
fn a_t_pose_is_no_pointing() {
    let event = only(&act(3.0, |t| {
        if t > 1.0 {
            Figure::t_pose(Vec3::new(0.0, 0.0, 2500.0))
        } else {
            standing()
        }
    }));
    assert_eq!(event.gesture, Gesture::TPose);
}

#[test]
fn crossed_arms_are_told_wherever_the_person_faces() {
    for yaw in [-50.0, 0.0, 50.0, 180.0] {
        let event = only(&act(3.0, |t| {
            let mut figure = standing();
            if t > 1.0 {
                figure.left_hand(Vec3::new(-0.14, 0.5, 0.33));
                figure.right_hand(Vec3::new(0.14, 0.42, 0.36));
            }
            figure.yaw = yaw;
            figure
        }));
        assert_eq!(event.gesture, Gesture::ArmsCrossed, "{yaw}");
    }
}

#[test]
fn leaning_has_a_direction_as_the_person_sees_it() {
    for (axis, direction) in [
        (Vec3::X, Direction::Forward),
        (Vec3::NEG_X, Direction::Back),
        (Vec3::Z, Direction::Right),
        (Vec3::NEG_Z, Direction::Left),
    ] {
        let event = only(&act(3.0, |t| {
            let mut figure = standing();
            if t > 1.0 {
                figure.bend(axis, 30.0);
            }
            figure
        }));
        assert_eq!(
            (event.gesture, event.direction),
            (Gesture::Lean, Some(direction))
        );
    }
}

#[test]
fn a_crouch_is_bent_knees_and_a_jump_is_feet_off_the_floor() {
    let event = only(&act(4.0, |t| {
        let mut figure = standing();
        if t > 1.0 {
            figure.squat(0.55 * ((t - 1.0) * 2.0).min(1.0));
        }
        figure
    }));
    assert_eq!(event.gesture, Gesture::Crouch);
    let event = only(&act(4.0, |t| {
        let mut figure = standing();
        let flight = ((t - 1.0) / 0.5).clamp(0.0, 1.0);
        figure.at.y -= 4.0 * 300.0 * flight * (1.0 - flight);
        figure
    }));
    assert_eq!(event.gesture, Gesture::Jump);
    // A person who goes up a step does not jump.
    let events = act(4.0, |t| {
        let mut figure = standing();
        figure.at.y -= 170.0 * ((t - 1.0) / 1.0).clamp(0.0, 1.0);
        figure
    });
    assert_eq!(events, []);
}

#[test]
fn what_is_not_watched_for_is_not_told_and_what_lasts_can_be_asked_for() {
    let mut watch = GestureWatch::new(GestureSettings {
        t_pose: None,
        ..GestureSettings::default()
    });
    let body = Figure::t_pose(Vec3::new(0.0, 0.0, 2500.0)).body(5);
    for frame in 0..60 {
        watch.update([&body], frame * 33_333, &figure::ground());
        assert!(watch.events().is_empty());
    }
    watch.set_settings(GestureSettings::default());
    for frame in 60..90 {
        watch.update([&body], frame * 33_333, &figure::ground());
    }
    assert!(watch.is_active(5, Gesture::TPose) && !watch.is_active(6, Gesture::TPose));
    // If the clock goes back, lasting gestures end.
    watch.update([&body], 0, &figure::ground());
    assert!(!watch.is_active(5, Gesture::TPose));
}
