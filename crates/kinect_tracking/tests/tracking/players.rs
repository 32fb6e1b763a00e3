//! The ids of players, for simulated visitors and for figures.

use std::collections::HashMap;
use std::sync::Arc;

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::calibration::{CameraKind, Sensor};
use kinect_azure::{
    Body, CaptureSource, ColorResolution, DepthMode, Joint, JointConfidence, NextCapture,
};
use kinect_simulation::{Noise as SensorNoise, Scenario, SimulatedSensor, SimulationSettings};
use kinect_tracking::Ground;
use kinect_tracking::players::{
    PlayerBoxes, PlayerEvent, Players, PlayersSettings, Presence, SelectionPolicy,
};
use kinect_tracking::rotation::bone_length;
use kinect_tracking::zones::{Zone, ZoneShape};

use crate::figure::{Figure, calibration};
use crate::noise::Noise;
use crate::simulated;

fn frame(usec: u64, bodies: Vec<Body>) -> Arc<BodyFrame> {
    Arc::new(BodyFrame {
        device_timestamp_usec: usec,
        bodies,
        index_map: None,
        ..BodyFrame::default()
    })
}

fn at(x: f32, z: f32) -> Figure {
    Figure::new(Vec3::new(x, 0.0, z))
}

/// Recognises simulated people by their bones: a person who comes again has a new id in the simulation, but the same
/// bones.
#[derive(Default)]
struct Cast(Vec<[f32; 3]>);

impl Cast {
    fn member(&mut self, body: &Body) -> usize {
        let bones = [Joint::KneeLeft, Joint::AnkleLeft, Joint::ElbowLeft]
            .map(|joint| bone_length(body, joint));
        let same = |known: &[f32; 3]| known.iter().zip(bones).all(|(a, b)| (a - b).abs() < 0.3);
        self.0.iter().position(same).unwrap_or_else(|| {
            self.0.push(bones);
            self.0.len() - 1
        })
    }
}

/// The result of one policy.
struct Ledger {
    name: &'static str,
    players: Players,
    /// The visitor of each player.
    who: HashMap<u32, usize>,
    swaps: u32,
    shifts: u32,
    lost_seconds: f32,
    slotless_seconds: f32,
    slots: HashMap<u32, usize>,
    slot_changes: u32,
    entered: u32,
    returned: u32,
    /// The last player of each visitor, and the frame in which it was seen last.
    last: HashMap<u32, (u32, u64)>,
    frame: u64,
    /// Visitors who came back within three seconds and got a new player id.
    forgotten: u32,
}

#[test]
fn six_visitors_for_ten_minutes_never_swap_and_no_slot_ever_shifts() {
    let ledgers = ten_minutes(42);
    for ledger in &ledgers {
        assert_eq!((ledger.swaps, ledger.shifts), (0, 0), "{}", ledger.name);
        assert!(ledger.lost_seconds < 10.0, "{}", ledger.name);
    }
    assert_eq!(ledgers[0].slotless_seconds, 0.0);
    assert_eq!(ledgers[0].slot_changes + ledgers[1].slot_changes, 0);
}

#[test]
#[ignore = "a minute of processor time: how often people are taken for each other, over many groups of visitors"]
fn people_of_ten_more_groups_are_hardly_ever_taken_for_each_other() {
    let swaps: u32 = (1..=10).map(|seed| ten_minutes(seed)[0].swaps).sum();
    println!("{swaps} swaps in 100 minutes of six visitors");
    assert!(swaps <= 10);
}

