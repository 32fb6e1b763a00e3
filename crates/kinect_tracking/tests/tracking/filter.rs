//! Measures the benefit and the cost of each step of the filter.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence};
use kinect_simulation::{MotionKind, Scenario};
use kinect_tracking::filter::{
    BodyFilter, BodyFilters, BoneKeeping, FilterPreset, FilterSettings, FlipRepair,
    KinectSmoothing, OneEuro, PositionSmoothing, Prediction, RotationSmoothing,
};
use kinect_tracking::rotation::{bone_length, reference_orientation};

use crate::clips::{NAMES, clip, place, quat, resampled};
use crate::figure::Figure;
use crate::noise::Noise;
use crate::simulated;

/// Noise of the measurements, in mm a coordinate and degrees an axis.
const NOISE_MM: f32 = 10.0;
const NOISE_DEGREES: f32 = 3.0;

type Track = Vec<(u64, Body)>;

/// Settings in which all steps are off; a test switches on the steps that it needs.
fn raw() -> FilterSettings {
    FilterPreset::Raw.into()
}

fn filtered(settings: FilterSettings, track: &Track) -> Track {
    let mut filter = BodyFilter::new(settings);
    track
        .iter()
        .map(|(usec, body)| (*usec, filter.filter(body, *usec).body.clone()))
        .collect()
}

fn disturbed(track: &Track, seed: u64) -> Track {
    let mut noise = Noise::new(seed);
    track
        .iter()
        .map(|(usec, body)| (*usec, noise.disturbed(body, NOISE_MM, NOISE_DEGREES)))
        .collect()
}

/// The root mean square of the differences between two tracks after the first second.
fn rms(a: &Track, b: &Track, off: impl Fn(&Body, &Body, Joint) -> f32) -> f32 {
    let (mut sum, mut count) = (0.0_f64, 0.0_f64);
    for ((_, a), (_, b)) in a.iter().zip(b).skip(30) {
        for joint in Joint::ALL {
            sum += f64::from(off(a, b, joint)).powi(2);
            count += 1.0;
        }
    }
    (sum / count).sqrt() as f32
}

fn mm(a: &Body, b: &Body, joint: Joint) -> f32 {
    place(a, joint).distance(place(b, joint))
}

fn degrees(a: &Body, b: &Body, joint: Joint) -> f32 {
    let (a, b) = (a.joint(joint).orientation, b.joint(joint).orientation);
    quat(a).angle_between(quat(b)).to_degrees()
}

/// The delay in ms with which a track fits the truth best, measured with the joints that move most.
fn latency_ms(truth: &Track, late: &Track, off: impl Fn(&Body, &Body, Joint) -> f32) -> f32 {
    let joints = [
        Joint::WristLeft,
        Joint::WristRight,
        Joint::ElbowLeft,
        Joint::ElbowRight,
        Joint::KneeLeft,
        Joint::KneeRight,
        Joint::AnkleLeft,
        Joint::AnkleRight,
    ];
    // In frames of the truth, which are 5 ms apart here.
    let cost = |delay: isize| -> f32 {
        late.iter()
            .enumerate()
            .skip(200)
            .step_by(3)
            .filter_map(|(index, (_, body))| {
                let before = index.checked_add_signed(-delay)?;
                let (_, then) = truth.get(before)?;
                Some(
                    joints
                        .iter()
                        .map(|&j| off(then, body, j).powi(2))
                        .sum::<f32>(),
                )
            })
            .sum()
    };
    let best = (-20..160).min_by(|&a, &b| cost(a).total_cmp(&cost(b)));
    best.unwrap() as f32 * 5.0
}

/// The latency of a filter that gets 30 frames a second, measured to 5 ms: frames between are filled in.
fn lag_of(settings: FilterSettings, name: &str, by_angle: bool) -> Option<f32> {
    let clip = clip(name)?;
    let fine = resampled(&clip, 200.0);
    let coarse = resampled(&clip, 30.0);
    let out = filtered(settings, &coarse);
    let late = fine
        .iter()
        .map(|(usec, _)| {
            let next = out
                .partition_point(|(t, _)| t <= usec)
                .clamp(1, out.len() - 1);
            let ((t0, a), (t1, b)) = (&out[next - 1], &out[next]);
            let share = (usec.saturating_sub(*t0) as f32 / (t1 - t0) as f32).clamp(0.0, 1.0);
            let mut body = a.clone();
            for (pose, to) in body.joints.iter_mut().zip(&b.joints) {
                let p = Vec3::from(pose.position).lerp(Vec3::from(to.position), share);
                pose.position = p.to_array();
                let (from, to) = (quat(pose.orientation), quat(to.orientation));
                let to = if from.dot(to) < 0.0 { -to } else { to };
                let q = from.slerp(to, share).normalize();
                pose.orientation = [q.w, q.x, q.y, q.z];
            }
            (*usec, body)
        })
        .collect();
    Some(if by_angle {
        latency_ms(&fine, &late, degrees)
    } else {
        latency_ms(&fine, &late, mm)
    })
}

