//! The people of a simulation as skeletons, drawn over the cloud.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::ground_truth::joint_isometry;
use bevy_kinect_azure::kinect_azure::{Joint, JointConfidence};
use bevy_kinect_azure::prelude::*;

use super::Scene;

/// The most people that a simulation has.
const MOST_BODIES: usize = 6;
const COLORS: [Color; MOST_BODIES] = [
    Color::srgb(1.0, 0.76, 0.2),
    Color::srgb(0.3, 0.85, 1.0),
    Color::srgb(1.0, 0.45, 0.6),
    Color::srgb(0.6, 0.95, 0.4),
    Color::srgb(0.8, 0.6, 1.0),
    Color::srgb(1.0, 0.6, 0.3),
];
/// Joints in metres; those the sensor does not see are drawn thinner.
const JOINT_RADIUS: f32 = 0.018;
const BONE_RADIUS: f32 = 0.008;
/// Lifts skeletons in front of the points of the bodies they are in, by about a tenth of the distance.
const DEPTH_BIAS: f32 = 1.0e6;

/// Whether skeletons are shown.
#[derive(Resource)]
pub(super) struct ShowSkeletons(pub(super) bool);

/// A joint of a body, with the bone to its parent.
#[derive(Component)]
pub(super) struct JointMark {
    body: usize,
    joint: Joint,
    bone: bool,
}

pub(super) fn spawn(
    mut commands: Commands,
    scene: Res<Scene>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let ball = meshes.add(
        Sphere::new(1.0)
            .mesh()
            .ico(1)
            .unwrap_or_else(|_| Cuboid::default().into()),
    );
    let stick = meshes.add(Cylinder::new(1.0, 1.0).mesh().resolution(8));
    for (body, color) in COLORS.into_iter().enumerate() {
        let material = materials.add(StandardMaterial {
            base_color: color,
            unlit: true,
            depth_bias: DEPTH_BIAS,
            ..default()
        });
        for (joint, bone) in Joint::ALL
            .into_iter()
            .flat_map(|joint| [(joint, false), (joint, true)])
            .filter(|(joint, bone)| !bone || joint.parent().is_some())
        {
            commands.spawn((
                JointMark { body, joint, bone },
                Mesh3d(if bone { stick.clone() } else { ball.clone() }),
                MeshMaterial3d(material.clone()),
                Visibility::Hidden,
                NoFrustumCulling,
                ChildOf(scene.sensor),
            ));
        }
    }
}

pub(super) fn place(
    show: Res<ShowSkeletons>,
    truths: Query<Ref<GroundTruth>>,
    scene: Res<Scene>,
    mut marks: Query<(&JointMark, &mut Transform, &mut Visibility)>,
) {
    let truth = truths.get(scene.sensor).ok();
    let stale = truth.as_ref().is_none_or(|truth| !truth.is_changed());
    if stale && !show.is_changed() {
        return;
    }
    for (mark, mut transform, mut visibility) in &mut marks {
        let body = truth
            .as_ref()
            .and_then(|truth| truth.bodies().get(mark.body))
            .filter(|_| show.0);
        visibility.set_if_neq(match body {
            Some(_) => Visibility::Inherited,
            None => Visibility::Hidden,
        });
        let Some(body) = body else { continue };
        let joint = body.joint(mark.joint);
        let thickness = match joint.confidence {
            JointConfidence::None | JointConfidence::Low => 0.5,
            _ => 1.0,
        };
        let place = joint_isometry(joint);
        let end = Vec3::from(place.translation);
        *transform = match mark.joint.parent().filter(|_| mark.bone) {
            Some(parent) => {
                let start = Vec3::from(joint_isometry(body.joint(parent)).translation);
                let bone = end - start;
                let radius = BONE_RADIUS * thickness;
                Transform::from_translation(start.midpoint(end))
                    .with_rotation(Quat::from_rotation_arc(Vec3::Y, bone.normalize_or(Vec3::Y)))
                    .with_scale(Vec3::new(radius, bone.length().max(1.0e-6), radius))
            }
            None => Transform::from_translation(end)
                .with_rotation(place.rotation)
                .with_scale(Vec3::splat(JOINT_RADIUS * thickness)),
        };
    }
}
