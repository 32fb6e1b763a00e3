//! The filters of an output.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::image_output::{OutputFilter, OutputPass};

use crate::controls::{Slider, button, choice_of, folded_as, grave_button, text};

/// The filters that can be added.
fn filters() -> [(&'static str, OutputFilter); 3] {
    [
        ("Fill holes", OutputFilter::HoleFill { radius: 2 }),
        (
            "Average over time",
            OutputFilter::Temporal {
                keep: 0.7,
                threshold: 0.05,
            },
        ),
        (
            "Smooth surfaces",
            OutputFilter::Bilateral {
                radius: 2,
                threshold: 0.05,
            },
        ),
    ]
}

/// The filters in their order, which can be changed, moved and removed, and a drop-down that adds one.
pub(super) fn show(ui: &mut Ui, passes: &mut Vec<OutputPass>) {
    let mut removed = None;
    let mut raised = None;
    for (at, pass) in passes.iter_mut().enumerate() {
        let title = format!("Filter {}: {}", at + 1, name(&pass.filter));
        folded_as(ui, at, &title, true, |ui| {
            filter(ui, &mut pass.filter);
            let repeat = Slider::new("Repeated", 0..=OutputPass::MOST);
            if let Some(times) = repeat.show(ui, pass.repeat) {
                pass.repeat = times;
            }
            ui.horizontal(|ui| {
                if at > 0 && button(ui, "Earlier") {
                    raised = Some(at);
                }
                if grave_button(ui, "Remove the filter") {
                    removed = Some(at);
                }
            });
        });
    }
    if let Some(at) = raised {
        passes.swap(at - 1, at);
    }
    if let Some(at) = removed {
        passes.remove(at);
    }
    let all = filters();
    let clicked = choice_of(ui, "Add a filter", "", all.len(), |at| all[at].0.to_owned());
    if let Some(at) = clicked {
        passes.push(all[at].1.clone().into());
    }
}

fn name(filter: &OutputFilter) -> &'static str {
    match filter {
        OutputFilter::HoleFill { .. } => "fill holes",
        OutputFilter::Temporal { .. } => "average over time",
        OutputFilter::Bilateral { .. } => "smooth surfaces",
        OutputFilter::Custom { .. } => "shader of the app",
    }
}

fn filter(ui: &mut Ui, filter: &mut OutputFilter) {
    match filter {
        OutputFilter::HoleFill { radius } => pixels(ui, radius),
        OutputFilter::Temporal { keep, threshold } => {
            let weight = Slider::new("Former value", 0.0..=1.0).decimals(2);
            if let Some(new) = weight.show(ui, *keep) {
                *keep = new;
            }
            change(ui, threshold);
        }
        OutputFilter::Bilateral { radius, threshold } => {
            pixels(ui, radius);
            change(ui, threshold);
        }
        OutputFilter::Custom { params, .. } => {
            text(ui, "The app has written this shader.");
            for (at, number) in params.iter_mut().flat_map(|of| of.as_mut()).enumerate() {
                let name = format!("Parameter {}", at + 1);
                let field = crate::controls::Number::new(&name).speed(0.01).decimals(3);
                if let Some(new) = field.show(ui, *number) {
                    *number = new;
                }
            }
        }
    }
}

fn pixels(ui: &mut Ui, radius: &mut u32) {
    if let Some(new) = Slider::new("Radius", 1..=8).unit(" px").show(ui, *radius) {
        *radius = new;
    }
}

fn change(ui: &mut Ui, threshold: &mut f32) {
    let slider = Slider::new("Threshold", 0.0..=1.0).decimals(3);
    if let Some(new) = slider.show(ui, *threshold) {
        *threshold = new;
    }
}
