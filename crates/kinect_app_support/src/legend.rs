//! Keys on screen: their action and its present setting. The keys can be clicked.

use bevy::input::InputSystems;
use bevy::prelude::*;
use bevy::text::{Justify, LineBreak};

use crate::style::{BACKGROUND, HELD, HOVERED, LABEL, PANEL, TEXT, text_font};

/// A key was pressed, on the keyboard or on the screen.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed(pub KeyCode);

/// A button that stands for a key.
#[derive(Component)]
pub struct Key(pub KeyCode);

/// The text beside a key with its present setting.
#[derive(Component)]
pub struct Value(pub KeyCode);

const IDLE: Color = PANEL;
const CAP: Color = Color::srgb(0.8, 0.84, 0.9);

/// Makes keys and buttons into messages.
pub struct LegendPlugin;

impl Plugin for LegendPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Pressed>().add_systems(
            PreUpdate,
            // In the same update as everything else that reads the keys.
            (press_keys.after(InputSystems), press_buttons),
        );
    }
}

fn press_keys(keys: Res<ButtonInput<KeyCode>>, mut pressed: MessageWriter<Pressed>) {
    pressed.write_batch(keys.get_just_pressed().copied().map(Pressed));
}

fn press_buttons(
    mut buttons: Query<(&Interaction, &Key, &mut BackgroundColor), Changed<Interaction>>,
    mut pressed: MessageWriter<Pressed>,
) {
    for (interaction, key, mut color) in &mut buttons {
        color.0 = match interaction {
            Interaction::Pressed => HELD,
            Interaction::Hovered => HOVERED,
            Interaction::None => IDLE,
        };
        if *interaction == Interaction::Pressed {
            pressed.write(Pressed(key.0));
        }
    }
}

/// The height of a row of keys, in pixels of the interface.
pub const ROW_HEIGHT: f32 = 50.0;
/// Keys with less room than this go on in another row.
const KEY_WIDTH: f32 = 104.0;

/// The row of keys at the bottom; several rows where the keys need more room.
pub fn row() -> Node {
    Node {
        flex_wrap: FlexWrap::Wrap,
        column_gap: px(8),
        row_gap: px(4),
        flex_shrink: 0.0,
        ..default()
    }
}

/// One key: its cap, its action, and below it its present setting.
pub fn key<'a>(
    row: &'a mut ChildSpawnerCommands,
    code: KeyCode,
    cap: &str,
    what: &str,
) -> EntityCommands<'a> {
    let mut key = row.spawn((
        Key(code),
        Button,
        BackgroundColor(IDLE),
        Node {
            flex_grow: 1.0,
            flex_basis: px(0),
            min_width: px(KEY_WIDTH),
            height: px(ROW_HEIGHT),
            flex_direction: FlexDirection::Column,
            justify_content: JustifyContent::Center,
            row_gap: px(5),
            padding: UiRect::horizontal(px(9)),
            border_radius: BorderRadius::all(px(6)),
            ..default()
        },
    ));
    key.with_children(|key| {
        key.spawn(Node {
            column_gap: px(7),
            align_items: AlignItems::Center,
            ..default()
        })
        .with_children(|line| {
            line.spawn((
                BackgroundColor(CAP),
                Node {
                    padding: UiRect::axes(px(5), px(1)),
                    border_radius: BorderRadius::all(px(3)),
                    ..default()
                },
            ))
            .with_child((Text::new(cap), text_font(11.0), TextColor(BACKGROUND)));
            line.spawn((
                Text::new(what),
                // A second line would push the setting out of its row.
                TextLayout::new(Justify::Left, LineBreak::NoWrap),
                text_font(11.0),
                TextColor(LABEL),
            ));
        });
        key.spawn((
            Value(code),
            Text::default(),
            text_font(13.0),
            TextColor(TEXT),
        ));
    });
    key
}
