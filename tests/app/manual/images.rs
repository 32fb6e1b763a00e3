//! The code of docs/images.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn output(mut commands: Commands, sensor: Entity) {
    commands.spawn((
        ImageOutput {
            kind: ImageKind::Depth,
            aligned: true,
            resolution: OutputResolution::Half,
            mirror: true,
            passes: vec![OutputPass {
                filter: OutputFilter::HoleFill { radius: 3 },
                repeat: 1,
            }],
            ..default()
        },
        ImageOutputOf(sensor),
    ));
}
