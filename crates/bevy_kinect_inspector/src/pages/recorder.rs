//! The page "Recorder": records the chosen sensor to a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::prelude::*;
use bevy::tasks::{IoTaskPool, Task, block_on, poll_once};
use bevy_egui::egui::{Color32, RichText, Ui, vec2};
use bevy_kinect_azure::kinect_azure::recording::{LocalDisk, RecordingDisk};
use bevy_kinect_azure::prelude::*;

use super::units::{bytes, clock};
use crate::controls::{
    Slider, button, error, figure, figure_in, grave_button, named, nothing, section, switch, text,
    text_field, warning,
};
use crate::inspector::KinectInspector;
use crate::style::{ERROR, GOOD, LABEL, TEXT, WARNING};

type Recorded<'w> = (
    &'w KinectSensor,
    &'w SensorState,
    Has<BodyTracking>,
    Option<&'w mut Recorder>,
    Option<&'w RecorderState>,
    Option<&'w RecorderProgress>,
);

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    inspector: Res<KinectInspector>,
    mut sensors: Query<Recorded>,
    mut commands: Commands,
    mut space: Local<FreeSpace>,
    mut again: Local<Option<Entity>>,
    time: Res<Time<Real>>,
) {
    let Some(sensor) = inspector.sensor else {
        nothing(ui, "There is no sensor. The page Sensors adds one.");
        return;
    };
    let Ok((kinect, of_sensor, tracks, recorder, state, progress)) = sensors.get_mut(sensor) else {
        nothing(ui, "The sensor is gone.");
        return;
    };
    // A sensor without a recorder has one that is switched off.
    let mut wanted = recorder.as_deref().cloned().unwrap_or_default();
    let idle = (RecorderState::default(), RecorderProgress::default());
    let (state, progress) = (state.unwrap_or(&idle.0), progress.unwrap_or(&idle.1));

    ui.add_space(8.0);
    // A recorder whose recording has ended by itself must be switched off before it can be switched on.
    let has_ended = has_ended_itself(&wanted, state);
    if again.take() == Some(sensor) {
        wanted.active = true;
    } else if record_button(ui, wanted.active && !has_ended) {
        wanted.active = !wanted.active;
        *again = has_ended.then_some(sensor);
    }
    ui.add_space(4.0);
    states(ui, state, of_sensor);
    figures(ui, progress);
    losses(ui, progress);

    section(ui, "File", |ui| {
        let path = wanted.path.display().to_string();
        if let Some(path) = text_field(ui, "Path", &path, "visitors-{date}-{number}.mkv")
            && !path.trim().is_empty()
        {
            wanted.path = PathBuf::from(path);
        }
        space.measure(&wanted.path, time.elapsed());
        free(ui, &space, progress, state);
        if let Some(overwrite) = switch(ui, "Replace files", wanted.overwrite) {
            wanted.overwrite = overwrite;
        }
        text(
            ui,
            "{date} and {time} become the date and time of the start in UTC, {number} the first number that no file has yet.",
        );
    });
    section(ui, "Contents", |ui| {
        if let Some(bodies) = switch(ui, "Body track", wanted.bodies) {
            wanted.bodies = bodies;
        }
        if wanted.bodies && !tracks && !has_bodies(kinect) {
            text(
                ui,
                "No body tracker runs on this sensor: the page People starts one.",
            );
        }
        let megabytes = wanted.memory_limit >> 20;
        if let Some(limit) = Slider::new("Memory", 16_usize..=4096)
            .unit(" MiB")
            .logarithmic()
            .help("For captures that wait for the disk. When it is full, captures are left out and counted.")
            .show(ui, megabytes)
        {
            wanted.memory_limit = limit << 20;
        }
        if state.is_recording() {
            text(
                ui,
                "Changes apply to the next recording; another path begins it at once.",
            );
        }
    });
    section(ui, "Tags", |ui| tags(ui, &mut wanted.tags));

    match recorder {
        Some(mut recorder) => {
            recorder.set_if_neq(wanted);
        }
        None if wanted != Recorder::default() => {
            commands.entity(sensor).try_insert(wanted);
        }
        None => {}
    }
}

