//! The mirror's glass: the app's camera in the colour camera's place, and the players as layers of its image.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;
use bevy_kinect_azure::kinect_azure::calibration::Sensor;
use bevy_kinect_azure::kinect_azure::{Calibration, units};
use bevy_kinect_azure::prelude::*;

/// The cells of the picture, within which the lens counts as straight.
const CELLS: UVec2 = UVec2::new(64, 36);
/// The radius of the edge of players, in pixels of the index image.
const EDGE: f32 = 2.7;

pub(crate) struct GlassPlugin;

impl Plugin for GlassPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            MaterialPlugin::<PlayerMaterial>::default(),
            FollowOutputsPlugin::<PlayerMaterial>::default(),
        ))
        .add_systems(Update, (polish, add_layers, place_layers).chain());
    }
}

/// One player of the colour image.
#[derive(Asset, Reflect, AsBindGroup, Clone, Debug)]
pub(crate) struct PlayerMaterial {
    #[texture(0)]
    #[sampler(1)]
    color: Handle<Image>,
    #[texture(2, sample_type = "float", filterable = false)]
    index: Handle<Image>,
    /// The player's number from 1, and the radius of the edge in pixels.
    #[uniform(3)]
    player: Vec4,
}

impl Material for PlayerMaterial {
    fn fragment_shader() -> ShaderRef {
        "shaders/magic_mirror.wgsl".into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        // Parts behind a player are hidden, those that shine through as well.
        AlphaMode::AlphaToCoverage
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        _: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // The picture is mirrored.
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// The images of a sensor.
#[derive(Component)]
pub(crate) struct Pictures {
    color: Entity,
    index: Entity,
}

/// The colour camera in the mirror, on the sensor's entity.
#[derive(Component)]
pub(crate) struct Glass {
    /// Its place in the mirrored space of the sensor.
    camera: Transform,
    /// The image at a distance of one metre.
    mesh: Handle<Mesh>,
}

/// The layer of a player.
#[derive(Component)]
pub(crate) struct Layer(Entity);

/// The app's camera.
#[derive(Component)]
pub(crate) struct View;

pub(crate) fn spawn(commands: &mut Commands, sensor: Entity) {
    let mut output = |kind: ImageKind, aligned: bool| {
        let output = ImageOutput {
            timing: ImageTiming::Bodies,
            aligned,
            ..ImageOutput::new(kind)
        };
        commands.spawn((output, ImageOutputOf(sensor))).id()
    };
    let pictures = Pictures {
        color: output(ImageKind::Color, false),
        index: output(ImageKind::PlayerIndex, true),
    };
    commands.entity(sensor).insert(pictures);
}

/// Puts the app's camera into the colour camera's place when the calibration is known.
fn polish(
    mut commands: Commands,
    sensors: Query<(Entity, &SensorStream), (With<Pictures>, Changed<SensorStream>)>,
    view: Single<(Entity, &mut Projection), With<View>>,
    mut meshes: ResMut<Assets<Mesh>>,
) {
    let (camera, mut projection) = view.into_inner();
    for (sensor, stream) in &sensors {
        let Some(glass) = stream.calibration.as_deref().and_then(|calibration| {
            let (place, picture, height) = picture(calibration)?;
            // The whole height of the image, at the middle.
            if let Projection::Perspective(perspective) = &mut *projection {
                perspective.fov = 2.0 * height.atan();
                perspective.near = 0.05;
            }
            Some(Glass {
                camera: place,
                mesh: meshes.add(picture),
            })
        }) else {
            continue;
        };
        commands
            .entity(camera)
            .insert((glass.camera, ChildOf(sensor)));
        commands.entity(sensor).insert(glass);
    }
}

/// Mirrors a place of the sensor's space at its plane x = 0.
fn mirrored(at: Vec3) -> Vec3 {
    at * Vec3::new(-1.0, 1.0, 1.0)
}

/// The colour camera in the mirrored space of the sensor; its image at a distance of one metre, relative to it; and half the height
/// of that image.
fn picture(calibration: &Calibration) -> Option<(Transform, Mesh, f32)> {
    let camera = calibration.color_camera.as_ref()?;
    let to_depth = calibration.extrinsics[Sensor::Color.index()][Sensor::Depth.index()]?;
    let place = mirrored(units::to_world(to_depth.translation).into());
    let turned = |ray: [f32; 3]| {
        let ray = to_depth.transform_direction(ray);
        mirrored(units::direction_to_world(ray).into())
    };
    let (front, down) = (turned([0.0, 0.0, 1.0]), turned([0.0, 1.0, 0.0]));
    let transform = Transform::from_translation(place).looking_to(front, -down);
    let (mut places, mut corners, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    let mut height = 0.0_f32;
    for y in 0..=CELLS.y {
        for x in 0..=CELLS.x {
            let corner = Vec2::new(x as f32, y as f32) / CELLS.as_vec2();
            // Pixels are counted at their middles.
            let pixel = corner * Vec2::new(camera.width as f32, camera.height as f32) - 0.5;
            let ray = camera.unproject(pixel.to_array());
            let [right, below] = ray.unwrap_or_default();
            if x == CELLS.x / 2 {
                height = height.max(below.abs());
            }
            seen.push(ray.is_some());
            places.push(turned([right, below, 1.0]).to_array());
            corners.push(corner.to_array());
        }
    }
    let mut indices = Vec::new();
    let row = CELLS.x + 1;
    for y in 0..CELLS.y {
        for x in 0..CELLS.x {
            let first = y * row + x;
            let cell = [first, first + 1, first + row, first + row + 1];
            if cell.iter().all(|corner| seen[*corner as usize]) {
                let [a, b, c, d] = cell;
                indices.extend([a, c, b, b, c, d]);
            }
        }
    }
    let mesh = Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::RENDER_WORLD,
    )
    .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, places)
    .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, corners)
    .with_inserted_indices(Indices::U32(indices));
    Some((transform, mesh, height))
}

