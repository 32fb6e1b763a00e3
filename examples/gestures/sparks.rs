//! Sparks: a burst at the place of a gesture, a line of sparks along the arm of a person who points, and glitter from
//! the hands while a gesture lasts. They are entities with one mesh and a few materials.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::prelude::*;

use crate::place_of;

/// A spark.
#[derive(Component)]
pub(crate) struct Spark {
    velocity: Vec3,
    seconds: f32,
    lasts: f32,
    size: f32,
}

/// Sparks of a burst, and of a hand in a second.
const BURST: u32 = 70;
const GLITTER: f32 = 45.0;
/// Metres of a pointing ray.
const RAY: f32 = 2.5;
/// Metres per second, squared.
const GRAVITY: Vec3 = Vec3::new(0.0, -1.1, 0.0);

/// The mesh and the materials that all sparks share.
#[derive(Resource)]
pub(crate) struct Looks {
    ball: Handle<Mesh>,
    colors: Vec<Handle<StandardMaterial>>,
    /// The number of sparks so far, which scatters them.
    count: u32,
}

pub(crate) fn make_looks(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let ball = Sphere::new(1.0).mesh().ico(1);
    commands.insert_resource(Looks {
        ball: meshes.add(ball.unwrap_or_else(|_| Cuboid::default().into())),
        colors: PLAYER_COLORS
            .iter()
            .map(|&[r, g, b]| {
                materials.add(StandardMaterial {
                    base_color: Color::srgb_u8(r, g, b).mix(&Color::WHITE, 0.35),
                    unlit: true,
                    alpha_mode: AlphaMode::Add,
                    ..default()
                })
            })
            .collect(),
        count: 0,
    });
}

impl Looks {
    /// A number from 0 to 1, evenly spread; another for each spark and each `axis`.
    fn scattered(&self, axis: u32) -> f32 {
        // Multiples of these irrational numbers fill a cube evenly.
        let step = [0.819_172_5, 0.671_043_6, 0.549_700_5, 0.450_3][axis as usize % 4];
        (self.count as f32 * step).fract()
    }

    fn spark(&mut self, commands: &mut Commands, player: &Player, at: Vec3, velocity: Vec3) {
        self.count = (self.count + 1) % 100_000;
        let number = player.slot.unwrap_or(PLAYER_COLORS.len() - 1) % self.colors.len();
        let spark = Spark {
            velocity,
            seconds: 0.0,
            lasts: 0.5 + 0.9 * self.scattered(2),
            size: 0.006 + 0.011 * self.scattered(3),
        };
        commands.spawn((
            Mesh3d(self.ball.clone()),
            MeshMaterial3d(self.colors[number].clone()),
            Transform::from_translation(at).with_scale(Vec3::splat(spark.size)),
            NoFrustumCulling,
            spark,
        ));
    }

    /// A direction, evenly spread over the sphere.
    fn direction(&self) -> Vec3 {
        let y = 2.0 * self.scattered(0) - 1.0;
        let around = Vec2::from_angle(core::f32::consts::TAU * self.scattered(1));
        let flat = around * (1.0 - y * y).max(0.0).sqrt();
        Vec3::new(flat.x, y, flat.y)
    }
}

/// Sparks of gestures that were recognised.
pub(crate) fn burst(
    mut commands: Commands,
    mut made: MessageReader<GestureMade>,
    players: Query<(&Player, &Skeleton)>,
    sensors: Query<&GlobalTransform>,
    mut looks: ResMut<Looks>,
) {
    for made in made.read() {
        let (Ok((player, skeleton)), Ok(sensor)) =
            (players.get(made.player), sensors.get(made.sensor))
        else {
            continue;
        };
        let at = place_of(made, skeleton, sensor);
        for number in 0..BURST {
            let (from, velocity) = match made.ray {
                Some(ray) => {
                    // From the hand on, which is about this far from the eyes.
                    let along = 0.6 + RAY * number as f32 / BURST as f32;
                    (ray.get_point(along), looks.direction() * 0.05)
                }
                None => {
                    let speed = 0.35 + 0.75 * looks.scattered(2);
                    (at, looks.direction() * speed + Vec3::Y * 0.3)
                }
            };
            looks.spark(&mut commands, player, from, velocity);
        }
    }
}

/// Sparks from both hands while a gesture lasts.
pub(crate) fn glitter(
    mut commands: Commands,
    players: Query<(&Player, &ActiveGestures, &Skeleton, &ChildOf)>,
    sensors: Query<&GlobalTransform>,
    mut looks: ResMut<Looks>,
    mut due: Local<f32>,
    time: Res<Time>,
) {
    *due += GLITTER * time.delta_secs();
    let sparks = due.floor();
    *due -= sparks;
    for (player, active, skeleton, sensor) in &players {
        let Ok(sensor) = sensors.get(sensor.parent()) else {
            continue;
        };
        if active.iter().next().is_none() {
            continue;
        }
        for hand in [Joint::HandLeft, Joint::HandRight] {
            let hand = skeleton.joint(hand);
            if hand.confidence < JointConfidence::Medium {
                continue;
            }
            let at = sensor.transform_point(hand.position);
            for _ in 0..sparks as u32 {
                let from = at + looks.direction() * 0.05;
                let velocity = looks.direction() * 0.12 + Vec3::Y * 0.1;
                looks.spark(&mut commands, player, from, velocity);
            }
        }
    }
}

/// Moves sparks, which fall, shrink and go.
pub(crate) fn fly(
    mut commands: Commands,
    mut sparks: Query<(Entity, &mut Spark, &mut Transform)>,
    time: Res<Time>,
) {
    let seconds = time.delta_secs();
    for (entity, mut spark, mut place) in &mut sparks {
        spark.seconds += seconds;
        let left = 1.0 - spark.seconds / spark.lasts;
        if left <= 0.0 {
            commands.entity(entity).despawn();
            continue;
        }
        spark.velocity += GRAVITY * seconds;
        spark.velocity *= 1.0 - (1.4 * seconds).min(1.0);
        place.translation += spark.velocity * seconds;
        place.scale = Vec3::splat(spark.size * left);
    }
}
