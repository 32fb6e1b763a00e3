//! The state of a sensor's body tracking.

use bevy::prelude::*;
use kinect_tracking::tracker::{TrackerState, TrackerStatus};

/// State, name, counts and times of the tracker of a [`BodyTracking`](super::BodyTracking), on the same entity. Read only.
/// It is brought up to date four times a second; each change of [`state`](TrackerStatus::state) is also sent as
/// [`BodyTrackingStateChanged`].
///
/// | field | tells |
/// | --- | --- |
/// | `state` | waiting for a capture, opening, running, restarting after an error, unusable |
/// | `name`, `notes` | the tracker and the processor that it runs on; what could not be used instead, and why |
/// | `captures`, `dropped`, `frames` | captures for the tracker, those it was too slow for, body frames that came out |
/// | `errors`, `last_error`, `restarts` | failures |
/// | `stages` | milliseconds from a capture's arrival to the tracker, in the tracker, to its body frame, and until the app took it |
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Deref)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct BodyTrackingState(pub TrackerStatus);

impl BodyTrackingState {
    /// Whether the tracker is open and works.
    pub fn is_running(&self) -> bool {
        self.state == TrackerState::Running
    }

    /// The error after which the tracker is opened again, or which makes it unusable; `None` in other states.
    pub fn problem(&self) -> Option<&str> {
        problem(&self.state)
    }
}

/// The error of a state.
pub(super) fn problem(state: &TrackerState) -> Option<&str> {
    match state {
        TrackerState::Restarting(error) | TrackerState::Unusable(error) => Some(error),
        _ => None,
    }
}

/// The state of a tracker has changed: a message, and an event on the entity with the
/// [`BodyTracking`](super::BodyTracking), see [events](crate::sensor#events).
#[derive(Message, EntityEvent, Clone, Debug)]
pub struct BodyTrackingStateChanged {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The former state.
    pub from: TrackerState,
    /// The new state.
    pub to: TrackerState,
}
