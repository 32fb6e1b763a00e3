//! The settings of the chosen zone.

use core::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::prelude::*;

use super::shape::{as_floor, bounds, insert_corner};
use crate::controls::{Number, Slider, button, buttons, choice, folded, section, switch, warning};

/// The kinds of shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Box,
    Sphere,
    Floor,
}

impl Kind {
    pub(crate) fn of(volume: &ZoneVolume) -> Self {
        match volume {
            ZoneVolume::Box { .. } => Self::Box,
            ZoneVolume::Sphere { .. } => Self::Sphere,
            ZoneVolume::Floor { .. } => Self::Floor,
        }
    }

    /// The same space in this kind of shape, as far as it can be: the shape, and the place of its middle in the former one.
    fn reshaped(self, volume: &ZoneVolume) -> (ZoneVolume, Vec3) {
        let (edges, middle) = bounds(volume);
        match self {
            Self::Box => (ZoneVolume::Box { size: edges }, middle),
            Self::Sphere => {
                let radius = 0.5 * edges.xz().max_element();
                (ZoneVolume::Sphere { radius }, middle)
            }
            Self::Floor => {
                let floor = as_floor(volume);
                (floor, middle - Vec3::Y * 0.5 * edges.y)
            }
        }
    }
}

const KINDS: [(Kind, &str); 3] = [
    (Kind::Box, "box"),
    (Kind::Sphere, "sphere"),
    (Kind::Floor, "space above the floor"),
];

const PARTS: [(ZonePart, &str); 5] = [
    (ZonePart::Pelvis, "pelvis: where people stand"),
    (ZonePart::Head, "head"),
    (ZonePart::Hand, "a hand"),
    (ZonePart::Foot, "a foot"),
    (ZonePart::Any, "any joint"),
];

/// Shows the settings of a zone, and changes them.
pub(crate) fn show(ui: &mut Ui, zone: &mut BodyZone, place: &mut Transform) {
    if let Some(active) = switch(ui, "Watched", zone.active) {
        zone.active = active;
    }
    let kind = Kind::of(&zone.volume);
    if let Some(kind) = choice(ui, "Shape", &kind, &KINDS) {
        let (volume, middle) = kind.reshaped(&zone.volume);
        place.translation = place.transform_point(middle);
        zone.volume = volume;
    }
    volume(ui, &mut zone.volume);
    section(ui, "Place", |ui| placement(ui, place));
    section(ui, "Who is inside", |ui| {
        if let Some(part) = choice(ui, "Part", &zone.part, &PARTS) {
            zone.part = part;
        }
        if let Some(margin) = Slider::new("Margin", 0.0..=1.0)
            .unit(" m")
            .decimals(2)
            .help("A player who is inside leaves only when this far outside")
            .show(ui, zone.margin)
        {
            zone.margin = margin;
        }
        let mut seconds = |name: &str, help: &str, time: &mut Duration| {
            let chosen = Slider::new(name, 0.0..=60.0)
                .unit(" s")
                .decimals(1)
                .help(help)
                .show(ui, time.as_secs_f32());
            if let Some(chosen) = chosen
                && let Ok(chosen) = Duration::try_from_secs_f32(chosen)
            {
                *time = chosen;
            }
        };
        seconds(
            "Dwell",
            "The time inside after which a player has dwelled",
            &mut zone.dwell,
        );
        seconds(
            "Lost after",
            "A player inside who is not seen for this time has left",
            &mut zone.lost_after,
        );
    });
}

fn length(name: &str) -> Number<'_, f32> {
    Number::new(name)
        .range(0.0..=100.0)
        .unit(" m")
        .speed(0.01)
        .decimals(2)
}

