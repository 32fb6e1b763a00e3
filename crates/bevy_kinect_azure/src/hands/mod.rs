//! Hands of players that open and close, and their cursors.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     commands
//!         .spawn((
//!             KinectSensor::simulated(),
//!             BodyTracking::default(),
//!             BodyHands::default(),
//!             Transform::from_xyz(0.0, 1.3, 0.0),
//!         ))
//!         .observe(|acted: On<HandActed>| info!("player {}: {:?}", acted.id, acted.kind));
//! }
//! ```
//!
//! Put [`BodyHands`] beside the [`BodyTracking`](crate::body::BodyTracking). Each player entity gets [`PlayerHands`]: whether
//! each hand is open or closed, whether it has gripped, and its cursor while it is raised in front of the shoulder. Hands are
//! read from the depth image, in a task pool, so that the frame loop does not wait; in the narrow unbinned mode up to some
//! 3 m, in the binned modes up to 2 m. Farther hands are unknown.
//!
//! With the feature `picking` and `HandPointers` beside `BodyHands`, cursors are pointers of Bevy's picking: buttons of Bevy's
//! UI and meshes get `Pointer<Click>`, `Pointer<Drag>` and all other events of picking from hands as from a mouse.

mod events;
mod player;
#[cfg(feature = "picking")]
mod pointers;
mod reading;
mod settings;
mod watch;

use bevy::prelude::*;

pub use events::HandActed;
pub use kinect_azure::body::HandState;
pub use kinect_tracking::gestures::Side;
pub use kinect_tracking::hands::{
    CursorSettings, GripSettings, Hand, HandCursor, HandEventKind, HandReading, HandSettings,
    HandUnknown, PressedBy, ReaderSettings,
};
pub use player::PlayerHands;
#[cfg(feature = "picking")]
pub use pointers::{HandPointer, HandPointers};
pub use settings::BodyHands;

use crate::body::release;
use crate::sensor::KinectSystems;

/// What apps usually need for hands; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        BodyHands, HandActed, HandCursor, HandEventKind, HandSettings, HandState, PlayerHands,
        PressedBy,
    };
    #[cfg(feature = "picking")]
    pub use super::{HandPointer, HandPointers};
}

/// Hands. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct HandPlugin;

impl Plugin for HandPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyHands>()
            .register_type::<PlayerHands>()
            .add_message::<HandActed>()
            .add_observer(watch::forget)
            .add_systems(
                PreUpdate,
                (
                    watch::demand.in_set(KinectSystems::Bodies),
                    watch::watch
                        .after(KinectSystems::Bodies)
                        .after(release)
                        .before(KinectSystems::Prepare),
                ),
            );
        #[cfg(feature = "picking")]
        pointers::plugin(app);
    }
}
