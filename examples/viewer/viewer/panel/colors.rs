//! The controls of a live sensor's colour camera.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::{ControlKind, ControlRange, ControlState};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{LABEL, PROBLEM, printable};
use kinect_app_support::widgets::{
    Clicked, Moved, Scale, Slider, SliderRange, Stepped, Stepper, button, set_shown, set_text,
    slider, stepper,
};

use super::super::Scene;
use super::paragraph;

/// A control of the camera.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Control(pub(crate) ControlKind);

/// The button that sets all controls to the camera's defaults.
#[derive(Component)]
pub(crate) struct Reset;

/// The node with all controls.
#[derive(Component)]
pub(crate) struct Controls;

/// The text that says why there are no controls.
#[derive(Component)]
pub(crate) struct NoControls;

/// The values that the camera refused, for controls without a slider.
#[derive(Component)]
pub(crate) struct Refused;

const SLIDERS: [(ControlKind, &str); 7] = [
    (ControlKind::Exposure, "Exposure"),
    (ControlKind::WhiteBalance, "White balance"),
    (ControlKind::Brightness, "Brightness"),
    (ControlKind::Contrast, "Contrast"),
    (ControlKind::Saturation, "Saturation"),
    (ControlKind::Sharpness, "Sharpness"),
    (ControlKind::Gain, "Gain"),
];

const STEPPERS: [(ControlKind, &str); 2] = [
    (ControlKind::BacklightCompensation, "Backlight"),
    (ControlKind::PowerlineFrequency, "Powerline"),
];

pub(crate) fn spawn(page: &mut ChildSpawnerCommands) {
    page.spawn((
        NoControls,
        paragraph(
            "Exposure, white balance and the other controls of the colour camera are here while a live sensor is shown.",
            LABEL,
        ),
    ));
    page.spawn((
        Controls,
        Node {
            display: Display::None,
            flex_direction: FlexDirection::Column,
            row_gap: px(3),
            ..default()
        },
    ))
    .with_children(|all| {
        for (kind, name) in SLIDERS {
            slider(all, name, Control(kind));
        }
        for (kind, name) in STEPPERS {
            stepper(all, name, Control(kind));
        }
        all.spawn((Refused, paragraph("", PROBLEM)));
        button(all, "Reset to the camera's defaults", Reset);
    });
}

pub(crate) fn moved(
    moved: On<Moved>,
    controls: Query<&Control>,
    scene: Res<Scene>,
    mut sensors: Query<&mut SensorColorControls>,
) {
    if let Ok(&Control(kind)) = controls.get(moved.widget)
        && let Ok(mut wanted) = sensors.get_mut(scene.sensor)
    {
        set(&mut wanted, kind, moved.to);
    }
}

/// Sets the wanted value of a control.
fn set(wanted: &mut ColorControls, kind: ControlKind, to: i32) {
    match kind {
        ControlKind::Exposure => wanted.exposure = Exposure::Manual(to.unsigned_abs()),
        ControlKind::WhiteBalance => wanted.white_balance = WhiteBalance::Manual(to.unsigned_abs()),
        ControlKind::Brightness => wanted.brightness = Some(to),
        ControlKind::Contrast => wanted.contrast = Some(to),
        ControlKind::Saturation => wanted.saturation = Some(to),
        ControlKind::Sharpness => wanted.sharpness = Some(to),
        ControlKind::Gain => wanted.gain = Some(to),
        ControlKind::BacklightCompensation => wanted.backlight_compensation = Some(to != 0),
        ControlKind::PowerlineFrequency => {
            wanted.powerline_frequency = Some(if to == 1 {
                PowerlineFrequency::Hz50
            } else {
                PowerlineFrequency::Hz60
            });
        }
    }
}

/// The wanted value of a control; `None`: the camera chooses it, or the camera's default is wanted.
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
        ControlKind::BacklightCompensation => wanted.backlight_compensation.map(i32::from),
        ControlKind::PowerlineFrequency => {
            wanted.powerline_frequency.map(|frequency| match frequency {
                PowerlineFrequency::Hz50 => 1,
                PowerlineFrequency::Hz60 => 2,
            })
        }
    }
}

pub(crate) fn clicked(
    clicked: On<Clicked>,
    controls: Query<(&Control, &Slider)>,
    resets: Query<(), With<Reset>>,
    scene: Res<Scene>,
    mut sensors: Query<&mut SensorColorControls>,
) {
    let Ok(mut wanted) = sensors.get_mut(scene.sensor) else {
        return;
    };
    if resets.contains(clicked.widget) {
        wanted.0 = ColorControls::default();
        return;
    }
    let Ok((&Control(kind), slider)) = controls.get(clicked.widget) else {
        return;
    };
    match (kind, slider.auto, slider.range) {
        (ControlKind::Exposure, Some(false), _) => wanted.exposure = Exposure::Auto,
        (ControlKind::WhiteBalance, Some(false), _) => wanted.white_balance = WhiteBalance::Auto,
        (_, Some(true), Some(range)) => set(&mut wanted, kind, range.default),
        _ => {}
    }
}

