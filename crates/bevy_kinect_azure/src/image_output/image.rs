//! The image of an output: its handle, and the message that is sent when the handle changes.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use std::sync::Arc;

use super::image_shape::ImageShape;
use super::modes::Modes;
use crate::presence::expect_plugin;
use crate::stream::FillReport;

/// The image of an output. Read only.
///
/// The handle exists from the moment the output is spawned; its `Image` asset is added when the sensor's modes are known. After a
/// change of size or format, the output gets a new handle as soon as the new image is drawn; until then it keeps the old one.
/// Materials take the new handle by themselves, see [`OutputImageChanged`].
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Component, Default, Debug)]
pub struct OutputImage {
    /// The image.
    pub image: Handle<Image>,
    /// Size and format of the image, once it exists.
    #[reflect(ignore)]
    pub(super) shape: Option<ImageShape>,
    #[reflect(ignore)]
    pub(super) report: Arc<FillReport>,
    /// The image that replaces it as soon as it is drawn.
    #[reflect(ignore)]
    pub(super) next: Option<NextImage>,
    /// The sensor's modes when it last streamed.
    #[reflect(ignore)]
    pub(super) modes: Option<Modes>,
    /// Whether the colour image is uploaded directly into it.
    #[reflect(ignore)]
    pub(super) is_direct: bool,
    /// Whether the output's settings are refused: it shows nothing.
    #[reflect(ignore)]
    pub(super) is_refused: bool,
}

impl OutputImage {
    /// Width and height in pixels; `None` before the sensor's modes are known.
    pub fn size(&self) -> Option<UVec2> {
        self.shape.map(|shape| shape.size)
    }

    /// Format of the texture; `None` before the sensor's modes are known.
    pub fn format(&self) -> Option<TextureFormat> {
        self.shape.map(|shape| shape.format)
    }
}

/// An image of another size or format that will replace the present one.
#[derive(Clone, Debug)]
pub(super) struct NextImage {
    pub(super) image: Handle<Image>,
    pub(super) shape: ImageShape,
    pub(super) report: Arc<FillReport>,
}

/// The result of one step towards an image of the required shape.
pub(super) enum Step {
    /// It has that shape.
    Same,
    /// The output's first image was just created.
    Published,
    /// The next image is not drawn yet: keep the present one.
    Waiting,
    /// The next image took its place; the field is the former handle.
    Replaced(Handle<Image>),
}

impl OutputImage {
    /// Takes one step towards an image of this shape (`views`: whether the driver supports views of the stored values). Materials
    /// keep the texture of a handle, so another shape needs another handle, which is published once its image is drawn.
    pub(super) fn become_shape(
        &mut self,
        shape: ImageShape,
        views: bool,
        images: &mut Assets<Image>,
    ) -> Step {
        if self.shape == Some(shape) {
            self.next = None;
            return Step::Same;
        }
        if self.shape.is_none() {
            self.shape = Some(shape);
            if self.image == Handle::default()
                || images.insert(self.image.id(), shape.image(views)).is_err()
            {
                self.image = images.add(shape.image(views));
            }
            return Step::Published;
        }
        match self.next.take() {
            Some(next) if next.shape == shape && next.report.is_filled() => {
                self.shape = Some(shape);
                self.report = next.report;
                Step::Replaced(core::mem::replace(&mut self.image, next.image))
            }
            Some(next) if next.shape == shape => {
                self.next = Some(next);
                Step::Waiting
            }
            _ => {
                self.next = Some(NextImage {
                    image: images.add(shape.image(views)),
                    shape,
                    report: Arc::default(),
                });
                Step::Waiting
            }
        }
    }

    /// The image to draw: the next one if there is one, otherwise the present one.
    pub(super) fn target(&self) -> Option<(AssetId<Image>, ImageShape, &Arc<FillReport>)> {
        match &self.next {
            Some(next) => Some((next.image.id(), next.shape, &next.report)),
            None => Some((self.image.id(), self.shape?, &self.report)),
        }
    }
}

/// An output has a new image handle, because its resolution or format has changed.
///
/// [`StandardMaterial`]s and, with the feature `ui`, all `ImageNode`s take the new handle in the same update; so do other materials
/// with [`FollowOutputsPlugin`](crate::image_output::FollowOutputsPlugin). Other code that holds the old handle must replace it when it reads this message: the old image is
/// not updated any more.
#[derive(Message, Clone, Debug)]
pub struct OutputImageChanged {
    /// The output entity.
    pub output: Entity,
    /// The former handle.
    pub old: Handle<Image>,
    /// The new handle.
    pub new: Handle<Image>,
}

/// Reserves the output's first handle.
pub(super) fn reserve_image(mut world: DeferredWorld, context: HookContext) {
    expect_plugin(&mut world, "ImageOutput");
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