fn volume(ui: &mut Ui, volume: &mut ZoneVolume) {
    match volume {
        ZoneVolume::Box { size } => {
            for (name, edge) in ["Width", "Height", "Depth"].into_iter().zip(size.as_mut()) {
                if let Some(chosen) = length(name).show(ui, *edge) {
                    *edge = chosen;
                }
            }
            if size.min_element() <= 0.0 || !size.is_finite() {
                warning(ui, "The box has no space in it: nobody can be inside.");
            }
        }
        ZoneVolume::Sphere { radius } => {
            if let Some(chosen) = length("Radius").show(ui, *radius) {
                *radius = chosen;
            }
            if !(radius.is_finite() && *radius > 0.0) {
                warning(ui, "The sphere has no space in it: nobody can be inside.");
            }
        }
        ZoneVolume::Floor { corners, height } => {
            if let Some(chosen) = length("Height").show(ui, *height) {
                *height = chosen;
            }
            if corners.len() < 3 {
                warning(
                    ui,
                    "The zone needs at least three corners: nobody can be inside.",
                );
            }
            folded(ui, "Corners", false, |ui| list(ui, corners));
        }
    }
}

/// The corners of a floor zone.
fn list(ui: &mut Ui, corners: &mut Vec<Vec2>) {
    let (mut added, mut removed) = (None, None);
    for (number, corner) in corners.iter_mut().enumerate() {
        ui.push_id(number, |ui| {
            let title = format!("Corner {}", number + 1);
            crate::controls::row(ui, &title, |ui| {
                for (axis, value) in ["x", "z"].into_iter().zip(corner.as_mut()) {
                    let name = format!("{title} {axis}");
                    let field = Number::new(&name)
                        .range(-1000.0..=1000.0)
                        .unit(" m")
                        .speed(0.01)
                        .decimals(2);
                    if let Some(chosen) = field.add(ui, *value) {
                        *value = chosen;
                    }
                }
            });
            let names = [
                format!("Insert after corner {}", number + 1),
                format!("Remove corner {}", number + 1),
            ];
            match buttons(ui, &[&names[0], &names[1]]) {
                Some(0) => added = Some(number),
                Some(1) => removed = Some(number),
                _ => {}
            }
        });
    }
    if let Some(number) = added {
        insert_corner(corners, number);
    }
    if let Some(number) = removed {
        corners.remove(number);
    }
    if corners.is_empty() && button(ui, "Add corners") {
        *corners = vec![
            Vec2::new(-0.5, -0.5),
            Vec2::new(0.5, -0.5),
            Vec2::new(0.5, 0.5),
            Vec2::new(-0.5, 0.5),
        ];
    }
}

fn placement(ui: &mut Ui, place: &mut Transform) {
    for (axis, value) in ["x", "y", "z"].into_iter().zip(place.translation.as_mut()) {
        let name = format!("Place {axis}");
        let field = Number::new(&name)
            .range(-1000.0..=1000.0)
            .unit(" m")
            .speed(0.01)
            .decimals(2);
        if let Some(chosen) = field.show(ui, *value) {
            *value = chosen;
        }
    }
    let (heading, pitch, roll) = place.rotation.to_euler(EulerRot::YXZ);
    if let Some(degrees) = Slider::new("Heading", -180.0..=180.0)
        .unit("°")
        .decimals(1)
        .show(ui, heading.to_degrees())
    {
        place.rotation = Quat::from_euler(EulerRot::YXZ, degrees.to_radians(), pitch, roll);
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_zone_of_another_kind_stays_where_it_is() {
        let floor = ZoneVolume::Floor {
            corners: vec![Vec2::ZERO, Vec2::new(2.0, 0.0), Vec2::new(2.0, 4.0)],
            height: 2.0,
        };
        let (cuboid, middle) = Kind::Box.reshaped(&floor);
        assert_eq!(
            cuboid,
            ZoneVolume::Box {
                size: Vec3::new(2.0, 2.0, 4.0)
            }
        );
        assert_eq!(middle, Vec3::new(1.0, 1.0, 2.0));
        let (back, bottom) = Kind::Floor.reshaped(&cuboid);
        assert_eq!(bottom, Vec3::NEG_Y);
        let ZoneVolume::Floor { corners, height } = back else {
            panic!("above the floor");
        };
        assert_eq!((corners.len(), height), (4, 2.0));
        let (sphere, _) = Kind::Sphere.reshaped(&cuboid);
        assert_eq!(sphere, ZoneVolume::Sphere { radius: 2.0 });
    }
}
