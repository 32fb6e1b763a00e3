//! Plays up to the wanted capture, one capture after the other, for pictures that depend on earlier captures
//! ([`Show::plays`](crate::Show::plays)).

use std::time::{Duration, Instant};

use bevy::ecs::entity::EntityHashMap;
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy_kinect_azure::prelude::*;

use crate::show::Show;

/// The app's time of an update, about that from capture to capture: drawing may take longer, but animations keep step.
const STEP: Duration = Duration::from_micros(33_333);
/// How long to wait for a capture.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait for the bodies of a capture that has come.
const BODIES_WITHIN: Duration = Duration::from_secs(1);

pub(crate) struct PlayPlugin;

impl Plugin for PlayPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Play>()
            .insert_resource(TimeUpdateStrategy::ManualDuration(STEP))
            .add_systems(Last, play.run_if(not(is_over)));
    }
}

/// The progress of playing.
#[derive(Resource)]
pub(crate) struct Play {
    /// Whether the wanted capture is there.
    pub(crate) is_over: bool,
    /// The captures of each sensor or clip.
    played: EntityHashMap<Played>,
    /// The time of the last progress.
    since: Instant,
}

/// The captures of a sensor or a clip.
#[derive(Default)]
struct Played {
    /// The captures that were shown.
    captures: u32,
    /// Whether the next capture was asked for.
    is_asked: bool,
    /// The sequence number of the last capture.
    last: u64,
}

impl Default for Play {
    fn default() -> Self {
        Self {
            is_over: false,
            played: EntityHashMap::default(),
            since: Instant::now(),
        }
    }
}

fn is_over(play: Res<Play>) -> bool {
    play.is_over
}

/// Asks for the next capture when the bodies of the last one are known. A clip without a sensor plays by the app's time.
fn play(
    mut play: ResMut<Play>,
    trackers: Query<(
        Entity,
        Ref<TrackedBodies>,
        &BodyTrackingState,
        Option<(&SensorFrame, Option<&SensorStream>)>,
    )>,
    show: Res<Show>,
    mut clock: ResMut<TimeUpdateStrategy>,
    mut app_time: ResMut<Time<Virtual>>,
    mut playback: MessageWriter<PlaybackCommand>,
    mut exit: MessageWriter<AppExit>,
) {
    let play = &mut *play;
    if trackers.is_empty() {
        play.since = Instant::now();
        return;
    }
    let waited = play.since.elapsed();
    let mut problem = None;
    for (entity, bodies, tracking, sensor) in &trackers {
        let played = play.played.entry(entity).or_default();
        let has_come = match sensor {
            None => bodies.is_changed() && bodies.device_timestamp_usec.is_some(),
            Some((frame, _)) => match &frame.0 {
                Some(frame) if frame.sequence != played.last => {
                    let depth = frame.capture.depth.as_ref();
                    let is_tracked = depth.map(|depth| depth.device_timestamp_usec)
                        == bodies.device_timestamp_usec;
                    let has_come = is_tracked || waited > BODIES_WITHIN;
                    if has_come {
                        played.last = frame.sequence;
                    }
                    has_come
                }
                _ => false,
            },
        };
        if has_come {
            played.captures += 1;
            played.is_asked = false;
            play.since = Instant::now();
        } else {
            problem = problem.or(tracking.problem());
        }
        let is_open = sensor.is_some_and(|(_, stream)| stream.is_some());
        if played.captures <= show.frame && !played.is_asked && is_open {
            played.is_asked = true;
            playback.write(PlaybackCommand {
                sensor: entity,
                action: PlaybackAction::Step(1),
            });
        }
    }
    if play.since.elapsed() > PATIENCE {
        let problem = problem.unwrap_or("no reason is known");
        eprintln!(
            "No capture came within {} s: {problem}.",
            PATIENCE.as_secs()
        );
        exit.write(AppExit::error());
    }
    if play
        .played
        .values()
        .all(|played| played.captures > show.frame)
    {
        play.is_over = true;
        // The scene stands still for its picture.
        app_time.pause();
        *clock = TimeUpdateStrategy::Automatic;
    }
}
