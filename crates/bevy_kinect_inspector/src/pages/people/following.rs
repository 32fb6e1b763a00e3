//! How people are followed: slots, smoothing and prediction, joints, restarts.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::kinect_tracking::filter::{
    BoneKeeping, FlipRepair, KinectSmoothing, OneEuro, PositionSmoothing, RotationSmoothing,
};
use bevy_kinect_azure::kinect_tracking::tracker::RunnerSettings;
use bevy_kinect_azure::prelude::*;

use crate::controls::{Slider, button, choice, switch, text};

/// A slider that writes its value.
fn slide(ui: &mut Ui, slider: Slider<f32>, value: &mut f32) {
    if let Some(chosen) = slider.show(ui, *value) {
        *value = chosen;
    }
}

fn seconds(name: &str, most: f32) -> Slider<'_, f32> {
    Slider::new(name, 0.0..=most).unit(" s").decimals(2)
}

pub(super) fn slots(ui: &mut Ui, players: &mut PlayersSettings) {
    if let Some(most) = Slider::new("Most players", 0..=PlayersSettings::MOST_PLAYERS)
        .show(ui, players.most_players)
    {
        players.most_players = most;
    }
    let mut policies = vec![
        (SelectionPolicy::Sticky, "players keep their slots"),
        (SelectionPolicy::Nearest, "the nearest people"),
        (SelectionPolicy::MostCentral, "people in the middle"),
        (
            SelectionPolicy::LongestPresent,
            "who has been there longest",
        ),
    ];
    if let SelectionPolicy::InsideZone(_) = players.policy {
        policies.push((players.policy.clone(), "people in a zone of the app"));
    }
    if let Some(policy) = choice(ui, "Slots go to", &players.policy, &policies) {
        players.policy = policy;
    }
    slide(
        ui,
        seconds("Probation", 2.0),
        &mut players.probation_seconds,
    );
    slide(
        ui,
        seconds("Stay hidden", 30.0),
        &mut players.hidden_seconds,
    );
    slide(
        ui,
        seconds("Replace after", 5.0),
        &mut players.replace_after_seconds,
    );
    let gate = Slider::new("Largest step", 100.0..=2000.0)
        .unit(" mm")
        .decimals(0);
    slide(ui, gate, &mut players.gate_mm);
    let bones = Slider::new("Bones differ by", 0.0..=20.0)
        .unit(" mm")
        .decimals(1);
    slide(ui, bones, &mut players.bones_differ_mm);
    let moving = Slider::new("Moving from", 50.0..=1000.0)
        .unit(" mm/s")
        .decimals(0);
    slide(ui, moving, &mut players.moving_mm_per_second);
    let edge = Slider::new("Cut off within", 0.0..=0.5).decimals(2);
    slide(ui, edge, &mut players.edge_share);
}

/// Presets of the filter. `None`: settings that are no preset.
const PRESETS: [(Option<FilterPreset>, &str); 5] = [
    (Some(FilterPreset::Raw), "none"),
    (Some(FilterPreset::Light), "light: follows closely"),
    (Some(FilterPreset::Calm), "calm"),
    (Some(FilterPreset::Sculpture), "slow and heavy"),
    (None, "own settings"),
];

/// The preset that filter settings are, whatever they predict.
fn preset(filter: &FilterSettings) -> Option<FilterPreset> {
    FilterPreset::ALL.into_iter().find(|preset| {
        let of_preset = FilterSettings {
            prediction: filter.prediction,
            ..FilterSettings::from(*preset)
        };
        of_preset == *filter
    })
}

/// Switches a part of the settings on, with its default, and off.
fn part<T: Default>(ui: &mut Ui, name: &str, part: &mut Option<T>) {
    match switch(ui, name, part.is_some()) {
        Some(true) => *part = Some(T::default()),
        Some(false) => *part = None,
        None => {}
    }
}

pub(super) fn filter(ui: &mut Ui, filter: &mut FilterSettings) {
    if let Some(Some(chosen)) = choice(ui, "Smoothing", &preset(filter), &PRESETS) {
        *filter = FilterSettings {
            prediction: filter.prediction,
            ..chosen.into()
        };
    }
    part(ui, "Predict", &mut filter.prediction);
    if let Some(prediction) = &mut filter.prediction {
        let horizon = Slider::new("Predict at most", 0.0..=Prediction::LONGEST_SECONDS)
            .unit(" s")
            .decimals(2)
            .help("Joints are moved on from the time of their image to the present, for at most this long");
        slide(ui, horizon, &mut prediction.horizon_seconds);
    }
    positions(ui, &mut filter.positions);
    part(ui, "Smooth rotations", &mut filter.rotations);
    if let Some(rotations) = &mut filter.rotations {
        rotation_sliders(ui, rotations);
    }
    part(ui, "Keep bone lengths", &mut filter.bones);
    if let Some(BoneKeeping { strength, .. }) = &mut filter.bones {
        slide(ui, Slider::new("Strength", 0.0..=1.0).decimals(2), strength);
    }
    part(ui, "Repair flips", &mut filter.flips);
    if let Some(FlipRepair { margin_mm, .. }) = &mut filter.flips {
        let margin = Slider::new("Flip margin", 0.0..=300.0)
            .unit(" mm")
            .decimals(0);
        slide(ui, margin, margin_mm);
    }
    let cutoff = Slider::new("Speed cutoff", 0.1..=30.0)
        .unit(" Hz")
        .decimals(1);
    slide(ui, cutoff.logarithmic(), &mut filter.velocity_cutoff_hz);
    slide(
        ui,
        seconds("Begin anew after", 3.0),
        &mut filter.reset_after_seconds,
    );
}

