//! Light in the room, computed once: grids of brightness on the faces of all solids.
//!
//! Two kinds are kept apart: direct light from the window, which people can block, and all other light (a ceiling
//! lamp and light reflected by the room).

use glam::Vec3;
use rayon::prelude::*;

use super::solid::{Hit, Shape, Solid, solid_hit};
use crate::random::{hash2, unit32};

/// A rectangle that gives light.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lamp {
    pub(crate) center: Vec3,
    pub(crate) half_u: Vec3,
    pub(crate) half_v: Vec3,
    pub(crate) power: f32,
}

/// Grids on faces.
#[derive(Debug, Default)]
pub(crate) struct Baked {
    /// For each solid, its six faces (+x −x +y −y +z −z in its own axes); round things have one value for each.
    faces: Vec<[Face; 6]>,
    lamps: [Lamp; 2],
}

#[derive(Debug, Default)]
struct Face {
    size: (usize, usize),
    /// Window, and everything else.
    values: Vec<[f32; 2]>,
}

/// Metres between the points of a grid, and how many there are at most along an edge.
const SPACING: f32 = 0.07;
const MOST: usize = 96;
/// Rays for each point: towards each lamp, and all around.
const LAMP_RAYS: u64 = 12;
const SKY_RAYS: u64 = 24;
/// Farther than this nothing darkens a corner.
const CORNER: f32 = 1.2;

impl Baked {
    pub(crate) fn new(solids: &[Solid], lamps: [Lamp; 2]) -> Self {
        let faces = solids
            .par_iter()
            .enumerate()
            .map(|(index, solid)| {
                core::array::from_fn(|face| bake(solids, &lamps, index, solid, face))
            })
            .collect();
        Self { faces, lamps }
    }

    /// The light at a hit.
    pub(crate) fn at(&self, solid: &Solid, hit: &Hit, p: Vec3) -> [f32; 2] {
        let Some(faces) = self.faces.get(hit.solid as usize) else {
            // An unlit scene of tests is bright everywhere.
            return [0.5, 0.5];
        };
        let q = solid.to_local(p - solid.center);
        let n = solid.to_local(hit.normal);
        let inside = if solid.hollow { -1.0 } else { 1.0 };
        if solid.shape != Shape::Box {
            // Round: the six sides blended by where the normal points.
            let mut sum = [0.0; 2];
            let mut total = 0.0;
            for (face, light) in faces.iter().enumerate() {
                let weight = axis(face).dot(n).max(0.0).powi(2);
                let value = light.values.first().copied().unwrap_or_default();
                sum[0] += value[0] * weight;
                sum[1] += value[1] * weight;
                total += weight;
            }
            return sum.map(|v| v / f32::max(total, 1e-6));
        }
        let face = (0..6)
            .max_by(|&a, &b| axis(a).dot(n * inside).total_cmp(&axis(b).dot(n * inside)))
            .unwrap_or(0);
        let (u, v) = sides(face);
        let grid = &faces[face];
        let (w, h) = grid.size;
        let place = |axis: Vec3, count: usize| {
            let half = solid.half.dot(axis.abs()).max(1e-6);
            ((q.dot(axis) / half * 0.5 + 0.5) * (count - 1) as f32).clamp(0.0, (count - 1) as f32)
        };
        let (x, y) = (place(u, w), place(v, h));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        core::array::from_fn(|i| {
            let at = |x: usize, y: usize| grid.values[y * w + x][i];
            let top = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * fx;
            let low = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * fx;
            top + (low - top) * fy
        })
    }

    /// The window's middle.
    pub(crate) fn window(&self) -> Vec3 {
        self.lamps[0].center
    }
}

fn axis(face: usize) -> Vec3 {
    [
        Vec3::X,
        Vec3::NEG_X,
        Vec3::Y,
        Vec3::NEG_Y,
        Vec3::Z,
        Vec3::NEG_Z,
    ][face]
}

fn sides(face: usize) -> (Vec3, Vec3) {
    match face / 2 {
        0 => (Vec3::Z, Vec3::Y),
        1 => (Vec3::X, Vec3::Z),
        _ => (Vec3::X, Vec3::Y),
    }
}

