//! The floor plan: what sensors see, zones, and people, from above. Zones are dragged, and resized by their corners.

use bevy::prelude::*;
use bevy_egui::egui::{
    self, Align2, Color32, CornerRadius, FontId, PointerButton, Sense, Shape, Stroke, Ui,
    WidgetInfo, WidgetType, vec2,
};
use bevy_kinect_azure::coloring::PLAYER_COLORS;

use super::editing::{Grab, ZoneEditing, Zones};
use super::handle;
use super::shape::{Handle, Placed};
use super::view::{Plan, View, triangles};
use crate::style::{ACCENT, LABEL, LINE, TEXT, WARNING, WELL};

/// A sensor on the plan.
pub(crate) struct PlanSensor {
    pub(crate) at: Vec2,
    pub(crate) seen: Vec<Vec2>,
}

/// A person on the plan.
pub(crate) struct PlanPerson {
    pub(crate) label: String,
    pub(crate) at: Vec2,
    /// From the right shoulder to the left one.
    pub(crate) shoulders: Vec2,
    pub(crate) slot: Option<usize>,
    pub(crate) is_hidden: bool,
}

/// What is on the plan beside the zones.
pub(crate) struct Room {
    pub(crate) sensors: Vec<PlanSensor>,
    pub(crate) people: Vec<PlanPerson>,
}

/// The part of the floor that the plan shows.
#[derive(Default)]
pub(crate) struct PlanState {
    /// The part that was chosen; `None`: all that there is.
    pub(crate) chosen: Option<View>,
    /// The part that was shown last.
    pub(crate) shown: View,
}

/// Shows the plan; zones that are dragged move.
pub(crate) fn show(
    ui: &mut Ui,
    room: &Room,
    zones: &mut Zones,
    editing: &mut ZoneEditing,
    state: &mut PlanState,
) {
    let width = ui.available_width();
    let size = vec2(width, (width * 0.8).min(420.0));
    let (rect, canvas) = ui.allocate_exact_size(size, Sense::click_and_drag());
    canvas.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Floor plan"));
    let placed: Vec<(Entity, Placed)> = zones
        .list()
        .into_iter()
        .filter_map(|zone| Some((zone, zones.placed(zone)?)))
        .collect();
    // While something is dragged, the plan stays as it is.
    state.shown = match state.chosen {
        Some(view) => view,
        None if editing.grab.is_some() => state.shown,
        None => fit(room, &placed),
    };
    let plan = state.shown.on(rect);
    let view = navigate(ui, &canvas, plan, &placed, editing);
    if view != plan.view {
        state.chosen = Some(view);
    }
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(3), WELL);
    paint_grid(&painter, plan);
    for sensor in &room.sensors {
        paint_sensor(&painter, plan, sensor);
    }
    for (zone, of) in &placed {
        let look = Look {
            is_selected: editing.selected == Some(*zone),
            is_occupied: zones.is_occupied(*zone),
            is_active: zones.zones.get(*zone).is_ok_and(|zone| zone.2.active),
        };
        paint_zone(&painter, plan, of, &zones.name(*zone), look);
    }
    for person in &room.people {
        paint_person(&painter, plan, person);
    }
    let clip = ui.clip_rect();
    ui.set_clip_rect(clip.intersect(rect));
    let mut changed = handle::drag(&canvas, editing, |at| Some(plan.to_floor(at)))
        .zip(editing.grab.as_ref().map(|grab| grab.zone));
    for (zone, of) in &placed {
        for (number, (part, at)) in of.handles().into_iter().enumerate() {
            let is_shown = part == Handle::Whole || editing.selected == Some(*zone);
            let at = plan.to_panel(at.xz());
            if !is_shown || !rect.contains(at) {
                continue;
            }
            let id = ui.id().with(("plan", zone, number));
            let name = format!("{} on the plan", handle::name(part, &zones.name(*zone)));
            let response = handle::show(ui, at, id, part, &name);
            let moved = handle::follow(ui, &response, (*zone, part), of, editing, |at| {
                Some(plan.to_floor(at))
            });
            changed = moved.map(|moved| (moved, *zone)).or(changed);
        }
    }
    ui.set_clip_rect(clip);
    if let Some((moved, zone)) = changed {
        zones.place(zone, moved);
    }
}