/// The kinds of smoothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Off,
    OneEuro,
    Kinect,
}

fn positions(ui: &mut Ui, positions: &mut PositionSmoothing) {
    let kind = match positions {
        PositionSmoothing::Off => Kind::Off,
        PositionSmoothing::OneEuro(_) => Kind::OneEuro,
        PositionSmoothing::Kinect(_) => Kind::Kinect,
    };
    let kinds = [
        (Kind::Off, "not smoothed"),
        (Kind::OneEuro, "low-pass that opens with speed"),
        (Kind::Kinect, "as the Kinect for Windows SDK"),
    ];
    if let Some(kind) = choice(ui, "Positions", &kind, &kinds) {
        *positions = match kind {
            Kind::Off => PositionSmoothing::Off,
            Kind::OneEuro => PositionSmoothing::OneEuro(OneEuro::default()),
            Kind::Kinect => PositionSmoothing::Kinect(KinectSmoothing::default()),
        };
    }
    match positions {
        PositionSmoothing::Off => {}
        PositionSmoothing::OneEuro(euro) => {
            let cutoff = Slider::new("Cutoff at rest", 0.01..=20.0)
                .unit(" Hz")
                .decimals(2);
            slide(ui, cutoff.logarithmic(), &mut euro.min_cutoff_hz);
            let opens = Slider::new("Opens by", 0.0..=30.0)
                .unit(" Hz/(m/s)")
                .decimals(1);
            slide(ui, opens, &mut euro.speed_coefficient);
            let doubtful = Slider::new("Doubtful joints", 0.0..=1.0).decimals(2);
            slide(ui, doubtful, &mut euro.low_confidence_factor);
        }
        PositionSmoothing::Kinect(kinect) => {
            let share = |name| Slider::new(name, 0.0..=1.0).decimals(2);
            slide(ui, share("Keeps of the past"), &mut kinect.smoothing);
            slide(ui, share("Correction"), &mut kinect.correction);
            let ahead = Slider::new("Prediction", 0.0..=10.0)
                .unit(" frames")
                .decimals(1);
            slide(ui, ahead, &mut kinect.prediction);
            let jitter = Slider::new("Jitter radius", 0.0..=200.0)
                .unit(" mm")
                .decimals(0);
            slide(ui, jitter, &mut kinect.jitter_radius_mm);
            let farthest = Slider::new("Largest deviation", 0.0..=200.0)
                .unit(" mm")
                .decimals(0);
            slide(ui, farthest, &mut kinect.max_deviation_mm);
        }
    }
}

fn rotation_sliders(ui: &mut Ui, rotations: &mut RotationSmoothing) {
    let cutoff = Slider::new("Rotation cutoff", 0.01..=20.0)
        .unit(" Hz")
        .decimals(2);
    slide(ui, cutoff.logarithmic(), &mut rotations.min_cutoff_hz);
    let opens = Slider::new("Rotation opens by", 0.0..=20.0)
        .unit(" Hz/(rad/s)")
        .decimals(1);
    slide(ui, opens, &mut rotations.speed_coefficient);
}

pub(super) fn joints(ui: &mut Ui, joints: &mut JointSettings) {
    if let Some(entities) = switch(ui, "Joint entities", joints.entities) {
        joints.entities = entities;
    }
    let orders = [
        (None, "none"),
        (Some(EulerOrder::Xyz), "x, y, z"),
        (Some(EulerOrder::Xzy), "x, z, y"),
        (Some(EulerOrder::Yxz), "y, x, z"),
        (Some(EulerOrder::Yzx), "y, z, x"),
        (Some(EulerOrder::Zxy), "z, x, y"),
        (Some(EulerOrder::Zyx), "z, y, x"),
    ];
    if let Some(euler) = choice(ui, "Euler angles", &joints.euler, &orders) {
        joints.euler = euler;
    }
    part(ui, "Places in images", &mut joints.in_images);
    if let Some(uv) = &mut joints.in_images {
        for (name, flag) in [
            ("Mirror u", &mut uv.mirror_u),
            ("Flip v", &mut uv.flip_v),
            ("Keep aspect", &mut uv.keep_aspect),
        ] {
            if let Some(is_on) = switch(ui, name, *flag) {
                *flag = is_on;
            }
        }
    }
    if !joints.entities {
        text(
            ui,
            "Without joint entities, each player still has all joints in one component.",
        );
    }
}

pub(super) fn restarts(ui: &mut Ui, restarts: &mut RunnerSettings) {
    slide(
        ui,
        seconds("First pause", 10.0),
        &mut restarts.first_pause_seconds,
    );
    slide(
        ui,
        seconds("Longest pause", 300.0),
        &mut restarts.longest_pause_seconds,
    );
    if let Some(bad) = Slider::new("Bad captures", 1..=300).show(ui, restarts.bad_captures_in_a_row)
    {
        restarts.bad_captures_in_a_row = bad;
    }
    let hung = Slider::new("Hung after", 5.0..=1800.0)
        .unit(" s")
        .decimals(0);
    slide(ui, hung, &mut restarts.hung_after_seconds);
    if button(ui, "Usual pauses") {
        *restarts = RunnerSettings::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_recognised_whatever_is_predicted() {
        for chosen in FilterPreset::ALL {
            let filter = FilterSettings {
                prediction: Some(Prediction::default()),
                ..chosen.into()
            };
            assert_eq!(preset(&filter), Some(chosen));
        }
        let own = FilterSettings {
            velocity_cutoff_hz: 1.0,
            ..FilterSettings::default()
        };
        assert_eq!(preset(&own), None);
    }
}