/// The result of each policy for ten minutes of six visitors.
fn ten_minutes(seed: u64) -> Vec<Ledger> {
    let zone = Zone::new(
        "middle",
        ZoneShape::Floor {
            corners: vec![
                [-900.0, -1500.0],
                [900.0, -1500.0],
                [900.0, -3200.0],
                [-900.0, -3200.0],
            ],
            bottom: 0.0,
            top: 2500.0,
        },
    );
    let policies = [
        ("sticky, a slot for everybody", SelectionPolicy::Sticky, 10),
        ("sticky", SelectionPolicy::Sticky, 3),
        ("nearest", SelectionPolicy::Nearest, 3),
        ("most central", SelectionPolicy::MostCentral, 3),
        ("longest present", SelectionPolicy::LongestPresent, 3),
        ("inside a zone", SelectionPolicy::InsideZone(zone), 3),
    ];
    let mut ledgers: Vec<Ledger> = policies
        .into_iter()
        .map(|(name, policy, most_players)| Ledger {
            name,
            players: Players::new(PlayersSettings {
                policy,
                most_players,
                ..PlayersSettings::default()
            }),
            who: HashMap::new(),
            swaps: 0,
            shifts: 0,
            lost_seconds: 0.0,
            slotless_seconds: 0.0,
            slots: HashMap::new(),
            slot_changes: 0,
            entered: 0,
            returned: 0,
            last: HashMap::new(),
            frame: 0,
            forgotten: 0,
        })
        .collect();
    let (calibration, ground) = (calibration(), simulated::ground());
    let mut noise = Noise::new(20);
    // The ids of a tracker: a person gets a new id after each gap, and sometimes without a reason.
    let mut ids: HashMap<u32, u32> = HashMap::new();
    let mut next_id = 1;
    let mut seen_for: HashMap<u32, u32> = HashMap::new();
    let mut cast = Cast::default();
    let (mut hidden, mut visits) = (0, std::collections::HashSet::new());
    for (usec, everybody) in simulated::people(Scenario::Exhibit, 6, seed, 600.0) {
        let visible = simulated::visible(&everybody);
        visits.extend(everybody.iter().map(|body| body.id));
        ids.retain(|id, _| visible.iter().any(|body| body.id == *id));
        hidden += seen_for.len();
        seen_for.retain(|id, _| visible.iter().any(|body| body.id == *id));
        hidden -= seen_for.len();
        let bodies: Vec<Body> = visible
            .iter()
            .map(|body| {
                *seen_for.entry(body.id).or_default() += 1;
                if noise.unit() < 0.001 {
                    ids.remove(&body.id);
                }
                let id = *ids.entry(body.id).or_insert_with(|| {
                    next_id += 1;
                    next_id
                });
                Body {
                    id,
                    ..noise.disturbed(body, 20.0, 0.0)
                }
            })
            .collect();
        let members: Vec<usize> = visible.iter().map(|body| cast.member(body)).collect();
        let frame = frame(usec, bodies);
        for ledger in &mut ledgers {
            ledger.players.update(&frame, &calibration, &ground);
            ledger.look(&visible, &members, &seen_for);
        }
    }
    println!(
        "{} visits of {} people; somebody disappeared {hidden} times",
        visits.len(),
        cast.0.len()
    );
    for ledger in &ledgers {
        println!(
            "{:<29} {} swaps, {} shifted slots, {:.1} s lost; {} players entered, {} came back, {} people were forgotten \
             within 3 s; {:.0} s without a slot, {} changes of a player's slot",
            ledger.name,
            ledger.swaps,
            ledger.shifts,
            ledger.lost_seconds,
            ledger.entered,
            ledger.returned,
            ledger.forgotten,
            ledger.slotless_seconds,
            ledger.slot_changes,
        );
    }
    ledgers
}

