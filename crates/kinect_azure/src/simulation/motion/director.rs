//! Who does what: visitors of an exhibit, or one motion over and over.
//!
//! Time passes in steps of 1/60 s, however it is asked for, so that what people do depends on the seed alone.

use std::collections::VecDeque;
use std::sync::Arc;

use glam::{Vec2, Vec3};

use super::clip::SkeletonClip;
use super::figure::{leg_length, pelvis_height, pose};
use super::gait::{Gait, Root, wrapped};
use super::moves::{self, Style};
use super::scenario::{MotionKind, Scenario};
use super::stance::{Stance, even};
use crate::body::Joint;
use crate::simulation::person::physique::RestSkeleton;
use crate::simulation::person::pose::BodyPose;
use crate::simulation::random::{Random, hash2};
use crate::simulation::room::Room;

const STEP: f64 = 1.0 / 60.0;
/// Nobody comes closer to anybody than this, from middle to middle, in metres.
const ELBOW_ROOM: f32 = 0.62;
/// Distance between people who stand, in metres.
const STANDING_ROOM: f32 = 0.95;

/// Where people may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    /// Lowest and highest x and z of the floor in front of the sensor.
    pub(crate) floor: (Vec2, Vec2),
    /// What nobody walks through: lowest and highest x and z.
    pub(crate) obstacles: Vec<(Vec2, Vec2)>,
    /// Places to sit: middle of the top, and which way one faces.
    pub(crate) seats: Vec<(Vec3, f32)>,
}

impl Stage {
    /// The floor of a room.
    pub(crate) fn of(room: &Room) -> Self {
        let flat = |v: Vec3| Vec2::new(v.x, v.z);
        Self {
            floor: (flat(room.floor.0), flat(room.floor.1)),
            obstacles: room
                .obstacles
                .iter()
                .map(|&(low, high)| (flat(low), flat(high)))
                .collect(),
            seats: room.seats.iter().map(|seat| (seat.top, seat.yaw)).collect(),
        }
    }
}

/// Somebody on stage.
#[derive(Clone, Debug)]
pub(crate) struct Performer {
    /// New for each visit.
    pub(crate) id: u32,
    /// Which member of the cast.
    pub(crate) cast: usize,
    pub(crate) pose: BodyPose,
}

/// What somebody does next.
#[derive(Clone, Debug)]
enum Action {
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

struct Actor {
    id: u32,
    cast: usize,
    root: Root,
    gait: Gait,
    style: Style,
    random: Random,
    plan: VecDeque<Action>,
    /// Time since the current action began.
    elapsed: f32,
    /// Where a turn on the spot began.
    turn_from: f32,
    height: f32,
    pace: f32,
    /// How much arms swing and the trunk turns with the steps: 0 while they do something else.
    calm: f32,
    /// How far the left foot is ahead of the right one, in shares of the leg's length.
    open: f32,
    stance: Stance,
    /// Where the head looks; the sensor without anything better.
    gaze: Option<Vec2>,
    head: (f32, f32),
    gone: bool,
}

/// Lets people act.
pub(crate) struct Director {
    scenario: Scenario,
    stage: Stage,
    skeletons: Vec<RestSkeleton>,
    girths: Vec<f32>,
    people: usize,
    random: Random,
    seed: u64,
    steps: u64,
    next_id: u32,
    /// Seconds until somebody new may come.
    wait: f32,
    actors: Vec<Actor>,
    clip: Option<Arc<SkeletonClip>>,
    performers: Vec<Performer>,
}

impl core::fmt::Debug for Director {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Director")
            .field("scenario", &self.scenario)
            .field("actors", &self.actors.len())
            .finish_non_exhaustive()
    }
}

impl Director {
    /// A stage with people of a cast; `clip` is the one a scenario names.
    pub(crate) fn new(
        scenario: &Scenario,
        cast: &[(RestSkeleton, f32)],
        people: u32,
        seed: u64,
        stage: Stage,
        clip: Option<Arc<SkeletonClip>>,
    ) -> Self {
        let people = match scenario {
            Scenario::Empty => 0,
            _ => (people as usize).min(cast.len()),
        };
        let mut director = Self {
            scenario: scenario.clone(),
            stage,
            skeletons: cast.iter().map(|c| c.0.clone()).collect(),
            girths: cast.iter().map(|c| c.1).collect(),
            people,
            random: Random::new(seed ^ 0xD1_4EC7),
            seed,
            steps: 0,
            next_id: 1,
            wait: 0.0,
            actors: Vec::new(),
            clip,
            performers: Vec::new(),
        };
        director.open();
        director.perform();
        director
    }

