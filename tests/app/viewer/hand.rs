//! A hand on mouse and keyboard: sends the events that a window sends.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput, NativeKey};
use bevy::input::mouse::{MouseButtonInput, MouseMotion};
use bevy::prelude::*;
use bevy::ui::{RelativeCursorPosition, UiGlobalTransform};
use bevy::window::{CursorMoved, PrimaryWindow};

use crate::support::update;

fn window(app: &mut App) -> Entity {
    let mut windows = app
        .world_mut()
        .query_filtered::<Entity, With<PrimaryWindow>>();
    windows.single(app.world()).expect("a window")
}

/// Moves the pointer to a place in physical pixels.
pub(super) fn point(app: &mut App, place: Vec2) {
    let window = window(app);
    let mut of_window = app.world_mut().get_mut::<Window>(window).unwrap();
    let before = of_window.physical_cursor_position();
    of_window.set_physical_cursor_position(Some(place.as_dvec2()));
    app.world_mut().write_message(CursorMoved {
        window,
        position: place,
        delta: before.map(|before| place - before),
    });
    if let Some(before) = before {
        app.world_mut().write_message(MouseMotion {
            delta: place - before,
        });
    }
    update(app);
}

/// Presses or releases the left button.
pub(super) fn button(app: &mut App, state: ButtonState) {
    let window = window(app);
    app.world_mut().write_message(MouseButtonInput {
        button: MouseButton::Left,
        state,
        window,
    });
    update(app);
}

/// Clicks at a place.
pub(super) fn click(app: &mut App, place: Vec2) {
    point(app, place);
    button(app, ButtonState::Pressed);
    button(app, ButtonState::Released);
}

/// Drags from a place to another one.
pub(super) fn drag(app: &mut App, from: Vec2, to: Vec2) {
    point(app, from);
    button(app, ButtonState::Pressed);
    point(app, from.midpoint(to));
    point(app, to);
    button(app, ButtonState::Released);
}

/// Presses and releases a key.
pub(super) fn key(app: &mut App, key_code: KeyCode) {
    for state in [ButtonState::Pressed, ButtonState::Released] {
        let window = window(app);
        app.world_mut().write_message(KeyboardInput {
            key_code,
            logical_key: Key::Unidentified(NativeKey::Unidentified),
            state,
            text: None,
            repeat: false,
            window,
        });
        update(app);
    }
}

/// The shown text that begins with these words.
pub(super) fn text(app: &mut App, words: &str) -> Entity {
    let world = app.world_mut();
    let mut texts = world.query::<(Entity, &Text, &ComputedNode, &InheritedVisibility)>();
    let found = texts.iter(world).find(|(_, text, node, visible)| {
        text.0.starts_with(words) && visible.get() && node.size.min_element() > 0.0
    });
    found
        .map(|(entity, ..)| entity)
        .unwrap_or_else(|| panic!("{words:?} is not on the screen"))
}

/// The middle of a node, in physical pixels.
pub(super) fn middle(app: &App, node: Entity) -> Vec2 {
    let place = app.world().get::<UiGlobalTransform>(node);
    place.expect("a node").translation
}

/// Clicks the text that begins with these words.
pub(super) fn click_text(app: &mut App, words: &str) {
    let node = text(app, words);
    let place = middle(app, node);
    click(app, place);
}

/// All shown texts that are these words.
fn labels(app: &mut App, words: &str) -> Vec<Entity> {
    let world = app.world_mut();
    let mut texts = world.query::<(Entity, &Text, &ComputedNode, &InheritedVisibility)>();
    texts
        .iter(world)
        .filter(|(_, text, node, visible)| {
            text.0 == words && visible.get() && node.size.min_element() > 0.0
        })
        .map(|(entity, ..)| entity)
        .collect()
}

fn parent(app: &App, node: Entity) -> Entity {
    app.world().get::<ChildOf>(node).expect("a parent").parent()
}

fn children(app: &App, node: Entity) -> Vec<Entity> {
    let children = app.world().get::<Children>(node);
    children
        .map(|children| children.to_vec())
        .unwrap_or_default()
}

/// The groove of the slider with that name: its left end and its right end.
pub(super) fn groove(app: &mut App, name: &str) -> (Vec2, Vec2) {
    for label in labels(app, name) {
        let row = parent(app, parent(app, label));
        for node in children(app, row) {
            if app.world().get::<RelativeCursorPosition>(node).is_some() {
                let half = app.world().get::<ComputedNode>(node).unwrap().size * 0.5;
                let middle = middle(app, node);
                return (middle - Vec2::X * half.x, middle + Vec2::X * half.x);
            }
        }
    }
    panic!("there is no slider {name:?}");
}

/// Clicks the button with these words in the row of that name.
pub(super) fn click_in_row(app: &mut App, name: &str, words: &str) {
    for label in labels(app, name) {
        let row = parent(app, label);
        for button in children(app, row) {
            for text in children(app, button) {
                if app.world().get::<Text>(text).is_some_and(|t| t.0 == words) {
                    let place = middle(app, button);
                    click(app, place);
                    return;
                }
            }
        }
    }
    panic!("{name} has no button {words:?}");
}
