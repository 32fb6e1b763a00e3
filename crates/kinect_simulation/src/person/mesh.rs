//! From solids to a skin of triangles: surface nets on a sparse grid.
//!
//! Head and hands have finer grids than the rest. Each piece is closed; pieces overlap by a few centimetres, where they are
//! the same surface, and their lids are inside.

use glam::{IVec3, UVec3, Vec3};
use rayon::prelude::*;

use super::shape::{Part, Region, union};

/// A piece of the surface.
#[derive(Default)]
pub(crate) struct Surface {
    pub(crate) positions: Vec<Vec3>,
    pub(crate) normals: Vec<Vec3>,
    pub(crate) triangles: Vec<[u32; 3]>,
}

/// Samples along the edge of a block of the grid.
const BLOCK: u32 = 8;

/// A box of space, minus the parts that are cut off.
pub(crate) struct Bounds {
    pub(crate) min: Vec3,
    pub(crate) max: Vec3,
    pub(crate) cuts: Vec<Cut>,
}

/// Cuts off the space beyond a plane, within a ball.
pub(crate) struct Cut {
    pub(crate) normal: Vec3,
    pub(crate) offset: f32,
    pub(crate) center: Vec3,
    pub(crate) radius: f32,
}

/// How far from the rim of a cut pieces are rounded, in metres.
const ROUND: f32 = 0.016;

struct Grid<'a> {
    parts: &'a [Part],
    bounds: &'a Bounds,
    cell: f32,
    /// Samples along each axis.
    size: UVec3,
    values: Vec<f32>,
}

/// The surface of a union of parts within bounds, with cells of that size.
pub(crate) fn extract(parts: &[Part], bounds: &Bounds, cell: f32) -> Surface {
    let size = ((bounds.max - bounds.min) / cell).ceil().as_uvec3() + UVec3::splat(2);
    let mut grid = Grid {
        parts,
        bounds,
        cell,
        size,
        values: vec![1.0; (size.x * size.y * size.z) as usize],
    };
    grid.fill();
    grid.surface()
}

