//! People as a network sees them in a picture: joints in pixels, without depth.
//!
//! Every adapter of a pose network gives [`Person2d`]; lifting turns it into a body with the help of the depth image.
//!
//! Pixels are those of the depth image, which the infrared image shares, as the sensor delivers it: not turned, not
//! cropped, not scaled. The centre of the first pixel is (0, 0), as in
//! [`Camera::project`](kinect_azure::calibration::Camera::project), so that the image reaches from −0.5 to size − 0.5. Joints may
//! lie outside the image. Left and right are the person's.

use kinect_azure::Joint;

use crate::box2::Box2;

/// A joint in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joint2d {
    /// Pixels of the depth image, to the right.
    pub x: f32,
    /// Pixels of the depth image, downwards.
    pub y: f32,
    /// The network's certainty that the joint is there and visible, 0 to 1. The scale differs from network to network.
    pub score: f32,
    /// The network's estimate of how far the joint is behind the middle of the hips, in mm along the camera's axis;
    /// `None` if the network has no estimate.
    pub behind_hips_mm: Option<f32>,
}

/// A person in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Person2d {
    /// The joints in the order of [`Joint::index`]; `None` for joints that the network does not know.
    pub joints: [Option<Joint2d>; Joint::COUNT],
    /// The network's certainty that this is a person, 0 to 1.
    pub score: f32,
    /// The box around the person, or around the joints if the network gives no box.
    pub bounds: Box2,
}

impl Person2d {
    /// One joint; `None` if the network does not know it.
    pub const fn joint(&self, joint: Joint) -> Option<Joint2d> {
        self.joints[joint.index()]
    }
}
