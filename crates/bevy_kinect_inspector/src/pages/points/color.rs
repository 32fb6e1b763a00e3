//! The colour of points, and which frame they are of.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::body::ImageTiming;
use bevy_kinect_azure::coloring::{FalseColor, HiddenColor};
use bevy_kinect_azure::point_cloud::PointColor;

use crate::controls::{choice, color};
use crate::pages::images::range;

/// Which frame is shown.
pub(super) const TIMINGS: [(ImageTiming, &str); 2] = [
    (ImageTiming::Live, "Newest frame"),
    (ImageTiming::Bodies, "Frame of the newest bodies"),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Camera,
    Infrared,
    Depth,
    Player,
    Flat,
}

const KINDS: [(Kind, &str); 5] = [
    (Kind::Camera, "Colour camera"),
    (Kind::Infrared, "Infrared"),
    (Kind::Depth, "Depth"),
    (Kind::Player, "Players"),
    (Kind::Flat, "One colour"),
];

const HIDDEN: [(HiddenColor, &str); 2] = [
    (HiddenColor::Hide, "No colour"),
    (HiddenColor::Bleed, "The near object's colour"),
];

/// The controls of a colour, which are changed in place.
pub(super) fn show(ui: &mut Ui, of: &mut PointColor) {
    let kind = match of {
        PointColor::Camera { .. } => Kind::Camera,
        PointColor::Infrared => Kind::Infrared,
        PointColor::DepthRamp(_) => Kind::Depth,
        PointColor::Player { .. } => Kind::Player,
        PointColor::Flat(_) => Kind::Flat,
    };
    if let Some(kind) = choice(ui, "Colour", &kind, &KINDS) {
        *of = match kind {
            Kind::Camera => PointColor::default(),
            Kind::Infrared => PointColor::Infrared,
            Kind::Depth => PointColor::DepthRamp(FalseColor::Auto),
            Kind::Player => PointColor::Player {
                nobody: Color::srgba(0.3, 0.3, 0.3, 1.0),
            },
            Kind::Flat => PointColor::Flat(Color::WHITE),
        };
    }
    match of {
        PointColor::Camera { unseen, hidden } => {
            if let Some(new) = color(ui, "Unseen points", *unseen) {
                *unseen = new;
            }
            if let Some(new) = choice(ui, "Hidden points", hidden, &HIDDEN) {
                *hidden = new;
            }
        }
        PointColor::DepthRamp(ramp) => {
            if let Some(new) = range(ui, *ramp, 10.0, " m", (0.5, 4.0)) {
                *ramp = new;
            }
        }
        PointColor::Player { nobody } => {
            if let Some(new) = color(ui, "Background", *nobody) {
                *nobody = new;
            }
        }
        PointColor::Flat(flat) => {
            if let Some(new) = color(ui, "Points", *flat) {
                *flat = new;
            }
        }
        PointColor::Infrared => {}
    }
}
