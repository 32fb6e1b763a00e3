//! Moves the focus, and operates the widget that has it.

use bevy::prelude::*;
use bevy::ui::UiGlobalTransform;

use super::events::{Clicked, Moved, Stepped};
use super::focusable::{Focusable, KeyFocus};
use super::slider::Slider;
use super::stepper::Stepper;
use crate::style::ACCENT;

/// Steps of a slider at a key press, and with Shift.
const STEPS: [i32; 2] = [1, 10];

pub(super) fn keys(
    keys: Res<ButtonInput<KeyCode>>,
    mut focus: ResMut<KeyFocus>,
    widgets: Query<
        (
            Entity,
            &ComputedNode,
            &UiGlobalTransform,
            &InheritedVisibility,
        ),
        With<Focusable>,
    >,
    steppers: Query<(), With<Stepper>>,
    sliders: Query<&Slider>,
    mut commands: Commands,
) {
    let is_shown = |node: &ComputedNode, visible: &InheritedVisibility| {
        visible.get() && node.size.min_element() > 0.0
    };
    // A widget that was removed or hidden has no focus.
    let present = focus.0.filter(|&widget| {
        widgets
            .get(widget)
            .is_ok_and(|(_, node, _, visible)| is_shown(node, visible))
    });
    focus.set_if_neq(KeyFocus(present));
    for key in keys.get_just_pressed() {
        let by = match key {
            KeyCode::ArrowDown | KeyCode::ArrowUp => {
                let mut shown: Vec<_> = widgets
                    .iter()
                    .filter(|(_, node, _, visible)| is_shown(node, visible))
                    .map(|(widget, node, place, _)| {
                        let corner = place.translation - node.size * 0.5;
                        (corner.y.round() as i64, corner.x.round() as i64, widget)
                    })
                    .collect();
                shown.sort_unstable();
                let forward = *key == KeyCode::ArrowDown;
                focus.0 = next(&shown, focus.0, forward);
                continue;
            }
            KeyCode::Escape => {
                focus.0 = None;
                continue;
            }
            KeyCode::Enter | KeyCode::NumpadEnter => 0,
            KeyCode::ArrowRight => 1,
            KeyCode::ArrowLeft => -1,
            _ => continue,
        };
        let Some(widget) = focus.0 else { continue };
        let slider = sliders.get(widget).ok();
        match (by, slider) {
            (0, _) if steppers.contains(widget) => commands.trigger(Stepped { widget, by: 1 }),
            (0, _) => commands.trigger(Clicked { widget }),
            (by, Some(slider)) => {
                let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
                if let Some(range) = slider.range {
                    let from = slider.value.unwrap_or(range.default);
                    let to = range.stepped(from, by * STEPS[usize::from(shift)]);
                    commands.trigger(Moved { widget, to });
                }
            }
            (by, None) if steppers.contains(widget) => commands.trigger(Stepped { widget, by }),
            _ => {}
        }
    }
}

/// The widget after the present one from top to bottom and from left to right, or before it; at the ends from the other end.
fn next(shown: &[(i64, i64, Entity)], present: Option<Entity>, forward: bool) -> Option<Entity> {
    let at = shown
        .iter()
        .position(|&(_, _, widget)| Some(widget) == present);
    let index = match (at, forward) {
        (None, true) => 0,
        (None, false) => shown.len().checked_sub(1)?,
        (Some(at), true) => (at + 1) % shown.len(),
        (Some(at), false) => (at + shown.len() - 1) % shown.len(),
    };
    shown.get(index).map(|&(_, _, widget)| widget)
}

/// Draws a line around the widget.
pub(super) fn outline(
    focus: Res<KeyFocus>,
    mut widgets: Query<(Entity, &mut Outline), With<Focusable>>,
) {
    if !focus.is_changed() {
        return;
    }
    for (widget, mut outline) in &mut widgets {
        let color = if focus.0 == Some(widget) {
            ACCENT
        } else {
            Color::NONE
        };
        if outline.color != color {
            outline.color = color;
        }
    }
}
