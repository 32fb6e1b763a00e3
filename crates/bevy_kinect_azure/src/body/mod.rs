//! People: body trackers, players and joints as entities, the pixels that bodies cover, and images in step with bodies.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn main() {
//!     App::new()
//!         .add_plugins((DefaultPlugins, KinectAzurePlugin))
//!         .add_systems(Startup, setup)
//!         .add_systems(Update, show_joints)
//!         .run();
//! }
//!
//! fn setup(mut commands: Commands) {
//!     commands
//!         .spawn((KinectSensor::simulated(), BodyTracking::default()))
//!         .observe(|entered: On<PlayerEntered>| info!("player {} has come", entered.id));
//!     commands.spawn((Camera3d::default(), Transform::from_xyz(0.0, 0.0, 1.0)));
//! }
//!
//! /// A small ball on each joint.
//! fn show_joints(
//!     mut commands: Commands,
//!     joints: Query<Entity, Added<BodyJoint>>,
//!     mut meshes: ResMut<Assets<Mesh>>,
//!     mut materials: ResMut<Assets<StandardMaterial>>,
//! ) {
//!     for joint in &joints {
//!         commands.entity(joint).insert((
//!             Mesh3d(meshes.add(Sphere::new(0.03))),
//!             MeshMaterial3d(materials.add(Color::WHITE)),
//!         ));
//!     }
//! }
//! ```
//!
//! # Entities
//!
//! ```text
//! sensor          KinectSensor, BodyTracking, BodyTrackingState, TrackedBodies, BodyIndexMap, BodyTime
//! └ player        Player, PlayerStatus, PlayerBounds, Skeleton, PlayerJoints, Name, Transform (at the pelvis)
//!   └ pelvis      BodyJoint, TrackedJoint, Name, Transform (relative to the parent)
//!     ├ hip …     … the other joints, as Joint::parent says
//! ```
//!
//! A player entity is spawned when a person has [come](PlayerEntered) (after a short probation) and despawned when the
//! person has [left](PlayerLeft). A person who is out of sight for a while is [hidden](PlayerHidden) meanwhile, and
//! keeps entity, id, slot and last pose. If there are more people than
//! [`most_players`](kinect_tracking::players::PlayersSettings::most_players), the others are entities without a
//! [slot](Player::slot). Each event is also sent as a message, as for [sensors](crate::sensor#events).
//!
//! Transforms and the [`Skeleton`] are in metres and Bevy's axes, in the space of the sensor entity; `GlobalTransform`s are right
//! wherever the sensor stands. Joints keep the vendor's own axes (x along the bone, [`Joint::rest_axes`](kinect_azure::Joint::rest_axes)).
//! [`TrackedBodies`] has the bodies in the vendor's units.
//!
//! # Trackers
//!
//! [`BodyTracking::source`] chooses the source of the bodies: the vendor's tracker, an ONNX model, the built-in tracker, the
//! ground truth of a simulation or the body track of a recording, a [clip](BodyTracking::clip), which needs no sensor, or a [tracker of
//! your own](BodySource::custom). A tracker runs on a thread of its own, with the newest capture: neither the app nor
//! the images wait for it. [`BodyTrackingState`] tells which tracker runs and why, its errors, and how late it is.
//!
//! All players leave if captures come but no body frame has come for
//! [`hidden_seconds`](kinect_tracking::players::PlayersSettings::hidden_seconds) (at least a second), or if the sensor
//! is lost for that time. When the sensor is switched off or fails, they leave at once. A paused recording keeps its
//! players.
//!
//! # Images in step
//!
//! In [`KinectSystems::Bodies`], the results of a tracker are written into two components of the sensor entity:
//! [`BodyIndexMap`] and [`BodyTime`]. While a `BodyTracking` on the sensor is active, these are its tracker's results;
//! otherwise the [ground truth](crate::ground_truth) of a simulation, or the results of your own system. Users of
//! [`ImageTiming::Bodies`] request the frame in which the newest bodies were found with [`DelayedFrameDemand`], and
//! read it from [`DelayedFrame`]. If all players have left because the tracker gives no frames, [`DelayedFrame`] holds
//! the newest frame.

