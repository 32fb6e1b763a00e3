//! The page "Settings": the file of `bevy_kinect_settings`, and what differs from the app's own settings.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_settings::{SettingsCommand, SettingsState};

use super::sensor_name;
use crate::controls::{
    button, error, figure, figure_in, folded, grave_button, nothing, section, text, text_field,
    warning,
};
use crate::style::{ERROR, GOOD, WARNING};

/// The file that is exported to and imported from.
pub(crate) struct Exchange(String);

impl Default for Exchange {
    fn default() -> Self {
        Self("kinect-settings.ron".to_owned())
    }
}

/// Whether "Reset" was clicked once.
#[derive(Default)]
pub(crate) struct ResetAsked(bool);

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    state: Option<Res<SettingsState>>,
    sensors: Query<(
        Entity,
        Option<&Name>,
        &SensorState,
        Option<&SensorColorReport>,
        Option<&SensorDevice>,
    )>,
    mut exchange: Local<Exchange>,
    mut reset_asked: Local<ResetAsked>,
    mut commands: Commands,
) {
    let Some(state) = state else {
        nothing(
            ui,
            "This app does not save its settings: add KinectSettingsPlugin of the crate bevy_kinect_settings.",
        );
        return;
    };
    file(ui, &state, &mut commands);
    refusals(ui, &sensors);
    changes(ui, &state);
    other_files(ui, &mut exchange, &mut commands);
    section(ui, "Reset", |ui| {
        text(ui, "Everything becomes as the app makes it.");
        // What cannot be undone is asked twice.
        if reset_asked.0 {
            if grave_button(ui, "Yes, forget all settings") {
                commands.write_message(SettingsCommand::Reset);
                reset_asked.0 = false;
            }
            if button(ui, "Keep them") {
                reset_asked.0 = false;
            }
        } else if grave_button(ui, "Reset all settings") {
            reset_asked.0 = true;
        }
    });
    if let Some(answer) = &state.answer {
        ui.add_space(8.0);
        text(ui, answer.as_str());
    }
}

fn file(ui: &mut Ui, state: &SettingsState, commands: &mut Commands) {
    section(ui, "File", |ui| {
        let path = state.path.as_ref();
        figure(
            ui,
            "Path",
            path.map_or("none".into(), |path| path.to_string_lossy()),
        );
        let (words, color) = match (&state.problem, state.is_unsaved) {
            (Some(_), _) => ("not saved", ERROR),
            (None, true) => ("changed, saved in a moment", WARNING),
            (None, false) if state.saves == 0 => ("as it was at the start", GOOD),
            (None, false) => ("saved", GOOD),
        };
        figure_in(ui, "State", words, color);
        if let Some(problem) = &state.problem {
            error(ui, problem.as_str());
        }
        for notice in &state.notices {
            warning(ui, notice.as_str());
        }
        if button(ui, "Save now") {
            commands.write_message(SettingsCommand::Save);
        }
    });
}

/// What the sensors refuse.
fn refusals(
    ui: &mut Ui,
    sensors: &Query<(
        Entity,
        Option<&Name>,
        &SensorState,
        Option<&SensorColorReport>,
        Option<&SensorDevice>,
    )>,
) {
    for (entity, name, state, report, device) in sensors {
        let refused = state
            .problem()
            .into_iter()
            .filter(|_| matches!(state, SensorState::Failed { .. }));
        let colors = report.into_iter().flat_map(|report| report.problems());
        let warnings = device.into_iter().flat_map(|device| &device.warnings);
        let all = refused.chain(colors).chain(warnings.map(String::as_str));
        for problem in all {
            error(ui, format!("{}: {problem}", sensor_name(entity, name)));
        }
    }
}

fn changes(ui: &mut Ui, state: &SettingsState) {
    let count = state.changes.len();
    section(ui, "What differs from the app's own settings", |ui| {
        if count == 0 {
            text(ui, "Nothing.");
            return;
        }
        folded(ui, &format!("{count} settings"), count <= 12, |ui| {
            for change in &state.changes {
                figure(ui, &change.of, &change.setting);
            }
        });
    });
}

fn other_files(ui: &mut Ui, exchange: &mut Exchange, commands: &mut Commands) {
    section(ui, "Other files", |ui| {
        if let Some(path) = text_field(ui, "Other file", &exchange.0, "Path of a .ron file") {
            exchange.0 = path;
        }
        let path = PathBuf::from(exchange.0.trim());
        ui.horizontal(|ui| {
            if button(ui, "Export") {
                commands.write_message(SettingsCommand::Export(path.clone()));
            }
            if button(ui, "Import") {
                commands.write_message(SettingsCommand::Import(path));
            }
        });
    });
}
