//! Lock-step: the app's time drives a simulated sensor, and the app waits for its captures.

use core::time::Duration;
use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::clock::LockstepClock;

use super::handle::SensorThread;

/// Makes a simulated sensor run by the app's virtual time instead of the wall clock: an update shows exactly the
/// captures that its time has reached, so that an app with a fixed time step sees the same frames in every run.
///
/// For tests and offline rendering: this is the only component in the crate that **makes the app wait**, until the simulation has
/// drawn the captures that are due. Add it to the entity before, or together with, its [`KinectSensor`](crate::KinectSensor); other
/// sources ignore it. [`Playback`](crate::Playback)'s speed has no effect: set the relative speed of `Time<Virtual>` instead.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Lockstep;

/// The clock of a sensor in lock-step, as long as its thread runs.
#[derive(Component)]
pub(super) struct LockstepDrive {
    clock: Arc<LockstepClock>,
    /// The app's time when the simulation began.
    began: Duration,
    /// The simulation did not answer in time: do not wait for it again.
    given_up: bool,
}

impl LockstepDrive {
    /// Drives the clock by the app's time, of which `now` is the present value.
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

/// Passes the app's time to the simulations and waits for the captures that are due.
pub(super) fn drive(
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
            // A thread that has ended reports the reason in the sensor's state.
            if thread.handle.is_finished() || waited > PATIENCE {
                drive.given_up = true;
                if waited > PATIENCE {
                    error!(
                        "sensor {entity} was out of step for {} s and runs without lock-step now; switch it off and \
                         on to try again",
                        PATIENCE.as_secs()
                    );
                }
                break;
            }
        }
    }
}
