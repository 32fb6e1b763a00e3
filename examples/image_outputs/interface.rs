//! The grid, its captions and the keys.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::switches::{Switch, Switches};
use crate::{KINDS, Options, Scene};
use kinect_app_support::fit::WhereRoom;
use kinect_app_support::legend::{self, Value};
use kinect_app_support::style::{BACKGROUND, LABEL, PANEL, PROBLEM, TEXT, text_font};

const MARGIN: f32 = 20.0;
const GAP: f32 = 10.0;
/// Height of the images divided by their width: 720p, and the narrow field of view.
const COLOR_SHAPE: f32 = 720.0 / 1280.0;
const DEPTH_SHAPE: f32 = 576.0 / 640.0;
/// Below each image.
const CAPTION_HEIGHT: f32 = 44.0;
const ALIGNED: Color = Color::srgb(0.45, 0.72, 1.0);

/// The line of figures.
#[derive(Component)]
pub(crate) struct Status;

/// The caption below an image.
#[derive(Component)]
pub(crate) struct Caption(Entity);

pub(crate) fn spawn(mut commands: Commands, scene: Res<Scene>) {
    commands
        .spawn((
            BackgroundColor(BACKGROUND),
            Node {
                width: percent(100),
                height: percent(100),
                flex_direction: FlexDirection::Column,
                padding: UiRect::all(px(MARGIN)),
                row_gap: px(GAP),
                ..default()
            },
        ))
        .with_children(|page| {
            page.spawn((
                WhereRoom,
                Node {
                    justify_content: JustifyContent::SpaceBetween,
                    align_items: AlignItems::Baseline,
                    flex_shrink: 0.0,
                    ..default()
                },
            ))
            .with_children(|head| {
                head.spawn((Text::new("Image outputs"), text_font(22.0), TextColor(TEXT)));
                head.spawn((Status, Text::default(), text_font(12.0), TextColor(LABEL)));
            });
            images(
                page,
                "As the colour camera sees it",
                scene.by_color_camera,
                COLOR_SHAPE,
            );
            images(
                page,
                "As the depth camera sees it",
                scene.by_depth_camera,
                DEPTH_SHAPE,
            );
            page.spawn(legend::row()).with_children(|row| {
                for switch in Switch::ALL {
                    legend::key(row, switch.key(), switch.cap(), switch.what());
                }
            });
        });
}

/// A title and five images; rows share the height of the page by the shape of their images.
fn images(page: &mut ChildSpawnerCommands, title: &str, outputs: [Entity; 5], shape: f32) {
    page.spawn((Text::new(title), text_font(13.0), TextColor(LABEL)));
    page.spawn(Node {
        flex_grow: shape,
        flex_basis: px(CAPTION_HEIGHT),
        min_height: px(0),
        column_gap: px(GAP),
        ..default()
    })
    .with_children(|row| {
        for (kind, output) in KINDS.into_iter().zip(outputs) {
            row.spawn((
                BackgroundColor(PANEL),
                Node {
                    flex_direction: FlexDirection::Column,
                    flex_grow: 1.0,
                    flex_basis: px(0),
                    min_width: px(0),
                    min_height: px(0),
                    border_radius: BorderRadius::all(px(4)),
                    ..default()
                },
            ))
            .with_children(|cell| {
                cell.spawn((
                    Node {
                        flex_grow: 1.0,
                        flex_basis: px(0),
                        min_height: px(0),
                        ..default()
                    },
                    BackgroundColor(Color::BLACK),
                    KinectImageNode {
                        output,
                        ..default()
                    },
                ));
                caption_lines(cell, kind, output);
            });
        }
    });
}

fn caption_lines(cell: &mut ChildSpawnerCommands, kind: ImageKind, output: Entity) {
    cell.spawn(Node {
        flex_direction: FlexDirection::Column,
        padding: UiRect::axes(px(8), px(6)),
        row_gap: px(3),
        height: px(CAPTION_HEIGHT),
        flex_shrink: 0.0,
        overflow: Overflow::clip(),
        ..default()
    })
    .with_children(|lines| {
        lines
            .spawn((Text::new(name(kind)), text_font(13.0), TextColor(TEXT)))
            .with_child((
                Aligned(output),
                TextSpan::default(),
                text_font(13.0),
                TextColor(ALIGNED),
            ));
        lines.spawn((
            Caption(output),
            Text::new(" "),
            text_font(10.0),
            TextColor(LABEL),
        ));
    });
}

/// The word beside the name of an image that is seen from the other camera.
#[derive(Component)]
pub(crate) struct Aligned(Entity);

fn name(kind: ImageKind) -> &'static str {
    match kind {
        ImageKind::Color => "Colour",
        ImageKind::Depth => "Depth",
        ImageKind::Infrared => "Infrared",
        ImageKind::PlayerIndex => "Players",
        ImageKind::PointCloud => "Points",
    }
}

pub(crate) fn caption(
    mut captions: Query<(&Caption, &mut Text, &mut TextColor)>,
    mut tags: Query<(&Aligned, &mut TextSpan)>,
    outputs: Query<(&ImageOutput, &OutputImage, &OutputDiagnostics)>,
) {
    for (caption, mut text, mut color) in &mut captions {
        let Ok((_, image, about)) = outputs.get(caption.0) else {
            continue;
        };
        let line = match (&about.warning, image.size(), image.format()) {
            (Some(warning), ..) => warning.clone(),
            (None, Some(size), Some(format)) => format!("{}x{} {format:?}", size.x, size.y),
            _ => " ".to_owned(),
        };
        if text.0 != line {
            text.0 = line;
        }
        color.set_if_neq(TextColor(match about.warning {
            Some(_) => PROBLEM,
            None => LABEL,
        }));
    }
    for (tag, mut span) in &mut tags {
        let is_aligned = outputs.get(tag.0).is_ok_and(|(output, ..)| output.aligned);
        let word = if is_aligned { " aligned" } else { "" };
        if span.0 != word {
            word.clone_into(&mut span.0);
        }
    }
}

pub(crate) fn show_switches(switches: Res<Switches>, mut values: Query<(&Value, &mut Text)>) {
    for (value, mut text) in &mut values {
        for switch in Switch::ALL {
            if switch.key() == value.0 {
                switch.value(&switches).clone_into(&mut text.0);
            }
        }
    }
}

pub(crate) fn update_status(
    sensors: Query<(&SensorState, &SensorDiagnostics, Option<&SensorStream>)>,
    scene: Res<Scene>,
    options: Res<Options>,
    mut status: Single<(&mut Text, &mut TextColor), With<Status>>,
) {
    let Ok((state, figures, stream)) = sensors.get(scene.sensor) else {
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
            let rate = match options.show.screenshot {
                Some(_) => String::new(),
                None => format!("   {:.1} fps", figures.frame_rate),
            };
            format!(
                "{name}   {} + {}{rate}",
                info.depth_mode, info.color_resolution
            )
        }
    };
    if text.0 != line {
        text.0 = line;
    }
    color.set_if_neq(TextColor(match state.problem() {
        Some(_) => PROBLEM,
        None => LABEL,
    }));
}
