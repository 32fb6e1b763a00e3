//! The directions of a person's trunk.

use glam::{Mat3, Vec3};
use kinect_azure::Joint;

/// Three unit vectors at right angles, in the depth camera's axes: where a person's left, up and forward are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: Vec3,
    pub(crate) up: Vec3,
    pub(crate) forward: Vec3,
}

impl Frame {
    /// A person who stands upright before a level camera and faces it.
    pub(crate) const FACING: Self = Self {
        left: Vec3::X,
        up: Vec3::NEG_Y,
        forward: Vec3::NEG_Z,
    };

    /// Keeps `up`, and makes `left` perpendicular to it. `None` if one of them is zero or if they are parallel.
    pub(crate) fn up_and_left(up: Vec3, left: Vec3) -> Option<Self> {
        let up = up.try_normalize()?;
        let left = (left - up * left.dot(up)).try_normalize()?;
        Some(Self {
            left,
            up,
            forward: left.cross(up),
        })
    }

    /// Keeps `left`, and makes `up` perpendicular to it.
    pub(crate) fn left_and_up(left: Vec3, up: Vec3) -> Option<Self> {
        let left = left.try_normalize()?;
        let up = (up - left * up.dot(left)).try_normalize()?;
        Some(Self {
            left,
            up,
            forward: left.cross(up),
        })
    }

    /// The directions of the trunk of a body whose joints are all known.
    pub(crate) fn of_trunk(joints: &[Vec3; Joint::COUNT]) -> Option<Self> {
        let at = |joint: Joint| joints[joint.index()];
        let hips = [at(Joint::HipLeft), at(Joint::HipRight)];
        let shoulders = [at(Joint::ShoulderLeft), at(Joint::ShoulderRight)];
        let up = shoulders[0] + shoulders[1] - hips[0] - hips[1];
        let left = hips[0] - hips[1] + shoulders[0] - shoulders[1];
        Self::up_and_left(up, left)
    }

    /// From directions of the body (left, up, forward) to the camera's axes.
    pub(crate) fn matrix(&self) -> Mat3 {
        Mat3::from_cols(self.left, self.up, self.forward)
    }

    /// A direction of the body in the camera's axes.
    pub(crate) fn of(&self, body: Vec3) -> Vec3 {
        self.left * body.x + self.up * body.y + self.forward * body.z
    }

    /// A direction in the camera's axes as one of the body.
    pub(crate) fn into_body(self, camera: Vec3) -> Vec3 {
        Vec3::new(
            self.left.dot(camera),
            self.up.dot(camera),
            self.forward.dot(camera),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn forward_is_where_a_person_faces() {
        // The left of a person who faces the camera is on the camera's right.
        let frame = Frame::up_and_left(Vec3::NEG_Y * 3.0, Vec3::new(2.0, 0.5, 0.0)).unwrap();
        assert!((frame.forward - Frame::FACING.forward).length() < 1e-6);
        assert!((frame.into_body(frame.of(Vec3::new(1.0, 2.0, 3.0))).z - 3.0).abs() < 1e-5);
        assert_eq!(Frame::up_and_left(Vec3::Y, Vec3::Y), None);
    }
}
