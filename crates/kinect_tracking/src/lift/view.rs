//! The depth camera: rays of pixels, pixels of points, and one depth image.

use glam::Vec3;
use kinect_azure::calibration::{Camera, XyTable};
use kinect_azure::{Calibration, Image, ImageFormat};

/// The depth camera in its mode.
#[derive(Debug)]
pub(crate) struct View {
    camera: Camera,
    rays: XyTable,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Pixels a radian on the axis.
    pub(crate) focal: f32,
}

impl View {
    /// `None` if the depth camera is off.
    pub(crate) fn new(calibration: &Calibration) -> Option<Self> {
        let camera = calibration.depth_camera?;
        let focal = (camera.intrinsics.fx + camera.intrinsics.fy) / 2.0;
        Some(Self {
            rays: XyTable::new(&camera),
            width: camera.width as usize,
            height: camera.height as usize,
            // Broken calibrations must not give NaN.
            focal: if focal.is_finite() {
                focal.max(1.0)
            } else {
                500.0
            },
            camera,
        })
    }

    /// The direction with z = 1 of a pixel coordinate; also for coordinates a little outside the image.
    pub(crate) fn ray(&self, x: f32, y: f32) -> Option<Vec3> {
        /// Directions wider than any lens's are errors of the model.
        const WIDEST: f32 = 6.0;
        let [x, y] = self.camera.unproject([x, y])?;
        // Comparisons with NaN are false.
        (x.abs() < WIDEST && y.abs() < WIDEST).then(|| Vec3::new(x, y, 1.0))
    }

    /// The direction with z = 1 of a pixel by its number; `None` outside the lens's image.
    pub(crate) fn pixel_ray(&self, pixel: usize) -> Option<Vec3> {
        let [x, y] = *self.rays.rays().get(pixel)?;
        (!x.is_nan()).then(|| Vec3::new(x, y, 1.0))
    }

    /// The pixel coordinate at which a point (mm) is seen; it may lie outside the image.
    pub(crate) fn project(&self, point: Vec3) -> Option<[f32; 2]> {
        let [x, y] = self.camera.project(point.to_array())?;
        (x.is_finite() && y.is_finite()).then_some([x, y])
    }

    /// The number of the pixel at a coordinate; `None` outside the image.
    pub(crate) fn pixel_at(&self, [x, y]: [f32; 2]) -> Option<usize> {
        let inside =
            x >= -0.5 && y >= -0.5 && x < self.width as f32 - 0.5 && y < self.height as f32 - 0.5;
        inside.then(|| {
            let (column, row) = ((x + 0.5) as usize, (y + 0.5) as usize);
            row.min(self.height - 1) * self.width + column.min(self.width - 1)
        })
    }

    /// Whether the camera sees a pixel coordinate: it lies in the image, and the pixel has a ray.
    pub(crate) fn sees(&self, at: [f32; 2]) -> bool {
        self.pixel_at(at)
            .is_some_and(|pixel| self.pixel_ray(pixel).is_some())
    }

    /// The depths of an image in mm, row by row; empty if it is no depth image of this camera.
    pub(crate) fn depths<'a>(&self, image: Option<&'a Image>) -> &'a [u16] {
        image
            .filter(|image| image.format == ImageFormat::Depth16)
            .map(Image::u16_pixels)
            .filter(|depths| depths.len() == self.width * self.height)
            .unwrap_or_default()
    }
}