fn bake(solids: &[Solid], lamps: &[Lamp; 2], index: usize, solid: &Solid, face: usize) -> Face {
    let (u, v) = sides(face);
    let count = |axis: Vec3| {
        if solid.shape == Shape::Box {
            ((solid.half.dot(axis) * 2.0 / SPACING).ceil() as usize + 1).clamp(2, MOST)
        } else {
            1
        }
    };
    let (w, h) = (count(u), count(v));
    let inside = if solid.hollow { -1.0 } else { 1.0 };
    let turn = |local: Vec3| {
        // The inverse of `to_local`, which turns about the vertical.
        let x = solid.to_local(Vec3::X);
        let z = solid.to_local(Vec3::Z);
        Vec3::new(x.dot(local), local.y, z.dot(local))
    };
    let normal = turn(axis(face)) * inside;
    let mut values = Vec::with_capacity(w * h);
    for y in 0..h {
        for x in 0..w {
            // A little inside the edge, so that a neighbour's side does not cover the point.
            let share = |i: usize, count: usize| {
                if count == 1 {
                    0.0
                } else {
                    (i as f32 / (count - 1) as f32 * 2.0 - 1.0) * 0.996
                }
            };
            let local = axis(face) * solid.half.dot(axis(face).abs())
                + u * solid.half.dot(u) * share(x, w)
                + v * solid.half.dot(v) * share(y, h);
            let p = solid.center + turn(local) + normal * 0.004;
            let seed = hash2((index * 6 + face) as u64, (y * w + x) as u64);
            values.push([
                lamp_light(solids, &lamps[0], p, normal, seed),
                lamp_light(solids, &lamps[1], p, normal, hash2(seed, 1))
                    + sky_light(solids, p, normal, hash2(seed, 2)),
            ]);
        }
    }
    Face {
        size: (w, h),
        values,
    }
}

fn jitter(seed: u64, i: u64) -> (f32, f32) {
    let bits = hash2(seed, i);
    (unit32(bits as u32), unit32((bits >> 32) as u32))
}

/// The light that a lamp sends to a point, with soft shadows.
fn lamp_light(solids: &[Solid], lamp: &Lamp, p: Vec3, normal: Vec3, seed: u64) -> f32 {
    let facing = lamp.half_u.cross(lamp.half_v).normalize_or_zero();
    let mut sum = 0.0;
    for i in 0..LAMP_RAYS {
        let (a, b) = jitter(seed, i);
        // Strata of 4 by 3.
        let a = ((i % 4) as f32 + a) / 4.0 * 2.0 - 1.0;
        let b = ((i / 4) as f32 + b) / 3.0 * 2.0 - 1.0;
        let to = lamp.center + lamp.half_u * a + lamp.half_v * b - p;
        let distance = to.length();
        let direction = to / distance.max(1e-6);
        let cosine = normal.dot(direction).max(0.0) * facing.dot(direction).abs();
        if cosine <= 0.0 {
            continue;
        }
        // The glowing solid stands directly behind the lamp's rectangle.
        let blocked = solids.iter().any(|solid| {
            !solid.hollow
                && solid
                    .hit(p, direction)
                    .is_some_and(|(t, _)| t < distance - 0.10)
        });
        if !blocked {
            sum += cosine / (distance * distance).max(0.3);
        }
    }
    lamp.power * sum / LAMP_RAYS as f32
}

/// The light from all around: even, but less in corners.
fn sky_light(solids: &[Solid], p: Vec3, normal: Vec3, seed: u64) -> f32 {
    let mut open = 0.0;
    for i in 0..SKY_RAYS {
        let (a, b) = jitter(seed, i);
        let z = ((i % 6) as f32 + a) / 6.0;
        let angle = core::f32::consts::TAU * ((i / 6) as f32 + b) / 4.0;
        let r = (1.0 - z).sqrt();
        let side = normal.any_orthonormal_vector();
        let other = normal.cross(side);
        let direction = normal * z.sqrt() + (side * angle.cos() + other * angle.sin()) * r;
        let near = solid_hit(solids, p, direction).map_or(f32::MAX, |hit| hit.t);
        open += (near / CORNER).clamp(0.15, 1.0).sqrt();
    }
    // Ceilings and walls are lit by the floor and each other.
    0.34 * open / SKY_RAYS as f32
}
