//! The room as each camera sees it, traced once.

use glam::{Vec2, Vec3};
use kinect_azure::modes::DepthMode;
use rayon::prelude::*;

use super::shadow::Shadows;
use super::tone;
use super::view::View;
use crate::room::Room;

/// The room for the depth camera.
#[derive(Debug)]
pub(crate) struct DepthBackdrop {
    /// Millimetres along the optical axis; 0 where nothing comes back.
    pub(crate) depth_mm: Vec<f32>,
    pub(crate) reflectance: Vec<f32>,
}

impl DepthBackdrop {
    pub(crate) fn new(room: &Room, view: &View, mode: DepthMode) -> Self {
        let passive = mode == DepthMode::PassiveIr;
        let (depth_mm, reflectance) = (0..view.rays.len())
            .into_par_iter()
            .map(|pixel| {
                let Some(ray) = view.ray(pixel) else {
                    return (0.0, 0.0);
                };
                let direction = view.eye.to_world * ray;
                let Some(hit) = room.trace(view.eye.position, direction) else {
                    return (0.0, 0.0);
                };
                let p = view.eye.position + direction * hit.t;
                let surface = room.surface(&hit, p);
                if passive {
                    let [window, other] = room.light(&hit, p);
                    return (
                        hit.t * 1000.0,
                        surface.infrared * (window + other) + room.glow(&hit),
                    );
                }
                let cosine = -hit.normal.dot(direction.normalize());
                let reflectance = surface.infrared * cosine.max(0.0);
                // Glass and mirrors send the light elsewhere.
                if reflectance > 0.0 {
                    (hit.t * 1000.0, reflectance)
                } else {
                    (0.0, 0.0)
                }
            })
            .unzip();
        Self {
            depth_mm,
            reflectance,
        }
    }
}

/// The room for the colour camera, lit and in the shadow of people.
#[derive(Debug)]
pub(crate) struct ColorBackdrop {
    /// Metres along the optical axis.
    pub(crate) depth: Vec<f32>,
    lit: Vec<[u8; 4]>,
    /// Without the window's light.
    dark: Vec<[u8; 4]>,
    /// Texels of the shadow maps.
    texels: Vec<(u16, u16)>,
    /// Squared tangent of the angle at the corner.
    corner: f32,
}

/// The difference of neighbouring colours from which a pixel is sampled with nine rays.
const CONTRAST: u32 = 14;

