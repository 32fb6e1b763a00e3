//! Images of outputs as textures of egui.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy_egui::egui::TextureId;
use bevy_egui::{EguiTextureHandle, EguiUserTextures};
use bevy_kinect_azure::image_output::{OutputImage, OutputImageChanged};

/// The textures of images. egui forgets an image that is removed.
#[derive(SystemParam)]
pub(crate) struct Textures<'w, 's> {
    known: ResMut<'w, EguiUserTextures>,
    changed: MessageReader<'w, 's, OutputImageChanged>,
}

impl Textures<'_, '_> {
    /// The texture of an output; `None` while it has no image, and if its format cannot be shown.
    pub(super) fn of(&mut self, image: &OutputImage) -> Option<TextureId> {
        // The output does not write into its former image any more.
        for change in self.changed.read() {
            self.known.remove_image(change.old.id());
        }
        if !can_be_shown(image.format()?) {
            return None;
        }
        let id = image.image.id();
        if let Some(known) = self.known.image_id(id) {
            return Some(known);
        }
        Some(self.known.add_image(EguiTextureHandle::Weak(id)))
    }
}

/// Whether every GPU can filter the format.
fn can_be_shown(format: TextureFormat) -> bool {
    matches!(
        format,
        TextureFormat::Rgba8Unorm
            | TextureFormat::Rgba8UnormSrgb
            | TextureFormat::Bgra8Unorm
            | TextureFormat::Bgra8UnormSrgb
            | TextureFormat::Rgba16Float
            | TextureFormat::Rgb10a2Unorm
            | TextureFormat::Rg11b10Ufloat
            | TextureFormat::R8Unorm
            | TextureFormat::Rg8Unorm
            | TextureFormat::R16Float
            | TextureFormat::Rg16Float
    )
}
