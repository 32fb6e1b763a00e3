//! The keys, and what is known about the model, the tracker and the players.

use std::fmt::Write;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::fit::WhereRoom;
use kinect_app_support::legend::{self, Pressed, Value};
use kinect_app_support::style;

use crate::cast::Wishes;
use crate::model::Model;

/// The text about the model and the players.
#[derive(Component)]
pub(crate) struct Status;

/// The text about problems.
#[derive(Component)]
pub(crate) struct Problems;

/// Time constants of the models' own smoothing, in seconds.
const SMOOTHING: [f32; 4] = [0.0, 0.05, 0.15, 0.4];

const KEYS: [(KeyCode, &str, &str); 7] = [
    (KeyCode::KeyM, "M", "mirror"),
    (KeyCode::KeyP, "P", "plant feet"),
    (KeyCode::KeyH, "H", "reach hands"),
    (KeyCode::KeyT, "T", "smoothing"),
    (KeyCode::KeyW, "W", "walk"),
    (KeyCode::KeyL, "L", "life size"),
    (KeyCode::KeyB, "B", "blend"),
];

pub(crate) fn spawn(mut commands: Commands) {
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            left: px(14),
            top: px(14),
            max_width: px(430),
            flex_direction: FlexDirection::Column,
            row_gap: px(8),
            ..default()
        })
        .with_children(|column| {
            for is_problem in [false, true] {
                let mut text = column.spawn((
                    Text::default(),
                    style::text_font(14.0),
                    BackgroundColor(style::PANEL),
                    Node {
                        padding: UiRect::axes(px(12), px(9)),
                        border_radius: BorderRadius::all(px(6)),
                        ..default()
                    },
                ));
                if is_problem {
                    text.insert((Problems, TextColor(style::NOTICE)));
                } else {
                    text.insert((Status, TextColor(style::TEXT)));
                }
            }
        });
    commands
        .spawn((
            WhereRoom,
            Node {
                position_type: PositionType::Absolute,
                left: px(14),
                right: px(14),
                bottom: px(12),
                ..legend::row()
            },
        ))
        .with_children(|row| {
            for (code, cap, what) in KEYS {
                legend::key(row, code, cap, what);
            }
        });
}

/// Keys change the wishes.
pub(crate) fn press(mut pressed: MessageReader<Pressed>, mut wishes: ResMut<Wishes>) {
    for Pressed(key) in pressed.read() {
        let settings = &mut wishes.bypass_change_detection().settings;
        match key {
            KeyCode::KeyM => settings.mirror = !settings.mirror,
            KeyCode::KeyP => settings.plant_feet = !settings.plant_feet,
            KeyCode::KeyH => settings.reach_hands = !settings.reach_hands,
            KeyCode::KeyT => {
                let next = SMOOTHING
                    .into_iter()
                    .find(|time| *time > settings.smoothing_seconds);
                settings.smoothing_seconds = next.unwrap_or(SMOOTHING[0]);
            }
            KeyCode::KeyW => {
                settings.root_motion = match settings.root_motion {
                    RootMotion::Room => RootMotion::InPlace,
                    RootMotion::InPlace => RootMotion::Room,
                }
            }
            KeyCode::KeyL => wishes.life_size = !wishes.life_size,
            KeyCode::KeyB => {
                settings.blend_seconds = if settings.blend_seconds > 0.0 {
                    0.0
                } else {
                    0.3
                }
            }
            _ => continue,
        }
        wishes.set_changed();
    }
}

pub(crate) fn update(
    wishes: Res<Wishes>,
    model: Res<Model>,
    avatars: Query<(&Avatar, &AvatarState)>,
    players: Query<(&Player, &PlayerStatus)>,
    tracker: Option<Single<(&BodyTrackingState, Option<&SensorState>)>>,
    mut texts: Query<(
        &mut Text,
        Option<&Value>,
        Has<Status>,
        Has<Problems>,
        &mut Node,
    )>,
) {
    let first = avatars.iter().map(|(_, state)| state).next();
    let status = status(
        &model,
        first,
        &avatars,
        &players,
        tracker.as_deref().map(|(t, _)| *t),
    );
    let problems = problems(first, tracker.as_deref().copied());
    for (mut text, key, is_status, is_problems, mut node) in &mut texts {
        let words = match key {
            Some(Value(key)) => value(*key, &wishes),
            None if is_status => status.clone(),
            None if is_problems => problems.clone(),
            None => continue,
        };
        if is_problems {
            node.display = if words.is_empty() {
                Display::None
            } else {
                Display::Flex
            };
        }
        if text.0 != words {
            text.0 = words;
        }
    }
}

/// The present setting of a key.
fn value(key: KeyCode, wishes: &Wishes) -> String {
    let settings = &wishes.settings;
    let on = |is_on: bool| if is_on { "on" } else { "off" }.to_owned();
    match key {
        KeyCode::KeyM => on(settings.mirror),
        KeyCode::KeyP => on(settings.plant_feet),
        KeyCode::KeyH => on(settings.reach_hands),
        KeyCode::KeyT if settings.smoothing_seconds == 0.0 => "off".to_owned(),
        KeyCode::KeyT => format!("{} ms", settings.smoothing_seconds * 1000.0),
        KeyCode::KeyW => match settings.root_motion {
            RootMotion::Room => "in the room",
            RootMotion::InPlace => "in place",
        }
        .to_owned(),
        KeyCode::KeyL => on(wishes.life_size),
        KeyCode::KeyB => on(settings.blend_seconds > 0.0),
        _ => String::new(),
    }
}

fn status(
    model: &Model,
    first: Option<&AvatarState>,
    avatars: &Query<(&Avatar, &AvatarState)>,
    players: &Query<(&Player, &PlayerStatus)>,
    tracker: Option<&BodyTrackingState>,
) -> String {
    let mut words = style::printable(&model.name);
    let _ = match first {
        Some(state) if state.is_ready() => write!(
            words,
            ": {} of {} bones found",
            state.bones.len(),
            HumanBone::COUNT
        ),
        Some(state) if state.problem.is_some() => write!(words, ": does not move"),
        _ => write!(words, ": loading"),
    };
    let _ = match tracker.map(|tracker| tracker.name.as_str()) {
        None | Some("") => write!(words, "\nwaiting for the first capture"),
        Some(name) => write!(words, "\n{name}"),
    };
    for (_, state) in avatars {
        if let Some((player, status)) = state.player.and_then(|player| players.get(player).ok()) {
            let slot = player
                .slot
                .map_or_else(|| "-".to_owned(), |slot| slot.to_string());
            let _ = write!(words, "\nslot {slot}: player {}", player.id);
            if status.presence == Presence::Hidden {
                words.push_str(", hidden");
            }
        }
    }
    words
}

/// Problems of the sensor and the model, and the parts of the body that were not found.
fn problems(
    first: Option<&AvatarState>,
    tracker: Option<(&BodyTrackingState, Option<&SensorState>)>,
) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some((tracking, sensor)) = tracker {
        let problem = sensor.and_then(SensorState::problem).or(tracking.problem());
        lines.extend(problem.map(str::to_owned));
    }
    if let Some(state) = first {
        lines.extend(state.problem.clone());
        lines.extend(state.notes.iter().cloned());
        for missing in state.unmatched.iter().filter(|_| state.is_ready()) {
            let nearest = missing.nearest.join(", ");
            lines.push(format!("not found: {} ({nearest}?)", missing.bone.name()));
        }
    }
    style::printable(&lines.join("\n"))
}
