//! Avatars: humanoid models that follow players.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands, assets: Res<AssetServer>) {
//!     commands.spawn((
//!         KinectSensor::simulated(),
//!         BodyTracking::default(),
//!         Transform::from_xyz(0.0, 1.3, 0.0),
//!     ));
//!     let model = assets.load(GltfAssetLabel::Scene(0).from_asset("mannequin.glb"));
//!     commands.spawn((WorldAssetRoot(model), Avatar::default()));
//! }
//! ```
//!
//! # Models
//!
//! Put [`Avatar`] on the entity of a glTF or VRM scene. Which bone is which is found by the humanoid table of a VRM file, by the
//! names that common tools give, and by the skeleton's shape; [`Avatar::bones`] names bones by hand. Any rest pose and any axes
//! will do, and several skins may share a skeleton. [`AvatarState`] lists the bones that were found, those that were not, with the
//! nearest names, and problems; [`AvatarReady`] tells when. The crate [`kinect_avatar`] does the work.
//!
//! # Players
//!
//! [`Avatar::player`] chooses the player by slot, by rule or by entity. Several avatars may follow one player. While there is no
//! player, the model has the pose of its animation or its rest pose; it blends from one to the other in
//! [`blend_seconds`](kinect_avatar::RetargetSettings::blend_seconds), and so do single joints that the tracker does not find.
//!
//! # Places
//!
//! The model walks in the space of its entity as the person walks in the room: a person at the room's origin is at the entity's
//! origin, and distances are scaled by the ratio of the legs' lengths. The room is the world, or the space of
//! [`Avatar::anchor`]; its floor is the plane y = 0, so sensors must have a `Transform` with their height above the floor and
//! their tilt. The `Transform` of the avatar's entity moves, turns and scales the model together with its way. With
//! [`Avatar::life_size`] and no other `Transform`, the model stands exactly where the person stands.
//!
//! # Order
//!
//! Bones are written in `PostUpdate`, in [`AvatarSystems`]: after animations, before transforms are propagated. Only rotations of
//! bones are written, and translations of the hips and of bones that do not hang on the bone that carries them. The bounds of skinned
//! meshes follow, as Bevy computes them from the bones.

mod component;
mod follow;
mod let_go;
mod meet;
mod model;
mod pose;
mod run;
mod scene_types;
mod state;
mod vrm;

use bevy::app::AnimationSystems;
use bevy::prelude::*;
use bevy::transform::TransformSystems;

pub use component::{Avatar, AvatarPlayer};
pub use kinect_avatar::{HumanBone, RetargetSettings, RootMotion, Unmatched};
pub use state::{AvatarBound, AvatarFreed, AvatarReady, AvatarState};
pub use vrm::VrmBone;

/// What apps usually need for avatars; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        Avatar, AvatarBound, AvatarFreed, AvatarPlayer, AvatarReady, AvatarState, AvatarSystems,
        HumanBone, RetargetSettings, RootMotion,
    };
}

/// The systems that move avatars, in `PostUpdate`. Animations run between the two.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarSystems {
    /// Reads models that have been spawned, and chooses players.
    Follow,
    /// Writes the bones.
    Pose,
}

/// Avatars. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct AvatarPlugin;

impl Plugin for AvatarPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<Avatar>()
            .register_type::<AvatarState>()
            .add_message::<AvatarReady>()
            .add_message::<AvatarBound>()
            .add_message::<AvatarFreed>()
            .configure_sets(
                PostUpdate,
                (
                    AvatarSystems::Follow.before(AnimationSystems),
                    AvatarSystems::Pose
                        .after(AvatarSystems::Follow)
                        .after(AnimationSystems)
                        .before(TransformSystems::Propagate),
                ),
            )
            .add_systems(
                PostUpdate,
                (
                    (meet::meet, follow::follow)
                        .chain()
                        .in_set(AvatarSystems::Follow),
                    pose::pose.in_set(AvatarSystems::Pose),
                ),
            );
        app.world_mut()
            .register_component_hooks::<Avatar>()
            .on_remove(let_go::let_go);
        scene_types::register(app);
        vrm::mark_bones(app);
    }

    fn finish(&self, app: &mut App) {
        vrm::load_files(app);
    }
}
