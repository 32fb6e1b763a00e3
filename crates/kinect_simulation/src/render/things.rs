//! Draws things that stand in the room for one capture, between the room's backdrop and people.

use glam::{Vec2, Vec3};

use super::backdrop::{ColorBackdrop, DepthBackdrop};
use super::tone::display;
use super::view::View;
use crate::room::thing::Thing;

/// What is behind people in one capture; empty where that is the backdrop alone.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// As in the backdrop of that camera.
    pub(crate) depth: Vec<f32>,
    /// Depth camera: the share of light that comes back.
    pub(crate) reflectance: Vec<f32>,
    /// Colour camera: the pixels that show a thing; alpha is 0 elsewhere.
    pub(crate) pixels: Vec<[u8; 4]>,
}

impl Behind {
    /// The depth camera's backdrop with things before it.
    pub(crate) fn for_depth(&mut self, view: &View, room: &DepthBackdrop, things: &[Thing]) {
        self.depth.clone_from(&room.depth_mm);
        self.reflectance.clone_from(&room.reflectance);
        let reflectance = &mut self.reflectance;
        draw(
            view,
            things,
            &mut self.depth,
            1000.0,
            |pixel, thing, _, cosine| {
                reflectance[pixel] = thing.infrared * cosine.max(0.02);
            },
        );
    }

    /// The colour camera's backdrop with things before it, in even light.
    pub(crate) fn for_color(&mut self, view: &View, room: &ColorBackdrop, things: &[Thing]) {
        self.depth.clone_from(&room.depth);
        self.pixels.clear();
        self.pixels.resize(room.depth.len(), [0; 4]);
        let pixels = &mut self.pixels;
        draw(
            view,
            things,
            &mut self.depth,
            1.0,
            |pixel, thing, normal, cosine| {
                let light = 0.30 + 0.16 * normal.y + 0.18 * cosine;
                pixels[pixel] = display(thing.color * light);
            },
        );
    }
}

/// Calls `show` with each pixel at which a thing is nearer than `depth`, and writes its depth. `depth` is in units of
/// `unit` metres; 0 = nothing there. `show` gets the pixel, the thing, the normal and the cosine of incidence.
fn draw(
    view: &View,
    things: &[Thing],
    depth: &mut [f32],
    unit: f32,
    mut show: impl FnMut(usize, &Thing, Vec3, f32),
) {
    for thing in things {
        let Some((low, high)) = extent(view, thing) else {
            continue;
        };
        for y in low[1]..=high[1] {
            for x in low[0]..=high[0] {
                let pixel = y * view.width + x;
                let Some(ray) = view.ray(pixel) else {
                    continue;
                };
                let direction = view.eye.to_world * ray;
                let Some((t, normal)) = thing.solid.hit(view.eye.position, direction) else {
                    continue;
                };
                let there = t * unit;
                if depth[pixel] > 0.0 && there >= depth[pixel] {
                    continue;
                }
                depth[pixel] = there;
                show(pixel, thing, normal, -normal.dot(direction.normalize()));
            }
        }
    }
}

/// The first and last column and row that may show a thing.
fn extent(view: &View, thing: &Thing) -> Option<([usize; 2], [usize; 2])> {
    let (low, high) = thing.solid.extent();
    let last = Vec2::new(view.width as f32 - 1.0, view.height as f32 - 1.0);
    let (mut min, mut max) = (Vec2::MAX, Vec2::MIN);
    // Lenses bend edges outwards, so points on edges and faces count as well as corners.
    let mut behind = 0;
    for i in 0..27 {
        let share = Vec3::new((i % 3) as f32, (i / 3 % 3) as f32, (i / 9) as f32) * 0.5;
        let at = view.project(view.eye.look_at(low + (high - low) * share));
        if at.is_nan() {
            behind += 1;
            continue;
        }
        (min, max) = (min.min(at), max.max(at));
    }
    match behind {
        27 => return None,
        0 => {}
        // Part of it is beside the lens: anything may be seen.
        _ => (min, max) = (Vec2::ZERO, last),
    }
    let min = (min - Vec2::splat(8.0)).max(Vec2::ZERO);
    let max = (max + Vec2::splat(8.0)).min(last);
    let pixel = |at: Vec2| [at.x as usize, at.y as usize];
    min.cmple(max).all().then_some((pixel(min), pixel(max)))
}
