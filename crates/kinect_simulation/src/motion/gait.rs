//! Moves the feet: each stays where it was put down until the body has moved on, and then steps.
//!
//! Walking, turning on the spot and stepping aside follow one rule: the body moves as planned, and the foot that is
//! farther from its place under the body is lifted and put down ahead.

use glam::Vec2;

use super::stance::{even, smooth};

/// Where the body is on the floor and how it moves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Root {
    /// x and z in metres.
    pub(crate) at: Vec2,
    /// 0 faces the sensor (+z); in radians about the vertical.
    pub(crate) yaw: f32,
    /// In m/s.
    pub(crate) velocity: Vec2,
}

impl Root {
    /// The way the body faces, and its left.
    pub(crate) fn axes(&self) -> (Vec2, Vec2) {
        let (sin, cos) = self.yaw.sin_cos();
        (Vec2::new(sin, cos), Vec2::new(cos, -sin))
    }
}

/// A foot on its way or on the floor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planted {
    /// Place of the ankle over the floor, in metres.
    pub(crate) at: Vec2,
    pub(crate) yaw: f32,
    /// How high it is swung, in metres.
    pub(crate) height: f32,
    /// Pitch in radians: above 0 the heel is up, below 0 the toes are.
    pub(crate) pitch: f32,
    swing: Option<Swing>,
    since: f32,
}

#[derive(Clone, Copy, Debug)]
struct Swing {
    from: Vec2,
    from_yaw: f32,
    from_pitch: f32,
    /// Where the foot will be put down; settled in the last quarter of the way.
    to: Vec2,
    to_yaw: f32,
    t: f32,
}

/// Both feet of a person.
#[derive(Clone, Debug)]
pub(crate) struct Gait {
    /// Left and right.
    pub(crate) feet: [Planted; 2],
    /// Half the distance between the feet, in metres.
    width: f32,
    /// Length of the leg in metres.
    leg: f32,
    /// The body's yaw a step ago, and how fast it turns, in rad/s.
    yaw: f32,
    spin: f32,
}

impl Gait {
    pub(crate) fn new(root: &Root, width: f32, leg: f32) -> Self {
        let (_, left) = root.axes();
        let foot = |side: f32| Planted {
            at: root.at + left * side * width,
            yaw: root.yaw,
            height: 0.0,
            pitch: 0.0,
            swing: None,
            since: 1.0,
        };
        Self {
            feet: [foot(1.0), foot(-1.0)],
            width,
            leg,
            yaw: root.yaw,
            spin: 0.0,
        }
    }

    /// Advances the feet by `dt` seconds; `may_step` is `false` while they must stay (sitting, jumping).
    pub(crate) fn advance(&mut self, root: &Root, dt: f32, may_step: bool) {
        let (_, left) = root.axes();
        let speed = root.velocity.length();
        // Legs like pendulums: long ones swing slower.
        let pendulum = (self.leg / 0.87).sqrt();
        let pace = (speed / (1.35 * pendulum)).min(1.3);
        // People who turn take quick steps.
        self.spin += (wrapped(root.yaw - self.yaw) / dt - self.spin) * (dt / 0.12).min(1.0);
        self.yaw = root.yaw;
        let spin = self.spin;
        let hurry = (spin.abs() / 2.0).min(1.0);
        let swing_time = (0.44 - 0.08 * pace.max(hurry)) * pendulum;
        let support = (0.11 - 0.05 * hurry) * pendulum;
        let step = (0.30 + 0.40 * pace) * self.leg / 0.87;
        let direction = root.velocity.normalize_or_zero();
        let ideal = |foot: usize, ahead: f32| {
            let side = if foot == 0 { self.width } else { -self.width };
            root.at + left * side + root.velocity * ahead
        };

        if may_step && self.feet.iter().all(|foot| foot.swing.is_none()) {
            let error = |foot: usize| {
                let planted = &self.feet[foot];
                let off = ideal(foot, 0.0) - planted.at;
                let turn = wrapped(root.yaw - planted.yaw).abs();
                if speed > 0.12 {
                    // The distance by which the foot trails; a foot that was just put down can wait.
                    (off.dot(direction) / (step * 0.42))
                        .max(off.length() / (step * 1.2))
                        .max(turn / 0.7)
                } else {
                    (off.length() / 0.055).max(turn / 0.42)
                }
            };
            let rested = self.feet.iter().all(|foot| foot.since > support);
            let worst = if error(0) >= error(1) { 0 } else { 1 };
            if rested && error(worst) > 1.0 {
                let foot = &mut self.feet[worst];
                foot.swing = Some(Swing {
                    from: foot.at,
                    from_yaw: foot.yaw,
                    from_pitch: foot.pitch,
                    to: foot.at,
                    to_yaw: foot.yaw,
                    t: 0.0,
                });
            }
        }
        for index in 0..2 {
            let mut foot = self.feet[index];
            if let Some(mut swing) = foot.swing {
                swing.t += dt / swing_time;
                let t = swing.t.min(1.0);
                let left_over = (1.0 - t) * swing_time;
                if t < 0.75 {
                    let ahead = direction * step * 0.40 * (speed / 0.35).min(1.0);
                    swing.to = ideal(index, left_over) + ahead;
                    // The foot is put down ahead of the turn, but toes never cross.
                    let other = self.feet[1 - index].yaw;
                    let toes = wrapped(root.yaw + spin * (left_over + 0.15) - other);
                    swing.to_yaw = other + toes.clamp(-1.1, 1.1);
                }
                // Up first, then ahead; down at last.
                let share = even(((t - 0.04) / 0.92).clamp(0.0, 1.0));
                foot.at = swing.from.lerp(swing.to, share);
                foot.yaw = swing.from_yaw + wrapped(swing.to_yaw - swing.from_yaw) * share;
                foot.height = (0.035 + 0.075 * pace)
                    * self.leg
                    * (core::f32::consts::PI * t).sin().max(0.0).powf(1.5);
                // The toes leave the floor last, the heel touches it first.
                let landing = -0.28 * pace;
                foot.pitch = if t < 0.4 {
                    swing.from_pitch + (0.75 * pace - swing.from_pitch) * smooth(t / 0.4)
                } else {
                    0.75 * pace + (landing - 0.75 * pace) * smooth((t - 0.4) / 0.6)
                };
                foot.since = 0.0;
                foot.swing = (t < 1.0).then_some(swing);
                if foot.swing.is_none() {
                    foot.height = 0.0;
                }
            } else {
                foot.since += dt;
                // The foot rolls from heel to toes as the body passes over it.
                let trail = (ideal(index, 0.0) - foot.at).dot(direction) / self.leg;
                let wanted = ((trail - 0.10) * 2.4).clamp(0.0, 0.75) * pace.min(1.0);
                let rate = (dt / 0.045).min(1.0);
                foot.pitch += (wanted - foot.pitch) * rate;
            }
            self.feet[index] = foot;
        }
    }
}

/// An angle between −π and π.
pub(crate) fn wrapped(angle: f32) -> f32 {
    let turn = core::f32::consts::TAU;
    (angle + turn * 0.5).rem_euclid(turn) - turn * 0.5
}
