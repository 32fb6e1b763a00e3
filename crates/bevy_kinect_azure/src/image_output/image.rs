//! The image of an output: its handle, and what is told when it becomes another.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use crate::stream::StableImage;

/// The image of an output. Read only.
///
/// The handle is there from the moment the output is spawned and gets its image when the sensor's modes are known. A
/// change of size or format gives a new handle, which materials take by themselves, see [`OutputImageChanged`].
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct OutputImage {
    /// The image.
    pub image: Handle<Image>,
    #[reflect(ignore)]
    pub(super) stable: StableImage,
    /// Whether the colour image is written straight into it.
    #[reflect(ignore)]
    pub(super) is_direct: bool,
    /// Whether what was asked for cannot be: it shows nothing.
    #[reflect(ignore)]
    pub(super) is_refused: bool,
}

impl OutputImage {
    /// Width and height in pixels; `None` before the sensor's modes are known.
    pub fn size(&self) -> Option<UVec2> {
        self.stable.shape().map(|shape| shape.size)
    }

    /// Format of the texture; `None` before the sensor's modes are known.
    pub fn format(&self) -> Option<TextureFormat> {
        self.stable.shape().map(|shape| shape.format)
    }
}

/// An output's handle is a new one: its resolution or its format has changed.
///
/// [`StandardMaterial`]s and, with the feature `ui`, all `ImageNode`s take the new one in the same update; so do other materials with
/// [`FollowOutputsPlugin`]. Whatever else holds the old handle must take the new one when it reads this message: the old
/// image stays as it was.
#[derive(Message, Clone, Debug)]
pub struct OutputImageChanged {
    /// The output entity.
    pub output: Entity,
    /// The handle until now.
    pub old: Handle<Image>,
    /// The handle from now on.
    pub new: Handle<Image>,
}

/// Reserves the handle that the output keeps.
pub(super) fn reserve_image(mut world: DeferredWorld, context: HookContext) {
    let Some(images) = world.get_resource::<Assets<Image>>() else {
        return;
    };
    let handle = images.reserve_handle();
    if let Some(mut image) = world.get_mut::<OutputImage>(context.entity)
        && image.image == Handle::default()
    {
        image.image = handle;
    }
}
