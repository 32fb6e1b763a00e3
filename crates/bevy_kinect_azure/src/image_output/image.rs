//! The image of an output: its handle, and what is told when it becomes another.

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
/// The handle is there from the moment the output is spawned and gets its image when the sensor's modes are known. A
/// change of size or format gives a new handle as soon as the new image is drawn; until then the old one stays as it was.
/// Materials take the new one by themselves, see [`OutputImageChanged`].
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct OutputImage {
    /// The image.
    pub image: Handle<Image>,
    /// What the image is, once it is made.
    #[reflect(ignore)]
    pub(super) shape: Option<ImageShape>,
    #[reflect(ignore)]
    pub(super) report: Arc<FillReport>,
    /// The image that takes its place as soon as it is drawn.
    #[reflect(ignore)]
    pub(super) next: Option<NextImage>,
    /// The modes of the sensor, as they were when it last had any.
    #[reflect(ignore)]
    pub(super) modes: Option<Modes>,
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
        self.shape.map(|shape| shape.size)
    }

    /// Format of the texture; `None` before the sensor's modes are known.
    pub fn format(&self) -> Option<TextureFormat> {
        self.shape.map(|shape| shape.format)
    }
}

/// An image of another size or format that is about to be shown.
#[derive(Clone, Debug)]
pub(super) struct NextImage {
    pub(super) image: Handle<Image>,
    pub(super) shape: ImageShape,
    pub(super) report: Arc<FillReport>,
}

/// How far an output's image is on its way to a shape.
pub(super) enum Step {
    /// It has that shape.
    Same,
    /// It was made just now, the first of the output.
    Published,
    /// The next image is not drawn yet.
    Waiting,
    /// The next image took its place; this was the one before.
    Replaced(Handle<Image>),
}

impl OutputImage {
    /// Goes one step towards an image of that shape (`views`: colour may also be read as it is stored). Materials hold on to the
    /// texture of a handle, so that another shape needs another handle; it is published when there is something in it.
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

    /// The image to be drawn: the next one, where there is one.
    pub(super) fn target(&self) -> Option<(AssetId<Image>, ImageShape, &Arc<FillReport>)> {
        match &self.next {
            Some(next) => Some((next.image.id(), next.shape, &next.report)),
            None => Some((self.image.id(), self.shape?, &self.report)),
        }
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
