//! Motions as functions of time.

use core::f32::consts::{PI, TAU};

use super::scenario::MotionKind;
use super::stance::{Arm, Foot, LEFT, RIGHT, Stance, envelope, smooth};
use crate::random::Random;

/// The style of one person's movements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Speed of movements, about 1.
    pub(crate) tempo: f32,
    /// Size of movements, about 1.
    pub(crate) reach: f32,
    pub(crate) left_handed: bool,
    /// How far arms hang from the body, in radians.
    pub(crate) clearance: f32,
    /// How far the elbows of hanging arms are bent, in radians.
    elbow: f32,
    phase: f32,
}

impl Style {
    pub(crate) fn new(seed: u64, girth: f32) -> Self {
        let mut random = Random::new(seed ^ 0x57_1E);
        Self {
            tempo: random.range(0.88..1.14),
            reach: random.range(0.9..1.06),
            left_handed: random.chance(0.15),
            clearance: 0.13 + 0.12 * girth + random.range(0.0..0.04),
            phase: random.range(0.0..60.0),
            elbow: random.range(0.36..0.66),
        }
    }
}

/// The duration of a motion in seconds; motions without a natural end get one, too.
pub(crate) fn duration(kind: MotionKind, style: &Style) -> f32 {
    let seconds = match kind {
        MotionKind::Idle => 4.0,
        MotionKind::Walk => 8.0,
        MotionKind::Wave => 3.4,
        MotionKind::RaiseArms => 3.6,
        MotionKind::Point => 3.0,
        MotionKind::Reach => 3.2,
        MotionKind::CrossArms => 4.5,
        MotionKind::Bow => 3.4,
        MotionKind::Squat => 3.6,
        MotionKind::Sit => 7.0,
        MotionKind::Kneel => 5.0,
        MotionKind::Turn => 4.2,
        MotionKind::Dance => 8.0,
        MotionKind::Jump => 1.7,
        MotionKind::Grip => 10.0,
    };
    seconds / style.tempo
}

/// Standing with breath, sway and shifts of weight. `time` is the person's own.
pub(crate) fn idle(time: f32, style: &Style) -> Stance {
    let t = time + style.phase;
    let breath = (t * TAU * 0.25).sin();
    let sway = (t * TAU * 0.11).sin() + 0.5 * (t * TAU * 0.27 + 1.0).sin();
    // Weight goes from leg to leg every ten seconds or so.
    let weight = ((t * TAU * 0.045).sin() * 3.0).tanh();
    let mut stance = Stance::default();
    let trunk = &mut stance.trunk;
    trunk.x = 0.022 * weight + 0.004 * sway;
    trunk.y = -0.012 - 0.006 * weight.abs();
    trunk.z = 0.004 * (t * TAU * 0.17).sin();
    trunk.pelvis_roll = -0.035 * weight;
    trunk.pelvis_pitch = 0.02;
    trunk.spine_roll = 0.04 * weight;
    trunk.spine_pitch = 0.02 + 0.008 * breath;
    trunk.spine_yaw = 0.03 * (t * TAU * 0.07).sin();
    trunk.head_pitch = 0.02 + 0.03 * (t * TAU * 0.13).sin();
    trunk.head_yaw = 0.05 * (t * TAU * 0.09 + 2.0).sin();
    trunk.head_roll = 0.025 * (t * TAU * 0.08).sin();
    for (side, arm) in stance.arms.iter_mut().enumerate() {
        let own = if side == LEFT { 1.0 } else { -1.0 };
        *arm = Arm {
            side: style.clearance + 0.008 * breath,
            forward: 0.04 + 0.015 * (t * TAU * 0.15 + own).sin(),
            twist: -0.15,
            elbow: style.elbow + 0.02 * breath,
            pronate: 0.35,
            wrist: 0.05,
            curl: 0.38,
            ..Arm::default()
        };
    }
    for foot in &mut stance.feet {
        foot.yaw = 0.14;
    }
    stance
}