impl Grid<'_> {
    fn index(&self, at: UVec3) -> usize {
        ((at.z * self.size.y + at.y) * self.size.x + at.x) as usize
    }

    fn point(&self, at: UVec3) -> Vec3 {
        self.bounds.min + at.as_vec3() * self.cell
    }

    fn distance<'p>(&self, parts: impl Iterator<Item = &'p Part>, p: Vec3) -> f32 {
        let mut distance = union(parts, p);
        for cut in &self.bounds.cuts {
            let beyond = cut.normal.dot(p) - cut.offset;
            let cut = beyond.min(cut.radius - p.distance(cut.center));
            // The rim is rounded off, so that it lies under the overlapping piece.
            let near = (ROUND - (distance - cut).abs()).max(0.0);
            distance = distance.max(cut) + near * near / (4.0 * ROUND);
        }
        distance
    }

    /// The parts that matter within a distance of a point, in their order.
    fn near(&self, p: Vec3, reach: f32) -> Vec<&Part> {
        self.parts
            .iter()
            .filter(|part| part.center.distance(p) < part.reach + reach + part.blend.abs() + 0.03)
            .collect()
    }

    /// Samples the blocks near the surface; elsewhere only the sign counts.
    fn fill(&mut self) {
        let blocks = self.size.map(|n| n.div_ceil(BLOCK));
        let count = blocks.x * blocks.y * blocks.z;
        let sampled: Vec<(UVec3, Vec<f32>)> = (0..count)
            .into_par_iter()
            .filter_map(|i| {
                let block = UVec3::new(
                    i % blocks.x,
                    i / blocks.x % blocks.y,
                    i / (blocks.x * blocks.y),
                );
                self.sample(block * BLOCK)
                    .map(|values| (block * BLOCK, values))
            })
            .collect();
        for (first, values) in sampled {
            let last = (first + BLOCK).min(self.size);
            let mut values = values.into_iter();
            for z in first.z..last.z {
                for y in first.y..last.y {
                    for x in first.x..last.x {
                        let index = self.index(UVec3::new(x, y, z));
                        self.values[index] = values.next().unwrap_or(1.0);
                    }
                }
            }
        }
    }

    /// The samples of a block; `None` where nothing is near.
    fn sample(&self, first: UVec3) -> Option<Vec<f32>> {
        let edge = self.cell * BLOCK as f32;
        // From the centre to a corner.
        let radius = edge * 0.87;
        let center = self.point(first) + Vec3::splat(edge * 0.5);
        let near = self.near(center, radius);
        if near.is_empty() {
            return None;
        }
        let distance = self.distance(near.iter().copied(), center);
        // Folds and flattened sections make distances inexact: look further than a corner.
        let flat = distance.abs() > radius * 1.5 + 0.01;
        let last = (first + BLOCK).min(self.size);
        let mut values = Vec::with_capacity((BLOCK * BLOCK * BLOCK) as usize);
        for z in first.z..last.z {
            for y in first.y..last.y {
                for x in first.x..last.x {
                    let p = self.point(UVec3::new(x, y, z));
                    values.push(if flat {
                        distance
                    } else {
                        self.distance(near.iter().copied(), p)
                    });
                }
            }
        }
        Some(values)
    }

    fn surface(&self) -> Surface {
        let mut surface = Surface::default();
        let none = u32::MAX;
        let mut vertex = vec![none; self.values.len()];
        let corner = |i: u32| UVec3::new(i & 1, (i >> 1) & 1, i >> 2);
        // A vertex in each cell that the surface passes.
        for z in 0..self.size.z - 1 {
            for y in 0..self.size.y - 1 {
                for x in 0..self.size.x - 1 {
                    let cell = UVec3::new(x, y, z);
                    let values: [f32; 8] =
                        core::array::from_fn(|i| self.values[self.index(cell + corner(i as u32))]);
                    let inside = values.iter().filter(|v| **v < 0.0).count();
                    if inside == 0 || inside == 8 {
                        continue;
                    }
                    let mut sum = Vec3::ZERO;
                    let mut crossings = 0.0;
                    for a in 0..8_u32 {
                        for axis in 0..3 {
                            let b = a | (1 << axis);
                            if a == b || (values[a as usize] < 0.0) == (values[b as usize] < 0.0) {
                                continue;
                            }
                            let (va, vb) = (values[a as usize], values[b as usize]);
                            let (pa, pb) = (corner(a).as_vec3(), corner(b).as_vec3());
                            sum += pa.lerp(pb, va / (va - vb));
                            crossings += 1.0;
                        }
                    }
                    let p = self.point(cell) + sum / crossings * self.cell;
                    vertex[self.index(cell)] = surface.positions.len() as u32;
                    surface.positions.push(p);
                }
            }
        }
        (surface.positions, surface.normals) = surface
            .positions
            .par_iter()
            .map(|&p| self.project(p))
            .unzip();
        // Two triangles around each edge of the grid that the surface cuts.
        for z in 1..self.size.z - 1 {
            for y in 1..self.size.y - 1 {
                for x in 1..self.size.x - 1 {
                    let at = UVec3::new(x, y, z);
                    let here = self.values[self.index(at)] < 0.0;
                    for (axis, (s, t)) in [
                        (IVec3::X, (IVec3::Y, IVec3::Z)),
                        (IVec3::Y, (IVec3::Z, IVec3::X)),
                        (IVec3::Z, (IVec3::X, IVec3::Y)),
                    ] {
                        let next = (at.as_ivec3() + axis).as_uvec3();
                        let there = self.values[self.index(next)] < 0.0;
                        if here == there {
                            continue;
                        }
                        let cell = |a: i32, b: i32| {
                            let cell = at.as_ivec3() - s * a - t * b;
                            vertex[self.index(cell.as_uvec3())]
                        };
                        let mut quad = [cell(1, 1), cell(0, 1), cell(0, 0), cell(1, 0)];
                        if quad.contains(&none) {
                            continue;
                        }
                        if there {
                            quad.reverse();
                        }
                        let [a, b, c, d] = quad;
                        // The shorter diagonal follows the surface better.
                        let length = |i: u32, j: u32| {
                            surface.positions[i as usize].distance(surface.positions[j as usize])
                        };
                        if length(a, c) <= length(b, d) {
                            surface.triangles.extend([[a, b, c], [a, c, d]]);
                        } else {
                            surface.triangles.extend([[a, b, d], [b, c, d]]);
                        }
                    }
                }
            }
        }
        surface
    }

    /// The nearest point on the surface, roughly, and its normal. Lids stay where the grid has them.
    fn project(&self, mut p: Vec3) -> (Vec3, Vec3) {
        let near = self.near(p, self.cell * 2.0);
        let start = p;
        let mut normal = Vec3::Y;
        for _ in 0..2 {
            let d = self.distance(near.iter().copied(), p);
            let h = self.cell * 0.15;
            // Normals are those of the whole surface, so that the seams between pieces do not show.
            let at = |o: Vec3| union(near.iter().copied(), p + o * h);
            // The corners of a tetrahedron are enough.
            let corners = [
                Vec3::new(1.0, -1.0, -1.0),
                Vec3::new(-1.0, -1.0, 1.0),
                Vec3::new(-1.0, 1.0, -1.0),
                Vec3::new(1.0, 1.0, 1.0),
            ];
            let gradient = corners.map(|c| c * at(c)).iter().sum::<Vec3>() / (4.0 * h);
            normal = gradient.normalize_or(Vec3::Y);
            let step = normal * (d / gradient.length().max(0.3));
            p -= step.clamp_length_max(self.cell * 0.5);
        }
        // Sharp creases can move a point far away; the grid's own point is never far off.
        if p.distance(start) > self.cell {
            p = start;
        }
        (p, normal)
    }
}

/// The region that the surface belongs to at a point.
pub(crate) fn region_at(parts: &[Part], p: Vec3) -> Region {
    let mut best = (f32::MAX, Region::Skin);
    for part in parts.iter().filter(|part| part.blend >= 0.0) {
        if part.center.distance(p) > part.reach + 0.08 {
            continue;
        }
        // Outer clothes cover inner ones, even where folds dip in.
        let d = part.distance(p)
            - match part.region {
                Region::Coat => 0.030,
                Region::Top => 0.014,
                Region::Bottom => 0.010,
                _ => 0.0,
            };
        if d < best.0 {
            best = (d, part.region);
        }
    }
    best.1
}
