//! The message while nothing can be shown: the present state, the reasons, and what to do.

use core::time::Duration;

use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy_kinect_azure::kinect_azure::SourceErrorKind;
use bevy_kinect_azure::kinect_azure::doctor::{self, Check, DoctorSettings, Finding, Report};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::Fit;
use kinect_app_support::style::{
    ACCENT, LABEL, NOTICE, PANEL, PROBLEM, TEXT, printable, text_font,
};
use kinect_app_support::widgets::set_shown;

use super::Scene;
use super::layout::Layout;
use super::words;

/// The doctor's report about this computer, while a live sensor cannot be shown.
#[derive(Resource, Default)]
pub(crate) struct Examination {
    task: Option<Task<Report>>,
    report: Option<Report>,
    /// The time since the last examination ended.
    age: Duration,
}

/// The time from one examination to the next.
const PERIOD: Duration = Duration::from_secs(3);

/// Lets the doctor look at this computer again and again, as long as a live sensor cannot be shown.
pub(super) fn examine(
    scene: Res<Scene>,
    time: Res<Time<Real>>,
    adapter: Option<Res<RenderAdapterInfo>>,
    sensors: Query<(&KinectSensor, &SensorState)>,
    mut examination: ResMut<Examination>,
) {
    let was_needed = examination.report.is_some();
    let is_needed = sensors.get(scene.sensor).is_ok_and(|(sensor, state)| {
        // The report is kept while the sensor is opened again, so that the findings stay on the screen.
        let is_tried = was_needed && !state.is_streaming();
        matches!(sensor.source, SensorSource::Device(_)) && (state.problem().is_some() || is_tried)
    });
    if !is_needed {
        if examination.report.is_some() || examination.task.is_some() {
            *examination = Examination::default();
        }
        return;
    }
    if let Some(task) = &mut examination.task {
        if let Some(report) = check_ready(task) {
            examination.task = None;
            examination.age = Duration::ZERO;
            examination.report = Some(report);
        }
        return;
    }
    examination.age += time.delta();
    if examination.report.is_some() && examination.age < PERIOD {
        return;
    }
    let settings = DoctorSettings {
        adapter: adapter.map(|adapter| adapter.name.clone()),
        // The sensor loads its own library; the doctor must not load another vendor's before it.
        load_libraries: false,
        ..default()
    };
    let task = AsyncComputeTaskPool::get().spawn(async move { doctor::examine(&settings) });
    examination.task = Some(task);
}

/// The largest width of the message, and the space beside it, in pixels of the interface.
const WIDTH: f32 = 620.0;
const MARGIN: f32 = 14.0;

/// The message over the view.
#[derive(Component)]
pub(super) struct Message;

pub(super) fn spawn(view: &mut ChildSpawnerCommands) {
    view.spawn(Node {
        flex_grow: 1.0,
        flex_basis: px(0),
        min_height: px(0),
        align_items: AlignItems::Center,
        justify_content: JustifyContent::Center,
        padding: UiRect::horizontal(px(MARGIN)),
        overflow: Overflow::clip(),
        ..default()
    })
    .with_child((
        Message,
        BackgroundColor(PANEL),
        Node {
            display: Display::None,
            flex_direction: FlexDirection::Column,
            row_gap: px(7),
            flex_shrink: 0.0,
            // Where there is too little room, the last lines are left out, not the title.
            max_height: percent(100),
            overflow: Overflow::clip(),
            padding: UiRect::all(px(18)),
            border_radius: BorderRadius::all(px(8)),
            ..default()
        },
    ));
}

/// A line of the message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    text: String,
    size: f32,
    color: Color,
}

fn line(text: impl Into<String>, size: f32, color: Color) -> Line {
    Line {
        text: printable(&text.into()),
        size,
        color,
    }
}

