//! Point clouds: positions and colours in a GPU buffer, and a renderer for it (P1, P2, P4).
//!
//! A compute pass turns each new depth image into a buffer of points, coloured through the colour camera's real lens
//! model. The plugin's own material draws the buffer as camera-facing quads; any material or compute shader of the
//! app can bind the same buffer: see [`PointCloudBuffer`].

mod compute;
mod material;

use bevy::asset::{RenderAssetUsages, embedded_asset};
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;
use bevy::render::render_resource::BufferUsages;
use bevy::render::storage::ShaderBuffer;
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

use crate::sensor::{KinectSensor, KinectSystems, SensorStream};
use material::{MeshCache, PointCloudMaterial};

/// Draws a sensor's point cloud. Put it on the sensor entity, or on a descendant of it to move the cloud or to draw
/// several.
///
/// Points are in metres in the sensor's space: x right, y up, −z forward (P4).
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_remove = remove_parts)]
pub struct PointCloud {
    /// How large each point is drawn.
    pub size: PointSize,
    /// What each point is drawn as.
    pub shape: PointShape,
    /// Where its colour comes from.
    pub color: PointColor,
}

/// How large points are drawn. Values that are not finite or below 0 count as 0; never smaller than a pixel.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub enum PointSize {
    /// A multiple of the patch of surface that the depth pixel covers: at 1, surfaces that face the sensor are closed at
    /// any distance.
    Footprint(f32),
    /// Metres, seen in perspective.
    World(f32),
    /// Pixels of the view.
    Pixels(f32),
}

impl Default for PointSize {
    fn default() -> Self {
        Self::Footprint(1.6)
    }
}

/// What points are drawn as. Both face the viewer.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PointShape {
    /// Squares: the fastest.
    #[default]
    Square,
    /// Discs.
    Disc,
}

/// Where the colour of points comes from.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub enum PointColor {
    /// The colour camera, through its lens model.
    Camera {
        /// For points that the colour camera does not see; alpha 0 hides them.
        unseen: Color,
    },
    /// Infrared brightness as grey that counts stops (logarithmic), its range stretched.
    Infrared,
    /// A rainbow from near (red) to far (blue) over the operating range of the depth mode.
    DepthRamp,
    /// One colour.
    Flat(Color),
}

impl Default for PointColor {
    fn default() -> Self {
        Self::Camera {
            unseen: Color::srgb(0.25, 0.25, 0.25),
        }
    }
}

/// The points of a [`PointCloud`] on the GPU. Read only; on the same entity once the sensor's modes are known. A change
/// of the depth mode gives a new handle.
///
/// The buffer holds `width × height` points, row by row as in the depth image. In WGSL:
///
/// ```wgsl
/// struct Point {
///     position: vec3<f32>, // metres in the sensor's space
///     color: u32,          // pack4x8unorm of sRGB-encoded red, green, blue, and alpha: 0 = no point here
/// }
/// @group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> points: array<Point>;
/// ```
///
/// In a material: `#[storage(0, read_only)] points: Handle<ShaderBuffer>`. It can also be a source of copies, or bound
/// as a vertex buffer with one point an instance (stride 16: `Float32x3`, `Unorm8x4`).
#[derive(Component, Reflect, Clone, Debug)]
#[reflect(Component, Debug)]
pub struct PointCloudBuffer {
    /// The buffer.
    pub buffer: Handle<ShaderBuffer>,
    /// Points in a row: width of the depth image.
    pub width: u32,
    /// Rows: height of the depth image.
    pub height: u32,
}

/// Bytes of one point in a [`PointCloudBuffer`].
pub const POINT_BYTES: usize = 16;

/// Point clouds. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct PointCloudPlugin;

