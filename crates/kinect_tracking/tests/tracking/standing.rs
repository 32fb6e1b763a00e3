//! Feet on the floor and heights of simulated visitors, by exact joints and by those of a tracker with errors.

use std::collections::HashMap;

use kinect_azure::{Body, Joint, JointConfidence};
use kinect_simulation::{
    MotionKind, Mount, Scenario, SimulatedPeople, SimulationSettings, Variety,
};
use kinect_tracking::standing::{FootContact, StandingWatch};

use crate::clips::place;
use crate::noise::Noise;
use crate::simulated::ground;

/// Bodies of a simulation, each joint seen, 30 frames a second.
fn bodies(scenario: Scenario, seed: u64, seconds: f64, varied: bool) -> Vec<(u64, Vec<Body>)> {
    let mut simulation = SimulatedPeople::new(&SimulationSettings {
        scenario,
        people: 6,
        seed,
        mount: Mount::default(),
        variety: Variety {
            people: varied,
            ..Variety::default()
        },
        ..SimulationSettings::default()
    })
    .unwrap();
    (0..(seconds * 30.0) as u64)
        .map(|number| {
            let usec = number * 1_000_000 / 30;
            let mut bodies = simulation.advance_to(usec as f64 * 1e-6);
            for body in &mut bodies {
                for pose in &mut body.joints {
                    pose.confidence = JointConfidence::Medium;
                }
            }
            (usec, bodies)
        })
        .collect()
}

/// The height of a simulated person, by bones of exact joints: legs, trunk, and the bone of the head, which has the share
/// 0.37 of the head's height; ankles are at 0.046 of the height.
fn true_height(body: &Body) -> f32 {
    let bone = |a: Joint, b: Joint| place(body, a).distance(place(body, b));
    let leg = bone(Joint::HipLeft, Joint::KneeLeft) + bone(Joint::KneeLeft, Joint::AnkleLeft);
    let trunk = bone(Joint::Pelvis, Joint::SpineNavel)
        + bone(Joint::SpineNavel, Joint::SpineChest)
        + bone(Joint::SpineChest, Joint::Neck);
    let head = bone(Joint::Neck, Joint::Head) / 0.37;
    (leg + trunk + 1.254 * head) / (1.0 - 0.046)
}

fn at(values: &mut [f32], share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = (last as f32 * share).round() as usize;
    values.get(at).copied().unwrap_or(f32::NAN)
}

#[test]
fn heights_of_visitors_of_all_sizes_are_measured() {
    for (joint_error, limit) in [(0.0, 0.025), (15.0, 0.03)] {
        let mut noise = Noise::new(3);
        let (mut errors, mut claimed) = (Vec::new(), Vec::new());
        let (mut people, mut within) = (0, 0);
        for seed in 0..10 {
            let mut watch = StandingWatch::new();
            let mut last: HashMap<u32, (f32, Option<(f32, f32)>)> = HashMap::new();
            for (usec, bodies) in bodies(Scenario::Exhibit, 600 + seed, 40.0, true) {
                let seen: Vec<Body> = bodies
                    .iter()
                    .map(|body| noise.disturbed(body, joint_error, 0.0))
                    .collect();
                watch.update(&seen, usec, &ground());
                for body in &bodies {
                    let height = watch.standing(body.id).unwrap().height;
                    let measured = height.map(|height| (height.height_mm, height.error_mm));
                    last.insert(body.id, (true_height(body), measured));
                }
            }
            for (truth, measured) in last.into_values() {
                people += 1;
                if let Some((height, error)) = measured {
                    errors.push((height - truth).abs());
                    claimed.push(error);
                    within += usize::from((height - truth).abs() < 2.0 * error);
                    let off = (height - truth).abs() / truth;
                    assert!(off < limit, "{truth} mm: {height} ± {error} mm");
                }
            }
        }
        println!(
            "heights with joints off by {joint_error} mm: {} of {people} people measured; error {:.0} mm median, {:.0} mm 95 %, {:.0} mm most; \
             claimed {:.0} mm; {within} within twice the claim",
            errors.len(),
            at(&mut errors, 0.5),
            at(&mut errors, 0.95),
            at(&mut errors, 1.0),
            at(&mut claimed, 0.5),
        );
        assert!(
            errors.len() * 10 > people * 7,
            "{} of {people}",
            errors.len()
        );
        assert!(within * 10 > errors.len() * 8);
    }
}

