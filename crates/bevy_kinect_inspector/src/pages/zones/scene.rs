//! Zones in the app's 3D view: lines in the room, and handles that are dragged on the floor through any camera.
//!
//! Handles are controls of egui over the picture, so that the app gets the pointer wherever there is no handle.

use bevy::camera::RenderTarget;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_egui::PrimaryEguiContext;
use bevy_egui::egui::{self, Area, Id, Order, Pos2, pos2, vec2};
use bevy_kinect_azure::prelude::*;

use super::editing::{ZoneEditing, Zones};
use super::handle;
use super::shape::{Handle, Placed, on_plane};
use crate::own_context::OwnContext;

/// The lines of zones.
#[derive(Default, Reflect, GizmoConfigGroup)]
pub(crate) struct ZoneGizmos;

const LINES: Color = Color::srgb(0.57, 0.60, 0.65);
const SWITCHED_OFF: Color = Color::srgb(0.35, 0.37, 0.40);
const OCCUPIED: Color = Color::srgb(0.94, 0.75, 0.36);
const SELECTED: Color = Color::srgb(0.35, 0.65, 1.0);

/// Draws the lines of all zones.
pub(crate) fn draw(
    zones: Query<(Entity, &BodyZone, &GlobalTransform, &ZoneOccupants)>,
    editing: Res<ZoneEditing>,
    mut gizmos: Gizmos<ZoneGizmos>,
) {
    if !editing.in_scene {
        return;
    }
    for (entity, zone, place, occupants) in &zones {
        if !place.affine().is_finite() {
            continue;
        }
        let color = match (editing.selected == Some(entity), zone.active) {
            (true, _) => SELECTED,
            (false, false) => SWITCHED_OFF,
            (false, true) if occupants.is_empty() => LINES,
            (false, true) => OCCUPIED,
        };
        let at = |point: Vec3| place.transform_point(point);
        match &zone.volume {
            ZoneVolume::Box { size } if size.is_finite() => {
                let half = 0.5 * *size;
                let floor = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                    .map(|(x, z)| Vec2::new(x * half.x, z * half.z));
                prism(&mut gizmos, &floor, (-half.y, half.y), at, color);
            }
            ZoneVolume::Sphere { radius } if radius.is_finite() => {
                for axes in [(Vec3::X, Vec3::Y), (Vec3::X, Vec3::Z), (Vec3::Y, Vec3::Z)] {
                    let circle = (0..48).map(|step| {
                        let angle = step as f32 / 48.0 * core::f32::consts::TAU;
                        at((axes.0 * angle.cos() + axes.1 * angle.sin()) * *radius)
                    });
                    gizmos.lineloop(circle, color);
                }
            }
            ZoneVolume::Floor { corners, height } if height.is_finite() => {
                prism(&mut gizmos, corners, (0.0, *height), at, color);
            }
            _ => {}
        }
    }
}

/// The edges of the space above an outline, from a height to another one.
fn prism(
    gizmos: &mut Gizmos<ZoneGizmos>,
    outline: &[Vec2],
    (bottom, top): (f32, f32),
    at: impl Fn(Vec3) -> Vec3,
    color: Color,
) {
    if outline.is_empty() || !outline.iter().all(|corner| corner.is_finite()) {
        return;
    }
    let lifted = |height: f32| {
        outline
            .iter()
            .map(move |corner| Vec3::new(corner.x, height, corner.y))
    };
    gizmos.lineloop(lifted(bottom).map(&at), color);
    let faint = color.with_alpha(0.6);
    gizmos.lineloop(lifted(top).map(&at), faint);
    for (foot, head) in lifted(bottom).zip(lifted(top)) {
        gizmos.line(at(foot), at(head), faint);
    }
}

