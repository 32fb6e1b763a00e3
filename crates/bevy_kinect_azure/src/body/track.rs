//! Every body frame becomes players: followed, filtered, written into entities.

use bevy::ecs::query::QueryData;
use bevy::prelude::*;
use kinect_azure::body::BodyFrame;
use kinect_tracking::players::Presence;

use super::bodies::{TrackedBodies, ground_under};
use super::events::PlayerMessages;
use super::in_tracker::CapturesInTracker;
use super::index::BodyIndexMap;
use super::listener::NO_CALIBRATION;
use super::people::{People, Person, Scene};
use super::run::{BodyRun, Clock, Feed, Silence};
use super::settings::BodyTracking;
use super::skeleton::Skeleton;
use super::time::BodyTime;
use crate::sensor::{SensorFrame, SensorState, SensorStream};

/// An entity that tracks bodies, usually a sensor.
#[derive(QueryData)]
#[query_data(mutable)]
pub(super) struct Tracked {
    entity: Entity,
    settings: &'static BodyTracking,
    run: &'static mut BodyRun,
    bodies: &'static mut TrackedBodies,
    in_tracker: Option<&'static mut CapturesInTracker>,
    place: &'static GlobalTransform,
    frame: Option<Ref<'static, SensorFrame>>,
    stream: Option<&'static SensorStream>,
    state: Option<&'static SensorState>,
    time: Option<&'static mut BodyTime>,
    map: Option<&'static mut BodyIndexMap>,
}

/// The least time in seconds for which captures must come without body frames before all players leave.
const LEAST_PATIENCE: f32 = 1.0;

/// Takes the newest body frame of each tracker, and writes players and joints.
pub(super) fn track(
    mut commands: Commands,
    real: Res<Time<Real>>,
    time: Res<Time>,
    mut trackings: Query<Tracked>,
    mut people: People,
    mut messages: PlayerMessages,
) {
    for mut tracked in &mut trackings {
        let tracked = &mut tracked;
        let seconds = time.delta_secs_f64();
        let in_tracker = tracked.in_tracker.as_mut().map(Mut::reborrow);
        let run = &mut *tracked.run;
        let is_off = !matches!(run.feed, Feed::Clip(_)) && is_off(tracked.state);
        // A body frame that comes out of the tracker after the sensor was switched off is ignored.
        let frame = run.feed.take(seconds, in_tracker).filter(|_| !is_off);
        run.clock.seconds += seconds;
        let calibration = tracked
            .stream
            .and_then(|stream| stream.calibration.as_deref())
            .unwrap_or(&NO_CALIBRATION);
        let scene = Scene {
            joints: &tracked.settings.joints,
            calibration,
        };
        let mut follow = |run: &mut BodyRun| {
            run.follow_players(
                tracked.entity,
                &mut commands,
                &mut people,
                &mut messages,
                &scene,
            );
        };
        let is_other_source = core::mem::take(&mut run.is_other_source);
        let leaves = match &frame {
            None => {
                is_off
                    || is_other_source
                    || run.is_silent(tracked.frame.as_ref(), tracked.stream, &real)
            }
            Some(_) => false,
        };
        if is_other_source || leaves {
            run.players.clear();
            follow(run);
        }
        if let Some(frame) = &frame {
            run.take(frame, calibration, tracked.place);
            follow(run);
        }
        match &frame {
            Some(frame) => {
                tracked.bodies.write(
                    frame,
                    run.filters.outputs(),
                    run.people.iter().map(|person| (person.id, person.entity)),
                );
                if let Some(time) = &mut tracked.time {
                    time.set_if_neq(BodyTime::at(frame.device_timestamp_usec));
                }
                if let Some(map) = &mut tracked.map {
                    map.0.clone_from(&frame.index_map);
                }
            }
            None if leaves => {
                if tracked.bodies.device_timestamp_usec.is_some() {
                    *tracked.bodies = TrackedBodies::default();
                }
                // Without bodies, images in step with bodies are the newest images.
                if let Some(time) = &mut tracked.time
                    && let Some(now) = tracked.frame.as_ref().and_then(|frame| frame_time(frame))
                {
                    time.set_if_neq(BodyTime::at(now));
                }
                if let Some(map) = &mut tracked.map
                    && map.0.is_some()
                {
                    map.0 = None;
                }
            }
            None => {}
        }
        run.write_poses(
            frame.is_some(),
            tracked.frame.as_ref(),
            &mut commands,
            &mut people,
            &scene,
        );
    }
}

/// Device timestamp of a sensor's newest depth (or infrared) image, in µs.
fn frame_time(frame: &SensorFrame) -> Option<u64> {
    let capture = &frame.latest()?.capture;
    let image = capture.depth.as_ref().or(capture.ir.as_ref())?;
    Some(image.device_timestamp_usec)
}

