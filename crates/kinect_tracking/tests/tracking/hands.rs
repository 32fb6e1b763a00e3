//! Hands of simulated people that the network has not seen: what is read at which distance, false grips, grips in time, and
//! cursors.

use std::time::Duration;

use glam::Vec3;
use kinect_azure::body::HandState;
use kinect_azure::calibration::Camera;
use kinect_azure::{
    Body, Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, Joint, JointConfidence,
    NextCapture,
};
use kinect_simulation::{MotionKind, Scenario, SimulatedSensor, SimulationSettings, Variety};
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::{
    CursorSettings, HandEvent, HandEventKind, HandReader, HandReading, HandSettings, HandUnknown,
    HandWatch, PressedBy, ReaderSettings,
};

use crate::clips::place;
use crate::noise::Noise;
use crate::simulated;

/// Calls `each` with captures of a simulated sensor and its depth camera.
fn captures(settings: SimulationSettings, count: usize, mut each: impl FnMut(&Capture, &Camera)) {
    let settings = SimulationSettings {
        color_resolution: ColorResolution::Off,
        imu: false,
        ..settings
    };
    let mut sensor = SimulatedSensor::new(&settings)
        .unwrap()
        .as_fast_as_possible();
    let camera = sensor.calibration().unwrap().depth_camera.unwrap();
    let mut taken = 0;
    while taken < count {
        if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(10)).unwrap()
        {
            each(&capture, &camera);
            taken += 1;
        }
    }
}

/// The body as a tracker finds it: every joint is 2 to 6 cm off.
fn off(body: &Body, noise: &mut Noise) -> Body {
    let mut body = body.clone();
    for joint in &mut body.joints {
        let way = Vec3::new(noise.normal(), noise.normal(), noise.normal()).normalize();
        let far = 20.0 + 40.0 * noise.unit();
        joint.position = (Vec3::from(joint.position) + way * far).to_array();
    }
    body
}

fn of(side: Side, joint: Joint) -> Joint {
    match side {
        Side::Left => joint,
        Side::Right => joint.mirrored(),
    }
}

/// Whether a hand is seen, and in free air: 200 mm from the own trunk, head, legs and other hand, and from other people.
fn is_free(bodies: &[Body], body: &Body, side: Side) -> bool {
    let hand = body.joint(of(side, Joint::HandLeft));
    if hand.confidence < JointConfidence::Medium {
        return false;
    }
    let hand = Vec3::from(hand.position);
    let own_arm = [
        Joint::ElbowLeft,
        Joint::WristLeft,
        Joint::HandLeft,
        Joint::HandTipLeft,
        Joint::ThumbLeft,
        Joint::ShoulderLeft,
    ]
    .map(|joint| of(side, joint));
    bodies.iter().all(|other| {
        Joint::ALL.into_iter().all(|joint| {
            if other.id == body.id && own_arm.contains(&joint) {
                return true;
            }
            let end = place(other, joint);
            let start = joint.parent().map_or(end, |parent| place(other, parent));
            let way = end - start;
            let along = ((hand - start).dot(way) / way.length_squared().max(1.0)).clamp(0.0, 1.0);
            let limb = if matches!(joint, Joint::SpineNavel | Joint::SpineChest | Joint::Neck) {
                150.0
            } else {
                0.0
            };
            hand.distance(start + way * along) > 200.0 + limb
        })
    })
}

/// Readings of open and closed hands.
#[derive(Clone, Copy, Default)]
struct Counts {
    right: u32,
    wrong: u32,
    /// Read, but surely neither open nor closed.
    unsure: u32,
    /// Not read.
    unknown: u32,
}

impl Counts {
    fn add(&mut self, truth: HandState, reading: &HandReading) {
        match (reading.unknown, reading.state()) {
            (Some(_), _) => self.unknown += 1,
            (None, HandState::Unknown) => self.unsure += 1,
            (None, state) if state == truth => self.right += 1,
            (None, _) => self.wrong += 1,
        }
    }

    fn all(&self) -> u32 {
        self.right + self.wrong + self.unsure + self.unknown
    }

    /// The share of right states among those that were told.
    fn right_of_told(&self) -> f32 {
        self.right as f32 / (self.right + self.wrong).max(1) as f32
    }

    fn share(&self, part: u32) -> f32 {
        part as f32 / self.all().max(1) as f32
    }
}

const DISTANCES: [f32; 6] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0];

/// Which of the distances a hand is at, if it is near one.
fn distance(body: &Body, side: Side) -> Option<usize> {
    let metres = place(body, of(side, Joint::HandLeft)).length() * 1e-3;
    DISTANCES
        .iter()
        .position(|at| (metres - at).abs() < 0.25 && (metres >= 0.6))
}

