//! The layers: the present silhouettes, and their echoes behind.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::Scene;

/// The number of echoes, and the body index maps from one to the next.
const ECHOES: u32 = 12;
const EVERY: u32 = 6;
/// How far an echo sinks from one map to the next; the image is 1 high.
const SINKS: f32 = 0.0085;
/// The number of maps in which an echo becomes fully bright, so that it does not appear suddenly.
const RISES: f32 = 6.0;

/// An output's layer, with the map that it shows, counted from 1; 0 while it is empty.
#[derive(Component)]
pub(crate) struct Layer {
    /// `None` for the layer with the present silhouettes.
    echo: Option<u32>,
    output: Entity,
    shows: u32,
}

/// Body index maps so far.
#[derive(Resource, Default)]
pub(crate) struct Maps(u32);

pub(crate) fn spawn(
    mut commands: Commands,
    scene: Res<Scene>,
    assets: Res<AssetServer>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    commands.init_resource::<Maps>();
    let shader = assets.load("shaders/silhouettes.wgsl");
    let quad = meshes.add(Rectangle::new(640.0 / 576.0, 1.0));
    for echo in (0..ECHOES).map(Some).chain([None]) {
        let output = ImageOutput {
            active: echo.is_none(),
            format: PixelFormat::Rgba8Srgb,
            passes: passes(&shader, echo.is_some()),
            ..ImageOutput::new(ImageKind::PlayerIndex).mirrored()
        };
        let output = commands.spawn((output, ImageOutputOf(scene.sensor))).id();
        commands.spawn((
            Layer {
                echo,
                output,
                shows: 0,
            },
            Mesh3d(quad.clone()),
            MeshMaterial3d(materials.add(StandardMaterial {
                unlit: true,
                alpha_mode: AlphaMode::Premultiplied,
                ..default()
            })),
            Transform::default(),
            Visibility::Hidden,
            NoFrustumCulling,
        ));
    }
}

/// Marks the players, spreads their light over about 20 pixels, and paints.
fn passes(shader: &Handle<Shader>, is_echo: bool) -> Vec<OutputPass> {
    let (glow, alpha) = if is_echo { (0.12, 0.25) } else { (0.4, 0.8) };
    let steps = [
        Vec4::ZERO,
        Vec4::new(1.0, 1.0, 1.0, 0.0),
        Vec4::new(1.0, 2.0, 1.0, 0.0),
        // Distances of 1, 2, 4 and 8 pixels together weigh each pixel evenly: other distances leave steps.
        Vec4::new(1.0, 4.0, 0.0, 0.0),
        Vec4::new(1.0, 8.0, 0.0, 0.0),
        Vec4::new(1.0, 10.0, 0.0, 0.0),
        Vec4::new(2.0, glow, alpha, 0.0),
    ];
    let pass = |step| {
        OutputPass::once(OutputFilter::Custom {
            shader: shader.clone(),
            params: [step, Vec4::ZERO],
        })
    };
    steps.into_iter().map(pass).collect()
}

/// Lets the echoes record body index maps in turn.
pub(crate) fn record(
    scene: Res<Scene>,
    mut maps: ResMut<Maps>,
    sensors: Query<Ref<BodyIndexMap>>,
    mut layers: Query<&mut Layer>,
    mut outputs: Query<&mut ImageOutput>,
) {
    let Ok(map) = sensors.get(scene.sensor) else {
        return;
    };
    if !map.is_changed() || map.0.is_none() {
        return;
    }
    maps.0 += 1;
    let now = maps.0;
    let turn = now.is_multiple_of(EVERY).then_some(now / EVERY % ECHOES);
    for mut layer in &mut layers {
        let is_taken = layer.echo.is_none() || layer.echo == turn;
        if is_taken {
            layer.shows = now;
        }
        if let Ok(mut output) = outputs.get_mut(layer.output)
            && output.active != is_taken
        {
            output.active = is_taken;
        }
    }
}

/// Moves the echoes away and lets them fade.
pub(crate) fn sink(
    maps: Res<Maps>,
    mut layers: Query<(
        &Layer,
        &mut Transform,
        &mut Visibility,
        &MeshMaterial3d<StandardMaterial>,
    )>,
    outputs: Query<&OutputImage>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    for (layer, mut place, mut visibility, material) in &mut layers {
        if layer.shows == 0 {
            continue;
        }
        visibility.set_if_neq(Visibility::Inherited);
        let age = (maps.0 - layer.shows) as f32;
        place.translation.z = -SINKS * age;
        let left = 1.0 - age / (ECHOES * EVERY) as f32;
        let brightness = match layer.echo {
            Some(_) => left.max(0.0).powf(1.3) * (age / RISES).min(1.0),
            None => 1.0,
        };
        if let Some(mut material) = materials.get_mut(&material.0) {
            // All four channels: the image is premultiplied.
            let [r, g, b, a] = [brightness; 4];
            material.base_color = Color::linear_rgba(r, g, b, a);
            material.base_color_texture = outputs
                .get(layer.output)
                .ok()
                .map(|image| image.image.clone());
        }
    }
}
