//! The materials in the room: colour and infrared albedo of every point.

use glam::{Vec2, Vec3};

use crate::random::{hash32, unit32};
use crate::surface::Surface;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Plain,
    Plaster,
    Planks,
    Tiles,
    Grain,
    Woven,
    Rug,
    Leaves,
    Panels,
    Landscape,
    Circles,
    Blocks,
    Sky,
}

#[derive(Clone, Debug)]
pub(crate) struct Material {
    pub(crate) pattern: Pattern,
    /// Linear albedo.
    pub(crate) color: Vec3,
    pub(crate) second: Vec3,
    pub(crate) infrared: f32,
    /// The light that the material emits.
    pub(crate) glow: f32,
}

/// Smooth noise, −1 to 1.
fn noise(p: Vec2) -> f32 {
    let cell = p.floor();
    let f = p - cell;
    let f = f * f * (Vec2::splat(3.0) - 2.0 * f);
    let at = |dx: f32, dy: f32| {
        let x = (cell.x + dx) as i32 as u32;
        let y = (cell.y + dy) as i32 as u32;
        unit32(hash32(x.wrapping_mul(0x9E37_79B9) ^ hash32(y)))
    };
    let top = at(0.0, 0.0) + (at(1.0, 0.0) - at(0.0, 0.0)) * f.x;
    let low = at(0.0, 1.0) + (at(1.0, 1.0) - at(0.0, 1.0)) * f.x;
    (top + (low - top) * f.y) * 2.0 - 1.0
}

fn cell(p: Vec2) -> f32 {
    unit32(hash32(
        (p.x.floor() as i32 as u32).wrapping_mul(0x85EB_CA6B) ^ hash32(p.y.floor() as i32 as u32),
    ))
}

impl Material {
    /// The surface of the material at a place in the solid's own axes; `half` is half the solid's size.
    pub(crate) fn surface(&self, q: Vec3, normal: Vec3, half: Vec3) -> Surface {
        // The two axes that lie in the face.
        let n = normal.abs();
        let uv = if n.y > n.x && n.y > n.z {
            Vec2::new(q.x, q.z)
        } else if n.x > n.z {
            Vec2::new(q.z, q.y)
        } else {
            Vec2::new(q.x, q.y)
        };
        let mut infrared = self.infrared;
        let albedo = match self.pattern {
            Pattern::Plain => self.color,
            Pattern::Plaster => {
                self.color * (1.0 + 0.02 * noise(uv * 6.0) + 0.012 * noise(uv * 60.0))
            }
            Pattern::Planks => {
                let row = (uv.x / 0.14).floor();
                let board = Vec2::new(row, uv.y / 1.4 + row * 0.37);
                let tint = cell(board);
                let grain = noise(Vec2::new(uv.x * 90.0 + tint * 50.0, uv.y * 4.0));
                let gap = (uv.x / 0.14 - row).min(1.0 - (uv.x / 0.14 - row)) * 0.14;
                let end = (board.y - board.y.floor()).min(board.y.ceil() - board.y) * 1.4;
                let mut albedo = self.color.lerp(self.second, 0.45 * tint + 0.12 * grain);
                if gap < 0.0022 || end < 0.0022 {
                    albedo *= 0.4;
                }
                infrared *= 1.0 - 0.18 * tint;
                albedo
            }
            Pattern::Tiles => {
                let t = uv / 0.33;
                let edge = (t - t.floor()).min(t.ceil() - t).min_element();
                let tint = cell(t);
                if edge < 0.012 {
                    self.color * 0.45
                } else {
                    self.color
                        .lerp(self.second, 0.25 * tint + 0.05 * noise(uv * 14.0))
                }
            }
            Pattern::Grain => {
                let along = if half.x > half.z {
                    Vec2::new(uv.x, uv.y)
                } else {
                    Vec2::new(uv.y, uv.x)
                };
                self.color.lerp(
                    self.second,
                    0.3 + 0.3 * noise(Vec2::new(along.x * 5.0, along.y * 70.0)),
                )
            }
            Pattern::Woven => {
                let t = (uv * 260.0).floor();
                let over = ((t.x + t.y) as i32) & 1 == 0;
                self.color.lerp(self.second, if over { 0.0 } else { 0.35 })
                    * (1.0 + 0.05 * noise(uv * 9.0))
            }
            Pattern::Rug => {
                let border = (half.x - q.x.abs()).min(half.z - q.z.abs());
                let diamond = ((q.x * 3.0).rem_euclid(1.0) - 0.5).abs()
                    + ((q.z * 3.0).rem_euclid(1.0) - 0.5).abs();
                let light = (0.07..0.12).contains(&border) || (border > 0.2 && diamond < 0.22);
                (if light { self.second } else { self.color }) * (1.0 + 0.08 * noise(uv * 120.0))
            }
            Pattern::Leaves => self.color.lerp(
                self.second,
                0.5 + 0.5 * noise(uv * 28.0 + Vec2::splat(q.z * 20.0)),
            ),
            Pattern::Panels => {
                let (x, y) = (uv.x / half.z.max(half.x), uv.y / half.y);
                let inside = |c: f32, h: f32| x.abs() < 0.62 && (y - c).abs() < h;
                let panel = inside(0.47, 0.38) || inside(-0.47, 0.38);
                let edge = (inside(0.47, 0.42) || inside(-0.47, 0.42)) && !panel;
                if edge { self.second } else { self.color }
            }
            Pattern::Landscape => {
                let p = uv / half.y.max(0.05);
                let hill = 0.22 * noise(Vec2::new(p.x * 1.6 + self.second.x * 40.0, 1.0)) - 0.1;
                let near = 0.18 * noise(Vec2::new(p.x * 2.3, 7.0)) - 0.5;
                if p.y < near {
                    self.second * 0.6
                } else if p.y < hill {
                    self.second
                } else {
                    self.color
                        .lerp(Vec3::new(0.85, 0.78, 0.62), (0.9 - p.y).clamp(0.0, 1.0))
                }
            }
            Pattern::Circles => {
                let p = uv / half.y.max(0.05);
                let ring = ((p - Vec2::new(0.2, 0.1)).length() * 4.0) as i32;
                if ring & 1 == 0 {
                    self.color
                } else {
                    self.second
                }
            }
            Pattern::Blocks => {
                let p = uv / half.y.max(0.05) * 1.7;
                let line = (p - p.floor()).min(p.ceil() - p).min_element() < 0.045;
                let tint = cell(p + Vec2::splat(self.second.x * 99.0));
                if line {
                    Vec3::splat(0.03)
                } else if tint < 0.25 {
                    self.color
                } else if tint < 0.45 {
                    self.second
                } else {
                    Vec3::splat(0.78)
                }
            }
            Pattern::Sky => {
                let y = q.y / half.y.max(0.05);
                let trees = -0.35
                    + 0.16 * noise(Vec2::new(q.z * 5.0, 3.0))
                    + 0.05 * noise(Vec2::new(q.z * 23.0, 9.0));
                if y < trees {
                    self.second * (0.7 + 0.3 * noise(q.truncate() * 30.0 + Vec2::splat(q.z * 17.0)))
                } else {
                    self.color.lerp(Vec3::ONE, (0.6 - y).clamp(0.0, 1.0) * 0.6)
                }
            }
        };
        Surface { albedo, infrared }
    }
}
