//! The lines over the view, and the keys below it.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::fit::WhereRoom;
use kinect_app_support::legend::{self, Value};
use kinect_app_support::pace::Pace;
use kinect_app_support::style::{NOTICE, PANEL, TEXT, printable, text_font};
use kinect_app_support::widgets::{set_shown, set_text};

use super::keys::color_name;
use super::layout::{BAR_HEIGHT, GAP, Layout, covering};
use super::panel::Tab;
use super::skeletons::ShowSkeletons;
use super::{Options, Scene};

/// The line of figures.
#[derive(Component)]
pub(super) struct Figures;

/// The background of the figures.
#[derive(Component)]
pub(super) struct FiguresBox;

/// The line that says what is slow.
#[derive(Component)]
pub(super) struct Notice;

pub(super) fn spawn_notice(view: &mut ChildSpawnerCommands) {
    view.spawn(Node {
        padding: UiRect::all(px(GAP)),
        ..default()
    })
    .with_child((
        Notice,
        Text::default(),
        text_font(12.0),
        TextColor(NOTICE),
        BackgroundColor(PANEL.with_alpha(0.85)),
        Node {
            display: Display::None,
            padding: UiRect::axes(px(8), px(4)),
            border_radius: BorderRadius::all(px(4)),
            ..default()
        },
    ));
}

pub(super) fn spawn_figures(view: &mut ChildSpawnerCommands) {
    view.spawn((
        Node {
            padding: UiRect::axes(px(GAP * 1.2), px(GAP * 0.6)),
            ..default()
        },
        FiguresBox,
        BackgroundColor(PANEL.with_alpha(0.85)),
    ))
    .with_child((Figures, Text::default(), text_font(12.0), TextColor(TEXT)));
}

/// The keys at the bottom: the key, its cap, what it does, and whether it stays in small windows.
const KEYS: [(KeyCode, &str, &str, bool); 11] = [
    (KeyCode::KeyS, "S", "sensor", true),
    (KeyCode::F9, "F9", "record", true),
    (KeyCode::Space, "Space", "time", true),
    (KeyCode::KeyC, "C", "colours", true),
    (KeyCode::KeyD, "D", "points", false),
    (KeyCode::KeyB, "B", "skeletons", false),
    (KeyCode::KeyT, "T", "thinning", false),
    (KeyCode::Tab, "Tab", "panel", true),
    (KeyCode::KeyI, "I", "images", false),
    (KeyCode::KeyR, "R", "view", true),
    (KeyCode::F1, "F1", "all keys", true),
];

pub(super) fn spawn_legend(page: &mut ChildSpawnerCommands) {
    page.spawn(covering(Node {
        height: px(BAR_HEIGHT),
        flex_shrink: 0.0,
        padding: UiRect::axes(px(6), px(6)),
        ..default()
    }))
    .with_children(|bar| {
        bar.spawn(Node {
            width: percent(100),
            column_gap: px(4),
            flex_wrap: FlexWrap::NoWrap,
            ..legend::row()
        })
        .with_children(|row| {
            for (key, cap, what, always) in KEYS {
                let mut key = legend::key(row, key, cap, what);
                if !always {
                    key.insert(WhereRoom);
                }
            }
        });
    });
}

/// Shows the present settings of the keys at the bottom.
pub(super) fn legend(
    scene: Res<Scene>,
    sensors: Query<(
        &SensorState,
        &Playback,
        &PointCloud,
        &Recorder,
        &RecorderState,
    )>,
    skeletons: Res<ShowSkeletons>,
    pace: Res<Pace>,
    layout: Res<Layout>,
    tab: Res<Tab>,
    mut values: Query<(&Value, &mut Text)>,
) {
    let Ok((state, playback, cloud, recorder, recorder_state)) = sensors.get(scene.sensor) else {
        return;
    };
    let on = |is: bool| if is { "on" } else { "off" };
    for (value, mut text) in &mut values {
        let word = match value.0 {
            KeyCode::KeyS => state.name(),
            KeyCode::F9 if recorder.active => recorder_state.name(),
            KeyCode::F9 => "off",
            KeyCode::Space if playback.paused => "paused",
            KeyCode::Space => "runs",
            KeyCode::KeyC => color_name(cloud.color),
            KeyCode::KeyD => match cloud.shape {
                PointShape::Disc => "discs",
                _ => "squares",
            },
            KeyCode::KeyB => on(skeletons.0),
            KeyCode::KeyT => match (pace.thins_out, pace.density()) {
                (false, _) => "off",
                (true, 1) => "not needed",
                (true, _) => "on",
            },
            KeyCode::Tab => on(layout.panel),
            KeyCode::KeyI => on(layout.images),
            KeyCode::KeyR => "reset",
            KeyCode::F1 => on(layout.panel && *tab == Tab::Keys),
            _ => continue,
        };
        set_text(&mut text, word);
    }
}

pub(super) fn show(
    sensors: Query<(
        &SensorDiagnostics,
        &Playback,
        &PlaybackPosition,
        Option<&SensorStream>,
    )>,
    scene: Res<Scene>,
    options: Res<Options>,
    pace: Res<Pace>,
    mut figures: Single<&mut Text, (With<Figures>, Without<Notice>)>,
    mut figures_box: Single<&mut Node, (With<FiguresBox>, Without<Notice>)>,
    notice: Single<(&mut Text, &mut Node), (With<Notice>, Without<Figures>, Without<FiguresBox>)>,
) {
    let (mut text, mut node) = notice.into_inner();
    let Ok((diagnostics, playback, position, stream)) = sensors.get(scene.sensor) else {
        return;
    };
    let slow = pace
        .notice("T")
        .filter(|_| options.show.screenshot.is_none() && stream.is_some());
    set_shown(&mut node, slow.is_some());
    set_text(&mut text, slow.as_deref().unwrap_or_default());

    let line = stream.map_or_else(String::new, |stream| {
        line(diagnostics, playback, position, stream)
    });
    set_shown(&mut figures_box, !line.is_empty());
    set_text(&mut figures, &printable(&line));
}

fn line(
    diagnostics: &SensorDiagnostics,
    playback: &Playback,
    position: &PlaybackPosition,
    stream: &SensorStream,
) -> String {
    let info = &stream.info;
    let is_recording = stream.duration.is_some();
    let speed = if is_recording && playback.speed != 1.0 {
        format!(" x{}", playback.speed)
    } else {
        String::new()
    };
    // Rates are meaningless while playback is paused.
    let rates = if playback.paused {
        String::new()
    } else {
        format!(
            "{:.1} fps   latency {:.1} ms (99 %: {:.1})   ",
            diagnostics.frame_rate,
            diagnostics.latency.as_secs_f32() * 1000.0,
            diagnostics.latency_p99.as_secs_f32() * 1000.0
        )
    };
    let placed = if stream.calibration.is_some() {
        ""
    } else {
        "   no calibration: no points"
    };
    let place = position.position.as_secs_f32();
    let time = match stream.duration {
        Some(_) => format!(
            "   {place:.2} / {:.2} s{speed}",
            position.duration.as_secs_f32()
        ),
        None if place > 0.0 => format!("   {place:.2} s"),
        None => String::new(),
    };
    format!(
        "{} + {}{time}\n{rates}dropped {}   errors {}{placed}",
        info.depth_mode,
        info.color_resolution,
        diagnostics.dropped_frames,
        diagnostics.image_errors,
    )
}
