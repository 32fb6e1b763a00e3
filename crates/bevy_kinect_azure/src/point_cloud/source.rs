//! What every cloud and surface begins with: a sensor, settings, and a buffer for its points.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::BufferUsages;
use bevy::render::renderer::RenderDevice;
use bevy::render::storage::ShaderBuffer;

use super::material::PointCloudMaterial;
use super::{PointCloud, PointColor, PointFilter, SurfaceBuffers, SurfaceMesh};
use crate::body::ImageTiming;
use crate::sensor::{KinectSensor, SensorStream};
use crate::stream::sensor_of;

/// The points of a [`PointCloud`] or a [`SurfaceMesh`] on the GPU. Read only; on the same entity once the sensor's modes are
/// known. A change of the depth mode or of the density gives a new handle.
///
/// The buffer holds `width × height` points, row by row as in the depth image. In WGSL:
///
/// ```wgsl
/// #import kinect_azure::point::Point
/// // struct Point {
/// //     position: vec3<f32>, // metres in the sensor's space
/// //     color: u32,          // pack4x8unorm of sRGB-encoded red, green, blue, and alpha: 0 = no point here
/// // }
/// @group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> points: array<Point>;
/// ```
///
/// In a material: `#[storage(0, read_only)] points: Handle<ShaderBuffer>`, made when this component is there or has changed. A
/// cloud with [`PointShape::Custom`](super::PointShape::Custom) has the mesh for it:
///
/// ```
/// # use bevy::{prelude::*, render::{render_resource::AsBindGroup, storage::ShaderBuffer}};
/// # use bevy_kinect_azure::prelude::*;
/// # #[derive(Asset, TypePath, AsBindGroup, Clone)]
/// # struct Sparks { #[storage(0, read_only)] points: Handle<ShaderBuffer> }
/// # impl Material for Sparks {}
/// fn bind(
///     mut commands: Commands,
///     clouds: Query<(Entity, &PointCloudBuffer), Changed<PointCloudBuffer>>,
///     mut materials: ResMut<Assets<Sparks>>,
/// ) {
///     for (cloud, buffer) in &clouds {
///         let sparks = materials.add(Sparks { points: buffer.buffer.clone() });
///         commands.entity(cloud).insert(MeshMaterial3d(sparks));
///     }
/// }
/// ```
///
/// It can also be a source of copies, or bound as a vertex buffer with one point an instance (stride 16: `Float32x3`,
/// `Unorm8x4`).
#[derive(Component, Reflect, Clone, Debug)]
#[reflect(Component, Debug)]
pub struct PointCloudBuffer {
    /// The buffer.
    pub buffer: Handle<ShaderBuffer>,
    /// Points in a row: width of the depth image, divided by [`PointFilter::density`] and rounded up.
    pub width: u32,
    /// Rows: likewise of its height.
    pub height: u32,
    #[reflect(ignore)]
    filled: Arc<AtomicBool>,
}

impl PointCloudBuffer {
    /// Whether points were ever computed into it: before that it holds zeros.
    pub fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Relaxed)
    }

    /// For the render world to say so.
    pub(super) fn filled(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.filled)
    }
}

/// Bytes of one point in a [`PointCloudBuffer`].
pub const POINT_BYTES: usize = 16;

/// What a cloud's points are computed from, whatever is drawn of them.
#[derive(Component, Clone, Debug, PartialEq)]
pub(crate) struct PointSource {
    pub(crate) sensor: Entity,
    pub(crate) timing: ImageTiming,
    pub(super) color: PointColor,
    pub(super) filter: PointFilter,
}

/// What every cloud and surface gets, whose mesh is the plugin's.
type Parts = (
    PointSource,
    PointCloudBuffer,
    SurfaceBuffers,
    Mesh3d,
    MeshMaterial3d<PointCloudMaterial>,
    NoAutoAabb,
    NoFrustumCulling,
);

/// An entity that is no cloud any more is not drawn as one.
pub(super) fn remove_parts(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<Parts>();
}

/// On clouds and surfaces without a sensor, since the log said so.
#[derive(Component)]
pub(super) struct WithoutSensor;

/// Keeps sources up to date, and makes buffers where there are none of the right size.
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
            // While a sensor is off or lost its last points stay; one that cannot place points has none.
            if buffer.is_some() && (sensor.is_none() || stream.is_some()) {
                commands.entity(entity).remove::<Parts>();
            }
            continue;
        };
        let (color, timing, filter) = match drawn {
            (Some(cloud), _) => (cloud.color, cloud.timing, cloud.filter),
            (_, Some(surface)) => (surface.color, surface.timing, surface.filter),
            (None, None) => continue,
        };
        let source = PointSource {
            sensor,
            timing,
            color,
            filter,
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
        let mut prepare = |world: &mut World| {
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
