//! The list of the ten gestures, with the players who make them and their counts.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::player_color;
use kinect_app_support::style;

/// A row of the list.
#[derive(Component)]
pub(crate) struct Row {
    gesture: Gesture,
    /// How bright it is, 0 to 1.
    light: f32,
    color: Color,
    count: u32,
}

/// The count at the end of a row.
#[derive(Component)]
pub(crate) struct Count;

/// The tracker that runs, or its problem.
#[derive(Component)]
pub(crate) struct Status;

/// How long a row takes to become dark, in seconds.
const FADE: f32 = 1.6;
const IDLE: Color = Color::srgb(0.4, 0.44, 0.5);

pub(crate) fn spawn(mut commands: Commands) {
    commands
        .spawn((
            Node {
                position_type: PositionType::Absolute,
                left: px(24),
                top: px(18),
                width: px(236),
                flex_direction: FlexDirection::Column,
                // All rows and the status line fit a window of 360 pixels.
                row_gap: px(4),
                ..default()
            },
            children![(
                Text::new("gestures"),
                style::text_font(15.0),
                TextColor(style::LABEL),
                Node {
                    margin: UiRect::bottom(px(4)),
                    ..default()
                },
            )],
        ))
        .with_children(|column| {
            for gesture in Gesture::ALL {
                column.spawn((
                    Row {
                        gesture,
                        light: 0.0,
                        color: IDLE,
                        count: 0,
                    },
                    Node {
                        justify_content: JustifyContent::SpaceBetween,
                        padding: UiRect::axes(px(12), px(5)),
                        border: UiRect::left(px(4)),
                        border_radius: BorderRadius::all(px(4)),
                        ..default()
                    },
                    BorderColor::all(IDLE),
                    BackgroundColor(style::PANEL),
                    children![
                        (
                            Text::new(gesture.name().replace('-', " ")),
                            style::text_font(19.0),
                            TextColor(IDLE),
                        ),
                        (
                            Count,
                            Text::default(),
                            style::text_font(15.0),
                            TextColor(style::LABEL),
                        ),
                    ],
                ));
            }
        });
    commands.spawn((
        Status,
        Text::default(),
        style::text_font(13.0),
        TextColor(style::LABEL),
        Node {
            position_type: PositionType::Absolute,
            left: px(24),
            bottom: px(14),
            max_width: px(420),
            ..default()
        },
    ));
}

/// Lights the rows of gestures that are made; afterwards they fade.
pub(crate) fn update(
    mut rows: Query<(&mut Row, &mut BorderColor, &mut BackgroundColor, &Children)>,
    mut texts: Query<(&mut Text, &mut TextColor, Has<Count>), Without<Status>>,
    mut status: Single<&mut Text, With<Status>>,
    mut made: MessageReader<GestureMade>,
    players: Query<(&Player, &ActiveGestures)>,
    tracker: Option<Single<(&BodyTrackingState, Option<&SensorState>)>>,
    time: Res<Time>,
) {
    let made: Vec<_> = made.read().copied().collect();
    for (mut row, mut border, mut background, children) in &mut rows {
        row.light = (row.light - time.delta_secs() / FADE).max(0.0);
        let gesture = row.gesture;
        for made in made.iter().filter(|made| made.gesture == gesture) {
            row.count += 1;
            row.light = 1.0;
            if let Ok((player, _)) = players.get(made.player) {
                row.color = player_color(player);
            }
        }
        for (player, active) in &players {
            if active.contains(row.gesture) {
                row.light = 1.0;
                row.color = player_color(player);
            }
        }
        let lit = row.color.mix(&Color::WHITE, 0.25);
        border.set_all(IDLE.mix(&lit, row.light));
        background.0 = style::PANEL.mix(&row.color, 0.45 * row.light);
        for &child in children {
            if let Ok((mut text, mut color, is_count)) = texts.get_mut(child) {
                if !is_count {
                    color.0 = IDLE.mix(&Color::WHITE, row.light);
                } else if row.count > 0 {
                    let count = row.count.to_string();
                    if text.0 != count {
                        text.0 = count;
                    }
                }
            }
        }
    }
    if let Some(tracker) = tracker {
        let problem = tracker.1.and_then(SensorState::problem);
        let words = problem.or(tracker.0.problem()).unwrap_or(&tracker.0.name);
        if status.0 != words {
            status.0 = words.to_owned();
        }
    }
}
