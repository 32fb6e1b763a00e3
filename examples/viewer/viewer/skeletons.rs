//! The skeletons of the people in a simulation, or in the body track of a recording, over the cloud. They are read from the frame
//! that is shown: a body tracker would ask for every capture, and a simulation would draw also those that the viewer cannot show.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::coloring::PLAYER_COLORS;
use bevy_kinect_azure::ground_truth::joint_isometry;
use bevy_kinect_azure::kinect_azure::{Body, Joint, JointConfidence};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::{SkeletonLook, ball, is_seen, stick};

use super::Scene;

/// Whether skeletons are shown.
#[derive(Resource)]
pub(super) struct ShowSkeletons(pub(super) bool);

/// The ball of a joint of the body of that number, or the stick to its parent joint.
#[derive(Component)]
pub(super) struct Mark {
    body: usize,
    joint: Joint,
    is_bone: bool,
}

pub(super) fn spawn(mut commands: Commands, scene: Res<Scene>, look: Res<SkeletonLook>) {
    for body in 0..PLAYER_COLORS.len() {
        for (joint, is_bone) in Joint::ALL
            .into_iter()
            .flat_map(|joint| [(joint, false), (joint, true)])
            .filter(|(joint, is_bone)| !is_bone || joint.parent().is_some())
        {
            commands.spawn((
                Mark {
                    body,
                    joint,
                    is_bone,
                },
                look.mesh(is_bone),
                MeshMaterial3d(look.material(body, true).clone()),
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
    look: Res<SkeletonLook>,
    mut marks: Query<(
        &Mark,
        &mut Transform,
        &mut Visibility,
        &mut MeshMaterial3d<StandardMaterial>,
    )>,
) {
    let truth = truths.get(scene.sensor).ok();
    let stale = truth.as_ref().is_none_or(|truth| !truth.is_changed());
    if stale && !show.is_changed() {
        return;
    }
    let bodies = match &truth {
        Some(truth) if show.0 => truth.bodies(),
        _ => &[],
    };
    for (mark, mut transform, mut visibility, mut material) in &mut marks {
        let body = bodies
            .get(mark.body)
            .filter(|body| body.joint(mark.joint).confidence > JointConfidence::None);
        visibility.set_if_neq(match body {
            Some(_) => Visibility::Inherited,
            None => Visibility::Hidden,
        });
        let Some(body) = body else { continue };
        let is_seen = is_seen(body.joint(mark.joint).confidence);
        let wanted = look.material(mark.body, is_seen);
        if material.0 != *wanted {
            material.0 = wanted.clone();
        }
        let end = position(body, mark.joint);
        *transform = match mark.joint.parent().filter(|_| mark.is_bone) {
            Some(parent) => stick(end, position(body, parent), is_seen),
            None => ball(end, is_seen),
        };
    }
}

/// The place of a joint in the sensor's space.
fn position(body: &Body, joint: Joint) -> Vec3 {
    joint_isometry(body.joint(joint)).translation.into()
}
