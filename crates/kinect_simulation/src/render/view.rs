//! A camera ready to draw with: the ray of every pixel, and the pixel of every point.

use glam::{Vec2, Vec3};
use kinect_azure::calibration::{Camera, XyTable};
use kinect_azure::modes::DepthMode;

use crate::rig::Eye;

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) eye: Eye,
    /// On the plane z = 1; NaN where the camera sees nothing.
    pub(crate) rays: Vec<[f32; 2]>,
    camera: Camera,
}

impl View {
    pub(crate) fn new(camera: &Camera, eye: Eye) -> Self {
        Self {
            width: camera.width as usize,
            height: camera.height as usize,
            eye,
            rays: XyTable::new(camera).rays().to_vec(),
            camera: *camera,
        }
    }

    /// Masks the pixels that the sensor's own light does not reach: a hexagon remains of the narrow field of view
    /// (measured on a real sensor's images; others differ by some pixels), and of the wide one a circle, at which its
    /// lens model ends.
    pub(crate) fn mask(&mut self, mode: DepthMode) {
        let scale = match mode {
            DepthMode::NfovUnbinned => 1.0,
            DepthMode::Nfov2x2Binned => 2.0,
            // The room's light comes from everywhere.
            _ => return,
        };
        for (index, ray) in self.rays.iter_mut().enumerate() {
            let x = ((index % self.width) as f32 + 0.5) * scale - 0.5;
            let y = ((index / self.width) as f32 + 0.5) * scale - 0.5;
            if !in_hexagon(x, y) {
                *ray = [f32::NAN, 0.0];
            }
        }
    }

    /// The ray of a pixel with z = 1.
    #[inline]
    pub(crate) fn ray(&self, pixel: usize) -> Option<Vec3> {
        let [x, y] = self.rays[pixel];
        (!x.is_nan()).then_some(Vec3::new(x, y, 1.0))
    }

    /// The ray through a place off a pixel's centre, by its neighbours.
    pub(crate) fn ray_beside(&self, pixel: usize, off: Vec2) -> Option<Vec3> {
        let here = self.ray(pixel)?;
        let (x, y) = (pixel % self.width, pixel / self.width);
        let beside = |index: Option<usize>| index.and_then(|index| self.ray(index));
        let slope = |next: Option<usize>, last: Option<usize>| match (beside(next), beside(last)) {
            (Some(next), _) => next - here,
            (None, Some(last)) => here - last,
            _ => Vec3::ZERO,
        };
        let right = slope(
            (x + 1 < self.width).then_some(pixel + 1),
            (x > 0).then(|| pixel - 1),
        );
        let down = slope(
            (y + 1 < self.height).then_some(pixel + self.width),
            (y > 0).then(|| pixel - self.width),
        );
        Some(here + right * off.x + down * off.y)
    }

    /// Where a point in camera axes is seen, in pixels. NaN for points behind the camera or beyond the lens.
    #[inline]
    pub(crate) fn project(&self, p: Vec3) -> Vec2 {
        const NEAR: f32 = 0.05;
        if p.z < NEAR {
            return Vec2::NAN;
        }
        self.camera
            .project(p.to_array())
            .map_or(Vec2::NAN, Vec2::from)
    }
}

/// Whether a pixel of the 640×576 image is lit.
fn in_hexagon(x: f32, y: f32) -> bool {
    x + 0.5586 * y > 151.5
        && x - 0.5586 * y < 513.5
        && x - 0.600 * y > -200.0
        && x + 0.602 * y < 865.5
}

#[cfg(test)]
mod tests {
    use super::in_hexagon;

    #[test]
    fn the_hexagon_is_the_one_of_a_real_sensor() {
        // First and last lit pixel of rows of a real infrared image.
        for (y, first, last) in [
            (0, 152, 513),
            (64, 116, 548),
            (160, 63, 602),
            (256, 9, 639),
            (320, 0, 639),
            (416, 50, 615),
            (512, 107, 557),
            (575, 145, 519),
        ] {
            let lit: Vec<i32> = (0..640)
                .filter(|&x| in_hexagon(x as f32, y as f32))
                .collect();
            assert!((lit[0] - first).abs() <= 2, "row {y} begins at {}", lit[0]);
            let end = lit[lit.len() - 1];
            assert!((end - last).abs() <= 2, "row {y} ends at {end}");
        }
    }
}
