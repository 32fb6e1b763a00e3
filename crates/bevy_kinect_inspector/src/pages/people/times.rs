//! The state of the tracker, the times of its stages, and its losses.

use std::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::{Align, Label, Layout, RichText, Ui, vec2};
use bevy_kinect_azure::kinect_tracking::tracker::{StageTime, StageTimes};
use bevy_kinect_azure::prelude::*;

use crate::controls::{error, figure, figure_in, row, text, warning};
use crate::style::{ERROR, GOOD, LABEL, TEXT, WARNING};

/// Shows which tracker runs, on what, and why this one.
pub(super) fn state(
    ui: &mut Ui,
    tracking: &BodyTracking,
    state: &BodyTrackingState,
    of_sensor: Option<&SensorState>,
) {
    let (words, color) = match &state.state {
        _ if !tracking.active => ("switched off", LABEL),
        TrackerState::Waiting => ("waits for the first capture", WARNING),
        TrackerState::Opening => ("is being opened", WARNING),
        TrackerState::Running => ("running", GOOD),
        TrackerState::Restarting(_) => ("is opened again after an error", WARNING),
        TrackerState::Unusable(_) => ("cannot be used", ERROR),
        TrackerState::Stopped => ("stopped", LABEL),
    };
    figure_in(ui, "State", words, color);
    if !state.name.is_empty() {
        figure(ui, "Runs", &state.name);
    }
    if tracking.active
        && state.state == TrackerState::Waiting
        && let Some(problem) = of_sensor.and_then(SensorState::problem)
    {
        warning(ui, format!("The sensor delivers no captures: {problem}"));
    }
    match &state.state {
        TrackerState::Restarting(problem) => warning(ui, problem),
        TrackerState::Unusable(problem) => error(ui, problem),
        _ => {}
    }
    for note in &state.notes {
        text(ui, note);
    }
}

/// Counts body frames over about a second.
#[derive(Default)]
pub(crate) struct Rates {
    sensor: Option<Entity>,
    since: Duration,
    frames: u64,
    /// Body frames per second.
    rate: Option<f32>,
}

impl Rates {
    pub(super) fn measure(&mut self, sensor: Entity, state: &BodyTrackingState, now: Duration) {
        let elapsed = now.saturating_sub(self.since);
        let is_other = self.sensor != Some(sensor) || state.frames < self.frames;
        // After a pause, such as another page, the count begins anew.
        if is_other || elapsed > Duration::from_secs(4) {
            *self = Self {
                sensor: Some(sensor),
                since: now,
                frames: state.frames,
                rate: None,
            };
        } else if elapsed >= Duration::from_secs(1) {
            let frames = state.frames - self.frames;
            self.rate = Some(frames as f32 / elapsed.as_secs_f32());
            (self.since, self.frames) = (now, state.frames);
        }
    }
}

/// Shows the times of all stages, the rate and the losses.
pub(super) fn show(ui: &mut Ui, state: &BodyTrackingState, rates: &Rates) {
    let rate = rates.rate.map(|rate| format!("{rate:.1} a second"));
    figure(ui, "Body frames", rate.as_deref().unwrap_or("–"));
    let StageTimes {
        waiting,
        tracking,
        latency,
        taken,
    } = state.stages;
    columns(ui, "", ["half", "99 %", "newest"], LABEL);
    stage(ui, "Waiting", waiting);
    stage(ui, "Tracking", tracking);
    stage(ui, "To body frame", latency);
    stage(ui, "To the app", taken);
    let share = match state.captures {
        0 => String::new(),
        captures => format!(" of {captures}"),
    };
    figure(ui, "Captures left out", format!("{}{share}", state.dropped));
    let color = if state.errors > 0 { WARNING } else { TEXT };
    figure_in(ui, "Errors", state.errors.to_string(), color);
    if let Some(last) = &state.last_error {
        text(ui, last);
    }
    if state.restarts > 0 {
        figure(ui, "Opened again", format!("{} times", state.restarts));
    }
    if state.abandoned > 0 {
        figure_in(ui, "Hung threads", state.abandoned.to_string(), ERROR);
    }
    if state.busy_seconds > 1.0 {
        warning(
            ui,
            format!(
                "The tracker has worked on one capture for {:.0} s.",
                state.busy_seconds
            ),
        );
    }
}

fn stage(ui: &mut Ui, name: &str, time: StageTime) {
    let times = [time.p50_ms, time.p99_ms, time.newest_ms].map(milliseconds);
    columns(ui, name, [&times[0], &times[1], &times[2]], TEXT);
}

/// A row with three columns.
fn columns(ui: &mut Ui, name: &str, words: [&str; 3], color: bevy_egui::egui::Color32) {
    row(ui, name, |ui| {
        let width = ((ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0).max(20.0);
        for words in words {
            let size = vec2(width, ui.available_height());
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(words).color(color)).truncate());
            });
        }
    });
}

/// A time; a dash before the first one.
fn milliseconds(ms: f32) -> String {
    match ms {
        ms if !ms.is_finite() || ms <= 0.0 => "–".to_owned(),
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.1} ms"),
        ms => format!("{:.2} s", ms * 1e-3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(frames: u64) -> BodyTrackingState {
        let mut state = BodyTrackingState::default();
        state.0.frames = frames;
        state
    }

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let sensor = Entity::from_bits(1);
        let mut rates = Rates::default();
        let mut measure = |frames, ms| {
            rates.measure(sensor, &state(frames), Duration::from_millis(ms));
            rates.rate
        };
        assert_eq!(measure(100, 0), None);
        assert_eq!(measure(115, 500), None);
        assert_eq!(measure(130, 1000), Some(30.0));
        // The tracker has begun anew.
        assert_eq!(measure(0, 1500), None);
        // The page was hidden for a while.
        assert_eq!(measure(30, 9000), None);
    }
}
