//! Tests, by the distances of bones, whether bodies pass through themselves, through each other or through things.

use glam::Vec3;
use kinect_azure::body::Joint;

use super::arms::Measures;
use crate::person::pose::BodyPose;

/// The bones and the radius of the body around each, in metres for a slim person of 1.75 m.
const BONES: [(Joint, Joint, f32); 11] = [
    (Joint::Pelvis, Joint::Neck, 0.10),
    (Joint::Neck, Joint::Head, 0.08),
    (Joint::ShoulderLeft, Joint::ElbowLeft, 0.04),
    (Joint::ElbowLeft, Joint::HandLeft, 0.03),
    (Joint::ShoulderRight, Joint::ElbowRight, 0.04),
    (Joint::ElbowRight, Joint::HandRight, 0.03),
    (Joint::HipLeft, Joint::KneeLeft, 0.06),
    (Joint::KneeLeft, Joint::AnkleLeft, 0.045),
    (Joint::HipRight, Joint::KneeRight, 0.06),
    (Joint::KneeRight, Joint::AnkleRight, 0.045),
    (Joint::ShoulderLeft, Joint::ShoulderRight, 0.07),
];

/// The smallest distance of two line segments, to a few millimetres.
fn apart(a: Vec3, b: Vec3, c: Vec3, d: Vec3) -> f32 {
    let mut best = f32::MAX;
    for i in 0..=6 {
        // The nearest point of the other line is exact.
        let p = a.lerp(b, i as f32 / 6.0);
        let along = d - c;
        let t = ((p - c).dot(along) / along.length_squared().max(1e-9)).clamp(0.0, 1.0);
        best = best.min(p.distance(c + along * t));
    }
    best
}

/// How many of a body's parts pass through each other.
pub(super) fn faults(body: &BodyPose, measures: Measures) -> u32 {
    let s = measures.size;
    let p = |joint: Joint| body.position[joint.index()];
    let trunk = (p(Joint::Pelvis), p(Joint::Neck));
    let thick = (0.085 + 0.065 * measures.girth) * s;
    let limb = (0.04 + 0.03 * measures.girth) * s;
    let face = p(Joint::Head) + (p(Joint::Head) - p(Joint::Neck));
    let mut faults = 0;
    let mut must = |holds: bool| faults += u32::from(!holds);
    for (hip, knee) in [
        (Joint::HipLeft, Joint::KneeLeft),
        (Joint::HipRight, Joint::KneeRight),
    ] {
        must(p(knee).distance(p(Joint::SpineChest)) > thick + 0.5 * limb);
        // How far a hip goes: forwards, backwards, outwards and inwards.
        let thigh = body.rotation[0].inverse() * (p(knee) - p(hip)).normalize_or(Vec3::NEG_Y);
        let flex = thigh.z.atan2(-thigh.y);
        let out = thigh.x * if hip == Joint::HipLeft { 1.0 } else { -1.0 };
        must((-0.75..2.6).contains(&flex) && (-0.5..0.97).contains(&out));
    }
    for (elbow, wrist, hand) in [
        (Joint::ElbowLeft, Joint::WristLeft, Joint::HandLeft),
        (Joint::ElbowRight, Joint::WristRight, Joint::HandRight),
    ] {
        let (elbow, wrist, hand) = (p(elbow), p(wrist), p(hand));
        must(apart(wrist, hand, trunk.0, trunk.1) > thick + 0.01 * s);
        must(apart(elbow.lerp(wrist, 0.35), wrist, trunk.0, trunk.1) > thick);
        must(apart(elbow.lerp(wrist, 0.3), hand, p(Joint::Head), face) > 0.09 * s);
        for (hip, knee, ankle) in [
            (Joint::HipLeft, Joint::KneeLeft, Joint::AnkleLeft),
            (Joint::HipRight, Joint::KneeRight, Joint::AnkleRight),
        ] {
            must(apart(elbow.lerp(wrist, 0.3), hand, p(hip), p(knee)) > limb + 0.03 * s);
            must(apart(elbow.lerp(wrist, 0.3), hand, p(knee), p(ankle)) > limb + 0.02 * s);
        }
    }
    let [kl, kr] = [p(Joint::KneeLeft), p(Joint::KneeRight)];
    let [hl, hr] = [p(Joint::HipLeft), p(Joint::HipRight)];
    let [al, ar] = [p(Joint::AnkleLeft), p(Joint::AnkleRight)];
    must(
        apart(
            p(Joint::ElbowLeft),
            p(Joint::HandLeft),
            p(Joint::ElbowRight),
            p(Joint::HandRight),
        ) > limb,
    );
    must(apart(kl, al, kr, ar) > limb * 1.5);
    must(apart(hl.lerp(kl, 0.5), kl, hr.lerp(kr, 0.5), kr) > limb * 1.5);
    must(apart(hl.lerp(kl, 0.5), kl, kr, ar) > limb * 1.5);
    must(apart(hr.lerp(kr, 0.5), kr, kl, al) > limb * 1.5);
    faults
}

/// Whether two bodies do not pass through each other; they may touch.
pub(super) fn are_apart(a: (&BodyPose, Measures), b: (&BodyPose, Measures)) -> bool {
    let at = |body: &BodyPose, joint: Joint| body.position[joint.index()];
    let far = at(a.0, Joint::Pelvis).distance(at(b.0, Joint::Pelvis));
    if far > 2.4 * (a.1.size + b.1.size) * 0.5 {
        return true;
    }
    BONES.iter().all(|&(u, v, thick)| {
        BONES.iter().all(|&(x, y, other)| {
            let room = thick * a.1.size * (0.8 + 0.5 * a.1.girth)
                + other * b.1.size * (0.8 + 0.5 * b.1.girth);
            apart(at(a.0, u), at(a.0, v), at(b.0, x), at(b.0, y)) > room
        })
    })
}

/// Whether a body keeps a distance (in metres) from a box between two corners.
pub(super) fn is_outside(body: &BodyPose, low: Vec3, high: Vec3, by: f32) -> bool {
    let inside =
        |p: Vec3| p.cmpge(low - Vec3::splat(by)).all() && p.cmple(high + Vec3::splat(by)).all();
    BONES.iter().all(|&(a, b, _)| {
        let (a, b) = (body.position[a.index()], body.position[b.index()]);
        (0..=4).all(|i| !inside(a.lerp(b, i as f32 / 4.0)))
    }) && !inside(body.position[Joint::FootLeft.index()])
        && !inside(body.position[Joint::FootRight.index()])
}
