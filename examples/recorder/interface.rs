//! The screen: the sensor's images, how the recording does, and the keys.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::recording::LiveFigures;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::{self, Value};
use kinect_app_support::style;

use crate::takes::Takes;
use crate::{Options, Scene};

/// Space that is left for less than this many minutes is told in another colour.
const SCARCE_MINUTES: f64 = 10.0;

/// A text of the screen.
#[derive(Component, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// What is going on.
    State,
    /// The time of the take.
    Time,
    Figures,
    Space,
    Losses,
    File,
}

/// The light that is red while something is recorded.
#[derive(Component)]
pub(crate) struct Lamp;

const KEYS: [(KeyCode, &str, &str); 4] = [
    (KeyCode::Space, "Space", "record"),
    (KeyCode::KeyP, "P", "play the last recording"),
    (KeyCode::KeyL, "L", "live"),
    (KeyCode::Escape, "Esc", "end"),
];

pub(crate) fn spawn(mut commands: Commands, scene: Res<Scene>) {
    commands
        .spawn(Node {
            width: percent(100),
            height: percent(100),
            flex_direction: FlexDirection::Column,
            padding: UiRect::all(px(18)),
            row_gap: px(12),
            ..default()
        })
        .with_children(|page| {
            page.spawn(Node {
                flex_grow: 1.0,
                flex_basis: px(0),
                min_height: px(0),
                column_gap: px(12),
                ..default()
            })
            .with_children(|row| {
                row.spawn((
                    BackgroundColor(Color::BLACK),
                    Node {
                        flex_grow: 1.0,
                        flex_basis: px(0),
                        min_width: px(0),
                        border_radius: BorderRadius::all(px(8)),
                        ..default()
                    },
                    KinectImageNode {
                        output: scene.color,
                        fill: ImageFill::FitBest,
                    },
                ));
                side(row, &scene);
            });
            page.spawn(legend::row()).with_children(|row| {
                for (code, cap, what) in KEYS {
                    legend::key(row, code, cap, what);
                }
            });
        });
}

/// The column with lamp, time, figures and the depth image.
fn side(row: &mut ChildSpawnerCommands, scene: &Scene) {
    row.spawn((
        BackgroundColor(style::PANEL),
        Node {
            width: px(330),
            flex_shrink: 0.0,
            flex_direction: FlexDirection::Column,
            row_gap: px(10),
            padding: UiRect::all(px(18)),
            border_radius: BorderRadius::all(px(8)),
            overflow: Overflow::clip(),
            ..default()
        },
    ))
    .with_children(|column| {
        column
            .spawn(Node {
                column_gap: px(12),
                align_items: AlignItems::Center,
                ..default()
            })
            .with_children(|line| {
                line.spawn((
                    Lamp,
                    BackgroundColor(style::RAISED),
                    Node {
                        width: px(20),
                        height: px(20),
                        border_radius: BorderRadius::MAX,
                        ..default()
                    },
                ));
                text(line, Words::State, 15.0, style::TEXT);
            });
        text(column, Words::Time, 44.0, style::TEXT);
        text(column, Words::Figures, 14.0, style::TEXT);
        text(column, Words::Space, 14.0, style::LABEL);
        text(column, Words::Losses, 14.0, style::GOOD);
        text(column, Words::File, 12.0, style::LABEL);
        column.spawn((
            Node {
                flex_grow: 1.0,
                flex_basis: px(0),
                min_height: px(0),
                ..default()
            },
            KinectImageNode {
                output: scene.depth,
                fill: ImageFill::FitBest,
            },
        ));
    });
}

fn text(parent: &mut ChildSpawnerCommands, words: Words, size: f32, color: Color) {
    parent.spawn((
        words,
        Text::default(),
        style::text_font(size),
        TextColor(color),
    ));
}

/// Lets the lamp blink while something is recorded.
pub(crate) fn blink(
    time: Res<Time>,
    scene: Res<Scene>,
    recorders: Query<&RecorderState>,
    mut lamp: Single<&mut BackgroundColor, With<Lamp>>,
) {
    let red = Color::srgb(0.95, 0.2, 0.17);
    lamp.0 = match recorders.get(scene.sensor) {
        Ok(RecorderState::Recording) => {
            let dim = 0.5 - 0.5 * (time.elapsed_secs() * 4.0).cos();
            red.mix(&style::RAISED, 0.6 * dim)
        }
        Ok(RecorderState::FallingBehind | RecorderState::Failed { .. }) => style::NOTICE,
        Ok(RecorderState::Waiting | RecorderState::Finishing) => style::ACCENT,
        _ => style::RAISED,
    };
}

