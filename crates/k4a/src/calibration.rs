//! Calibrations for pairs of modes, and the library's own arithmetic on points.

use std::ffi::{CString, c_int};

use crate::abi::{self, Calibration, Float2, Float3};
use crate::call::check;
use crate::codes::{ColorResolution, DepthMode, Sensor};
use crate::error::{Error, Result};
use crate::image::Image;
use crate::library::Library;

impl Calibration {
    /// The depth mode of the calibration; `None` if the number is unknown.
    pub fn depth_mode(&self) -> Option<DepthMode> {
        DepthMode::from_code(self.depth_mode)
    }

    /// The colour resolution of the calibration; `None` if the number is unknown.
    pub fn color_resolution(&self) -> Option<ColorResolution> {
        ColorResolution::from_code(self.color_resolution)
    }

    /// Checks the modes and sizes of a calibration. The libraries do not check them, and compute sizes of memory from
    /// them.
    pub(crate) fn checked(&self, function: &'static str) -> Result<&Self> {
        let (Some(depth), Some(color)) = (self.depth_mode(), self.color_resolution()) else {
            return Err(Error::invalid(
                function,
                format!(
                    "the calibration has depth mode {} and colour resolution {}, and at least one of these numbers is \
                     unknown",
                    self.depth_mode, self.color_resolution
                ),
            ));
        };
        let cameras = [
            ("depth", &self.depth_camera, depth.size()),
            ("colour", &self.color_camera, color.size()),
        ];
        for (name, camera, (width, height)) in cameras {
            if i64::from(camera.width) != i64::from(width)
                || i64::from(camera.height) != i64::from(height)
            {
                return Err(Error::invalid(
                    function,
                    format!(
                        "the calibration's {name} camera has {} × {} pixels, but its mode has {width} × {height}",
                        camera.width, camera.height
                    ),
                ));
            }
        }
        Ok(self)
    }
}

/// Checks a calibration that a library has filled in.
pub(crate) fn received(
    function: &'static str,
    fill: impl FnOnce(*mut Calibration) -> i32,
) -> Result<Calibration> {
    let mut calibration = Calibration::default();
    check(function, || fill(&raw mut calibration))?;
    if calibration.depth_mode().is_none() || calibration.color_resolution().is_none() {
        return Err(Error::unexpected(
            function,
            format!(
                "the library returned a calibration for depth mode {} and colour resolution {}",
                calibration.depth_mode, calibration.color_resolution
            ),
        ));
    }
    // The library never sets the last parameter, which therefore holds arbitrary bytes of the library's memory.
    calibration.depth_camera.parameters[14] = 0.0;
    calibration.color_camera.parameters[14] = 0.0;
    Ok(calibration)
}

/// Calls a point function, which fills a point and a number that says whether the point is valid.
fn point_if_valid<T: Default>(
    function: &'static str,
    call: impl FnOnce(&mut T, &mut c_int) -> i32,
) -> Result<Option<T>> {
    let (mut point, mut valid) = (T::default(), 0);
    check(function, || call(&mut point, &mut valid))?;
    Ok((valid != 0).then_some(point))
}

impl Library {
    /// The calibration for two modes, computed from a device's raw calibration (JSON).
    ///
    /// # Errors
    /// Fails if the text is not a calibration, or if both cameras are off.
    pub fn calibration(
        &self,
        raw_json: &[u8],
        depth_mode: DepthMode,
        color_resolution: ColorResolution,
    ) -> Result<Calibration> {
        const FUNCTION: &str = "k4a_calibration_get_from_raw";
        let end = raw_json.iter().position(|&byte| byte == 0);
        let text = CString::new(&raw_json[..end.unwrap_or(raw_json.len())])
            .map_err(|_| Error::invalid(FUNCTION, "the text contains a NUL"))?;
        let text = text.as_bytes_with_nul();
        received(FUNCTION, |calibration| {
            // SAFETY: the text ends with a NUL within its size; the result is as large as the library expects.
            unsafe {
                (self.functions().calibration_get_from_raw)(
                    text.as_ptr().cast(),
                    text.len(),
                    depth_mode.code(),
                    color_resolution.code(),
                    calibration,
                )
            }
        })
    }

    /// Converts a point in mm from one sensor's axes to another's.
    ///
    /// # Errors
    /// Fails if a camera is off in the calibration, or if the library lacks the function.
    pub fn point_3d_to_3d(
        &self,
        calibration: &Calibration,
        point: Float3,
        source: Sensor,
        target: Sensor,
    ) -> Result<Float3> {
        const FUNCTION: &str = "k4a_calibration_3d_to_3d";
        let call = self.needed(FUNCTION, self.functions().calibration_3d_to_3d)?;
        let mut result = Float3::default();
        check(FUNCTION, || {
            // SAFETY: all pointers are to live values of the sizes the library expects.
            unsafe {
                call(
                    calibration,
                    &point,
                    source.code(),
                    target.code(),
                    &mut result,
                )
            }
        })?;
        Ok(result)
    }

