//! A warning for components that have no effect because the plugin is missing, once for each kind of component.

use bevy::ecs::world::DeferredWorld;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;

/// This resource is in the world once the plugin was added to the app.
#[derive(Resource)]
pub(crate) struct PluginIsThere;

/// The kinds of components that were already warned about.
#[derive(Resource, Default)]
struct Told(HashSet<&'static str>);

/// For the `on_add` hook of a component that has no effect without the plugin: warns if the plugin is missing.
pub(crate) fn expect_plugin(world: &mut DeferredWorld, component: &'static str) {
    if world.get_resource::<PluginIsThere>().is_some() {
        return;
    }
    world.commands().queue(move |world: &mut World| {
        let is_missing = !world.contains_resource::<PluginIsThere>();
        if is_missing && world.get_resource_or_init::<Told>().0.insert(component) {
            warn!(
                "a {component} was spawned, but KinectAzurePlugin is not in the app, so the component has no effect: \
                 add the plugin after DefaultPlugins, before anything is spawned"
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageOutput, KinectSensor, PointCloud, Recorder, SurfaceMesh};

    fn told(world: &mut World) -> Vec<&'static str> {
        world.flush();
        let told = world.get_resource::<Told>();
        let mut told: Vec<_> = told.into_iter().flat_map(|told| &told.0).copied().collect();
        told.sort_unstable();
        told
    }

    #[test]
    fn what_is_spawned_without_the_plugin_is_told_once_for_each_kind() {
        let mut world = World::new();
        for _ in 0..3 {
            world.spawn(ImageOutput::default());
            world.spawn(PointCloud::default());
            world.spawn(SurfaceMesh::default());
            world.spawn((KinectSensor::default(), Recorder::default()));
        }
        assert_eq!(
            told(&mut world),
            [
                "ImageOutput",
                "KinectSensor",
                "PointCloud",
                "Recorder",
                "SurfaceMesh"
            ]
        );

        let mut world = World::new();
        world.insert_resource(PluginIsThere);
        world.spawn((ImageOutput::default(), PointCloud::default()));
        assert!(told(&mut world).is_empty());
    }
}