impl Ledger {
    fn look(&mut self, visible: &[Body], members: &[usize], seen_for: &HashMap<u32, u32>) {
        for event in self.players.events() {
            match event {
                PlayerEvent::Entered { .. } => self.entered += 1,
                PlayerEvent::Returned { .. } => self.returned += 1,
                PlayerEvent::SlotTaken { id, slot } => {
                    let before = self.slots.insert(*id, *slot);
                    self.slot_changes += u32::from(before.is_some_and(|b| b != *slot));
                }
                _ => {}
            }
        }
        self.frame += 1;
        let mut followed = vec![false; visible.len()];
        for player in self.players.iter() {
            // A slot changes only through the events above.
            if let Some(slot) = player.slot {
                self.shifts += u32::from(self.slots.get(&player.id) != Some(&slot));
            }
            let Some(place) = player.place else {
                assert_eq!(player.presence, Presence::Hidden);
                continue;
            };
            followed[place] = true;
            let visit = visible[place].id;
            if let Some((before, when)) = self.last.insert(visit, (player.id, self.frame)) {
                let soon = self.frame - when <= 90;
                self.forgotten += u32::from(before != player.id && soon);
            }
            let now = members[place];
            let before = *self.who.entry(player.id).or_insert(now);
            self.swaps += u32::from(before != now);
            self.who.insert(player.id, now);
            if player.slot.is_none() {
                self.slotless_seconds += 1.0 / 30.0;
            }
        }
        // A person who has been in view for a second should be a player.
        for (body, followed) in visible.iter().zip(followed) {
            if !followed && seen_for[&body.id] > 30 {
                self.lost_seconds += 1.0 / 30.0;
            }
        }
    }
}

fn run(players: &mut Players, usec: u64, figures: &[(u32, Figure)]) {
    let bodies = figures
        .iter()
        .map(|(id, figure)| figure.body(*id))
        .collect();
    players.update(&frame(usec, bodies), &calibration(), &Ground::default());
}

#[test]
fn a_body_counts_only_after_its_probation() {
    let mut players = Players::new(PlayersSettings::default());
    for step in 0..40_u64 {
        run(&mut players, step * 33_333, &[(7, at(0.0, 2000.0))]);
        assert_eq!(players.iter().count(), usize::from(step >= 13), "{step}");
    }
    let player = players.in_slot(0).unwrap();
    assert_eq!((player.id, player.tracker_id), (1, 7));
    // A body that is seen for a moment never becomes a player.
    for step in 40..80_u64 {
        let ghost = (step == 50).then(|| (8, at(1000.0, 2000.0)));
        let figures: Vec<_> = [(7, at(0.0, 2000.0))].into_iter().chain(ghost).collect();
        run(&mut players, step * 33_333, &figures);
        assert_eq!(players.iter().count(), 1);
    }
}

#[test]
fn whoever_comes_back_in_time_keeps_id_and_slot_and_nobody_else_moves() {
    let mut players = Players::new(PlayersSettings::default());
    let tall = |figure: Figure, scale| Figure { scale, ..figure };
    let mut step = 0_u64;
    let mut go = |players: &mut Players, figures: &[(u32, Figure)], frames: u64| {
        let mut events = Vec::new();
        for _ in 0..frames {
            run(players, step * 33_333, figures);
            events.extend_from_slice(players.events());
            step += 1;
        }
        events
    };
    let (a, b, c) = (
        tall(at(-900.0, 2200.0), 1.0),
        tall(at(0.0, 2200.0), 0.93),
        tall(at(900.0, 2200.0), 1.07),
    );
    go(&mut players, &[(1, a.clone())], 20);
    go(&mut players, &[(1, a.clone()), (2, b.clone())], 20);
    go(
        &mut players,
        &[(1, a.clone()), (2, b.clone()), (3, c.clone())],
        20,
    );
    let slots = |players: &Players| [0, 1, 2].map(|slot| players.in_slot(slot).map(|p| p.id));
    assert_eq!(slots(&players), [Some(1), Some(2), Some(3)]);
    // B is hidden for two seconds and comes back at another position, with another id of the tracker.
    let events = go(&mut players, &[(1, a.clone()), (3, c.clone())], 60);
    assert_eq!(events, [PlayerEvent::Hidden { id: 2 }]);
    assert_eq!(
        players.in_slot(1).map(|p| p.presence),
        Some(Presence::Hidden)
    );
    let b = tall(at(300.0, 3000.0), 0.93);
    let events = go(&mut players, &[(1, a.clone()), (3, c.clone()), (12, b)], 20);
    assert_eq!(events, [PlayerEvent::Returned { id: 2 }]);
    assert_eq!(players.in_slot(1).map(|p| p.tracker_id), Some(12));
    // A leaves for good. The slot becomes free, and the others keep their slots.
    let events = go(&mut players, &[(3, c.clone())], 120);
    assert!(events.contains(&PlayerEvent::SlotFreed { id: 1, slot: 0 }));
    assert!(events.contains(&PlayerEvent::Left { id: 1 }));
    assert_eq!(slots(&players), [None, None, Some(3)]);
    // A new person gets the first free slot and a new id.
    let d = tall(at(-900.0, 2200.0), 0.8);
    go(&mut players, &[(3, c), (20, d)], 20);
    assert_eq!(slots(&players), [Some(4), None, Some(3)]);
}

