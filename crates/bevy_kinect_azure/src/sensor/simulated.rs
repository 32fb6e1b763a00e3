//! Simulated sensors: how one is opened, and lock-step, where the app's time drives it and the app waits for its captures.

use core::time::Duration;
use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::CaptureSource;
use kinect_azure::simulation::{LockstepClock, SimulatedSensor, SimulationSettings};

use super::handle::SensorThread;
use super::life::{receive, start_and_stop};
use super::source::{Opener, ThreadSource};
use super::KinectSystems;

/// How a simulated sensor is opened: by the wall clock, or in lock-step by a clock of its own.
pub(super) fn opener(settings: &SimulationSettings, lockstep: bool) -> Opener {
    let clock = lockstep.then(|| Arc::new(LockstepClock::new()));
    let (settings, its_clock) = (settings.clone(), clock.clone());
    let open = move || {
        let sensor = SimulatedSensor::new(&settings)?;
        let sensor = match &its_clock {
            Some(clock) => sensor.in_lockstep(Arc::clone(clock)),
            None => sensor,
        };
        Ok(Box::new(sensor) as Box<dyn CaptureSource>)
    };
    Opener {
        source: ThreadSource::Other(Arc::new(open)),
        clock,
    }
}

/// Makes a simulated sensor run by the app's virtual time instead of the wall clock: an update shows exactly the
/// captures that its time has reached, so that an app with a fixed time step sees the same frames in every run.
///
/// For tests and offline rendering: this is the one thing in the crate that **holds the app up**, until the simulation
/// has drawn what is due. Put it on the entity before, or together with, its
/// [`KinectSensor`](crate::KinectSensor); other sources ignore it. [`Playback`](crate::Playback)'s speed has no effect:
/// the app's virtual time has one of its own.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Lockstep;

/// The clock of a sensor in lock-step, as long as its thread runs.
#[derive(Component)]
pub(super) struct LockstepDrive {
    clock: Arc<LockstepClock>,
    /// The app's time when the simulation began.
    began: Duration,
    /// It did not answer: do not wait for it again.
    given_up: bool,
}

impl LockstepDrive {
    /// Drives that clock by the app's time, which is `now`.
    pub(super) fn new(clock: Arc<LockstepClock>, now: Duration) -> Self {
        Self {
            clock,
            began: now,
            given_up: false,
        }
    }
}

/// The longest wait of one update. A room full of people takes a second to build, longer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Adds lock-step to the app.
pub(super) fn lockstep(app: &mut App) {
    app.register_type::<Lockstep>().add_systems(
        PreUpdate,
        drive
            .in_set(KinectSystems::Receive)
            .after(start_and_stop)
            .before(receive),
    );
}

/// Tells the simulations what time it is and waits for what is due.
fn drive(
    time: Option<Res<Time<Virtual>>>,
    mut sensors: Query<(Entity, &SensorThread, &mut LockstepDrive)>,
) {
    let Some(time) = time else { return };
    for (entity, thread, mut drive) in &mut sensors {
        if drive.given_up {
            continue;
        }
        let now = time.elapsed().saturating_sub(drive.began);
        drive.clock.advance_to(now.as_micros() as u64);
        let mut waited = Duration::ZERO;
        let step = Duration::from_millis(100);
        while !drive.clock.wait_until_settled(step) {
            waited += step;
            // A thread that has ended has said why in its state.
            if thread.handle.is_finished() || waited > PATIENCE {
                drive.given_up = true;
                if waited > PATIENCE {
                    error!(
                        "sensor {entity} did not keep step for {} s and runs on its own now; switch it off and on to \
                         try again",
                        PATIENCE.as_secs()
                    );
                }
                break;
            }
        }
    }
}