mod bodies;
mod clip;
mod delay;
mod events;
mod in_tracker;
mod index;
mod joint;
mod listener;
mod people;
mod player;
mod run;
mod settings;
mod skeleton;
mod state;
mod time;
mod track;

use bevy::prelude::*;

pub use bodies::{TrackedBodies, ground_under};
pub(crate) use delay::release;
pub use delay::{DelayedFrame, DelayedFrameDemand, FRAME_HISTORY};
pub use events::{PlayerEntered, PlayerHidden, PlayerLeft, PlayerReturned, SlotFreed, SlotTaken};
pub use index::BodyIndexMap;
pub use joint::{BodyJoint, ImagePoint, JointEuler, JointInImages};
pub use kinect_azure::body::{BodyIndexImage, BodyIndexSizeMismatch};
pub use player::{Player, PlayerBounds, PlayerJoints, PlayerStatus};
pub use settings::{BodySource, BodyTracking, CustomTracker, JointSettings, UvSettings};
pub use skeleton::{Skeleton, TrackedJoint};
pub use state::{BodyTrackingState, BodyTrackingStateChanged};
pub use time::{BodyTime, ImageTiming};

use crate::sensor::{KinectSensor, KinectSystems, start_and_stop};

/// What apps usually need for people; part of [`crate::prelude`].
pub mod prelude {
    pub use kinect_azure::{Body, BodyFrame, Joint, JointConfidence, JointPose};
    pub use kinect_tracking::choice::{
        ProcessingMode, SensorOrientation, Tracker, TrackerSettings,
    };
    pub use kinect_tracking::filter::{FilterPreset, FilterSettings, Prediction};
    pub use kinect_tracking::players::{PlayersSettings, Presence, SelectionPolicy};
    pub use kinect_tracking::rotation::EulerOrder;
    pub use kinect_tracking::tracker::TrackerState;

    pub use super::{
        BodyIndexImage, BodyIndexMap, BodyJoint, BodySource, BodyTime, BodyTracking,
        BodyTrackingState, BodyTrackingStateChanged, ImagePoint, ImageTiming, JointEuler,
        JointInImages, JointSettings, Player, PlayerBounds, PlayerEntered, PlayerHidden,
        PlayerJoints, PlayerLeft, PlayerReturned, PlayerStatus, Skeleton, SlotFreed, SlotTaken,
        TrackedBodies, TrackedJoint, UvSettings,
    };
}

/// Body trackers, players and joints, body index maps, and frames that are held for trackers. Part of
/// [`KinectAzurePlugin`](crate::KinectAzurePlugin).
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
        track_people(app);
    }
}

/// Players and joints.
fn track_people(app: &mut App) {
    app.register_type::<BodyTracking>()
        .register_type::<BodyTrackingState>()
        .register_type::<TrackedBodies>()
        .register_type::<Player>()
        .register_type::<PlayerStatus>()
        .register_type::<PlayerBounds>()
        .register_type::<PlayerJoints>()
        .register_type::<Skeleton>()
        .register_type::<BodyJoint>()
        .register_type::<TrackedJoint>()
        .register_type::<JointEuler>()
        .register_type::<JointInImages>()
        .add_message::<BodyTrackingStateChanged>()
        .add_message::<PlayerEntered>()
        .add_message::<PlayerLeft>()
        .add_message::<PlayerHidden>()
        .add_message::<PlayerReturned>()
        .add_message::<SlotTaken>()
        .add_message::<SlotFreed>()
        .add_observer(run::forget)
        .add_systems(
            PreUpdate,
            (
                // The tracker must listen before a sensor that starts in the same update delivers its first capture.
                run::follow_settings
                    .before(start_and_stop)
                    .in_set(KinectSystems::Receive),
                (track::track, run::report)
                    .chain()
                    .in_set(KinectSystems::Bodies),
            ),
        );
    app.world_mut()
        .register_component_hooks::<BodyTracking>()
        .on_remove(run::stop);
}