#[test]
fn a_stranger_in_the_place_of_a_hidden_person_is_somebody_else() {
    let mut players = Players::new(PlayersSettings::default());
    for step in 0..60_u64 {
        run(&mut players, step * 33_333, &[(1, at(0.0, 2200.0))]);
    }
    for step in 60..90_u64 {
        run(&mut players, step * 33_333, &[]);
    }
    let child = Figure {
        scale: 0.7,
        ..at(100.0, 2300.0)
    };
    for step in 90..110_u64 {
        run(&mut players, step * 33_333, &[(2, child.clone())]);
    }
    let present: Vec<_> = players
        .iter()
        .filter(|player| player.presence == Presence::Present)
        .map(|player| player.id)
        .collect();
    assert_eq!(present, [2]);
}

#[test]
fn two_people_who_cross_are_told_apart_even_when_the_tracker_exchanges_its_ids() {
    let mut players = Players::new(PlayersSettings::default());
    let mut ids = [0, 0];
    for step in 0..150_u64 {
        let x = -1200.0 + 16.0 * step as f32;
        let (left, right) = (at(x, 2000.0), at(-x, 2600.0));
        // In the middle of the crossing, the tracker exchanges the ids permanently.
        let figures = if step < 75 {
            [(1, left), (2, right)]
        } else {
            [(2, left), (1, right)]
        };
        run(&mut players, step * 33_333, &figures);
        if step == 30 {
            for player in players.iter() {
                ids[player.place.unwrap()] = player.id;
            }
        }
    }
    for player in players.iter() {
        assert_eq!(player.id, ids[player.place.unwrap()]);
    }
}

#[test]
fn a_clock_that_jumps_or_repeats_does_not_lose_anybody() {
    let mut players = Players::new(PlayersSettings::default());
    for step in 0..60_u64 {
        run(
            &mut players,
            9_000_000 + step * 33_333,
            &[(1, at(0.0, 2200.0))],
        );
    }
    run(&mut players, 9_000_000 + 59 * 33_333, &[]);
    assert_eq!(players.get(1).map(|p| p.presence), Some(Presence::Present));
    for usec in [0, 33_333, 2_000_000, 60_000_000, 60_033_333] {
        run(&mut players, usec, &[(1, at(50.0, 2200.0))]);
        assert_eq!(
            players.get(1).map(|p| p.presence),
            Some(Presence::Present),
            "{usec}"
        );
    }
    let mut nowhere = at(0.0, 2200.0).body(1);
    for pose in &mut nowhere.joints {
        pose.position = [f32::NAN; 3];
    }
    players.update(
        &frame(60_066_666, vec![nowhere]),
        &calibration(),
        &Ground::default(),
    );
    assert_eq!(players.get(1).map(|p| p.presence), Some(Presence::Hidden));
    players.clear();
    assert!(players.events().contains(&PlayerEvent::Left { id: 1 }));
    assert_eq!(players.iter().count(), 0);
}

