//! The floor under a sensor: found in its depth images, with its height and its tilt; feet on the floor, and how tall players are.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     // The sensor's height, tilt and roll are set as soon as the floor is found.
//!     commands
//!         .spawn((KinectSensor::device(), FloorDetection::kept()))
//!         .observe(|found: On<FloorFound>| {
//!             let floor = found.floor;
//!             info!("{:.2} m above the floor, tilted down by {:.1}°", floor.height, floor.tilt_degrees);
//!         })
//!         .observe(|lost: On<FloorLost>| warn!("the floor is lost: {}", lost.problem));
//! }
//! ```
//!
//! Put [`FloorDetection`] on the sensor entity. The floor is looked for on the sensor's capture thread, five times a second, in a
//! quarter of a millisecond. [`FloorState`] has the floor, or the reason why there is none.
//!
//! Inertial samples give the direction of gravity, so sensors may be mounted in any way: on their side, upside down, under the
//! ceiling. A source without inertial samples must stand upright and look between 25° up and 55° down, and the errors are larger.
//!
//! If the entity also has a [`BodyTracking`](crate::body::BodyTracking), its players get a [`PlayerStanding`].

mod events;
mod listener;
mod place;
mod run;
mod settings;
mod standing;
mod state;

use bevy::prelude::*;

pub use events::{FloorFound, FloorLost, FloorMoved};
pub use kinect_tracking::floor::NoFloor;
pub use kinect_tracking::standing::FootContact;
pub use settings::{FloorDetection, FloorPlacement};
pub use standing::{PlayerFoot, PlayerHeight, PlayerStanding};
pub use state::{FloorState, SensorFloor};

use crate::sensor::{KinectSystems, start_and_stop};

/// What apps usually need for floors; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        FloorDetection, FloorFound, FloorLost, FloorMoved, FloorPlacement, FloorState, FootContact,
        NoFloor, PlayerFoot, PlayerHeight, PlayerStanding, SensorFloor,
    };
}

/// Floors. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct FloorPlugin;

impl Plugin for FloorPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<FloorDetection>()
            .register_type::<FloorState>()
            .register_type::<PlayerStanding>()
            .add_message::<FloorFound>()
            .add_message::<FloorMoved>()
            .add_message::<FloorLost>()
            .add_observer(run::forget)
            .add_observer(standing::forget)
            .add_systems(
                PreUpdate,
                (
                    // Listens before a sensor that starts in the same update delivers its first capture.
                    run::follow_settings
                        .before(start_and_stop)
                        .in_set(KinectSystems::Receive),
                    (run::report, place::place, standing::watch)
                        .chain()
                        .after(KinectSystems::Bodies)
                        .before(KinectSystems::Prepare),
                ),
            );
    }
}
