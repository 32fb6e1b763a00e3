//! One person: the planned actions, the present action, and the movement of the body.

use std::collections::VecDeque;

use glam::Vec2;

use super::gait::{Gait, Root, wrapped};
use super::joints::{leg_length, pelvis_height};
use super::moves::{self, Style};
use super::scenario::MotionKind;
use super::stage::Stage;
use super::stance::{Stance, even};
use super::steering::{ELBOW_ROOM, steer};
use crate::person::physique::RestSkeleton;

/// An action of a person.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Go {
        to: Vec2,
        speed: f32,
    },
    Face {
        yaw: f32,
    },
    Do {
        kind: MotionKind,
    },
    /// On a seat.
    Sit {
        seat: usize,
    },
    /// Looks at another place for a while.
    Look {
        at: Vec2,
        seconds: f32,
    },
    Leave,
}

/// How far an action has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Phase {
    /// The action has begun; if it takes place elsewhere, the person is on the way.
    #[default]
    Begun,
    /// The person turns on the spot; `from` is the yaw before.
    Turning { from: f32 },
    /// The person has reached the seat.
    Seated,
}

/// The parts of the world that an actor reacts to.
pub(super) struct Surroundings<'a> {
    pub(super) stage: &'a Stage,
    /// Place and velocity of everybody else.
    pub(super) others: &'a [(Vec2, Vec2)],
    /// Seconds since the simulation began.
    pub(super) time: f32,
}

impl Surroundings<'_> {
    fn is_taken(&self, place: Vec2) -> bool {
        self.others
            .iter()
            .any(|(other, _)| other.distance(place) < ELBOW_ROOM)
    }
}

/// The movement that an action wants in this step.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    /// Wanted velocity in m/s.
    velocity: Vec2,
    /// Wanted yaw.
    yaw: Option<f32>,
    is_done: bool,
}

pub(super) struct Actor {
    pub(super) id: u32,
    /// Which member of the cast.
    pub(super) cast: usize,
    pub(super) root: Root,
    pub(super) gait: Gait,
    style: Style,
    pub(super) plan: VecDeque<Action>,
    /// Time since the current action or its last phase began, in seconds.
    elapsed: f32,
    phase: Phase,
    pub(super) height: f32,
    pace: f32,
    /// How much the arms swing and the trunk turns with the steps: 0 while an action moves them.
    calm: f32,
    /// How far the left foot is ahead of the right one, in shares of the leg's length.
    open: f32,
    pub(super) stance: Stance,
    /// The point that the head looks at; `None` for the sensor.
    gaze: Option<Vec2>,
    /// How far the head is turned, in radians.
    head_yaw: f32,
    pub(super) gone: bool,
}

impl Actor {
    pub(super) fn new(
        id: u32,
        cast: usize,
        root: Root,
        gait: Gait,
        style: Style,
        skeleton: &RestSkeleton,
    ) -> Self {
        Self {
            id,
            cast,
            gait,
            root,
            style,
            plan: VecDeque::new(),
            elapsed: 0.0,
            phase: Phase::Begun,
            height: skeleton.position[0].y,
            pace: 0.0,
            calm: 1.0,
            open: 0.0,
            stance: moves::idle(0.0, &style),
            gaze: None,
            head_yaw: 0.0,
            gone: false,
        }
    }

    /// The last place in the plan, if it has one.
    pub(super) fn destination(&self) -> Option<Vec2> {
        self.plan.iter().rev().find_map(|action| match action {
            Action::Go { to, .. } => Some(*to),
            _ => None,
        })
    }

    /// Whether the person sits or is about to.
    pub(super) fn uses_seat(&self) -> bool {
        matches!(self.plan.front(), Some(Action::Sit { .. }))
    }

    /// How easily the person is pushed aside.
    pub(super) fn mobility(&self) -> f32 {
        if self.uses_seat() && self.phase == Phase::Seated {
            0.001
        } else {
            0.05 + self.root.velocity.length()
        }
    }