#[test]
fn policies_give_slots_to_whom_they_name() {
    let near_far = |policy| {
        let mut players = Players::new(PlayersSettings {
            most_players: 1,
            policy,
            ..PlayersSettings::default()
        });
        let mut first = None;
        for step in 0..200_u64 {
            let mut figures = vec![(1, at(-800.0, 3500.0))];
            if step > 60 {
                figures.push((
                    2,
                    Figure {
                        scale: 0.9,
                        ..at(100.0, 1800.0)
                    },
                ));
            }
            run(&mut players, step * 33_333, &figures);
            if step == 50 {
                first = players.in_slot(0).map(|p| p.id);
            }
        }
        (first, players.in_slot(0).map(|p| p.id))
    };
    assert_eq!(near_far(SelectionPolicy::Sticky), (Some(1), Some(1)));
    assert_eq!(
        near_far(SelectionPolicy::LongestPresent),
        (Some(1), Some(1))
    );
    assert_eq!(near_far(SelectionPolicy::Nearest), (Some(1), Some(2)));
    assert_eq!(near_far(SelectionPolicy::MostCentral), (Some(1), Some(2)));
    let zone = Zone::new(
        "near",
        ZoneShape::Box {
            center: [0.0, 1000.0, -1800.0],
            size: [2000.0, 3000.0, 1000.0],
            yaw_degrees: 0.0,
        },
    );
    assert_eq!(near_far(SelectionPolicy::InsideZone(zone)), (None, Some(2)));
}

#[test]
fn players_know_whether_they_walk_and_which_edge_cuts_them_off() {
    let mut players = Players::new(PlayersSettings::default());
    let mut step = 0_u64;
    let mut go = |players: &mut Players, x: f32| {
        run(players, step * 33_333, &[(1, at(x, 3000.0))]);
        step += 1;
        players.get(1).map(|p| (p.moving, p.cut_off))
    };
    for _ in 0..40 {
        go(&mut players, 0.0);
    }
    let (moving, cut) = go(&mut players, 0.0).unwrap();
    assert!(!moving && !cut.any(), "{cut:?}");
    let mut walked = false;
    for n in 0..50 {
        let (moving, cut) = go(&mut players, 33.0 * n as f32).unwrap();
        walked |= moving;
        // The right hand of the image is at 1900 mm here.
        assert_eq!(cut.right, 33.0 * n as f32 + 215.0 > 1785.0, "{n}");
        assert!(!cut.left);
    }
    assert!(walked);
    for _ in 0..40 {
        go(&mut players, 33.0 * 49.0);
    }
    assert!(!players.get(1).unwrap().moving);
    run(&mut players, step * 33_333, &[(1, at(33.0 * 49.0, 2000.0))]);
    assert!(players.get(1).unwrap().cut_off.bottom || players.get(1).unwrap().cut_off.right);
}

#[test]
fn masks_tell_people_apart_who_stand_close_together() {
    // Two people of the same size exchange their ids, and both move by half of their distance. Only the body index maps
    // distinguish them.
    let mask = |of_left: u8, of_right: u8| {
        let mut pixels = vec![BodyIndexImage::BACKGROUND; 64 * 64];
        for row in 0..64 {
            for column in 8..28 {
                pixels[row * 64 + column] = of_left;
            }
            for column in 36..56 {
                pixels[row * 64 + column] = of_right;
            }
        }
        pixels
    };
    let mut players = Players::new(PlayersSettings::default());
    for step in 0..40_u64 {
        let usec = step * 33_333;
        // From step 30 on, the two bodies are exchanged in the list and in the map.
        let exchanged = step >= 30;
        let (mut left, mut right) = (at(-150.0, 2000.0).body(5), at(150.0, 2000.0).body(6));
        if exchanged {
            for (pose, by) in left
                .joints
                .iter_mut()
                .map(|p| (p, 160.0))
                .chain(right.joints.iter_mut().map(|p| (p, -160.0)))
            {
                pose.position[0] += by;
            }
            (left.id, right.id) = (8, 9);
        }
        let (bodies, pixels) = if exchanged {
            (vec![right, left], mask(1, 0))
        } else {
            (vec![left, right], mask(0, 1))
        };
        let map = BodyIndexImage::new(64, 64, usec, pixels).unwrap();
        let frame = Arc::new(BodyFrame {
            device_timestamp_usec: usec,
            bodies,
            index_map: Some(map),
            ..BodyFrame::default()
        });
        players.update(&frame, &calibration(), &Ground::default());
        if step == 30 {
            let of = |tracker: u32| players.iter().find(|p| p.tracker_id == tracker).unwrap().id;
            assert_eq!((of(8), of(9)), (1, 2));
        }
    }
}

