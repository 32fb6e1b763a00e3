//! Converts points, directions and pixels of one sensor to those of another sensor.
//!
//! These functions return `None` if a camera involved is off, a sensor is missing from the calibration, a depth is 0,
//! or a ray is outside the range of the lens model.

use super::camera::Camera;
use super::extrinsics::{CameraKind, Sensor};
use super::per_mode::Calibration;
use crate::modes::DepthMode;

impl Calibration {
    /// Converts a point (mm) from one sensor's frame to another's.
    pub fn point_3d_to_3d(
        &self,
        point: [f32; 3],
        source: impl Into<Sensor>,
        target: impl Into<Sensor>,
    ) -> Option<[f32; 3]> {
        let (source, target) = (source.into(), target.into());
        if source == target {
            return Some(point);
        }
        Some(self.extrinsics(source, target)?.transform_point(point))
    }

    /// Converts a direction from one sensor's frame to another's: only the rotation is applied, and the length does not
    /// change.
    pub fn direction(
        &self,
        direction: [f32; 3],
        source: impl Into<Sensor>,
        target: impl Into<Sensor>,
    ) -> Option<[f32; 3]> {
        let (source, target) = (source.into(), target.into());
        if source == target {
            return Some(direction);
        }
        Some(
            self.extrinsics(source, target)?
                .transform_direction(direction),
        )
    }

    /// The point that a camera's pixel sees at a depth (mm along that camera's optical axis), in the frame of
    /// `target`.
    pub fn point_2d_to_3d(
        &self,
        pixel: [f32; 2],
        depth_mm: f32,
        source: CameraKind,
        target: impl Into<Sensor>,
    ) -> Option<[f32; 3]> {
        let point = self.camera(source)?.unproject_at(pixel, depth_mm)?;
        self.point_3d_to_3d(point, source, target)
    }

    /// The pixel at which a camera sees a point in the frame of `source` (mm). The pixel may lie outside the image.
    pub fn point_3d_to_2d(
        &self,
        point: [f32; 3],
        source: impl Into<Sensor>,
        target: CameraKind,
    ) -> Option<[f32; 2]> {
        let point = self.point_3d_to_3d(point, source, target)?;
        self.camera(target)?.project(point)
    }

    /// The pixel of camera `target` that sees the same point as a pixel of camera `source` at a depth (mm along the
    /// optical axis of `source`). If both are the same camera, the pixel is returned unchanged at any depth.
    pub fn point_2d_to_2d(
        &self,
        pixel: [f32; 2],
        depth_mm: f32,
        source: CameraKind,
        target: CameraKind,
    ) -> Option<[f32; 2]> {
        if source == target {
            return self.camera(source).map(|_| pixel);
        }
        let point = self.point_2d_to_3d(pixel, depth_mm, source, target)?;
        self.camera(target)?.project(point)
    }

