//! The list of pages.

use bevy::prelude::*;
use bevy_egui::egui::{
    Align, Button, Color32, CornerRadius, Key, Layout, Modifiers, Rect, RichText, Stroke, Ui,
    UiBuilder, vec2,
};

use super::keys::FocusRequest;
use crate::controls::named;
use crate::inspector::KinectInspector;
use crate::page::Page;
use crate::style::{CHOSEN, LABEL, RAIL, TEXT};

/// Shows the list, and turns to the page that is chosen.
pub(super) fn show(ui: &mut Ui, list: Rect, page: Page, world: &mut World) {
    ui.painter().rect_filled(list, CornerRadius::ZERO, RAIL);
    let wants_focus = world.resource::<FocusRequest>().0;
    if wants_focus {
        world.resource_mut::<FocusRequest>().0 = false;
    }
    let builder = UiBuilder::new()
        .id_salt("pages")
        .max_rect(list.shrink2(vec2(6.0, 8.0)))
        .layout(Layout::top_down_justified(Align::Min));
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut chosen = step_by_keys(ui, page);
    for of in Page::ALL {
        if let Some(group) = of.group() {
            ui.add_space(6.0);
            ui.label(RichText::new(group).small().color(LABEL));
        }
        let is_shown = of == page;
        let (fill, color) = match is_shown {
            true => (CHOSEN, Color32::WHITE),
            false => (RAIL, TEXT),
        };
        let button = Button::new(RichText::new(of.title()).color(color))
            .fill(fill)
            .stroke(Stroke::NONE);
        let response = ui.add(button);
        named(ui, &response, of.title());
        if is_shown && wants_focus {
            response.request_focus();
        }
        if response.clicked() {
            chosen = Some(of);
        }
    }
    if let Some(page) = chosen {
        world.resource_mut::<KinectInspector>().page = page;
    }
}

/// The page beside the present one, if Ctrl and Page Up or Page Down are pressed.
fn step_by_keys(ui: &Ui, page: Page) -> Option<Page> {
    let steps = ui.input_mut(|input| {
        let down = input.consume_key(Modifiers::CTRL, Key::PageDown);
        let up = input.consume_key(Modifiers::CTRL, Key::PageUp);
        isize::from(down) - isize::from(up)
    });
    (steps != 0).then(|| page.step(steps))
}
