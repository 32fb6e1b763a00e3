//! The list of zones, the plan, and the settings of the chosen zone.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_settings::SaveEntity;

use super::editing::{ZoneEditing, Zones};
use super::plan::{self, PlanPerson, PlanSensor, PlanState, Room};
use super::scene::{self, Cameras};
use super::seen::seen;
use super::settings;
use crate::controls::{buttons, figure, grave_button, nothing, section, switch, text, text_field};
use crate::style::{GOOD, LABEL};

/// The people on the plan.
type People<'w, 's> = Query<
    'w,
    's,
    (
        &'static Player,
        &'static PlayerStatus,
        &'static Skeleton,
        &'static ChildOf,
    ),
>;

/// The sensors on the plan.
type Sensors<'w, 's> = Query<
    'w,
    's,
    (&'static GlobalTransform, Option<&'static SensorStream>),
    Or<(With<KinectSensor>, With<BodyTracking>)>,
>;

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut editing: ResMut<ZoneEditing>,
    mut zones: Zones,
    people: People,
    sensors: Sensors,
    cameras: Cameras,
    mut state: Local<PlanState>,
    mut commands: Commands,
) {
    let editing = editing.bypass_change_detection();
    if editing
        .selected
        .is_some_and(|zone| !zones.zones.contains(zone))
    {
        editing.selected = None;
    }
    if editing
        .grab
        .as_ref()
        .is_some_and(|grab| !zones.zones.contains(grab.zone))
    {
        editing.grab = None;
    }
    ui.add_space(6.0);
    plan::show(
        ui,
        &room(&people, &sensors),
        &mut zones,
        editing,
        &mut state,
    );
    navigation(ui, &mut state);
    if let Some(in_scene) = switch(ui, "Show in 3D", editing.in_scene) {
        editing.in_scene = in_scene;
    }
    section(ui, "Zones", |ui| {
        list(ui, &zones, editing);
        if let Some(zone) = add(ui, &state, zones.zones.iter().count()) {
            editing.selected = Some(commands.spawn((zone, SaveEntity)).id());
        }
    });
    if let Some(zone) = editing.selected {
        chosen(ui, zone, &mut zones, &people, &mut commands);
    } else {
        text(
            ui,
            "Drag zones on the plan or in the 3D view, click one to choose it. Arrow keys move the handle that has the focus: by 5 cm, with Shift by 50 cm, with Alt by 1 cm.",
        );
    }
    if editing.in_scene {
        let ctx = ui.ctx().clone();
        let right_of = ui.clip_rect().right() + 4.0;
        scene::handles(&ctx, right_of, &cameras, &mut zones, editing);
    }
}

/// The buttons under the plan.
fn navigation(ui: &mut Ui, state: &mut PlanState) {
    let view = state.shown;
    match buttons(ui, &["Fit", "Zoom in", "Zoom out"]) {
        Some(0) => state.chosen = None,
        Some(1) => state.chosen = Some(view.zoomed(1.25, view.middle)),
        Some(2) => state.chosen = Some(view.zoomed(0.8, view.middle)),
        _ => {}
    }
}

/// Sensors and people, from above.
fn room(people: &People, sensors: &Sensors) -> Room {
    Room {
        sensors: sensors
            .iter()
            .map(|(place, stream)| PlanSensor {
                at: place.translation().xz(),
                seen: seen(stream, place),
            })
            .collect(),
        people: people
            .iter()
            .filter_map(|(player, status, skeleton, sensor)| {
                let (place, _) = sensors.get(sensor.parent()).ok()?;
                let at = |joint| place.transform_point(skeleton.joint(joint).position).xz();
                Some(PlanPerson {
                    label: player.id.to_string(),
                    at: at(Joint::Pelvis),
                    shoulders: at(Joint::ShoulderLeft) - at(Joint::ShoulderRight),
                    slot: player.slot,
                    is_hidden: status.presence == Presence::Hidden,
                })
            })
            .collect(),
    }
}

