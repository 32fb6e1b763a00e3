//! The page.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::{PointCloud, PointCloudBuffer, PointsSaved, SurfaceMesh};

use super::save::Save;
use super::{cloud, surface};
use crate::controls::{buttons, choice_of, figure, grave_button, nothing, section, switch};
use crate::inspector::KinectInspector;

/// A cloud or a surface, if there is one.
type Drawn = (
    Entity,
    Option<&'static Name>,
    Option<&'static mut PointCloud>,
    Option<&'static mut SurfaceMesh>,
    Option<&'static PointCloudBuffer>,
    &'static mut Visibility,
);

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut commands: Commands,
    inspector: Res<KinectInspector>,
    mut all: Query<Drawn, Or<(With<PointCloud>, With<SurfaceMesh>)>>,
    parents: Query<&ChildOf>,
    mut chosen: Local<Option<Entity>>,
    mut save: Local<Save>,
    mut saved: MessageReader<PointsSaved>,
) {
    save.listen(saved.read());
    let Some(sensor) = inspector.sensor else {
        nothing(ui, "The app has no sensor. The page Sensors adds one.");
        return;
    };
    let is_of_sensor =
        |entity: Entity| entity == sensor || parents.iter_ancestors(entity).any(|of| of == sensor);
    let mut found: Vec<(Entity, String)> = all
        .iter()
        .filter(|(entity, ..)| is_of_sensor(*entity))
        .map(|(entity, name, cloud, ..)| (entity, title(entity, sensor, name, cloud.is_some())))
        .collect();
    found.sort();
    if found.is_empty() {
        nothing(ui, "This sensor has neither a point cloud nor a surface.");
        match buttons(ui, &["Add a point cloud", "Add a surface"]) {
            Some(0) => {
                commands.entity(sensor).insert(PointCloud::default());
            }
            Some(_) => {
                commands.entity(sensor).insert(SurfaceMesh::default());
            }
            None => {}
        }
        return;
    }
    let entity = choose(ui, &found, &mut chosen);
    let Ok((_, _, cloud, surface, buffer, mut visibility)) = all.get_mut(entity) else {
        return;
    };
    section(ui, "Drawn", |ui| {
        let is_visible = *visibility != Visibility::Hidden;
        if let Some(on) = switch(ui, "Visible", is_visible) {
            *visibility = match on {
                true => Visibility::Inherited,
                false => Visibility::Hidden,
            };
        }
        exchange(
            ui,
            &mut commands,
            entity,
            cloud.as_deref(),
            surface.as_deref(),
        );
        if let Some(buffer) = buffer {
            let points = u64::from(buffer.width) * u64::from(buffer.height);
            let words = format!(
                "{}×{}, {points} points at most",
                buffer.width, buffer.height
            );
            figure(ui, "Grid", words);
        }
    });
    if let Some(cloud) = cloud {
        cloud::show(ui, cloud);
    }
    if let Some(surface) = surface {
        surface::show(ui, surface);
    }
    save.show(ui, &mut commands, entity);
}

fn title(entity: Entity, sensor: Entity, name: Option<&Name>, is_cloud: bool) -> String {
    let kind = if is_cloud { "Points" } else { "Surface" };
    match name {
        _ if entity == sensor => format!("{kind} of the sensor"),
        Some(name) if !name.is_empty() => format!("{kind}: {name}"),
        _ => format!("{kind} {entity}"),
    }
}

/// The cloud or surface that the page is about; a drop-down if there are several.
fn choose(ui: &mut Ui, found: &[(Entity, String)], chosen: &mut Option<Entity>) -> Entity {
    let at = found
        .iter()
        .position(|(entity, _)| Some(*entity) == *chosen);
    let at = at.unwrap_or(0);
    if found.len() < 2 {
        return found[at].0;
    }
    let text = |at: usize| found[at].1.clone();
    if let Some(clicked) = choice_of(ui, "Cloud or surface", &found[at].1, found.len(), text) {
        *chosen = Some(found[clicked].0);
        return found[clicked].0;
    }
    found[at].0
}

/// Buttons that draw the points as a surface, or a surface as points, or remove both.
fn exchange(
    ui: &mut Ui,
    commands: &mut Commands,
    entity: Entity,
    cloud: Option<&PointCloud>,
    surface: Option<&SurfaceMesh>,
) {
    ui.horizontal_wrapped(|ui| {
        if let Some(cloud) = cloud
            && buttons(ui, &["Draw as a surface"]).is_some()
        {
            let surface = SurfaceMesh {
                color: cloud.color,
                timing: cloud.timing,
                ..SurfaceMesh::default()
            };
            commands
                .entity(entity)
                .remove::<PointCloud>()
                .insert(surface);
        }
        if let Some(surface) = surface
            && buttons(ui, &["Draw as points"]).is_some()
        {
            let cloud = PointCloud {
                color: surface.color,
                timing: surface.timing,
                ..PointCloud::default()
            };
            commands
                .entity(entity)
                .remove::<SurfaceMesh>()
                .insert(cloud);
        }
        if grave_button(ui, "Remove from the scene") {
            commands
                .entity(entity)
                .remove::<(PointCloud, SurfaceMesh)>();
        }
    });
}