/// The stance at time `t` since a motion began, on top of the stance `base` without the motion.
pub(crate) fn stance(kind: MotionKind, t: f32, base: Stance, style: &Style) -> Stance {
    let whole = duration(kind, style);
    let s = t * style.tempo;
    let r = style.reach;
    let mut to = base;
    let mut slope = 0.65 / style.tempo;
    // The angles are for the right hand.
    let mirror = style.left_handed;
    match kind {
        MotionKind::Idle | MotionKind::Walk | MotionKind::Turn => return base,
        MotionKind::Wave => {
            let beat = (s * TAU * 1.55).sin();
            to.arms[RIGHT] = Arm {
                side: 1.15 * r,
                forward: 0.25,
                twist: 1.25,
                elbow: 1.55 + 0.32 * beat,
                pronate: -0.2,
                wrist: 0.0,
                curl: 0.08,
                ..Arm::default()
            };
            to.trunk.spine_roll += 0.05;
            to.trunk.head_roll -= 0.05;
        }
        MotionKind::RaiseArms => {
            for arm in &mut to.arms {
                *arm = Arm {
                    side: 2.55 * r,
                    forward: 0.25,
                    twist: 0.5,
                    elbow: 0.72 + 0.08 * (s * 3.0).sin(),
                    pronate: 0.0,
                    wrist: -0.1,
                    curl: 0.12,
                    ..Arm::default()
                };
            }
            to.trunk.spine_pitch -= 0.08;
            to.trunk.head_pitch -= 0.12;
            slope = 0.9 / style.tempo;
        }
        MotionKind::Point => {
            to.arms[RIGHT] = Arm {
                side: 0.12,
                forward: 1.48 * r,
                twist: 0.1,
                elbow: 0.12,
                pronate: 0.5,
                wrist: 0.0,
                curl: 0.12,
                ..Arm::default()
            };
            to.trunk.spine_yaw += 0.18;
            to.trunk.head_yaw -= 0.05;
        }
        MotionKind::Reach => {
            let out = 0.5 - 0.5 * (s * TAU / 3.2).cos();
            to.arms[RIGHT] = Arm {
                side: 0.15,
                forward: (1.2 + 0.35 * out) * r,
                twist: 0.1,
                elbow: 0.75 - 0.6 * out,
                pronate: 0.3,
                wrist: -0.15,
                curl: 0.15,
                ..Arm::default()
            };
            to.trunk.pelvis_pitch += 0.10;
            to.trunk.spine_pitch += 0.22;
            to.trunk.spine_yaw += 0.30;
            to.trunk.head_pitch -= 0.15;
            to.trunk.head_yaw -= 0.2;
            to.trunk.z += 0.03;
            to.arms[LEFT].forward -= 0.1;
        }
        MotionKind::CrossArms => {
            to.arms[RIGHT] = Arm {
                side: 0.10,
                forward: 0.62,
                twist: -1.05,
                elbow: 1.78,
                pronate: 0.55,
                wrist: 0.1,
                curl: 0.5,
                ..Arm::default()
            };
            to.arms[LEFT] = Arm {
                side: 0.10,
                forward: 0.42,
                twist: -0.98,
                elbow: 1.62,
                pronate: 0.5,
                wrist: 0.1,
                curl: 0.5,
                ..Arm::default()
            };
            to.trunk.spine_pitch -= 0.03;
            slope = 0.8 / style.tempo;
        }
        MotionKind::Bow => {
            to.trunk.pelvis_pitch = 0.52 * r;
            to.trunk.spine_pitch = 0.42 * r;
            to.trunk.head_pitch = 0.18;
            to.trunk.z = -0.16;
            for arm in &mut to.arms {
                arm.forward = 0.55;
                arm.side += 0.03;
            }
            slope = 1.1 / style.tempo;
        }
        MotionKind::Squat => {
            to.trunk.y = -0.44 * r;
            to.trunk.z = -0.20;
            to.trunk.pelvis_pitch = 0.50;
            to.trunk.spine_pitch = 0.12;
            to.trunk.head_pitch = -0.30;
            for arm in &mut to.arms {
                arm.side = 0.12;
                arm.forward = 1.75;
                arm.elbow = 0.15;
                arm.twist = 0.1;
            }
            slope = 1.1 / style.tempo;
        }
        MotionKind::Kneel => {
            // Down on the right knee.
            to.trunk.y = -0.415;
            to.trunk.z = -0.06;
            to.trunk.pelvis_pitch = 0.05;
            to.trunk.spine_pitch = 0.10;
            slope = 1.35 / style.tempo;
            // The left foot steps ahead, then the right one back; the same way up again.
            let u = (t / slope).min((whole - t) / slope);
            to.feet[LEFT] = to.feet[LEFT] + stepped(u / 0.45, 0.36, 0.0);
            to.feet[RIGHT] = to.feet[RIGHT] + stepped((u - 0.45) / 0.45, -0.50, 1.15);
            to.arms[LEFT].forward = 0.62;
            to.arms[LEFT].elbow = 0.62;
            to.arms[LEFT].side = 0.22;
        }
        MotionKind::Dance => {
            let beat = s * TAU * 0.95;
            let (one, two) = (beat.sin(), (2.0 * beat).sin());
            to.trunk.x = 0.075 * one;
            to.trunk.y = -0.055 - 0.030 * (2.0 * beat).cos();
            to.trunk.pelvis_roll = 0.10 * one;
            to.trunk.pelvis_yaw = 0.18 * one;
            to.trunk.spine_roll = -0.16 * one;
            to.trunk.spine_yaw = -0.26 * one;
            to.trunk.spine_pitch = 0.05 + 0.05 * two;
            to.trunk.head_pitch = 0.05 * two;
            to.trunk.head_roll = 0.10 * one;
            // Weight goes over, the free heel comes up.
            to.feet[LEFT].y = 0.03 * (-one).max(0.0);
            to.feet[RIGHT].y = 0.03 * one.max(0.0);
            to.feet[LEFT].pitch = 0.4 * (-one).max(0.0);
            to.feet[RIGHT].pitch = 0.4 * one.max(0.0);
            // During half of the time the dancer is low, during the other half the arms are up.
            let high = smooth((s * TAU / 8.0 - PI / 2.0).sin() * 1.5 + 0.4);
            for (side, arm) in to.arms.iter_mut().enumerate() {
                let own = if side == LEFT { 1.0 } else { -1.0 };
                let swing = own * one;
                *arm = Arm {
                    side: 0.45 + 1.25 * high + 0.15 * swing,
                    forward: 0.45 + 0.25 * swing,
                    twist: -0.2 + 1.1 * high,
                    elbow: 1.35 + 0.25 * two * own - 0.25 * high,
                    pronate: 0.2,
                    wrist: 0.15 * two,
                    curl: 0.35,
                    ..Arm::default()
                };
            }
            slope = 0.8 / style.tempo;
        }
        MotionKind::Jump => return jump(t, whole, base, style),
        MotionKind::Grip => {
            to.arms[RIGHT] = gripping(s);
            slope = 0.8 / style.tempo;
        }
        // Sitting needs a seat: see `sitting`.
        MotionKind::Sit => return base,
    }
    if mirror {
        // Mirrors only the changes of the motion; the base stance is not mirrored.
        let changed = to.mirrored();
        let same = base.mirrored();
        to.arms = core::array::from_fn(|i| changed.arms[i] + same.arms[i] * -1.0 + base.arms[i]);
        to.feet = core::array::from_fn(|i| changed.feet[i] + same.feet[i] * -1.0 + base.feet[i]);
        to.trunk = changed.trunk + same.trunk * -1.0 + base.trunk;
    }
    let mut stance = base.blend(to, envelope(t, whole, slope));
    if kind == MotionKind::Kneel {
        stance.feet = to.feet;
    }
    stance
}