    /// The people on stage now.
    pub(crate) fn performers(&self) -> &[Performer] {
        &self.performers
    }

    /// The time it has come to, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.steps as f64 * STEP
    }

    /// Lets time pass up to that many seconds since the beginning; it does not go back.
    pub(crate) fn advance_to(&mut self, seconds: f64) {
        // NaN counts as nothing.
        let target = (seconds / STEP + 1e-6).floor().max(0.0) as u64;
        if target <= self.steps {
            return;
        }
        while self.steps < target {
            self.steps += 1;
            self.step(STEP as f32);
        }
        self.perform();
    }

    /// The first people: already there, so that there is something to see at once.
    fn open(&mut self) {
        match self.scenario.clone() {
            Scenario::Exhibit => {
                for index in 0..self.people {
                    let at = self.free_spot();
                    let mut actor = self.actor(index, at);
                    actor.root.yaw = self.facing(at);
                    actor.gait = Gait::new(&actor.root, self.width(index), self.leg(index));
                    let busy = *self.random.pick(&[
                        MotionKind::Wave,
                        MotionKind::Point,
                        MotionKind::RaiseArms,
                        MotionKind::Idle,
                    ]);
                    actor.plan.push_back(Action::Do { kind: busy });
                    self.actors.push(actor);
                    self.visit(index);
                }
            }
            Scenario::Single(kind) => {
                for index in 0..self.people {
                    let row = self.people.min(3) as f32;
                    let place = (index % 3) as f32 - (row - 1.0) * 0.5;
                    let at = Vec2::new(place * 1.3, -2.35 - (index / 3) as f32 * 1.0);
                    let actor = self.actor(index, at);
                    self.actors.push(actor);
                    self.repeat(index, kind);
                }
            }
            Scenario::Clip(_) => {
                for index in 0..self.people {
                    let actor = self.actor(index, Vec2::ZERO);
                    self.actors.push(actor);
                }
            }
            Scenario::Empty => {}
        }
    }

    fn width(&self, cast: usize) -> f32 {
        self.skeletons[cast].position[Joint::HipLeft.index()].x * 1.12
    }

    fn leg(&self, cast: usize) -> f32 {
        leg_length(&self.skeletons[cast])
    }

    fn actor(&mut self, cast: usize, at: Vec2) -> Actor {
        let root = Root {
            at,
            yaw: 0.0,
            velocity: Vec2::ZERO,
        };
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        let style = Style::new(hash2(self.seed, cast as u64), self.girths[cast]);
        Actor {
            id,
            cast,
            gait: Gait::new(&root, self.width(cast), self.leg(cast)),
            root,
            style,
            random: Random::new(hash2(self.seed ^ 0xAC7, u64::from(id))),
            plan: VecDeque::new(),
            elapsed: 0.0,
            turn_from: 0.0,
            height: self.skeletons[cast].position[0].y,
            pace: 0.0,
            calm: 1.0,
            open: 0.0,
            stance: moves::idle(0.0, &style),
            gaze: None,
            head: (0.0, 0.0),
            gone: false,
        }
    }

    /// The way to face the sensor from a place.
    fn facing(&self, at: Vec2) -> f32 {
        (-at.x).atan2(-at.y)
    }

    fn is_free(&self, at: Vec2) -> bool {
        let (low, high) = self.stage.floor;
        let inside = at.cmpge(low + Vec2::splat(0.25)).all() && at.cmple(high).all();
        let clear = self.stage.obstacles.iter().all(|&(low, high)| {
            let nearest = at.clamp(low, high);
            nearest.distance(at) > 0.48
        });
        let alone = self.actors.iter().all(|actor| {
            let goes = actor.plan.iter().rev().find_map(|action| match action {
                Action::Go { to, .. } => Some(*to),
                _ => None,
            });
            actor.root.at.distance(at) > STANDING_ROOM
                && goes.is_none_or(|goes| goes.distance(at) > STANDING_ROOM)
        });
        inside && clear && alone
    }

    /// A place in view of the sensor where nobody is.
    fn free_spot(&mut self) -> Vec2 {
        let mut at = Vec2::new(0.0, -2.0);
        for attempt in 0..60 {
            let z = -self.random.range(2.05..3.6);
            let half = (-z * 0.5 - 0.25).min(1.6);
            at = Vec2::new(self.random.range(-half..half), z);
            if self.is_free(at) || (attempt > 50 && self.stage.floor.0 == self.stage.floor.1) {
                break;
            }
        }
        at
    }

    /// Beside and behind the sensor, where it does not look.
    fn entrance(&mut self) -> Vec2 {
        let side = if self.random.chance(0.5) { 1.0 } else { -1.0 };
        Vec2::new(side * self.random.range(1.25..1.6), 0.55)
    }

    /// Plans a visit for the actor at that place of the list, who is there already.
    fn visit(&mut self, index: usize) {
        let mut plan = VecDeque::new();
        let stays = 1 + self.random.next() % 2;
        for stay in 0..stays {
            if stay > 0 || self.actors[index].root.at.y > -1.0 {
                let to = self.free_spot();
                let speed = self.random.range(0.85..1.25);
                plan.push_back(Action::Go { to, speed });
                plan.push_back(Action::Face {
                    yaw: self.facing(to) + self.random.range(-0.15..0.15),
                });
            }
            let things = 2 + self.random.next() % 3;
            for _ in 0..things {
                plan.push_back(Action::Do {
                    kind: MotionKind::Idle,
                });
                let die = self.random.unit();
                let action = if die < 0.12 && !self.stage.seats.is_empty() {
                    let seat = (self.random.next() % self.stage.seats.len() as u64) as usize;
                    Action::Sit { seat }
                } else if die < 0.30 {
                    let other = self.random.next() as usize % self.actors.len();
                    let at = self.actors[other].root.at;
                    let seconds = self.random.range(1.5..3.5);
                    Action::Look { at, seconds }
                } else {
                    let kind = *self.random.pick(&[
                        MotionKind::Wave,
                        MotionKind::Wave,
                        MotionKind::RaiseArms,
                        MotionKind::Point,
                        MotionKind::Point,
                        MotionKind::Reach,
                        MotionKind::CrossArms,
                        MotionKind::Bow,
                        MotionKind::Squat,
                        MotionKind::Kneel,
                        MotionKind::Turn,
                        MotionKind::Dance,
                        MotionKind::Jump,
                    ]);
                    Action::Do { kind }
                };
                plan.push_back(action);
            }
        }
        let out = self.entrance();
        let speed = self.random.range(0.9..1.3);
        plan.push_back(Action::Go { to: out, speed });
        plan.push_back(Action::Leave);
        self.actors[index].plan.extend(plan);
    }

    /// Plans one more time the motion of a test.
    fn repeat(&mut self, index: usize, kind: MotionKind) {
        let actor = &mut self.actors[index];
        let home = actor.root.at;
        let plan = &mut actor.plan;
        match kind {
            MotionKind::Walk => {
                let x = if self.people > 1 { home.x } else { 0.0 };
                plan.push_back(Action::Go {
                    to: Vec2::new(x, -3.6),
                    speed: 1.15,
                });
                plan.push_back(Action::Go {
                    to: Vec2::new(x, -1.7),
                    speed: 1.15,
                });
                plan.push_back(Action::Do {
                    kind: MotionKind::Idle,
                });
                plan.push_back(Action::Go {
                    to: Vec2::new(x + 0.9, -2.4),
                    speed: 1.0,
                });
            }
            MotionKind::Sit if !self.stage.seats.is_empty() && index == 0 => {
                plan.push_back(Action::Sit { seat: 0 });
                plan.push_back(Action::Do {
                    kind: MotionKind::Idle,
                });
            }
            _ => {
                plan.push_back(Action::Do { kind });
                plan.push_back(Action::Look {
                    at: Vec2::ZERO,
                    seconds: 0.8,
                });
            }
        }
    }

    fn step(&mut self, dt: f32) {
        if matches!(self.scenario, Scenario::Clip(_)) {
            return;
        }
        for index in 0..self.actors.len() {
            self.act(index, dt);
        }
        self.keep_apart();
        for actor in &mut self.actors {
            let skeleton = &self.skeletons[actor.cast];
            actor.settle(skeleton, dt);
        }
        self.actors.retain(|actor| !actor.gone);
        match self.scenario.clone() {
            Scenario::Exhibit => {
                self.wait -= dt;
                if self.actors.len() < self.people && self.wait <= 0.0 {
                    self.enter();
                }
                for index in 0..self.actors.len() {
                    if self.actors[index].plan.is_empty() {
                        self.visit(index);
                    }
                }
            }
            Scenario::Single(kind) => {
                for index in 0..self.actors.len() {
                    if self.actors[index].plan.is_empty() {
                        self.repeat(index, kind);
                    }
                }
            }
            _ => {}
        }
    }

    /// Somebody comes in.
    fn enter(&mut self) {
        self.wait = self.random.range(0.8..3.0);
        let taken: Vec<usize> = self.actors.iter().map(|actor| actor.cast).collect();
        let free: Vec<usize> = (0..self.skeletons.len())
            .filter(|c| !taken.contains(c))
            .collect();
        if free.is_empty() {
            return;
        }
        let cast = *self.random.pick(&free);
        let at = self.entrance();
        if self
            .actors
            .iter()
            .any(|actor| actor.root.at.distance(at) < STANDING_ROOM)
        {
            return;
        }
        let mut actor = self.actor(cast, at);
        actor.root.yaw = core::f32::consts::PI;
        actor.gait = Gait::new(&actor.root, self.width(cast), self.leg(cast));
        self.actors.push(actor);
        let index = self.actors.len() - 1;
        self.visit(index);
    }

    /// One actor's plan goes on.
    fn act(&mut self, index: usize, dt: f32) {
        let others: Vec<(Vec2, Vec2)> = self
            .actors
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, actor)| (actor.root.at, actor.root.velocity))
            .collect();
        let stage = &self.stage;
        let leg = leg_length(&self.skeletons[self.actors[index].cast]);
        let pelvis = self.skeletons[self.actors[index].cast].position[0].y;
        let is_taken = |place: Vec2| {
            others
                .iter()
                .any(|(other, _)| other.distance(place) < ELBOW_ROOM)
        };
        let actor = &mut self.actors[index];
        let Some(action) = actor.plan.front().cloned() else {
            actor.root.velocity *= 0.9;
            return;
        };
        actor.elapsed += dt;
        let t = actor.elapsed;
        let mut done = false;
        let mut wanted = Vec2::ZERO;
        let mut turn_to = None;
        actor.gaze = None;
        match action {
            Action::Go { to, speed } => {
                let off = to - actor.root.at;
                let distance = off.length();
                let speed = speed * (leg / 0.8).sqrt();
                wanted = off.normalize_or_zero() * speed.min(distance * 1.6 + 0.08);
                wanted = steer(actor.root.at, wanted, to, &others, stage);
                actor.gaze = Some(actor.root.at + off.normalize_or_zero() * 3.0);
                // A place that is taken, or cannot be reached, is given up.
                let taken = t > 1.0 && distance < 0.9 && is_taken(to);
                done = distance < 0.07 || t > 14.0 || taken;
                if wanted.length() > 0.15 {
                    turn_to = Some(wanted.x.atan2(wanted.y));
                }
            }
            Action::Face { yaw } => {
                turn_to = Some(yaw);
                done = wrapped(yaw - actor.root.yaw).abs() < 0.06 || t > 5.0;
            }
            Action::Look { at, seconds } => {
                actor.gaze = Some(at);
                done = t > seconds;
            }
            Action::Do { kind } => {
                let whole = moves::duration(kind, &actor.style);
                if kind == MotionKind::Turn {
                    if t <= dt * 1.5 {
                        actor.turn_from = actor.root.yaw;
                    }
                    let share = even((t / (whole * 0.95)).min(1.0));
                    let sign = if actor.style.left_handed { -1.0 } else { 1.0 };
                    actor.root.yaw =
                        wrapped(actor.turn_from + sign * core::f32::consts::TAU * share);
                }
                done = t >= whole;
            }
            Action::Sit { seat } => {
                let (top, yaw) = stage.seats[seat.min(stage.seats.len() - 1)];
                let front = Vec2::new(yaw.sin(), yaw.cos());
                let before = Vec2::new(top.x, top.z) + front * (0.26 + 0.22 * leg);
                let busy = is_taken(before);
                let off = before - actor.root.at;
                if actor.turn_from != SITTING {
                    // On the way, then with the back to the seat.
                    wanted = off.normalize_or_zero() * (off.length() * 1.6 + 0.05).min(0.9);
                    if off.length() > 0.10 {
                        wanted = steer(actor.root.at, wanted, before, &others, &Stage::default());
                        if off.length() > 0.4 {
                            turn_to = Some(wanted.x.atan2(wanted.y));
                        } else {
                            turn_to = Some(yaw);
                        }
                    } else {
                        turn_to = Some(yaw);
                        if wrapped(yaw - actor.root.yaw).abs() < 0.08 && off.length() < 0.06 {
                            actor.turn_from = SITTING;
                            actor.elapsed = 0.0;
                        }
                    }
                    if busy || t > 12.0 {
                        done = true;
                    }
                } else {
                    actor.root.velocity = Vec2::ZERO;
                    if t >= moves::duration(MotionKind::Sit, &actor.style) {
                        done = true;
                        actor.turn_from = 0.0;
                    }
                }
            }
            Action::Leave => {
                actor.gone = true;
                return;
            }
        }
        // Whoever faces another way turns before walking on.
        if let Some(yaw) = turn_to {
            let ahead = wrapped(yaw - actor.root.yaw).cos().max(0.0);
            wanted *= 0.1 + 0.9 * ahead * ahead;
        }
        // People speed up and slow down within a third of a second, and turn no faster than they walk.
        let change = (wanted - actor.root.velocity).clamp_length_max(2.6 * dt);
        actor.root.velocity += change;
        actor.root.at += actor.root.velocity * dt;
        if let Some(yaw) = turn_to {
            let rate = 2.4 * dt;
            let off = wrapped(yaw - actor.root.yaw);
            actor.root.yaw = wrapped(actor.root.yaw + (off * 5.0 * dt).clamp(-rate, rate));
        }
        actor.stance = match (&action, actor.turn_from == SITTING) {
            (Action::Sit { seat }, true) => {
                let top = stage.seats[(*seat).min(stage.seats.len() - 1)].0;
                // The joint is as far above the seat as a hip is thick.
                let down = pelvis - (top.y + 0.115 * leg / 0.8);
                let back = 0.26 + 0.22 * leg - 0.06;
                let base = moves::idle(self.steps as f32 * STEP as f32, &actor.style);
                moves::sitting(
                    actor.elapsed,
                    moves::duration(MotionKind::Sit, &actor.style),
                    base,
                    (down / leg, back / leg),
                    &actor.style,
                )
            }
            (Action::Do { kind }, _) => {
                let base = moves::idle(self.steps as f32 * STEP as f32, &actor.style);
                moves::stance(*kind, actor.elapsed, base, &actor.style)
            }
            _ => moves::idle(self.steps as f32 * STEP as f32, &actor.style),
        };
        if done {
            actor.plan.pop_front();
            actor.elapsed = 0.0;
            actor.turn_from = 0.0;
        }
    }

    /// Pushes people apart who came too close, and out of what stands about.
    fn keep_apart(&mut self) {
        for a in 0..self.actors.len() {
            for b in a + 1..self.actors.len() {
                let off = self.actors[b].root.at - self.actors[a].root.at;
                let distance = off.length();
                if distance >= ELBOW_ROOM {
                    continue;
                }
                let away = if distance > 1e-3 {
                    off / distance
                } else {
                    Vec2::X
                };
                let push = ELBOW_ROOM - distance;
                // Whoever walks gives way.
                let (wa, wb) = (self.actors[a].mobility(), self.actors[b].mobility());
                let share = wb / (wa + wb);
                self.actors[a].root.at -= away * push * (1.0 - share);
                self.actors[b].root.at += away * push * share;
            }
        }
        for actor in &mut self.actors {
            if matches!(actor.plan.front(), Some(Action::Sit { .. })) {
                continue;
            }
            for &(low, high) in &self.stage.obstacles {
                let nearest = actor.root.at.clamp(low, high);
                let off = actor.root.at - nearest;
                let distance = off.length();
                const ROOM: f32 = 0.30;
                if distance >= ROOM {
                    continue;
                }
                let middle = (low + high) * 0.5;
                let away = if distance > 1e-3 {
                    off / distance
                } else {
                    (actor.root.at - middle).normalize_or(Vec2::Y)
                };
                actor.root.at += away * (ROOM - distance).min(0.02);
            }
        }
    }

    /// Poses everybody.
    fn perform(&mut self) {
        let mut performers = core::mem::take(&mut self.performers);
        performers.clear();
        let seconds = self.seconds();
        for (index, actor) in self.actors.iter().enumerate() {
            let skeleton = &self.skeletons[actor.cast];
            let body = match (&self.scenario, &self.clip) {
                (Scenario::Clip(_), Some(clip)) => {
                    // Side by side, and not in step.
                    let count = self.people as f32;
                    let aside = (index as f32 - (count - 1.0) * 0.5) * 1.0;
                    clip.pose(
                        skeleton,
                        seconds + index as f64 * 1.7,
                        Vec2::new(aside, 0.0),
                    )
                }
                _ => pose(
                    skeleton,
                    &actor.root,
                    &actor.gait,
                    &actor.stance.limited(),
                    actor.height,
                ),
            };
            performers.push(Performer {
                id: actor.id,
                cast: actor.cast,
                pose: body,
            });
        }
        self.performers = performers;
    }

    /// Middle and radius of what each person takes up, for tests.
    #[cfg(test)]
    pub(crate) fn places(&self) -> Vec<Vec2> {
        self.actors.iter().map(|actor| actor.root.at).collect()
    }
}