fn list(ui: &mut Ui, zones: &Zones, editing: &mut ZoneEditing) {
    let all = zones.list();
    if all.is_empty() {
        nothing(
            ui,
            "There are no zones. A zone reports players who enter, stay in and leave a part of the room.",
        );
    }
    for zone in all {
        let Ok((_, _, settings, _, occupants, _)) = zones.zones.get(zone) else {
            continue;
        };
        let count = occupants.players.len();
        let words = match (settings.active, count) {
            (false, _) => "not watched".to_owned(),
            (true, 0) => "nobody inside".to_owned(),
            (true, count) => format!("{count} inside"),
        };
        ui.push_id(zone, |ui| {
            let is_chosen = editing.selected == Some(zone);
            let color = if count > 0 { GOOD } else { LABEL };
            if zone_row(ui, &zones.name(zone), &words, color, is_chosen) {
                editing.selected = if is_chosen { None } else { Some(zone) };
            }
        });
    }
}

/// A zone in the list; whether it was clicked.
fn zone_row(
    ui: &mut Ui,
    name: &str,
    words: &str,
    color: bevy_egui::egui::Color32,
    is_chosen: bool,
) -> bool {
    use bevy_egui::egui::{Button, RichText, vec2};
    let button = Button::selectable(is_chosen, name)
        .right_text(RichText::new(words).color(color))
        .truncate()
        .min_size(vec2(ui.available_width(), 24.0));
    let response = ui.add(button);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_label(format!("Choose {name}"));
        node.set_value(words);
    });
    response.clicked()
}

/// The buttons that add a zone; the zone.
fn add(ui: &mut Ui, state: &PlanState, count: usize) -> Option<(Name, BodyZone, Transform)> {
    let clicked = buttons(ui, &["Add box", "Add sphere", "Add floor zone"])?;
    let middle = state.shown.middle;
    let (zone, height) = match clicked {
        0 => (BodyZone::cuboid(Vec3::new(1.0, 2.0, 1.0)), 1.0),
        1 => (BodyZone::sphere(0.5), 1.0),
        _ => {
            let corners = [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)];
            let corners = corners.map(|(x, z)| Vec2::new(x, z));
            (BodyZone::floor(corners), 0.0)
        }
    };
    Some((
        Name::new(format!("zone {}", count + 1)),
        zone,
        Transform::from_xyz(middle.x, height, middle.y),
    ))
}

/// The name, the settings and the players of the chosen zone.
fn chosen(ui: &mut Ui, zone: Entity, zones: &mut Zones, people: &People, commands: &mut Commands) {
    let name = zones.name(zone);
    let Ok((_, own_name, mut settings, mut place, occupants, _)) = zones.zones.get_mut(zone) else {
        return;
    };
    ui.push_id(("chosen", zone), |ui| {
        section(ui, "Chosen zone", |ui| {
            let present = own_name.map_or("", |name| name.as_str());
            if let Some(chosen) = text_field(ui, "Name", present, &name) {
                commands.entity(zone).try_insert(Name::new(chosen));
            }
            if occupants.is_empty() {
                figure(ui, "Players", "nobody inside");
            }
            for stay in &occupants.players {
                let slot = people
                    .get(stay.player)
                    .ok()
                    .and_then(|(player, ..)| player.slot);
                let slot = slot.map_or(String::new(), |slot| format!(", slot {slot}"));
                figure(
                    ui,
                    &format!("Player {}{slot}", stay.id),
                    format!("{:.1} s", stay.seconds),
                );
            }
            let (mut wanted, mut wanted_place) = (settings.clone(), *place);
            settings::show(ui, &mut wanted, &mut wanted_place);
            settings.set_if_neq(wanted);
            place.set_if_neq(wanted_place);
            if grave_button(ui, "Remove this zone") {
                commands.entity(zone).try_despawn();
            }
        });
    });
}