/// The right arm of a person who grips, `s` seconds after the beginning at a tempo of 1: open above the shoulder's front, closed
/// from 1.6 s, carried outwards until 3.3 s, open from 3.7 s, still until 6.2 s, back inwards until 6.9 s, pushed ahead
/// at 7.6 s and closed once more at 8.6 s.
fn gripping(s: f32) -> Arm {
    let between = |from: f32, to: f32, slope: f32| envelope(s - from, to - from, slope);
    let aside = between(2.2, 6.9, 0.9);
    let ahead = between(7.1, 8.2, 0.45);
    Arm {
        side: 0.22,
        forward: 0.72 + 0.38 * ahead,
        twist: 0.15 + 0.6 * aside,
        elbow: 1.65 - 0.75 * ahead,
        pronate: 1.1,
        wrist: -0.45 + 0.2 * ahead,
        curl: 0.02,
        grip: between(1.6, 3.7, 0.22).max(between(8.4, 9.0, 0.2)),
        spread: 0.5,
    }
}

/// A foot lifted and put somewhere else, `u` from 0 to 1.
fn stepped(u: f32, z: f32, pitch: f32) -> Foot {
    let u = u.clamp(0.0, 1.0);
    Foot {
        z: z * smooth(u),
        y: 0.09 * (PI * u).sin().max(0.0).powf(1.2),
        pitch: pitch * smooth(u),
        ..Foot::default()
    }
}

