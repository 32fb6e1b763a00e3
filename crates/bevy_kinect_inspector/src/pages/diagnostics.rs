//! The page "Diagnostics": rates, delays, losses and times of the chosen sensor, its tracker and its outputs, over the last half minute.

use std::collections::HashMap;
use std::time::Duration;

use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::*;
use bevy_egui::egui::{CollapsingHeader, RichText, Ui};
use bevy_kinect_azure::prelude::*;

use super::units::{bytes, milliseconds};
use crate::controls::{
    Plot, Series, button, error, figure, figure_in, named, nothing, section, switch, text, warning,
};
use crate::inspector::KinectInspector;
use crate::style::{ERROR, GOOD, TEXT, WARNING};

type Measured<'w> = (
    &'w SensorDiagnostics,
    &'w SensorState,
    Option<&'w BodyTrackingState>,
    Option<&'w TrackedBodies>,
    Option<&'w ImageOutputs>,
);

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    inspector: Res<KinectInspector>,
    sensors: Query<Measured>,
    outputs: Query<(Option<&Name>, &ImageOutput, &OutputDiagnostics)>,
    store: Option<Res<DiagnosticsStore>>,
    time: Res<Time<Real>>,
    mut history: Local<History>,
) {
    history.begin(time.elapsed());
    ui.add_space(4.0);
    if let Some(frozen) = switch(ui, "Freeze plots", history.is_frozen) {
        history.is_frozen = frozen;
    }
    if button(ui, "Clear plots") {
        history.lines.clear();
    }
    section(ui, "App", |ui| {
        let ms = time.delta_secs() * 1e3;
        let line = history.line((Entity::PLACEHOLDER, "frame time"), ms);
        plot(
            ui,
            "Frame time",
            &format!("{ms:.1} ms"),
            " ms",
            &[("", line)],
        );
    });
    let Some(sensor) = inspector.sensor else {
        nothing(ui, "There is no sensor. The page Sensors adds one.");
        return;
    };
    let Ok((measured, state, tracking, bodies, shown)) = sensors.get(sensor) else {
        nothing(ui, "The sensor is gone.");
        return;
    };
    section(ui, "Sensor", |ui| {
        of_sensor(ui, sensor, measured, state, &mut history);
    });
    if let Some(tracking) = tracking {
        section(ui, "Body tracking", |ui| {
            let people = bodies.map_or(0, |bodies| bodies.bodies.len());
            of_tracking(ui, sensor, tracking, measured, people, &mut history);
        });
    }
    section(ui, "Outputs", |ui| {
        let all: Vec<Entity> = shown.into_iter().flat_map(|shown| shown.iter()).collect();
        let is_empty = all.is_empty();
        for entity in all {
            if let Ok((name, output, of_output)) = outputs.get(entity) {
                ui.push_id(entity, |ui| {
                    self::output(ui, entity, name, output, of_output, &mut history);
                });
            }
        }
        if is_empty {
            text(ui, "The sensor has no image outputs.");
        }
    });
    section(ui, "GPU", |ui| of_gpu(ui, store.as_deref(), &mut history));
}

/// A figure with a plot of its last values.
fn plot(ui: &mut Ui, name: &str, value: &str, unit: &str, lines: &[(&str, &[f32])]) {
    figure(ui, name, value);
    let series: Vec<Series> = lines
        .iter()
        .map(|&(name, values)| Series { name, values })
        .collect();
    Plot::new(&format!("{name} plot"), SAMPLES)
        .unit(unit)
        .show(ui, &series);
}

