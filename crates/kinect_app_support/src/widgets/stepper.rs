//! Steppers: a name, and a value among a few, with a button to each side.

use bevy::prelude::*;
use bevy::text::{Justify, LineBreak};

use super::button::Lit;
use super::events::Stepped;
use super::focusable::Focusable;
use super::parts::set_text;
use crate::style::{LABEL, RAISED, TEXT, text_font};

/// The value that a stepper shows.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
pub struct Stepper {
    /// The present value.
    pub value: String,
}

/// One of the two buttons.
#[derive(Component, Clone, Copy, Debug)]
#[require(Button)]
pub(super) struct StepButton {
    of: Entity,
    by: i32,
}

/// The text with the value.
#[derive(Component, Clone, Copy, Debug)]
pub(super) struct StepValue(Entity);

/// A stepper with that name, and with `more` components of the app.
pub fn stepper(parent: &mut ChildSpawnerCommands, name: &str, more: impl Bundle) {
    let mut row = parent.spawn((
        Stepper::default(),
        Focusable,
        Node {
            align_items: AlignItems::Center,
            column_gap: px(4),
            padding: UiRect::axes(px(4), px(1)),
            border_radius: BorderRadius::all(px(5)),
            ..default()
        },
        more,
    ));
    let of = row.id();
    row.with_children(|row| {
        row.spawn((
            Text::new(name),
            TextLayout::new(Justify::Left, LineBreak::NoWrap),
            text_font(12.0),
            TextColor(LABEL),
            Node {
                width: px(88),
                flex_shrink: 0.0,
                ..default()
            },
        ));
        step_button(row, "<", StepButton { of, by: -1 });
        row.spawn(Node {
            flex_grow: 1.0,
            flex_basis: px(0),
            min_width: px(0),
            justify_content: JustifyContent::Center,
            overflow: Overflow::clip(),
            ..default()
        })
        .with_child((
            StepValue(of),
            Text::default(),
            TextLayout::new(Justify::Center, LineBreak::NoWrap),
            text_font(12.0),
            TextColor(TEXT),
        ));
        step_button(row, ">", StepButton { of, by: 1 });
    });
}

fn step_button(row: &mut ChildSpawnerCommands, text: &str, step: StepButton) {
    row.spawn((
        step,
        Lit(false),
        BackgroundColor(RAISED),
        Node {
            padding: UiRect::axes(px(8), px(3)),
            border_radius: BorderRadius::all(px(4)),
            flex_shrink: 0.0,
            ..default()
        },
    ))
    .with_child((Text::new(text), text_font(12.0), TextColor(TEXT)));
}

/// Reports steps.
pub(super) fn press(
    mut commands: Commands,
    buttons: Query<(&Interaction, &StepButton), Changed<Interaction>>,
) {
    for (interaction, step) in &buttons {
        if *interaction == Interaction::Pressed {
            commands.trigger(Stepped {
                widget: step.of,
                by: step.by,
            });
        }
    }
}

pub(super) fn draw(steppers: Query<Ref<Stepper>>, mut values: Query<(&StepValue, &mut Text)>) {
    for (value, mut text) in &mut values {
        if let Ok(stepper) = steppers.get(value.0)
            && stepper.is_changed()
        {
            set_text(&mut text, &stepper.value);
        }
    }
}
