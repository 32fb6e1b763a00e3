//! Shadows of people: the light of the window and the light from above that people block.
//!
//! Both are small maps into which the vertices of people are splatted, blurred because the lights are wide.

use glam::{Vec2, Vec3};

use super::posed::Posed;

/// Texels along an edge.
pub(crate) const SIZE: usize = 256;
/// Half the width of the floor map in metres.
const FLOOR: f32 = 4.5;

#[derive(Debug)]
pub(crate) struct Shadows {
    pub(crate) window: Vec3,
    right: Vec3,
    up: Vec3,
    forward: Vec3,
    /// Distance to the nearest person from the window, in metres.
    distance: Vec<f32>,
    /// How much of the window people cover, 0 to 255, softened.
    pub(crate) window_cover: Vec<u8>,
    /// How much of the light above, softened.
    pub(crate) floor_cover: Vec<u8>,
    scratch: Vec<u8>,
}

impl Shadows {
    pub(crate) fn new(window: Vec3) -> Self {
        let forward = (Vec3::new(0.0, 0.7, -2.4) - window).normalize_or(Vec3::X);
        let right = forward.cross(Vec3::Y).normalize_or(Vec3::Z);
        Self {
            window,
            right,
            up: right.cross(forward),
            forward,
            distance: vec![f32::MAX; SIZE * SIZE],
            window_cover: vec![0; SIZE * SIZE],
            floor_cover: vec![0; SIZE * SIZE],
            scratch: vec![0; SIZE * SIZE],
        }
    }

    /// The texel of a point in the shadow map of the window, and the distance of the point from the window.
    fn through_window(&self, p: Vec3) -> Option<(usize, f32)> {
        const HALF: f32 = 1.9;
        let to = p - self.window;
        let depth = to.dot(self.forward);
        if depth < 0.05 {
            return None;
        }
        let at = Vec2::new(to.dot(self.right), to.dot(self.up)) / (depth * HALF);
        texel(at).map(|texel| (texel, to.length()))
    }

    /// Texels of the two maps for a place in the room; texel 0, a corner that people never shade, stands for places
    /// outside the maps.
    pub(crate) fn texels(&self, p: Vec3, normal: Vec3) -> (u16, u16) {
        let window = self.through_window(p).map_or(0, |(texel, _)| texel);
        // Only surfaces that face up get shadows from above.
        let floor = if normal.y > 0.5 && p.y < 0.3 {
            texel(floor_place(p)).unwrap_or(0)
        } else {
            0
        };
        (window as u16, floor as u16)
    }

    /// How much of the window another person covers at a point of a person, 0 to 1.
    #[inline]
    pub(crate) fn on_person(&self, p: Vec3) -> f32 {
        match self.through_window(p) {
            // A person's own front casts no shadow on the back: the cosine darkens the back already.
            Some((texel, distance)) if self.distance[texel] < distance - 0.45 => {
                f32::from(self.window_cover[texel]) * (0.8 / 255.0)
            }
            _ => 0.0,
        }
    }

    /// Draws the maps.
    pub(crate) fn cast(&mut self, people: &[Posed<'_>]) {
        self.distance.fill(f32::MAX);
        self.window_cover.fill(0);
        self.floor_cover.fill(0);
        for person in people {
            for &p in &person.skinned.positions {
                if let Some((texel, distance)) = self.through_window(p) {
                    self.window_cover[texel] = 255;
                    self.distance[texel] = self.distance[texel].min(distance);
                }
                // The higher a part of the body, the less it darkens the floor: a foot darkens its place, a head
                // darkens nothing.
                let cover = 255.0 * (1.0 - p.y / 0.9);
                if cover > 0.0
                    && let Some(texel) = texel(floor_place(p))
                {
                    let old = &mut self.floor_cover[texel];
                    *old = (*old).max(cover as u8);
                }
            }
        }
        soften(&mut self.window_cover, &mut self.scratch, 3, 2);
        soften(&mut self.floor_cover, &mut self.scratch, 3, 2);
        // Distances spread as far as the softened edges.
        self.window_cover[0] = 0;
        self.floor_cover[0] = 0;
    }
}

fn floor_place(p: Vec3) -> Vec2 {
    Vec2::new(p.x / FLOOR, (p.z + 2.4) / FLOOR)
}

/// The texel of a place from −1 to 1.
fn texel(at: Vec2) -> Option<usize> {
    let cell = (at * 0.5 + Vec2::splat(0.5)) * SIZE as f32;
    (cell.min_element() >= 0.0 && cell.max_element() < SIZE as f32)
        .then(|| cell.y as usize * SIZE + cell.x as usize)
}

/// Box blur of `2 radius + 1` texels, in both directions, several times over.
fn soften(map: &mut [u8], scratch: &mut [u8], radius: usize, times: usize) {
    for _ in 0..times {
        blur_rows(map, scratch, radius);
        blur_rows(scratch, map, radius);
    }
}

/// Blurs along rows and turns the map over its diagonal, so that twice is both directions.
fn blur_rows(from: &[u8], to: &mut [u8], radius: usize) {
    let width = 2 * radius + 1;
    for y in 0..SIZE {
        let row = &from[y * SIZE..(y + 1) * SIZE];
        let mut sum: u32 = row[..radius].iter().map(|&v| u32::from(v)).sum();
        for x in 0..SIZE {
            sum += row.get(x + radius).map_or(0, |&v| u32::from(v));
            to[x * SIZE + y] = (sum / width as u32) as u8;
            if x >= radius {
                sum -= u32::from(row[x - radius]);
            }
        }
    }
}
