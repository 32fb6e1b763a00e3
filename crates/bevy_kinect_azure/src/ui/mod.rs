//! Image outputs in Bevy's UI (feature `ui`): [`KinectImageNode`].

mod fill;
mod grey;
mod node;

use bevy::prelude::*;
use bevy::ui::UiSystems;

pub use fill::ImageFill;
pub use node::KinectImageNode;

use crate::image_output::OutputImageChanged;

/// What apps usually need for image outputs in the UI; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{ImageFill, KinectImageNode};
}

/// The UI node for image outputs. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct KinectUiPlugin;

impl Plugin for KinectUiPlugin {
    fn build(&self, app: &mut App) {
        grey::build(app);
        app.register_type::<KinectImageNode>()
            .register_type::<ImageFill>()
            .add_systems(
                PostUpdate,
                (
                    node::follow_outputs.run_if(on_message::<OutputImageChanged>),
                    node::place_pictures,
                )
                    .chain()
                    .before(UiSystems::Prepare),
            );
    }
}