/// Whether a sensor delivers nothing until the app changes it.
fn is_off(state: Option<&SensorState>) -> bool {
    matches!(
        state,
        None | Some(SensorState::Disabled | SensorState::Failed { .. })
    )
}

impl BodyRun {
    /// Follows and filters the bodies of a frame.
    fn take(
        &mut self,
        frame: &std::sync::Arc<BodyFrame>,
        calibration: &kinect_azure::Calibration,
        place: &GlobalTransform,
    ) {
        self.silence = Silence::default();
        self.clock = Clock {
            frame_usec: frame.device_timestamp_usec,
            seconds: 0.0,
        };
        self.players
            .update(frame, calibration, &ground_under(place));
        let present = self
            .players
            .iter()
            .filter(|player| player.presence == Presence::Present)
            .map(|player| &player.body);
        // The outputs are read below.
        let _ = self.filters.filter(present, frame.device_timestamp_usec);
    }

    /// Whether there has been no body frame for so long that all players leave: the sensor is lost, or the tracker gives no frames.
    fn is_silent(
        &mut self,
        frame: Option<&Ref<SensorFrame>>,
        stream: Option<&SensorStream>,
        real: &Time<Real>,
    ) -> bool {
        if matches!(self.feed, Feed::Clip(_)) {
            return false;
        }
        // A paused recording delivers no captures: its players stay.
        self.silence.waits |= frame.is_some_and(|frame| frame.is_changed() && frame.0.is_some());
        if self.silence.waits || stream.is_none() {
            self.silence.seconds += real.delta_secs();
        }
        let patience = self.players.settings().hidden_seconds.max(LEAST_PATIENCE);
        self.silence.seconds > patience
    }

    /// Spawns, updates and despawns entities as the events of the newest frame say.
    fn follow_players(
        &mut self,
        sensor: Entity,
        commands: &mut Commands,
        people: &mut People,
        messages: &mut PlayerMessages,
        scene: &Scene,
    ) {
        use kinect_tracking::players::PlayerEvent as Event;
        for event in self.players.events() {
            let (Event::Entered { id }
            | Event::Left { id }
            | Event::Hidden { id }
            | Event::Returned { id }
            | Event::SlotTaken { id, .. }
            | Event::SlotFreed { id, .. }) = *event;
            if let (Event::Entered { .. }, Some(player)) = (event, self.players.get(id)) {
                let mut skeleton = Skeleton::default();
                if let Some(filter) = self.filters.of(id) {
                    skeleton.write(filter.output(), &filter.output().body);
                }
                let mut person = Person::spawn(commands, sensor, player, skeleton);
                person.follow_joints(commands, scene);
                self.people.push(person);
            }
            let Some(place) = self.people.iter().position(|person| person.id == id) else {
                continue;
            };
            let entity = self.people[place].entity;
            messages.tell(*event, sensor, entity, commands);
            if matches!(event, Event::Left { .. }) {
                commands.entity(entity).try_despawn();
                self.people.swap_remove(place);
            }
        }
        for person in &mut self.people {
            if let Some(player) = self.players.get(person.id) {
                person.write_player(commands, people, player);
            }
        }
    }

    /// Writes the poses of players who are seen: those of a new frame, or their predictions for the present.
    fn write_poses(
        &mut self,
        is_new: bool,
        frame: Option<&Ref<SensorFrame>>,
        commands: &mut Commands,
        people: &mut People,
        scene: &Scene,
    ) {
        let predicts = self.filters.settings().prediction.is_some();
        let now = predicts.then(|| self.now_usec(frame.and_then(|frame| frame.latest())));
        for person in &mut self.people {
            person.follow_joints(commands, scene);
            let is_seen = self
                .players
                .get(person.id)
                .is_some_and(|player| player.presence == Presence::Present);
            if !is_seen || !(is_new || predicts) {
                continue;
            }
            let Some(filter) = self.filters.of(person.id) else {
                continue;
            };
            let filtered = filter.output();
            match now {
                Some(now) => person.skeleton.write(filtered, &filter.predict(now)),
                None => person.skeleton.write(filtered, &filtered.body),
            }
            person.write_pose(commands, people, scene);
        }
    }

    /// The present by the source's clock, in µs.
    fn now_usec(&self, newest: Option<&std::sync::Arc<crate::sensor::Frame>>) -> u64 {
        let since = |usec: u64, seconds: f64| usec.saturating_add((seconds.max(0.0) * 1e6) as u64);
        let depth = newest.and_then(|frame| {
            let depth = frame.capture.depth.as_ref()?;
            Some(since(
                depth.device_timestamp_usec,
                frame.captured_at.elapsed().as_secs_f64(),
            ))
        });
        depth.unwrap_or_else(|| since(self.clock.frame_usec, self.clock.seconds))
    }
}
