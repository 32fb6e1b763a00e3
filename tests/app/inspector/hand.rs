//! A hand on mouse and keyboard: sends the events that a window sends.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput, NativeKey};
use bevy::input::mouse::{MouseButtonInput, MouseMotion, MouseScrollUnit, MouseWheel};
use bevy::prelude::*;
use bevy::window::{CursorMoved, PrimaryWindow, WindowEvent};

use super::screen::{Control, find, get};
use super::stage::settle;
use crate::support::update;

fn window(app: &mut App) -> Entity {
    let mut windows = app
        .world_mut()
        .query_filtered::<Entity, With<PrimaryWindow>>();
    windows.single(app.world()).expect("a window")
}

/// Sends an event twice, as `bevy_winit` does: by itself, and in the order of all events of the window.
fn send<M: Message + Clone + Into<WindowEvent>>(app: &mut App, message: M) {
    app.world_mut()
        .write_message::<WindowEvent>(message.clone().into());
    app.world_mut().write_message(message);
}

/// Moves the pointer to a place in physical pixels.
pub(super) fn point(app: &mut App, place: Vec2) {
    let window = window(app);
    let mut of_window = app.world_mut().get_mut::<Window>(window).unwrap();
    let scale = of_window.scale_factor();
    let before = of_window.physical_cursor_position();
    of_window.set_physical_cursor_position(Some(place.as_dvec2()));
    let delta = before.map(|before| (place - before) / scale);
    send(
        app,
        CursorMoved {
            window,
            position: place / scale,
            delta,
        },
    );
    if let Some(delta) = delta {
        send(app, MouseMotion { delta });
    }
    update(app);
}

/// Presses or releases the left button.
pub(super) fn button(app: &mut App, state: ButtonState) {
    let window = window(app);
    send(
        app,
        MouseButtonInput {
            button: MouseButton::Left,
            state,
            window,
        },
    );
    update(app);
}

/// Clicks at a place.
pub(super) fn click_at(app: &mut App, place: Vec2) {
    point(app, place);
    button(app, ButtonState::Pressed);
    button(app, ButtonState::Released);
    settle(app);
}

/// Drags from a place to another one.
pub(super) fn drag(app: &mut App, from: Vec2, to: Vec2) {
    point(app, from);
    button(app, ButtonState::Pressed);
    point(app, from.midpoint(to));
    point(app, to);
    button(app, ButtonState::Released);
    settle(app);
}

/// Turns the wheel by lines, positive upwards.
pub(super) fn wheel(app: &mut App, lines: f32) {
    let window = window(app);
    send(
        app,
        MouseWheel {
            unit: MouseScrollUnit::Line,
            x: 0.0,
            y: lines,
            window,
            phase: bevy::input::touch::TouchPhase::Moved,
        },
    );
    update(app);
}

/// Presses or releases a key.
pub(super) fn key_state(app: &mut App, key_code: KeyCode, state: ButtonState) {
    let window = window(app);
    let logical_key = match key_code {
        KeyCode::ShiftLeft => Key::Shift,
        KeyCode::ControlLeft => Key::Control,
        KeyCode::AltLeft => Key::Alt,
        _ => Key::Unidentified(NativeKey::Unidentified),
    };
    send(
        app,
        KeyboardInput {
            key_code,
            logical_key,
            state,
            text: None,
            repeat: false,
            window,
        },
    );
    update(app);
}

/// Presses and releases a key.
pub(super) fn key(app: &mut App, key_code: KeyCode) {
    key_state(app, key_code, ButtonState::Pressed);
    key_state(app, key_code, ButtonState::Released);
    settle(app);
}

/// Presses and releases a key while another one is held.
pub(super) fn key_with(app: &mut App, held: KeyCode, key_code: KeyCode) {
    key_state(app, held, ButtonState::Pressed);
    key(app, key_code);
    key_state(app, held, ButtonState::Released);
}

/// Types a text.
pub(super) fn write(app: &mut App, text: &str) {
    let window = window(app);
    for character in text.chars() {
        for state in [ButtonState::Pressed, ButtonState::Released] {
            let typed = KeyboardInput {
                key_code: KeyCode::Unidentified(bevy::input::keyboard::NativeKeyCode::Unidentified),
                logical_key: Key::Character(character.to_string().into()),
                state,
                text: Some(character.to_string().into()),
                repeat: false,
                window,
            };
            send(app, typed);
            update(app);
        }
    }
}

/// The widget with that name, scrolled into view.
pub(super) fn reveal(app: &mut App, name: &str) -> Control {
    let window = window(app);
    let height = app.world().get::<Window>(window).unwrap().physical_height() as f32;
    // Neither the title nor the list of pages scrolls.
    let control = get(app, name);
    let is_in_title = ["Hide the inspector", "Shown sensor"].contains(&name);
    if is_in_title || control.place.min.x < height * 0.02 {
        return control;
    }
    // Below the title, above the lower edge.
    let (top, bottom) = (height * 0.065, height * 0.98);
    for _ in 0..80 {
        let control = at_rest(app, name);
        let y = control.place.center().y;
        if (top..bottom).contains(&y) {
            return control;
        }
        let place = Vec2::new(control.place.min.x + 2.0, height * 0.5);
        point(app, place);
        wheel(app, if y < top { 1.0 } else { -1.0 });
        // The page glides.
        for _ in 0..12 {
            std::thread::sleep(core::time::Duration::from_millis(4));
            update(app);
        }
    }
    panic!("{name:?} cannot be scrolled into view");
}

/// The widget with that name when the page glides and unfolds no more.
fn at_rest(app: &mut App, name: &str) -> Control {
    let mut control = get(app, name);
    for _ in 0..100 {
        update(app);
        let now = get(app, name);
        let is_at_rest = now.place == control.place;
        control = now;
        if is_at_rest {
            break;
        }
    }
    control
}

/// Clicks the widget with that name.
pub(super) fn click(app: &mut App, name: &str) {
    let control = reveal(app, name);
    assert!(!control.is_disabled, "{name:?} is disabled");
    click_at(app, control.place.center());
}

/// Drags the slider with that name to a share of its length.
pub(super) fn slide(app: &mut App, name: &str, share: f32) {
    let control = reveal(app, name);
    assert!(!control.is_disabled, "{name:?} is disabled");
    let place = control.place;
    let at = |share: f32| Vec2::new(place.min.x + share * place.width(), place.center().y);
    drag(app, at(0.5), at(share));
}

/// Opens the drop-down with that name and clicks an entry.
pub(super) fn choose(app: &mut App, name: &str, entry: &str) {
    click(app, name);
    let entry = get(app, entry);
    click_at(app, entry.place.center());
    settle(app);
}

/// Replaces the text of the field with that name.
pub(super) fn enter(app: &mut App, name: &str, text: &str) {
    click(app, name);
    key_with(app, KeyCode::ControlLeft, KeyCode::KeyA);
    write(app, text);
    key(app, KeyCode::Enter);
}

/// Replaces the number of the slider or field with that name.
pub(super) fn enter_number(app: &mut App, name: &str, number: &str) {
    let of_slider = format!("{name} value");
    let field = match find(app, &of_slider) {
        Some(_) => of_slider.as_str(),
        None => name,
    };
    enter(app, field, number);
}
