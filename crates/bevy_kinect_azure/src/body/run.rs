//! The life of body tracking: starts, restarts and ends trackers as the components ask, and reports their states.

use std::sync::Arc;
use std::time::Duration;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::body::BodyFrame;
use kinect_tracking::filter::BodyFilters;
use kinect_tracking::players::Players;
use kinect_tracking::tracker::{RunnerSettings, TrackerState, TrackerStatus};

use super::bodies::TrackedBodies;
use super::clip::Clip;
use super::events::{PlayerLeft, SlotFreed};
use super::in_tracker::CapturesInTracker;
use super::index::BodyIndexMap;
use super::listener::TrackerListener;
use super::people::Person;
use super::settings::{BodySource, BodyTracking};
use super::state::{BodyTrackingState, BodyTrackingStateChanged, problem};
use super::time::BodyTime;
use crate::sensor::{CaptureListeners, KinectSensor, Listening, SourceChanged};

/// A running body tracking. Removing it closes the tracker, and all players leave.
#[derive(Component)]
#[component(on_remove = clear_up)]
pub(super) struct BodyRun {
    source: BodySource,
    restarts: RunnerSettings,
    on_sensor: bool,
    pub(super) feed: Feed,
    pub(super) players: Players,
    pub(super) filters: BodyFilters,
    pub(super) people: Vec<Person>,
    pub(super) clock: Clock,
    pub(super) silence: Silence,
    /// The sensor was given another source: all players leave.
    pub(super) is_other_source: bool,
    status: Status,
}

/// Where body frames come from.
pub(super) enum Feed {
    /// A tracker that listens to the sensor.
    Sensor {
        tracker: Arc<TrackerListener>,
        _listening: Listening,
    },
    /// A clip without a sensor.
    Clip(Clip),
    /// No bodies: a tracker was chosen, but the entity has no sensor.
    Nothing,
}

/// The time that has passed since the newest body frame, by the source's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// Device timestamp of the newest body frame in µs.
    pub(super) frame_usec: u64,
    /// The app's time since that frame, in seconds.
    pub(super) seconds: f64,
}

/// How long captures have come without body frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silence {
    pub(super) seconds: f32,
    /// A frame of the sensor came after the newest body frame.
    pub(super) waits: bool,
}

/// Keeps the published state up to date.
#[derive(Default)]
struct Status {
    /// The time since the state was last published.
    age: Duration,
    /// The former status; its memory is used for the next one.
    spare: TrackerStatus,
    /// Whether a problem was logged since the tracker last ran.
    told: bool,
    /// Whether the first error was logged.
    told_error: bool,
    /// The name that was logged.
    told_name: String,
}

impl Feed {
    fn start(entity: Entity, tracking: &BodyTracking, sensor: Option<&CaptureListeners>) -> Self {
        match (sensor, &tracking.source) {
            (Some(listeners), source) => {
                let tracker = Arc::new(TrackerListener::new(source.clone(), tracking.restarts));
                Self::Sensor {
                    _listening: listeners.add("body tracker", Arc::clone(&tracker)),
                    tracker,
                }
            }
            (None, BodySource::Clip(path)) => Self::Clip(Clip::read(path)),
            (None, _) => {
                warn!(
                    "the BodyTracking on entity {entity} tracks nobody: the entity is not a sensor. Put the BodyTracking on the \
                     entity that has the KinectSensor, or let it play a clip"
                );
                Self::Nothing
            }
        }
    }

    /// The newest body frame that was not taken yet; `seconds` of the app's time have passed.
    pub(super) fn take(
        &mut self,
        seconds: f64,
        in_tracker: Option<Mut<CapturesInTracker>>,
    ) -> Option<Arc<BodyFrame>> {
        match self {
            Self::Sensor { tracker, .. } => match in_tracker {
                Some(mut in_tracker) => tracker.take_frame(&mut in_tracker.0),
                None => tracker.take_frame(&mut Vec::new()),
            },
            Self::Clip(clip) => clip.advance(seconds),
            Self::Nothing => None,
        }
    }