/// The cameras through which handles are seen.
#[derive(SystemParam)]
pub(crate) struct Cameras<'w, 's> {
    cameras: Query<
        'w,
        's,
        (
            Entity,
            &'static Camera,
            &'static RenderTarget,
            &'static GlobalTransform,
        ),
        With<Camera3d>,
    >,
    panels: Query<'w, 's, &'static RenderTarget, Or<(With<OwnContext>, With<PrimaryEguiContext>)>>,
    primary: Query<'w, 's, Entity, With<PrimaryWindow>>,
}

impl Cameras<'_, '_> {
    /// The cameras that draw where the panel is drawn.
    fn beside_panel(&self) -> impl Iterator<Item = (Entity, &Camera, &GlobalTransform)> {
        let primary = self.primary.single().ok();
        let panel = self
            .panels
            .iter()
            .next()
            .and_then(|panel| panel.normalize(primary));
        self.cameras
            .iter()
            .filter_map(move |(entity, camera, target, place)| {
                let is_shown = camera.is_active
                    && place.affine().is_finite()
                    && panel.is_some()
                    && target.normalize(primary) == panel;
                is_shown.then_some((entity, camera, place))
            })
    }
}

/// Shows the handles, right of the panel; zones that are dragged move.
pub(crate) fn handles(
    ctx: &egui::Context,
    right_of: f32,
    cameras: &Cameras,
    zones: &mut Zones,
    editing: &mut ZoneEditing,
) {
    let room = ctx.content_rect();
    let room = room.with_min_x(room.left().max(right_of));
    let mut changed: Option<(Entity, Placed)> = None;
    for (entity, camera, place) in cameras.beside_panel() {
        let scale = camera.target_scaling_factor().unwrap_or(1.0) / ctx.pixels_per_point();
        for zone in zones.list() {
            let Some(placed) = zones.placed(zone) else {
                continue;
            };
            let name = zones.name(zone);
            for (number, (part, point)) in placed.handles().into_iter().enumerate() {
                let is_shown = part == Handle::Whole || editing.selected == Some(zone);
                let Some(at) = seen_at(camera, place, point, scale)
                    .filter(|at| is_shown && room.shrink(handle::SIZE * 0.5).contains(*at))
                else {
                    continue;
                };
                let floor = |at: Pos2| floor_under(camera, place, at, scale, point.y);
                let id = Id::new(("kinect zone", entity, zone, number));
                let half = vec2(handle::SIZE, handle::SIZE) * 0.5;
                let area = Area::new(id)
                    .order(Order::Middle)
                    .fixed_pos(at - half)
                    .default_size(half * 2.0)
                    .constrain(false)
                    .fade_in(false);
                let moved = area.show(ctx, |ui| {
                    ui.allocate_space(half * 2.0);
                    let title = format!("{} in the scene", handle::name(part, &name));
                    let response = handle::show(ui, at, id.with("handle"), part, &title);
                    handle::follow(ui, &response, (zone, part), &placed, editing, floor)
                });
                changed = moved.inner.map(|moved| (zone, moved)).or(changed);
            }
        }
    }
    if let Some((zone, moved)) = changed {
        zones.place(zone, moved);
    }
}

/// Where a camera shows a point of the world, in points of the panel.
fn seen_at(camera: &Camera, place: &GlobalTransform, point: Vec3, scale: f32) -> Option<Pos2> {
    let at = camera.world_to_viewport(place, point).ok()?;
    let is_inside = camera
        .logical_viewport_rect()
        .is_some_and(|rect| rect.contains(at));
    is_inside.then(|| pos2(at.x * scale, at.y * scale))
}

/// The point (x, z) at a height of the world that a camera shows at a point of the panel.
fn floor_under(
    camera: &Camera,
    place: &GlobalTransform,
    at: Pos2,
    scale: f32,
    height: f32,
) -> Option<Vec2> {
    let ray = camera.viewport_to_world(place, Vec2::new(at.x, at.y) / scale);
    Some(on_plane(ray.ok()?, height)?.xz())
}
