//! The keys, and a name on each view.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::Scene;
use crate::looks::{Look, Shown};
use crate::swing::Swing;
use kinect_app_support::Fit;
use kinect_app_support::legend::{self, Value};
use kinect_app_support::style::{PANEL, PROBLEM, TEXT, text_font};

/// Above and below the keys, in pixels of the interface.
const PADDING: f32 = 8.0;

/// Height of the bar with the keys, in pixels of the interface; in small windows it has two rows.
pub(crate) fn bar_height(window: &Fit) -> f32 {
    let rows = if window.is_small() { 2.0 } else { 1.0 };
    rows * legend::ROW_HEIGHT + (rows - 1.0) * 4.0 + 2.0 * PADDING
}

/// Marks the bar with the keys.
#[derive(Component)]
pub(crate) struct Bar;

/// Gives the bar its height, and the titles the room above it.
pub(crate) fn fit(
    window: Res<Fit>,
    mut bars: Query<&mut Node, (With<Bar>, Without<Title>)>,
    mut titles: Query<&mut Node, (With<Title>, Without<Bar>)>,
) {
    let height = px(bar_height(&window));
    for mut bar in &mut bars {
        if bar.height != height {
            bar.height = height;
        }
    }
    for mut title in &mut titles {
        if title.bottom != height {
            title.bottom = height;
        }
    }
}

const KEYS: [KeyCode; 6] = [
    KeyCode::Digit1,
    KeyCode::Digit2,
    KeyCode::Digit3,
    KeyCode::Digit4,
    KeyCode::Digit5,
    KeyCode::Digit6,
];
const CAPS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// The line with the sensor's problem.
#[derive(Component)]
pub(crate) struct Problem;

pub(crate) fn spawn(mut commands: Commands) {
    commands
        .spawn((
            Bar,
            BackgroundColor(PANEL),
            Interaction::default(),
            Node {
                position_type: PositionType::Absolute,
                left: px(0),
                right: px(0),
                bottom: px(0),
                padding: UiRect::all(px(PADDING)),
                flex_direction: FlexDirection::Column,
                ..default()
            },
        ))
        .with_children(|bar| {
            bar.spawn(legend::row()).with_children(|row| {
                for ((look, key), cap) in Look::ALL.into_iter().zip(KEYS).zip(CAPS) {
                    legend::key(row, key, cap, look.name());
                }
                legend::key(row, KeyCode::KeyG, "G", "gallery");
                legend::key(row, KeyCode::KeyO, "O", "swing");
                legend::key(row, KeyCode::KeyR, "R", "view");
                legend::key(row, KeyCode::Space, "Space", "time");
            });
        });
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            left: px(16),
            top: px(12),
            ..default()
        })
        .with_child((
            Problem,
            Text::default(),
            text_font(14.0),
            TextColor(PROBLEM),
        ));
}

/// A name on each view of the gallery.
#[derive(Component)]
pub(crate) struct Title;

pub(crate) fn put_up_titles(
    mut commands: Commands,
    shown: Res<Shown>,
    titles: Query<Entity, With<Title>>,
) {
    for title in &titles {
        commands.entity(title).despawn();
    }
    if shown.0.is_some() {
        return;
    }
    commands
        .spawn((
            Title,
            Node {
                position_type: PositionType::Absolute,
                left: px(0),
                right: px(0),
                top: px(0),
                display: Display::Grid,
                grid_template_columns: RepeatedGridTrack::fr(3, 1.0),
                grid_template_rows: RepeatedGridTrack::fr(2, 1.0),
                ..default()
            },
        ))
        .with_children(|grid| {
            for look in Look::ALL {
                grid.spawn(Node {
                    padding: UiRect::axes(px(14), px(10)),
                    ..default()
                })
                .with_child((
                    Text::new(look.name()),
                    text_font(13.0),
                    TextColor(TEXT),
                ));
            }
        });
}

pub(crate) fn press(
    mut pressed: MessageReader<legend::Pressed>,
    scene: Res<Scene>,
    mut shown: ResMut<Shown>,
    mut swing: ResMut<Swing>,
    mut playback: Query<&mut Playback>,
    mut exit: MessageWriter<AppExit>,
) {
    for &legend::Pressed(key) in pressed.read() {
        for (look, of_look) in Look::ALL.into_iter().zip(KEYS) {
            if key == of_look {
                shown.set_if_neq(Shown(Some(look)));
            }
        }
        match key {
            KeyCode::KeyG => {
                shown.set_if_neq(Shown(None));
            }
            KeyCode::KeyO => swing.is_running = !swing.is_running,
            KeyCode::Space => {
                if let Ok(mut playback) = playback.get_mut(scene.sensor) {
                    playback.paused = !playback.paused;
                }
            }
            KeyCode::Escape => {
                exit.write(AppExit::Success);
            }
            _ => {}
        }
    }
}

pub(crate) fn update(
    scene: Res<Scene>,
    shown: Res<Shown>,
    swing: Res<Swing>,
    sensors: Query<(&SensorState, &Playback)>,
    mut values: Query<(&Value, &mut Text), Without<Problem>>,
    mut problem: Single<&mut Text, With<Problem>>,
) {
    let Ok((state, playback)) = sensors.get(scene.sensor) else {
        return;
    };
    for (value, mut text) in &mut values {
        let is_shown = Look::ALL
            .into_iter()
            .zip(KEYS)
            .any(|(look, key)| key == value.0 && shown.0 == Some(look));
        let word = match value.0 {
            KeyCode::KeyG if shown.0.is_none() => "shown",
            KeyCode::KeyG => "-",
            KeyCode::KeyO if swing.is_running => "moves",
            KeyCode::KeyO => "stands",
            KeyCode::KeyR => "reset",
            KeyCode::Space if playback.paused => "paused",
            KeyCode::Space => "runs",
            _ if is_shown => "shown",
            _ => "-",
        };
        if text.0 != word {
            word.clone_into(&mut text.0);
        }
    }
    let line = state.problem().map_or_else(String::new, |problem| {
        format!("{}: {problem}", state.name())
    });
    if problem.0 != line {
        problem.0 = line;
    }
}