/// A layer for each player.
fn add_layers(
    mut commands: Commands,
    players: Query<(Entity, &ChildOf), With<Player>>,
    layers: Query<(Entity, &Layer)>,
    sensors: Query<(&Glass, &Pictures)>,
    images: Query<&OutputImage>,
    mut materials: ResMut<Assets<PlayerMaterial>>,
) {
    for (layer, Layer(player)) in &layers {
        if !players.contains(*player) {
            commands.entity(layer).despawn();
        }
    }
    for (player, sensor) in &players {
        let Ok((glass, pictures)) = sensors.get(sensor.parent()) else {
            continue;
        };
        let (Ok(color), Ok(index)) = (images.get(pictures.color), images.get(pictures.index))
        else {
            continue;
        };
        if layers.iter().any(|(_, layer)| layer.0 == player) {
            continue;
        }
        commands.spawn((
            Layer(player),
            Mesh3d(glass.mesh.clone()),
            MeshMaterial3d(materials.add(PlayerMaterial {
                color: color.image.clone(),
                index: index.image.clone(),
                player: Vec4::ZERO,
            })),
            Transform::from_translation(glass.camera.translation),
            Visibility::Hidden,
            NoFrustumCulling,
            ChildOf(sensor.parent()),
        ));
    }
}

/// Puts layers at their players' distances.
fn place_layers(
    players: Query<(&PlayerStatus, &Skeleton, &ChildOf)>,
    sensors: Query<&Glass>,
    mut layers: Query<(
        &Layer,
        &mut Transform,
        &mut Visibility,
        &MeshMaterial3d<PlayerMaterial>,
    )>,
    mut materials: ResMut<Assets<PlayerMaterial>>,
) {
    for (layer, mut place, mut visibility, material) in &mut layers {
        let Ok((status, skeleton, sensor)) = players.get(layer.0) else {
            continue;
        };
        let Ok(glass) = sensors.get(sensor.parent()) else {
            continue;
        };
        let index = status
            .index
            .filter(|_| status.presence == Presence::Present);
        visibility.set_if_neq(match index {
            Some(_) => Visibility::Inherited,
            None => Visibility::Hidden,
        });
        let Some(index) = index else {
            continue;
        };
        let pelvis = mirrored(skeleton.joint(Joint::Pelvis).position) - glass.camera.translation;
        let away = pelvis.dot(*glass.camera.forward());
        *place = Transform::from_translation(glass.camera.translation)
            .with_scale(Vec3::splat(away.max(0.1)));
        let player = Vec4::new(f32::from(index) + 1.0, EDGE, 0.0, 0.0);
        if materials
            .get(&material.0)
            .is_some_and(|material| material.player != player)
            && let Some(mut material) = materials.get_mut(&material.0)
        {
            material.player = player;
        }
    }
}
