//! The whole depth image at a fixed number of pixels per degree.

use glam::{Mat3, Vec3};
use kinect_azure::calibration::Camera;

use super::axes::{NOWHERE, axes, pixel};

/// A view of the whole depth image in which a pixel is half a degree wide everywhere, so that a person at a given distance
/// looks alike in all modes and everywhere in the image. Values are distances from the camera, not depths along its axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// Pixels in a row.
    width: usize,
    height: usize,
    /// The rotation from the view's axes (right, down, forward) to the depth camera's axes.
    axes: Mat3,
    /// For each pixel of the view: the pixel of the image, and the factor from its depth to its distance.
    rays: Vec<(u32, f32)>,
}

/// Radians a pixel.
const STEP: f32 = 0.5 * core::f32::consts::PI / 180.0;

impl Overview {
    /// Columns and rows for cameras with a narrow field of view.
    pub const NARROW: [usize; 2] = [160, 144];
    /// Columns and rows for cameras with a wide field of view.
    pub const WIDE: [usize; 2] = [240, 240];

    /// The view of a camera's images. `up` is the direction against gravity in the camera's axes, as in
    /// [`Ground`](crate::Ground), if it is known.
    pub fn new(camera: &Camera, up: Option<[f32; 3]>) -> Self {
        // A narrow camera ends before 42 degrees off its axis.
        let is_wide = pixel(camera, Vec3::new(0.0, -0.9, 1.0)) != NOWHERE;
        let [width, height] = if is_wide { Self::WIDE } else { Self::NARROW };
        // Only the roll is removed, so only the part of `up` in the image plane is used.
        let up = up.map(|[x, y, _]| [x, y, 0.0]);
        let axes = axes(Vec3::Z, up);
        let rays = (0..width * height)
            .map(|i| {
                let at = [(i % width) as f32 + 0.5, (i / width) as f32 + 0.5];
                let direction = axes * direction(at, [width, height]);
                (pixel(camera, direction), 1.0 / direction.z.max(1e-3))
            })
            .collect();
        Self {
            width,
            height,
            axes,
            rays,
        }
    }

    /// The size of the overview: its columns and its rows.
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    /// Projects a point in the depth camera's axes into the overview. Returns its column and row in pixels (0 is the
    /// left and upper edge), and its distance from the camera in mm. `None` for points behind the camera.
    pub fn place(&self, point_mm: [f32; 3]) -> Option<[f32; 3]> {
        let p = self.axes.transpose() * Vec3::from(point_mm);
        let distance = p.length();
        (p.z > 0.0 && p.is_finite()).then(|| {
            let off = p.truncate();
            let angle = off.length().atan2(p.z);
            let at = off.normalize_or_zero() * (angle / STEP);
            [
                at.x + self.width as f32 * 0.5,
                at.y + self.height as f32 * 0.5,
                distance,
            ]
        })
    }

    /// The point at a column, a row and a distance of the overview, in mm in the depth camera's axes: the inverse of
    /// [`place`](Self::place).
    pub fn point(&self, [column, row, distance_mm]: [f32; 3]) -> [f32; 3] {
        let direction = direction([column, row], [self.width, self.height]);
        (self.axes * direction * distance_mm).to_array()
    }

    /// Computes the view of a depth image: for each pixel, row by row, the distance in mm, or 0 if the pixel has no
    /// depth. If the image does not have the size of the camera's images, all pixels are 0.
    pub fn sample(&self, depth_mm: &[u16], distances_mm: &mut Vec<u16>) {
        distances_mm.clear();
        distances_mm.extend(self.rays.iter().map(|&(index, longer)| {
            let depth = depth_mm.get(index as usize).copied().unwrap_or(0);
            (f32::from(depth) * longer).round().min(65_535.0) as u16
        }));
    }

    /// The index of the image's pixel that each pixel of the view shows; `u32::MAX` where there is none.
    pub fn pixels(&self) -> impl Iterator<Item = u32> {
        self.rays.iter().map(|ray| ray.0)
    }
}

/// The direction, in the view's axes, of a position in the view.
fn direction([column, row]: [f32; 2], [width, height]: [usize; 2]) -> Vec3 {
    let x = (column - width as f32 * 0.5) * STEP;
    let y = (row - height as f32 * 0.5) * STEP;
    let angle = x.hypot(y);
    if angle < 1e-6 {
        return Vec3::Z;
    }
    let across = angle.sin() / angle;
    Vec3::new(x * across, y * across, angle.cos())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use kinect_azure::{ColorResolution, DepthMode};

    #[test]
    fn a_wall_and_its_points_are_seen_in_every_mode() {
        let raw = kinect_simulation::built_in_calibration().unwrap();
        for (mode, size) in [
            (DepthMode::NfovUnbinned, Overview::NARROW),
            (DepthMode::Nfov2x2Binned, Overview::NARROW),
            (DepthMode::Wfov2x2Binned, Overview::WIDE),
        ] {
            let calibration = raw.calibration(mode, ColorResolution::Off).unwrap();
            let camera = calibration.depth_camera.unwrap();
            let view = Overview::new(&camera, Some([-0.05, -0.9, -0.3]));
            assert_eq!(view.size(), size, "{mode}");
            let depth = vec![2000; (camera.width * camera.height) as usize];
            let mut distances = Vec::new();
            view.sample(&depth, &mut distances);
            let seen = distances.iter().filter(|&&mm| mm > 0).count();
            assert!(seen * 10 > distances.len() * 7, "{mode}: {seen}");
            for (i, &mm) in distances.iter().enumerate().filter(|(_, mm)| **mm > 0) {
                let at = [(i % size[0]) as f32 + 0.5, (i / size[0]) as f32 + 0.5];
                let p = view.point([at[0], at[1], f32::from(mm)]);
                assert!((p[2] - 2000.0).abs() < 3.0, "{mode}: {p:?}");
                let [column, row, distance] = view.place(p).unwrap();
                assert!((column - at[0]).abs() < 1e-2 && (row - at[1]).abs() < 1e-2);
                assert!((distance - f32::from(mm)).abs() < 0.1);
            }
        }
    }
}
