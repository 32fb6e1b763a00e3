//! What is behind the people: a floor, a wall, lights.

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use kinect_app_support::Canvas;

use crate::glass::View;

/// The floor of the stage reaches to the wall, in metres from the sensor.
const WALL: f32 = 7.0;

pub(crate) fn build(
    mut commands: Commands,
    canvas: Res<Canvas>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    commands.spawn((
        View,
        Camera3d::default(),
        // The colours of the image stay as they are.
        Tonemapping::None,
        IsDefaultUiCamera,
        canvas.target(),
        Transform::default(),
    ));
    commands.insert_resource(ClearColor(Color::srgb(0.02, 0.02, 0.045)));
    commands.insert_resource(GlobalAmbientLight {
        color: Color::srgb(0.8, 0.85, 1.0),
        brightness: 350.0,
        ..default()
    });
    for (color, illuminance, from) in [
        (
            Color::srgb(1.0, 0.93, 0.82),
            5_000.0,
            Vec3::new(1.5, 4.0, 2.0),
        ),
        (
            Color::srgb(0.6, 0.7, 1.0),
            3_000.0,
            Vec3::new(-3.0, 2.5, -6.0),
        ),
    ] {
        commands.spawn((
            DirectionalLight {
                color,
                illuminance,
                ..default()
            },
            Transform::from_translation(from).looking_at(Vec3::new(0.0, 1.0, -2.5), Vec3::Y),
        ));
    }
    // Both fade into the dark towards their edges.
    let glow = |center: Vec3, edge: Vec3| {
        let mut mesh = Circle::new(1.0).mesh().resolution(96).build();
        let corners = mesh.count_vertices();
        // The corners of a circle lie on its edge; the middle is an own one.
        let mut positions = vec![[0.0, 0.0, 0.0]];
        let mut colors = vec![center.extend(1.0).to_array()];
        for n in 0..corners {
            let angle = n as f32 / corners as f32 * core::f32::consts::TAU;
            positions.push([angle.cos(), angle.sin(), 0.0]);
            colors.push(edge.extend(1.0).to_array());
        }
        let indices: Vec<u32> = (0..corners as u32)
            .flat_map(|n| [0, n + 1, (n + 1) % corners as u32 + 1])
            .collect();
        let normals = vec![[0.0, 0.0, 1.0]; positions.len()];
        mesh.remove_attribute(Mesh::ATTRIBUTE_UV_0);
        mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, positions);
        mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, normals);
        mesh.insert_attribute(Mesh::ATTRIBUTE_COLOR, colors);
        mesh.insert_indices(bevy::mesh::Indices::U32(indices));
        mesh
    };
    let unlit = materials.add(StandardMaterial {
        unlit: true,
        ..default()
    });
    let dark = Vec3::new(0.0015, 0.0015, 0.0035);
    commands.spawn((
        Mesh3d(meshes.add(glow(Vec3::new(0.16, 0.07, 0.20), dark))),
        MeshMaterial3d(unlit.clone()),
        Transform::from_xyz(0.0, 1.6, -WALL).with_scale(Vec3::new(7.5, 4.2, 1.0)),
    ));
    commands.spawn((
        Mesh3d(meshes.add(glow(Vec3::new(0.10, 0.055, 0.15), dark))),
        MeshMaterial3d(unlit),
        Transform::from_xyz(0.0, 0.0, -2.6)
            .with_rotation(Quat::from_rotation_x(-core::f32::consts::FRAC_PI_2))
            .with_scale(Vec3::new(5.0, WALL - 2.6, 1.0)),
    ));
}
