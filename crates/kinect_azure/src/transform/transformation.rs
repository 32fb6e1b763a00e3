//! The transformation of one calibration: checks sizes, and runs the stages.

use super::color_to_depth::{self, Occlusion};
use super::custom::{CustomPixel, Interpolation, Linear, Nearest};
use super::depth_to_color;
use super::error::{SizeMismatch, TransformError, check_size};
use super::vertices::Vertices;
use crate::calibration::Calibration;

/// Images of one sensor in one pair of modes, from one camera's view into the other's.
///
/// Its tables are computed once and its buffers are used again. It uses all threads of the rayon pool in which it is
/// called; the results do not depend on their number. The rules and results are those of the vendor's library, except
/// that the ragged holes which the vendor's GPU engine leaves at the left edge in the wide modes are filled, as by
/// the vendor's CPU rule.
///
/// Images are tightly packed, row by row, and of the size that the camera has in the calibration; anything else is a
/// [`SizeMismatch`]. A depth of 0 is "not measured".
///
/// ```no_run
/// use kinect_azure::RawCalibration;
/// use kinect_azure::transform::{Occlusion, Transformation};
/// use kinect_azure::{ColorResolution, DepthMode};
///
/// let raw = RawCalibration::parse(&std::fs::read("calibration.json")?)?;
/// let calibration = raw.calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)?;
/// let mut transformation = Transformation::new(&calibration)?;
/// # let (depth, color) = (vec![0u16; 640 * 576], vec![[0u8; 4]; 1280 * 720]);
/// let mut aligned_depth = vec![0; 1280 * 720];
/// transformation.depth_to_color(&depth, &mut aligned_depth)?;
/// let mut aligned_color = vec![[0; 4]; 640 * 576];
/// transformation.color_to_depth(&depth, &color, &mut aligned_color, Occlusion::Hide)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transformation {
    color_size: [usize; 2],
    depth_size: [usize; 2],
    vertices: Vertices,
    /// Depth in the colour camera's view, for operations that need it as an intermediate result; empty until the
    /// first of them.
    aligned: Vec<u16>,
}

impl Transformation {
    /// Makes the tables, which takes some milliseconds.
    ///
    /// # Errors
    /// Fails if one of the cameras is off in the calibration.
    pub fn new(calibration: &Calibration) -> Result<Self, TransformError> {
        let vertices = Vertices::new(calibration)?;
        let color = calibration
            .color_camera
            .as_ref()
            .ok_or(TransformError::NoColorCamera)?;
        Ok(Self {
            color_size: [color.width as usize, color.height as usize],
            depth_size: vertices.size(),
            vertices,
            aligned: Vec::new(),
        })
    }

    /// Width and height in pixels of images in the depth camera's view.
    pub const fn depth_size(&self) -> [usize; 2] {
        self.depth_size
    }

    /// Width and height in pixels of images in the colour camera's view.
    pub const fn color_size(&self) -> [usize; 2] {
        self.color_size
    }

    /// Transforms a depth image (mm) into the colour camera's view: distances along the *colour* camera's optical axis
    /// in mm, 0 where the colour camera sees no measured surface.
    ///
    /// Every block of 2×2 depth pixels is drawn as two triangles, the nearest surface wins, and depth between pixels is
    /// interpolated. A block is left out where it spans more than one surface ([`SAME_SURFACE`](super::SAME_SURFACE)) or has
    /// more than one pixel without depth.
    ///
    /// # Errors
    /// Fails if an image does not have its camera's size.
    pub fn depth_to_color(&mut self, depth: &[u16], out: &mut [u16]) -> Result<(), SizeMismatch> {
        self.check("the depth image", depth.len(), self.depth_size)?;
        self.check("the transformed depth image", out.len(), self.color_size)?;
        self.vertices.compute(depth);
        depth_to_color::draw(&self.vertices, self.color_size, out);
        Ok(())
    }

    /// Like [`depth_to_color`](Self::depth_to_color), but also transforms a second image in the depth camera's view
    /// (infrared, a body index map). Pixels without depth become `invalid`.
    ///
    /// # Errors
    /// Fails if an image does not have its camera's size.
    pub fn depth_to_color_with<T: CustomPixel>(
        &mut self,
        depth: &[u16],
        custom: &[T],
        out_depth: &mut [u16],
        out_custom: &mut [T],
        interpolation: Interpolation,
        invalid: T,
    ) -> Result<(), SizeMismatch> {
        self.check("the depth image", depth.len(), self.depth_size)?;
        self.check("the custom image", custom.len(), self.depth_size)?;
        self.check(
            "the transformed depth image",
            out_depth.len(),
            self.color_size,
        )?;
        self.check(
            "the transformed custom image",
            out_custom.len(),
            self.color_size,
        )?;
        self.vertices.compute(depth);
        let (vertices, size) = (&self.vertices, self.color_size);
        match interpolation {
            Interpolation::Linear => depth_to_color::draw_with::<T, Linear>(
                vertices, size, custom, out_depth, out_custom, invalid,
            ),
            Interpolation::Nearest => depth_to_color::draw_with::<T, Nearest>(
                vertices, size, custom, out_depth, out_custom, invalid,
            ),
        }
        Ok(())
    }

    /// Computes the colour (B, G, R, A) of every depth pixel, mixed from the four nearest pixels of the colour image. A
    /// depth pixel has no colour, (0, 0, 0, 0), if it has no depth, if its point is outside the colour image (or in its
    /// last column or row, which have no neighbours to mix with), or, with `Occlusion::Hide`, if its point is
    /// [hidden](Occlusion::Hide). A black colour becomes (1, 0, 0, 0), so that it differs from no colour.
    ///
    /// # Errors
    /// Fails if an image does not have its camera's size.
    pub fn color_to_depth(
        &mut self,
        depth: &[u16],
        color: &[[u8; 4]],
        out: &mut [[u8; 4]],
        occlusion: Occlusion,
    ) -> Result<(), SizeMismatch> {
        self.check("the depth image", depth.len(), self.depth_size)?;
        self.check("the colour image", color.len(), self.color_size)?;
        self.check("the transformed colour image", out.len(), self.depth_size)?;
        self.vertices.compute(depth);
        match occlusion {
            Occlusion::Ignore => {
                color_to_depth::look_up(&self.vertices, self.color_size, color, out);
            }
            Occlusion::Hide => {
                self.aligned.resize(color.len(), 0);
                depth_to_color::draw(&self.vertices, self.color_size, &mut self.aligned);
                color_to_depth::look_up_visible(
                    &self.vertices,
                    self.color_size,
                    color,
                    &self.aligned,
                    out,
                );
            }
        }
        Ok(())
    }

    fn check(
        &self,
        what: &'static str,
        found: usize,
        [width, height]: [usize; 2],
    ) -> Result<(), SizeMismatch> {
        check_size(what, found, width * height)
    }
}