impl ColorBackdrop {
    pub(crate) fn new(room: &Room, view: &View, shadows: &Shadows) -> Self {
        let corner = view
            .rays
            .iter()
            .map(|[x, y]| x * x + y * y)
            .fold(0.1, f32::max);
        let mut backdrop = Self {
            depth: Vec::new(),
            lit: Vec::new(),
            dark: Vec::new(),
            texels: Vec::new(),
            corner,
        };
        let samples: Vec<(f32, [u8; 4], [u8; 4], (u16, u16))> = (0..view.rays.len())
            .into_par_iter()
            .map(|pixel| {
                view.ray(pixel).map_or_else(
                    || (f32::MAX, [0, 0, 0, 255], [0, 0, 0, 255], (0, 0)),
                    |ray| {
                        let (depth, lit, dark, texels) = backdrop.sample(room, view, shadows, ray);
                        (depth, tone::display(lit), tone::display(dark), texels)
                    },
                )
            })
            .collect();
        // Edges and fine patterns are averaged over nine rays.
        let width = view.width;
        let differs = |pixel: usize, other: usize| {
            let (a, b) = (samples[pixel].1, samples[other].1);
            (0..3).any(|i| u32::from(a[i].abs_diff(b[i])) > CONTRAST)
        };
        let smooth: Vec<(f32, [u8; 4], [u8; 4], (u16, u16))> = (0..samples.len())
            .into_par_iter()
            .map(|pixel| {
                let x = pixel % width;
                let rough = (x > 0 && differs(pixel, pixel - 1))
                    || (x + 1 < width && differs(pixel, pixel + 1))
                    || (pixel >= width && differs(pixel, pixel - width))
                    || (pixel + width < samples.len() && differs(pixel, pixel + width));
                if !rough {
                    return samples[pixel];
                }
                let mut sums = [[0_u32; 4]; 2];
                let mut count = 0;
                for i in 0..9 {
                    let off = Vec2::new((i % 3) as f32 - 1.0, (i / 3) as f32 - 1.0) / 3.0;
                    let Some(ray) = view.ray_beside(pixel, off) else {
                        continue;
                    };
                    let (_, lit, dark, _) = backdrop.sample(room, view, shadows, ray);
                    for (sum, light) in sums.iter_mut().zip([lit, dark]) {
                        for (s, v) in sum.iter_mut().zip(tone::display(light)) {
                            *s += u32::from(v);
                        }
                    }
                    count += 1;
                }
                let mean = |sum: [u32; 4]| sum.map(|v| ((v + count / 2) / count.max(1)) as u8);
                (
                    samples[pixel].0,
                    mean(sums[0]),
                    mean(sums[1]),
                    samples[pixel].3,
                )
            })
            .collect();
        backdrop.depth = smooth.iter().map(|s| s.0).collect();
        backdrop.lit = smooth.iter().map(|s| s.1).collect();
        backdrop.dark = smooth.iter().map(|s| s.2).collect();
        backdrop.texels = smooth.iter().map(|s| s.3).collect();
        backdrop
    }

    /// The result of a ray: depth, light with and without the window, shadow texels.
    fn sample(
        &self,
        room: &Room,
        view: &View,
        shadows: &Shadows,
        ray: Vec3,
    ) -> (f32, Vec3, Vec3, (u16, u16)) {
        let direction = view.eye.to_world * ray;
        let Some(hit) = room.trace(view.eye.position, direction) else {
            return (f32::MAX, Vec3::ZERO, Vec3::ZERO, (0, 0));
        };
        let p = view.eye.position + direction * hit.t;
        let surface = room.surface(&hit, p);
        let [window, other] = room.light(&hit, p);
        let dim = self.vignette(ray);
        let glow = surface.albedo * room.glow(&hit);
        let day = Vec3::new(0.97, 1.0, 1.04) * window;
        let rest = Vec3::new(1.02, 1.0, 0.97) * other;
        (
            hit.t,
            (surface.albedo * (day + rest) + glow) * dim,
            (surface.albedo * rest + glow) * dim,
            shadows.texels(p, hit.normal),
        )
    }

    /// How much darker the picture is towards its corners.
    #[inline]
    pub(crate) fn vignette(&self, ray: Vec3) -> f32 {
        1.0 - 0.22 * (ray.x * ray.x + ray.y * ray.y) / self.corner
    }

    /// The pixels from `first` on, with the shadows that people cast now.
    pub(crate) fn paint(&self, first: usize, out: &mut [[u8; 4]], shadows: &Shadows) {
        let range = first..first + out.len();
        let texels = &self.texels[range.clone()];
        let (lit, dark) = (&self.lit[range.clone()], &self.dark[range]);
        for i in 0..out.len() {
            let (window, floor) = texels[i];
            let covered = u32::from(shadows.window_cover[window as usize]);
            let under = u32::from(shadows.floor_cover[floor as usize]);
            if covered | under == 0 {
                out[i] = lit[i];
                continue;
            }
            // 0 to 256; the light above never goes altogether.
            let keep = 256 - (under * 128) / 255;
            for c in 0..3 {
                let (l, d) = (u32::from(lit[i][c]), u32::from(dark[i][c]));
                let mixed = (l * (255 - covered) + d * covered) / 255;
                out[i][c] = (mixed * keep / 256) as u8;
            }
            out[i][3] = 255;
        }
    }
}
