//! The settings of an output.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::body::ImageTiming;
use bevy_kinect_azure::coloring::{FalseColor, HiddenColor};
use bevy_kinect_azure::image_output::{
    ImageKind, ImageOutput, OutputAspect, OutputSampling, OutputScaling, PixelFormat,
};

use super::coloring::false_color;
use super::passes;
use super::preview::KINDS;
use super::size;
use crate::controls::{Slider, choice, switch};

const TIMINGS: [(ImageTiming, &str); 2] = [
    (ImageTiming::Live, "Newest frame"),
    (ImageTiming::Bodies, "Frame of the newest bodies"),
];

const HIDDEN: [(HiddenColor, &str); 2] = [
    (HiddenColor::Hide, "No colour"),
    (HiddenColor::Bleed, "The near object's colour"),
];

const SCALINGS: [(OutputScaling, &str); 3] = [
    (OutputScaling::Auto, "As fits the kind"),
    (OutputScaling::Nearest, "Nearest pixel"),
    (OutputScaling::Linear, "Blended"),
];

const SAMPLINGS: [(OutputSampling, &str); 4] = [
    (OutputSampling::Auto, "As fits the kind"),
    (OutputSampling::Nearest, "Nearest pixel"),
    (OutputSampling::Linear, "Blended"),
    (OutputSampling::Mipmap, "Blended, with mipmaps"),
];

/// Formats that exist on GPUs, with their names.
const FORMATS: [(PixelFormat, &str); 16] = [
    (PixelFormat::Auto, "Native"),
    (PixelFormat::Rgba8, "RGBA, 8 bits"),
    (PixelFormat::Rgba8Srgb, "RGBA, 8 bits, sRGB"),
    (PixelFormat::Rgba16, "RGBA, 16 bits"),
    (PixelFormat::Rgba16Float, "RGBA, 16 bits, float"),
    (PixelFormat::Rgba32Float, "RGBA, 32 bits, float"),
    (PixelFormat::Rgb10A2, "RGB, 10 bits, A, 2 bits"),
    (PixelFormat::Rg11B10Float, "RGB, 11 and 10 bits, float"),
    (PixelFormat::R8, "R, 8 bits"),
    (PixelFormat::R16, "R, 16 bits"),
    (PixelFormat::R16Float, "R, 16 bits, float"),
    (PixelFormat::R32Float, "R, 32 bits, float"),
    (PixelFormat::Rg8, "RG, 8 bits"),
    (PixelFormat::Rg16, "RG, 16 bits"),
    (PixelFormat::Rg16Float, "RG, 16 bits, float"),
    (PixelFormat::Rg32Float, "RG, 32 bits, float"),
];

/// The settings with the user's changes, if there are any.
pub(super) fn show(ui: &mut Ui, present: &ImageOutput) -> Option<ImageOutput> {
    let mut output = present.clone();
    if let Some(active) = switch(ui, "Updated", output.active) {
        output.active = active;
    }
    if let Some(kind) = choice(ui, "Kind", &output.kind, &KINDS) {
        output.kind = kind;
    }
    if let Some(on) = switch(ui, "From the other camera", output.aligned) {
        output.aligned = on;
    }
    ui.add_enabled_ui(output.aligned && output.kind == ImageKind::Color, |ui| {
        if let Some(hidden) = choice(ui, "Hidden background", &output.hidden, &HIDDEN) {
            output.hidden = hidden;
        }
    });
    if let Some(timing) = choice(ui, "Timing", &output.timing, &TIMINGS) {
        output.timing = timing;
    }
    if let Some(on) = switch(ui, "Mirrored", output.mirror) {
        output.mirror = on;
    }
    colors(ui, &mut output);
    if let Some(resolution) = size::show(ui, output.resolution) {
        output.resolution = resolution;
    }
    if let Some(on) = switch(ui, "Follows the scale of all", !output.ignore_output_scale) {
        output.ignore_output_scale = !on;
    }
    aspect(ui, &mut output.aspect);
    if let Some(scaling) = choice(ui, "Scaling", &output.scaling, &SCALINGS) {
        output.scaling = scaling;
    }
    if let Some(sampling) = choice(ui, "Sampling", &output.sampling, &SAMPLINGS) {
        output.sampling = sampling;
    }
    if let Some(format) = choice(ui, "Format", &output.format, &FORMATS) {
        output.format = format;
    }
    channels(ui, &mut output);
    passes::show(ui, &mut output.passes);
    (output != *present).then_some(output)
}

fn colors(ui: &mut Ui, output: &mut ImageOutput) {
    if output.kind == ImageKind::Color {
        return;
    }
    if let Some(on) = switch(ui, "False colours", output.false_color.is_some()) {
        output.false_color = on.then_some(FalseColor::Auto);
    }
    if let Some(range) = output.false_color
        && let Some(range) = false_color(ui, output.kind, range)
    {
        output.false_color = Some(range);
    }
}

fn aspect(ui: &mut Ui, aspect: &mut OutputAspect) {
    #[derive(Clone, Copy, PartialEq)]
    enum Way {
        Native,
        Resolution,
        Custom,
    }
    let present = match aspect {
        OutputAspect::Native => Way::Native,
        OutputAspect::Resolution => Way::Resolution,
        OutputAspect::Custom(_) => Way::Custom,
    };
    let all = [
        (Way::Native, "Native"),
        (Way::Resolution, "Of the resolution"),
        (Way::Custom, "Custom"),
    ];
    if let Some(way) = choice(ui, "Aspect ratio", &present, &all) {
        *aspect = match way {
            Way::Native => OutputAspect::Native,
            Way::Resolution => OutputAspect::Resolution,
            Way::Custom => OutputAspect::Custom(16.0 / 9.0),
        };
    }
    if let OutputAspect::Custom(ratio) = aspect {
        let slider = Slider::new("Width to height", 0.25..=4.0).decimals(3);
        if let Some(new) = slider.show(ui, *ratio) {
            *ratio = new;
        }
    }
}

fn channels(ui: &mut Ui, output: &mut ImageOutput) {
    let channels = &mut output.channels;
    for (name, field) in [
        ("Red", &mut channels.red),
        ("Green", &mut channels.green),
        ("Blue", &mut channels.blue),
        ("Alpha", &mut channels.alpha),
    ] {
        if let Some(on) = switch(ui, name, *field) {
            *field = on;
        }
    }
}
