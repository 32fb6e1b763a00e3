//! The components of joint entities.

use bevy::prelude::*;
use kinect_azure::calibration::{CameraKind, Sensor};
use kinect_azure::{Calibration, Joint, units};
use kinect_tracking::rotation::{EulerOrder, EulerUnroller};

use super::settings::UvSettings;
use super::skeleton::TrackedJoint;

/// A joint of a player: an entity in the hierarchy of the player's joints, whose `Transform` is relative to the parent joint
/// and whose `GlobalTransform` is where the joint is in the world. [`TrackedJoint`] has its other data.
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn hands(joints: Query<(&BodyJoint, &TrackedJoint, &GlobalTransform)>) {
///     for (joint, data, transform) in &joints {
///         if joint.joint == Joint::HandRight && data.confidence >= JointConfidence::Medium {
///             info!("a right hand at {}", transform.translation());
///         }
///     }
/// }
/// ```
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::body"]
#[component(immutable)]
#[reflect(Component, FromWorld, Debug, PartialEq)]
#[require(TrackedJoint, Transform, Visibility)]
pub struct BodyJoint {
    /// Which joint it is.
    pub joint: Joint,
    /// The player entity.
    #[entities]
    pub player: Entity,
}

/// Reflection begins with a value before it writes the fields.
impl FromWorld for BodyJoint {
    fn from_world(_: &mut World) -> Self {
        Self {
            joint: Joint::Pelvis,
            player: Entity::PLACEHOLDER,
        }
    }
}

/// The rotation of a joint relative to its parent joint in degrees, on joint entities if
/// [`JointSettings::euler`](super::JointSettings::euler) asks for it. Read only.
///
/// The angles continue beyond ±180° instead of jumping.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Deref)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct JointEuler(
    /// The angles about the x, y and z axes.
    pub Vec3,
);

impl JointEuler {
    /// The next angles of a joint.
    pub(super) fn next(unroller: &mut EulerUnroller, order: EulerOrder, rotation: Quat) -> Self {
        let [x, y, z, w] = rotation.to_array();
        let turns = unroller.next([w, x, y, z]);
        let mut angles = [0.0; 3];
        for (axis, turn) in order.axes().into_iter().zip(turns) {
            angles[axis] = turn;
        }
        Self(angles.into())
    }
}

/// Where a joint is in the images of its sensor, on joint entities if
/// [`JointSettings::in_images`](super::JointSettings::in_images) asks for it. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct JointInImages {
    /// In the depth and infrared image; `None` if the joint is not in front of the camera, and without a calibration.
    pub depth: Option<ImagePoint>,
    /// In the colour image; `None` if the joint is not in front of the camera, if the camera is off, and without a calibration.
    pub color: Option<ImagePoint>,
}

/// A point in an image; it may lie outside.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct ImagePoint {
    /// In pixels from the left and from the top; (0, 0) is the centre of the top left pixel.
    pub pixel: Vec2,
    /// UV coordinates in the image, counted as the [`UvSettings`] say.
    pub uv: Vec2,
}

impl JointInImages {
    /// Where a point of the sensor's space (metres) is seen.
    pub fn of(position: Vec3, calibration: &Calibration, settings: &UvSettings) -> Self {
        // The conversion to Bevy's axes is its own inverse.
        let camera = units::direction_to_world(position.to_array())
            .map(|v| v / units::METRES_PER_MILLIMETRE);
        let seen = |kind: CameraKind| {
            let image = calibration.camera(kind)?;
            let at = calibration.point_3d_to_3d(camera, Sensor::Depth, kind)?;
            let pixel = Vec2::from(image.project(at)?);
            let size = Vec2::new(image.width as f32, image.height as f32);
            Some(ImagePoint {
                pixel,
                uv: settings.uv(pixel, size),
            })
        };
        Self {
            depth: seen(CameraKind::Depth),
            color: seen(CameraKind::Color),
        }
    }
}

impl UvSettings {
    /// The UV coordinates of a pixel in an image of that size.
    fn uv(&self, pixel: Vec2, size: Vec2) -> Vec2 {
        let mut uv = (pixel + 0.5) / size;
        if self.mirror_u {
            uv.x = 1.0 - uv.x;
        }
        if self.flip_v {
            uv.y = 1.0 - uv.y;
        }
        if self.keep_aspect {
            uv.x *= size.x / size.y;
        }
        uv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uv_begin_at_the_corner_of_the_first_pixel() {
        let size = Vec2::new(200.0, 100.0);
        let first = Vec2::splat(-0.5);
        let uv = |settings: UvSettings| settings.uv(first, size);
        assert_eq!(uv(UvSettings::default()), Vec2::ZERO);
        let turned = UvSettings {
            mirror_u: true,
            flip_v: true,
            keep_aspect: true,
        };
        assert_eq!(uv(turned), Vec2::new(2.0, 1.0));
        let middle = UvSettings::default().uv(Vec2::new(99.5, 49.5), size);
        assert_eq!(middle, Vec2::splat(0.5));
    }

    #[test]
    fn angles_are_named_by_axis_whatever_the_order() {
        for order in EulerOrder::ALL {
            let mut unroller = EulerUnroller::new(order);
            let turn = Quat::from_rotation_y(0.5);
            let angles = JointEuler::next(&mut unroller, order, turn).0;
            let expected = Vec3::new(0.0, 0.5_f32.to_degrees(), 0.0);
            assert!(angles.distance(expected) < 1e-3, "{order:?}: {angles}");
        }
    }
}
