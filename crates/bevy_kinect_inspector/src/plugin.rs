//! The plugin.

use bevy::input::InputSystems;
use bevy::prelude::*;
use bevy::render::{ExtractSchedule, RenderApp};
use bevy_egui::input::absorb_bevy_input_system;
use bevy_egui::{
    EguiGlobalSettings, EguiInputSet, EguiPlugin, EguiPreUpdateSet, EguiPrimaryContextPass,
};

use crate::input::{absorb_sums, inspector_wants_pointer};
use crate::inspector::{InspectorCamera, KinectInspector};
use crate::markers::PlaybackMarkers;
use crate::page::Page;
use crate::pages;
use crate::shell::context::{self, InspectorPass};
use crate::shell::{draw, keys, scale, selection};

/// The inspector. Add it after `DefaultPlugins` and `KinectAzurePlugin`, and after `EguiPlugin` if the app uses egui itself; `EguiPlugin` is
/// added if it is missing.
///
/// The fields are the first values of [`KinectInspector`].
#[derive(Clone, Debug)]
pub struct KinectInspectorPlugin {
    /// See [`KinectInspector::key`].
    pub key: Option<KeyCode>,
    /// See [`KinectInspector::shown`].
    pub shown: bool,
}

impl Default for KinectInspectorPlugin {
    fn default() -> Self {
        Self {
            key: Some(KeyCode::F1),
            shown: false,
        }
    }
}

fn is_shown(inspector: Res<KinectInspector>) -> bool {
    inspector.shown
}

fn absorbs(inspector: Res<KinectInspector>) -> bool {
    inspector.shown && inspector.absorb_input
}

impl Plugin for KinectInspectorPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<EguiPlugin>() {
            app.add_plugins(EguiPlugin::default());
            // The inspector's context exists only while it is shown.
            app.world_mut()
                .resource_mut::<EguiGlobalSettings>()
                .auto_create_primary_context = false;
        }
        let absorb = (
            absorb_bevy_input_system,
            absorb_sums.run_if(inspector_wants_pointer),
        );
        pages::build(app);
        app.register_type::<KinectInspector>()
            .register_type::<InspectorCamera>()
            .register_type::<Page>()
            .register_type::<PlaybackMarkers>()
            .insert_resource(KinectInspector {
                key: self.key,
                shown: self.shown,
                ..default()
            })
            .init_resource::<context::Kept>()
            .init_resource::<keys::FocusRequest>()
            .init_schedule(InspectorPass)
            .add_systems(
                PreUpdate,
                (
                    keys::toggle
                        .after(InputSystems)
                        .before(EguiPreUpdateSet::InitContexts),
                    (
                        context::attach.run_if(is_shown),
                        context::detach.run_if(not(is_shown)),
                        (scale::fit, selection::choose_sensor).run_if(is_shown),
                    )
                        .chain()
                        .after(keys::toggle)
                        .before(EguiPreUpdateSet::InitContexts),
                    absorb.in_set(EguiInputSet::WriteEguiEvents).run_if(absorbs),
                    keys::leave_to_the_app
                        .after(EguiPreUpdateSet::ProcessInput)
                        .run_if(is_shown),
                ),
            )
            .add_systems(InspectorPass, draw::draw.run_if(is_shown))
            .add_systems(
                EguiPrimaryContextPass,
                draw::draw.run_if(is_shown).run_if(not(context::is_our_own)),
            );
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app.add_systems(ExtractSchedule, context::let_go);
        }
    }
}
