//! The controls of a live sensor's colour camera, with the device's own ranges.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::{SensorColorControls, SensorColorReport};
use bevy_kinect_azure::kinect_azure::device::{
    ColorControls, ControlKind, ControlRange, ControlState, Exposure, PowerlineFrequency,
    WhiteBalance,
};

use crate::controls::{Slider, button, choice, error, figure, section, switch, text};

const SLIDERS: [(ControlKind, &str, &str); 7] = [
    (ControlKind::Exposure, "Exposure", " µs"),
    (ControlKind::WhiteBalance, "White balance", " K"),
    (ControlKind::Brightness, "Brightness", ""),
    (ControlKind::Contrast, "Contrast", ""),
    (ControlKind::Saturation, "Saturation", ""),
    (ControlKind::Sharpness, "Sharpness", ""),
    (ControlKind::Gain, "Gain", ""),
];

pub(super) fn show(
    ui: &mut Ui,
    commands: &mut Commands,
    sensor: Entity,
    controls: Option<Mut<SensorColorControls>>,
    report: Option<&SensorColorReport>,
) {
    section(ui, "Colour camera", |ui| {
        let Some(report) = report.filter(|report| !report.controls.is_empty()) else {
            text(ui, "The controls are here while the colour camera runs.");
            return;
        };
        let mut wanted = match &controls {
            Some(controls) => controls.0.clone(),
            None => ColorControls {
                enabled: false,
                ..ColorControls::default()
            },
        };
        let before = wanted.clone();
        if let Some(on) = switch(ui, "Set by this app", wanted.enabled) {
            wanted.enabled = on;
        }
        if !wanted.enabled {
            text(
                ui,
                "The camera keeps the values that another program has set.",
            );
        }
        ui.add_enabled_ui(wanted.enabled, |ui| {
            for (kind, name, unit) in SLIDERS {
                if let Some(state) = report.get(kind) {
                    control(ui, name, unit, state, &mut wanted);
                }
            }
            backlight(
                ui,
                report.get(ControlKind::BacklightCompensation),
                &mut wanted,
            );
            powerline(ui, report.get(ControlKind::PowerlineFrequency), &mut wanted);
            if button(ui, "Reset to the camera's defaults") {
                wanted = ColorControls::default();
            }
        });
        if wanted == before {
            return;
        }
        match controls {
            Some(mut controls) => controls.0 = wanted,
            None => {
                commands.entity(sensor).insert(SensorColorControls(wanted));
            }
        }
    });
}

/// A slider, and a switch for controls that the camera can choose itself.
fn control(ui: &mut Ui, name: &str, unit: &str, state: &ControlState, wanted: &mut ColorControls) {
    let Some(range) = state.range else {
        figure(ui, name, "this camera does not have it");
        return;
    };
    let asked = asked(wanted, state.kind);
    let can_be_automatic = range.supports_auto
        && matches!(
            state.kind,
            ControlKind::Exposure | ControlKind::WhiteBalance
        );
    let is_automatic = can_be_automatic && asked.is_none();
    if can_be_automatic
        && let Some(on) = switch(
            ui,
            &format!("Automatic {}", name.to_lowercase()),
            is_automatic,
        )
    {
        match on {
            true => set_automatic(wanted, state.kind),
            false => set(wanted, state.kind, state.value.unwrap_or(range.default)),
        }
    }
    let value = asked.or(state.value).unwrap_or(range.default);
    ui.add_enabled_ui(!is_automatic, |ui| {
        if let Some(value) = slider(name, unit, state.kind, &range).show(ui, value) {
            set(wanted, state.kind, value);
        }
    });
    if let Some(problem) = &state.problem {
        error(ui, problem.as_str());
    }
}

fn slider<'a>(
    name: &'a str,
    unit: &'a str,
    kind: ControlKind,
    range: &ControlRange,
) -> Slider<'a, i32> {
    let slider = Slider::new(name, range.min..=range.max)
        .unit(unit)
        .step(f64::from(range.step.max(1)));
    match kind {
        ControlKind::Exposure => slider.logarithmic(),
        _ => slider,
    }
}

fn backlight(ui: &mut Ui, state: Option<&ControlState>, wanted: &mut ColorControls) {
    let Some(state) = state else { return };
    let is_on = wanted
        .backlight_compensation
        .or(state.value.map(|value| value != 0))
        .unwrap_or(false);
    if let Some(on) = switch(ui, "Backlight compensation", is_on) {
        wanted.backlight_compensation = Some(on);
    }
    if let Some(problem) = &state.problem {
        error(ui, problem.as_str());
    }
}

fn powerline(ui: &mut Ui, state: Option<&ControlState>, wanted: &mut ColorControls) {
    let Some(state) = state else { return };
    let all = [
        (None, "Camera's default"),
        (Some(PowerlineFrequency::Hz50), "50 Hz"),
        (Some(PowerlineFrequency::Hz60), "60 Hz"),
    ];
    if let Some(frequency) = choice(ui, "Power line", &wanted.powerline_frequency, &all) {
        wanted.powerline_frequency = frequency;
    }
    if let Some(problem) = &state.problem {
        error(ui, problem.as_str());
    }
}

/// The wanted value; `None`: the camera's choice or default.
fn asked(wanted: &ColorControls, kind: ControlKind) -> Option<i32> {
    match kind {
        ControlKind::Exposure => match wanted.exposure {
            Exposure::Manual(usec) => i32::try_from(usec).ok(),
            Exposure::Auto => None,
        },
        ControlKind::WhiteBalance => match wanted.white_balance {
            WhiteBalance::Manual(kelvin) => i32::try_from(kelvin).ok(),
            WhiteBalance::Auto => None,
        },
        ControlKind::Brightness => wanted.brightness,
        ControlKind::Contrast => wanted.contrast,
        ControlKind::Saturation => wanted.saturation,
        ControlKind::Sharpness => wanted.sharpness,
        ControlKind::Gain => wanted.gain,
        ControlKind::BacklightCompensation | ControlKind::PowerlineFrequency => None,
    }
}

fn set(wanted: &mut ColorControls, kind: ControlKind, to: i32) {
    match kind {
        ControlKind::Exposure => wanted.exposure = Exposure::Manual(to.unsigned_abs()),
        ControlKind::WhiteBalance => {
            wanted.white_balance = WhiteBalance::Manual(to.unsigned_abs());
        }
        ControlKind::Brightness => wanted.brightness = Some(to),
        ControlKind::Contrast => wanted.contrast = Some(to),
        ControlKind::Saturation => wanted.saturation = Some(to),
        ControlKind::Sharpness => wanted.sharpness = Some(to),
        ControlKind::Gain => wanted.gain = Some(to),
        ControlKind::BacklightCompensation | ControlKind::PowerlineFrequency => {}
    }
}

fn set_automatic(wanted: &mut ColorControls, kind: ControlKind) {
    match kind {
        ControlKind::Exposure => wanted.exposure = Exposure::Auto,
        ControlKind::WhiteBalance => wanted.white_balance = WhiteBalance::Auto,
        _ => {}
    }
}