/// Random poses of people with hands.
fn poses(seed: u64, depth_mode: DepthMode) -> SimulationSettings {
    SimulationSettings {
        scenario: Scenario::Poses,
        people: 6,
        seed,
        variety: Variety {
            people: true,
            room: true,
            hands: true,
            ..Variety::default()
        },
        depth_mode,
        ..SimulationSettings::default()
    }
}

#[test]
fn hands_are_read_in_every_direction_up_to_two_and_a_half_metres() {
    let reader = HandReader::new();
    let settings = ReaderSettings::default();
    let mut table = [Counts::default(); DISTANCES.len()];
    let mut held = [Counts::default(); DISTANCES.len()];
    let mut half = Counts::default();
    for seed in 0..12 {
        let noise = &mut Noise::new(seed);
        captures(
            poses(90_000 + seed, DepthMode::NfovUnbinned),
            40,
            |capture, camera| {
                let truth = capture.ground_truth.as_ref().unwrap();
                let depth = capture.depth.as_ref().unwrap();
                for (body, states) in truth.bodies.iter().zip(&truth.hands) {
                    let readings = reader.read(&off(body, noise), camera, depth, &settings);
                    for ((side, &state), reading) in
                        Side::BOTH.into_iter().zip(states).zip(&readings)
                    {
                        let Some(at) = distance(body, side) else {
                            continue;
                        };
                        if !is_free(&truth.bodies, body, side) {
                            if state != HandState::Unknown {
                                held[at].add(state, reading);
                            }
                        } else if state == HandState::Unknown {
                            half.add(HandState::Closed, reading);
                        } else {
                            table[at].add(state, reading);
                        }
                    }
                }
            },
        );
    }
    for (name, table) in [("free", &table), ("hidden or touching", &held)] {
        println!("hands that are {name}; right states of those that were told, and shares of all:");
        println!("    m  hands  right/told  right  wrong   unsure  not read");
        for (metres, counts) in DISTANCES.iter().zip(table) {
            println!(
                "{metres:>5.1} {:>6} {:>11.3} {:>6.3} {:>6.3} {:>8.3} {:>9.3}",
                counts.all(),
                counts.right_of_told(),
                counts.share(counts.right),
                counts.share(counts.wrong),
                counts.share(counts.unsure),
                counts.share(counts.unknown),
            );
        }
    }
    println!(
        "half closed: {:.3} unsure, {:.3} closed, {:.3} open, {:.3} not read",
        half.share(half.unsure),
        half.share(half.right),
        half.share(half.wrong),
        half.share(half.unknown),
    );
    for (metres, counts) in DISTANCES.iter().zip(&table).filter(|at| *at.0 <= 2.5) {
        let right = counts.right_of_told();
        assert!(right > 0.95, "{metres} m: {right}");
        assert!(counts.all() > 50, "{metres} m: too few hands");
        // Unknown must not be the way to be right.
        let told = counts.share(counts.right + counts.wrong);
        assert!(told > 0.62, "{metres} m: {told}");
    }
}

#[test]
fn pixels_that_are_too_large_say_unknown() {
    let reader = HandReader::new();
    let settings = ReaderSettings::default();
    let (mut near, mut far) = (0, 0);
    captures(
        poses(91_000, DepthMode::Nfov2x2Binned),
        40,
        |capture, camera| {
            let truth = capture.ground_truth.as_ref().unwrap();
            for body in &truth.bodies {
                let depth = capture.depth.as_ref().unwrap();
                let readings = reader.read(body, camera, depth, &settings);
                for (side, reading) in Side::BOTH.into_iter().zip(&readings) {
                    let z = place(body, of(side, Joint::HandLeft)).z;
                    if z > 2150.0 {
                        far += 1;
                        assert!(reading.unknown.is_some(), "{z}: {reading:?}");
                    } else {
                        near += u32::from(reading.unknown.is_none());
                    }
                    if reading.unknown.is_some() {
                        assert_eq!(reading.state(), HandState::Unknown);
                    }
                }
            }
        },
    );
    assert!(near > 20 && far > 20, "{near} {far}");
    // A body whose hands are nowhere.
    let camera = |mode| {
        let raw = kinect_simulation::built_in_calibration().unwrap();
        let calibration = raw.calibration(mode, ColorResolution::Off).unwrap();
        calibration.depth_camera.unwrap()
    };
    let camera = camera(DepthMode::NfovUnbinned);
    let depth = kinect_azure::Image::empty(kinect_azure::ImageFormat::Depth16);
    let body = Body {
        id: 1,
        joints: [Default::default(); Joint::COUNT],
    };
    for reading in reader.read(&body, &camera, &depth, &settings) {
        assert_eq!(reading.unknown, Some(HandUnknown::OutOfView));
    }
}

