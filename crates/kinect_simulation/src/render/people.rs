//! Triangles of people, drawn with exact rays.
//!
//! A triangle is three planes through the camera; a pixel shows it if its ray is on the inner side of all three, and
//! the same numbers give the depth and where in the triangle it is. Projected vertices only select the pixels to
//! test.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::posed::Posed;
use super::view::View;
use crate::person::{BodyMesh, SkinnedMesh};

/// Rows that one task draws.
pub(crate) const BAND: usize = 24;

/// Scratch memory of one camera.
#[derive(Debug, Default)]
pub(crate) struct Raster {
    /// Vertices of all people in camera axes, in metres.
    points: Vec<Vec3>,
    pixels: Vec<Vec2>,
    pub(crate) bands: Vec<Band>,
    /// The person that each pixel shows, counted from 1; 0 = the room (colour camera).
    pub(crate) shown: Vec<u8>,
    edges: Vec<Vec<(u32, [u8; 4])>>,
}

/// The triangles that touch a band of rows.
#[derive(Debug, Default)]
pub(crate) struct Band {
    triangles: Vec<Triangle>,
    /// The triangle that each pixel of the band shows, and how far away it is.
    winner: Vec<u32>,
    nearest: Vec<f32>,
}

#[derive(Clone, Copy, Debug)]
struct Triangle {
    /// Inner sides of the edges, in camera axes.
    edges: [Vec3; 3],
    volume: f32,
    min: [u16; 2],
    max: [u16; 2],
    person: u8,
    index: u32,
}

/// A pixel that shows a person.
pub(crate) struct Hit {
    pub(crate) person: u8,
    index: u32,
    /// Metres along the optical axis.
    pub(crate) depth: f32,
    /// The pixel's ray with z = 1.
    pub(crate) ray: Vec3,
    /// Shares of the triangle's corners.
    share: Vec3,
}

impl Hit {
    fn mix(&self, mesh: &BodyMesh, values: &[Vec3]) -> Vec3 {
        let [a, b, c] = mesh.triangles[self.index as usize];
        values[a as usize] * self.share.x
            + values[b as usize] * self.share.y
            + values[c as usize] * self.share.z
    }

    /// The unit normal in camera axes.
    pub(crate) fn normal(&self, view: &View, mesh: &BodyMesh, skinned: &SkinnedMesh) -> Vec3 {
        let world = self.mix(mesh, &skinned.normals);
        (view.eye.to_world.transpose() * world).normalize_or(Vec3::NEG_Z)
    }

    /// The place in the bind pose.
    pub(crate) fn rest(&self, mesh: &BodyMesh) -> Vec3 {
        self.mix(mesh, &mesh.rest)
    }

    pub(crate) fn material(&self, mesh: &BodyMesh) -> u8 {
        mesh.material[self.index as usize]
    }
}

