//! The state of a sensor in words.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style::{GOOD, LABEL, NOTICE, PROBLEM};

/// The state of the sensor in words, and the colour of the text.
pub(super) fn of_state(
    state: &SensorState,
    source: &SensorSource,
    is_paused: bool,
) -> (String, Color) {
    let is_live = matches!(source, SensorSource::Device(_));
    match state {
        SensorState::Disabled => ("switched off".to_owned(), LABEL),
        SensorState::Opening => (opening(source).to_owned(), NOTICE),
        SensorState::Stabilising if is_live => {
            ("first images: the exposure settles".to_owned(), NOTICE)
        }
        SensorState::Stabilising | SensorState::Streaming if is_paused && !is_live => {
            ("paused".to_owned(), NOTICE)
        }
        SensorState::Stabilising | SensorState::Streaming => (
            match source {
                SensorSource::Recording(_) => "playing",
                _ => "streaming",
            }
            .to_owned(),
            GOOD,
        ),
        SensorState::Ended => ("at the end of the recording".to_owned(), LABEL),
        SensorState::Lost { .. } => ("lost; looking for it".to_owned(), PROBLEM),
        SensorState::Retrying { attempt, .. } => {
            (format!("looking for it (attempt {attempt})"), PROBLEM)
        }
        SensorState::Failed { .. } => ("cannot be shown".to_owned(), PROBLEM),
    }
}

/// The text while a source is being opened.
pub(super) fn opening(source: &SensorSource) -> &'static str {
    match source {
        SensorSource::Simulation(_) => "building the room ...",
        SensorSource::Recording(_) => "opening the recording ...",
        SensorSource::Device(_) => "opening the sensor ...",
        _ => "opening ...",
    }
}

/// A reason as a sentence: its first line, because the lines after it list the places that were searched.
pub(super) fn sentence(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default();
    let word = line.split([' ', ',', ';', ':']).next().unwrap_or_default();
    // Names of libraries and files stay as they are.
    let is_name = word.contains(|c: char| !c.is_lowercase());
    let mut sentence = String::with_capacity(line.len() + 1);
    let mut characters = line.chars();
    match characters.next() {
        Some(first) if !is_name => sentence.extend(first.to_uppercase()),
        first => sentence.extend(first),
    }
    sentence.push_str(characters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
