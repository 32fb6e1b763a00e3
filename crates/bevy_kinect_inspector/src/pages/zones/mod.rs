//! The page "Zones": parts of the room that report players, on a floor plan and in the app's 3D view.
//!
//! - [`shape`]: outlines, handles, and the changes that dragging a handle makes; [`view`]: the window of the plan.
//! - [`editing`]: the chosen zone and the drag that is under way; [`handle`]: a handle as a control.
//! - [`seen`]: the floor that a sensor sees; [`plan`]: the floor plan; [`scene`]: handles and lines in 3D.
//! - [`settings`]: the settings of the chosen zone; [`page`]: the list of zones, and everything together.

mod editing;
mod handle;
mod page;
mod plan;
mod scene;
mod seen;
mod settings;
mod shape;
mod view;

use bevy::gizmos::GizmoPlugin;
use bevy::prelude::*;

pub(crate) use page::show;

use crate::inspector::KinectInspector;
use crate::page::Page;

/// What the page needs beside its entry.
pub(crate) fn build(app: &mut App) {
    app.init_resource::<editing::ZoneEditing>();
    if app.is_plugin_added::<GizmoPlugin>() {
        app.init_gizmo_group::<scene::ZoneGizmos>()
            .add_systems(PostUpdate, scene::draw.run_if(is_shown));
    }
}

fn is_shown(inspector: Res<KinectInspector>) -> bool {
    inspector.shown && inspector.page == Page::Zones
}
