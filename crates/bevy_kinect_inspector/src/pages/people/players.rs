//! The players: where they are, how they stand, their hands and joints.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::{CollapsingHeader, Color32, Grid, RichText, ScrollArea, Ui};
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::kinect_tracking::standing::FootContact;
use bevy_kinect_azure::prelude::*;

use super::skeleton;
use crate::controls::{figure, figure_in, folded, named, nothing};
use crate::style::{ERROR, GOOD, LABEL, TEXT, WARNING};

/// All players.
#[derive(SystemParam)]
pub(crate) struct Players<'w, 's> {
    players: Query<
        'w,
        's,
        (
            Entity,
            &'static Player,
            &'static PlayerStatus,
            &'static Skeleton,
            Option<&'static PlayerStanding>,
            Option<&'static PlayerHands>,
            Option<&'static ActiveGestures>,
            &'static ChildOf,
        ),
    >,
}

/// Shows the players of a sensor.
pub(super) fn show(ui: &mut Ui, sensor: Entity, players: &Players) {
    let mut all: Vec<_> = players
        .players
        .iter()
        .filter(|player| player.7.parent() == sensor)
        .collect();
    // Those with a slot first.
    all.sort_by_key(|(_, player, ..)| (player.slot.unwrap_or(usize::MAX), player.id));
    if all.is_empty() {
        nothing(ui, "Nobody is there.");
    }
    for (entity, player, status, pose, standing, hands, gestures, _) in all {
        ui.push_id(entity, |ui| {
            let words = RichText::new(title(player, status, pose)).color(color(player.slot));
            let header = CollapsingHeader::new(words)
                .id_salt("player")
                .default_open(player.slot == Some(0));
            let header = header.show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    let name = format!("Skeleton of player {}", player.id);
                    skeleton::draw(ui, pose, color(player.slot), &name);
                    ui.vertical(|ui| figures(ui, status, pose, standing, hands, gestures));
                });
                let name = format!("Joints of player {}", player.id);
                folded(ui, &name, false, |ui| joints(ui, pose));
            });
            let name = format!("Player {}", player.id);
            named(ui, &header.header_response, &name);
        });
    }
}

fn color(slot: Option<usize>) -> Color32 {
    let number = slot.unwrap_or(PLAYER_COLORS.len() - 1) % PLAYER_COLORS.len();
    let [r, g, b] = PLAYER_COLORS[number];
    Color32::from_rgb(r, g, b)
}

fn title(player: &Player, status: &PlayerStatus, pose: &Skeleton) -> String {
    let slot = match player.slot {
        Some(slot) => format!("slot {slot}"),
        None => "no slot".to_owned(),
    };
    let away = pose.joint(Joint::Pelvis).position.length();
    let hidden = if status.presence == Presence::Hidden {
        ", hidden"
    } else {
        ""
    };
    format!(
        "Player {} · {slot} · {} m{hidden}",
        player.id,
        number(away, 1)
    )
}

/// A number; a dash if it is none.
fn number(value: f32, decimals: usize) -> String {
    if value.is_finite() {
        format!("{value:.decimals$}")
    } else {
        "–".to_owned()
    }
}

fn figures(
    ui: &mut Ui,
    status: &PlayerStatus,
    pose: &Skeleton,
    standing: Option<&PlayerStanding>,
    hands: Option<&PlayerHands>,
    gestures: Option<&ActiveGestures>,
) {
    let seen = match status.presence {
        Presence::Present => ("seen".to_owned(), GOOD),
        Presence::Hidden => (
            format!("hidden for {} s", number(status.hidden_seconds, 1)),
            WARNING,
        ),
    };
    figure_in(ui, "Presence", seen.0, seen.1);
    figure(ui, "There for", format!("{} s", number(status.seconds, 0)));
    let away = pose.joint(Joint::Pelvis).position;
    figure(ui, "Distance", format!("{} m", number(away.length(), 2)));
    let moving = if status.moving { "moves" } else { "stands" };
    figure(
        ui,
        "Speed",
        format!("{} m/s, {moving}", number(status.speed, 2)),
    );
    if status.cut_off.any() {
        figure_in(ui, "Cut off", edges(status), WARNING);
    }
    if let Some(standing) = standing {
        let height = standing.height.map_or_else(
            || "not known yet".to_owned(),
            |height| {
                let error = number(height.error * 100.0, 0);
                format!("{} m ± {error} cm", number(height.metres, 2))
            },
        );
        figure(ui, "Height", height);
        let feet = [&standing.left, &standing.right].map(|foot| match foot.contact {
            FootContact::Unknown => "?".to_owned(),
            FootContact::OnFloor => "floor".to_owned(),
            FootContact::InAir => format!("{} cm up", number(foot.height * 100.0, 0)),
        });
        figure(ui, "Feet (l, r)", feet.join(", "));
    }
    if let Some(hands) = hands {
        let words = [&hands.left, &hands.right].map(|hand| match hand.state() {
            HandState::Open => "open",
            HandState::Closed => "closed",
            _ => "?",
        });
        figure(ui, "Hands (l, r)", words.join(", "));
        let cursors = [&hands.left, &hands.right].map(|hand| match hand.cursor {
            Some(cursor) if cursor.pressed.is_some() => "presses",
            Some(_) => "raised",
            None => "rests",
        });
        figure(ui, "Cursors (l, r)", cursors.join(", "));
    }
    if let Some(gestures) = gestures {
        let active: Vec<String> = gestures
            .iter()
            .map(|gesture| format!("{gesture:?}"))
            .collect();
        let words = if active.is_empty() {
            "none".to_owned()
        } else {
            active.join(", ")
        };
        figure(ui, "Gestures", words);
    }
}

fn edges(status: &PlayerStatus) -> String {
    let edges = status.cut_off;
    let all = [
        (edges.left, "left"),
        (edges.right, "right"),
        (edges.top, "above"),
        (edges.bottom, "below"),
    ];
    let cut = all.iter().filter(|(is_cut, _)| *is_cut);
    cut.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

/// The table of joints.
fn joints(ui: &mut Ui, pose: &Skeleton) {
    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        Grid::new("joints")
            .num_columns(4)
            .spacing((10.0, 2.0))
            .striped(true)
            .show(ui, |ui| {
                for head in ["joint", "confidence", "x, y, z in m", "m/s"] {
                    ui.label(RichText::new(head).small().color(LABEL));
                }
                ui.end_row();
                for joint in Joint::ALL {
                    let data = pose.joint(joint);
                    let (word, color) = match data.confidence {
                        JointConfidence::None => ("none", ERROR),
                        JointConfidence::Low => ("low", WARNING),
                        JointConfidence::Medium => ("medium", GOOD),
                        _ => ("high", GOOD),
                    };
                    let small =
                        |words: String, color: Color32| RichText::new(words).small().color(color);
                    ui.label(small(joint.name().to_owned(), TEXT));
                    ui.label(small(word.to_owned(), color));
                    let at = data.position.to_array().map(|value| number(value, 2));
                    ui.label(small(at.join(", "), TEXT));
                    ui.label(small(number(data.velocity.length(), 2), TEXT));
                    ui.end_row();
                }
            });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn players_without_a_place_have_a_title() {
        let mut pose = Skeleton::default();
        pose.joints[0].position = Vec3::NAN;
        let title = title(&Player::default(), &PlayerStatus::default(), &pose);
        assert_eq!(title, "Player 0 · no slot · – m");
    }
}