pub(crate) fn stepped(
    stepped: On<Stepped>,
    controls: Query<&Control>,
    scene: Res<Scene>,
    mut sensors: Query<(&mut SensorColorControls, Option<&SensorColorReport>)>,
) {
    if let Ok(&Control(kind)) = controls.get(stepped.widget)
        && let Ok((mut wanted, report)) = sensors.get_mut(scene.sensor)
    {
        let state = report.and_then(|report| report.get(kind));
        let present = asked(&wanted, kind).or_else(|| Some(state?.range?.default));
        let other = match (kind, present) {
            (ControlKind::PowerlineFrequency, Some(1)) => 2,
            (ControlKind::PowerlineFrequency, _) => 1,
            (_, present) => i32::from(present.unwrap_or(0) == 0),
        };
        set(&mut wanted, kind, other);
    }
}

pub(crate) fn show(
    scene: Res<Scene>,
    sensors: Query<(
        &SensorColorControls,
        Option<&SensorColorReport>,
        Option<&SensorStream>,
    )>,
    mut sliders: Query<(&Control, &mut Slider)>,
    mut steppers: Query<(&Control, &mut Stepper)>,
    mut all: Single<&mut Node, (With<Controls>, Without<NoControls>)>,
    mut none: Single<&mut Node, (With<NoControls>, Without<Controls>)>,
    mut refused: Single<&mut Text, With<Refused>>,
) {
    let Ok((wanted, report, stream)) = sensors.get(scene.sensor) else {
        return;
    };
    let has_color = stream.is_some_and(|stream| stream.info.color_format.is_some());
    let report = report.filter(|report| has_color && !report.controls.is_empty());
    set_shown(&mut all, report.is_some());
    set_shown(&mut none, report.is_none());
    let Some(report) = report else { return };
    for (&Control(kind), mut slider) in &mut sliders {
        if let Some(state) = report.get(kind) {
            slider.set_if_neq(of_state(state, wanted));
        }
    }
    let mut problems = Vec::new();
    for (&Control(kind), mut stepper) in &mut steppers {
        let Some(state) = report.get(kind) else {
            continue;
        };
        problems.extend(state.problem.clone());
        let value = match asked(wanted, kind).or(state.value) {
            Some(value) => in_words(kind, value),
            None => "default".to_owned(),
        };
        stepper.set_if_neq(Stepper { value });
    }
    set_text(&mut refused, &printable(&problems.join("\n")));
}

/// A slider that shows a control.
fn of_state(state: &ControlState, wanted: &ColorControls) -> Slider {
    let kind = state.kind;
    let asked = asked(wanted, kind);
    let has_auto = state.range.is_some_and(|range| range.supports_auto)
        && matches!(kind, ControlKind::Exposure | ControlKind::WhiteBalance);
    let is_auto = has_auto && asked.is_none();
    let value = match is_auto {
        true => None,
        false => asked
            .or(state.value)
            .or(state.range.map(|range| range.default)),
    };
    // The value that the camera reports, if it has taken one; while a knob is dragged, this value lags behind by some
    // frames.
    let told = state.value.filter(|_| !is_auto).or(value);
    Slider {
        range: state.range.map(|range| slider_range(kind, range)),
        value,
        text: match (told, &state.range) {
            (_, None) => "not there".to_owned(),
            (Some(value), _) => in_words(kind, value),
            (None, _) => String::new(),
        },
        auto: has_auto.then_some(is_auto),
        problem: state.problem.as_deref().map(printable),
    }
}

fn slider_range(kind: ControlKind, range: ControlRange) -> SliderRange {
    SliderRange {
        min: range.min,
        max: range.max,
        step: range.step,
        default: range.default,
        scale: match kind {
            ControlKind::Exposure => Scale::Logarithmic,
            _ => Scale::Linear,
        },
    }
}

/// A value with its unit.
fn in_words(kind: ControlKind, value: i32) -> String {
    match kind {
        ControlKind::Exposure => format!("{:.2} ms", f64::from(value) / 1000.0),
        ControlKind::WhiteBalance => format!("{value} K"),
        ControlKind::BacklightCompensation if value == 0 => "off".to_owned(),
        ControlKind::BacklightCompensation => "on".to_owned(),
        ControlKind::PowerlineFrequency if value == 1 => "50 Hz".to_owned(),
        ControlKind::PowerlineFrequency => "60 Hz".to_owned(),
        _ => value.to_string(),
    }
}
