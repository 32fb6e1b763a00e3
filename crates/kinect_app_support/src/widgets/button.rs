//! Buttons.

use bevy::prelude::*;

use super::events::Clicked;
use super::focusable::Focusable;
use crate::style::{CHOSEN, HELD, HOVERED, RAISED, TEXT, text_font};

/// The entity for which a click is reported: the button itself or, for a button inside another widget, that widget.
#[derive(Component, Clone, Copy, Debug)]
#[require(Button)]
pub(super) struct Press {
    reports: Option<Entity>,
}

/// Whether the choice that a button stands for is on.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lit(pub bool);

/// A button with that text, and with `more` components of the app.
pub fn button<'a>(
    parent: &'a mut ChildSpawnerCommands,
    text: &str,
    more: impl Bundle,
) -> EntityCommands<'a> {
    let mut button = parent.spawn((
        Press { reports: None },
        Lit(false),
        Focusable,
        BackgroundColor(RAISED),
        Node {
            justify_content: JustifyContent::Center,
            align_items: AlignItems::Center,
            padding: UiRect::axes(px(9), px(5)),
            border_radius: BorderRadius::all(px(5)),
            ..default()
        },
        more,
    ));
    button.with_child((Text::new(text), text_font(12.0), TextColor(TEXT)));
    button
}

/// A small button inside another widget; its clicks are reported for that widget.
pub(super) fn inner_button(
    parent: &mut ChildSpawnerCommands,
    text: &str,
    of: Entity,
    more: impl Bundle,
) {
    parent
        .spawn((
            Press { reports: Some(of) },
            Lit(false),
            BackgroundColor(RAISED),
            Node {
                padding: UiRect::axes(px(7), px(2)),
                border_radius: BorderRadius::all(px(4)),
                ..default()
            },
            more,
        ))
        .with_child((Text::new(text), text_font(11.0), TextColor(TEXT)));
}

/// Reports clicks.
pub(super) fn press(
    mut commands: Commands,
    buttons: Query<(Entity, &Interaction, &Press), Changed<Interaction>>,
) {
    for (button, interaction, press) in &buttons {
        if *interaction == Interaction::Pressed {
            let widget = press.reports.unwrap_or(button);
            commands.trigger(Clicked { widget });
        }
    }
}

/// Colours buttons by the pointer's state, and by whether their choice is on.
pub(super) fn tint(
    mut buttons: Query<
        (&Interaction, &Lit, &mut BackgroundColor),
        Or<(Changed<Interaction>, Changed<Lit>)>,
    >,
) {
    for (interaction, lit, mut color) in &mut buttons {
        color.0 = match (interaction, lit.0) {
            (Interaction::Pressed, _) => HELD,
            (_, true) => CHOSEN,
            (Interaction::Hovered, false) => HOVERED,
            (Interaction::None, false) => RAISED,
        };
    }
}
