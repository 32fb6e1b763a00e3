//! Flat shapes on the floor, as meshes.

use core::f32::consts::{FRAC_PI_2, TAU};

use bevy::asset::RenderAssetUsages;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

/// A material in that colour, without light.
pub(crate) fn paint(color: Color) -> StandardMaterial {
    StandardMaterial {
        base_color: color,
        unlit: true,
        alpha_mode: AlphaMode::Blend,
        cull_mode: None,
        ..default()
    }
}

/// A strip between two lines of the same number of points (x, z).
pub(crate) fn strip(inner: &[Vec2], outer: &[Vec2]) -> Mesh {
    let points = inner.iter().zip(outer).flat_map(|(a, b)| [*a, *b]);
    mesh(points, PrimitiveTopology::TriangleStrip, None)
}

/// The area inside the corners (x, z), which are in order; seen from the first corner, all others must be in sight.
pub(crate) fn area(corners: &[Vec2]) -> Mesh {
    let last = corners.len().saturating_sub(1) as u32;
    let triangles = (1..last).flat_map(|corner| [0, corner, corner + 1]);
    mesh(
        corners.iter().copied(),
        PrimitiveTopology::TriangleList,
        Some(triangles.collect()),
    )
}

/// The outline of corners, this wide.
pub(crate) fn outline(corners: &[Vec2], width: f32) -> Mesh {
    let count = corners.len();
    let middle = corners.iter().sum::<Vec2>() / count.max(1) as f32;
    let closed = || (0..=count).filter_map(|index| corners.get(index % count).copied());
    let outer: Vec<_> = closed().collect();
    let inner: Vec<_> = closed()
        .map(|corner| corner + (middle - corner).normalize_or_zero() * width)
        .collect();
    strip(&inner, &outer)
}

/// A part of a ring around the origin: `share` of it, from straight ahead (−z) to the right, or to both sides.
pub(crate) fn ring(inner: f32, outer: f32, share: f32, to_both_sides: bool) -> Mesh {
    let whole = TAU * share;
    let first = if to_both_sides { -0.5 * whole } else { 0.0 };
    let steps = (96.0 * share).ceil().max(1.0) as u32;
    let line = |radius: f32| -> Vec<_> {
        (0..=steps)
            .map(|step| {
                let angle = first + whole * step as f32 / steps as f32 - FRAC_PI_2;
                Vec2::from_angle(angle) * radius
            })
            .collect()
    };
    strip(&line(inner), &line(outer))
}

fn mesh(
    points: impl Iterator<Item = Vec2>,
    topology: PrimitiveTopology,
    triangles: Option<Vec<u32>>,
) -> Mesh {
    let positions: Vec<_> = points.map(|point| [point.x, 0.0, point.y]).collect();
    let normals = vec![[0.0, 1.0, 0.0]; positions.len()];
    let mut mesh = Mesh::new(topology, RenderAssetUsages::RENDER_WORLD);
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, positions);
    mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, normals);
    if let Some(triangles) = triangles {
        mesh.insert_indices(Indices::U32(triangles));
    }
    mesh
}
