//! Smoothing of depth.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::DepthSmoothing;

use crate::controls::{Slider, switch};

/// The controls of smoothing, which is changed in place.
pub(super) fn show(ui: &mut Ui, smoothing: &mut DepthSmoothing) {
    let is_on = smoothing.images > 1 || smoothing.radius > 0 || smoothing.holes > 0;
    if let Some(on) = switch(ui, "Smoothed", is_on) {
        *smoothing = match on {
            true => DepthSmoothing::default(),
            false => DepthSmoothing::OFF,
        };
    }
    let images = Slider::new("Images averaged", 1..=64);
    if let Some(new) = images.show(ui, smoothing.images) {
        smoothing.images = new;
    }
    let radius = Slider::new("Neighbours", 0..=8).unit(" px");
    if let Some(new) = radius.show(ui, smoothing.radius) {
        smoothing.radius = new;
    }
    let holes = Slider::new("Holes closed", 0..=8).unit(" px");
    if let Some(new) = holes.show(ui, smoothing.holes) {
        smoothing.holes = new;
    }
    let millimetres = |name| Slider::new(name, 0.0..=10.0).unit(" mm").decimals(2);
    let floor = millimetres("Noise when near");
    if let Some(new) = floor.show(ui, smoothing.noise_floor * 1000.0) {
        smoothing.noise_floor = new / 1000.0;
    }
    let growth = millimetres("Growth per m²");
    if let Some(new) = growth.show(ui, smoothing.noise_growth * 1000.0) {
        smoothing.noise_growth = new / 1000.0;
    }
}
