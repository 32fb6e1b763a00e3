//! People from above: shoulders and head, a ring that fills while they stay in a zone, and a trail of the way that they
//! walked.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::prelude::*;

use crate::plan::{paint, ring};

/// Steps of the ring that shows how much of the time in a zone is over.
const RING_STEPS: usize = 48;
/// How often a dot of the trail is dropped, and how long it lasts, in seconds.
const DOT_EVERY: f32 = 0.12;
const DOT_LASTS: f32 = 7.0;
/// How far a person moves from dot to dot, at least, in metres.
const DOT_APART: f32 = 0.06;

/// Meshes of unit size, and a material for each colour of players.
#[derive(Resource)]
pub(crate) struct Looks {
    disc: Handle<Mesh>,
    /// From empty to full.
    rings: Vec<Handle<Mesh>>,
    white: Handle<StandardMaterial>,
    colors: Vec<[Handle<StandardMaterial>; 2]>,
}

impl Looks {
    /// The player's colour, and a darker one.
    fn of(&self, player: &Player) -> &[Handle<StandardMaterial>; 2] {
        let number = player.slot.unwrap_or(PLAYER_COLORS.len() - 1);
        &self.colors[number % self.colors.len()]
    }
}

pub(crate) fn make_looks(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let share = |step: usize| step.max(1) as f32 / RING_STEPS as f32;
    commands.insert_resource(Looks {
        disc: meshes.add(ring(0.0, 1.0, 1.0, false)),
        rings: (0..=RING_STEPS)
            .map(|step| meshes.add(ring(0.35, 0.39, share(step), false)))
            .collect(),
        white: materials.add(paint(Color::srgb(1.0, 0.93, 0.8))),
        colors: PLAYER_COLORS
            .iter()
            .map(|&[r, g, b]| {
                let color = Color::srgb_u8(r, g, b);
                [color, color.mix(&Color::BLACK, 0.35)].map(|color| materials.add(paint(color)))
            })
            .collect(),
    });
}

/// A part of a person on the plan.
#[derive(Component)]
pub(crate) struct Figure {
    player: Entity,
    part: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Shoulders,
    Head,
    Ring,
}

/// A dot of a trail, with its age in seconds.
#[derive(Component)]
pub(crate) struct Dot(f32);

/// The last dot of a player's trail.
#[derive(Component)]
pub(crate) struct Trail {
    at: Vec3,
    seconds: f32,
}

/// Adds figures for new players.
pub(crate) fn add(
    mut commands: Commands,
    players: Query<Entity, Added<Player>>,
    looks: Res<Looks>,
) {
    for player in &players {
        for part in [Part::Shoulders, Part::Head, Part::Ring] {
            commands.spawn((
                Figure { player, part },
                Mesh3d(looks.disc.clone()),
                MeshMaterial3d(looks.white.clone()),
                Transform::default(),
                NoFrustumCulling,
            ));
        }
    }
}

/// Moves figures to where the players are; figures of players who have left go.
pub(crate) fn place(
    mut commands: Commands,
    mut figures: Query<(
        Entity,
        &Figure,
        &mut Transform,
        &mut Visibility,
        &mut Mesh3d,
        &mut MeshMaterial3d<StandardMaterial>,
    )>,
    players: Query<(&Player, &PlayerStatus, &Skeleton, &ChildOf)>,
    sensors: Query<&GlobalTransform>,
    zones: Query<(&BodyZone, &ZoneOccupants)>,
    looks: Res<Looks>,
) {
    for (entity, figure, mut place, mut visibility, mut mesh, mut material) in &mut figures {
        let Ok((player, status, skeleton, sensor)) = players.get(figure.player) else {
            commands.entity(entity).despawn();
            continue;
        };
        let Ok(sensor) = sensors.get(sensor.parent()) else {
            continue;
        };
        let at = |joint| sensor.transform_point(skeleton.joint(joint).position);
        let (left, right) = (at(Joint::ShoulderLeft), at(Joint::ShoulderRight));
        let between = (right - left).with_y(0.0);
        let middle = left.midpoint(right);
        let [light, dark] = looks.of(player);
        let is_hidden = status.presence == Presence::Hidden;
        let mut look = if is_hidden { dark } else { light };
        let mut is_visible = true;
        let (center, height, size) = match figure.part {
            Part::Shoulders => {
                look = dark;
                let half = (0.5 * between.length()).clamp(0.05, 0.4);
                (middle, 0.2, Vec3::new(half + 0.07, 1.0, 0.13))
            }
            Part::Head => (at(Joint::Head), 0.22, Vec3::splat(0.11)),
            Part::Ring => {
                let share = share_of_dwell(&zones, player.id);
                is_visible = share.is_some();
                let step = share.unwrap_or_default() * RING_STEPS as f32;
                mesh.set_if_neq(Mesh3d(looks.rings[(step as usize).min(RING_STEPS)].clone()));
                if share.is_some_and(|share| share < 1.0) {
                    look = &looks.white;
                }
                (middle, 0.18, Vec3::ONE)
            }
        };
        visibility.set_if_neq(match is_visible {
            true => Visibility::Inherited,
            false => Visibility::Hidden,
        });
        material.set_if_neq(MeshMaterial3d(look.clone()));
        *place = Transform::from_translation(center.with_y(height)).with_scale(size);
        if figure.part == Part::Shoulders {
            place.rotation = Quat::from_rotation_y((-between.z).atan2(between.x));
        }
    }
}

/// How much of a zone's time a player has been in it, at most 1; `None` outside of zones.
fn share_of_dwell(zones: &Query<(&BodyZone, &ZoneOccupants)>, id: u32) -> Option<f32> {
    let shares = zones.iter().filter_map(|(zone, occupants)| {
        let stay = occupants.players.iter().find(|stay| stay.id == id)?;
        Some((stay.seconds / zone.dwell.as_secs_f32()).min(1.0))
    });
    shares.reduce(f32::max)
}

/// Drops dots where players walk; dots shrink and go.
pub(crate) fn trail(
    mut commands: Commands,
    mut players: Query<(Entity, &Player, &GlobalTransform, Option<&mut Trail>)>,
    mut dots: Query<(Entity, &mut Dot, &mut Transform)>,
    looks: Res<Looks>,
    time: Res<Time>,
) {
    for (entity, player, place, trail) in &mut players {
        let at = place.translation().with_y(0.1);
        let Some(mut trail) = trail else {
            commands
                .entity(entity)
                .try_insert(Trail { at, seconds: 0.0 });
            continue;
        };
        trail.seconds += time.delta_secs();
        if trail.seconds < DOT_EVERY || trail.at.distance(at) < DOT_APART {
            continue;
        }
        *trail = Trail { at, seconds: 0.0 };
        let [light, _] = looks.of(player);
        commands.spawn((
            Dot(0.0),
            Mesh3d(looks.disc.clone()),
            MeshMaterial3d(light.clone()),
            Transform::from_translation(at).with_scale(Vec3::splat(0.035)),
        ));
    }
    for (entity, mut dot, mut place) in &mut dots {
        dot.0 += time.delta_secs();
        let left = 1.0 - dot.0 / DOT_LASTS;
        if left <= 0.0 {
            commands.entity(entity).despawn();
        } else {
            place.scale = Vec3::splat(0.035 * left.sqrt());
        }
    }
}