#[test]
fn feet_of_people_who_stand_walk_and_jump_are_on_the_floor_when_they_are() {
    for joint_error in [0.0, 10.0] {
        let mut noise = Noise::new(9);
        for motion in [
            MotionKind::Idle,
            MotionKind::Walk,
            MotionKind::Squat,
            MotionKind::Jump,
            MotionKind::Dance,
        ] {
            let (mut frames, mut wrong, mut in_air) = (0, 0, 0);
            let mut switches = 0;
            let mut before: HashMap<(u32, usize), FootContact> = HashMap::new();
            let mut watch = StandingWatch::new();
            for (usec, bodies) in bodies(Scenario::Single(motion), 4, 20.0, false) {
                let seen: Vec<Body> = bodies
                    .iter()
                    .map(|body| noise.disturbed(body, joint_error, 0.0))
                    .collect();
                watch.update(&seen, usec, &ground());
                for body in &bodies {
                    let standing = watch.standing(body.id).unwrap();
                    let tall = true_height(body);
                    for (side, foot) in [standing.left, standing.right].into_iter().enumerate() {
                        let joint = |joint: Joint| {
                            let joint = if side == 0 { joint } else { joint.mirrored() };
                            ground().point(place(body, joint).to_array())[1]
                        };
                        // How far heel and toes are above the floor.
                        let heel = joint(Joint::AnkleLeft) - 0.046 * tall;
                        let toes = joint(Joint::FootLeft) - 0.013 * tall;
                        let above = heel.min(toes);
                        let truth = match above {
                            ..20.0 => FootContact::OnFloor,
                            60.0.. => FootContact::InAir,
                            // Between the thresholds both are right.
                            _ => foot.contact,
                        };
                        frames += 1;
                        wrong += usize::from(truth != foot.contact);
                        in_air += usize::from(foot.contact == FootContact::InAir);
                        let was = before.insert((body.id, side), foot.contact);
                        switches += usize::from(was.is_some_and(|was| was != foot.contact));
                    }
                }
            }
            println!(
                "{motion:?}, joints off by {joint_error} mm: {:.1} % of frames in the air, {:.2} % wrong, {switches} changes in {frames} frames",
                100.0 * in_air as f32 / frames as f32,
                100.0 * wrong as f32 / frames as f32,
            );
            assert!(wrong * 100 <= frames * 2, "{motion:?}: {wrong} of {frames}");
            if motion == MotionKind::Idle {
                assert_eq!(in_air, 0);
            }
            if matches!(motion, MotionKind::Walk | MotionKind::Jump) {
                assert!(in_air * 100 > frames, "{motion:?}: {in_air} of {frames}");
            }
        }
    }
}

#[test]
fn joints_that_are_missing_or_broken_give_no_contact_and_no_height() {
    let mut watch = StandingWatch::new();
    let (_, mut bodies) = bodies(Scenario::Single(MotionKind::Idle), 1, 0.1, false).remove(0);
    for body in &mut bodies {
        body.joints[Joint::FootLeft.index()].confidence = JointConfidence::None;
        body.joints[Joint::KneeRight.index()].position = [f32::NAN; 3];
        body.joints[Joint::Neck.index()].position = [f32::INFINITY; 3];
    }
    for n in 0..60 {
        watch.update(&bodies, n * 33_333, &ground());
    }
    for body in &bodies {
        let standing = watch.standing(body.id).unwrap();
        assert_eq!(standing.left.contact, FootContact::Unknown);
        assert_eq!(standing.right.contact, FootContact::Unknown);
        assert_eq!(standing.height, None);
    }
    let id = bodies[0].id;
    watch.update([], 10_000_000, &ground());
    assert!(watch.standing(id).is_none());
    watch.clear();
}
