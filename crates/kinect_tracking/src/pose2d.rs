//! People as a network sees them in a picture: joints in pixels, without depth.
//!
//! Every adapter of a pose network gives [`Person2d`]; lifting turns it into a body with the help of the depth image.
//!
//! Pixels are those of the depth image, which the infrared image shares, as the sensor delivers it: not turned, not
//! cropped, not scaled. The centre of the first pixel is (0, 0), as in
//! [`Camera::project`](kinect_azure::Camera::project), so that the image reaches from −0.5 to size − 0.5. Joints may
//! lie outside the image. Left and right are the person's.

use kinect_azure::Joint;

/// A joint in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joint2d {
    /// Pixels of the depth image, to the right.
    pub x: f32,
    /// Pixels of the depth image, downwards.
    pub y: f32,
    /// How sure the network is that the joint is there and visible, 0 to 1. Networks differ in what they call sure.
    pub score: f32,
    /// The network's guess how far behind the middle of the hips the joint lies, in mm along the camera's axis;
    /// `None` if the network does not guess.
    pub behind_hips_mm: Option<f32>,
}

/// A person in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Person2d {
    /// The joints in the order of [`Joint::index`]; `None` for joints that the network does not know.
    pub joints: [Option<Joint2d>; Joint::COUNT],
    /// How sure the network is that this is a person, 0 to 1.
    pub score: f32,
    /// The box around the person, or around the joints if the network gives no box.
    pub bounds: Bounds2d,
}

impl Person2d {
    /// One joint; `None` if the network does not know it.
    pub const fn joint(&self, joint: Joint) -> Option<Joint2d> {
        self.joints[joint.index()]
    }
}

/// A box in the picture, in pixels of the depth image; the ends are coordinates like those of joints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds2d {
    /// The left and upper end.
    pub min: [f32; 2],
    /// The right and lower end.
    pub max: [f32; 2],
}

impl Bounds2d {
    /// The smallest box around points; `None` without points.
    pub fn around(points: impl IntoIterator<Item = [f32; 2]>) -> Option<Self> {
        points
            .into_iter()
            .map(|point| Self {
                min: point,
                max: point,
            })
            .reduce(|a, b| Self {
                min: [a.min[0].min(b.min[0]), a.min[1].min(b.min[1])],
                max: [a.max[0].max(b.max[0]), a.max[1].max(b.max[1])],
            })
    }

    /// The middle of the box.
    pub fn center(&self) -> [f32; 2] {
        [
            (self.min[0] + self.max[0]) / 2.0,
            (self.min[1] + self.max[1]) / 2.0,
        ]
    }

    /// Width and height; 0 for a box whose ends are exchanged.
    pub fn size(&self) -> [f32; 2] {
        [
            (self.max[0] - self.min[0]).max(0.0),
            (self.max[1] - self.min[1]).max(0.0),
        ]
    }

    /// The area that two boxes share as a share of the area that they cover together, 0 to 1.
    pub fn overlap(&self, other: &Self) -> f32 {
        let area = |[width, height]: [f32; 2]| width * height;
        let shared = area(
            Self {
                min: [
                    self.min[0].max(other.min[0]),
                    self.min[1].max(other.min[1]),
                ],
                max: [
                    self.max[0].min(other.max[0]),
                    self.max[1].min(other.max[1]),
                ],
            }
            .size(),
        );
        let together = area(self.size()) + area(other.size()) - shared;
        if together > 0.0 { shared / together } else { 0.0 }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn boxes_overlap_by_their_shared_area() {
        let a = Bounds2d::around([[0.0, 0.0], [2.0, 1.0], [1.0, 2.0]]).unwrap();
        assert_eq!((a.center(), a.size()), ([1.0, 1.0], [2.0, 2.0]));
        let b = Bounds2d {
            min: [1.0, 0.0],
            max: [3.0, 2.0],
        };
        assert!((a.overlap(&b) - 1.0 / 3.0).abs() < 1e-6);
        let far = Bounds2d {
            min: [5.0, 5.0],
            max: [6.0, 6.0],
        };
        assert!(a.overlap(&far).abs() < f32::EPSILON);
        assert!((a.overlap(&a) - 1.0).abs() < 1e-6);
        assert_eq!(Bounds2d::around([]), None);
    }
}
