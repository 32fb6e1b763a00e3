//! Images from one camera's view into the other's, and into points, by the vendor's library.

use crate::abi::{Calibration, Handle, K4a};
use crate::call::check;
use crate::codes::{Interpolation, Sensor};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{Image, ImageMut};
use crate::library::Library;
use crate::log;

/// Transforms images for one calibration. Images must have exactly the calibration's sizes, without padding; the
/// library refuses others.
#[derive(Debug)]
pub struct Transformation {
    library: Library,
    handle: Handle,
}

// SAFETY: the handle is not bound to a thread, and only one has it at a time.
unsafe impl Send for Transformation {}

impl Library {
    /// Prepares transformations. If both cameras are on, this starts the closed-source depth engine, which needs OpenGL
    /// 4.4 (on Linux with an X server) and takes a second. If one camera is on, only
    /// [`point_cloud`](Transformation::point_cloud) works.
    ///
    /// # Errors
    /// Fails if the calibration is invalid, if the depth engine does not start, or if the library lacks the function.
    pub fn transformation(&self, calibration: &Calibration) -> Result<Transformation> {
        const FUNCTION: &str = "k4a_transformation_create";
        let create = self.needed(FUNCTION, self.functions().transformation_create)?;
        self.needed(
            "k4a_transformation_destroy",
            self.functions().transformation_destroy,
        )?;
        let calibration = calibration.checked(FUNCTION)?;
        // SAFETY: the calibration lives, and the library copies it.
        let handle = log::during(|| unsafe { create(calibration) });
        if handle.is_null() {
            return Err(
                Error::new(ErrorKind::Failed, FUNCTION, "the library refused").with_advice(
                    "with both cameras on, transformations need the depth engine (libdepthengine.so.2.0, \
                     depthengine_2_0.dll) and OpenGL 4.4 (on Linux with an X server: DISPLAY)",
                ),
            );
        }
        Ok(Transformation {
            library: self.clone(),
            handle,
        })
    }
}

impl Transformation {
    fn functions(&self) -> &'static K4a {
        self.library.functions()
    }

    fn own(&self, function: &'static str, libraries: &[&Library]) -> Result<()> {
        if libraries.iter().all(|&library| *library == self.library) {
            Ok(())
        } else {
            Err(Error::other_library(function))
        }
    }

    /// Transforms a depth image into the colour camera's view. `transformed` is a depth image of the colour camera's
    /// size.
    ///
    /// # Errors
    /// Fails if the images do not have the calibration's sizes.
    pub fn depth_to_color(&self, depth: &Image, transformed: &mut ImageMut) -> Result<()> {
        const FUNCTION: &str = "k4a_transformation_depth_image_to_color_camera";
        self.own(FUNCTION, &[depth.library(), transformed.library()])?;
        let f = self.functions();
        let call = self
            .library
            .needed(FUNCTION, f.transformation_depth_image_to_color_camera)?;
        check(FUNCTION, || {
            // SAFETY: the handles live; the library checks formats and sizes; no other code has access to the output.
            unsafe { call(self.handle, depth.handle(), transformed.handle()) }
        })
    }

    /// Like [`depth_to_color`](Self::depth_to_color), but also transforms a custom image (`Custom8` or `Custom16`, of
    /// the depth camera's size) along with the depth. Pixels without depth get the value `invalid`.
    ///
    /// # Errors
    /// Fails if the images do not have the calibration's sizes.
    pub fn depth_to_color_custom(
        &self,
        depth: &Image,
        custom: &Image,
        transformed_depth: &mut ImageMut,
        transformed_custom: &mut ImageMut,
        interpolation: Interpolation,
        invalid: u32,
    ) -> Result<()> {
        const FUNCTION: &str = "k4a_transformation_depth_image_to_color_camera_custom";
        self.own(
            FUNCTION,
            &[
                depth.library(),
                custom.library(),
                transformed_depth.library(),
                transformed_custom.library(),
            ],
        )?;
        let f = self.functions();
        let call = self.library.needed(
            FUNCTION,
            f.transformation_depth_image_to_color_camera_custom,
        )?;
        check(FUNCTION, || {
            // SAFETY: as in `depth_to_color`.
            unsafe {
                call(
                    self.handle,
                    depth.handle(),
                    custom.handle(),
                    transformed_depth.handle(),
                    transformed_custom.handle(),
                    interpolation.code(),
                    invalid,
                )
            }
        })
    }

    /// Transforms a BGRA32 colour image into the depth camera's view. `transformed` is a BGRA32 image of the depth
    /// camera's size.
    ///
    /// # Errors
    /// Fails if the images do not have the calibration's sizes.
    pub fn color_to_depth(
        &self,
        depth: &Image,
        color: &Image,
        transformed: &mut ImageMut,
    ) -> Result<()> {
        const FUNCTION: &str = "k4a_transformation_color_image_to_depth_camera";
        self.own(
            FUNCTION,
            &[depth.library(), color.library(), transformed.library()],
        )?;
        let f = self.functions();
        let call = self
            .library
            .needed(FUNCTION, f.transformation_color_image_to_depth_camera)?;
        check(FUNCTION, || {
            // SAFETY: as in `depth_to_color`.
            unsafe {
                call(
                    self.handle,
                    depth.handle(),
                    color.handle(),
                    transformed.handle(),
                )
            }
        })
    }

    /// Computes the points of a depth image that is in the view of `camera`. `points` is a `Custom` image of the same
    /// size with three i16 for each pixel: x, y and z in mm.
    ///
    /// # Errors
    /// Fails if the images do not have the calibration's sizes, or if `camera` is not a camera.
    pub fn point_cloud(&self, depth: &Image, camera: Sensor, points: &mut ImageMut) -> Result<()> {
        const FUNCTION: &str = "k4a_transformation_depth_image_to_point_cloud";
        self.own(FUNCTION, &[depth.library(), points.library()])?;
        if !matches!(camera, Sensor::Depth | Sensor::Color) {
            return Err(Error::invalid(
                FUNCTION,
                format!("{camera:?} is not a camera"),
            ));
        }
        let f = self.functions();
        let call = self
            .library
            .needed(FUNCTION, f.transformation_depth_image_to_point_cloud)?;
        check(FUNCTION, || {
            // SAFETY: as in `depth_to_color`.
            unsafe { call(self.handle, depth.handle(), camera.code(), points.handle()) }
        })
    }
}

impl Drop for Transformation {
    fn drop(&mut self) {
        if let Some(destroy) = self.functions().transformation_destroy {
            // SAFETY: the handle lives and is not used again.
            log::during(|| unsafe { destroy(self.handle) });
        }
    }
}