fn of_sensor(
    ui: &mut Ui,
    sensor: Entity,
    measured: &SensorDiagnostics,
    state: &SensorState,
    history: &mut History,
) {
    if let Some(problem) = state.problem() {
        error(ui, problem);
    }
    let rate = measured.frame_rate;
    let line = history.line((sensor, "rate"), rate);
    plot(
        ui,
        "Frame rate",
        &format!("{rate:.1} fps"),
        " fps",
        &[("", line)],
    );
    let (half, most) = (measured.latency, measured.latency_p99);
    let keys = [(sensor, "latency"), (sensor, "latency 99")];
    latency(ui, "Latency", keys, [half, most], history);
    let decode = measured.decode_time;
    let line = history.line((sensor, "decode"), decode.as_secs_f32() * 1e3);
    plot(ui, "Decoding", &milliseconds(decode), " ms", &[("", line)]);
    let dropped = measured.dropped_frames;
    let line = history.increase((sensor, "dropped"), dropped);
    plot(
        ui,
        "Dropped frames",
        &dropped.to_string(),
        "",
        &[("", line)],
    );
    figure(ui, "Frames", measured.image_frame.to_string());
    count(ui, "Image errors", measured.image_errors);
    count(ui, "Reconnects", measured.reconnects);
    count(ui, "Lost samples", measured.dropped_imu_samples);
}

/// The median and the 99th percentile of a delay.
fn latency(ui: &mut Ui, name: &str, keys: [Key; 2], times: [Duration; 2], history: &mut History) {
    let [half, most] = times;
    let words = format!("{}, 99 %: {}", milliseconds(half), milliseconds(most));
    let half = history.line(keys[0], half.as_secs_f32() * 1e3).to_vec();
    let most = history.line(keys[1], most.as_secs_f32() * 1e3);
    plot(ui, name, &words, " ms", &[("half", &half), ("99 %", most)]);
}

/// A count of what should not happen.
fn count(ui: &mut Ui, name: &str, count: u64) {
    let color = if count == 0 { TEXT } else { WARNING };
    figure_in(ui, name, count.to_string(), color);
}

fn of_tracking(
    ui: &mut Ui,
    sensor: Entity,
    tracking: &BodyTrackingState,
    measured: &SensorDiagnostics,
    people: usize,
    history: &mut History,
) {
    if let Some(problem) = tracking.problem() {
        error(ui, problem);
    }
    let color = if tracking.is_running() { GOOD } else { WARNING };
    let name = match tracking.name.as_str() {
        "" => "no tracker yet",
        name => name,
    };
    figure_in(ui, "Tracker", name, color);
    let line = history.line((sensor, "people"), people as f32);
    plot(ui, "People seen", &people.to_string(), "", &[("", line)]);
    let line = history.rate((sensor, "body frames"), tracking.frames);
    let rate = line.last().copied().filter(|rate| rate.is_finite());
    let rate = rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1} a second"));
    plot(ui, "Body frames", &rate, " /s", &[("", line)]);
    let taken = [
        measured.bodytracking_latency,
        measured.bodytracking_latency_p99,
    ];
    let keys = [(sensor, "body latency"), (sensor, "body latency 99")];
    latency(ui, "Body latency", keys, taken, history);
    let stages = tracking.stages;
    let waiting = history
        .line((sensor, "waiting"), stages.waiting.newest_ms)
        .to_vec();
    let inside = history.line((sensor, "tracking"), stages.tracking.newest_ms);
    let words = format!("{:.1} ms in the tracker", stages.tracking.newest_ms);
    plot(
        ui,
        "Stages",
        &words,
        " ms",
        &[("waiting", &waiting), ("tracking", inside)],
    );
    figure(ui, "Captures left out", tracking.dropped.to_string());
    count(ui, "Tracker errors", tracking.errors);
}

