//! The code of docs/your-app.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn main() {
    App::new()
        .add_plugins((DefaultPlugins, KinectAzurePlugin))
        .add_systems(Startup, setup)
        .add_systems(Update, balls)
        .run();
}

fn setup(mut commands: Commands) {
    commands
        .spawn((
            KinectSensor::simulated(),
            PointCloud::default(),
            BodyTracking::default(),
        ))
        .observe(|change: On<SensorStateChanged>| info!("the sensor is {}", change.to.name()))
        .observe(|entered: On<PlayerEntered>| info!("player {} has come", entered.id));
    commands.spawn((Camera3d::default(), Transform::from_xyz(0.0, 0.0, 1.0)));
    commands.spawn((
        DirectionalLight::default(),
        Transform::from_rotation(Quat::from_rotation_x(-0.8)),
    ));
}

fn balls(
    mut commands: Commands,
    joints: Query<Entity, Added<BodyJoint>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    for joint in &joints {
        commands.entity(joint).insert((
            Mesh3d(meshes.add(Sphere::new(0.03))),
            MeshMaterial3d(materials.add(Color::WHITE)),
        ));
    }
}

mod images_in_the_ui {
    use super::*;

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
}
