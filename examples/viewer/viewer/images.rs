//! The images beside the cloud.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{BACKGROUND, LABEL, text_font};

use super::Scene;
use super::layout::{COLUMN_WIDTH, GAP, Part, covering};

/// A UI node that shows an output.
#[derive(Component)]
pub(super) struct Preview(Entity);

pub(super) fn spawn(row: &mut ChildSpawnerCommands, scene: &Scene, outputs: &Query<&OutputImage>) {
    row.spawn((
        Part::Images,
        covering(Node {
            width: px(COLUMN_WIDTH),
            flex_shrink: 0.0,
            flex_direction: FlexDirection::Column,
            padding: UiRect::all(px(GAP)),
            row_gap: px(GAP * 0.5),
            overflow: Overflow::clip(),
            ..default()
        }),
    ))
    .with_children(|column| {
        for (label, output) in scene.images {
            let Ok(image) = outputs.get(output) else {
                continue;
            };
            column.spawn((Text::new(label), text_font(12.0), TextColor(LABEL)));
            column.spawn((
                Preview(output),
                ImageNode::new(image.image.clone()),
                BackgroundColor(BACKGROUND),
                Node {
                    width: percent(100),
                    // Until the sensor's modes are known.
                    aspect_ratio: Some(16.0 / 9.0),
                    ..default()
                },
            ));
        }
    });
}

/// Gives each picture its proportions once they are known, and the new handle where an output has changed its size.
pub(super) fn fit(
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
