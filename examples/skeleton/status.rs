//! The tracker that runs, its speed, and the players.

use std::fmt::Write;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::Scene;
use crate::truth::Truth;

/// The text.
#[derive(Component)]
pub(crate) struct Status;

pub(crate) fn update(
    scene: Res<Scene>,
    truth: Res<Truth>,
    trackings: Query<(&BodyTrackingState, Option<&SensorState>)>,
    players: Query<(&Player, &PlayerStatus, &Skeleton)>,
    mut text: Single<&mut Text, With<Status>>,
) {
    let Ok((tracking, sensor)) = trackings.get(scene.sensor) else {
        return;
    };
    let mut words = String::new();
    if let Some(problem) = sensor.and_then(SensorState::problem) {
        let _ = writeln!(words, "{problem}");
    }
    let _ = match (tracking.problem(), tracking.name.as_str()) {
        (Some(problem), _) => writeln!(words, "{problem}"),
        (None, "") => writeln!(words, "waiting for the first capture"),
        (None, name) => writeln!(words, "{name}"),
    };
    for note in &tracking.notes {
        let _ = writeln!(words, "{note}");
    }
    let _ = write!(
        words,
        "{:.0} ms behind the captures (99 %: {:.0} ms)",
        tracking.stages.latency.p50_ms, tracking.stages.latency.p99_ms
    );
    if let Some(legend) = truth.words() {
        let _ = write!(words, "\n{legend}");
    }
    let mut players: Vec<_> = players.iter().collect();
    players.sort_by_key(|(player, ..)| player.id);
    for (player, status, skeleton) in players {
        let seen = skeleton
            .joints
            .iter()
            .filter(|joint| joint.confidence >= JointConfidence::Medium)
            .count();
        let slot = player
            .slot
            .map_or_else(|| "-".to_owned(), |slot| slot.to_string());
        let away = -skeleton.joint(Joint::Pelvis).position.z;
        let _ = write!(
            words,
            "\nslot {slot}: player {}, {away:.1} m away, {seen} of 32 joints seen",
            player.id
        );
        if status.presence == Presence::Hidden {
            let _ = write!(words, ", hidden for {:.1} s", status.hidden_seconds);
        }
        if status.cut_off.any() {
            words.push_str(", cut off");
        }
    }
    if text.0 != words {
        text.0 = words;
    }
}