    /// The pixel of the depth camera that sees the same spot as a pixel of the colour camera, given the depth image
    /// (mm, row by row, exactly the depth camera's size).
    ///
    /// The spot lies somewhere on the colour pixel's ray. In the depth camera's view that ray is a curve. The search
    /// walks along the curve, a pixel at a time, and takes the pixel whose measured depth projects closest to the
    /// colour pixel. `None` also if no measured depth on the ray comes within 10 pixels of the colour pixel, or if
    /// the depth image does not have the depth camera's size.
    pub fn color_pixel_to_depth_pixel(
        &self,
        color_pixel: [f32; 2],
        depth: &[u16],
    ) -> Option<[f32; 2]> {
        let (depth_camera, color_camera) =
            (self.depth_camera.as_ref()?, self.color_camera.as_ref()?);
        let (width, height) = (depth_camera.width as usize, depth_camera.height as usize);
        if depth.len() != width * height {
            return None;
        }
        // The walk is a straight line in an ideal pinhole image, because there rays are straight.
        let pinhole = Pinhole::of(depth_camera, self.depth_mode);
        let end = |depth_mm| {
            self.point_2d_to_3d(color_pixel, depth_mm, CameraKind::Color, CameraKind::Depth)
                .and_then(|point| pinhole.project(point))
        };
        let (near, far) = (end(SEARCH_NEAR_MM)?, end(SEARCH_FAR_MM)?);
        let (dx, dy) = (far[0] - near[0], far[1] - near[1]);
        let steps = dx.abs().max(dy.abs()).ceil().max(1.0);
        // The near end can lie tens of thousands of pixels outside; no ray is inside the image for longer than this.
        if steps > MAX_STEPS || steps.is_nan() {
            return None;
        }

        let to_color = self.extrinsics(Sensor::Depth, Sensor::Color)?;
        let mut best: Option<(f32, [f32; 2])> = None;
        for step in 0..=steps as u32 {
            let t = step as f32 / steps;
            let ray = pinhole.ray([near[0] + t * dx, near[1] + t * dy]);
            let Some(pixel) = depth_camera
                .project([ray[0], ray[1], 1.0])
                .filter(|&pixel| depth_camera.contains(pixel))
            else {
                continue;
            };
            // Inside the image, so rounding gives 0 to size − 1; `get` and `min` cover the last bit of f32.
            let column = (pixel[0].round().max(0.0) as usize).min(width - 1);
            let row = (pixel[1].round().max(0.0) as usize).min(height - 1);
            let depth_mm = match depth.get(row * width + column) {
                None | Some(0) => continue,
                Some(&d) => f32::from(d),
            };
            let point = [ray[0] * depth_mm, ray[1] * depth_mm, depth_mm];
            let Some(seen) = color_camera.project(to_color.transform_point(point)) else {
                continue;
            };
            let distance = (seen[0] - color_pixel[0]).hypot(seen[1] - color_pixel[1]);
            if best.is_none_or(|(closest, _)| distance < closest) {
                best = Some((distance, pixel));
            }
        }
        best.filter(|&(distance, _)| distance <= MAX_COLOR_DISTANCE)
            .map(|(_, pixel)| pixel)
    }
}

/// Nearest depth the colour pixel's ray is searched from, in mm (the vendor's choice).
const SEARCH_NEAR_MM: f32 = 50.0;
/// Farthest depth the colour pixel's ray is searched to, in mm (the vendor's choice).
const SEARCH_FAR_MM: f32 = 14_000.0;
/// Largest distance in colour pixels that still counts as the same spot (the vendor's choice).
const MAX_COLOR_DISTANCE: f32 = 10.0;
/// A bound on the walk, for broken calibrations.
const MAX_STEPS: f32 = 100_000.0;

/// An ideal camera with about the depth camera's field of view.
struct Pinhole {
    focal: [f32; 2],
    center: [f32; 2],
}

impl Pinhole {
    fn of(camera: &Camera, mode: DepthMode) -> Self {
        // Nominal fields of view of the data sheet.
        let field_of_view: [f32; 2] = match mode {
            DepthMode::Nfov2x2Binned | DepthMode::NfovUnbinned => [75.0, 65.0],
            _ => [120.0, 120.0],
        };
        let center = [camera.width as f32 / 2.0, camera.height as f32 / 2.0];
        let focal = [0, 1].map(|i| center[i] / (field_of_view[i].to_radians() / 2.0).tan());
        Self { focal, center }
    }

    fn project(&self, [x, y, z]: [f32; 3]) -> Option<[f32; 2]> {
        (z > 0.0).then(|| {
            [
                x / z * self.focal[0] + self.center[0],
                y / z * self.focal[1] + self.center[1],
            ]
        })
    }

    /// The point on the plane z = 1 that a pixel looks at.
    fn ray(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        [
            (u - self.center[0]) / self.focal[0],
            (v - self.center[1]) / self.focal[1],
        ]
    }
}