/// Follows the hands of a simulation; returns the events, each with the seconds since the beginning.
fn watched(
    settings: SimulationSettings,
    count: usize,
    hands: HandSettings,
    mut each: impl FnMut(&Capture, &HandWatch),
) -> Vec<HandEvent> {
    let reader = HandReader::new();
    let mut watch = HandWatch::new(hands);
    let mut events = Vec::new();
    let ground = simulated::ground();
    captures(settings, count, |capture, camera| {
        let truth = capture.ground_truth.as_ref().unwrap();
        let depth = capture.depth.as_ref().unwrap();
        // People behind the sensor are not seen by a tracker.
        let seen = simulated::visible(&truth.bodies);
        let read: Vec<_> = seen
            .iter()
            .map(|body| (body, reader.read(body, camera, depth, &hands.reader)))
            .collect();
        watch.update(read, truth.device_timestamp_usec, &ground);
        events.extend(watch.events());
        each(capture, &watch);
    });
    events
}

#[test]
fn idle_visitors_hardly_ever_grip() {
    let (mut grips, mut minutes) = (0, 0.0);
    for (scenario, people, count) in [
        (Scenario::Exhibit, 4, 600),
        (Scenario::Single(MotionKind::Idle), 3, 200),
        (Scenario::Single(MotionKind::Wave), 3, 150),
    ] {
        let settings = SimulationSettings {
            scenario: scenario.clone(),
            people,
            seed: 92_000,
            variety: Variety {
                hands: true,
                ..Variety::default()
            },
            depth_mode: DepthMode::NfovUnbinned,
            frame_rate: FrameRate::Fps15,
            ..SimulationSettings::default()
        };
        let events = watched(settings, count, HandSettings::default(), |_, _| {});
        let seen = events
            .iter()
            .filter(|event| event.kind == HandEventKind::Gripped)
            .count();
        let time = count as f32 / 15.0 / 60.0 * people as f32;
        println!("{scenario}: {seen} grips in {time:.1} minutes of visitors");
        grips += seen;
        minutes += time;
    }
    let rate = grips as f32 / minutes;
    println!("{rate:.2} false grips a minute and visitor");
    assert!(rate < 1.0, "{rate}");
}

#[test]
fn every_grip_is_one_event_soon_after_the_hand_has_closed() {
    let mut late = Vec::new();
    let mut gripped = 0;
    let mut closings = 0;
    let mut readings = Counts::default();
    for seed in 93_000..93_002 {
        let settings = SimulationSettings {
            scenario: Scenario::Single(MotionKind::Grip),
            people: 1,
            seed,
            ..SimulationSettings::default()
        };
        let mut was_closed = None;
        let mut closed_at = 0;
        let events = watched(settings, 330, HandSettings::default(), |capture, watch| {
            let truth = capture.ground_truth.as_ref().unwrap();
            let hands = watch.hands(truth.bodies[0].id).unwrap_or_default();
            for (hand, &state) in hands.iter().zip(&truth.hands[0]) {
                if hand.cursor.is_some() && state != HandState::Unknown {
                    readings.add(state, &hand.reading);
                }
            }
            let closed = truth.hands[0].contains(&HandState::Closed);
            if closed && was_closed == Some(false) {
                closings += 1;
                closed_at = truth.device_timestamp_usec;
            }
            was_closed = Some(closed);
            late.push((truth.device_timestamp_usec, closed_at));
        });
        for event in &events {
            if event.kind == HandEventKind::Gripped {
                gripped += 1;
                let (_, closed_at) = late
                    .iter()
                    .rev()
                    .find(|(usec, _)| *usec == event.device_timestamp_usec)
                    .unwrap();
                let ms = (event.device_timestamp_usec as f32 - *closed_at as f32) * 1e-3;
                println!("seed {seed}: gripped {ms:.0} ms after the hand was closed");
                assert!((-150.0..400.0).contains(&ms), "{ms}");
            }
        }
        late.clear();
    }
    println!("{gripped} grips of {closings}");
    println!(
        "raised hands: {:.3} right, {:.3} wrong, {:.3} unsure, {:.3} not read",
        readings.share(readings.right),
        readings.share(readings.wrong),
        readings.share(readings.unsure),
        readings.share(readings.unknown),
    );
    assert!(readings.share(readings.right) > 0.9);
    assert_eq!(gripped, closings);
    assert!(closings >= 2);
}

