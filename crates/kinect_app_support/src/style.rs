//! Colours and letters of the examples.

use bevy::prelude::*;

/// The colour of the background.
pub const BACKGROUND: Color = Color::srgb(0.055, 0.062, 0.075);
/// The background colour of a panel.
pub const PANEL: Color = Color::srgb(0.09, 0.1, 0.12);
/// The colour of buttons.
pub const RAISED: Color = Color::srgb(0.135, 0.15, 0.18);
/// The colour of a button under the pointer.
pub const HOVERED: Color = Color::srgb(0.18, 0.2, 0.24);
/// The colour of a button that is held down.
pub const HELD: Color = Color::srgb(0.2, 0.3, 0.42);
/// The colour of a button whose choice is on.
pub const CHOSEN: Color = Color::srgb(0.16, 0.33, 0.52);
/// The colour of present values, and of the frame around the widget that the keys operate.
pub const ACCENT: Color = Color::srgb(0.42, 0.7, 1.0);
/// The colour of text.
pub const TEXT: Color = Color::srgb(0.9, 0.92, 0.95);
/// The colour of labels.
pub const LABEL: Color = Color::srgb(0.62, 0.66, 0.72);
/// The colour of a state in which all is well.
pub const GOOD: Color = Color::srgb(0.45, 0.85, 0.55);
/// The colour of notices, for example that something takes time.
pub const NOTICE: Color = Color::srgb(1.0, 0.8, 0.42);
/// The colour of problems.
pub const PROBLEM: Color = Color::srgb(1.0, 0.55, 0.4);

/// Bevy's own font in that size, in logical pixels.
pub fn text_font(size: f32) -> TextFont {
    TextFont {
        font_size: FontSize::Px(size),
        ..default()
    }
}

/// The text in ASCII, because Bevy's own font has no other characters. Other characters are replaced by ASCII
/// characters with the same meaning, or by a question mark.
pub fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | ' '..='~' => printable.push(character),
            '…' => printable.push_str("..."),
            '→' => printable.push_str("->"),
            '–' | '—' | '−' => printable.push('-'),
            '‘' | '’' => printable.push('\''),
            '“' | '”' | '«' | '»' => printable.push('"'),
            '×' => printable.push('x'),
            'µ' | 'μ' => printable.push('u'),
            '°' => printable.push_str(" deg"),
            '\t' | '\u{a0}' => printable.push(' '),
            _ => printable.push('?'),
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn characters_that_the_font_lacks_become_others() {
        assert_eq!(printable("33 µs … “a” → b"), "33 us ... \"a\" -> b");
        assert_eq!(printable("日\n~"), "?\n~");
    }
}