    /// Continues the plan by one step.
    pub(super) fn act(&mut self, around: &Surroundings<'_>, skeleton: &RestSkeleton, dt: f32) {
        let Some(&action) = self.plan.front() else {
            self.root.velocity *= 0.9;
            return;
        };
        self.elapsed += dt;
        self.gaze = None;
        let step = match action {
            Action::Go { to, speed } => self.go(to, speed, around, skeleton),
            Action::Face { yaw } => Step {
                yaw: Some(yaw),
                is_done: wrapped(yaw - self.root.yaw).abs() < 0.06 || self.elapsed > 5.0,
                ..Step::default()
            },
            Action::Look { at, seconds } => {
                self.gaze = Some(at);
                Step {
                    is_done: self.elapsed > seconds,
                    ..Step::default()
                }
            }
            Action::Do { kind } => self.perform(kind),
            Action::Sit { seat } => self.sit(seat, around, skeleton),
            Action::Leave => {
                self.gone = true;
                return;
            }
        };
        self.walk(step, dt);
        self.stance = self.stance_in(action, around, skeleton);
        if step.is_done {
            self.plan.pop_front();
            self.elapsed = 0.0;
            self.phase = Phase::Begun;
        }
    }

    /// Walks to a place.
    fn go(
        &mut self,
        to: Vec2,
        speed: f32,
        around: &Surroundings<'_>,
        skeleton: &RestSkeleton,
    ) -> Step {
        let off = to - self.root.at;
        let distance = off.length();
        let speed = speed * (leg_length(skeleton) / 0.8).sqrt();
        let direct = off.normalize_or_zero() * speed.min(distance * 1.6 + 0.08);
        let velocity = steer(self.root.at, direct, to, around.others, around.stage);
        self.gaze = Some(self.root.at + off.normalize_or_zero() * 3.0);
        // Give up a place that is taken or cannot be reached.
        let is_taken = self.elapsed > 1.0 && distance < 0.9 && around.is_taken(to);
        Step {
            velocity,
            yaw: (velocity.length() > 0.15).then(|| velocity.x.atan2(velocity.y)),
            is_done: distance < 0.07 || self.elapsed > 14.0 || is_taken,
        }
    }

    /// Continues a motion.
    fn perform(&mut self, kind: MotionKind) -> Step {
        let whole = moves::duration(kind, &self.style);
        if kind == MotionKind::Turn {
            let from = match self.phase {
                Phase::Turning { from } => from,
                _ => self.root.yaw,
            };
            self.phase = Phase::Turning { from };
            let share = even((self.elapsed / (whole * 0.95)).min(1.0));
            let sign = if self.style.left_handed { -1.0 } else { 1.0 };
            self.root.yaw = wrapped(from + sign * core::f32::consts::TAU * share);
        }
        Step {
            is_done: self.elapsed >= whole,
            ..Step::default()
        }
    }

    /// Walks to a seat, turns the back to it, and sits down.
    fn sit(&mut self, seat: usize, around: &Surroundings<'_>, skeleton: &RestSkeleton) -> Step {
        let mut step = Step::default();
        let Some(seat) = around.stage.seats.get(seat) else {
            step.is_done = true;
            return step;
        };
        if self.phase == Phase::Seated {
            self.root.velocity = Vec2::ZERO;
            if self.elapsed >= moves::duration(MotionKind::Sit, &self.style) {
                step.is_done = true;
                self.phase = Phase::Begun;
            }
            return step;
        }
        let front = Vec2::new(seat.yaw.sin(), seat.yaw.cos());
        let leg = leg_length(skeleton);
        let before = Vec2::new(seat.top.x, seat.top.z) + front * (0.26 + 0.22 * leg);
        step.is_done = around.is_taken(before) || self.elapsed > 12.0;
        let off = before - self.root.at;
        step.velocity = off.normalize_or_zero() * (off.length() * 1.6 + 0.05).min(0.9);
        step.yaw = Some(seat.yaw);
        if off.length() > 0.10 {
            // Around people, but not around the seat.
            let open = Stage::default();
            step.velocity = steer(self.root.at, step.velocity, before, around.others, &open);
            if off.length() > 0.4 {
                step.yaw = Some(step.velocity.x.atan2(step.velocity.y));
            }
        } else if wrapped(seat.yaw - self.root.yaw).abs() < 0.08 && off.length() < 0.06 {
            self.phase = Phase::Seated;
            self.elapsed = 0.0;
        }
        step
    }

    /// Moves the body by one step.
    fn walk(&mut self, step: Step, dt: f32) {
        let mut wanted = step.velocity;
        // A person who faces another direction turns before walking on.
        if let Some(yaw) = step.yaw {
            let ahead = wrapped(yaw - self.root.yaw).cos().max(0.0);
            wanted *= 0.1 + 0.9 * ahead * ahead;
        }
        // People speed up and slow down within a third of a second, and turn no faster than they walk.
        let change = (wanted - self.root.velocity).clamp_length_max(2.6 * dt);
        self.root.velocity += change;
        self.root.at += self.root.velocity * dt;
        if let Some(yaw) = step.yaw {
            let rate = 2.4 * dt;
            let off = wrapped(yaw - self.root.yaw);
            self.root.yaw = wrapped(self.root.yaw + (off * 5.0 * dt).clamp(-rate, rate));
        }
    }

