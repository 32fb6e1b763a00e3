//! Results of body trackers: the pixels that bodies cover, and the frame in which bodies were found.
//!
//! A body tracker writes two components on the sensor entity, in [`KinectSystems::Bodies`]: [`BodyIndexMap`] and [`BodyTime`]. For
//! a simulated sensor, its ground truth writes both. Users of [`ImageTiming::Bodies`] request the frame in which the newest bodies
//! were found with [`DelayedFrameDemand`], and read it from [`DelayedFrame`].

mod delay;
mod index;
mod time;

use bevy::prelude::*;

pub(crate) use delay::release;
pub use delay::{DelayedFrame, DelayedFrameDemand, FRAME_HISTORY};
pub use index::BodyIndexMap;
pub use kinect_azure::body::{BodyIndexImage, BodyIndexSizeMismatch};
pub use time::{BodyTime, ImageTiming};

use crate::sensor::{KinectSensor, KinectSystems};

/// What apps usually need for bodies; part of [`crate::prelude`].
pub mod prelude {
    pub use kinect_azure::{Body, BodyFrame, Joint, JointConfidence, JointPose};

    pub use super::{BodyIndexImage, BodyIndexMap, BodyTime, ImageTiming};
}

/// Body index maps, and frames that are held for body trackers. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct BodyPlugin;

impl Plugin for BodyPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyIndexMap>()
            .register_type::<BodyTime>()
            .register_type::<DelayedFrame>()
            .register_type::<DelayedFrameDemand>()
            .register_required_components::<KinectSensor, BodyIndexMap>()
            .register_required_components::<KinectSensor, BodyTime>()
            .register_required_components::<KinectSensor, DelayedFrameDemand>()
            .add_observer(index::forget)
            .add_observer(time::forget)
            .add_systems(
                PreUpdate,
                release
                    .after(KinectSystems::Bodies)
                    .before(KinectSystems::Prepare),
            );
    }
}
