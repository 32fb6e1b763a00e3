//! Joints in the frame of their parent, and back.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint};

use crate::joints::{place, turn, wxyz};

/// The distance between a joint and its parent in mm; 0 for the pelvis.
pub fn bone_length(body: &Body, joint: Joint) -> f32 {
    joint.parent().map_or(0.0, |parent| {
        place(body, joint).distance(place(body, parent))
    })
}

/// A body as a hierarchy: each joint in the frame of its parent. The pelvis has no parent and stays in the depth camera's
/// axes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct LocalPose {
    /// The position of each joint in its parent's own axes, in mm, in the vendor's order of joints.
    pub translations: [[f32; 3]; Joint::COUNT],
    /// Unit quaternions (w, x, y, z) that turn each joint's own axes into its parent's, in the vendor's order of joints.
    pub rotations: [[f32; 4]; Joint::COUNT],
}

impl LocalPose {
    /// The hierarchy of a body. A joint whose orientation is not a rotation gets the orientation of its parent.
    pub fn of(body: &Body) -> Self {
        let absolute = absolute_rotations(body);
        let mut local = Self {
            translations: [[0.0; 3]; Joint::COUNT],
            rotations: [[1.0, 0.0, 0.0, 0.0]; Joint::COUNT],
        };
        for joint in Joint::ALL {
            let (offset, rotation) = match joint.parent() {
                None => (place(body, joint), absolute[joint.index()]),
                Some(parent) => {
                    let back = absolute[parent.index()].inverse();
                    (
                        back * (place(body, joint) - place(body, parent)),
                        back * absolute[joint.index()],
                    )
                }
            };
            local.translations[joint.index()] = offset.to_array();
            local.rotations[joint.index()] = wxyz(rotation.normalize());
        }
        local
    }

    /// The distance between a joint and its parent in mm; 0 for the pelvis.
    pub fn bone_length(&self, joint: Joint) -> f32 {
        match joint.parent() {
            None => 0.0,
            Some(_) => Vec3::from(self.translations[joint.index()]).length(),
        }
    }

    /// Writes positions and orientations in the depth camera's axes into a body; the body's id and confidences do not
    /// change.
    pub fn apply(&self, body: &mut Body) {
        let mut rotations = [Quat::IDENTITY; Joint::COUNT];
        for joint in Joint::ALL {
            let index = joint.index();
            let offset = Vec3::from(self.translations[index]);
            let own = turn(self.rotations[index]).unwrap_or(Quat::IDENTITY);
            let (position, rotation) = match joint.parent() {
                None => (offset, own),
                Some(parent) => {
                    let above = rotations[parent.index()];
                    (place(body, parent) + above * offset, above * own)
                }
            };
            rotations[index] = rotation.normalize();
            body.joints[index].position = position.to_array();
            body.joints[index].orientation = wxyz(rotations[index]);
        }
    }
}

/// The absolute orientations of a body; an orientation that is not a rotation is replaced by its parent's.
pub(crate) fn absolute_rotations(body: &Body) -> [Quat; Joint::COUNT] {
    let mut rotations = [Quat::IDENTITY; Joint::COUNT];
    for joint in Joint::ALL {
        let above = joint
            .parent()
            .map_or(Quat::IDENTITY, |parent| rotations[parent.index()]);
        rotations[joint.index()] = turn(body.joint(joint).orientation).unwrap_or(above);
    }
    rotations
}
