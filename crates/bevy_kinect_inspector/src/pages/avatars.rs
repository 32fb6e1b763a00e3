//! The page "Avatars": humanoid models that follow players, their bones, and how they follow.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::{CollapsingHeader, RichText, Ui};
use bevy_kinect_azure::prelude::*;

use super::sensor_name::sensor_name;
use crate::controls::{
    Number, Slider, choice, choice_of, error, figure, figure_in, folded, named, nothing, section,
    switch, text, warning,
};
use crate::style::{GOOD, LABEL, TEXT, WARNING};

/// The nodes of models.
#[derive(SystemParam)]
pub(crate) struct Nodes<'w, 's> {
    children: Query<'w, 's, &'static Children>,
    names: Query<'w, 's, &'static Name>,
    avatars: Query<'w, 's, (), With<Avatar>>,
}

impl Nodes<'_, '_> {
    /// The names of the nodes below an avatar, in the order of the tree; those of other avatars are left out.
    fn below(&self, avatar: Entity) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let mut waiting = vec![avatar];
        while let Some(entity) = waiting.pop() {
            if entity != avatar {
                if self.avatars.contains(entity) {
                    continue;
                }
                if let Ok(name) = self.names.get(entity)
                    && !names.contains(&name.as_str())
                {
                    names.push(name);
                }
            }
            if let Ok(children) = self.children.get(entity) {
                waiting.extend(children.iter().rev());
            }
        }
        names
    }
}

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut avatars: Query<(Entity, &mut Avatar, &AvatarState)>,
    players: Query<(&Player, &PlayerStatus)>,
    sensors: Query<(Entity, Option<&Name>), With<BodyTracking>>,
    nodes: Nodes,
) {
    let mut all: Vec<_> = avatars.iter_mut().collect();
    all.sort_by_key(|(entity, ..)| entity.index_u32());
    if all.is_empty() {
        nothing(
            ui,
            "There are no avatars. An avatar is the component Avatar on the entity of a humanoid model.",
        );
    }
    for (number, (entity, mut avatar, state)) in all.into_iter().enumerate() {
        let own = nodes.names.get(entity).ok().map(Name::as_str);
        let title = match own.filter(|name| !name.trim().is_empty()) {
            Some(name) => name.to_owned(),
            None => format!("Avatar {entity}"),
        };
        ui.push_id(entity, |ui| {
            let header = CollapsingHeader::new(RichText::new(&title).color(TEXT).strong())
                .id_salt("avatar")
                .default_open(number == 0);
            let header = header.show(ui, |ui| {
                let mut wanted = avatar.clone();
                states(ui, state, &players);
                follows(ui, &mut wanted, &sensors);
                section(ui, "Movement", |ui| movement(ui, &mut wanted));
                section(ui, "Bones", |ui| {
                    bones(ui, &mut wanted, state, &nodes, &nodes.below(entity));
                });
                avatar.set_if_neq(wanted);
            });
            named(ui, &header.header_response, &title);
        });
    }
}

fn states(ui: &mut Ui, state: &AvatarState, players: &Query<(&Player, &PlayerStatus)>) {
    let followed = state.player.and_then(|player| players.get(player).ok());
    let (words, color) = match followed {
        None => ("nobody".to_owned(), LABEL),
        Some((player, status)) if status.presence == Presence::Hidden => {
            (format!("player {}, hidden", player.id), WARNING)
        }
        Some((player, _)) => (format!("player {}", player.id), GOOD),
    };
    figure_in(ui, "Player", words, color);
    let found = match state.is_ready() {
        true => format!("{} of {} bones found", state.bones.len(), HumanBone::COUNT),
        false if state.problem.is_some() => "does not move".to_owned(),
        false => "is being loaded".to_owned(),
    };
    figure(ui, "Model", found);
    if let Some(problem) = &state.problem {
        error(ui, problem);
    }
    for note in &state.notes {
        warning(ui, note);
    }
}

fn follows(
    ui: &mut Ui,
    avatar: &mut Avatar,
    sensors: &Query<(Entity, Option<&Name>), With<BodyTracking>>,
) {
    let mut whom = vec![
        (AvatarPlayer::Slot(0), "the player in slot 0"),
        (AvatarPlayer::Slot(1), "the player in slot 1"),
        (AvatarPlayer::Slot(2), "the player in slot 2"),
        (AvatarPlayer::Slot(3), "the player in slot 3"),
        (AvatarPlayer::Slot(4), "the player in slot 4"),
        (AvatarPlayer::Slot(5), "the player in slot 5"),
        (AvatarPlayer::Longest, "who has been there longest"),
        (AvatarPlayer::Nearest, "the nearest player"),
        (AvatarPlayer::Nobody, "nobody"),
    ];
    match avatar.player {
        AvatarPlayer::Slot(slot) if slot > 5 => whom.push((avatar.player, "a higher slot")),
        AvatarPlayer::Entity(_) => whom.push((avatar.player, "a player that the app chose")),
        _ => {}
    }
    if let Some(player) = choice(ui, "Follows", &avatar.player, &whom) {
        avatar.player = player;
    }
    if sensors.iter().count() > 1 || avatar.sensor.is_some() {
        let named: Vec<(Option<Entity>, String)> = sensors
            .iter()
            .map(|(entity, name)| (Some(entity), sensor_name(entity, name)))
            .collect();
        let mut all = vec![(None, "all sensors")];
        all.extend(named.iter().map(|(entity, name)| (*entity, name.as_str())));
        if let Some(sensor) = choice(ui, "Of sensor", &avatar.sensor, &all) {
            avatar.sensor = sensor;
        }
    }
}

