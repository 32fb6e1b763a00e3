//! People in a sensor's images: which pixels they cover, and which frame they were found in.
//!
//! Whoever finds people, in [`KinectSystems::Bodies`], writes two components on the sensor entity: [`BodyIndexMap`] and
//! [`BodyTime`]. A simulated sensor's ground truth does both by itself. What shows images as they were when the newest
//! skeletons were seen ([`ImageTiming::Bodies`]) puts that into [`DelayedFrameDemand`], and the frame is in [`DelayedFrame`].

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

/// What apps usually need for people in the images; part of [`crate::prelude`].
pub mod prelude {
    pub use kinect_azure::{Body, BodyFrame, Joint, JointConfidence, JointPose};

    pub use super::{BodyIndexImage, BodyIndexMap, BodyTime, ImageTiming};
}

/// Body index maps, and frames that wait for skeletons. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
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
