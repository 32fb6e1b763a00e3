//! Set-ups as scenes: in a file, and with `bsn!`.

use bevy::prelude::*;
use bevy::world_serialization::{DynamicWorldBuilder, DynamicWorldRoot};
use bevy_kinect_azure::prelude::*;

use crate::support::*;

/// The entity with a name.
fn named(world: &mut World, name: &str) -> Option<Entity> {
    let mut names = world.query::<(Entity, &Name)>();
    let (entity, _) = names
        .iter(world)
        .find(|(_, other)| other.as_str() == name)?;
    Some(entity)
}

#[test]
fn one_file_describes_a_whole_set_up() {
    let mut app = app_with_renderer(|_| {});
    let scene = app
        .world()
        .resource::<AssetServer>()
        .load("exhibit.scn.ron");
    app.world_mut().spawn(DynamicWorldRoot(scene));
    update_until(&mut app, "the sensor of the scene", |world| {
        let Some(sensor) = named(world, "sensor") else {
            return false;
        };
        world
            .get::<SensorState>(sensor)
            .is_some_and(SensorState::is_streaming)
    });
    let world = app.world_mut();
    let [sensor, picture, entrance, figure] =
        ["sensor", "picture", "entrance", "figure"].map(|name| named(world, name).unwrap());
    let SensorSource::Simulation(settings) = &world.get::<KinectSensor>(sensor).unwrap().source
    else {
        panic!("the sensor is simulated");
    };
    // What the file does not say is as by default.
    assert_eq!(settings.depth_mode, DepthMode::NfovUnbinned);
    assert_eq!(settings.people, 2);
    assert_eq!(world.get::<Transform>(sensor).unwrap().translation.y, 1.3);
    assert_eq!(
        world.get::<ImageOutputOf>(picture),
        Some(&ImageOutputOf(sensor))
    );
    assert_eq!(world.get::<ImageOutputs>(sensor).unwrap().iter().count(), 1);
    assert_eq!(world.get::<Avatar>(figure).unwrap().sensor, Some(sensor));
    let PointColor::Flat(_) = world.get::<PointCloud>(sensor).unwrap().color else {
        panic!("the points have one colour");
    };
    update_until(
        &mut app,
        "the image, a player in the zone, and the avatar",
        |world| {
            let image = world.get::<OutputDiagnostics>(picture);
            let zone = world.get::<ZoneOccupants>(entrance);
            let avatar = world.get::<AvatarState>(figure);
            image.is_some_and(|image| image.updates > 0 && image.warning.is_none())
                && zone.is_some_and(|zone| !zone.players.is_empty())
                && avatar.is_some_and(|avatar| avatar.player.is_some())
        },
    );
}

#[test]
fn a_set_up_is_written_as_a_scene_and_spawned_again() {
    let mut app = headless_scene_app();
    let world = app.world_mut();
    let sensor = world
        .spawn((
            KinectSensor::recording("visitors.mkv"),
            PointCloud::default(),
            BodyTracking::new(Tracker::BuiltIn),
        ))
        .id();
    let output = world
        .spawn((
            ImageOutput::new(ImageKind::Depth).false_color(),
            ImageOutputOf(sensor),
        ))
        .id();
    let registry = world.resource::<AppTypeRegistry>().clone();
    let text = {
        let registry = registry.read();
        let scene = DynamicWorldBuilder::from_world(world, &registry)
            .deny_all_components()
            .allow_component::<KinectSensor>()
            .allow_component::<PointCloud>()
            .allow_component::<BodyTracking>()
            .allow_component::<ImageOutput>()
            .allow_component::<ImageOutputOf>()
            .extract_entities([sensor, output].into_iter())
            .build();
        scene.serialize(&registry).unwrap()
    };
    assert!(
        text.contains("bevy_kinect_azure::sensor::KinectSensor"),
        "{text}"
    );
    let file = std::env::temp_dir().join(format!("kinect-scene-{}.scn.ron", std::process::id()));
    std::fs::write(&file, &text).unwrap();

    let mut app = headless_scene_app();
    let scene = app.world().resource::<AssetServer>().load(file.clone());
    app.world_mut().spawn(DynamicWorldRoot(scene));
    update_until(&mut app, "the scene", |world| {
        world.query::<&ImageOutput>().iter(world).count() == 1
    });
    let world = app.world_mut();
    let mut outputs = world.query::<(&ImageOutput, &ImageOutputOf)>();
    let (output, of) = outputs.single(world).unwrap();
    assert_eq!(*output, ImageOutput::new(ImageKind::Depth).false_color());
    let sensor = of.0;
    assert_eq!(
        world.get::<KinectSensor>(sensor),
        Some(&KinectSensor::recording("visitors.mkv"))
    );
    assert_eq!(
        world.get::<BodyTracking>(sensor),
        Some(&BodyTracking::new(Tracker::BuiltIn))
    );
    std::fs::remove_file(file).unwrap();
}

/// An app that loads scenes, without a renderer.
fn headless_scene_app() -> App {
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        TransformPlugin,
        AssetPlugin {
            unapproved_path_mode: bevy::asset::UnapprovedPathMode::Allow,
            ..default()
        },
        bevy::world_serialization::WorldSerializationPlugin,
        bevy::scene::ScenePlugin,
        KinectAzurePlugin,
    ));
    app.finish();
    app.cleanup();
    app
}

#[test]
fn bsn_spawns_sensors_with_their_outputs() {
    let mut app = headless_scene_app();
    let source = SensorSource::recording("visitors.mkv");
    app.world_mut()
        .spawn_scene(bsn! {
            #Sensor
            KinectSensor { source: {source.clone()} }
            PointCloud
            BodyTracking { active: false }
            ImageOutputs [
                (#Depth ImageOutput { kind: ImageKind::Depth, mirror: true }),
                (#Color ImageOutput),
            ]
            Children [
                (Avatar { sensor: {None} } Transform),
            ]
        })
        .unwrap();
    let world = app.world_mut();
    let sensor = named(world, "Sensor").unwrap();
    let depth = named(world, "Depth").unwrap();
    assert_eq!(
        world.get::<KinectSensor>(sensor),
        Some(&KinectSensor::new(source))
    );
    assert!(!world.get::<BodyTracking>(sensor).unwrap().active);
    assert_eq!(
        world.get::<ImageOutputOf>(depth),
        Some(&ImageOutputOf(sensor))
    );
    assert!(world.get::<ImageOutput>(depth).unwrap().mirror);
    assert_eq!(world.get::<Children>(sensor).unwrap().len(), 1);
}
