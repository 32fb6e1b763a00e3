//! Rectangles in images.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// A rectangle in pixels of an image; (0, 0) is the centre of the top left pixel. It may reach beyond the image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Box2 {
    /// Left and top.
    pub min: [f32; 2],
    /// Right and bottom.
    pub max: [f32; 2],
}

impl Box2 {
    /// The smallest rectangle around points; `None` without points.
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

    /// The middle.
    pub fn center(&self) -> [f32; 2] {
        [
            (self.min[0] + self.max[0]) / 2.0,
            (self.min[1] + self.max[1]) / 2.0,
        ]
    }

    /// Width and height; 0 where min and max are exchanged.
    pub fn size(&self) -> [f32; 2] {
        [
            (self.max[0] - self.min[0]).max(0.0),
            (self.max[1] - self.min[1]).max(0.0),
        ]
    }

    /// The area in both rectangles as a share of the area in either, 0 to 1: intersection over union.
    pub fn overlap(&self, other: &Self) -> f32 {
        let area = |[width, height]: [f32; 2]| width * height;
        let shared = area(
            Self {
                min: [self.min[0].max(other.min[0]), self.min[1].max(other.min[1])],
                max: [self.max[0].min(other.max[0]), self.max[1].min(other.max[1])],
            }
            .size(),
        );
        let together = area(self.size()) + area(other.size()) - shared;
        if together > 0.0 {
            shared / together
        } else {
            0.0
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn rectangles_overlap_by_their_shared_area() {
        let a = Box2::around([[0.0, 0.0], [2.0, 1.0], [1.0, 2.0]]).unwrap();
        assert_eq!((a.center(), a.size()), ([1.0, 1.0], [2.0, 2.0]));
        let b = Box2 {
            min: [1.0, 0.0],
            max: [3.0, 2.0],
        };
        assert!((a.overlap(&b) - 1.0 / 3.0).abs() < 1e-6);
        let far = Box2 {
            min: [5.0, 5.0],
            max: [6.0, 6.0],
        };
        assert!(a.overlap(&far).abs() < f32::EPSILON);
        assert!((a.overlap(&a) - 1.0).abs() < 1e-6);
        assert_eq!(Box2::around([]), None);
    }
}
