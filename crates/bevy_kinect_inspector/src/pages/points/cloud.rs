//! The settings of a point cloud.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::{PointCloud, PointShape, PointSize};

use super::{color, filter, smoothing};
use crate::controls::{Slider, choice, section};

const SHAPES: [(PointShape, &str); 3] = [
    (PointShape::Square, "Squares"),
    (PointShape::Disc, "Discs"),
    (PointShape::Custom, "A material of the app"),
];

/// The units of sizes.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Footprint,
    World,
    Pixels,
}

const UNITS: [(Unit, &str); 3] = [
    (Unit::Footprint, "Multiples of the surface"),
    (Unit::World, "Metres"),
    (Unit::Pixels, "Pixels"),
];

pub(super) fn show(ui: &mut Ui, mut present: Mut<PointCloud>) {
    let mut cloud = present.clone();
    section(ui, "Points", |ui| {
        if let Some(shape) = choice(ui, "Shape", &cloud.shape, &SHAPES) {
            cloud.shape = shape;
        }
        if let Some(size) = size(ui, cloud.size) {
            cloud.size = size;
        }
        color::show(ui, &mut cloud.color);
        if let Some(timing) = choice(ui, "Timing", &cloud.timing, &color::TIMINGS) {
            cloud.timing = timing;
        }
    });
    section(ui, "Which points", |ui| filter::show(ui, &mut cloud.filter));
    section(ui, "Smoothing", |ui| {
        smoothing::show(ui, &mut cloud.smoothing);
    });
    present.set_if_neq(cloud);
}

fn size(ui: &mut Ui, present: PointSize) -> Option<PointSize> {
    let unit = match present {
        PointSize::Footprint(_) => Unit::Footprint,
        PointSize::World(_) => Unit::World,
        PointSize::Pixels(_) => Unit::Pixels,
    };
    if let Some(unit) = choice(ui, "Size in", &unit, &UNITS) {
        return Some(match unit {
            Unit::Footprint => PointSize::default(),
            Unit::World => PointSize::World(0.006),
            Unit::Pixels => PointSize::Pixels(3.0),
        });
    }
    match present {
        PointSize::Footprint(size) => Slider::new("Size", 0.0..=5.0)
            .decimals(2)
            .show(ui, size)
            .map(PointSize::Footprint),
        PointSize::World(size) => Slider::new("Size", 0.0..=0.05)
            .decimals(4)
            .unit(" m")
            .show(ui, size)
            .map(PointSize::World),
        PointSize::Pixels(size) => Slider::new("Size", 0.0..=20.0)
            .decimals(1)
            .unit(" px")
            .show(ui, size)
            .map(PointSize::Pixels),
    }
}
