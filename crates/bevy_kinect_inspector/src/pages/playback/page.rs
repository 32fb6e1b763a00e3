//! Buttons, speed, the part that plays, and markers.

use core::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::prelude::*;

use super::line::{Line, Moved, length, title};
use crate::controls::{
    Number, Slider, button, buttons, figure, nothing, section, switch, text, text_field, warning,
};
use crate::inspector::KinectInspector;
use crate::markers::{PlaybackMarker, PlaybackMarkers};
use crate::pages::units::clock;

/// What the page knows about a sensor that plays.
type Player<'w> = (
    &'w KinectSensor,
    &'w SensorState,
    Option<&'w SensorStream>,
    &'w mut Playback,
    &'w PlaybackPosition,
    Option<&'w mut PlaybackMarkers>,
);

/// A drag of the position.
#[derive(Default)]
pub(crate) struct Scrub {
    /// Whether the recording goes on playing when the position is let go.
    plays_on: Option<bool>,
    /// The time that was sought last.
    sought: Option<Duration>,
}

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    inspector: Res<KinectInspector>,
    mut sensors: Query<Player>,
    mut moves: MessageWriter<PlaybackCommand>,
    mut commands: Commands,
    mut scrub: Local<Scrub>,
) {
    let Some(sensor) = inspector.sensor else {
        nothing(ui, "There is no sensor. The page Sensors adds one.");
        return;
    };
    let Ok((kinect, state, stream, mut playback, position, markers)) = sensors.get_mut(sensor)
    else {
        nothing(ui, "The sensor is gone.");
        return;
    };
    match kinect.source {
        SensorSource::None | SensorSource::Device(_) => {
            nothing(
                ui,
                "This sensor has no time line: recordings and simulations have one. The page Sensors chooses the source.",
            );
            return;
        }
        _ => {}
    }
    let mut wanted = playback.clone();
    let mut marked = markers.as_deref().cloned().unwrap_or_default();
    let duration = stream.and_then(|stream| stream.duration);
    let now = position.position;
    let line = Line {
        length: length(duration, now, wanted.to),
        position: now,
        from: wanted.from,
        to: wanted.to,
        markers: &marked,
    };
    let end = wanted.to.unwrap_or(line.length);

    ui.add_space(6.0);
    let moved = line.show(ui);
    let mut send = |action| {
        moves.write(PlaybackCommand { sensor, action });
    };
    if let Some(moved) = moved {
        match moved {
            Moved::Scrub(time) => {
                // Keys move the position without letting it go.
                if ui.input(|input| input.pointer.any_down()) {
                    scrub.plays_on.get_or_insert(!wanted.paused);
                    wanted.paused = true;
                }
                if scrub.sought.replace(time) != Some(time) {
                    send(PlaybackAction::Seek(time));
                }
            }
            Moved::Released => {}
            Moved::From(time) => wanted.from = time,
            Moved::To(time) => wanted.to = Some(time),
            Moved::Step(captures) => send(PlaybackAction::Step(captures)),
            Moved::PlayOrPause => wanted.paused = !wanted.paused,
            Moved::MarkFrom => wanted.from = now,
            Moved::MarkTo => wanted.to = Some(now),
            Moved::AddMarker => marked.push(marker(now)),
        }
    }
    if !ui.input(|input| input.pointer.any_down()) {
        scrub.sought = None;
        if let Some(plays_on) = scrub.plays_on.take() {
            wanted.paused = !plays_on;
        }
    }

    let play = if wanted.paused { "Play" } else { "Pause" };
    match buttons(ui, &["Start", "Step back", play, "Step", "End"]) {
        Some(0) => send(PlaybackAction::Seek(wanted.from)),
        Some(1) => send(PlaybackAction::Step(-1)),
        Some(2) if state == &SensorState::Ended && !wanted.paused => {
            send(PlaybackAction::Seek(wanted.from));
        }
        Some(2) => wanted.paused = !wanted.paused,
        Some(3) => send(PlaybackAction::Step(1)),
        Some(4) => send(PlaybackAction::Seek(end)),
        _ => {}
    }
    figure(ui, "Position", at(now, duration));
    figure(ui, "State", state.name());
    figure(ui, "Begun again", format!("{} times", position.loops));
    if let Some(problem) = state.problem() {
        warning(ui, problem);
    }
    if let Some(speed) = Slider::new("Speed", 0.05..=8.0)
        .unit("×")
        .decimals(2)
        .logarithmic()
        .show(ui, wanted.speed)
    {
        wanted.speed = speed;
    }
    if button(ui, "Recorded speed") {
        wanted.speed = 1.0;
    }
    if let Some(looping) = switch(ui, "Loop", wanted.looping) {
        wanted.looping = looping;
    }
    if let Some(keeps) = switch(ui, "Every capture", wanted.keep_every_capture) {
        wanted.keep_every_capture = keeps;
    }
    section(ui, "Part that plays", |ui| part(ui, &mut wanted, now));
    section(ui, "Markers", |ui| {
        if let Some(time) = list(ui, &mut marked, now) {
            send(PlaybackAction::Seek(time));
        }
    });
    section(ui, "Keys on the time line", |ui| {
        text(
            ui,
            "Left and right: a step, with Shift one second. Home and End: the marks. Space: play and pause. I and O set the marks, M adds a marker.",
        );
    });

    playback.set_if_neq(wanted);
    match markers {
        Some(mut markers) => {
            markers.set_if_neq(marked);
        }
        None if !marked.is_empty() => {
            commands.entity(sensor).try_insert(marked);
        }
        None => {}
    }
}

