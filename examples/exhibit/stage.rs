//! The mirror world around the particles: floor, background, and the camera that fits every window.

use bevy::camera::Hdr;
use bevy::core_pipeline::tonemapping::{DebandDither, Tonemapping};
use bevy::prelude::*;
use bevy::render::render_resource::{AsBindGroup, ShaderType};
use bevy::shader::ShaderRef;
use kinect_app_support::{Canvas, Fit};

use crate::Options;
use crate::flow::PEOPLE;

/// The distance that is in focus: from the eye to people, in metres.
pub(crate) const FOCUS: f32 = 3.9;
/// Where the eye is, above the floor and before the screen.
const EYE: Vec3 = Vec3::new(0.0, 1.3, 1.35);
/// Half of what must be seen where people stand, in metres: the height in any window, the width in a portrait one, and the height
/// that a portrait window may show at most.
const HALF_HEIGHT: f32 = 1.34;
const HALF_WIDTH: f32 = 1.12;
const MOST_HALF_HEIGHT: f32 = 2.1;

/// Floor and background.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub(crate) struct StageMaterial {
    #[uniform(0)]
    pub(crate) lights: Lights,
}

impl Material for StageMaterial {
    fn fragment_shader() -> ShaderRef {
        "shaders/exhibit/stage.wgsl".into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// The light of somebody who stands on the floor.
#[derive(ShaderType, Clone, Copy, Debug, Default)]
pub(crate) struct Light {
    /// Where; w: how bright, 0 to 1.
    pub(crate) place: Vec4,
    /// Linear colour.
    pub(crate) color: Vec4,
}

/// Keep in sync with `Lights` in `stage.wgsl`.
#[derive(ShaderType, Clone, Copy, Debug)]
pub(crate) struct Lights {
    pub(crate) lights: [Light; PEOPLE],
    /// Linear colour of the glow at the horizon; w: how wide it is, in metres.
    pub(crate) horizon: Vec4,
    pub(crate) sky: Vec4,
}

/// The material of floor and background.
#[derive(Resource)]
pub(crate) struct Stage(pub(crate) Handle<StageMaterial>);

/// The camera.
#[derive(Component)]
pub(crate) struct Eye;

pub(crate) fn build(
    mut commands: Commands,
    canvas: Res<Canvas>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StageMaterial>>,
) {
    let material = materials.add(StageMaterial {
        lights: Lights {
            lights: [Light::default(); PEOPLE],
            horizon: Vec4::new(0.013, 0.02, 0.085, 6.0),
            sky: Vec4::new(0.0006, 0.0008, 0.0028, 0.0),
        },
    });
    commands.spawn((
        Mesh3d(meshes.add(Plane3d::default().mesh().size(60.0, 30.0))),
        MeshMaterial3d(material.clone()),
    ));
    commands.spawn((
        Mesh3d(meshes.add(Rectangle::new(80.0, 50.0))),
        MeshMaterial3d(material.clone()),
        Transform::from_xyz(0.0, 0.0, -13.0),
    ));
    commands.insert_resource(Stage(material));
    commands.spawn((
        Eye,
        Camera3d::default(),
        // Light adds up far beyond white.
        Hdr,
        Tonemapping::SomewhatBoringDisplayTransform,
        DebandDither::Enabled,
        Msaa::Off,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::from_translation(EYE),
    ));
}

/// Half the height that a window with that ratio of width to height shows where people stand.
fn half_height(aspect: f32) -> f32 {
    (HALF_WIDTH / aspect).clamp(HALF_HEIGHT, MOST_HALF_HEIGHT)
}

/// Fits the view to the window and sways slowly, so that depth is seen.
pub(crate) fn look(
    time: Res<Time<Virtual>>,
    fit: Res<Fit>,
    options: Res<Options>,
    mut eye: Single<(&mut Transform, &mut Projection, &mut Camera), With<Eye>>,
) {
    let pixels = fit.pixels.as_vec2().max(Vec2::ONE);
    let half = half_height(pixels.x / pixels.y);
    let (place, projection, camera) = &mut *eye;
    // Only the last moment of a picture is drawn: the app's time stands still then.
    camera.is_active = options.show.screenshot.is_none() || time.is_paused();
    let fov = 2.0 * (half / FOCUS).atan();
    if let Projection::Perspective(perspective) = &mut **projection
        && (perspective.fov - fov).abs() > 1.0e-4
    {
        perspective.fov = fov;
    }
    let sway = if options.still { 0.0 } else { 1.0 };
    let seconds = time.elapsed_secs();
    let shift = Vec3::new(
        0.22 * (seconds * 0.13).sin(),
        0.05 * (seconds * 0.19).sin(),
        0.0,
    ) * sway;
    // The floor fills the lowest part of the picture.
    let at = Vec3::new(0.0, half - 0.36, EYE.z - FOCUS);
    **place = Transform::from_translation(EYE + shift).looking_at(at, Vec3::Y);
}
