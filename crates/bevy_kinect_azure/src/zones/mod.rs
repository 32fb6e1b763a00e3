//! Zones: volumes in the room that report which players enter, stay and leave.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     commands.spawn((
//!         KinectSensor::simulated(),
//!         BodyTracking::default(),
//!         Transform::from_xyz(0.0, 1.3, 0.0),
//!     ));
//!     commands
//!         .spawn((
//!             Name::new("stage"),
//!             BodyZone::floor([
//!                 Vec2::new(-1.0, -1.5),
//!                 Vec2::new(1.0, -1.5),
//!                 Vec2::new(1.0, -3.0),
//!                 Vec2::new(-1.0, -3.0),
//!             ]),
//!         ))
//!         .observe(|entered: On<ZoneEntered>| info!("player {} is on the stage", entered.id));
//! }
//! ```
//!
//! A zone watches the players of all [`BodyTracking`](crate::body::BodyTracking)s in the world. Its shape is in its
//! entity's space, in metres: the entity's `GlobalTransform` places, turns and scales it. For floor zones the plane y =
//! 0 of that space is the floor, so sensors must have a `Transform` with their height above the floor and their tilt.

mod events;
mod watch;
mod zone;

use bevy::prelude::*;

pub use events::{ZoneDwelled, ZoneEntered, ZoneLeft};
pub use kinect_tracking::zones::ZonePart;
pub use zone::{BodyZone, ZoneOccupant, ZoneOccupants, ZoneVolume};

use crate::sensor::KinectSystems;

/// What apps usually need for zones; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        BodyZone, ZoneDwelled, ZoneEntered, ZoneLeft, ZoneOccupant, ZoneOccupants, ZonePart,
        ZoneVolume,
    };
}

/// Zones. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct ZonePlugin;

impl Plugin for ZonePlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyZone>()
            .register_type::<ZoneOccupants>()
            .add_message::<ZoneEntered>()
            .add_message::<ZoneDwelled>()
            .add_message::<ZoneLeft>()
            .add_systems(
                PreUpdate,
                watch::watch
                    .after(KinectSystems::Bodies)
                    .before(KinectSystems::Prepare),
            );
    }
}
