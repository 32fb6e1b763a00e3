//! The images beside the cloud and the line of figures.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::{Options, Scene};
use kinect_app_support::style::{LABEL, PANEL, PROBLEM, TEXT, text_font};

/// Width of the column of images, in logical pixels.
pub(crate) const COLUMN_WIDTH: f32 = 264.0;

const GAP: f32 = 10.0;

/// The line of figures.
#[derive(Component)]
pub(crate) struct Status;

pub(crate) fn spawn(mut commands: Commands, scene: Res<Scene>, outputs: Query<&OutputImage>) {
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            right: px(0),
            width: px(COLUMN_WIDTH),
            height: percent(100),
            flex_direction: FlexDirection::Column,
            padding: UiRect::all(px(GAP)),
            row_gap: px(GAP * 0.5),
            ..default()
        })
        .insert(BackgroundColor(PANEL))
        .with_children(|column| {
            for (label, output) in scene.images {
                let Ok(image) = outputs.get(output) else {
                    continue;
                };
                column.spawn((Text::new(label), text_font(12.0), TextColor(LABEL)));
                column.spawn((
                    Preview(output),
                    ImageNode::new(image.image.clone()),
                    Node {
                        width: percent(100),
                        ..default()
                    },
                ));
            }
        });
    commands
        .spawn((
            Node {
                position_type: PositionType::Absolute,
                left: px(0),
                bottom: px(0),
                right: px(COLUMN_WIDTH),
                padding: UiRect::axes(px(GAP * 1.2), px(GAP * 0.8)),
                ..default()
            },
            BackgroundColor(PANEL.with_alpha(0.85)),
        ))
        .with_child((Status, Text::default(), text_font(13.0), TextColor(TEXT)));
}

/// A UI node that shows an output.
#[derive(Component)]
pub(crate) struct Preview(Entity);

/// Gives each picture its proportions once they are known, and the new handle where an output has changed its size.
pub(crate) fn fit_previews(
    mut previews: Query<(&Preview, &mut Node, &mut ImageNode)>,
    outputs: Query<&OutputImage, Changed<OutputImage>>,
) {
    for (preview, mut node, mut image) in &mut previews {
        if let Ok(output) = outputs.get(preview.0)
            && let Some(size) = output.size()
        {
            node.aspect_ratio = Some(size.x as f32 / size.y as f32);
            image.image = output.image.clone();
        }
    }
}

pub(crate) fn update_status(
    sensors: Query<(
        &SensorState,
        &SensorDiagnostics,
        &Playback,
        &PlaybackPosition,
        Option<&SensorStream>,
    )>,
    scene: Res<Scene>,
    options: Res<Options>,
    mut status: Single<(&mut Text, &mut TextColor), With<Status>>,
) {
    let Ok((state, diagnostics, playback, position, stream)) = sensors.get(scene.sensor) else {
        return;
    };
    let (text, color) = &mut *status;
    let line = match (state.problem(), stream) {
        (Some(problem), _) => format!("{}: {problem}", state.name()),
        (None, None) => state.name().to_owned(),
        (None, Some(stream)) => {
            let info = &stream.info;
            let name = options
                .show
                .file
                .as_ref()
                .and_then(|file| file.file_name())
                .map_or_else(|| info.name.clone(), |name| name.to_string_lossy().into());
            let transport = match (state, playback.paused) {
                (SensorState::Ended, _) => "ended",
                (_, true) => "paused",
                (_, false) => state.name(),
            };
            let speed = if playback.speed == 1.0 {
                String::new()
            } else {
                format!(" x{}", playback.speed)
            };
            // Rates are meaningless while playback is paused.
            let rates = if playback.paused {
                String::new()
            } else {
                format!(
                    "{:.1} fps   latency {:.1} ms (99 %: {:.1})   ",
                    diagnostics.frame_rate,
                    diagnostics.latency.as_secs_f32() * 1000.0,
                    diagnostics.latency_p99.as_secs_f32() * 1000.0
                )
            };
            let placed = if stream.calibration.is_some() {
                ""
            } else {
                "   no calibration: no points"
            };
            let length = match stream.duration {
                Some(_) => format!(" / {:.2}", position.duration.as_secs_f32()),
                None => String::new(),
            };
            format!(
                "{name}   {} + {}   {transport}{speed}   {:.2}{length} s\n\
                 {rates}dropped {}   errors {}{placed}",
                info.depth_mode,
                info.color_resolution,
                position.position.as_secs_f32(),
                diagnostics.dropped_frames,
                diagnostics.image_errors,
            )
        }
    };
    if text.0 != line {
        text.0 = line;
    }
    let wanted = if state.problem().is_some() {
        PROBLEM
    } else {
        TEXT
    };
    if color.0 != wanted {
        color.0 = wanted;
    }
}
