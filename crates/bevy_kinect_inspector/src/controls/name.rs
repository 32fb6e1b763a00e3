//! Accessible names.

use bevy_egui::egui::{Response, Ui};

/// Gives a widget a name for screen readers, and for tests, which find controls by their names.
pub(crate) fn named(ui: &Ui, response: &Response, name: &str) {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name));
}