/// The noise after a filter, in mm or degrees: the difference that noise makes to the output, over all clips.
fn jitter(
    settings: FilterSettings,
    off: impl Fn(&Body, &Body, Joint) -> f32 + Copy,
) -> Option<f32> {
    let mut sum = 0.0;
    for (seed, name) in NAMES.into_iter().enumerate() {
        let truth = resampled(&clip(name)?, 30.0);
        let noisy = disturbed(&truth, seed as u64);
        let passed = rms(
            &filtered(settings, &noisy),
            &filtered(settings, &truth),
            off,
        );
        sum += passed * passed;
    }
    Some((sum / NAMES.len() as f32).sqrt())
}

fn positions(positions: PositionSmoothing) -> FilterSettings {
    FilterSettings { positions, ..raw() }
}

#[test]
fn presets_trade_jitter_for_latency() {
    let mut measured = Vec::new();
    for preset in FilterPreset::ALL {
        let settings = FilterSettings::from(preset);
        let Some(left) = jitter(settings, mm) else {
            return;
        };
        let turned = jitter(settings, degrees).unwrap();
        let walk = lag_of(settings, "walking", false).unwrap();
        let arms = lag_of(settings, "hands-up", false).unwrap();
        let angles = lag_of(settings, "hands-up", true).unwrap();
        println!(
            "{preset:?}: {left:.1} mm and {turned:.2} degrees of jitter left; late by {walk} ms walking, \
             {arms} ms raising hands, rotations {angles} ms"
        );
        measured.push((left, walk.max(arms), turned, angles));
    }
    let [raw, light, calm, sculpture] = measured[..] else {
        panic!()
    };
    assert!(raw.1 == 0.0 && raw.3 == 0.0);
    assert!(light.0 < 0.62 * raw.0 && light.1 <= 50.0 && light.3 <= 50.0);
    assert!(light.2 < 0.75 * raw.2);
    assert!(calm.0 < 0.42 * raw.0 && calm.1 <= 125.0 && calm.3 <= 125.0);
    assert!(sculpture.0 < 0.22 * raw.0 && sculpture.1 <= 500.0);
}

#[test]
fn one_euro_takes_jitter_for_some_milliseconds() {
    let settings = positions(PositionSmoothing::OneEuro(OneEuro::default()));
    let (Some(before), Some(after)) = (jitter(raw(), mm), jitter(settings, mm)) else {
        return;
    };
    let late = lag_of(settings, "walking", false).unwrap();
    println!("One Euro: {before:.1} mm of jitter become {after:.1} mm, late by {late} ms");
    assert!(after < 0.65 * before && late <= 50.0);
}

#[test]
fn kinect_smoothing_takes_jitter_for_some_milliseconds() {
    let settings = positions(PositionSmoothing::Kinect(KinectSmoothing::default()));
    let (Some(before), Some(after)) = (jitter(raw(), mm), jitter(settings, mm)) else {
        return;
    };
    let late = lag_of(settings, "walking", false).unwrap();
    println!("Kinect smoothing: {before:.1} mm of jitter become {after:.1} mm, late by {late} ms");
    assert!(after < 0.75 * before && late <= 70.0);
}

#[test]
fn kept_bones_have_one_length_and_cost_no_time() {
    let settings = FilterSettings {
        bones: Some(BoneKeeping::default()),
        ..raw()
    };
    // The clips' bones change their length between two frames, where joints are interpolated; the simulation's do not.
    let truth: Track = simulated::people(Scenario::Single(MotionKind::Walk), 1, 3, 30.0)
        .map(|(usec, mut bodies)| (usec, bodies.remove(0)))
        .collect();
    let noisy = disturbed(&truth, 7);
    let kept = filtered(settings, &noisy);
    let spread = |track: &Track| {
        let mut sum = 0.0;
        for joint in Joint::ALL.into_iter().skip(1) {
            let lengths: Vec<f32> = track
                .iter()
                .skip(100)
                .map(|(_, body)| bone_length(body, joint))
                .collect();
            let mean = lengths.iter().sum::<f32>() / lengths.len() as f32;
            let square = lengths.iter().map(|l| (l - mean).powi(2)).sum::<f32>();
            sum += (square / lengths.len() as f32).sqrt();
        }
        sum / 31.0
    };
    let (before, after) = (spread(&noisy), spread(&kept));
    // The error depends on the accuracy of the bone lengths, so it is measured after smoothing, as in the presets.
    let smooth = positions(PositionSmoothing::OneEuro(OneEuro::default()));
    let both = FilterSettings {
        bones: settings.bones,
        ..smooth
    };
    let off = |settings| rms(&filtered(settings, &noisy), &truth, mm);
    let (off_before, off_after) = (off(smooth), off(both));
    let late = lag_of(settings, "walking", false).unwrap_or_default();
    println!(
        "bones: lengths vary by {before:.1} mm, then {after:.2} mm; joints off by {off_before:.1} mm, then \
         {off_after:.1} mm; late by {late} ms"
    );
    // The learnt length itself still moves a little.
    assert!(after < 0.15 * before);
    assert!(off_after < 1.1 * off_before);
    assert_eq!(late, 0.0);
}

