//! The settings of a surface.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::{SurfaceMesh, SurfaceShading};

use super::{color, filter, smoothing};
use crate::controls::{Slider, choice, section};

const SHADINGS: [(SurfaceShading, &str); 3] = [
    (SurfaceShading::Unlit, "Colours as they are"),
    (SurfaceShading::Lit, "Lit by the scene"),
    (SurfaceShading::Custom, "A material of the app"),
];

pub(super) fn show(ui: &mut Ui, mut present: Mut<SurfaceMesh>) {
    let mut surface = present.clone();
    section(ui, "Surface", |ui| {
        if let Some(shading) = choice(ui, "Shading", &surface.shading, &SHADINGS) {
            surface.shading = shading;
        }
        color::show(ui, &mut surface.color);
        if let Some(timing) = choice(ui, "Timing", &surface.timing, &color::TIMINGS) {
            surface.timing = timing;
        }
        let cut = Slider::new("Cut", 0.0..=0.3)
            .decimals(3)
            .help("Depths that differ by a larger part of the nearer one are not joined");
        if let Some(new) = cut.show(ui, surface.cut) {
            surface.cut = new;
        }
        let normals = Slider::new("Normals from", 0..=8).unit(" px");
        if let Some(new) = normals.show(ui, surface.normal_radius) {
            surface.normal_radius = new;
        }
    });
    section(ui, "Which points", |ui| {
        filter::show(ui, &mut surface.filter)
    });
    section(ui, "Smoothing", |ui| {
        smoothing::show(ui, &mut surface.smoothing);
    });
    present.set_if_neq(surface);
}