/// The events of a person who grips, without pictures: the truth of the scenario's hands is not needed.
fn pointing(settings: CursorSettings, seconds: f64) -> (Vec<HandEvent>, Vec<[f32; 2]>) {
    let mut watch = HandWatch::new(HandSettings {
        cursor: settings,
        ..HandSettings::default()
    });
    let ground = simulated::ground();
    let unknown = [HandReading::unknown(HandUnknown::Hidden); 2];
    let (mut events, mut places) = (Vec::new(), Vec::new());
    let scenario = Scenario::Single(MotionKind::Grip);
    for (usec, bodies) in simulated::people(scenario, 1, 7, seconds) {
        watch.update(bodies.iter().map(|body| (body, unknown)), usec, &ground);
        events.extend(watch.events());
        let hands = watch.hands(bodies[0].id).unwrap();
        let cursors = hands.iter().filter_map(|hand| hand.cursor);
        places.extend(cursors.map(|cursor| cursor.position));
    }
    (events, places)
}

fn count(events: &[HandEvent], kind: HandEventKind) -> usize {
    events.iter().filter(|event| event.kind == kind).count()
}

#[test]
fn a_raised_hand_has_a_cursor_that_dwells_and_pushes() {
    let settings = CursorSettings {
        press_by_push: true,
        ..CursorSettings::default()
    };
    let (events, places) = pointing(settings, 11.0);
    assert_eq!(
        count(&events, HandEventKind::CursorEntered),
        1,
        "{events:?}"
    );
    assert!(count(&events, HandEventKind::Dwelled) >= 1, "{events:?}");
    let push = PressedBy::Push;
    assert_eq!(
        count(&events, HandEventKind::Pressed(push)),
        1,
        "{events:?}"
    );
    assert_eq!(count(&events, HandEventKind::Unpressed(push)), 1);
    let xs = places.iter().map(|place| place[0]);
    let (low, high) = xs.fold((1.0_f32, 0.0_f32), |(l, h), x| (l.min(x), h.max(x)));
    println!("the cursor went from {low:.2} to {high:.2} across the plane");
    assert!(high - low > 0.2, "{low} {high}");
    // Pressed while it dwells, if the settings say so; each press ends.
    let settings = CursorSettings {
        press_by_dwell: true,
        ..CursorSettings::default()
    };
    let (events, _) = pointing(settings, 11.0);
    let pressed = count(&events, HandEventKind::Pressed(PressedBy::Dwell));
    assert_eq!(pressed, count(&events, HandEventKind::Dwelled));
    assert_eq!(
        pressed,
        count(&events, HandEventKind::Unpressed(PressedBy::Dwell))
    );
}

#[test]
fn a_player_who_leaves_ends_the_cursor() {
    let mut watch = HandWatch::new(HandSettings::default());
    let ground = simulated::ground();
    let unknown = [HandReading::unknown(HandUnknown::Hidden); 2];
    let scenario = Scenario::Single(MotionKind::Grip);
    let frames: Vec<_> = simulated::people(scenario, 2, 7, 2.0).collect();
    for (usec, bodies) in &frames {
        watch.update(bodies.iter().map(|body| (body, unknown)), *usec, &ground);
    }
    let (usec, bodies) = frames.last().unwrap();
    let cursors = bodies.iter().filter(|body| {
        let hands = watch.hands(body.id).unwrap();
        hands.iter().any(|hand| hand.cursor.is_some())
    });
    assert_eq!(cursors.count(), 2);
    // One is asked to leave, the other is not seen again.
    watch.forget(bodies[0].id, *usec);
    assert_eq!(count(watch.events(), HandEventKind::CursorLeft), 1);
    watch.update([], usec + 300_000, &ground);
    assert!(watch.events().is_empty() && watch.hands(bodies[1].id).is_some());
    watch.update([], usec + 700_000, &ground);
    assert_eq!(count(watch.events(), HandEventKind::CursorLeft), 1);
    assert_eq!(watch.hands(bodies[1].id), None);
}

#[test]
fn broken_bodies_break_nothing() {
    let mut watch = HandWatch::new(HandSettings::default());
    let ground = simulated::ground();
    let mut noise = Noise::new(5);
    for number in 0..300 {
        let mut body = Body {
            id: 1,
            joints: [Default::default(); Joint::COUNT],
        };
        for joint in &mut body.joints {
            joint.confidence = JointConfidence::Medium;
            joint.position = [0; 3].map(|_| match (noise.unit() * 8.0) as u8 {
                0 => f32::NAN,
                1 => f32::INFINITY,
                2 => 0.0,
                _ => noise.normal() * 1e3,
            });
        }
        let reading = HandReading {
            open: 0.0,
            closed: 1.0,
            unknown: None,
        };
        // Times that stand still and jump.
        let usec = (number * 33_000) % 2_000_000;
        watch.update([(&body, [reading; 2])], usec, &ground);
        let hands = watch.hands(1).unwrap();
        for cursor in hands.iter().filter_map(|hand| hand.cursor) {
            assert!(cursor.position.iter().all(|v| (0.0..=1.0).contains(v)));
            assert!(cursor.ahead.is_finite() && (0.0..=1.0).contains(&cursor.dwell));
        }
    }
}