    fn write_status(&self, status: &mut TrackerStatus) -> bool {
        match self {
            Self::Sensor { tracker, .. } => tracker.write_status(status),
            Self::Clip(clip) => {
                clip.write_status(status);
                true
            }
            Self::Nothing => {
                *status = TrackerStatus::default();
                true
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Self::Sensor { tracker, .. } = self {
            // The capture thread may hold the listener for longer, so its tracker is closed now.
            tracker.end();
        }
    }
}

impl BodyRun {
    fn start(entity: Entity, tracking: &BodyTracking, sensor: Option<&CaptureListeners>) -> Self {
        Self {
            source: tracking.source.clone(),
            restarts: tracking.restarts,
            on_sensor: sensor.is_some(),
            feed: Feed::start(entity, tracking, sensor),
            players: Players::new(tracking.players.clone()),
            filters: BodyFilters::new(tracking.filter),
            people: Vec::new(),
            clock: Clock::default(),
            silence: Silence::default(),
            is_other_source: false,
            status: Status::default(),
        }
    }
}

/// Starts, changes and ends body tracking as the components ask.
pub(super) fn follow_settings(
    mut commands: Commands,
    mut trackings: Query<(
        Entity,
        Ref<BodyTracking>,
        Has<KinectSensor>,
        Option<&CaptureListeners>,
        Option<&mut BodyRun>,
    )>,
) {
    for (entity, tracking, is_sensor, listeners, run) in &mut trackings {
        let sensor = listeners.filter(|_| is_sensor);
        match run {
            None if !tracking.active => {}
            None => {
                commands.entity(entity).try_insert((
                    BodyRun::start(entity, &tracking, sensor),
                    CapturesInTracker::default(),
                ));
            }
            Some(_) if !tracking.active => {
                commands
                    .entity(entity)
                    .try_remove::<(BodyRun, CapturesInTracker)>();
            }
            Some(mut run) => {
                let is_other = run.on_sensor != sensor.is_some()
                    || run.restarts != tracking.restarts
                    || run.source != tracking.source;
                if is_other {
                    let run = &mut *run;
                    run.source = tracking.source.clone();
                    run.restarts = tracking.restarts;
                    run.on_sensor = sensor.is_some();
                    run.feed = Feed::start(entity, &tracking, sensor);
                    run.silence = Silence::default();
                    run.status = Status::default();
                }
                if tracking.is_changed() {
                    run.players.set_settings(tracking.players.clone());
                    run.filters.set_settings(tracking.filter);
                }
            }
        }
    }
}

/// How often a running tracker is asked for its status, for which the times of its stages have to be sorted.
const SELDOM: Duration = Duration::from_millis(250);
/// How often a tracker that is not running yet is asked.
const OFTEN: Duration = Duration::from_millis(50);

/// Brings the states up to date, and reports their changes.
pub(super) fn report(
    mut commands: Commands,
    time: Res<Time<Real>>,
    mut trackings: Query<(Entity, &mut BodyRun, &mut BodyTrackingState)>,
    mut changes: MessageWriter<BodyTrackingStateChanged>,
) {
    for (entity, mut run, mut state) in &mut trackings {
        let BodyRun { status, feed, .. } = &mut *run;
        status.age += time.delta();
        let is_running = state.is_running();
        if status.age < if is_running { SELDOM } else { OFTEN } {
            continue;
        }
        if !feed.write_status(&mut status.spare) {
            continue;
        }
        status.age = Duration::ZERO;
        if status.spare == state.0 {
            continue;
        }
        core::mem::swap(&mut status.spare, &mut state.0);
        status.log(entity, &state.0);
        if status.spare.state != state.0.state {
            let change = BodyTrackingStateChanged {
                sensor: entity,
                from: status.spare.state.clone(),
                to: state.0.state.clone(),
            };
            changes.write(change.clone());
            commands.trigger(change);
        }
    }
}

impl Status {
    /// One line for each problem, and one for each tracker.
    fn log(&mut self, entity: Entity, now: &TrackerStatus) {
        if now.state == TrackerState::Running {
            self.told = false;
            if self.told_name != now.name {
                self.told_name.clone_from(&now.name);
                info!("entity {entity}: bodies are tracked by {}", now.name);
                for note in &now.notes {
                    warn!("entity {entity}: {note}");
                }
            }
        }
        match problem(&now.state) {
            Some(error) => {
                // Later attempts are only reported in the state.
                if !core::mem::replace(&mut self.told, true) {
                    error!("entity {entity}: no bodies are tracked: {error}");
                    self.told_error = true;
                }
            }
            None => {
                if let Some(error) = &now.last_error
                    && !core::mem::replace(&mut self.told_error, true)
                {
                    warn!(
                        "entity {entity}: body tracking: {error} (further errors are only counted)"
                    );
                }
            }
        }
    }
}

/// Closes the tracker of the former source: its body frames must not be shown as the new one's.
pub(super) fn forget(changed: On<SourceChanged>, mut runs: Query<&mut BodyRun>) {
    if let Ok(mut run) = runs.get_mut(changed.sensor) {
        run.is_other_source = true;
        if let Feed::Sensor { tracker, .. } = &run.feed {
            tracker.restart();
        }
    }
}

/// Ends body tracking when an entity loses its `BodyTracking`.
pub(super) fn stop(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<(BodyRun, CapturesInTracker)>();
}

/// When a run ends, all players leave, and the sensor has no bodies.
fn clear_up(mut world: DeferredWorld, context: HookContext) {
    let sensor = context.entity;
    let Some(run) = world.get::<BodyRun>(sensor) else {
        return;
    };
    let left: Vec<_> = run
        .people
        .iter()
        .map(|person| {
            let slot = run.players.get(person.id).and_then(|player| player.slot);
            (person.entity, person.id, slot)
        })
        .collect();
    for (player, id, slot) in left {
        if let Some(slot) = slot {
            let freed = SlotFreed {
                sensor,
                player,
                id,
                slot,
            };
            world.write_message(freed);
            world.trigger(freed);
        }
        let left = PlayerLeft { sensor, player, id };
        world.write_message(left);
        world.trigger(left);
        world.commands().entity(player).try_despawn();
    }
    if let Some(mut bodies) = world.get_mut::<TrackedBodies>(sensor) {
        *bodies = TrackedBodies::default();
    }
    if let Some(mut time) = world.get_mut::<BodyTime>(sensor) {
        *time = BodyTime::default();
    }
    if let Some(mut map) = world.get_mut::<BodyIndexMap>(sensor) {
        *map = BodyIndexMap::default();
    }
    if let Some(mut state) = world.get_mut::<BodyTrackingState>(sensor) {
        let from = core::mem::take(&mut *state).0.state;
        if from != TrackerState::default() {
            let change = BodyTrackingStateChanged {
                sensor,
                from,
                to: TrackerState::default(),
            };
            world.write_message(change.clone());
            world.trigger(change);
        }
    }
}