impl Raster {
    /// Finds out which triangles face the camera and where they are.
    pub(crate) fn prepare(&mut self, view: &View, people: &[Posed<'_>]) {
        let count: usize = people.iter().map(|p| p.skinned.positions.len()).sum();
        self.points.resize(count, Vec3::ZERO);
        self.pixels.resize(count, Vec2::ZERO);
        let bands = view.height.div_ceil(BAND);
        self.bands.resize_with(bands, Band::default);
        for band in &mut self.bands {
            band.triangles.clear();
        }
        let turn = view.eye.to_world.transpose();
        let mut first = 0;
        for (number, person) in people.iter().enumerate() {
            let positions = &person.skinned.positions;
            let range = first..first + positions.len();
            first = range.end;
            let points = &mut self.points[range.clone()];
            let pixels = &mut self.pixels[range];
            (
                points.par_chunks_mut(4096),
                pixels.par_chunks_mut(4096),
                positions.par_chunks(4096),
            )
                .into_par_iter()
                .for_each(|(points, pixels, positions)| {
                    for i in 0..positions.len() {
                        points[i] = turn * (positions[i] - view.eye.position);
                        pixels[i] = view.project(points[i]);
                    }
                });
            for (index, triangle) in person.mesh.triangles.iter().enumerate() {
                let [a, b, c] = triangle.map(|v| pixels[v as usize]);
                // The triangle faces away from the camera, or a corner is outside the lens's range.
                let area = (b - a).perp_dot(c - a);
                if area.is_nan() || area >= 0.0 {
                    continue;
                }
                let min = (a.min(b).min(c) - Vec2::ONE).max(Vec2::ZERO);
                let max = (a.max(b).max(c) + Vec2::ONE)
                    .min(Vec2::new(view.width as f32 - 1.0, view.height as f32 - 1.0));
                if min.x > max.x || min.y > max.y {
                    continue;
                }
                // The box shrinks to the pixel centres inside it; without any, nothing is drawn.
                let min = (min + Vec2::splat(0.999)).floor();
                let max = max.floor();
                if min.x > max.x || min.y > max.y {
                    continue;
                }
                let [a, b, c] = triangle.map(|v| points[v as usize]);
                let edges = [b.cross(c), c.cross(a), a.cross(b)];
                let volume = a.dot(edges[0]);
                if volume.is_nan() || volume >= 0.0 {
                    continue;
                }
                let record = Triangle {
                    edges,
                    volume,
                    min: [min.x as u16, min.y as u16],
                    max: [max.x as u16, max.y as u16],
                    person: number as u8,
                    index: index as u32,
                };
                for band in min.y as usize / BAND..=max.y as usize / BAND {
                    if let Some(band) = self.bands.get_mut(band) {
                        band.triangles.push(record);
                    }
                }
            }
        }
    }
}

impl Raster {
    /// Blends pixels on the outlines of people with their neighbours, as a real lens does.
    pub(crate) fn soften(&mut self, width: usize, bgra: &mut [[u8; 4]]) {
        let Self {
            bands,
            shown,
            edges,
            ..
        } = self;
        let height = shown.len() / width;
        edges.resize_with(bands.len(), Vec::new);
        let picture = &*bgra;
        (&mut *edges, &*bands)
            .into_par_iter()
            .enumerate()
            .for_each(|(number, (edges, band))| {
                edges.clear();
                let Some((left, right)) = band.columns() else {
                    return;
                };
                let (left, right) = (left.saturating_sub(1).max(1), (right + 1).min(width - 2));
                let top = (number * BAND).max(1);
                for y in top..((number + 1) * BAND).min(height - 1) {
                    for i in y * width + left..=y * width + right {
                        let here = shown[i];
                        let around = [i - 1, i + 1, i - width, i + width];
                        if around.iter().all(|&n| shown[n] == here) {
                            continue;
                        }
                        edges.push((i as u32, blended(picture, shown, i, around)));
                    }
                }
            });
        for &(i, pixel) in edges.iter().flatten() {
            bgra[i as usize] = pixel;
        }
    }
}

/// A pixel blended with the neighbours that show another person or the room: their share is a quarter if one differs,
/// and at most half.
fn blended(bgra: &[[u8; 4]], shown: &[u8], i: usize, around: [usize; 4]) -> [u8; 4] {
    let mut sum = [0_u32; 3];
    let mut others = 0;
    for n in around.into_iter().filter(|&n| shown[n] != shown[i]) {
        others += 1;
        for (s, &v) in sum.iter_mut().zip(&bgra[n]) {
            *s += u32::from(v);
        }
    }
    let share = 64 * others.min(2);
    let mut pixel = [0, 0, 0, 255];
    for c in 0..3 {
        let mean = sum[c] / others.max(1);
        pixel[c] = ((u32::from(bgra[i][c]) * (256 - share) + mean * share) / 256) as u8;
    }
    pixel
}

impl Band {
    /// The first and last column that a triangle may touch.
    fn columns(&self) -> Option<(usize, usize)> {
        let left = self.triangles.iter().map(|t| t.min[0]).min()?;
        let right = self.triangles.iter().map(|t| t.max[0]).max()?;
        Some((left as usize, right as usize))
    }

    /// Draws the band's triangles where they are nearer than `depth` (whose unit is `unit` metres), and calls a
    /// function with each pixel that then shows a person.
    pub(crate) fn fill(
        &mut self,
        view: &View,
        band: usize,
        depth: &[f32],
        unit: f32,
        mut show: impl FnMut(usize, &Hit),
    ) {
        const NOBODY: u32 = u32::MAX;
        if self.triangles.is_empty() {
            return;
        }
        let top = band * BAND;
        let first = top * view.width;
        self.winner.clear();
        self.winner.resize(depth.len(), NOBODY);
        let nearest = &mut self.nearest;
        nearest.clear();
        nearest.extend(
            depth
                .iter()
                .map(|&d| if d > 0.0 { d * unit } else { f32::MAX }),
        );
        let rows = depth.len() / view.width;
        for (number, t) in self.triangles.iter().enumerate() {
            let y0 = (t.min[1] as usize).max(top);
            let y1 = (t.max[1] as usize).min(top + rows - 1);
            for y in y0..=y1 {
                for x in t.min[0] as usize..=t.max[0] as usize {
                    let [rx, ry] = view.rays[y * view.width + x];
                    let ray = Vec3::new(rx, ry, 1.0);
                    let w = t.edges.map(|edge| edge.dot(ray));
                    // NaN rays fail here.
                    if !(w[0] <= 0.0 && w[1] <= 0.0 && w[2] <= 0.0) {
                        continue;
                    }
                    let z = t.volume / (w[0] + w[1] + w[2]);
                    let pixel = y * view.width + x - first;
                    if z > 0.0 && z < nearest[pixel] {
                        nearest[pixel] = z;
                        self.winner[pixel] = number as u32;
                    }
                }
            }
        }
        for (pixel, &winner) in self.winner.iter().enumerate() {
            if winner == NOBODY {
                continue;
            }
            let t = &self.triangles[winner as usize];
            let [rx, ry] = view.rays[first + pixel];
            let ray = Vec3::new(rx, ry, 1.0);
            let w = Vec3::from(t.edges.map(|edge| edge.dot(ray)));
            show(
                pixel,
                &Hit {
                    person: t.person,
                    index: t.index,
                    depth: nearest[pixel],
                    ray,
                    share: w / (w.x + w.y + w.z),
                },
            );
        }
    }
}
