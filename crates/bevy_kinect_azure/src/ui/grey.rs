//! Shows images of one channel as grey; sampled directly they would be red.

use bevy::asset::embedded_asset;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::render_resource::AsBindGroup;
use bevy::shader::ShaderRef;
use bevy::ui_render::UiRenderPlugin;

/// Draws the red channel of an image as grey.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub(super) struct GreyMaterial {
    #[texture(0)]
    #[sampler(1)]
    pub(super) image: Handle<Image>,
}

impl UiMaterial for GreyMaterial {
    fn fragment_shader() -> ShaderRef {
        "embedded://bevy_kinect_azure/ui/grey.wgsl".into()
    }
}

/// Adds the material, if the app renders a UI.
pub(super) fn build(app: &mut App) {
    if app.get_sub_app(RenderApp).is_some() && app.is_plugin_added::<UiRenderPlugin>() {
        embedded_asset!(app, "grey.wgsl");
        app.add_plugins(UiMaterialPlugin::<GreyMaterial>::default());
    }
}