/// A view of everything.
fn fit(room: &Room, zones: &[(Entity, Placed)]) -> View {
    let sensors = room.sensors.iter();
    let seen = sensors.flat_map(|sensor| sensor.seen.iter().copied().chain([sensor.at]));
    let people = room.people.iter().map(|person| person.at);
    let corners = zones.iter().flat_map(|(_, zone)| zone.outline());
    View::around(seen.chain(people).chain(corners))
}

/// Drags of the plan and of zones by their areas; clicks that choose a zone; the view that is wanted.
fn navigate(
    ui: &Ui,
    canvas: &egui::Response,
    plan: Plan,
    zones: &[(Entity, Placed)],
    editing: &mut ZoneEditing,
) -> View {
    let mut view = plan.view;
    if canvas.clicked()
        && let Some(at) = canvas.interact_pointer_pos()
    {
        editing.selected = zone_at(zones, plan.to_floor(at));
    }
    if canvas.drag_started_by(PointerButton::Primary) {
        let origin = ui.input(|input| input.pointer.press_origin());
        let from = origin.map(|at| plan.to_floor(at));
        let hit = from.and_then(|from| Some((from, zone_at(zones, from)?)));
        if let Some((from, zone)) = hit
            && let Some((_, before)) = zones.iter().find(|(other, _)| *other == zone)
        {
            editing.selected = Some(zone);
            editing.grab = Some(Grab {
                control: canvas.id,
                zone,
                handle: Handle::Whole,
                before: before.clone(),
                from,
            });
        }
    }
    let is_of_plan = editing
        .grab
        .as_ref()
        .is_none_or(|grab| grab.control != canvas.id);
    if canvas.dragged() && is_of_plan {
        view.middle -= plan.distance(canvas.drag_delta());
    }
    if canvas.drag_stopped() {
        editing.grab = None;
    }
    let zoom = ui.input(egui::InputState::zoom_delta);
    if let Some(at) = canvas.hover_pos().filter(|_| zoom != 1.0) {
        view = view.zoomed(zoom, plan.to_floor(at));
    }
    view
}

/// The smallest zone around a point.
fn zone_at(zones: &[(Entity, Placed)], at: Vec2) -> Option<Entity> {
    let around = zones.iter().filter_map(|(zone, of)| {
        let outline = of.outline();
        contains(&outline, at).then(|| (*zone, area(&outline)))
    });
    around
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(zone, _)| zone)
}

/// Whether a polygon, which may have notches, contains a point.
fn contains(outline: &[Vec2], at: Vec2) -> bool {
    let mut is_inside = false;
    let before = outline.iter().cycle().skip(outline.len().saturating_sub(1));
    for (a, b) in before.zip(outline) {
        let crosses = (a.y > at.y) != (b.y > at.y);
        if crosses && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            is_inside = !is_inside;
        }
    }
    is_inside
}

fn area(outline: &[Vec2]) -> f32 {
    let next = outline.iter().cycle().skip(1);
    let doubled: f32 = outline.iter().zip(next).map(|(a, b)| a.perp_dot(*b)).sum();
    0.5 * doubled.abs()
}

fn paint_grid(painter: &egui::Painter, plan: Plan) {
    let (min, max) = plan.edges();
    // The lines stay apart, however much is shown.
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0];
    let step = steps
        .into_iter()
        .find(|step| step * plan.points_per_metre >= 22.0)
        .unwrap_or(50.0);
    let lines = |min: f32, max: f32| {
        let first = (min / step).ceil() as i32;
        let count = ((max - min) / step) as i32;
        (first..=first.saturating_add(count.min(400))).map(move |line| line as f32 * step)
    };
    for x in lines(min.x, max.x) {
        let at = plan.to_panel(Vec2::new(x, 0.0)).x;
        painter.vline(
            at,
            plan.rect.y_range(),
            Stroke::new(1.0, LINE.gamma_multiply(0.7)),
        );
    }
    for z in lines(min.y, max.y) {
        let at = plan.to_panel(Vec2::new(0.0, z)).y;
        painter.hline(
            plan.rect.x_range(),
            at,
            Stroke::new(1.0, LINE.gamma_multiply(0.7)),
        );
    }
    let corner = plan.rect.left_bottom() + vec2(8.0, -8.0);
    let length = step * plan.points_per_metre;
    painter.hline(
        corner.x..=corner.x + length,
        corner.y,
        Stroke::new(1.5, LABEL),
    );
    painter.text(
        corner + vec2(length + 5.0, 1.0),
        Align2::LEFT_CENTER,
        format!("{step} m"),
        FontId::proportional(10.0),
        LABEL,
    );
}

