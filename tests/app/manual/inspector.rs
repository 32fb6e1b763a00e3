//! The code of docs/inspector.md.

mod ten_lines {
    use bevy::prelude::*;
    use bevy_kinect_azure::prelude::*;
    use bevy_kinect_inspector::KinectInspectorPlugin;

    fn main() {
        App::new()
            .add_plugins((
                DefaultPlugins,
                KinectAzurePlugin,
                KinectInspectorPlugin::default(),
            ))
            .add_systems(Startup, |mut commands: Commands| {
                commands.spawn((KinectSensor::simulated(), PointCloud::default()));
                commands.spawn(Camera3d::default());
            })
            .run();
    }
}

use bevy::prelude::*;
use bevy_kinect_inspector::{
    KinectInspector, Page, inspector_wants_keyboard, inspector_wants_pointer,
};

fn show_the_images(mut inspector: ResMut<KinectInspector>) {
    inspector.shown = true;
    inspector.page = Page::Images;
    // No key: only the app shows and hides it.
    inspector.key = None;
    // Twice the size; without it, everything is larger in windows of more than 1080 pixels in height.
    inspector.scale = Some(2.0);
}

fn turn_the_camera() {}

fn walk() {}

fn build(app: &mut App) {
    app.add_systems(
        Update,
        (
            turn_the_camera.run_if(not(inspector_wants_pointer)),
            walk.run_if(not(inspector_wants_keyboard)),
        ),
    );
}