/// In `turn_from`: the person has reached the seat.
const SITTING: f32 = 99.0;

impl Actor {
    /// How easily the person is pushed aside.
    fn mobility(&self) -> f32 {
        if matches!(self.plan.front(), Some(Action::Sit { .. })) && self.turn_from == SITTING {
            0.001
        } else {
            0.05 + self.root.velocity.length()
        }
    }

    /// Feet, height, arms that swing, a head that looks.
    fn settle(&mut self, skeleton: &RestSkeleton, dt: f32) {
        let speed = self.root.velocity.length();
        let busy = match self.plan.front() {
            Some(Action::Do { kind }) => {
                matches!(
                    kind,
                    MotionKind::Jump | MotionKind::Kneel | MotionKind::Squat | MotionKind::Bow
                )
            }
            Some(Action::Sit { .. }) => self.turn_from == SITTING,
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
            Some(Action::Sit { .. }) if self.turn_from == SITTING => 0.0,
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
        // The head turns to what is looked at, as far as a head turns, and not at once.
        let at = self.gaze.unwrap_or(Vec2::ZERO) - self.root.at;
        let wanted = wrapped(at.x.atan2(at.y) - self.root.yaw);
        let near = match self.plan.front() {
            Some(Action::Do {
                kind: MotionKind::Turn,
            }) => 0.0,
            _ if wanted.abs() < 1.9 => wanted.clamp(-0.95, 0.95),
            _ => 0.0,
        };
        self.head.0 += (near - self.head.0) * (dt / 0.28).min(1.0);
        trunk.head_yaw += self.head.0 * 0.72;
        trunk.spine_yaw += self.head.0 * 0.18 * calm;
        let height = pelvis_height(skeleton, &self.root, &self.gait, &self.stance);
        // Knees take the edge off steps; a jump has its own course.
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

/// The velocity that leads to a place around people and things.
fn steer(at: Vec2, wanted: Vec2, to: Vec2, others: &[(Vec2, Vec2)], stage: &Stage) -> Vec2 {
    let speed = wanted.length();
    if speed < 1e-3 {
        return wanted;
    }
    let direction = wanted / speed;
    let mut push = Vec2::ZERO;
    let mut slow: f32 = 1.0;
    let mut avoid = |nearest: Vec2, room: f32, moving: Vec2| {
        let off = nearest - at;
        let distance = off.length().max(1e-3);
        if distance > room + 0.9 || distance > to.distance(at) + room {
            return;
        }
        let ahead = off.dot(direction) / distance;
        let close = ((room + 0.9 - distance) / 0.9).clamp(0.0, 1.4);
        push -= off / distance * close * close * 0.8;
        if ahead > 0.2 {
            // Pass on the side that is nearer, the right one in doubt.
            let side = Vec2::new(-direction.y, direction.x);
            let sign = if off.dot(side) > 0.02 { -1.0 } else { 1.0 };
            push += side * sign * close * ahead * 1.1;
            if distance < room + 0.25 && moving.dot(direction) < 0.2 {
                slow = slow.min(0.55);
            }
        }
    };
    for &(other, velocity) in others {
        avoid(other, ELBOW_ROOM, velocity);
    }
    for &(low, high) in &stage.obstacles {
        avoid(at.clamp(low, high), 0.30, Vec2::ZERO);
    }
    // The sensor itself.
    avoid(Vec2::new(0.0, 0.1), 0.55, Vec2::ZERO);
    (direction + push).normalize_or(direction) * speed * slow
}
