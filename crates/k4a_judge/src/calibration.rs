//! Calibrations, point functions and point clouds.

use std::mem::zeroed;

use crate::abi::{Calibration, Handle};
use crate::image::Image;
use crate::{Judge, Refused, check};

impl Judge {
    /// `k4a_calibration_get_from_raw`. A NUL is appended to the text when it has none.
    pub fn calibration_from_raw(
        &self,
        raw: &[u8],
        depth_mode: i32,
        color_resolution: i32,
    ) -> Result<Calibration, Refused> {
        let mut text = raw.to_vec();
        if text.last() != Some(&0) {
            text.push(0);
        }
        // SAFETY: all zero is a valid value of this structure of numbers.
        let mut calibration: Calibration = unsafe { zeroed() };
        // SAFETY: the text ends with a NUL within its size, the result is as large as the library expects.
        let code = unsafe {
            (self.functions.calibration_get_from_raw)(
                text.as_ptr().cast(),
                text.len(),
                depth_mode,
                color_resolution,
                &raw mut calibration,
            )
        };
        check("k4a_calibration_get_from_raw", code)?;
        Ok(calibration)
    }

    /// `k4a_calibration_3d_to_3d`.
    pub fn point_3d_to_3d(
        &self,
        calibration: &Calibration,
        point: [f32; 3],
        source: i32,
        target: i32,
    ) -> Result<[f32; 3], Refused> {
        let mut result = [0.0; 3];
        // SAFETY: all pointers are to live values of the sizes the library expects.
        let code = unsafe {
            (self.functions.calibration_3d_to_3d)(calibration, &point, source, target, &mut result)
        };
        check("k4a_calibration_3d_to_3d", code)?;
        Ok(result)
    }

    /// `k4a_calibration_2d_to_3d`; `None` = not valid.
    pub fn point_2d_to_3d(
        &self,
        calibration: &Calibration,
        pixel: [f32; 2],
        depth_mm: f32,
        source: i32,
        target: i32,
    ) -> Result<Option<[f32; 3]>, Refused> {
        let (mut result, mut valid) = ([0.0; 3], 0);
        // SAFETY: all pointers are to live values of the sizes the library expects.
        let code = unsafe {
            (self.functions.calibration_2d_to_3d)(
                calibration,
                &pixel,
                depth_mm,
                source,
                target,
                &mut result,
                &mut valid,
            )
        };
        check("k4a_calibration_2d_to_3d", code)?;
        Ok((valid != 0).then_some(result))
    }

    /// `k4a_calibration_3d_to_2d`; `None` = not valid.
    pub fn point_3d_to_2d(
        &self,
        calibration: &Calibration,
        point: [f32; 3],
        source: i32,
        target: i32,
    ) -> Result<Option<[f32; 2]>, Refused> {
        let (mut result, mut valid) = ([0.0; 2], 0);
        // SAFETY: all pointers are to live values of the sizes the library expects.
        let code = unsafe {
            (self.functions.calibration_3d_to_2d)(
                calibration,
                &point,
                source,
                target,
                &mut result,
                &mut valid,
            )
        };
        check("k4a_calibration_3d_to_2d", code)?;
        Ok((valid != 0).then_some(result))
    }

    /// `k4a_calibration_2d_to_2d`; `None` = not valid.
    pub fn point_2d_to_2d(
        &self,
        calibration: &Calibration,
        pixel: [f32; 2],
        depth_mm: f32,
        source: i32,
        target: i32,
    ) -> Result<Option<[f32; 2]>, Refused> {
        let (mut result, mut valid) = ([0.0; 2], 0);
        // SAFETY: all pointers are to live values of the sizes the library expects.
        let code = unsafe {
            (self.functions.calibration_2d_to_2d)(
                calibration,
                &pixel,
                depth_mm,
                source,
                target,
                &mut result,
                &mut valid,
            )
        };
        check("k4a_calibration_2d_to_2d", code)?;
        Ok((valid != 0).then_some(result))
    }

    /// `k4a_calibration_color_2d_to_depth_2d`; `None` = not valid.
    pub fn color_2d_to_depth_2d(
        &self,
        calibration: &Calibration,
        pixel: [f32; 2],
        depth: &Image,
    ) -> Result<Option<[f32; 2]>, Refused> {
        let (mut result, mut valid) = ([0.0; 2], 0);
        // SAFETY: all pointers are to live values of the sizes the library expects; the image lives.
        let code = unsafe {
            (self.functions.calibration_color_2d_to_depth_2d)(
                calibration,
                &pixel,
                depth.handle(),
                &mut result,
                &mut valid,
            )
        };
        check("k4a_calibration_color_2d_to_depth_2d", code)?;
        Ok((valid != 0).then_some(result))
    }

    /// `k4a_transformation_create`. With both cameras on it needs the depth engine and OpenGL.
    pub fn transformation(&self, calibration: &Calibration) -> Result<Transformation<'_>, Refused> {
        // SAFETY: the calibration is copied.
        let handle = unsafe { (self.functions.transformation_create)(calibration) };
        if handle.is_null() {
            return Err(Refused {
                function: "k4a_transformation_create",
                code: 1,
            });
        }
        Ok(Transformation {
            judge: self,
            handle,
        })
    }
}

/// A transformation of images.
pub struct Transformation<'j> {
    judge: &'j Judge,
    handle: Handle,
}

impl Transformation<'_> {
    /// `k4a_transformation_depth_image_to_point_cloud`; `camera` is 0 for depth geometry, 1 for colour geometry.
    pub fn point_cloud(&self, depth: &Image, camera: i32, points: &Image) -> Result<(), Refused> {
        // SAFETY: the handles live; the library checks formats and sizes of the images.
        let code = unsafe {
            (self
                .judge
                .functions
                .transformation_depth_image_to_point_cloud)(
                self.handle,
                depth.handle(),
                camera,
                points.handle(),
            )
        };
        check("k4a_transformation_depth_image_to_point_cloud", code)
    }
}

impl Drop for Transformation<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again.
        unsafe { (self.judge.functions.transformation_destroy)(self.handle) }
    }
}
