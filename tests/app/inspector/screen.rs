//! What is on the screen, as egui describes it to screen readers.

use bevy::prelude::*;
use bevy_kinect_inspector::bevy_egui::EguiOutput;
use bevy_kinect_inspector::bevy_egui::egui::accesskit::{Node, Toggled};

/// A widget on the screen.
#[derive(Clone, Debug)]
pub(super) struct Control {
    pub(super) name: String,
    /// The text of a field, a drop-down or a figure.
    pub(super) value: String,
    /// Whether a switch is on, or an entry is chosen.
    pub(super) is_on: Option<bool>,
    pub(super) is_disabled: bool,
    /// Its place in physical pixels.
    pub(super) place: Rect,
}

/// All widgets from top to bottom, those beside each other from left to right.
pub(super) fn controls(app: &mut App) -> Vec<Control> {
    let mut outputs = app.world_mut().query::<&EguiOutput>();
    let mut all = Vec::new();
    for output in outputs.iter(app.world()) {
        let Some(tree) = &output.platform_output.accesskit_update else {
            continue;
        };
        let scale = output.pixels_per_point;
        all.extend(tree.nodes.iter().map(|(_, node)| control(node, scale)));
    }
    let order = |of: &Control| (of.place.min.y as i32, of.place.min.x as i32);
    all.sort_by_key(order);
    all
}

fn control(node: &Node, scale: f32) -> Control {
    let bounds = node.bounds().unwrap_or_default();
    let corner = |x: f64, y: f64| Vec2::new(x as f32, y as f32) * scale;
    Control {
        name: node.label().unwrap_or_default().to_owned(),
        value: node.value().unwrap_or_default().to_owned(),
        is_on: node.toggled().map(|toggled| toggled == Toggled::True),
        is_disabled: node.is_disabled(),
        place: Rect::from_corners(corner(bounds.x0, bounds.y0), corner(bounds.x1, bounds.y1)),
    }
}

/// The widget with that name, if it is there. If there are several, the uppermost.
pub(super) fn find(app: &mut App, name: &str) -> Option<Control> {
    controls(app)
        .into_iter()
        .find(|control| control.name == name)
}

/// The widget with that name.
pub(super) fn get(app: &mut App, name: &str) -> Control {
    find(app, name).unwrap_or_else(|| {
        let mut names: Vec<String> = controls(app).into_iter().map(|of| of.name).collect();
        names.retain(|name| !name.is_empty());
        panic!("{name:?} is not on the screen, which shows {names:?}")
    })
}

/// The text of the figure, field or drop-down with that name.
pub(super) fn value(app: &mut App, name: &str) -> String {
    get(app, name).value
}

/// Whether these words are on the screen.
pub(super) fn says(app: &mut App, words: &str) -> bool {
    controls(app)
        .iter()
        .any(|of| of.name.contains(words) || of.value.contains(words))
}