/// Whether a recording ended although the recorder is switched on.
fn has_ended_itself(recorder: &Recorder, state: &RecorderState) -> bool {
    recorder.active
        && matches!(
            state,
            RecorderState::Finished { .. } | RecorderState::Failed { .. }
        )
}

/// Whether the captures of a sensor come with bodies.
fn has_bodies(kinect: &KinectSensor) -> bool {
    matches!(
        kinect.source,
        SensorSource::Simulation(_) | SensorSource::Recording(_)
    )
}

/// The button that begins and ends a recording; whether it was clicked.
fn record_button(ui: &mut Ui, is_on: bool) -> bool {
    use bevy_egui::egui::Button;
    let (words, fill) = if is_on {
        ("Stop recording", Color32::from_rgb(120, 38, 32))
    } else {
        ("Record", Color32::from_rgb(64, 34, 34))
    };
    let button = Button::new(RichText::new(words).color(TEXT).strong())
        .fill(fill)
        .min_size(vec2(ui.available_width(), 34.0));
    let response = ui.add(button);
    named(ui, &response, words);
    response.clicked()
}

fn states(ui: &mut Ui, state: &RecorderState, of_sensor: &SensorState) {
    let (words, color) = match state {
        RecorderState::Idle => ("nothing has been recorded yet", LABEL),
        RecorderState::Waiting => ("waits for captures of the sensor", WARNING),
        RecorderState::Recording => ("recording", GOOD),
        RecorderState::FallingBehind => ("the disk is too slow: captures are left out", WARNING),
        RecorderState::Finishing => ("writes the last captures", WARNING),
        RecorderState::Finished { .. } => ("finished", LABEL),
        RecorderState::Failed { .. } => ("failed", ERROR),
    };
    figure_in(ui, "Recording", words, color);
    if state == &RecorderState::Waiting && !of_sensor.is_streaming() {
        let why = of_sensor.problem().unwrap_or(of_sensor.name());
        warning(ui, format!("The sensor delivers no captures: {why}"));
    }
    match state {
        RecorderState::Failed { reason } => error(ui, reason),
        RecorderState::Finished {
            reason: Some(reason),
            ..
        } => warning(ui, reason),
        _ => {}
    }
}

fn figures(ui: &mut Ui, progress: &RecorderProgress) {
    if progress.files == 0 {
        return;
    }
    figure(
        ui,
        "Length",
        clock(Duration::from_micros(progress.duration_usec)),
    );
    figure(ui, "Written", bytes(progress.bytes));
    if let Some(rate) = progress.megabytes_per_minute() {
        figure(ui, "Needed", format!("{rate:.0} MB a minute"));
    }
    figure(ui, "Captures", progress.captures.to_string());
    figure(ui, "Body frames", progress.body_frames.to_string());
    figure(ui, "Inertial samples", progress.imu_samples.to_string());
    figure(ui, "Waiting", bytes(progress.queued_bytes));
    if let Some(path) = &progress.path {
        figure(ui, "Written to", path.display().to_string());
    }
    if progress.files > 1 {
        figure(ui, "Files", progress.files.to_string());
    }
}

/// What was left out.
fn losses(ui: &mut Ui, progress: &RecorderProgress) {
    if progress.files == 0 {
        return;
    }
    let all = [
        (
            progress.dropped_captures,
            "captures, because the disk was too slow",
        ),
        (progress.unfit_images, "images that were damaged or late"),
        (progress.dropped_imu_samples, "inertial samples"),
        (
            progress.dropped_body_frames,
            "frames of bodies that came too late",
        ),
    ];
    let some: Vec<String> = all
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if some.is_empty() {
        figure_in(ui, "Left out", "nothing", GOOD);
    } else {
        warning(ui, format!("Left out: {}.", some.join("; ")));
    }
}

