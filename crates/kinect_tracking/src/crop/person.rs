//! A cube around one person.

use glam::{Mat3, Vec3};
use kinect_azure::calibration::Camera;

use super::axes::{NOWHERE, axes, pixel};

/// A square view of one person. It is the image of a pinhole camera at the position of the depth camera, which looks at
/// the person and shows a square of fixed size at the distance of the person. Depths are relative to that distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PersonCrop {
    /// The rotation from the view's axes (right, down, forward) to the depth camera's axes.
    axes: Mat3,
    /// Distance of the square's middle from the camera in mm.
    distance: f32,
    /// Length of the square's side at that distance in mm.
    side: f32,
}

impl PersonCrop {
    /// Pixels in a row and in a column.
    pub const SIZE: usize = 128;
    /// The usual length of the square's side in mm: people with raised arms fit in.
    pub const SIDE_MM: f32 = 2200.0;
    /// The relative depth of pixels that were not measured.
    pub const MISSING: i16 = i16::MIN;

    /// The view of a square with sides of `side_mm` around a point in mm in the depth camera's axes. `up` is the
    /// direction against gravity in the same axes, as in [`Ground`](crate::Ground), if it is known. `None` for a point that is not in front of the
    /// camera, and for sides and points that are not finite.
    pub fn around(center_mm: [f32; 3], side_mm: f32, up: Option<[f32; 3]>) -> Option<Self> {
        let center = Vec3::from(center_mm);
        let distance = center.length();
        let is_usable =
            center.is_finite() && center.z > 1.0 && side_mm.is_finite() && side_mm > 1.0;
        is_usable.then(|| Self {
            axes: axes(center / distance, up),
            distance,
            side: side_mm,
        })
    }

    /// Projects a point (in mm, in the depth camera's axes) into the view. Returns its position, from 0 to 1 from left
    /// to right and from top to bottom, and its depth beyond the square's middle in mm. `None` for points behind the
    /// camera.
    pub fn place(&self, point_mm: [f32; 3]) -> Option<[f32; 3]> {
        let p = self.axes.transpose() * Vec3::from(point_mm);
        (p.z > 1.0).then(|| {
            let scale = self.distance / (p.z * self.side);
            [0.5 + p.x * scale, 0.5 + p.y * scale, p.z - self.distance]
        })
    }

    /// The point at a position and a depth of the view, in mm in the depth camera's axes: the inverse of
    /// [`place`](Self::place).
    pub fn point(&self, [u, v, beyond_mm]: [f32; 3]) -> [f32; 3] {
        let z = self.distance + beyond_mm;
        let scale = z * self.side / self.distance;
        (self.axes * Vec3::new((u - 0.5) * scale, (v - 0.5) * scale, z)).to_array()
    }

    /// The rotation of directions from the view's axes to the depth camera's axes: its columns are the view's right,
    /// down and forward.
    pub fn axes(&self) -> [[f32; 3]; 3] {
        self.axes.to_cols_array_2d()
    }

    /// Computes the view of a depth image. For each of [`SIZE`](Self::SIZE)² pixels, row by row, `relative_mm` gets the
    /// depth beyond the square's middle in mm, or [`MISSING`](Self::MISSING), and `pixels` gets the index of the
    /// image's pixel, or `u32::MAX`. If the image does not have the size of the camera's images, all pixels are
    /// missing.
    pub fn sample(
        &self,
        camera: &Camera,
        depth_mm: &[u16],
        relative_mm: &mut Vec<i16>,
        pixels: &mut Vec<u32>,
    ) {
        let size = Self::SIZE;
        relative_mm.clear();
        pixels.clear();
        let step = self.side / (self.distance * size as f32);
        let middle = size as f32 * 0.5;
        for row in 0..size {
            for column in 0..size {
                let direction = self.axes
                    * Vec3::new(
                        (column as f32 + 0.5 - middle) * step,
                        (row as f32 + 0.5 - middle) * step,
                        1.0,
                    );
                let index = pixel(camera, direction);
                let depth = depth_mm.get(index as usize).copied().unwrap_or(0);
                pixels.push(index);
                relative_mm.push(if depth == 0 || index == NOWHERE {
                    Self::MISSING
                } else {
                    let beyond = f32::from(depth) / direction.z - self.distance;
                    beyond.round().clamp(-32_000.0, 32_000.0) as i16
                });
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn places_are_points_and_points_are_places() {
        let up = [-0.3, -0.8, -0.5];
        for center in [[100.0, -300.0, 2000.0], [-1500.0, 200.0, 1800.0]] {
            let crop = PersonCrop::around(center, PersonCrop::SIDE_MM, Some(up)).unwrap();
            let [u, v, beyond] = crop.place(center).unwrap();
            assert!((u - 0.5).abs() < 1e-5 && (v - 0.5).abs() < 1e-5 && beyond.abs() < 1e-2);
            for point in [[0.0, 0.0, 1500.0], [400.0, 700.0, 2500.0]] {
                let back = Vec3::from(crop.point(crop.place(point).unwrap()));
                assert!(back.distance(point.into()) < 0.01, "{back}");
            }
            // A point below the middle is straight below it in the view.
            let below = Vec3::from(center) - Vec3::from(up) * 300.0;
            let [u, v, _] = crop.place(below.to_array()).unwrap();
            assert!((u - 0.5).abs() < 1e-4 && v > 0.55, "{u} {v}");
        }
    }

    #[test]
    fn what_cannot_be_seen_has_no_view() {
        for center in [[0.0, 0.0, -100.0], [f32::NAN, 0.0, 1000.0], [0.0; 3]] {
            assert_eq!(PersonCrop::around(center, 2200.0, None), None);
        }
        assert_eq!(PersonCrop::around([0.0, 0.0, 900.0], 0.0, None), None);
        // Up along the line of sight, or no direction at all.
        for up in [
            Some([0.0, 0.0, 1.0]),
            Some([0.0; 3]),
            Some([f32::NAN; 3]),
            None,
        ] {
            let crop = PersonCrop::around([0.0, 0.0, 900.0], 2200.0, up).unwrap();
            assert_eq!(crop.axes()[0], [1.0, 0.0, 0.0]);
        }
    }
}