fn paint_sensor(painter: &egui::Painter, plan: Plan, sensor: &PlanSensor) {
    let outline: Vec<_> = sensor.seen.iter().map(|&at| plan.to_panel(at)).collect();
    if outline.len() > 2 {
        painter.add(Shape::convex_polygon(
            outline,
            ACCENT.gamma_multiply(0.07),
            Stroke::new(1.0, ACCENT.gamma_multiply(0.35)),
        ));
    }
    if sensor.at.is_finite() {
        painter.circle(
            plan.to_panel(sensor.at),
            4.0,
            WELL,
            Stroke::new(2.0, ACCENT),
        );
    }
}

/// How a zone looks.
#[derive(Clone, Copy)]
struct Look {
    is_selected: bool,
    is_occupied: bool,
    is_active: bool,
}

fn paint_zone(painter: &egui::Painter, plan: Plan, zone: &Placed, name: &str, look: Look) {
    let outline = zone.outline();
    if outline.is_empty() || !outline.iter().all(|at| at.is_finite()) {
        return;
    }
    let color = match (look.is_active, look.is_occupied) {
        (false, _) => LABEL.gamma_multiply(0.6),
        (true, true) => WARNING,
        (true, false) => LABEL,
    };
    let fill = color.gamma_multiply(if look.is_occupied { 0.25 } else { 0.08 });
    let points: Vec<_> = outline.iter().map(|&at| plan.to_panel(at)).collect();
    let mut area = egui::Mesh::default();
    for &point in &points {
        area.colored_vertex(point, fill);
    }
    for [a, b, c] in triangles(&outline) {
        area.add_triangle(a, b, c);
    }
    painter.add(area);
    let (width, line) = if look.is_selected {
        (2.0, TEXT)
    } else {
        (1.2, color)
    };
    painter.add(Shape::closed_line(points, Stroke::new(width, line)));
    let lowest = outline.iter().map(|at| at.y).fold(f32::MIN, f32::max);
    let middle = outline.iter().map(|at| at.x).sum::<f32>() / outline.len() as f32;
    let short: String = name.chars().take(24).collect();
    painter.text(
        plan.to_panel(Vec2::new(middle, lowest)) - vec2(0.0, 3.0),
        Align2::CENTER_BOTTOM,
        short,
        FontId::proportional(10.5),
        line,
    );
}

fn paint_person(painter: &egui::Painter, plan: Plan, person: &PlanPerson) {
    if !person.at.is_finite() {
        return;
    }
    let number = person.slot.unwrap_or(PLAYER_COLORS.len() - 1) % PLAYER_COLORS.len();
    let [r, g, b] = PLAYER_COLORS[number];
    let mut color = Color32::from_rgb(r, g, b);
    if person.is_hidden {
        color = color.gamma_multiply(0.45);
    }
    let at = plan.to_panel(person.at);
    if person.shoulders.is_finite() {
        let half = person.shoulders.clamp_length_max(0.8) * 0.5 * plan.points_per_metre;
        let half = vec2(half.x, half.y);
        painter.line_segment(
            [at - half, at + half],
            Stroke::new(6.0, color.gamma_multiply(0.7)),
        );
    }
    painter.circle(at, 8.0, color, Stroke::new(1.0, WELL));
    painter.text(
        at,
        Align2::CENTER_CENTER,
        &person.label,
        FontId::proportional(10.0),
        Color32::WHITE,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of two metres with a notch at its top.
    fn notched() -> Vec<Vec2> {
        [(0.0, 0.0), (1.0, 1.5), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
            .map(|(x, y)| Vec2::new(x, y))
            .to_vec()
    }

    #[test]
    fn a_notch_is_outside() {
        let outline = notched();
        assert!(contains(&outline, Vec2::new(0.2, 1.0)));
        assert!(!contains(&outline, Vec2::new(1.0, 0.5)));
        assert!(!contains(&outline, Vec2::new(-0.1, 1.0)));
        assert!(!contains(&outline, Vec2::NAN));
        assert!(!contains(&[], Vec2::ZERO));
        assert_eq!(area(&outline), 4.0 - 1.5);
    }
}