#[test]
fn rotations_are_steadier_and_a_turn_of_the_body_does_not_leave_the_limbs_behind() {
    let settings = FilterSettings {
        rotations: Some(RotationSmoothing::default()),
        ..raw()
    };
    let (Some(before), Some(after)) = (jitter(raw(), degrees), jitter(settings, degrees)) else {
        return;
    };
    let late = lag_of(settings, "hands-up", true).unwrap();
    println!("rotations: {before:.2} degrees of jitter become {after:.2}, late by {late} ms");
    assert!(after < 0.8 * before && late <= 60.0);

    // The body is rigid and turns, so every joint keeps its rotation relative to the pelvis exactly.
    let mut filter = BodyFilter::new(settings);
    for frame in 0..60_u64 {
        let mut body = Figure::t_pose(Vec3::new(0.0, 0.0, 2500.0)).body(1);
        let turn = Quat::from_rotation_y(frame as f32 * 0.05);
        for pose in &mut body.joints {
            let q = turn * quat(pose.orientation);
            pose.orientation = [q.w, q.x, q.y, q.z];
        }
        let out = &filter.filter(&body, frame * 33_333).body;
        for joint in Joint::ALL {
            let relative = |body: &Body| {
                quat(body.joint(Joint::Pelvis).orientation).inverse()
                    * quat(body.joint(joint).orientation)
            };
            let off = relative(out).angle_between(relative(&body)).to_degrees();
            assert!(off < 0.2, "{joint:?}: {off}");
        }
    }
}

/// A body as a tracker delivers it that confuses front and back.
fn front_for_back(truth: &Body) -> Body {
    let mut body = truth.clone();
    let about = Quat::from_rotation_y(std::f32::consts::PI);
    let reference = |joint| quat(reference_orientation(joint));
    for joint in Joint::ALL {
        let other = joint.mirrored();
        let q = quat(truth.joint(joint).orientation)
            * reference(joint).inverse()
            * about
            * reference(other);
        body.joints[other.index()] = *truth.joint(joint);
        body.joints[other.index()].orientation = [q.w, q.x, q.y, q.z];
    }
    body
}

#[test]
fn flipped_frames_are_repaired_and_honest_ones_are_left_alone() {
    let settings = FilterSettings {
        flips: Some(FlipRepair::default()),
        ..raw()
    };
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        let truth = resampled(&clip, 30.0);
        let flipped: Track = truth
            .iter()
            .enumerate()
            // Three frames in forty.
            .map(|(index, (usec, body))| match index % 40 {
                20..=22 => (*usec, front_for_back(body)),
                _ => (*usec, body.clone()),
            })
            .collect();
        let worst = |track: &Track| {
            let joints = [Joint::WristLeft, Joint::AnkleRight, Joint::ShoulderLeft];
            track
                .iter()
                .zip(&truth)
                .flat_map(|((_, a), (_, b))| joints.map(|j| (mm(a, b, j), degrees(a, b, j))))
                .fold((0.0_f32, 0.0_f32), |w, o| (w.0.max(o.0), w.1.max(o.1)))
        };
        let repaired = filtered(settings, &flipped);
        let (before, after) = (worst(&flipped), worst(&repaired));
        println!(
            "{name}: flips of {:.0} mm and {:.0} degrees become {:.0} mm and {:.1} degrees",
            before.0, before.1, after.0, after.1
        );
        assert!(before.0 > 300.0 && after.0 < 1.0 && after.1 < 1.0);
        let late = lag_of(settings, name, false).unwrap();
        assert_eq!(late, 0.0, "{name}");
        // The clips' own frames, 8 a second.
        let mut filter = BodyFilter::new(settings);
        for frame in clip.frames() {
            filter.filter(&frame.bodies[0], frame.device_timestamp_usec);
        }
        assert_eq!(filter.output().repaired_flips, 0, "{name}");
    }
    for kind in [
        MotionKind::Turn,
        MotionKind::Dance,
        MotionKind::CrossArms,
        MotionKind::Walk,
    ] {
        let mut filter = BodyFilter::new(settings);
        let mut noise = Noise::new(2);
        for (usec, bodies) in simulated::people(Scenario::Single(kind), 1, 5, 30.0) {
            filter.filter(&noise.disturbed(&bodies[0], 20.0, 0.0), usec);
        }
        assert_eq!(filter.output().repaired_flips, 0, "{kind:?}");
    }
}

