//! The pose of a whole model, computed node by node as an engine does.

use glam::{Affine3A, Mat3, Vec3};
use kinect_avatar::{HumanBone, Retargeter, Rig};

pub(crate) struct Posed {
    pub(crate) frames: Vec<Affine3A>,
}

impl Posed {
    pub(crate) fn of(rig: &Rig, retargeter: &Retargeter) -> Self {
        let mut local: Vec<_> = rig
            .bones()
            .iter()
            .map(|bone| (bone.rotation, bone.translation, bone.scale))
            .collect();
        for pose in retargeter.poses() {
            let (rotation, translation, _) = local[pose.bone];
            let (rotation, translation) = pose.blended(rotation, translation);
            assert!(rotation.is_finite() && translation.is_finite());
            assert!((rotation.length() - 1.0).abs() < 1e-3);
            (local[pose.bone].0, local[pose.bone].1) = (rotation, translation);
        }
        let mut frames = vec![None; local.len()];
        for bone in 0..local.len() {
            frame(rig, &local, bone, &mut frames);
        }
        Self {
            frames: frames.into_iter().flatten().collect(),
        }
    }

    pub(crate) fn place(&self, bone: usize) -> Vec3 {
        self.frames[bone].translation.into()
    }

    /// The rotation of a bone against its rest pose, in model space. Exact where scales are uniform.
    pub(crate) fn turned(&self, rig: &Rig, bone: usize) -> Mat3 {
        let now = self.frames[bone].matrix3;
        Mat3::from(now * rig.rest_frame(bone).matrix3.inverse())
    }

    pub(crate) fn part(&self, map: &kinect_avatar::BoneMap, part: HumanBone) -> Option<Vec3> {
        map.get(part).map(|bone| self.place(bone))
    }
}

fn frame(
    rig: &Rig,
    local: &[(glam::Quat, Vec3, Vec3)],
    bone: usize,
    frames: &mut Vec<Option<Affine3A>>,
) -> Affine3A {
    if let Some(frame) = frames[bone] {
        return frame;
    }
    let above = rig.bones()[bone]
        .parent
        .map_or(Affine3A::IDENTITY, |parent| {
            frame(rig, local, parent, frames)
        });
    let (rotation, translation, scale) = local[bone];
    let own = above * Affine3A::from_scale_rotation_translation(scale, rotation, translation);
    frames[bone] = Some(own);
    own
}
