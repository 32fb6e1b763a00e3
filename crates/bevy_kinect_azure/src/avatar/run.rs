//! A model that is driven.

use bevy::prelude::*;
use kinect_avatar::{HumanBone, Matching, Person, Retargeter};

use super::model::Model;

/// The rig of an avatar's model and what drives it.
#[derive(Component)]
pub(super) struct AvatarRun {
    pub(super) model: Model,
    pub(super) retargeter: Retargeter,
    /// The bones by hand with which the model was matched.
    pub(super) by_hand: Vec<(HumanBone, String)>,
    /// The own poses of the driven bones, in the retargeter's order.
    own: Vec<Own>,
    /// The player as the avatar is to follow in this frame.
    pub(super) person: Option<Person>,
    /// A player has left, or another one was chosen: the model returns to its own pose before it follows the next player.
    pub(super) changes: bool,
}

/// The pose of a bone without a person.
#[derive(Clone, Copy)]
struct Own {
    /// The pose that an animation wrote last, or the rest pose.
    pose: Pose,
    /// The pose that was written into the bone's `Transform` here. If it has another one, an animation or the app wrote that.
    written: Pose,
}

/// Rotation and translation of a bone in its parent's frame.
type Pose = (Quat, Vec3);

fn pose_of(transform: &Transform) -> Pose {
    (transform.rotation, transform.translation)
}

/// Whether a pose can be blended: broken files and animations may have any numbers.
fn is_sound((rotation, translation): Pose) -> bool {
    rotation.is_finite() && (rotation.length_squared() - 1.0).abs() < 0.1 && translation.is_finite()
}

impl AvatarRun {
    /// The bones have their rest pose in `transforms`.
    pub(super) fn new(
        model: Model,
        by_hand: &[(HumanBone, String)],
        matching: &Matching,
        transforms: &Query<&mut Transform>,
    ) -> Self {
        let retargeter = Retargeter::new(&model.rig, &matching.bones);
        Self {
            own: own_poses(&model, &retargeter, transforms),
            model,
            retargeter,
            by_hand: by_hand.to_vec(),
            person: None,
            changes: false,
        }
    }

    /// Drives other bones of the same model.
    pub(super) fn drive(
        &mut self,
        by_hand: &[(HumanBone, String)],
        matching: &Matching,
        transforms: &mut Query<&mut Transform>,
    ) {
        self.restore_bones(transforms);
        self.by_hand = by_hand.to_vec();
        self.retargeter = Retargeter::new(&self.model.rig, &matching.bones);
        self.own = own_poses(&self.model, &self.retargeter, transforms);
    }

    /// Gives the model its own pose, as if it had never been an avatar.
    pub(super) fn restore(&self, transforms: &mut Query<&mut Transform>) {
        self.restore_bones(transforms);
        if let Some((top, before)) = self.model.turned
            && let Ok(mut top) = transforms.get_mut(top)
        {
            *top = before;
        }
    }

    fn restore_bones(&self, transforms: &mut Query<&mut Transform>) {
        for (driven, own) in self.retargeter.poses().iter().zip(&self.own) {
            if let Ok(mut bone) = transforms.get_mut(self.model.entities[driven.bone])
                && pose_of(&bone) == own.written
            {
                (bone.rotation, bone.translation) = own.pose;
            }
        }
    }

    /// Writes the retargeter's poses, blended with the bones' own ones.
    pub(super) fn write(&mut self, transforms: &mut Query<&mut Transform>) {
        for (driven, own) in self.retargeter.poses().iter().zip(&mut self.own) {
            // If a bone is missing, the model is read again in the next frame.
            let Ok(mut bone) = transforms.get_mut(self.model.entities[driven.bone]) else {
                continue;
            };
            let now = pose_of(&bone);
            if now != own.written && is_sound(now) {
                own.pose = now;
            }
            let blended = driven.blended(own.pose.0, own.pose.1);
            if !is_sound(blended) {
                continue;
            }
            if now != blended {
                (bone.rotation, bone.translation) = blended;
            }
            own.written = blended;
        }
    }
}

fn own_poses(
    model: &Model,
    retargeter: &Retargeter,
    transforms: &Query<&mut Transform>,
) -> Vec<Own> {
    let driven = retargeter.poses().iter();
    driven
        .map(|driven| {
            let rest = &model.rig.bones()[driven.bone];
            let rest = (rest.rotation, rest.translation);
            let now = transforms.get(model.entities[driven.bone]);
            Own {
                pose: rest,
                written: now.map_or(rest, pose_of),
            }
        })
        .collect()
}
