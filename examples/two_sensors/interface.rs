//! What each sensor does, in words, and the keys.

use std::fmt::Write;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::WiredSyncMode;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::{self, Pressed, Value};
use kinect_app_support::pace::Pace;
use kinect_app_support::style;

use crate::sensors::{Look, NAMES, Number, TINTS, show_skeletons};

/// The text of a sensor, and of the notice below both.
#[derive(Component, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    Sensor(usize),
    Both,
}

const KEYS: [(KeyCode, &str, &str); 5] = [
    (KeyCode::KeyC, "C", "colours"),
    (KeyCode::Digit1, "1", "first sensor"),
    (KeyCode::Digit2, "2", "second sensor"),
    (KeyCode::KeyS, "S", "skeletons"),
    (KeyCode::KeyR, "R", "view"),
];

pub(crate) fn spawn(mut commands: Commands) {
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            left: px(16),
            top: px(16),
            width: px(290),
            flex_direction: FlexDirection::Column,
            row_gap: px(8),
            ..default()
        })
        .with_children(|column| {
            for (number, tint) in TINTS.into_iter().enumerate() {
                panel(column, Words::Sensor(number), tint);
            }
            panel(column, Words::Both, style::LABEL);
        });
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            left: px(16),
            right: px(16),
            bottom: px(14),
            ..legend::row()
        })
        .with_children(|row| {
            for (code, cap, what) in KEYS {
                legend::key(row, code, cap, what);
            }
        });
}

fn panel(column: &mut ChildSpawnerCommands, words: Words, edge: Color) {
    column
        .spawn((
            BackgroundColor(style::PANEL.with_alpha(0.9)),
            BorderColor::all(edge),
            Node {
                padding: UiRect::axes(px(14), px(10)),
                border: UiRect::left(px(4)),
                border_radius: BorderRadius::all(px(6)),
                ..default()
            },
        ))
        .with_child((
            words,
            Text::default(),
            style::text_font(13.0),
            TextColor(style::TEXT),
        ));
}

pub(crate) fn press(
    mut pressed: MessageReader<Pressed>,
    mut look: ResMut<Look>,
    mut players: Query<&mut Visibility, With<Player>>,
    added: Query<(), Added<Player>>,
) {
    for Pressed(key) in pressed.read() {
        match key {
            KeyCode::KeyC => look.is_tinted = !look.is_tinted,
            KeyCode::Digit1 => look.shown[0] = !look.shown[0],
            KeyCode::Digit2 => look.shown[1] = !look.shown[1],
            KeyCode::KeyS => look.has_skeletons = !look.has_skeletons,
            _ => {}
        }
    }
    if look.is_changed() || !added.is_empty() {
        show_skeletons(&look, &mut players);
    }
}

/// A sensor's part in a wired synchronisation.
fn sync_words(sensor: &KinectSensor) -> String {
    match &sensor.source {
        SensorSource::Device(settings) => match settings.wired_sync_mode {
            WiredSyncMode::Master => format!(
                "Sync: master; depth {} us after colour",
                settings.depth_delay_off_color_usec
            ),
            WiredSyncMode::Subordinate => format!(
                "Sync: subordinate, {} us after the master; depth {} us after colour",
                settings.subordinate_delay_off_master_usec, settings.depth_delay_off_color_usec
            ),
            WiredSyncMode::Standalone => "Sync: none".to_owned(),
        },
        SensorSource::Simulation(settings) if settings.shared_time => {
            "Sync: the clock of the simulation".to_owned()
        }
        _ => "Sync: as recorded".to_owned(),
    }
}

pub(crate) fn tell(
    look: Res<Look>,
    pace: Res<Pace>,
    sensors: Query<(
        Entity,
        &Number,
        &KinectSensor,
        &SensorState,
        &SensorFrame,
        Option<&SensorStream>,
        &Transform,
    )>,
    players: Query<&ChildOf, With<Player>>,
    mut texts: Query<(&Words, &mut Text)>,
    mut values: Query<(&Value, &mut Text), Without<Words>>,
) {
    let mut times = [None; 2];
    for (entity, &Number(number), sensor, state, frame, stream, place) in &sensors {
        let mut words = format!("{} sensor: {}", NAMES[number], state.name());
        if let Some(serial) = stream.and_then(|stream| stream.info.serial.as_ref()) {
            let _ = write!(words, "\n{}", style::printable(serial));
        }
        let at = place.translation;
        let _ = write!(
            words,
            "\nat {:.2} m, {:.2} m high, {:.2} m; {}\n{}",
            at.x,
            at.y,
            at.z,
            count(
                players
                    .iter()
                    .filter(|child| child.parent() == entity)
                    .count()
            ),
            sync_words(sensor)
        );
        if let Some(problem) = state.problem() {
            let _ = write!(words, "\n{}", style::printable(problem));
        }
        times[number] = frame
            .latest()
            .and_then(|frame| frame.capture.device_timestamp_usec());
        write_words(&mut texts, Words::Sensor(number), &words);
    }
    let mut words = match times {
        [Some(first), Some(second)] => {
            let apart = first.abs_diff(second) as f64 / 1000.0;
            format!("Newest images {apart:.1} ms apart by the sensors' clocks.")
        }
        _ => "Waiting for both sensors.".to_owned(),
    };
    // A picture is not slow.
    if let Some(notice) = pace.notice("").filter(|_| pace.thins_out) {
        // No key turns thinning off here.
        let notice = notice.split(':').next().unwrap_or_default();
        let _ = write!(
            words,
            "\n{}.",
            style::printable(notice.trim_end_matches('.'))
        );
    }
    write_words(&mut texts, Words::Both, &words);
    let on = |is_on| if is_on { "on" } else { "off" };
    for (Value(code), mut text) in &mut values {
        let word = match code {
            KeyCode::KeyC if look.is_tinted => "by sensor",
            KeyCode::KeyC => "of the cameras",
            KeyCode::Digit1 => on(look.shown[0]),
            KeyCode::Digit2 => on(look.shown[1]),
            KeyCode::KeyS => on(look.has_skeletons),
            _ => "from the start",
        };
        if text.0 != word {
            word.clone_into(&mut text.0);
        }
    }
}

fn count(people: usize) -> String {
    match people {
        1 => "sees one player".to_owned(),
        _ => format!("sees {people} players"),
    }
}

fn write_words(texts: &mut Query<(&Words, &mut Text)>, which: Words, words: &str) {
    for (of, mut text) in texts {
        if *of == which && text.0 != *words {
            words.clone_into(&mut text.0);
        }
    }
}
