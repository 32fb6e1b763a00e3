//! What only a simulated sensor has: ground truth, and time in lock-step with the app's.

mod lockstep;
mod truth;

use bevy::prelude::*;

pub use lockstep::Lockstep;
pub(crate) use lockstep::LockstepDrive;
pub(crate) use truth::take;
pub use truth::{GroundTruth, joint_isometry};

use crate::sensor::KinectSystems;

/// Ground truth and lock-step. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct SimulationPlugin;

impl Plugin for SimulationPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<Lockstep>()
            .register_type::<GroundTruth>()
            .add_observer(truth::forget)
            .add_systems(
                PreUpdate,
                (
                    lockstep::drive
                        .in_set(KinectSystems::Receive)
                        .after(crate::sensor::start_and_stop)
                        .before(crate::sensor::receive),
                    take.after(KinectSystems::Receive)
                        .before(KinectSystems::Prepare),
                ),
            );
    }
}
