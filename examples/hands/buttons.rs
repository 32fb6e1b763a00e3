//! Buttons of Bevy's UI. They know nothing of hands: they observe the events of pointers.

use bevy::prelude::*;
use kinect_app_support::style;

/// A button that counts how often it was pressed.
#[derive(Component)]
pub(crate) struct Counter {
    name: &'static str,
    count: u32,
    /// How bright the last press still is, 0 to 1.
    light: f32,
    hovered: u32,
}

/// The buttons and where they begin, in percent of the width. Hands that carry something outwards arrive at them.
const BUTTONS: [(&str, f32); 2] = [("red", 2.0), ("blue", 75.0)];
/// How long a press is seen, in seconds.
const FADE: f32 = 1.2;

pub(crate) fn spawn(mut commands: Commands) {
    for (name, left) in BUTTONS {
        commands
            .spawn((
                Counter {
                    name,
                    count: 0,
                    light: 0.0,
                    hovered: 0,
                },
                Button,
                Node {
                    position_type: PositionType::Absolute,
                    left: percent(left),
                    top: percent(32),
                    width: percent(23),
                    height: percent(44),
                    justify_content: JustifyContent::Center,
                    align_items: AlignItems::Center,
                    border: UiRect::all(px(3)),
                    border_radius: BorderRadius::all(px(14)),
                    ..default()
                },
                BorderColor::all(style::RAISED),
                BackgroundColor(style::PANEL),
                children![(
                    Text::new(name),
                    style::text_font(30.0),
                    TextColor(style::TEXT),
                    Pickable::IGNORE,
                )],
            ))
            .observe(pressed)
            .observe(
                |over: On<Pointer<Over>>, mut counters: Query<&mut Counter>| {
                    if let Ok(mut counter) = counters.get_mut(over.entity) {
                        counter.hovered += 1;
                    }
                },
            )
            .observe(|out: On<Pointer<Out>>, mut counters: Query<&mut Counter>| {
                if let Ok(mut counter) = counters.get_mut(out.entity) {
                    counter.hovered = counter.hovered.saturating_sub(1);
                }
            });
    }
}

fn pressed(
    click: On<Pointer<Click>>,
    mut counters: Query<(&mut Counter, &Children)>,
    mut texts: Query<&mut Text>,
) {
    let Ok((mut counter, children)) = counters.get_mut(click.entity) else {
        return;
    };
    counter.count += 1;
    counter.light = 1.0;
    for &child in children {
        if let Ok(mut text) = texts.get_mut(child) {
            text.0 = format!("{} {}", counter.name, counter.count);
        }
    }
}

/// Buttons light up when they are pressed, and have a frame under a cursor.
pub(crate) fn fade(
    mut counters: Query<(&mut Counter, &mut BackgroundColor, &mut BorderColor)>,
    time: Res<Time>,
) {
    for (mut counter, mut background, mut border) in &mut counters {
        counter.light = (counter.light - time.delta_secs() / FADE).max(0.0);
        let own = match counter.name {
            "red" => Color::srgb(0.85, 0.25, 0.25),
            _ => Color::srgb(0.25, 0.45, 0.9),
        };
        background.0 = style::PANEL.mix(&own, 0.15 + 0.75 * counter.light);
        border.set_all(if counter.hovered > 0 {
            style::ACCENT
        } else {
            style::RAISED
        });
    }
}
