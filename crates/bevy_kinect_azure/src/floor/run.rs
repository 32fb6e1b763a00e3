//! Listens to sensors as the components ask, and reports what is found.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_tracking::floor::NoFloor;

use super::events::{FloorFound, FloorLost, FloorMessages, FloorMoved};
use super::listener::{FloorListener, FloorNews};
use super::settings::FloorDetection;
use super::state::{FloorState, SensorFloor};
use crate::sensor::{CaptureListeners, KinectSensor, Listening};

/// A running detection. Removing it ends the detection.
#[derive(Component)]
pub(super) struct FloorRun {
    listener: Arc<FloorListener>,
    _listening: Listening,
    /// The moves that were reported.
    moves: u64,
    /// Whether the `Transform` was set.
    pub(super) is_placed: bool,
}

/// Starts, changes and ends detections as the components ask.
pub(super) fn follow_settings(
    mut commands: Commands,
    mut detections: Query<(
        Entity,
        Ref<FloorDetection>,
        Has<KinectSensor>,
        Option<&CaptureListeners>,
        Option<&mut FloorRun>,
    )>,
) {
    for (entity, detection, is_sensor, listeners, run) in &mut detections {
        let listeners = listeners.filter(|_| is_sensor);
        match (run, listeners.filter(|_| detection.active)) {
            (None, None) => {
                if detection.is_changed() && detection.active {
                    warn!(
                        "the FloorDetection on entity {entity} finds nothing: the entity is not a sensor. Put the \
                         FloorDetection on the entity that has the KinectSensor"
                    );
                }
            }
            (Some(_), None) => {
                commands.entity(entity).try_remove::<FloorRun>();
            }
            (Some(mut run), Some(_)) => {
                if detection.is_changed() {
                    run.listener.set_interval(detection.interval);
                    run.is_placed = false;
                }
            }
            (None, Some(listeners)) => {
                let listener = Arc::new(FloorListener::default());
                listener.set_interval(detection.interval);
                commands.entity(entity).try_insert(FloorRun {
                    _listening: listeners.add("floor", Arc::clone(&listener)),
                    listener,
                    moves: 0,
                    is_placed: false,
                });
            }
        }
    }
}

/// Writes the states, and reports floors that are found, moved and lost.
pub(super) fn report(
    mut commands: Commands,
    mut detections: Query<(Entity, &mut FloorState, Option<&mut FloorRun>)>,
    mut messages: FloorMessages,
) {
    for (sensor, mut state, run) in &mut detections {
        let (news, was_moved) = match run {
            Some(mut run) => {
                let Some(news) = run.listener.news() else {
                    continue;
                };
                let was_moved = run.moves != news.moves;
                if was_moved {
                    run.moves = news.moves;
                }
                (news, was_moved)
            }
            None => (FloorNews::default(), false),
        };
        let floor = news.floor.as_ref().map(SensorFloor::from);
        let before = state.floor;
        state.set_if_neq(FloorState {
            floor,
            problem: news.problem,
            has_gravity: news.has_gravity,
        });
        match (before, floor) {
            (None, Some(floor)) => {
                let found = FloorFound { sensor, floor };
                messages.found.write(found);
                commands.trigger(found);
            }
            (Some(_), Some(floor)) if was_moved => {
                let moved = FloorMoved { sensor, floor };
                messages.moved.write(moved);
                commands.trigger(moved);
            }
            (Some(_), None) => {
                let problem = news.problem.unwrap_or(NoFloor::NoDepth);
                let lost = FloorLost { sensor, problem };
                messages.lost.write(lost);
                commands.trigger(lost);
            }
            _ => {}
        }
    }
}

/// A sensor without [`FloorDetection`] has no floor.
pub(super) fn forget(removed: On<Remove, FloorDetection>, mut commands: Commands) {
    commands
        .entity(removed.entity)
        .try_remove::<(FloorRun, FloorState)>();
}