pub(crate) fn tell(
    scene: Res<Scene>,
    options: Res<Options>,
    takes: Res<Takes>,
    sensors: Query<(
        &SensorState,
        &BodyTrackingState,
        &Recorder,
        &RecorderState,
        &RecorderProgress,
        &PlaybackPosition,
    )>,
    mut texts: Query<(&Words, &mut Text, &mut TextColor)>,
    mut values: Query<(&Value, &mut Text), Without<Words>>,
) {
    let Ok((sensor, tracking, recorder, state, progress, position)) = sensors.get(scene.sensor)
    else {
        return;
    };
    let figures = takes.figures(&progress.figures);
    let problem = state.problem().or(sensor.problem()).or(tracking.problem());
    for (words, mut text, mut color) in &mut texts {
        let (line, shade) = match words {
            Words::State if takes.is_playing => {
                ("Playing the last recording".to_owned(), style::ACCENT)
            }
            Words::State => (state_words(sensor, state), style::TEXT),
            Words::Time if takes.is_playing => (clock(position.position.as_secs()), style::ACCENT),
            Words::Time => (clock(figures.duration_usec / 1_000_000), style::TEXT),
            Words::Figures => (figure_words(&figures), style::TEXT),
            Words::Space => space_words(&figures),
            Words::Losses => match problem {
                Some(problem) => (style::printable(problem), style::PROBLEM),
                None => loss_words(&figures),
            },
            Words::File => (file_words(&options, &takes, progress), style::LABEL),
        };
        if text.0 != line {
            text.0 = line;
        }
        color.set_if_neq(TextColor(shade));
    }
    for (Value(code), mut text) in &mut values {
        let word = match code {
            KeyCode::Space if recorder.active => "stop",
            KeyCode::Space => "start",
            KeyCode::KeyP if takes.last.is_none() => "nothing yet",
            KeyCode::KeyP if takes.is_playing => "on",
            KeyCode::KeyP => "off",
            KeyCode::KeyL if takes.is_playing => "off",
            KeyCode::KeyL => "on",
            _ => "finishes the file",
        };
        if text.0 != word {
            word.clone_into(&mut text.0);
        }
    }
}

fn state_words(sensor: &SensorState, state: &RecorderState) -> String {
    match state {
        RecorderState::Idle => format!("Sensor {}: ready to record", sensor.name()),
        RecorderState::Waiting => "Waiting for the sensor".to_owned(),
        RecorderState::Recording => "Recording".to_owned(),
        RecorderState::FallingBehind => "The disk is too slow".to_owned(),
        RecorderState::Finishing => "Writing the last captures".to_owned(),
        RecorderState::Finished { .. } => "Recording finished".to_owned(),
        RecorderState::Failed { .. } => "Recording failed".to_owned(),
    }
}

fn clock(seconds: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn figure_words(figures: &LiveFigures) -> String {
    format!(
        "{} captures\n{} frames of bodies\n{:.1} MB{}",
        figures.captures,
        figures.body_frames,
        megabytes(figures.bytes),
        per_minute(figures).map_or_else(String::new, |rate| format!(", {rate:.0} MB a minute")),
    )
}

/// Megabytes of a recorded minute; `None` before the first second is recorded.
fn per_minute(figures: &LiveFigures) -> Option<f64> {
    (figures.duration_usec >= 1_000_000)
        .then(|| megabytes(figures.bytes) * 60.0e6 / figures.duration_usec as f64)
}

/// The space on the disk, and how long it lasts.
fn space_words(figures: &LiveFigures) -> (String, Color) {
    let Some(free) = figures.free_bytes else {
        return (String::new(), style::LABEL);
    };
    let gigabytes = megabytes(free) / 1e3;
    match per_minute(figures).filter(|rate| *rate > 0.0) {
        Some(rate) => {
            let minutes = megabytes(free) / rate;
            let color = if minutes < SCARCE_MINUTES {
                style::NOTICE
            } else {
                style::LABEL
            };
            let left = if minutes > 180.0 {
                format!("{:.0} hours", minutes / 60.0)
            } else {
                format!("{minutes:.0} minutes")
            };
            (format!("{gigabytes:.0} GB free: {left}"), color)
        }
        None => (format!("{gigabytes:.0} GB free"), style::LABEL),
    }
}

fn loss_words(figures: &LiveFigures) -> (String, Color) {
    let losses: Vec<_> = [
        (figures.dropped_captures, "captures (slow disk)"),
        (figures.unfit_images, "images (damaged or late)"),
        (figures.dropped_imu_samples, "inertial samples"),
        (figures.dropped_body_frames, "frames of bodies"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("lost: {count} {what}"))
    .collect();
    if losses.is_empty() {
        let words = if figures.captures > 0 {
            "nothing was lost"
        } else {
            ""
        };
        (words.to_owned(), style::GOOD)
    } else {
        (losses.join("\n"), style::NOTICE)
    }
}

fn file_words(options: &Options, takes: &Takes, progress: &RecorderProgress) -> String {
    let file = progress.path.as_ref().and_then(|path| path.file_name());
    let Some(file) = file else {
        let folder = options.folder.display().to_string();
        return format!("to the folder {}", style::printable(&folder));
    };
    format!(
        "{}\npart {}, a new one after {} min",
        style::printable(&file.to_string_lossy()),
        takes.part,
        options.minutes
    )
}
