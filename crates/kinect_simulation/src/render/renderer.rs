//! Draws a room with people for both cameras of a sensor.

use glam::Vec3;
use kinect_azure::body::BodyIndexImage;
use kinect_azure::calibration::Calibration;
use kinect_azure::modes::DepthMode;
use rayon::prelude::*;

use super::backdrop::{ColorBackdrop, DepthBackdrop};
use super::people::{BAND, Raster};
use super::posed::Posed;
use super::shadow::Shadows;
use super::things::Behind;
use super::tone::display;
use super::view::View;
use crate::frame::{CleanColor, CleanDepth};
use crate::rig::Eye;
use crate::room::Room;
use crate::room::thing::Thing;
use crate::settings::Mount;

/// Draws for both cameras of a sensor in one room.
#[derive(Debug)]
pub(crate) struct Renderer {
    pub(crate) depth: Option<(View, DepthBackdrop)>,
    color: Option<(View, ColorBackdrop)>,
    shadows: Shadows,
    depth_raster: Raster,
    color_raster: Raster,
    depth_behind: Behind,
    color_behind: Behind,
    passive: bool,
}

impl Renderer {
    /// Traces the room for the cameras that are on.
    pub(crate) fn new(
        room: &Room,
        mount: &Mount,
        calibration: &Calibration,
        mode: DepthMode,
    ) -> Self {
        let depth_eye = Eye::depth(mount);
        let shadows = Shadows::new(room.window());
        let depth = calibration.depth_camera.as_ref().map(|camera| {
            let mut view = View::new(camera, depth_eye);
            view.mask(mode);
            let backdrop = DepthBackdrop::new(room, &view, mode);
            (view, backdrop)
        });
        let color = calibration.color_camera.as_ref().map(|camera| {
            let view = View::new(camera, Eye::color(&depth_eye, calibration));
            let backdrop = ColorBackdrop::new(room, &view, &shadows);
            (view, backdrop)
        });
        Self {
            depth,
            color,
            shadows,
            depth_raster: Raster::default(),
            color_raster: Raster::default(),
            depth_behind: Behind::default(),
            color_behind: Behind::default(),
            passive: mode == DepthMode::PassiveIr,
        }
    }

