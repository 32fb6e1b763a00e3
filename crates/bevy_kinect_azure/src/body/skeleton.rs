//! All joints of a player in one component.

use bevy::math::Isometry3d;
use bevy::prelude::*;
use kinect_azure::{Body, Joint, JointConfidence, JointPose, units};
use kinect_tracking::filter::FilteredBody;

/// One joint of a [`Skeleton`]. The joint's entity has it as a component. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct TrackedJoint {
    /// Position in the sensor's space, in metres.
    pub position: Vec3,
    /// Rotation in the sensor's space, not relative to the parent joint. The joint's own axes are the vendor's: x along the bone; see
    /// [`Joint::rest_axes`].
    pub rotation: Quat,
    /// How far the position can be trusted.
    pub confidence: JointConfidence,
    /// How fast the joint moves in the sensor's space, in m/s.
    pub velocity: Vec3,
    /// How fast the joint turns about the axes of the sensor's space, in rad/s.
    pub angular_velocity: Vec3,
    /// The usual length of the bone to the parent joint in metres; 0 for the pelvis and while it is unknown.
    pub bone_length: f32,
}

impl TrackedJoint {
    /// Position and rotation in the sensor's space.
    pub fn isometry(&self) -> Isometry3d {
        Isometry3d::new(self.position, self.rotation)
    }
}

/// All joints of a player, on the player entity. Read only.
///
/// Positions, rotations and velocities are in the space of the sensor entity (metres, y up, −z forward): the
/// `GlobalTransform` of the sensor entity turns them into world space.
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn heads(players: Query<(&Player, &Skeleton)>) {
///     for (player, skeleton) in &players {
///         let head = skeleton.joint(Joint::Head);
///         if head.confidence >= JointConfidence::Medium {
///             info!("the head of player {} is at {}", player.id, head.position);
///         }
///     }
/// }
/// ```
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Skeleton {
    /// Device timestamp of the depth image in which this body was found, in µs.
    pub device_timestamp_usec: u64,
    /// The joints in the vendor's order; see [`Joint::index`].
    pub joints: [TrackedJoint; Joint::COUNT],
}

impl Skeleton {
    /// One joint.
    pub fn joint(&self, joint: Joint) -> &TrackedJoint {
        &self.joints[joint.index()]
    }

    /// Position and rotation of a joint in the space of its parent joint. The pelvis has no parent joint: its position
    /// is zero, and its rotation is relative to the sensor, like the player entity's axes.
    pub fn relative(&self, joint: Joint) -> Isometry3d {
        let own = self.joint(joint);
        match joint.parent() {
            None => Isometry3d::from_rotation(own.rotation),
            Some(parent) => {
                let parent = self.joint(parent);
                let back = parent.rotation.inverse();
                Isometry3d::new(
                    back * (own.position - parent.position),
                    (back * own.rotation).normalize(),
                )
            }
        }
    }

    /// A filtered body in metres and Bevy's axes; `body` may be its prediction.
    pub(super) fn write(&mut self, filtered: &FilteredBody, body: &Body) {
        self.device_timestamp_usec = filtered.device_timestamp_usec;
        for joint in Joint::ALL {
            let index = joint.index();
            let pose = body.joint(joint);
            let parent = joint.parent().map(|parent| self.joint(parent).rotation);
            self.joints[index] = TrackedJoint {
                position: units::to_world(pose.position).into(),
                rotation: rotation(pose).unwrap_or(parent.unwrap_or_default()),
                confidence: pose.confidence,
                velocity: units::to_world(filtered.velocities[index]).into(),
                angular_velocity: units::direction_to_world(filtered.angular_velocities[index])
                    .into(),
                bone_length: filtered.bone_lengths[index] * units::METRES_PER_MILLIMETRE,
            };
        }
    }
}

/// The rotation of a joint in the sensor's space; `None` if its orientation is not a rotation.
fn rotation(pose: &JointPose) -> Option<Quat> {
    let [w, x, y, z] = units::orientation_to_world(pose.orientation);
    let q = Quat::from_xyzw(x, y, z, w);
    let length = q.length_squared();
    (length.is_finite() && length > 1e-6).then(|| q.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered() -> FilteredBody {
        let mut body = Body {
            id: 1,
            joints: [JointPose::default(); Joint::COUNT],
        };
        for (index, pose) in body.joints.iter_mut().enumerate() {
            let turn = Quat::from_euler(EulerRot::XYZ, index as f32, 0.3 * index as f32, 1.0);
            pose.position = [10.0 * index as f32, -700.0, 2000.0 + index as f32];
            pose.orientation = [turn.w, turn.x, turn.y, turn.z];
        }
        FilteredBody {
            device_timestamp_usec: 7,
            velocities: [[0.0, 1000.0, 0.0]; Joint::COUNT],
            angular_velocities: [[0.0; 3]; Joint::COUNT],
            bone_lengths: [250.0; Joint::COUNT],
            repaired_flips: 0,
            body,
        }
    }

    #[test]
    fn relative_joints_compose_to_the_absolute_ones() {
        let filtered = filtered();
        let mut skeleton = Skeleton::default();
        skeleton.write(&filtered, &filtered.body);
        let pelvis = skeleton.joint(Joint::Pelvis).position;
        let mut absolute = [Isometry3d::IDENTITY; Joint::COUNT];
        for joint in Joint::ALL {
            let parent = joint
                .parent()
                .map_or(Isometry3d::from_translation(pelvis), |parent| {
                    absolute[parent.index()]
                });
            let composed = parent * skeleton.relative(joint);
            absolute[joint.index()] = composed;
            let own = skeleton.joint(joint);
            assert!(Vec3::from(composed.translation).distance(own.position) < 1e-5);
            assert!(composed.rotation.angle_between(own.rotation) < 1e-3);
        }
        assert_eq!(skeleton.joint(Joint::Head).velocity, Vec3::NEG_Y);
        assert_eq!(skeleton.joint(Joint::Head).bone_length, 0.25);
    }

    #[test]
    fn a_joint_without_a_rotation_has_that_of_its_parent() {
        let mut filtered = filtered();
        filtered.body.joints[Joint::Head.index()].orientation = [0.0; 4];
        filtered.body.joints[Joint::Pelvis.index()].orientation = [f32::NAN; 4];
        let mut skeleton = Skeleton::default();
        skeleton.write(&filtered, &filtered.body);
        assert_eq!(
            skeleton.joint(Joint::Head).rotation,
            skeleton.joint(Joint::Neck).rotation
        );
        assert_eq!(skeleton.joint(Joint::Pelvis).rotation, Quat::IDENTITY);
    }
}
