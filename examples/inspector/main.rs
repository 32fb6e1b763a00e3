//! The inspector on a small app: a sensor with its point cloud, body tracking, a zone in the room, and a model that follows the person
//! who has been there longest.
//!
//! Without a file it shows a simulated sensor in front of the visitors of an exhibit. A file is a recording (.mkv), whose people a body
//! tracker finds. `--device` shows a live sensor.
//!
//! ```text
//! cargo run --release --example inspector
//! cargo run --release --example inspector -- FILE.mkv --page playback
//! cargo run --release --example inspector -- --device
//! cargo run --release --example inspector -- --screenshot picture.png --frame 60 --page images
//! ```
//!
//! F1 shows and hides the inspector; drag, right-drag and wheel outside of it move the camera.

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, KinectInspectorPlugin, Page};
use clap::Parser;

use kinect_app_support::orbit::{Orbit, OrbitCamera, OrbitPlugin};
use kinect_app_support::{Canvas, People, Show, style};

/// The inspector on a small app.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "inspector")]
struct Options {
    #[command(flatten)]
    show: Show,
    #[command(flatten)]
    people: People,
    /// Show the first free live sensor.
    #[arg(long, conflicts_with = "file")]
    device: bool,
    /// The page of the inspector to begin with.
    #[arg(long, default_value = "sensors", value_parser = parse_page, value_name = "PAGE")]
    page: Page,
    /// The size of the inspector; without it, it is larger in high windows.
    #[arg(long)]
    scale: Option<f32>,
}

fn parse_page(text: &str) -> Result<Page, String> {
    let found = Page::ALL
        .into_iter()
        .find(|page| page.title().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let titles = Page::ALL.map(|page| page.title().to_lowercase());
        format!("the pages are {}", titles.join(", "))
    })
}

fn main() -> AppExit {
    let mut options = Options::parse();
    // The model blends into poses: a picture depends on the captures before it.
    options.show.plays = true;
    let Some(mut app) = options.show.app("inspector", "Inspector") else {
        return AppExit::error();
    };
    app.add_plugins((
        KinectAzurePlugin,
        KinectInspectorPlugin {
            shown: true,
            ..default()
        },
        OrbitPlugin,
    ))
    .insert_resource(ClearColor(style::BACKGROUND))
    .insert_resource(Orbit::new(
        Vec3::new(-0.75, 0.9, -2.3),
        4.2,
        Vec2::new(14.0, -10.0),
    ))
    .insert_resource(options)
    .add_systems(Startup, setup);
    app.run()
}

fn setup(
    mut commands: Commands,
    options: Res<Options>,
    canvas: Res<Canvas>,
    assets: Res<AssetServer>,
    mut inspector: ResMut<KinectInspector>,
) {
    inspector.page = options.page;
    inspector.scale = options.scale;
    let simulated = match options.device {
        true => KinectSensor::device(),
        false => KinectSensor::simulated(),
    };
    let sensor = options
        .people
        .spawn(&mut commands, &options.show, simulated);
    commands
        .entity(sensor)
        .insert((Name::new("Hall"), PointCloud::default()));
    commands.spawn((
        Name::new("In front of the screen"),
        BodyZone::floor([
            Vec2::new(-0.7, -1.4),
            Vec2::new(0.7, -1.4),
            Vec2::new(0.7, -2.6),
            Vec2::new(-0.7, -2.6),
        ]),
    ));
    let model = assets.load(GltfAssetLabel::Scene(0).from_asset("mannequin.glb"));
    commands.spawn((
        Name::new("Mannequin"),
        WorldAssetRoot(model),
        Avatar::new(AvatarPlayer::Longest),
        Transform::from_xyz(1.6, 0.0, -2.2),
    ));
    commands.spawn((
        DirectionalLight {
            illuminance: 2200.0,
            ..default()
        },
        Transform::from_xyz(1.0, 3.0, 2.0).looking_at(Vec3::new(0.0, 1.0, -2.0), Vec3::Y),
    ));
    // The colours of the points are the camera's: no tone mapping.
    commands.spawn((
        Camera3d::default(),
        Tonemapping::None,
        AmbientLight {
            brightness: 90.0,
            ..default()
        },
        OrbitCamera,
        canvas.target(),
    ));
}
