//! The code of docs/your-app.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn setup(mut commands: Commands) {
    let sensor = commands.spawn(KinectSensor::recording("visitors.mkv")).id();
    commands.spawn((ImageOutput::new(ImageKind::Color), ImageOutputOf(sensor)));
    commands.spawn((
        ImageOutput::new(ImageKind::Depth).false_color(),
        ImageOutputOf(sensor),
    ));
    commands.spawn(Camera2d);
}

fn show(outputs: Query<&OutputImage, Added<OutputImage>>, mut commands: Commands) {
    for output in &outputs {
        commands.spawn(ImageNode::new(output.image.clone()));
    }
}
