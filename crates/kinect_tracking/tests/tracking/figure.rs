//! A figure that tests pose: it has the vendor's proportions, and its arms and legs are given by their ends.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::calibration::{Camera, Intrinsics, LensModel};
use kinect_azure::{Body, Calibration, Joint, JointConfidence, JointPose};
use kinect_tracking::Ground;
use kinect_tracking::rotation::{reference_orientation, rest_position};

/// From pelvis to neck, in mm.
pub(crate) const TRUNK: f32 = 500.0;

/// A person who faces the camera. Positions are relative to the pelvis, in the person's axes (left, up, forward), and
/// in lengths of the trunk.
#[derive(Clone)]
pub(crate) struct Figure {
    pub(crate) places: [Vec3; Joint::COUNT],
    /// The position of the pelvis in the depth camera's axes, in mm.
    pub(crate) at: Vec3,
    /// The angle by which the person is turned to the left, in degrees; 0 faces the camera.
    pub(crate) yaw: f32,
    pub(crate) scale: f32,
}

/// Height of the pelvis above the ground, in lengths of the trunk; the feet stand on the ground.
pub(crate) const PELVIS: f32 = 1.60;

impl Figure {
    /// A standing figure with hanging arms.
    pub(crate) fn new(at: Vec3) -> Self {
        let places = Joint::ALL.map(|joint| Vec3::from(rest_position(joint)));
        let mut figure = Self {
            places,
            at,
            yaw: 0.0,
            scale: 1.0,
        };
        figure.left_hand(Vec3::new(0.38, -0.05, 0.05));
        figure.right_hand(Vec3::new(-0.38, -0.05, 0.05));
        figure
    }

    /// A figure in a T-pose.
    pub(crate) fn t_pose(at: Vec3) -> Self {
        let places = Joint::ALL.map(|joint| Vec3::from(rest_position(joint)));
        Self {
            places,
            at,
            yaw: 0.0,
            scale: 1.0,
        }
    }

    /// Moves the left wrist to a position. The elbow bends downwards, and the hand continues the forearm.
    pub(crate) fn left_hand(&mut self, wrist: Vec3) {
        self.hand(Joint::ShoulderLeft, wrist, |joint| joint);
    }

    /// Moves the right wrist to a position.
    pub(crate) fn right_hand(&mut self, wrist: Vec3) {
        self.hand(Joint::ShoulderLeft, wrist, Joint::mirrored);
    }

    fn hand(&mut self, shoulder: Joint, wrist: Vec3, side: impl Fn(Joint) -> Joint) {
        let shoulder = self.places[side(shoulder).index()];
        let (upper, lower) = (0.51, 0.43);
        let line = wrist - shoulder;
        let reach = line.length().clamp(0.1, (upper + lower) * 0.9999);
        let direction = line.normalize_or(Vec3::NEG_Y);
        let wrist = shoulder + direction * reach;
        let along = (upper * upper - lower * lower + reach * reach) / (2.0 * reach);
        let off = (upper * upper - along * along).max(0.0).sqrt();
        let down = Vec3::new(0.0, -1.0, -0.2);
        let bend = (down - direction * down.dot(direction)).normalize_or(Vec3::NEG_Z);
        let elbow = shoulder + direction * along + bend * off;
        let hand = (wrist - elbow).normalize_or(Vec3::NEG_Y);
        for (joint, place) in [
            (Joint::ElbowLeft, elbow),
            (Joint::WristLeft, wrist),
            (Joint::HandLeft, wrist + hand * 0.18),
            (Joint::HandTipLeft, wrist + hand * 0.38),
            (Joint::ThumbLeft, wrist + hand * 0.2),
        ] {
            self.places[side(joint).index()] = place;
        }
    }

    /// Moves joints.
    pub(crate) fn shift(&mut self, joints: &[Joint], by: Vec3) {
        for joint in joints {
            self.places[joint.index()] += by;
        }
    }

    /// Turns everything above the pelvis about an axis through it, in degrees.
    pub(crate) fn bend(&mut self, axis: Vec3, degrees: f32) {
        let turn = Quat::from_axis_angle(axis.normalize(), degrees.to_radians());
        for joint in Joint::ALL {
            let mut above = Some(joint);
            let mut trunk = false;
            while let Some(one) = above {
                trunk |= one == Joint::SpineNavel;
                above = one.parent();
            }
            if trunk {
                let place = &mut self.places[joint.index()];
                *place = turn * *place;
            }
        }
    }

    /// Bends the knees: the pelvis goes down by a share of the trunk's length, and the ankles stay.
    pub(crate) fn squat(&mut self, down: f32) {
        for left in [true, false] {
            let side = |joint: Joint| if left { joint } else { joint.mirrored() };
            self.shift(
                &[side(Joint::AnkleLeft), side(Joint::FootLeft)],
                Vec3::Y * down,
            );
            let hip = self.places[side(Joint::HipLeft).index()];
            let ankle = self.places[side(Joint::AnkleLeft).index()];
            let (thigh, shank) = (0.745, 0.71);
            let reach = hip.distance(ankle);
            let along = (thigh * thigh - shank * shank + reach * reach) / (2.0 * reach);
            let off = (thigh * thigh - along * along).max(0.0_f32).sqrt();
            let direction = (ankle - hip).normalize();
            self.places[side(Joint::KneeLeft).index()] = hip + direction * along + Vec3::Z * off;
        }
        self.at.y += down * TRUNK * self.scale;
    }

    /// The body, with orientations of the T-pose.
    pub(crate) fn body(&self, id: u32) -> Body {
        // Facing the camera: left is the camera's right.
        let facing = Mat3::from_cols(Vec3::X, Vec3::NEG_Y, Vec3::NEG_Z)
            * Mat3::from_rotation_y(self.yaw.to_radians());
        let mut body = Body {
            id,
            joints: [JointPose::default(); Joint::COUNT],
        };
        for joint in Joint::ALL {
            let place = self.at + facing * self.places[joint.index()] * (TRUNK * self.scale);
            body.joints[joint.index()] = JointPose {
                position: place.to_array(),
                orientation: reference_orientation(joint),
                confidence: JointConfidence::Medium,
            };
        }
        body
    }
}

/// A level camera whose floor is under the figures' feet.
pub(crate) fn ground() -> Ground {
    Ground {
        up: [0.0, -1.0, 0.0],
        camera_height_mm: PELVIS * TRUNK,
    }
}

/// A depth camera without distortion, of the size and the angle of the narrow mode.
pub(crate) fn calibration() -> Calibration {
    let camera = Camera {
        width: 640,
        height: 576,
        intrinsics: Intrinsics {
            model: LensModel::BrownConrady,
            cx: 320.0,
            cy: 288.0,
            fx: 504.0,
            fy: 504.0,
            k1: 0.0,
            k2: 0.0,
            k3: 0.0,
            k4: 0.0,
            k5: 0.0,
            k6: 0.0,
            codx: 0.0,
            cody: 0.0,
            p2: 0.0,
            p1: 0.0,
        },
        metric_radius: 1.7,
    };
    Calibration {
        depth_camera: Some(camera),
        color_camera: None,
        extrinsics: [[None; 4]; 4],
        depth_mode: kinect_azure::DepthMode::NfovUnbinned,
        color_resolution: kinect_azure::ColorResolution::Off,
    }
}