    /// The person's stance during an action.
    fn stance_in(
        &self,
        action: Action,
        around: &Surroundings<'_>,
        skeleton: &RestSkeleton,
    ) -> Stance {
        let base = moves::idle(around.time, &self.style);
        match action {
            Action::Do { kind } => moves::stance(kind, self.elapsed, base, &self.style),
            Action::Sit { seat } if self.phase == Phase::Seated => {
                let Some(seat) = around.stage.seats.get(seat) else {
                    return base;
                };
                let leg = leg_length(skeleton);
                // The hip joint is above the seat by the thickness of the hip.
                let down = skeleton.position[0].y - (seat.top.y + 0.115 * leg / 0.8);
                let back = 0.26 + 0.22 * leg - 0.06;
                moves::sitting(
                    self.elapsed,
                    moves::duration(MotionKind::Sit, &self.style),
                    base,
                    (down / leg, back / leg),
                    &self.style,
                )
            }
            _ => base,
        }
    }

    /// Moves the feet, the height of the pelvis, the swinging arms and the head.
    pub(super) fn settle(&mut self, skeleton: &RestSkeleton, dt: f32) {
        let speed = self.root.velocity.length();
        let busy = match self.plan.front() {
            Some(Action::Do { kind }) => {
                matches!(
                    kind,
                    MotionKind::Jump | MotionKind::Kneel | MotionKind::Squat | MotionKind::Bow
                )
            }
            Some(Action::Sit { .. }) => self.phase == Phase::Seated,
            _ => false,
        };
        self.gait.advance(&self.root, dt, !busy);
        let leg = leg_length(skeleton);
        self.pace += (speed - self.pace) * (dt / 0.15).min(1.0);
        let walking = (self.pace / 0.9).min(1.2);
        // Counter-swing: the arm goes with the other foot.
        let (forward, _) = self.root.axes();
        let ahead: [f32; 2] = core::array::from_fn(|foot| {
            ((self.gait.feet[foot].at - self.root.at).dot(forward) / leg).clamp(-0.6, 0.6)
        });
        self.open += ((ahead[0] - ahead[1]) * 0.5 - self.open) * (dt / 0.05).min(1.0);
        let open = self.open;
        let wanted = match self.plan.front() {
            Some(Action::Do { kind }) if *kind != MotionKind::Idle && *kind != MotionKind::Turn => {
                0.0
            }
            Some(Action::Sit { .. }) if self.phase == Phase::Seated => 0.0,
            _ => 1.0,
        };
        self.calm += (wanted - self.calm) * (dt / 0.15).min(1.0);
        let calm = self.calm;
        for (index, arm) in self.stance.arms.iter_mut().enumerate() {
            let swing = if index == 0 { -open } else { open };
            arm.forward += calm * swing * 1.15;
            arm.elbow += calm * walking * (0.12 + 0.35 * swing.max(0.0));
        }
        let trunk = &mut self.stance.trunk;
        trunk.pelvis_yaw -= calm * open * 0.28;
        trunk.spine_yaw += calm * open * 0.55;
        trunk.spine_pitch += calm * 0.05 * walking;
        // The head turns gradually towards the gaze, within the range of a neck.
        let at = self.gaze.unwrap_or(Vec2::ZERO) - self.root.at;
        let wanted = wrapped(at.x.atan2(at.y) - self.root.yaw);
        let near = match self.plan.front() {
            Some(Action::Do {
                kind: MotionKind::Turn,
            }) => 0.0,
            _ if wanted.abs() < 1.9 => wanted.clamp(-0.95, 0.95),
            _ => 0.0,
        };
        self.head_yaw += (near - self.head_yaw) * (dt / 0.28).min(1.0);
        trunk.head_yaw += self.head_yaw * 0.72;
        trunk.spine_yaw += self.head_yaw * 0.18 * calm;
        let height = pelvis_height(skeleton, &self.root, &self.gait, &self.stance);
        // Knees smooth the height during steps; a jump has its own height.
        let jumps = matches!(
            self.plan.front(),
            Some(Action::Do {
                kind: MotionKind::Jump
            })
        );
        let time = if height < self.height { 0.025 } else { 0.06 };
        let rate = if jumps { 1.0 } else { (dt / time).min(1.0) };
        self.height += (height - self.height) * rate;
    }
}
