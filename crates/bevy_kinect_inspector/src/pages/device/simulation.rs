//! The settings of a simulated sensor.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::kinect_azure::modes::ColorFormat;
use bevy_kinect_azure::kinect_simulation::{MotionKind, Scenario, SimulationSettings};

use super::modes::{COLOR, Chosen, DEPTH, Modes, rates};
use crate::controls::{Number, Slider, choice, choice_of, section, switch};

/// The settings with the user's changes, if there are any. A change starts the simulation again.
pub(super) fn show(ui: &mut Ui, present: &SimulationSettings) -> Option<SimulationSettings> {
    let mut settings = present.clone();
    section(ui, "Modes", |ui| modes(ui, &mut settings));
    section(ui, "Simulated room", |ui| room(ui, &mut settings));
    (settings != *present).then_some(settings)
}

fn modes(ui: &mut Ui, settings: &mut SimulationSettings) {
    let mut modes = Modes {
        depth: settings.depth_mode,
        color: settings.color_resolution,
        format: settings.color_format.unwrap_or(ColorFormat::Bgra32),
        rate: settings.frame_rate,
    };
    let mut chosen = None;
    if let Some(depth) = choice(ui, "Depth mode", &modes.depth, &DEPTH) {
        modes.depth = depth;
        chosen = Some(Chosen::Depth);
    }
    if let Some(color) = choice(ui, "Colour resolution", &modes.color, &COLOR) {
        modes.color = color;
        chosen = Some(Chosen::Color);
    }
    if let Some(rate) = choice(ui, "Frame rate", &modes.rate, &rates(true)) {
        modes.rate = rate;
        chosen = Some(Chosen::Rate);
    }
    if let Some(chosen) = chosen {
        let settled = modes.settled(chosen);
        settings.depth_mode = settled.depth;
        settings.color_resolution = settled.color;
        settings.frame_rate = settled.rate;
        if settled.format != modes.format {
            settings.color_format = None;
        }
    }
    if let Some(on) = switch(ui, "Inertial samples", settings.imu) {
        settings.imu = on;
    }
}

fn room(ui: &mut Ui, settings: &mut SimulationSettings) {
    if let Some(scenario) = scenario(ui, &settings.scenario) {
        settings.scenario = scenario;
    }
    let people = Slider::new("Number of people", 0..=SimulationSettings::MOST_PEOPLE);
    if let Some(people) = people.show(ui, settings.people) {
        settings.people = people;
    }
    if let Some(seed) = Number::new("Seed").speed(0.1).show(ui, settings.seed) {
        settings.seed = seed;
    }
    let height = Slider::new("Sensor height", 0.2..=4.0)
        .unit(" m")
        .decimals(2);
    if let Some(height) = height.show(ui, settings.mount.height) {
        settings.mount.height = height;
    }
    let tilt = Slider::new("Tilt down", -45.0..=90.0).unit("°").decimals(1);
    if let Some(tilt) = tilt.show(ui, settings.mount.tilt_degrees) {
        settings.mount.tilt_degrees = tilt;
    }
    let roll = Slider::new("Roll", -180.0..=180.0).unit("°").decimals(1);
    if let Some(roll) = roll.show(ui, settings.mount.roll_degrees) {
        settings.mount.roll_degrees = roll;
    }
    for (name, field) in [
        ("Varied people", &mut settings.variety.people),
        ("Varied room", &mut settings.variety.room),
        ("Fingers", &mut settings.variety.hands),
        ("Depth noise", &mut settings.noise.depth),
        ("Flying pixels", &mut settings.noise.flying_pixels),
        ("Missing pixels", &mut settings.noise.drop_out),
    ] {
        if let Some(on) = switch(ui, name, *field) {
            *field = on;
        }
    }
}

/// A drop-down of what the people do.
fn scenario(ui: &mut Ui, present: &Scenario) -> Option<Scenario> {
    let mut all = vec![
        (Scenario::Exhibit, "Visitors of an exhibit".to_owned()),
        (Scenario::Empty, "Empty room".to_owned()),
        (Scenario::Poses, "Random poses".to_owned()),
    ];
    all.extend(
        MotionKind::ALL.map(|motion| (Scenario::Single(motion), format!("{motion:?}, repeated"))),
    );
    if let Scenario::Clip(path) = present {
        all.push((present.clone(), format!("Clip {}", path.display())));
    }
    let shown = all.iter().find(|(scenario, _)| scenario == present);
    let shown = shown.map_or("", |(_, name)| name.as_str());
    let clicked = choice_of(ui, "Scenario", shown, all.len(), |at| all[at].1.clone())?;
    (all[clicked].0 != *present).then(|| all[clicked].0.clone())
}