fn output(
    ui: &mut Ui,
    entity: Entity,
    name: Option<&Name>,
    output: &ImageOutput,
    of: &OutputDiagnostics,
    history: &mut History,
) {
    let kind = format!("{:?}", output.kind);
    let title = match name.filter(|name| !name.trim().is_empty()) {
        Some(name) => format!("{name}: {kind}"),
        None => format!("{kind} {entity}"),
    };
    let color = match (of.errors, of.warning.is_some()) {
        (1.., true) => ERROR,
        (_, true) => WARNING,
        _ => TEXT,
    };
    let updates = history.rate((entity, "updates"), of.updates).to_vec();
    let cpu = history.line((entity, "cpu"), ms(of.cpu_time)).to_vec();
    let gpu = history.line((entity, "gpu"), ms(of.gpu_time)).to_vec();
    let header = CollapsingHeader::new(RichText::new(&title).color(color)).id_salt("output");
    let header = header.show(ui, |ui| {
        figure(
            ui,
            "Size",
            format!("{} × {}", of.resolution.x, of.resolution.y),
        );
        figure(ui, "GPU memory", bytes(of.gpu_memory_bytes));
        plot(
            ui,
            "Updates",
            &of.updates.to_string(),
            " /s",
            &[("", &updates)],
        );
        let words = |time: Option<Duration>| time.map_or("–".to_owned(), milliseconds);
        let times = format!("CPU {}, GPU {}", words(of.cpu_time), words(of.gpu_time));
        plot(ui, "Times", &times, " ms", &[("CPU", &cpu), ("GPU", &gpu)]);
        count(ui, "Warnings", of.warnings);
        count(ui, "Errors", of.errors);
        if let Some(problem) = &of.warning {
            warning(ui, problem);
        }
    });
    named(ui, &header.header_response, &title);
}

/// A time in milliseconds; a gap in the plot if it was not measured.
fn ms(time: Option<Duration>) -> f32 {
    time.map_or(f32::NAN, |time| time.as_secs_f32() * 1e3)
}

