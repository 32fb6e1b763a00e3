//! The code of docs/settings.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_settings::KinectSettingsPlugin;

fn main() {
    App::new()
        .add_plugins((
            DefaultPlugins,
            KinectAzurePlugin,
            KinectSettingsPlugin::app("mirror"),
        ))
        .add_systems(Startup, setup)
        .run();
}

fn setup(mut commands: Commands) {
    let sensor = commands
        .spawn((
            Name::new("left"),
            KinectSensor::device(),
            PointCloud::default(),
        ))
        .id();
    commands.spawn((
        Name::new("picture"),
        ImageOutput::new(ImageKind::Depth).false_color(),
        ImageOutputOf(sensor),
    ));
}

use bevy_kinect_settings::{KeepSettings, SettingsState};

#[derive(Component, Reflect, Clone, PartialEq, Default)]
#[reflect(Component, Default)]
struct Particles {
    count: u32,
}

fn keep_particles(app: &mut App) {
    app.keep_setting::<Particles>();
}

/// Tells an operator if settings cannot be saved.
fn tell(state: Res<SettingsState>) {
    if let Some(problem) = &state.problem {
        warn!("{problem}");
    }
}

use bevy::world_serialization::DynamicWorldRoot;

fn load(mut commands: Commands, assets: Res<AssetServer>) {
    commands.spawn(DynamicWorldRoot(assets.load("exhibit.scn.ron")));
}
