//! The recorder: on and off, state, size, losses.

use std::path::Path;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{GOOD, LABEL, NOTICE, PROBLEM, TEXT, printable};
use kinect_app_support::widgets::{Clicked, Lit, button, set_text};

use super::super::Scene;
use super::paragraph;

/// The button that begins and ends a recording.
#[derive(Component)]
pub(crate) struct RecordButton;

/// The state of the recorder.
#[derive(Component)]
pub(crate) struct Progress;

/// Its figures.
#[derive(Component)]
pub(crate) struct Figures;

/// The losses and the error of a recording.
#[derive(Component)]
pub(crate) struct Losses;

pub(crate) fn spawn(page: &mut ChildSpawnerCommands, path: &Path) {
    button(page, "Record (F9)", RecordButton);
    page.spawn((Progress, paragraph("", LABEL)));
    page.spawn((Figures, paragraph("", TEXT)));
    page.spawn((Losses, paragraph("", PROBLEM)));
    let path = printable(&path.display().to_string());
    page.spawn(paragraph(
        &format!("Every capture is written, also those that are not shown, to {path}, which the vendor's player and tools read."),
        LABEL,
    ));
}

pub(crate) fn click(
    clicked: On<Clicked>,
    buttons: Query<(), With<RecordButton>>,
    scene: Res<Scene>,
    mut recorders: Query<&mut Recorder>,
) {
    if buttons.contains(clicked.widget)
        && let Ok(mut recorder) = recorders.get_mut(scene.sensor)
    {
        recorder.active = !recorder.active;
    }
}

pub(crate) fn show(
    scene: Res<Scene>,
    recorders: Query<(&Recorder, &RecorderState, &RecorderProgress)>,
    mut buttons: Query<(&mut Lit, &Children), With<RecordButton>>,
    mut texts: ParamSet<(
        Single<(&mut Text, &mut TextColor), With<Progress>>,
        Single<&mut Text, With<Figures>>,
        Single<&mut Text, With<Losses>>,
        Query<&mut Text>,
    )>,
) {
    let Ok((recorder, state, progress)) = recorders.get(scene.sensor) else {
        return;
    };
    for (mut lit, children) in &mut buttons {
        lit.set_if_neq(Lit(recorder.active));
        let word = if recorder.active {
            "Stop (F9)"
        } else {
            "Record (F9)"
        };
        if let Some(&label) = children.first()
            && let Ok(mut text) = texts.p3().get_mut(label)
        {
            set_text(&mut text, word);
        }
    }
    {
        let (mut text, mut color) = texts.p0().into_inner();
        set_text(&mut text, &in_words(state));
        color.set_if_neq(TextColor(match state {
            RecorderState::Recording => GOOD,
            RecorderState::Idle | RecorderState::Finished { .. } => LABEL,
            RecorderState::Failed { .. } => PROBLEM,
            _ => NOTICE,
        }));
    }
    set_text(&mut texts.p1(), &printable(&figures(progress)));
    set_text(&mut texts.p2(), &printable(&losses(state, progress)));
}

fn in_words(state: &RecorderState) -> String {
    match state {
        RecorderState::Idle => "Nothing has been recorded yet.".to_owned(),
        RecorderState::Waiting => "Waits for the sensor's first capture.".to_owned(),
        RecorderState::Recording => "Recording.".to_owned(),
        RecorderState::FallingBehind => {
            "The disk is slower than the sensor: captures are left out.".to_owned()
        }
        RecorderState::Finishing => "Writing the last captures.".to_owned(),
        RecorderState::Finished { .. } => "The recording is finished.".to_owned(),
        RecorderState::Failed { .. } => "The recording failed.".to_owned(),
    }
}

fn figures(progress: &RecorderProgress) -> String {
    if progress.files == 0 {
        return String::new();
    }
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let seconds = progress.duration_usec as f64 / 1e6;
    let mut lines = vec![
        format!("Length      {seconds:.1} s"),
        format!("Captures    {}", progress.captures),
        format!("Inertial    {} samples", progress.imu_samples),
        format!("Size        {:.1} MB", megabytes(progress.bytes)),
    ];
    if let Some(rate) = progress.megabytes_per_minute() {
        lines.push(format!("Rate        {rate:.0} MB a minute"));
    }
    if losses_of(progress).is_empty() {
        lines.push("Left out    nothing".to_owned());
    }
    if let Some(free) = progress.free_bytes {
        lines.push(format!("Disk        {:.0} GB free", megabytes(free) / 1e3));
    }
    if let Some(path) = &progress.path {
        lines.push(format!("File        {}", path.display()));
    }
    lines.join("\n")
}

/// The losses, a line for each kind.
fn losses_of(progress: &RecorderProgress) -> Vec<String> {
    [
        (progress.dropped_captures, "captures (slow disk)"),
        (progress.unfit_images, "images (damaged or late)"),
        (progress.dropped_imu_samples, "inertial samples"),
        (progress.dropped_body_frames, "frames of bodies"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("Left out    {count} {what}"))
    .collect()
}

fn losses(state: &RecorderState, progress: &RecorderProgress) -> String {
    let mut lines = losses_of(progress);
    lines.extend(state.problem().map(str::to_owned));
    lines.join("\n")
}