/// GPU times of everything that the plugin computes.
fn of_gpu(ui: &mut Ui, store: Option<&DiagnosticsStore>, history: &mut History) {
    let mut all: Vec<(&str, f64)> = store
        .into_iter()
        .flat_map(DiagnosticsStore::iter)
        .filter_map(|diagnostic| {
            let path = diagnostic.path().as_str();
            let name = path.strip_prefix("render/kinect/")?;
            let name = name.strip_suffix("/elapsed_gpu")?;
            Some((name, diagnostic.smoothed()?))
        })
        .collect();
    if all.is_empty() {
        text(
            ui,
            "No times of the GPU: they need Bevy's RenderDiagnosticsPlugin, and a driver with timestamps.",
        );
        return;
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let sum = all.iter().map(|(_, ms)| *ms as f32).sum();
    let line = history.line((Entity::PLACEHOLDER, "gpu"), sum);
    plot(
        ui,
        "All passes",
        &format!("{sum:.2} ms"),
        " ms",
        &[("", line)],
    );
    for (name, ms) in all {
        figure(ui, name, format!("{ms:.2} ms"));
    }
}

/// The number of values that a plot shows, and the time between them.
const SAMPLES: usize = 300;
const EVERY: Duration = Duration::from_millis(100);

/// Whose line it is, and which.
type Key = (Entity, &'static str);

/// The last values of all figures. They are collected only while the page is shown.
#[derive(Default)]
pub(crate) struct History {
    is_frozen: bool,
    lines: HashMap<Key, Line>,
    /// The time of the last samples.
    last: Option<Duration>,
    /// The time since the samples before, if samples are due in this frame.
    due: Option<Duration>,
    /// Whether the page was hidden before these samples.
    has_gap: bool,
}

#[derive(Default)]
struct Line {
    values: Vec<f32>,
    /// The last count of a line that shows how a count rises.
    count: Option<u64>,
    /// The time of the last sample.
    sampled: Duration,
}

impl History {
    /// Begins a frame: samples are due ten times a second.
    fn begin(&mut self, now: Duration) {
        self.due = None;
        self.has_gap = false;
        if self.is_frozen {
            return;
        }
        let elapsed = self.last.map(|last| now.saturating_sub(last));
        if elapsed.is_none_or(|elapsed| elapsed >= EVERY) {
            self.has_gap = elapsed.is_some_and(|elapsed| elapsed > EVERY * 20);
            self.last = Some(now);
            self.due = Some(elapsed.unwrap_or_default());
            // Lines of what is gone.
            self.lines
                .retain(|_, line| now.saturating_sub(line.sampled) < EVERY * SAMPLES as u32);
        }
    }

    /// The last values of a figure.
    fn line(&mut self, key: Key, value: f32) -> &[f32] {
        let (is_due, has_gap) = (self.due.is_some(), self.has_gap);
        let now = self.last.unwrap_or_default();
        let line = self.lines.entry(key).or_default();
        if is_due {
            line.sampled = now;
            if has_gap {
                line.push(f32::NAN);
            }
            line.push(value);
        }
        &line.values
    }

    /// How much a count has risen between samples.
    fn increase(&mut self, key: Key, count: u64) -> &[f32] {
        let risen = self.risen(key, count);
        self.line(key, risen)
    }

    /// How fast a count rises, in a second; averaged over two seconds.
    fn rate(&mut self, key: Key, count: u64) -> &[f32] {
        let seconds = self.due.unwrap_or_default().as_secs_f32();
        let now = self.risen(key, count) / seconds.max(1e-3);
        let before = self.lines.get(&key).and_then(|line| line.values.last());
        let before = before.copied().filter(|before| before.is_finite());
        let share = (seconds / 0.7).min(1.0);
        let value = before.map_or(now, |before| before + (now - before) * share);
        self.line(key, value)
    }

    fn risen(&mut self, key: Key, count: u64) -> f32 {
        if self.due.is_none() {
            return f32::NAN;
        }
        let line = self.lines.entry(key).or_default();
        let before = line.count.replace(count).unwrap_or(count);
        count.saturating_sub(before) as f32
    }
}

impl Line {
    fn push(&mut self, value: f32) {
        if self.values.len() >= SAMPLES {
            self.values.remove(0);
        }
        self.values.push(value);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const KEY: Key = (Entity::PLACEHOLDER, "figure");

    fn at(history: &mut History, ms: u64) {
        history.begin(Duration::from_millis(ms));
    }

    #[test]
    fn figures_are_sampled_ten_times_a_second() {
        let mut history = History::default();
        for (frame, ms) in (0..1000).step_by(20).enumerate() {
            at(&mut history, ms);
            history.line(KEY, frame as f32);
        }
        assert_eq!(history.lines[&KEY].values.len(), 10);
        // A hidden page leaves a gap.
        at(&mut history, 5000);
        let line = history.line(KEY, 7.0);
        assert!(line[10].is_nan() && line[11] == 7.0);
        history.is_frozen = true;
        at(&mut history, 6000);
        assert_eq!(history.line(KEY, 8.0).len(), 12);
    }

    #[test]
    fn plots_keep_half_a_minute() {
        let mut history = History::default();
        for sample in 0..400 {
            at(&mut history, sample * 100);
            history.line(KEY, sample as f32);
        }
        let values = &history.lines[&KEY].values;
        assert_eq!((values.len(), values[0]), (SAMPLES, 100.0));
        // A figure that is no longer shown is forgotten.
        at(&mut history, 100_000);
        assert!(history.lines.is_empty());
    }

    #[test]
    fn rates_and_increases_are_those_of_counts() {
        let mut history = History::default();
        let dropped = (Entity::PLACEHOLDER, "dropped");
        for sample in 0..50 {
            at(&mut history, sample * 100);
            history.rate(KEY, 1000 + sample * 3);
            history.increase(dropped, sample / 10);
        }
        let rate = history.lines[&KEY].values.last().copied().unwrap();
        assert!((rate - 30.0).abs() < 0.5, "{rate}");
        let dropped: f32 = history.lines[&dropped].values.iter().sum();
        assert_eq!(dropped, 4.0);
        // A count that begins anew does not fall.
        at(&mut history, 6000);
        assert!(
            history
                .rate(KEY, 0)
                .iter()
                .all(|rate| rate.is_nan() || *rate >= 0.0)
        );
    }
}