    /// Converts a pixel at a depth in mm to a point in another sensor's axes; `None` outside the range of the lens
    /// model.
    ///
    /// # Errors
    /// Fails if a camera is off in the calibration, or if the library lacks the function.
    pub fn point_2d_to_3d(
        &self,
        calibration: &Calibration,
        pixel: Float2,
        depth_mm: f32,
        source: Sensor,
        target: Sensor,
    ) -> Result<Option<Float3>> {
        const FUNCTION: &str = "k4a_calibration_2d_to_3d";
        let call = self.needed(FUNCTION, self.functions().calibration_2d_to_3d)?;
        point_if_valid(FUNCTION, |result, valid| {
            // SAFETY: all pointers are to live values of the sizes the library expects.
            unsafe {
                call(
                    calibration,
                    &pixel,
                    depth_mm,
                    source.code(),
                    target.code(),
                    result,
                    valid,
                )
            }
        })
    }

    /// The pixel where a camera sees a point in mm; `None` outside the range of the lens model.
    ///
    /// # Errors
    /// Fails if a camera is off in the calibration, or if the library lacks the function.
    pub fn point_3d_to_2d(
        &self,
        calibration: &Calibration,
        point: Float3,
        source: Sensor,
        target: Sensor,
    ) -> Result<Option<Float2>> {
        const FUNCTION: &str = "k4a_calibration_3d_to_2d";
        let call = self.needed(FUNCTION, self.functions().calibration_3d_to_2d)?;
        point_if_valid(FUNCTION, |result, valid| {
            // SAFETY: all pointers are to live values of the sizes the library expects.
            unsafe {
                call(
                    calibration,
                    &point,
                    source.code(),
                    target.code(),
                    result,
                    valid,
                )
            }
        })
    }

    /// Converts a camera's pixel at a depth in mm to a pixel of the other camera; `None` outside the range of the lens
    /// model.
    ///
    /// # Errors
    /// Fails if a camera is off in the calibration, or if the library lacks the function.
    pub fn point_2d_to_2d(
        &self,
        calibration: &Calibration,
        pixel: Float2,
        depth_mm: f32,
        source: Sensor,
        target: Sensor,
    ) -> Result<Option<Float2>> {
        const FUNCTION: &str = "k4a_calibration_2d_to_2d";
        let call = self.needed(FUNCTION, self.functions().calibration_2d_to_2d)?;
        point_if_valid(FUNCTION, |result, valid| {
            // SAFETY: all pointers are to live values of the sizes the library expects.
            unsafe {
                call(
                    calibration,
                    &pixel,
                    depth_mm,
                    source.code(),
                    target.code(),
                    result,
                    valid,
                )
            }
        })
    }

    /// The depth pixel that sees the same point as a colour pixel, searched for in a depth image; `None` if no depth
    /// pixel sees the point.
    ///
    /// # Errors
    /// Fails if a camera is off in the calibration, if the depth image does not have the calibration's size, or if the
    /// library lacks the function.
    pub fn color_2d_to_depth_2d(
        &self,
        calibration: &Calibration,
        pixel: Float2,
        depth: &Image,
    ) -> Result<Option<Float2>> {
        const FUNCTION: &str = "k4a_calibration_color_2d_to_depth_2d";
        let call = self.needed(FUNCTION, self.functions().calibration_color_2d_to_depth_2d)?;
        if depth.library() != self {
            return Err(Error::other_library(FUNCTION));
        }
        // The library looks pixels up by the calibration's size.
        let abi::Camera { width, height, .. } = calibration.checked(FUNCTION)?.depth_camera;
        let fits = depth.format() == crate::ImageFormat::Depth16
            && i64::from(depth.width()) == i64::from(width)
            && i64::from(depth.height()) == i64::from(height)
            && depth.stride() == depth.width() as usize * 2;
        if !fits {
            return Err(Error::invalid(
                FUNCTION,
                format!(
                    "the function needs a depth image of {width} × {height} pixels, not {depth:?}"
                ),
            ));
        }
        point_if_valid(FUNCTION, |result, valid| {
            // SAFETY: all pointers are to live values of the sizes the library expects; the image lives.
            unsafe { call(calibration, &pixel, depth.handle(), result, valid) }
        })
    }
}
