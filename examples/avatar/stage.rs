//! The stage: floor, lights and camera.

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::light::CascadeShadowConfigBuilder;
use bevy::prelude::*;
use kinect_app_support::orbit::{Orbit, OrbitCamera};
use kinect_app_support::{Canvas, style};

/// People of the simulation walk around this place, in metres.
const MIDDLE: Vec3 = Vec3::new(0.0, 0.0, -2.4);

pub(crate) fn build(
    mut commands: Commands,
    canvas: Res<Canvas>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    // From where the sensor stands.
    commands.insert_resource(Orbit::new(
        MIDDLE + Vec3::Y * 0.82,
        4.1,
        Vec2::new(0.0, -9.0),
    ));
    commands.spawn((
        OrbitCamera,
        Camera3d::default(),
        Tonemapping::ReinhardLuminance,
        Projection::from(PerspectiveProjection {
            fov: 42.0_f32.to_radians(),
            ..default()
        }),
        // The floor fades into the background.
        DistanceFog {
            color: style::BACKGROUND,
            falloff: FogFalloff::Linear {
                start: 5.5,
                end: 11.0,
            },
            ..default()
        },
        IsDefaultUiCamera,
        canvas.target(),
    ));
    commands.insert_resource(GlobalAmbientLight {
        color: Color::srgb(0.75, 0.85, 1.0),
        brightness: 220.0,
        ..default()
    });
    // The key light with shadows, and a cool light from behind that draws the outlines.
    commands.spawn((
        DirectionalLight {
            color: Color::srgb(1.0, 0.95, 0.88),
            illuminance: 7_500.0,
            shadow_maps_enabled: true,
            ..default()
        },
        CascadeShadowConfigBuilder {
            num_cascades: 1,
            maximum_distance: 12.0,
            ..default()
        }
        .build(),
        Transform::from_xyz(2.5, 5.0, 3.0).looking_at(MIDDLE, Vec3::Y),
    ));
    commands.spawn((
        DirectionalLight {
            color: Color::srgb(0.55, 0.72, 1.0),
            illuminance: 4_500.0,
            ..default()
        },
        Transform::from_xyz(-3.0, 3.0, -8.0).looking_at(MIDDLE, Vec3::Y),
    ));
    let floor = Transform::from_rotation(Quat::from_rotation_x(-core::f32::consts::FRAC_PI_2));
    commands.spawn((
        Mesh3d(meshes.add(Circle::new(14.0).mesh().resolution(96))),
        MeshMaterial3d(materials.add(StandardMaterial {
            base_color: Color::srgb(0.16, 0.18, 0.21),
            perceptual_roughness: 0.85,
            ..default()
        })),
        floor,
    ));
    // Rings a metre apart around the sensor.
    let line = materials.add(StandardMaterial {
        base_color: Color::srgb(0.3, 0.34, 0.4),
        unlit: true,
        ..default()
    });
    for metres in 1..=6 {
        let metres = metres as f32;
        let ring = Annulus::new(metres - 0.006, metres + 0.006);
        commands.spawn((
            Mesh3d(meshes.add(ring.mesh().resolution(160))),
            MeshMaterial3d(line.clone()),
            floor.with_translation(Vec3::Y * 0.002),
        ));
    }
}
