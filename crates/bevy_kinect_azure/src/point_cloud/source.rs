//! Keeps the sources of clouds and surfaces up to date, with buffers for their points.

use std::sync::Arc;

use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::BufferUsages;
use bevy::render::renderer::RenderDevice;
use bevy::render::storage::ShaderBuffer;

use super::buffer::{POINT_BYTES, PointCloudBuffer};
use super::parts::Parts;
use super::point_source::PointSource;
use super::{PointCloud, SurfaceBuffers, SurfaceMesh};
use crate::sensor::{KinectSensor, SensorStream};
use crate::stream::sensor_of;

/// Marks clouds and surfaces without a sensor for which the warning was logged.
#[derive(Component)]
pub(super) struct WithoutSensor;

/// Keeps sources up to date, and creates point buffers of the right size.
pub(super) fn prepare_sources(
    mut commands: Commands,
    mut clouds: Query<(
        Entity,
        AnyOf<(&PointCloud, &SurfaceMesh)>,
        Option<&mut PointSource>,
        Option<&PointCloudBuffer>,
        Has<WithoutSensor>,
    )>,
    sensors: Query<(), With<KinectSensor>>,
    parents: Query<&ChildOf>,
    streams: Query<&SensorStream>,
    device: Option<Res<RenderDevice>>,
    mut buffers: ResMut<Assets<ShaderBuffer>>,
) {
    let limit = device.map_or(u64::MAX, |device| {
        device.limits().max_storage_buffer_binding_size
    });
    for (entity, drawn, old, buffer, is_told) in &mut clouds {
        let sensor = sensor_of(entity, &sensors, &parents);
        match sensor {
            None if !is_told => {
                let what = match drawn {
                    (Some(_), _) => "PointCloud",
                    (None, _) => "SurfaceMesh",
                };
                warn!(
                    "the {what} of {entity} belongs to no sensor, so it shows nothing: put it on an entity with KinectSensor, \
                     or on a descendant of one"
                );
                commands.entity(entity).insert(WithoutSensor);
            }
            Some(_) if is_told => {
                commands.entity(entity).remove::<WithoutSensor>();
            }
            _ => {}
        }
        let stream = sensor.and_then(|sensor| streams.get(sensor).ok());
        let table = stream.and_then(|stream| {
            stream.calibration.as_ref()?.depth_camera.as_ref()?;
            stream.xy_table.as_ref()
        });
        let (Some(sensor), Some(table)) = (sensor, table) else {
            // While a sensor is off or lost, its last points stay; a sensor without calibration has none.
            if buffer.is_some() && (sensor.is_none() || stream.is_some()) {
                commands.entity(entity).remove::<(Parts, SurfaceBuffers)>();
            }
            continue;
        };
        let (color, timing, filter, smoothing) = match drawn {
            (Some(cloud), _) => (cloud.color, cloud.timing, cloud.filter, cloud.smoothing),
            (_, Some(surface)) => (
                surface.color,
                surface.timing,
                surface.filter,
                surface.smoothing,
            ),
            (None, None) => continue,
        };
        let source = PointSource {
            sensor,
            timing,
            color,
            filter,
            smoothing,
        };
        let size = filter.grid(table.width(), table.height());
        match old {
            Some(mut old) => {
                old.set_if_neq(source);
            }
            None => {
                commands.entity(entity).insert(source);
            }
        }
        if buffer.is_some_and(|buffer| (buffer.width, buffer.height) == size.into()) {
            continue;
        }
        let points = size.x as usize * size.y as usize;
        if points == 0 {
            continue;
        }
        // A vertex of a surface is twice as large.
        if points as u64 * 32 > limit {
            warn_once!(
                "a sensor's depth image has more points than this GPU's buffers can hold: it is not shown as a point \
                 cloud. Choose a lower density or another depth mode"
            );
            continue;
        }
        let mut buffer =
            ShaderBuffer::with_size(points * POINT_BYTES, RenderAssetUsages::RENDER_WORLD);
        buffer.buffer_description.label = Some("kinect points");
        buffer.buffer_description.usage |= BufferUsages::VERTEX;
        commands.entity(entity).insert(PointCloudBuffer {
            buffer: buffers.add(buffer),
            width: size.x,
            height: size.y,
            filled: Arc::default(),
        });
    }
}

#[cfg(test)]
mod tests {
    use bevy::ecs::system::RunSystemOnce;

    use super::*;

    #[test]
    fn a_cloud_without_a_sensor_is_told_until_it_has_one() {
        let mut world = World::new();
        world.init_resource::<Assets<ShaderBuffer>>();
        let cloud = world.spawn(PointCloud::default()).id();
        let parent = world.spawn_empty().id();
        let prepare = |world: &mut World| {
            let ran = world.run_system_once(prepare_sources);
            assert!(ran.is_ok());
            world.get::<WithoutSensor>(cloud).is_some()
        };
        assert!(prepare(&mut world));
        world.entity_mut(parent).add_child(cloud);
        assert!(prepare(&mut world));
        world.entity_mut(parent).insert(KinectSensor::default());
        assert!(!prepare(&mut world));
        world.entity_mut(parent).remove::<KinectSensor>();
        assert!(prepare(&mut world));
    }
}