#[test]
fn prediction_brings_a_late_body_to_the_present() {
    let late_usec = 100_000;
    let predicting = |horizon_seconds: f32| FilterSettings {
        prediction: Some(Prediction { horizon_seconds }),
        ..raw()
    };
    let Some(clip) = clip("walking") else { return };
    let truth = resampled(&clip, 30.0);
    let mut noise = Noise::new(3);
    let mut sums = [0.0_f32; 4];
    let mut filter = BodyFilter::new(predicting(0.2));
    let mut noisy = BodyFilter::new(predicting(0.2));
    let mut count = 0.0;
    for (index, (usec, body)) in truth.iter().enumerate() {
        filter.filter(body, *usec);
        let disturbed = noise.disturbed(body, 3.0, 0.0);
        noisy.filter(&disturbed, *usec);
        let Some((_, now)) = truth.get(index + 3).filter(|_| index > 30) else {
            continue;
        };
        let predicted = filter.predict(usec + late_usec);
        let from_noise = noisy.predict(usec + late_usec);
        count += 1.0;
        for joint in Joint::ALL {
            sums[0] += mm(body, now, joint).powi(2);
            sums[1] += mm(&predicted, now, joint).powi(2);
            sums[2] += mm(&from_noise, &predicted, joint).powi(2);
            sums[3] += mm(&disturbed, body, joint).powi(2);
        }
        // Beyond the horizon the body stays where it is.
        let far = filter.predict(usec + 10_000_000);
        let near = filter.predict(usec + 200_000);
        for joint in Joint::ALL {
            assert!(mm(&far, &near, joint) < 0.5);
        }
        assert_eq!(
            filter.predict(usec - 20_000.min(*usec)),
            filter.output().body
        );
    }
    let [late, predicted, amplified, given] = sums.map(|sum| (sum / count / 32.0).sqrt());
    println!(
        "prediction by 100 ms: {late:.1} mm behind become {predicted:.1} mm; {given:.1} mm of noise become \
         {amplified:.1} mm"
    );
    assert!(predicted < 0.75 * late);
    assert!(amplified < 4.0 * given);
}

#[test]
fn velocities_are_those_of_the_joints() {
    let settings = raw();
    let mut filter = BodyFilter::new(settings);
    let mut figure = Figure::t_pose(Vec3::new(-1000.0, 0.0, 2500.0));
    for frame in 0..60_u64 {
        figure.at.x = -1000.0 + 40.0 * frame as f32;
        let mut body = figure.body(1);
        for pose in &mut body.joints {
            let q = Quat::from_rotation_y(frame as f32 * 0.02) * quat(pose.orientation);
            pose.orientation = [q.w, q.x, q.y, q.z];
        }
        filter.filter(&body, frame * 40_000);
    }
    for joint in Joint::ALL {
        let velocity = Vec3::from(filter.output().velocities[joint.index()]);
        assert!((velocity - Vec3::X * 1000.0).length() < 2.0, "{velocity}");
        let turning = Vec3::from(filter.output().angular_velocities[joint.index()]);
        assert!((turning - Vec3::Y * 0.5).length() < 0.01, "{turning}");
    }
}

#[test]
fn filters_do_the_same_at_any_frame_rate() {
    for preset in [
        FilterPreset::Light,
        FilterPreset::Calm,
        FilterPreset::Sculpture,
    ] {
        let Some(clip) = clip("walking") else { return };
        let settings = FilterSettings::from(preset);
        // Each time of the slowest rate is also a time of the other rates.
        let at_rate = |rate: f64, step: usize| -> Track {
            let out = filtered(settings, &resampled(&clip, rate));
            out.into_iter().step_by(step).collect()
        };
        let (slow, fast) = (at_rate(30.0, 1), at_rate(120.0, 4));
        let off = rms(&slow, &fast, mm);
        println!("{preset:?}: 30 and 120 frames a second differ by {off:.1} mm");
        assert!(off < 14.0, "{preset:?}: {off}");
    }
    let settings = positions(PositionSmoothing::Kinect(KinectSmoothing::default()));
    let Some(clip) = clip("walking") else { return };
    let slow = filtered(settings, &resampled(&clip, 30.0));
    let fast: Track = filtered(settings, &resampled(&clip, 120.0))
        .into_iter()
        .step_by(4)
        .collect();
    let off = rms(&slow, &fast, mm);
    println!("Kinect smoothing: 30 and 120 frames a second differ by {off:.1} mm");
    assert!(off < 14.0);
}

