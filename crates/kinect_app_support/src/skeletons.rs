//! The look of skeletons in 3D: a ball for each joint and a stick for each bone. Joints that the sensor does not see are drawn thin
//! and dark, joints without a place are not drawn. [`SkeletonsPlugin`] draws the skeletons of all players.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::prelude::*;

/// Radii in metres.
const JOINT_RADIUS: f32 = 0.024;
const BONE_RADIUS: f32 = 0.011;
/// Lifts skeletons in front of the points of the bodies they are in, by about a tenth of the distance.
const DEPTH_BIAS: f32 = 1.0e6;
/// The share of the thickness and of the brightness of a joint that is not seen.
const UNSEEN: f32 = 0.45;

/// Draws the skeletons of all players.
pub struct SkeletonsPlugin;

impl Plugin for SkeletonsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, make_look)
            .add_systems(Update, (add_marks, update_marks).chain());
    }
}

/// The colour of a player.
pub fn player_color(player: &Player) -> Color {
    let number = player.slot.unwrap_or(PLAYER_COLORS.len() - 1);
    let [r, g, b] = PLAYER_COLORS[number % PLAYER_COLORS.len()];
    Color::srgb_u8(r, g, b)
}

/// Meshes of unit size, and a material for each colour of players: seen and unseen. Made by [`make_look`].
#[derive(Resource)]
pub struct SkeletonLook {
    ball: Handle<Mesh>,
    stick: Handle<Mesh>,
    materials: Vec<[Handle<StandardMaterial>; 2]>,
}

impl SkeletonLook {
    /// The stick of a bone or the ball of a joint.
    pub fn mesh(&self, is_bone: bool) -> Mesh3d {
        Mesh3d(if is_bone { &self.stick } else { &self.ball }.clone())
    }

    /// The material in the player colour of that number.
    pub fn material(&self, number: usize, is_seen: bool) -> &Handle<StandardMaterial> {
        &self.materials[number % self.materials.len()][usize::from(!is_seen)]
    }
}

/// A system for `Startup` that makes the [`SkeletonLook`].
pub fn make_look(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let sphere = Sphere::new(1.0).mesh().ico(2);
    commands.insert_resource(SkeletonLook {
        ball: meshes.add(sphere.unwrap_or_else(|_| Cuboid::default().into())),
        stick: meshes.add(Cylinder::new(1.0, 1.0).mesh().resolution(10)),
        materials: PLAYER_COLORS
            .iter()
            .map(|&[r, g, b]| {
                let seen = Color::srgb_u8(r, g, b);
                let unseen = seen.mix(&Color::BLACK, UNSEEN);
                [seen, unseen].map(|base_color| {
                    materials.add(StandardMaterial {
                        base_color,
                        unlit: true,
                        depth_bias: DEPTH_BIAS,
                        ..default()
                    })
                })
            })
            .collect(),
    });
}

/// Whether a joint counts as seen.
pub fn is_seen(confidence: JointConfidence) -> bool {
    confidence >= JointConfidence::Medium
}

fn thickness(is_seen: bool) -> f32 {
    if is_seen { 1.0 } else { UNSEEN }
}

/// The place of a joint's ball.
pub fn ball(place: Vec3, is_seen: bool) -> Transform {
    let radius = JOINT_RADIUS * thickness(is_seen);
    Transform::from_translation(place).with_scale(Vec3::splat(radius))
}

/// The place of the stick from a joint to its parent joint.
pub fn stick(joint: Vec3, parent: Vec3, is_seen: bool) -> Transform {
    let bone = parent - joint;
    let radius = BONE_RADIUS * thickness(is_seen);
    Transform::from_translation(joint.midpoint(parent))
        .with_rotation(Quat::from_rotation_arc(Vec3::Y, bone.normalize_or(Vec3::Y)))
        .with_scale(Vec3::new(radius, bone.length().max(1.0e-6), radius))
}

/// The ball or the stick of a joint; a child of the joint's entity.
#[derive(Component)]
struct Mark {
    is_bone: bool,
}

fn add_marks(
    mut commands: Commands,
    joints: Query<(Entity, &BodyJoint), Added<BodyJoint>>,
    look: Res<SkeletonLook>,
) {
    for (entity, joint) in &joints {
        for is_bone in [false, true] {
            if is_bone && joint.joint.parent().is_none() {
                continue;
            }
            commands.spawn((
                Mark { is_bone },
                look.mesh(is_bone),
                MeshMaterial3d(look.material(0, true).clone()),
                Visibility::Hidden,
                NoFrustumCulling,
                ChildOf(entity),
            ));
        }
    }
}

fn update_marks(
    mut marks: Query<(
        &Mark,
        &ChildOf,
        &mut Transform,
        &mut Visibility,
        &mut MeshMaterial3d<StandardMaterial>,
    )>,
    joints: Query<(&BodyJoint, Ref<TrackedJoint>, &Transform), Without<Mark>>,
    players: Query<&Player>,
    look: Res<SkeletonLook>,
) {
    for (mark, parent, mut transform, mut visibility, mut material) in &mut marks {
        let Ok((joint, tracked, local)) = joints.get(parent.parent()) else {
            continue;
        };
        let Ok(player) = players.get(joint.player) else {
            continue;
        };
        visibility.set_if_neq(match tracked.confidence {
            JointConfidence::None => Visibility::Hidden,
            _ => Visibility::Inherited,
        });
        let is_seen = is_seen(tracked.confidence);
        let number = player.slot.unwrap_or(PLAYER_COLORS.len() - 1);
        let wanted = look.material(number, is_seen);
        if material.0 != *wanted {
            material.0 = wanted.clone();
        }
        // In the joint's own space.
        *transform = if mark.is_bone {
            let parent = local.rotation.inverse() * -local.translation;
            stick(Vec3::ZERO, parent, is_seen)
        } else {
            ball(Vec3::ZERO, is_seen)
        };
    }
}