#[test]
fn boxes_hold_the_pixels_and_the_joints_of_their_person_and_little_else() {
    let mut sensor = SimulatedSensor::new(&SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::R720p,
        people: 3,
        seed: 3,
        noise: SensorNoise::none(),
        ..SimulationSettings::default()
    })
    .unwrap()
    .as_fast_as_possible();
    let calibration = sensor.calibration().unwrap().clone();
    let (mut inside, mut pixels, mut areas, mut compared) = (0, 0, 0.0, 0.0);
    for number in 0..6 {
        let position = number * 1_500_000;
        sensor.playback().unwrap().seek(position).unwrap();
        let next = sensor
            .next_capture(std::time::Duration::from_secs(5))
            .unwrap();
        let NextCapture::Capture(capture) = next else {
            panic!("no capture")
        };
        let truth = capture.ground_truth.unwrap();
        let map = truth.index_map.as_ref().unwrap();
        for (place, body) in truth.bodies.iter().enumerate() {
            let seen = body
                .joints
                .iter()
                .filter(|j| j.confidence == JointConfidence::Medium);
            let boxes = PlayerBoxes::of(body, &calibration);
            if seen.count() < 20 {
                continue;
            }
            let depth = boxes.depth.unwrap();
            let width = map.width() as usize;
            let mut bounds = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
            for (index, &value) in map.pixels().iter().enumerate() {
                if usize::from(value) == place {
                    let pixel = [(index % width) as f32, (index / width) as f32];
                    pixels += 1;
                    inside += u32::from(depth.contains(pixel));
                    bounds[0] = bounds[0].min(pixel[0]);
                    bounds[1] = bounds[1].min(pixel[1]);
                    bounds[2] = bounds[2].max(pixel[0]);
                    bounds[3] = bounds[3].max(pixel[1]);
                }
            }
            let shown = depth.within(map.width(), map.height()).unwrap();
            let area = |min: [f32; 2], max: [f32; 2]| (max[0] - min[0]) * (max[1] - min[1]);
            areas += area(shown.min, shown.max);
            compared += area([bounds[0], bounds[1]], [bounds[2], bounds[3]]);
            let head = boxes.head_space.unwrap();
            for joint in [Joint::Head, Joint::Nose, Joint::EarLeft] {
                let at = body.joint(joint).position;
                assert!(head.contains(at) && boxes.space.contains(at));
                let on_color = calibration.point_3d_to_2d(at, Sensor::Depth, CameraKind::Color);
                if let (Some(pixel), Some(color)) = (on_color, boxes.head_color) {
                    assert!(color.contains(pixel) && boxes.color.unwrap().contains(pixel));
                }
            }
            assert!(
                head.size().iter().all(|side| (150.0..480.0).contains(side)),
                "{head:?}"
            );
        }
    }
    let share = inside as f32 / pixels as f32;
    println!(
        "boxes hold {:.2} % of {pixels} pixels and are {:.2} times as large as need be",
        share * 100.0,
        areas / compared
    );
    assert!(pixels > 10_000 && share > 0.985 && areas / compared < 1.6);
}