    /// Draws the images of both cameras; planes of a camera that is off become empty.
    pub(crate) fn draw(
        &mut self,
        people: &[Posed<'_>],
        things: &[Thing],
        depth: &mut CleanDepth,
        color: &mut CleanColor,
    ) {
        if self.color.is_some() {
            self.shadows.cast(people);
        }
        let Self {
            depth: depth_view,
            color: color_view,
            shadows,
            depth_raster,
            color_raster,
            depth_behind,
            color_behind,
            passive,
        } = self;
        rayon::join(
            || {
                if let Some((view, backdrop)) = depth_view {
                    let behind = if things.is_empty() {
                        (&backdrop.depth_mm, &backdrop.reflectance)
                    } else {
                        depth_behind.for_depth(view, backdrop, things);
                        (&depth_behind.depth, &depth_behind.reflectance)
                    };
                    draw_depth(view, behind, people, depth_raster, *passive, depth);
                }
            },
            || {
                if let Some((view, backdrop)) = color_view {
                    let behind = (!things.is_empty()).then(|| {
                        color_behind.for_color(view, backdrop, things);
                        &*color_behind
                    });
                    draw_color(view, backdrop, behind, people, color_raster, shadows, color);
                }
            },
        );
    }
}

fn draw_depth(
    view: &View,
    (behind_mm, behind_reflectance): (&Vec<f32>, &Vec<f32>),
    people: &[Posed<'_>],
    raster: &mut Raster,
    passive: bool,
    out: &mut CleanDepth,
) {
    (out.width, out.height) = (view.width, view.height);
    out.depth_mm.clone_from(behind_mm);
    out.reflectance.clone_from(behind_reflectance);
    out.body_index.resize(view.width * view.height, 0);
    out.body_index.fill(BodyIndexImage::BACKGROUND);
    raster.prepare(view, people);
    let light = view.eye.look_at(Vec3::new(-2.0, 2.4, -1.5)).normalize();
    let rows = view.width * BAND;
    (
        out.depth_mm.par_chunks_mut(rows),
        out.reflectance.par_chunks_mut(rows),
        out.body_index.par_chunks_mut(rows),
        behind_mm.par_chunks(rows),
        raster.bands.par_iter_mut(),
    )
        .into_par_iter()
        .enumerate()
        .for_each(
            |(band, (depth_mm, reflectance, body_index, behind, triangles))| {
                triangles.fill(view, band, behind, 0.001, |pixel, hit| {
                    let person = &people[hit.person as usize];
                    let normal = hit.normal(view, person.mesh, person.skinned);
                    let infrared = person
                        .mesh
                        .infrared(hit.material(person.mesh), hit.rest(person.mesh));
                    depth_mm[pixel] = hit.depth * 1000.0;
                    let cosine = if passive {
                        0.35 + 0.65 * normal.dot(light).max(0.0)
                    } else {
                        -normal.dot(hit.ray.normalize())
                    };
                    reflectance[pixel] = infrared * cosine.clamp(0.02, 1.0);
                    body_index[pixel] = hit.person;
                });
            },
        );
}

fn draw_color(
    view: &View,
    backdrop: &ColorBackdrop,
    behind: Option<&Behind>,
    people: &[Posed<'_>],
    raster: &mut Raster,
    shadows: &Shadows,
    out: &mut CleanColor,
) {
    (out.width, out.height) = (view.width, view.height);
    out.bgra.resize(view.width * view.height, [0; 4]);
    raster.prepare(view, people);
    raster.shown.resize(out.bgra.len(), 0);
    let rows = view.width * BAND;
    let window = view.eye.look_at(shadows.window);
    let lamp = view.eye.look_at(Vec3::new(0.3, 2.9, -1.4));
    let up = view.eye.to_world.transpose() * Vec3::Y;
    (
        out.bgra.par_chunks_mut(rows),
        behind
            .map_or(&backdrop.depth, |behind| &behind.depth)
            .par_chunks(rows),
        raster.shown.par_chunks_mut(rows),
        raster.bands.par_iter_mut(),
    )
        .into_par_iter()
        .enumerate()
        .for_each(|(band, (bgra, depth, shown, triangles))| {
            backdrop.paint(band * rows, bgra, shadows);
            if let Some(behind) = behind {
                let things = &behind.pixels[band * rows..][..bgra.len()];
                for (out, thing) in bgra.iter_mut().zip(things) {
                    if thing[3] != 0 {
                        *out = *thing;
                    }
                }
            }
            shown.fill(0);
            triangles.fill(view, band, depth, 1.0, |pixel, hit| {
                let person = &people[hit.person as usize];
                let normal = hit.normal(view, person.mesh, person.skinned);
                let rest = hit.rest(person.mesh);
                let material = hit.material(person.mesh);
                let surface = person.mesh.surface(material, rest);
                let p = hit.ray * hit.depth;
                let light = shade(p, normal, window, lamp, up, view, shadows);
                let dim = backdrop.vignette(hit.ray);
                bgra[pixel] = display(surface.albedo * light * dim);
                shown[pixel] = hit.person + 1;
            });
        });
    raster.soften(view.width, &mut out.bgra);
}

/// Light that reaches a point of a person, in camera axes: the window, the lamp above, the room around.
fn shade(
    p: Vec3,
    normal: Vec3,
    window: Vec3,
    lamp: Vec3,
    up: Vec3,
    view: &View,
    shadows: &Shadows,
) -> Vec3 {
    let from = |light: Vec3, power: f32, wrap: f32| {
        let to = light - p;
        let distance = to.length_squared();
        let cosine = (normal.dot(to) / distance.sqrt() + wrap) / (1.0 + wrap);
        power * cosine.max(0.0) / distance.max(1.2)
    };
    let world = view.eye.to_world * p + view.eye.position;
    let free = 1.0 - shadows.on_person(world);
    // The floor throws warm light back up, walls and ceiling light everything.
    let sky = 0.5 + 0.5 * normal.dot(up);
    let ground = 0.62 + 0.38 * (world.y * 0.9).min(1.0);
    let around = Vec3::new(0.225, 0.215, 0.20).lerp(Vec3::new(0.315, 0.325, 0.335), sky) * ground;
    let day = from(window, 2.9, 0.25) * free;
    let warm = from(lamp, 1.9, 0.3);
    Vec3::new(0.97, 1.0, 1.04) * day + Vec3::new(1.04, 1.0, 0.94) * warm + around
}