impl Plugin for PointCloudPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<PointCloud>()
            .register_type::<PointCloudBuffer>();
        // Without a renderer there are no point clouds to see.
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_shader_library!(app, "point.wgsl");
        embedded_asset!(app, "unproject.wgsl");
        embedded_asset!(app, "points.wgsl");
        app.add_plugins(MaterialPlugin::<PointCloudMaterial>::default())
            .init_resource::<MeshCache>()
            .add_systems(PreUpdate, prepare_clouds.in_set(KinectSystems::Prepare));
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_resource::<compute::ExtractedClouds>()
                .add_systems(RenderStartup, compute::init)
                .add_systems(ExtractSchedule, compute::extract_clouds)
                .add_systems(
                    Render,
                    compute::prepare.in_set(RenderSystems::PrepareBindGroups),
                )
                .add_systems(
                    bevy::render::renderer::RenderGraph,
                    compute::run.before(bevy::core_pipeline::schedule::camera_driver),
                );
        }
    }
}

/// What [`prepare_clouds`] adds to a cloud.
type Parts = (
    PointCloudBuffer,
    Mesh3d,
    MeshMaterial3d<PointCloudMaterial>,
    NoAutoAabb,
    NoFrustumCulling,
    NotShadowCaster,
    NotShadowReceiver,
);

/// An entity that is no cloud any more is not drawn as one.
fn remove_parts(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<Parts>();
}

/// The sensor whose points an entity shows: itself, or its nearest ancestor that is one.
pub(crate) fn sensor_of(
    entity: Entity,
    sensors: &Query<(), With<KinectSensor>>,
    parents: &Query<&ChildOf>,
) -> Option<Entity> {
    core::iter::once(entity)
        .chain(parents.iter_ancestors(entity))
        .find(|&candidate| sensors.contains(candidate))
}

/// Makes buffer, mesh and material of clouds that have none of the right size, and keeps the material up to date.
fn prepare_clouds(
    mut commands: Commands,
    clouds: Query<(
        Entity,
        Ref<PointCloud>,
        Option<&PointCloudBuffer>,
        Option<&MeshMaterial3d<PointCloudMaterial>>,
    )>,
    sensors: Query<(), With<KinectSensor>>,
    parents: Query<&ChildOf>,
    streams: Query<&SensorStream>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut mesh_cache: ResMut<MeshCache>,
    mut buffers: ResMut<Assets<ShaderBuffer>>,
    mut materials: ResMut<Assets<PointCloudMaterial>>,
) {
    for (entity, cloud, buffer, material) in &clouds {
        let sensor = sensor_of(entity, &sensors, &parents);
        let stream = sensor.and_then(|sensor| streams.get(sensor).ok());
        let placed = stream.and_then(|stream| {
            let calibration = stream.calibration.as_ref()?;
            Some((
                stream.xy_table.as_ref()?,
                calibration.depth_camera.as_ref()?,
            ))
        });
        let Some((table, camera)) = placed else {
            // While a sensor is off or lost its last points stay; one that cannot place points has none.
            if buffer.is_some() && (sensor.is_none() || stream.is_some()) {
                commands.entity(entity).remove::<Parts>();
            }
            continue;
        };
        let (width, height) = (table.width(), table.height());
        let params = material::Params::new(&cloud, camera);
        match (buffer, material) {
            (Some(buffer), Some(material)) if (buffer.width, buffer.height) == (width, height) => {
                if let Some(material) = materials.get(&material.0)
                    && material.params == params
                {
                    continue;
                }
                if let Some(mut material) = materials.get_mut(&material.0) {
                    material.params = params;
                }
            }
            _ => {
                let points = width as usize * height as usize;
                let mut buffer =
                    ShaderBuffer::with_size(points * POINT_BYTES, RenderAssetUsages::RENDER_WORLD);
                buffer.buffer_description.label = Some("kinect points");
                buffer.buffer_description.usage |= BufferUsages::VERTEX;
                let buffer = buffers.add(buffer);
                commands.entity(entity).insert((
                    PointCloudBuffer {
                        buffer: buffer.clone(),
                        width,
                        height,
                    },
                    Mesh3d(mesh_cache.quads(points as u32, &mut meshes)),
                    MeshMaterial3d(materials.add(PointCloudMaterial {
                        points: buffer,
                        params,
                    })),
                    // The mesh has no positions of its own: only the GPU knows where the points are.
                    NoAutoAabb,
                    NoFrustumCulling,
                    NotShadowCaster,
                    NotShadowReceiver,
                ));
            }
        }
    }
}
