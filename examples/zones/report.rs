//! Names of zones on the plan, and the panel: the players in each zone with the length of their stays, and a log.

use std::collections::VecDeque;
use std::fmt::Write;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::style;

use crate::View;

/// The last events, newest first.
#[derive(Resource, Default)]
pub(crate) struct Log(VecDeque<String>);

const LINES: usize = 12;

/// A text of the panel.
#[derive(Component, Clone, Copy)]
pub(crate) enum Panel {
    Status,
    Zones,
    Log,
}

/// The name of a zone on the plan.
#[derive(Component)]
pub(crate) struct Label(Entity);

pub(crate) fn spawn(mut commands: Commands, zones: Query<(Entity, &Name), With<BodyZone>>) {
    for (zone, name) in &zones {
        commands.spawn((
            Label(zone),
            Text::new(name.to_string()),
            style::text_font(13.0),
            TextColor(style::LABEL),
            Node {
                position_type: PositionType::Absolute,
                ..default()
            },
        ));
    }
    let parts = [
        (Panel::Zones, 15.0, style::TEXT),
        (Panel::Log, 13.0, style::LABEL),
        (Panel::Status, 12.0, style::LABEL),
    ];
    commands
        .spawn(Node {
            position_type: PositionType::Absolute,
            left: px(14),
            top: px(14),
            bottom: px(14),
            width: percent(25),
            flex_direction: FlexDirection::Column,
            row_gap: px(10),
            ..default()
        })
        .with_children(|column| {
            for (panel, size, color) in parts {
                column.spawn((
                    panel,
                    Text::default(),
                    style::text_font(size),
                    TextColor(color),
                    BackgroundColor(style::PANEL),
                    Node {
                        padding: UiRect::axes(px(14), px(11)),
                        border_radius: BorderRadius::all(px(6)),
                        flex_grow: if matches!(panel, Panel::Log) {
                            1.0
                        } else {
                            0.0
                        },
                        ..default()
                    },
                ));
            }
        });
}

/// Writes the log.
pub(crate) fn listen(
    mut log: ResMut<Log>,
    mut entered: MessageReader<ZoneEntered>,
    mut dwelled: MessageReader<ZoneDwelled>,
    mut left: MessageReader<ZoneLeft>,
    zones: Query<&Name>,
    time: Res<Time>,
) {
    let seconds = time.elapsed_secs();
    let name = |zone| zones.get(zone).map_or("a zone", |name| name.as_str());
    let lines = (left.read())
        .map(|m| format!("{} left {} after {:.1} s", m.id, name(m.zone), m.seconds))
        .chain((entered.read()).map(|m| format!("{} entered {}", m.id, name(m.zone))))
        .chain((dwelled.read()).map(|m| format!("{} stays in {}", m.id, name(m.zone))));
    for line in lines {
        log.0.push_front(format!("{seconds:5.1}  {line}"));
    }
    log.0.truncate(LINES);
}

/// Puts the names of zones into their lower left corners.
pub(crate) fn label(
    mut labels: Query<(&Label, &mut Node, &mut TextColor)>,
    zones: Query<(&BodyZone, &ZoneOccupants)>,
    view: Single<(&Camera, &GlobalTransform), With<View>>,
) {
    let (camera, place) = *view;
    for (label, mut node, mut color) in &mut labels {
        let Ok((zone, occupants)) = zones.get(label.0) else {
            continue;
        };
        let ZoneVolume::Floor { corners, .. } = &zone.volume else {
            continue;
        };
        let middle = corners.iter().sum::<Vec2>() / corners.len().max(1) as f32;
        let near = corners
            .iter()
            .map(|corner| corner.y)
            .fold(f32::MIN, f32::max);
        let at = Vec3::new(middle.x, 0.0, near);
        if let Ok(at) = camera.world_to_viewport(place, at) {
            node.left = px(at.x - 26.0);
            node.top = px(at.y - 22.0);
        }
        color.0 = if occupants.is_empty() {
            style::LABEL
        } else {
            style::TEXT
        };
    }
}

pub(crate) fn update(
    mut panels: Query<(&Panel, &mut Text)>,
    zones: Query<(&Name, &BodyZone, &ZoneOccupants)>,
    tracker: Option<Single<(&BodyTrackingState, Option<&SensorState>)>>,
    log: Res<Log>,
) {
    for (panel, mut text) in &mut panels {
        let mut words = String::new();
        match panel {
            Panel::Zones => {
                for (number, (name, zone, occupants)) in zones.iter().enumerate() {
                    let gap = if number > 0 { "\n" } else { "" };
                    let _ = write!(words, "{gap}{name}: {}", occupants.players.len());
                    for stay in &occupants.players {
                        let dwell = zone.dwell.as_secs_f32();
                        let _ = write!(
                            words,
                            "\n  player {}  {:.1}/{dwell:.0} s",
                            stay.id, stay.seconds
                        );
                    }
                }
            }
            Panel::Log => {
                words.push_str("players: come, stay, go\n");
                for line in &log.0 {
                    let _ = write!(words, "\n{line}");
                }
            }
            Panel::Status => {
                if let Some(tracker) = &tracker {
                    let problem = tracker.1.and_then(SensorState::problem);
                    match problem.or(tracker.0.problem()) {
                        Some(problem) => words.push_str(problem),
                        None => words.push_str(&tracker.0.name),
                    }
                }
            }
        }
        if text.0 != words {
            text.0 = words;
        }
    }
}