/// The free space, and how long it lasts.
fn free(ui: &mut Ui, space: &FreeSpace, progress: &RecorderProgress, state: &RecorderState) {
    let during = progress.free_bytes.filter(|_| state.is_recording());
    let Some(free) = during.or(space.bytes) else {
        figure(ui, "Free on the disk", "not known");
        return;
    };
    let lasts = progress
        .megabytes_per_minute()
        .filter(|rate| *rate > 0.0)
        .map(|rate| free as f64 / 1e6 / rate);
    let words = match lasts {
        Some(minutes) if minutes < 120.0 => format!("{}, for {minutes:.0} minutes", bytes(free)),
        Some(minutes) => format!("{}, for {:.0} hours", bytes(free), minutes / 60.0),
        None => bytes(free),
    };
    let color = match (lasts, free) {
        (Some(..5.0), _) | (None, ..1_000_000_000) => ERROR,
        (Some(..30.0), _) | (None, ..10_000_000_000) => WARNING,
        _ => TEXT,
    };
    figure_in(ui, "Free on the disk", words, color);
}

fn tags(ui: &mut Ui, tags: &mut Vec<(String, String)>) {
    let mut removed = None;
    for (number, (name, value)) in tags.iter_mut().enumerate() {
        ui.push_id(number, |ui| {
            let place = number + 1;
            let typed = text_field(ui, &format!("Name of tag {place}"), name, "VENUE");
            if let Some(typed) = typed {
                *name = typed;
            }
            if let Some(typed) = text_field(ui, &format!("Text of tag {place}"), value, "") {
                *value = typed;
            }
            if grave_button(ui, &format!("Remove tag {place}")) {
                removed = Some(number);
            }
            if !is_tag(name) {
                warning(
                    ui,
                    "A tag's name consists of A–Z, 0–9, - and _, and does not begin with K4A_. With another name the recorder fails.",
                );
            }
        });
    }
    if let Some(number) = removed {
        tags.remove(number);
    }
    if button(ui, "Add a tag") {
        tags.push((format!("TAG{}", tags.len() + 1), String::new()));
    }
}

/// Whether a tag may have that name.
fn is_tag(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_".contains(c);
    !name.is_empty() && !name.starts_with("K4A_") && name.chars().all(is_letter)
}

/// How often the free space is looked up while nothing is recorded.
const EVERY: Duration = Duration::from_secs(2);

/// The free space where a recording would be written. A task asks for it, because a network drive may take long to answer.
#[derive(Default)]
pub(crate) struct FreeSpace {
    path: PathBuf,
    bytes: Option<u64>,
    asked: Option<Duration>,
    task: Option<Task<Option<u64>>>,
}

impl FreeSpace {
    fn measure(&mut self, path: &Path, now: Duration) {
        if let Some(task) = &mut self.task {
            let Some(bytes) = block_on(poll_once(task)) else {
                return;
            };
            self.bytes = bytes;
            self.task = None;
        }
        let is_due = self
            .asked
            .is_none_or(|asked| now.saturating_sub(asked) > EVERY);
        if !is_due && self.path == path {
            return;
        }
        self.path = path.to_owned();
        self.asked = Some(now);
        let path = path.to_owned();
        let task = async move { LocalDisk::default().free_bytes(&path) };
        self.task = Some(IoTaskPool::get_or_init(bevy::tasks::TaskPool::default).spawn(task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tags_are_checked() {
        for name in ["VENUE", "A-1_B"] {
            assert!(is_tag(name));
        }
        for name in ["", "venue", "K4A_MODE", "VENUE 1", "ÄRGER"] {
            assert!(!is_tag(name));
        }
    }

    #[test]
    fn free_space_is_measured_in_a_task_and_again_for_another_path() {
        let mut space = FreeSpace::default();
        let start = std::time::Instant::now();
        while space.bytes.is_none() && start.elapsed() < Duration::from_secs(20) {
            space.measure(Path::new("a.mkv"), Duration::ZERO);
        }
        assert!(space.bytes.is_some_and(|bytes| bytes > 0));
        space.measure(Path::new("no/such/folder/b.mkv"), Duration::ZERO);
        assert!(space.task.is_some());
    }
}
