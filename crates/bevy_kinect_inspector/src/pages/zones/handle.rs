//! A handle of a zone as a control: dragged with the pointer, moved with the arrow keys.

use bevy::prelude::*;
use bevy_egui::egui::{
    CursorIcon, EventFilter, Id, Key, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo,
    WidgetType, vec2,
};

use super::editing::{Grab, ZoneEditing};
use super::shape::{Handle, Placed};
use crate::style::{ACCENT, TEXT, WELL};

/// The size of handles, in points.
pub(crate) const SIZE: f32 = 16.0;

/// The distances by which the arrow keys move a handle: alone, with Shift, with Alt; in metres.
const NUDGES: [f32; 3] = [0.05, 0.5, 0.01];

/// Shows a handle in the middle of a rectangle of the panel.
pub(crate) fn show(ui: &Ui, at: Pos2, id: Id, handle: Handle, name: &str) -> Response {
    let place = Rect::from_center_size(at, vec2(SIZE, SIZE));
    let response = ui
        .interact(place, id, Sense::drag())
        .on_hover_and_drag_cursor(CursorIcon::Move);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, name));
    let is_near = response.hovered() || response.dragged() || response.has_focus();
    let color = if is_near { TEXT } else { ACCENT };
    let painter = ui.painter();
    match handle {
        Handle::Whole => {
            painter.circle(at, 5.0, WELL.gamma_multiply(0.7), Stroke::new(1.5, color));
            painter.circle_filled(at, 1.5, color);
        }
        Handle::Corner(_) => {
            let square = Rect::from_center_size(at, vec2(7.0, 7.0));
            painter.rect_filled(square, 1.0, color);
        }
    }
    response
}

/// The name of a handle.
pub(crate) fn name(handle: Handle, zone: &str) -> String {
    match handle {
        Handle::Whole => format!("Move {zone}"),
        Handle::Corner(number) => format!("Corner {} of {zone}", number + 1),
    }
}

/// The zone as the user drags or nudges it by a handle; `floor` is the point on the floor under a point of the panel.
pub(crate) fn follow(
    ui: &Ui,
    response: &Response,
    (zone, handle): (Entity, Handle),
    placed: &Placed,
    editing: &mut ZoneEditing,
    floor: impl Fn(Pos2) -> Option<Vec2>,
) -> Option<Placed> {
    if response.drag_started() {
        response.request_focus();
        editing.selected = Some(zone);
        let origin = ui.input(|input| input.pointer.press_origin());
        editing.grab = origin.and_then(&floor).map(|from| Grab {
            control: response.id,
            zone,
            handle,
            before: placed.clone(),
            from,
        });
    }
    if response.gained_focus() {
        editing.selected = Some(zone);
    }
    if response.dragged() {
        return drag(response, editing, floor);
    }
    if response.drag_stopped() {
        editing.grab = None;
    }
    if !response.has_focus() {
        return None;
    }
    ui.memory_mut(|memory| {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        memory.set_focus_lock_filter(response.id, filter);
    });
    let by = nudge(ui);
    (by != Vec2::ZERO)
        .then(|| placed.dragged(handle, by))
        .flatten()
}

/// The zone of the drag that is under way, if a control is the one that is dragged.
pub(crate) fn drag(
    response: &Response,
    editing: &ZoneEditing,
    floor: impl Fn(Pos2) -> Option<Vec2>,
) -> Option<Placed> {
    let grab = editing.grab.as_ref()?;
    let at = floor(response.interact_pointer_pos()?)?;
    (grab.control == response.id)
        .then(|| grab.before.dragged(grab.handle, at - grab.from))
        .flatten()
}

/// The distance of the arrow keys that were pressed, seen as on the plan.
fn nudge(ui: &Ui) -> Vec2 {
    ui.input(|input| {
        let distance = match (input.modifiers.shift, input.modifiers.alt) {
            (true, _) => NUDGES[1],
            (_, true) => NUDGES[2],
            _ => NUDGES[0],
        };
        let keys = [
            (Key::ArrowLeft, Vec2::NEG_X),
            (Key::ArrowRight, Vec2::X),
            (Key::ArrowUp, Vec2::NEG_Y),
            (Key::ArrowDown, Vec2::Y),
        ];
        let pressed = |key| input.num_presses(key) as f32;
        keys.map(|(key, by)| by * pressed(key) * distance)
            .iter()
            .sum()
    })
}