#[test]
fn gaps_clock_jumps_repeated_times_and_wild_numbers_are_survived() {
    for preset in FilterPreset::ALL {
        let kinect = FilterSettings {
            positions: PositionSmoothing::Kinect(KinectSmoothing::default()),
            ..preset.into()
        };
        for settings in [FilterSettings::from(preset), kinect] {
            let mut filter = BodyFilter::new(settings);
            let body = Figure::new(Vec3::new(0.0, 0.0, 2500.0)).body(1);
            let mut far = Figure::new(Vec3::new(900.0, 0.0, 2500.0)).body(1);
            for frame in 0..30 {
                filter.filter(&body, frame * 33_333);
            }
            // A frame with a time that was filtered before changes nothing.
            let before = filter.output().clone();
            assert_eq!(*filter.filter(&far, 29 * 33_333), before);
            // After a gap, and after the clock has gone back, the filter begins anew.
            let off = |filter: &BodyFilter, to: &Body| mm(&filter.output().body, to, Joint::Head);
            filter.filter(&far, 60 * 33_333);
            assert!(off(&filter, &far) < 1.0);
            filter.filter(&body, 1000);
            assert!(off(&filter, &body) < 1.0);
            assert_eq!(filter.output().velocities, [[0.0; 3]; 32]);
            // Joints with invalid numbers are left out; the joint keeps its position and has confidence "none".
            let mut wild = body.clone();
            wild.joints[Joint::Head.index()].position[1] = f32::NAN;
            wild.joints[Joint::Neck.index()].position[0] = f32::INFINITY;
            wild.joints[Joint::WristLeft.index()].orientation = [f32::NAN; 4];
            wild.joints[Joint::KneeLeft.index()].orientation = [0.0; 4];
            for frame in 1..20 {
                filter.filter(&wild, 1000 + frame * 33_333);
                assert!(is_finite(&filter.output().body));
            }
            let head = filter.output().body.joint(Joint::Head);
            assert_eq!(head.confidence, JointConfidence::None);
            assert!(off(&filter, &body) < 30.0);
            for pose in &mut far.joints {
                pose.position = [f32::MAX; 3];
            }
            filter.filter(&far, 700_000);
            filter.filter(&body, 733_333);
            filter.filter(&body, 5_000_000);
            assert!(is_finite(&filter.output().body) && off(&filter, &body) < 1.0);
            // The numbers are invalid from the beginning.
            filter.reset();
            filter.filter(&wild, 10_000_000);
            assert!(is_finite(&filter.output().body));
        }
    }
}

fn is_finite(body: &Body) -> bool {
    body.joints.iter().all(|pose| {
        pose.position
            .iter()
            .chain(&pose.orientation)
            .all(|v| v.is_finite())
    })
}

#[test]
fn filters_of_many_bodies_keep_to_their_own_and_forget_who_is_gone() {
    let mut filters = BodyFilters::new(FilterSettings::default());
    let at = |x: f32| Vec3::new(x, 0.0, 2500.0);
    for frame in 0..40_u64 {
        let bodies = [
            Figure::new(at(-800.0)).body(4),
            Figure::new(at(800.0)).body(9),
        ];
        let order: Vec<&Body> = if frame % 2 == 0 {
            bodies.iter().collect()
        } else {
            bodies.iter().rev().collect()
        };
        let count = filters.filter(order, frame * 33_333).count();
        assert_eq!(count, 2);
        for (id, x) in [(4, -800.0), (9, 800.0)] {
            let output = filters.of(id).unwrap().output();
            assert!((output.body.joint(Joint::Pelvis).position[0] - x).abs() < 0.1);
        }
    }
    assert!(filters.of(4).unwrap().bone_length(Joint::KneeLeft) > 300.0);
    assert_eq!(filters.filter([], 41 * 33_333).count(), 0);
    assert!(filters.of(4).is_some());
    filters.filter([], 60_000_000).for_each(drop);
    assert!(filters.of(4).is_none());
}
