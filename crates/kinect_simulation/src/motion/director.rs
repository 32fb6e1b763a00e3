//! Decides what people do: visit an exhibit, or repeat one motion.
//!
//! Time always passes in steps of 1/60 s, so that the people's actions depend on the seed alone.

use std::collections::VecDeque;
use std::sync::Arc;

use glam::Vec2;
use kinect_azure::body::Joint;

use super::actor::{Action, Actor, Surroundings};
use super::apart::keep_apart;
use super::clip::SkeletonClip;
use super::gait::{Gait, Root};
use super::joints::{leg_length, pose};
use super::moves::Style;
use super::performer::Performer;
use super::poses::{Scene, draw_hands, scene};
use super::scenario::{MotionKind, Scenario};
use super::stage::Stage;
use crate::person::hand;
use crate::person::physique::RestSkeleton;
use crate::random::{Random, hash2};
use crate::room::thing::Thing;

const STEP: f64 = 1.0 / 60.0;
/// Distance between people who stand, in metres.
const STANDING_ROOM: f32 = 0.95;

/// Decides what each person does, and moves the people.
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
    /// Seconds until the next person may enter.
    wait: f32,
    actors: Vec<Actor>,
    /// Place and velocity of everybody but the acting person.
    others: Vec<(Vec2, Vec2)>,
    clip: Option<Arc<SkeletonClip>>,
    performers: Vec<Performer>,
    /// The share of captures of random poses with things around people.
    clutter: f32,
    things: Vec<Thing>,
    /// Whether people's hands open and close.
    fingers: bool,
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
            others: Vec::new(),
            clip,
            performers: Vec::new(),
            clutter: 0.0,
            things: Vec::new(),
            fingers: false,
        };
        director.open();
        director.perform();
        director
    }

    /// Puts things around people in that share of the captures of random poses.
    pub(crate) fn with_things(mut self, share: f32) -> Self {
        self.clutter = share;
        self.perform();
        self
    }

    /// Lets people's hands open and close.
    pub(crate) fn with_fingers(mut self, fingers: bool) -> Self {
        self.fingers = fingers;
        self.perform();
        self
    }

    /// The people on stage now.
    pub(crate) fn performers(&self) -> &[Performer] {
        &self.performers
    }

    /// The things on stage now.
    pub(crate) fn things(&self) -> &[Thing] {
        &self.things
    }

    /// The simulated time, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.steps as f64 * STEP
    }

    /// Advances the simulated time to `seconds` since the beginning; an earlier time is ignored.
    pub(crate) fn advance_to(&mut self, seconds: f64) {
        // NaN counts as 0.
        let target = (seconds / STEP + 1e-6).floor().max(0.0) as u64;
        if target <= self.steps {
            return;
        }
        if self.scenario == Scenario::Poses {
            // Nothing moves from one pose to the next.
            self.steps = target;
        }
        while self.steps < target {
            self.steps += 1;
            self.step(STEP as f32);
        }
        self.perform();
    }

    /// Places the first people in the room, so that people are seen from the start.
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
            Scenario::Empty | Scenario::Poses => {}
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
        let gait = Gait::new(&root, self.width(cast), self.leg(cast));
        Actor::new(id, cast, root, gait, style, &self.skeletons[cast])
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
            actor.root.at.distance(at) > STANDING_ROOM
                && actor
                    .destination()
                    .is_none_or(|goes| goes.distance(at) > STANDING_ROOM)
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

    /// A place beside or behind the sensor, outside its view.
    fn entrance(&mut self) -> Vec2 {
        let side = if self.random.chance(0.5) { 1.0 } else { -1.0 };
        Vec2::new(side * self.random.range(1.25..1.6), 0.55)
    }

    /// Plans a visit for the actor with that index, who is in the room already.
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

    /// Plans the motion of a single-motion scenario once more.
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
            self.others.clear();
            let others = self
                .actors
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != index);
            self.others
                .extend(others.map(|(_, actor)| (actor.root.at, actor.root.velocity)));
            let around = Surroundings {
                stage: &self.stage,
                others: &self.others,
                time: self.steps as f32 * STEP as f32,
            };
            let actor = &mut self.actors[index];
            actor.act(&around, &self.skeletons[actor.cast], dt);
        }
        keep_apart(&mut self.actors, &self.stage);
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

    /// Lets a new person enter.
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

    /// Poses everybody.
    fn perform(&mut self) {
        if self.scenario == Scenario::Poses {
            let cast: Vec<_> = self
                .skeletons
                .iter()
                .zip(self.girths.iter().copied())
                .collect();
            let random = &mut Random::new(hash2(self.seed ^ 0x3117D, self.steps));
            let Scene { performers, things } =
                scene(&self.stage, &cast, self.people, self.clutter, random);
            (self.performers, self.things) = (performers, things);
            if self.fingers {
                let random = &mut Random::new(hash2(self.seed ^ 0xF1_46E5, self.steps));
                for performer in &mut self.performers {
                    draw_hands(performer, &self.skeletons[performer.cast], random);
                }
            }
            return;
        }
        let mut performers = core::mem::take(&mut self.performers);
        performers.clear();
        let seconds = self.seconds();
        for (index, actor) in self.actors.iter().enumerate() {
            let skeleton = &self.skeletons[actor.cast];
            let mut body = match (&self.scenario, &self.clip) {
                (Scenario::Clip(_), Some(clip)) => {
                    // People stand side by side, with different phases of the clip.
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
            let hands = if self.fingers {
                actor.stance.limited().hands()
            } else {
                Default::default()
            };
            hand::follow(skeleton, &hands, &mut body);
            performers.push(Performer {
                id: actor.id,
                cast: actor.cast,
                pose: body,
                hands,
            });
        }
        self.performers = performers;
    }

    /// The place of each person on the floor, for tests.
    #[cfg(test)]
    pub(crate) fn places(&self) -> Vec<Vec2> {
        self.actors.iter().map(|actor| actor.root.at).collect()
    }
}