fn movement(ui: &mut Ui, avatar: &mut Avatar) {
    let Avatar {
        settings,
        life_size,
        upright,
        ..
    } = avatar;
    for (name, flag) in [
        ("Mirror", &mut settings.mirror),
        ("Plant feet", &mut settings.plant_feet),
        ("Reach hands", &mut settings.reach_hands),
        ("Life size", life_size),
        ("Stand upright", upright),
    ] {
        if let Some(is_on) = switch(ui, name, *flag) {
            *flag = is_on;
        }
    }
    let walks = [
        (RootMotion::Room, "as the person walks"),
        (RootMotion::InPlace, "in its place"),
    ];
    if let Some(motion) = choice(ui, "Walks", &settings.root_motion, &walks) {
        settings.root_motion = motion;
    }
    for (name, help, time) in [
        (
            "Smoothing",
            "Time constant of an own smoothing of all bones",
            &mut settings.smoothing_seconds,
        ),
        (
            "Blending",
            "How long the change between animation and person takes",
            &mut settings.blend_seconds,
        ),
    ] {
        if let Some(seconds) = Slider::new(name, 0.0..=2.0)
            .unit(" s")
            .decimals(2)
            .help(help)
            .show(ui, *time)
        {
            *time = seconds;
        }
    }
    match switch(ui, "Estimate floor", settings.floor.is_none()) {
        Some(true) => settings.floor = None,
        Some(false) => settings.floor = Some(0.0),
        None => {}
    }
    if let Some(floor) = settings.floor
        && let Some(floor) = Number::new("Floor height")
            .range(-10.0..=10.0)
            .unit(" m")
            .speed(0.01)
            .decimals(2)
            .show(ui, floor)
    {
        settings.floor = Some(floor);
    }
}

/// The bones of the model: first those that were not found.
fn bones(ui: &mut Ui, avatar: &mut Avatar, state: &AvatarState, nodes: &Nodes, names: &[&str]) {
    if !state.is_ready() && names.is_empty() {
        text(ui, "The model has no nodes yet.");
        return;
    }
    if !state.unmatched.is_empty() {
        let missing: Vec<_> = state.unmatched.iter().map(|of| of.bone.name()).collect();
        warning(
            ui,
            format!(
                "Not found in the model: {}. Choose the nodes of these parts of the body.",
                missing.join(", ")
            ),
        );
        for unmatched in &state.unmatched {
            bone(
                ui,
                unmatched.bone,
                &unmatched.nearest,
                avatar,
                state,
                nodes,
                names,
            );
        }
    }
    folded(ui, "All bones", false, |ui| {
        let is_missing = |bone| state.unmatched.iter().any(|of| of.bone == bone);
        for part in HumanBone::ALL.into_iter().filter(|part| !is_missing(*part)) {
            bone(ui, part, &[], avatar, state, nodes, names);
        }
    });
}

/// A part of the body with a list of the model's nodes, the nearest names first.
fn bone(
    ui: &mut Ui,
    part: HumanBone,
    nearest: &[String],
    avatar: &mut Avatar,
    state: &AvatarState,
    nodes: &Nodes,
    names: &[&str],
) {
    let by_hand = avatar.bones.iter().find(|(of, _)| *of == part);
    let found = state.bone(part).and_then(|node| nodes.names.get(node).ok());
    let shown = match (by_hand, found) {
        (Some((_, node)), _) => node.as_str(),
        (None, Some(node)) => node.as_str(),
        (None, None) if part.is_optional() => "none",
        (None, None) => "not found",
    };
    let is_near = |name: &&str| nearest.iter().any(|near| near == name);
    let others = names.iter().copied().filter(|name| !is_near(name));
    let all: Vec<&str> = nearest.iter().map(String::as_str).chain(others).collect();
    let automatic = "automatic";
    let clicked = choice_of(ui, part.name(), shown, all.len() + 1, |at| match at {
        0 => automatic.to_owned(),
        at => all[at - 1].to_owned(),
    });
    let Some(clicked) = clicked else { return };
    let node = clicked.checked_sub(1).map(|at| all[at].to_owned());
    avatar.bones.retain(|(of, _)| *of != part);
    avatar.bones.extend(node.map(|node| (part, node)));
}
