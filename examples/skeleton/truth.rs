//! The truth of a simulated sensor beside the tracker: thin white bones over the players' skeletons, and how far the tracker's
//! joints are from them.

use std::collections::VecDeque;
use std::sync::Arc;

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::skeletons::{SkeletonLook, stick};
use kinect_azure::{Body, BodyFrame};

use crate::Scene;

/// The truth of the newest captures, which a tracker needs some time for.
#[derive(Resource)]
pub(crate) struct Truth {
    is_shown: bool,
    frames: VecDeque<Arc<BodyFrame>>,
    material: Handle<StandardMaterial>,
    /// The mean distance in mm of the players' joints from the truth, of joints that the sensor sees; `None` without players or
    /// without a truth.
    pub(crate) error_mm: Option<f32>,
}

/// A bone of the truth: the number of the body, and the joint at the bone's end.
#[derive(Component)]
pub(crate) struct Bone {
    body: usize,
    joint: Joint,
}

/// The key that shows and hides the truth.
const KEY: KeyCode = KeyCode::KeyT;
/// Two seconds of captures.
const MOST_FRAMES: usize = 60;
/// A player is the person of the truth whose pelvis is nearest, if it is nearer than this, in metres.
const SAME: f32 = 0.5;
/// People of whom fewer joints are seen are not drawn: they are outside the image, or behind others.
const LEAST_SEEN: usize = 8;

impl Truth {
    /// The words of the legend; `None` while there is nothing to compare.
    pub(crate) fn words(&self) -> Option<String> {
        self.frames.back()?;
        Some(match (self.is_shown, self.error_mm) {
            (true, Some(error)) => {
                format!("white: the truth, {error:.0} mm away on average (T hides it)")
            }
            (true, None) => "white: the truth (T hides it)".to_owned(),
            (false, _) => "T shows the truth".to_owned(),
        })
    }

    /// The truth of a moment, in µs on the sensor's clock.
    fn at(&self, usec: u64) -> Option<&BodyFrame> {
        let mut frames = self.frames.iter().rev();
        frames
            .find(|frame| frame.device_timestamp_usec == usec)
            .map(|frame| &**frame)
    }
}

pub(crate) fn setup(mut commands: Commands, mut materials: ResMut<Assets<StandardMaterial>>) {
    let material = materials.add(StandardMaterial {
        base_color: Color::WHITE,
        unlit: true,
        // In front of the points, as the players' skeletons are.
        depth_bias: 2.0e6,
        ..default()
    });
    commands.insert_resource(Truth {
        is_shown: true,
        frames: VecDeque::new(),
        material,
        error_mm: None,
    });
}

pub(crate) fn toggle(keys: Res<ButtonInput<KeyCode>>, mut truth: ResMut<Truth>) {
    if keys.just_pressed(KEY) {
        truth.is_shown = !truth.is_shown;
    }
}

/// Remembers the truth of each capture.
pub(crate) fn remember(
    scene: Res<Scene>,
    sensors: Query<Ref<GroundTruth>>,
    mut truth: ResMut<Truth>,
) {
    match sensors.get(scene.sensor) {
        Ok(newest) if newest.is_changed() => {
            truth.frames.push_back(Arc::clone(&newest.0));
            if truth.frames.len() > MOST_FRAMES {
                truth.frames.pop_front();
            }
        }
        Ok(_) => {}
        Err(_) => truth.frames.clear(),
    }
}

/// Measures how far the players' joints are from the truth of the same moment, and draws that truth.
pub(crate) fn update(
    mut commands: Commands,
    scene: Res<Scene>,
    look: Res<SkeletonLook>,
    mut truth: ResMut<Truth>,
    times: Query<&BodyTime>,
    players: Query<(&PlayerStatus, &Skeleton)>,
    mut bones: Query<(&Bone, &mut Transform, &mut Visibility)>,
) {
    truth.error_mm = error_mm(&truth, &players);
    let time = times.get(scene.sensor).ok();
    let time = time.and_then(|time| time.device_timestamp_usec);
    let frame = time
        .filter(|_| truth.is_shown)
        .and_then(|usec| truth.at(usec));
    let seen: Vec<&Body> = match frame {
        Some(frame) => frame
            .bodies
            .iter()
            .filter(|body| is_visible(body))
            .collect(),
        None => Vec::new(),
    };
    for (bone, mut transform, mut visibility) in &mut bones {
        let ends = seen.get(bone.body).and_then(|body| {
            let at = |joint: Joint| joint_isometry(body.joint(joint)).translation.into();
            Some((at(bone.joint), at(bone.joint.parent()?)))
        });
        visibility.set_if_neq(match ends {
            Some(_) => Visibility::Inherited,
            None => Visibility::Hidden,
        });
        if let Some((joint, parent)) = ends {
            *transform = stick(joint, parent, false);
        }
    }
    // Bones of one more body are there from the next update on.
    let drawn = bones.iter().map(|(bone, ..)| bone.body + 1).max();
    let drawn = drawn.unwrap_or_default();
    if seen.len() > drawn {
        for joint in Joint::ALL
            .into_iter()
            .filter(|joint| joint.parent().is_some())
        {
            commands.spawn((
                Bone { body: drawn, joint },
                look.mesh(true),
                MeshMaterial3d(truth.material.clone()),
                Visibility::Hidden,
                NoFrustumCulling,
                ChildOf(scene.sensor),
            ));
        }
    }
}

fn is_visible(body: &Body) -> bool {
    let is_seen = |joint: &&kinect_azure::JointPose| joint.confidence >= JointConfidence::Medium;
    body.joints.iter().filter(is_seen).count() >= LEAST_SEEN
}

/// The mean distance of the joints that the sensor sees, over all players who are there.
fn error_mm(truth: &Truth, players: &Query<(&PlayerStatus, &Skeleton)>) -> Option<f32> {
    let (mut sum, mut count) = (0.0, 0);
    for (status, skeleton) in players {
        let frame = truth.at(skeleton.device_timestamp_usec);
        let Some(frame) = frame.filter(|_| status.presence == Presence::Present) else {
            continue;
        };
        let place = |body: &Body, joint| Vec3::from(joint_isometry(body.joint(joint)).translation);
        let away = |body: &Body, joint| {
            let found = skeleton.joint(joint).position;
            found.distance(place(body, joint))
        };
        let nearest = frame.bodies.iter().min_by(|a, b| {
            let of = |body| away(body, Joint::Pelvis);
            of(a).total_cmp(&of(b))
        });
        let Some(body) = nearest.filter(|body| away(body, Joint::Pelvis) < SAME) else {
            continue;
        };
        for joint in Joint::ALL {
            if body.joint(joint).confidence >= JointConfidence::Medium {
                sum += away(body, joint);
                count += 1;
            }
        }
    }
    (count > 0).then(|| 1000.0 * sum / count as f32)
}
