//! Rotations of the real clips.

use glam::{Mat3, Vec3};
use kinect_azure::{Body, Joint};
use kinect_tracking::rotation::{
    EulerOrder, EulerUnroller, LocalPose, bone_length, posture, rest_position,
};

use crate::clips::{NAMES, clip, place, quat};

/// Converts directions of a person (left, up, forward) who faces away from the camera to the depth camera's axes.
fn facing_away() -> Mat3 {
    Mat3::from_cols(Vec3::NEG_X, Vec3::NEG_Y, Vec3::Z)
}

/// A direction of the T-pose, rotated by a joint's orientation.
fn carried(body: &Body, joint: Joint, direction: [f32; 3]) -> Vec3 {
    let turn = quat(posture(joint, body.joint(joint).orientation).unwrap());
    turn * (facing_away() * Vec3::from(direction))
}

fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}

#[test]
fn relative_rotations_and_translations_compose_to_the_bodies_of_the_clips() {
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        let (mut off_mm, mut off_degrees) = (0.0_f32, 0.0_f32);
        for frame in clip.frames() {
            let body = &frame.bodies[0];
            let local = LocalPose::of(body);
            let mut back = Body {
                id: body.id,
                joints: [Default::default(); Joint::COUNT],
            };
            local.apply(&mut back);
            for joint in Joint::ALL {
                let (a, b) = (body.joint(joint), back.joint(joint));
                off_mm = off_mm.max(place(body, joint).distance(place(&back, joint)));
                let turned = quat(a.orientation).angle_between(quat(b.orientation));
                off_degrees = off_degrees.max(turned.to_degrees());
                let length = local.bone_length(joint);
                assert!((length - bone_length(body, joint)).abs() < 0.01);
            }
        }
        println!("{name}: composed to {off_mm:.4} mm and {off_degrees:.4} degrees");
        // The angle of nearly equal quaternions in f32 is good to some hundredths of a degree.
        assert!(off_mm < 0.01 && off_degrees < 0.1);
    }
}

#[test]
fn the_reference_frames_point_along_the_bones_of_the_clips() {
    // Each joint with the joint at the other end of the segment that it drives.
    let segments = [
        (Joint::Pelvis, Joint::SpineNavel, 12.0),
        (Joint::SpineNavel, Joint::SpineChest, 12.0),
        (Joint::SpineChest, Joint::Neck, 12.0),
        (Joint::Neck, Joint::Head, 20.0),
        (Joint::ClavicleLeft, Joint::ShoulderLeft, 20.0),
        (Joint::ShoulderLeft, Joint::ElbowLeft, 5.0),
        (Joint::ElbowLeft, Joint::WristLeft, 5.0),
        (Joint::WristLeft, Joint::HandLeft, 15.0),
        (Joint::HipLeft, Joint::KneeLeft, 5.0),
        (Joint::KneeLeft, Joint::AnkleLeft, 5.0),
        (Joint::AnkleLeft, Joint::FootLeft, 25.0),
    ];
    let mut angles: Vec<(Joint, f32, Vec<f32>)> = segments
        .iter()
        .flat_map(|&(joint, _, limit)| {
            let right = joint.mirrored();
            let both = if right == joint {
                vec![joint]
            } else {
                vec![joint, right]
            };
            both.into_iter().map(move |j| (j, limit, Vec::new()))
        })
        .collect();
    let (mut hips, mut shoulders, mut face) = (Vec::new(), Vec::new(), Vec::new());
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        for frame in clip.frames() {
            let body = &frame.bodies[0];
            for (joint, _, values) in &mut angles {
                let right = segments.iter().all(|(own, ..)| own != joint);
                let end = segments
                    .iter()
                    .find(|(own, ..)| *own == if right { joint.mirrored() } else { *joint })
                    .map(|(_, end, _)| if right { end.mirrored() } else { *end })
                    .unwrap();
                let rest = Vec3::from(rest_position(end)) - Vec3::from(rest_position(*joint));
                let seen = place(body, end) - place(body, *joint);
                let expected = carried(body, *joint, rest.to_array());
                values.push(expected.angle_between(seen).to_degrees());
            }
            // The twist of the trunk: its own left along the line of the hips and of the shoulders.
            let across = |left: Joint| place(body, left) - place(body, left.mirrored());
            let left = |joint: Joint| carried(body, joint, [1.0, 0.0, 0.0]);
            let off = |a: Vec3, b: Vec3| a.angle_between(b).to_degrees();
            hips.push(off(left(Joint::Pelvis), across(Joint::HipLeft)));
            shoulders.push(off(left(Joint::SpineChest), across(Joint::ShoulderLeft)));
            let nose = place(body, Joint::Nose) - place(body, Joint::Head);
            let rest =
                Vec3::from(rest_position(Joint::Nose)) - Vec3::from(rest_position(Joint::Head));
            face.push(off(carried(body, Joint::Head, rest.to_array()), nose));
        }
    }
    for (joint, limit, values) in &mut angles {
        let angle = median(values);
        println!(
            "{:<16} median {angle:5.1} degrees off its bone",
            joint.name()
        );
        assert!(angle < *limit, "{joint:?}: {angle}");
    }
    for (what, values) in [
        ("pelvis against the hips", &mut hips),
        ("chest against the shoulders", &mut shoulders),
        ("head against the nose", &mut face),
    ] {
        let angle = median(values);
        println!("{what}: median {angle:.1} degrees");
        assert!(angle < 20.0, "{what}: {angle}");
    }
}

#[test]
fn euler_angles_of_the_clips_do_not_jump() {
    for name in NAMES {
        let Some(clip) = clip(name) else { return };
        let frames = crate::clips::resampled(&clip, 60.0);
        let mut unrollers = [EulerUnroller::new(EulerOrder::Zxy); Joint::COUNT];
        let mut last = [[0.0_f32; 3]; Joint::COUNT];
        let (mut largest, mut jumps) = (0.0_f32, 0);
        for (index, (_, body)) in frames.iter().enumerate() {
            let local = LocalPose::of(body);
            for joint in Joint::ALL {
                let angles = unrollers[joint.index()].next(local.rotations[joint.index()]);
                if index > 0 {
                    for (now, before) in angles.iter().zip(last[joint.index()]) {
                        largest = largest.max((now - before).abs());
                        jumps += u32::from((now - before).abs() > 180.0);
                    }
                }
                last[joint.index()] = angles;
            }
        }
        println!("{name}: the largest step of an angle in 1/60 s is {largest:.1} degrees");
        assert_eq!(jumps, 0);
    }
}