fn jump(t: f32, whole: f32, base: Stance, style: &Style) -> Stance {
    let share = t / whole;
    // Down until 0.32, off the floor from 0.42 to 0.66, caught until 0.76, up again until 0.98. The legs push the
    // body to the speed it takes off with, and stop it from that speed.
    let height = 0.26 * style.reach;
    let flight = ((share - TAKE_OFF) / (LANDING - TAKE_OFF)).clamp(0.0, 1.0);
    let pushed = ((share - 0.32) / (TAKE_OFF - 0.32)).clamp(0.0, 1.0);
    let caught = ((share - LANDING) / (0.76 - LANDING)).clamp(0.0, 1.0);
    let before = smooth((share - 0.05) / 0.27) * (1.0 - pushed * pushed);
    let after = caught * (2.0 - caught) * (1.0 - smooth((share - 0.76) / 0.22));
    // Arms and trunk swing more gently.
    let back = smooth((share - 0.05) / 0.25) * (1.0 - smooth((share - 0.30) / 0.18));
    let up = smooth((share - 0.28) / 0.28) * (1.0 - smooth((share - 0.56) / 0.34));
    let bent = back + smooth((share - 0.60) / 0.16) * (1.0 - smooth((share - 0.76) / 0.22));
    let mut to = base;
    to.trunk.y -= 0.20 * before + 0.20 * after;
    to.trunk.z -= 0.05 * bent;
    to.trunk.pelvis_pitch += 0.30 * bent;
    to.trunk.spine_pitch += 0.12 * bent;
    to.trunk.lift = height * 4.0 * flight * (1.0 - flight);
    for arm in &mut to.arms {
        arm.forward += 1.05 * up - 0.40 * back;
        arm.side += 0.10 * bent + 0.30 * up;
        arm.elbow += 0.35 * up;
    }
    for foot in &mut to.feet {
        foot.pitch = 0.65 * smooth((share - 0.36) / 0.08) * (1.0 - smooth((share - 0.56) / 0.12));
    }
    to
}

/// When a jump leaves the floor and comes back, in shares of its time.
const TAKE_OFF: f32 = 0.42;
const LANDING: f32 = 0.66;

/// Sitting down on a seat, sitting, and getting up: `seat` is the pelvis's way from standing to the seat (down and
/// back, in shares of the leg's length).
pub(crate) fn sitting(t: f32, whole: f32, base: Stance, seat: (f32, f32), style: &Style) -> Stance {
    let slope = 1.25 / style.tempo;
    let down = envelope(t, whole, slope);
    // Leaning forwards on the way down and up.
    let way = 4.0 * down * (1.0 - down);
    let mut to = base;
    to.trunk.x = 0.0;
    to.trunk.y = -seat.0;
    to.trunk.z = -seat.1;
    to.trunk.pelvis_pitch = -0.10;
    to.trunk.pelvis_roll = 0.0;
    to.trunk.spine_pitch = 0.16;
    to.trunk.spine_roll = 0.0;
    for arm in &mut to.arms {
        *arm = Arm {
            side: 0.18,
            forward: 0.42,
            twist: -0.30,
            elbow: 0.70,
            pronate: 0.9,
            wrist: 0.05,
            curl: 0.25,
            ..Arm::default()
        };
    }
    let mut stance = base.blend(to, down);
    stance.trunk.pelvis_pitch += 0.42 * way;
    stance.trunk.spine_pitch += 0.22 * way;
    stance.trunk.head_pitch -= 0.25 * way;
    stance
}
