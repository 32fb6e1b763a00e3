//! Colours and letters of the examples.

use bevy::prelude::*;

/// The colour of the background.
pub const BACKGROUND: Color = Color::srgb(0.055, 0.062, 0.075);
/// The background colour of a panel.
pub const PANEL: Color = Color::srgb(0.09, 0.1, 0.12);
/// The colour of text.
pub const TEXT: Color = Color::srgb(0.9, 0.92, 0.95);
/// The colour of labels.
pub const LABEL: Color = Color::srgb(0.62, 0.66, 0.72);
/// The colour of problems.
pub const PROBLEM: Color = Color::srgb(1.0, 0.55, 0.4);

/// Bevy's own font in that size, in logical pixels.
pub fn text_font(size: f32) -> TextFont {
    TextFont {
        font_size: FontSize::Px(size),
        ..default()
    }
}
