//! Input that the panel uses, and the app does not get.

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll};
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;

/// Run condition: whether the panel, or other parts of egui, use the pointer: it is over them, or a drag began there.
pub fn inspector_wants_pointer(wants: Option<Res<EguiWantsInput>>) -> bool {
    wants.is_some_and(|wants| wants.wants_any_pointer_input())
}

/// Run condition: whether a control of the panel, or another part of egui, has the keyboard's focus.
pub fn inspector_wants_keyboard(wants: Option<Res<EguiWantsInput>>) -> bool {
    wants.is_some_and(|wants| wants.wants_any_keyboard_input())
}

/// Takes the sums of wheel and motion from the app, which egui's own absorption leaves.
pub(crate) fn absorb_sums(
    mut scroll: ResMut<AccumulatedMouseScroll>,
    mut motion: ResMut<AccumulatedMouseMotion>,
) {
    if scroll.delta != Vec2::ZERO {
        scroll.delta = Vec2::ZERO;
    }
    if motion.delta != Vec2::ZERO {
        motion.delta = Vec2::ZERO;
    }
}
