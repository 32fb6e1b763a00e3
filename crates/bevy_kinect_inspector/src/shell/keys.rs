//! Keys of the inspector, and keys that are left to the app.

use bevy::input::keyboard::KeyboardInput;
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiInput, egui};

use crate::inspector::KinectInspector;
use crate::own_context::OwnContext;

/// Whether the panel is to get the keyboard's focus when it is drawn next.
#[derive(Resource, Default)]
pub(crate) struct FocusRequest(pub(crate) bool);

/// Shows and hides the panel.
pub(crate) fn toggle(
    mut typed: MessageReader<KeyboardInput>,
    keys: Res<ButtonInput<KeyCode>>,
    wants: Res<EguiWantsInput>,
    mut inspector: ResMut<KinectInspector>,
    mut focus: ResMut<FocusRequest>,
) {
    let Some(key) = inspector.key else {
        typed.clear();
        return;
    };
    for message in typed.read() {
        if message.key_code != key || !message.state.is_pressed() || message.repeat {
            continue;
        }
        // A letter that is typed into a text field.
        if message.text.is_some() && wants.wants_keyboard_input() {
            continue;
        }
        if keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]) {
            inspector.shown = true;
            focus.0 = true;
        } else {
            inspector.shown = !inspector.shown;
        }
    }
}

/// Leaves keys to the app while the pointer is elsewhere and no control of the panel has the focus. Otherwise Tab would give the focus to
/// the panel.
pub(crate) fn leave_to_the_app(
    wants: Res<EguiWantsInput>,
    mut inputs: Query<&mut EguiInput, With<OwnContext>>,
) {
    if wants.wants_any_input() {
        return;
    }
    for mut input in &mut inputs {
        input.events.retain(|event| {
            !matches!(
                event,
                egui::Event::Key { pressed: true, .. }
                    | egui::Event::Text(_)
                    | egui::Event::Paste(_)
                    | egui::Event::Copy
                    | egui::Event::Cut
            )
        });
    }
}
