//! Draws the particles, and adapts their number to the frame rate.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::mesh::{Indices, MeshTag, MeshVertexBufferLayoutRef, PrimitiveTopology};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, CompareFunction, RenderPipelineDescriptor, ShaderType,
    SpecializedMeshPipelineError,
};
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice};
use bevy::render::storage::ShaderBuffer;
use bevy::shader::ShaderRef;
use bevy_kinect_azure::point_cloud::ATTRIBUTE_POINT_CORNER;
use kinect_app_support::pace::{Share, is_software};

use crate::flow::Flow;
use crate::{Options, stage};

const SHADER: &str = "shaders/exhibit/particles.wgsl";
/// Particles of one mesh.
const CHUNK: u32 = 16_384;
/// The tag of an entity that draws the image in the floor.
const MIRROR: u32 = 0x8000_0000;
/// Particles where no option says how many: on a graphics card, and on a software driver.
const MANY: u32 = 420_000;
const FEW: u32 = 150_000;
/// So many particles have this radius, in metres; more of them are smaller, so that all together have the same light.
const USUAL: f32 = 150_000.0;
const RADIUS: f32 = 0.0042;

/// Draws particles as light.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub(crate) struct ParticleMaterial {
    #[storage(0, read_only, visibility(vertex))]
    particles: Handle<ShaderBuffer>,
    #[uniform(1)]
    look: Look,
}

/// Keep in sync with `Look` in `particles.wgsl`.
#[derive(ShaderType, Clone, Copy, Debug)]
struct Look {
    particles: u32,
    radius: f32,
    brightness: f32,
    focus: f32,
}

impl Look {
    fn of(particles: u32) -> Self {
        let radius = RADIUS * (USUAL / particles.max(1) as f32).sqrt();
        Self {
            particles,
            radius: radius.clamp(0.0022, 0.012),
            brightness: 1.5,
            focus: stage::FOCUS,
        }
    }
}

impl Material for ParticleMaterial {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Add
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        _key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let corners = ATTRIBUTE_POINT_CORNER.at_shader_location(0);
        descriptor.vertex.buffers = vec![layout.0.get_layout(&[corners])?];
        descriptor.primitive.cull_mode = None;
        // Their image in the floor lies below it.
        if let Some(depth) = &mut descriptor.depth_stencil {
            depth.depth_compare = Some(CompareFunction::Always);
        }
        Ok(())
    }
}

/// How many particles there are.
#[derive(Resource)]
pub(crate) struct Amount {
    /// With the whole buffer.
    most: u32,
    /// Drawn now.
    pub(crate) now: u32,
    share: Share,
    /// Whether the number follows the frame rate.
    adapts: bool,
    material: Handle<ParticleMaterial>,
}

/// An entity that draws some of the particles: the number of the first.
#[derive(Component)]
pub(crate) struct Chunk(u32);

pub(crate) fn spawn(
    mut commands: Commands,
    options: Res<Options>,
    device: Res<RenderDevice>,
    adapter: Option<Res<RenderAdapterInfo>>,
    mut buffers: ResMut<Assets<ShaderBuffer>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<ParticleMaterial>>,
) {
    let is_slow = adapter.is_some_and(|adapter| is_software(&adapter));
    let wanted = options
        .particles
        .unwrap_or(if is_slow { FEW } else { MANY });
    let flow = Flow::new(wanted, &device, &mut buffers);
    let particles = flow.step.particles;
    let material = materials.add(ParticleMaterial {
        particles: flow.particles.clone(),
        look: Look::of(particles),
    });
    let mesh = meshes.add(quads(CHUNK));
    for first in (0..particles).step_by(CHUNK as usize) {
        for mirror in [0, MIRROR] {
            commands.spawn((
                Chunk(first),
                MeshTag(first | mirror),
                Mesh3d(mesh.clone()),
                MeshMaterial3d(material.clone()),
                // The mesh has no positions, so Bevy cannot compute its bounding box.
                NoAutoAabb,
                NoFrustumCulling,
                NotShadowCaster,
                NotShadowReceiver,
            ));
        }
    }
    commands.insert_resource(flow);
    commands.insert_resource(Amount {
        most: particles,
        now: particles,
        share: Share::default(),
        // A picture may take its time.
        adapts: options.show.screenshot.is_none(),
        material,
    });
}

/// So many quads; each vertex has only its number.
fn quads(count: u32) -> Mesh {
    let corners: Vec<u32> = (0..count * 4).collect();
    let indices = (0..count)
        .flat_map(|quad| [0, 1, 2, 2, 1, 3].map(|corner| quad * 4 + corner))
        .collect();
    Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::default(),
    )
    .with_inserted_attribute(ATTRIBUTE_POINT_CORNER, corners)
    .with_inserted_indices(Indices::U32(indices))
}

impl Amount {
    /// What the number of particles is and why, for the help.
    pub(crate) fn words(&self) -> String {
        let share = 100 * u64::from(self.now) / u64::from(self.most);
        match share {
            100 => format!("{} particles", self.now),
            _ => format!(
                "{} particles: {share} % of {}, because drawing was slow",
                self.now, self.most
            ),
        }
    }
}

/// Draws fewer particles while frames take too long.
pub(crate) fn adapt(
    time: Res<Time<Real>>,
    mut amount: ResMut<Amount>,
    mut flow: ResMut<Flow>,
    mut chunks: Query<(&Chunk, &mut Visibility)>,
    mut materials: ResMut<Assets<ParticleMaterial>>,
) {
    if !amount.adapts || !amount.share.add(time.delta()) {
        return;
    }
    let now = (amount.most as f32 * amount.share.get()) as u32;
    amount.now = now.clamp(1, amount.most);
    flow.step.particles = amount.now;
    if let Some(mut material) = materials.get_mut(&amount.material) {
        material.look = Look::of(amount.now);
    }
    for (&Chunk(first), mut visibility) in &mut chunks {
        visibility.set_if_neq(if first < amount.now {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        });
    }
}
