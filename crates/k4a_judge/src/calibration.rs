//! Calibrations, point functions and point clouds.

use k4a::Calibration;

use crate::codes::known;
use crate::image::Image;
use crate::judge::Judge;
use k4a::Error;

impl Judge {
    /// `k4a_calibration_get_from_raw`; the modes are numbers of the C enums.
    pub fn calibration_from_raw(
        &self,
        raw: &[u8],
        depth_mode: i32,
        color_resolution: i32,
    ) -> Result<Calibration, Error> {
        self.library.calibration(
            raw,
            known!(DepthMode, depth_mode),
            known!(ColorResolution, color_resolution),
        )
    }

    /// `k4a_transformation_create`. With both cameras on it needs the depth engine and OpenGL.
    pub fn transformation(&self, calibration: &Calibration) -> Result<Transformation, Error> {
        self.library.transformation(calibration).map(Transformation)
    }
}

/// A transformation of images.
pub struct Transformation(k4a::Transformation);

impl Transformation {
    /// `k4a_transformation_depth_image_to_point_cloud`; `camera` is 0 for depth geometry, 1 for colour geometry.
    pub fn point_cloud(&self, depth: &Image, camera: i32, points: &Image) -> Result<(), Error> {
        let camera = known!(Sensor, camera);
        points.change(|points| self.0.point_cloud(depth.shared(), camera, points))
    }

    /// `k4a_transformation_depth_image_to_color_camera`.
    pub fn depth_to_color(&self, depth: &Image, transformed: &Image) -> Result<(), Error> {
        transformed.change(|transformed| self.0.depth_to_color(depth.shared(), transformed))
    }

    /// `k4a_transformation_depth_image_to_color_camera_custom`; `interpolation` is 0 for nearest, 1 for linear.
    pub fn depth_to_color_custom(
        &self,
        depth: &Image,
        custom: &Image,
        transformed_depth: &Image,
        transformed_custom: &Image,
        interpolation: i32,
        invalid: u32,
    ) -> Result<(), Error> {
        let interpolation = known!(Interpolation, interpolation);
        transformed_depth.change(|out_depth| {
            transformed_custom.change(|out_custom| {
                self.0.depth_to_color_custom(
                    depth.shared(),
                    custom.shared(),
                    out_depth,
                    out_custom,
                    interpolation,
                    invalid,
                )
            })
        })
    }

    /// `k4a_transformation_color_image_to_depth_camera`.
    pub fn color_to_depth(
        &self,
        depth: &Image,
        color: &Image,
        transformed: &Image,
    ) -> Result<(), Error> {
        transformed.change(|transformed| {
            self.0
                .color_to_depth(depth.shared(), color.shared(), transformed)
        })
    }
}