/// The position, and the length if there is one.
fn at(now: Duration, duration: Option<Duration>) -> String {
    match duration {
        Some(duration) => format!("{} of {}", clock(now), clock(duration)),
        None => clock(now),
    }
}

fn marker(at: Duration) -> PlaybackMarker {
    PlaybackMarker {
        at,
        name: String::new(),
    }
}

/// The two marks.
fn part(ui: &mut Ui, playback: &mut Playback, now: Duration) {
    let seconds = |ui: &mut Ui, name: &str, time: Duration| {
        let number = Number::new(name)
            .range(0.0..=1e6)
            .unit(" s")
            .speed(0.02)
            .decimals(3);
        let chosen = number.show(ui, time.as_secs_f64())?;
        Duration::try_from_secs_f64(chosen).ok()
    };
    if let Some(from) = seconds(ui, "In", playback.from) {
        playback.from = from;
    }
    match playback.to {
        Some(to) => {
            if let Some(to) = seconds(ui, "Out", to) {
                playback.to = Some(to);
            }
        }
        None => figure(ui, "Out", "the end"),
    }
    match buttons(ui, &["In here", "Out here", "Whole recording"]) {
        Some(0) => playback.from = now,
        Some(1) => playback.to = Some(now),
        Some(2) => (playback.from, playback.to) = (Duration::ZERO, None),
        _ => {}
    }
    if playback.to.is_some_and(|to| to <= playback.from) {
        warning(
            ui,
            "The part ends before it begins: the whole recording plays. Move one of the marks.",
        );
    }
}

/// The list of markers; the time to go to.
fn list(ui: &mut Ui, markers: &mut Vec<PlaybackMarker>, now: Duration) -> Option<Duration> {
    let mut go = None;
    let mut deleted = None;
    for (number, marker) in markers.iter_mut().enumerate() {
        let named = title(marker, number);
        ui.push_id(number, |ui| {
            let label = format!("Name of marker {}", number + 1);
            if let Some(name) = text_field(ui, &label, &marker.name, &clock(marker.at)) {
                marker.name = name;
            }
            let names = [format!("Go to {named} now"), format!("Delete {named}")];
            match buttons(ui, &[&names[0], &names[1]]) {
                Some(0) => go = Some(marker.at),
                Some(1) => deleted = Some(number),
                _ => {}
            }
        });
    }
    if let Some(number) = deleted {
        markers.remove(number);
    }
    if button(ui, "Add a marker here") {
        markers.push(marker(now));
    }
    go
}