pub(super) fn show(
    mut commands: Commands,
    scene: Res<Scene>,
    sensors: Query<(&KinectSensor, &SensorState, &SensorFrame)>,
    examination: Res<Examination>,
    fit: Res<Fit>,
    layout: Res<Layout>,
    message: Single<(Entity, &mut Node), With<Message>>,
    mut shown: Local<Vec<Line>>,
) {
    let (message, mut node) = message.into_inner();
    let Ok((sensor, state, frame)) = sensors.get(scene.sensor) else {
        return;
    };
    let report = examination.report.as_ref();
    let is_tried = matches!(state, SensorState::Opening | SensorState::Disabled);
    if is_tried && report.is_some() {
        return;
    }
    let has_images = frame.latest().is_some();
    let lines = lines(sensor, state, has_images, report, fit.is_small());
    // Lines are broken at a width that is known before they are measured; a single line is short.
    let width = match lines.len() {
        0 | 1 => auto(),
        _ => px(WIDTH.min(layout.view_width(&fit) - 2.0 * MARGIN)),
    };
    if node.width != width {
        node.width = width;
    }
    if lines == *shown {
        return;
    }
    set_shown(&mut node, !lines.is_empty());
    commands
        .entity(message)
        .despawn_children()
        .with_children(|message| {
            for line in &lines {
                message.spawn((
                    Text::new(line.text.clone()),
                    text_font(line.size),
                    TextColor(line.color),
                ));
            }
        });
    *shown = lines;
}

/// The message for a state; no lines while images come.
fn lines(
    sensor: &KinectSensor,
    state: &SensorState,
    has_images: bool,
    report: Option<&Report>,
    is_small: bool,
) -> Vec<Line> {
    let is_live = matches!(sensor.source, SensorSource::Device(_));
    let reason = match state {
        SensorState::Opening if !has_images => {
            return vec![line(words::opening(&sensor.source), 20.0, NOTICE)];
        }
        SensorState::Lost { reason, .. }
        | SensorState::Retrying { reason, .. }
        | SensorState::Failed { reason, .. } => reason,
        _ => return Vec::new(),
    };
    let title = match (is_live, state) {
        (true, SensorState::Lost { .. }) => "The sensor is gone",
        (true, _) if state.error_kind() == Some(SourceErrorKind::NotConnected) => {
            "Looking for a sensor ..."
        }
        (true, _) => "The sensor cannot be used yet",
        (false, _) => "The source cannot be shown",
    };
    let mut lines = vec![
        line(title, 20.0, TEXT),
        line(words::sentence(reason), 13.0, PROBLEM),
    ];
    if !is_live {
        lines.push(line("S chooses another source.", 13.0, ACCENT));
        return lines;
    }
    lines.push(line(
        "The sensor starts as soon as it can be used. S chooses another source.",
        13.0,
        ACCENT,
    ));
    for finding in report
        .map(|report| findings(report, is_small))
        .unwrap_or_default()
    {
        let what = finding.what.lines().next().unwrap_or_default();
        lines.push(line(
            format!("{}: {what}", finding.check.title()),
            12.0,
            LABEL,
        ));
        if let Some(fix) = &finding.fix {
            lines.push(line(format!("-> {fix}"), 12.0, TEXT));
        }
    }
    lines
}

/// The most findings on the screen: in large and in small windows.
const MOST: [usize; 2] = [5, 2];

/// The doctor's findings that concern a live sensor; those that keep it from working come first.
fn findings(report: &Report, is_small: bool) -> Vec<&Finding> {
    const OF_SENSORS: [Check; 8] = [
        Check::MicrosoftLibrary,
        Check::OrbbecLibrary,
        Check::DepthEngine,
        Check::Graphics,
        Check::UdevRules,
        Check::UsbDevices,
        Check::UsbPermission,
        Check::UsbSpeed,
    ];
    let bad = report
        .findings
        .iter()
        .filter(|finding| finding.status.is_bad());
    let (first, second): (Vec<_>, Vec<_>) = bad.partition(|finding| finding.is_in_the_way());
    let second = second
        .into_iter()
        .filter(|finding| OF_SENSORS.contains(&finding.check));
    first
        .into_iter()
        .chain(second)
        .take(MOST[usize::from(is_small)])
        .collect()
}
