//! Images of one camera in the other camera's view.

use kinect_azure::Calibration;
use kinect_azure::calibration::{Extrinsics, Sensor, XyTable};
use kinect_azure::transform::{
    Interpolation, Occlusion, SizeMismatch, TransformError, Transformation,
};
use kinect_azure::units;

/// The tables from which aligned images are computed, made once for all workers.
#[derive(Debug)]
pub(crate) struct AlignedSource {
    transformation: Transformation,
    color_table: XyTable,
    to_depth_camera: Extrinsics,
}

impl AlignedSource {
    pub(crate) fn new(calibration: &Calibration) -> Result<Self, TransformError> {
        let color_camera = calibration
            .color_camera
            .as_ref()
            .ok_or(TransformError::NoColorCamera)?;
        Ok(Self {
            transformation: Transformation::new(calibration)?,
            color_table: XyTable::new(color_camera),
            to_depth_camera: *calibration
                .extrinsics(Sensor::Color, Sensor::Depth)
                .ok_or(TransformError::NoExtrinsics)?,
        })
    }
}

/// One worker's aligned images. Depth in the colour camera's view is computed once for a capture, along with the first image
/// that needs it.
#[derive(Debug)]
pub(crate) struct Aligner<'a> {
    source: &'a AlignedSource,
    transformation: Transformation,
    depth: Vec<u16>,
    /// Whether `depth` belongs to the present capture.
    has_depth: bool,
    infrared: Vec<u16>,
    color: Vec<[u8; 4]>,
}

impl<'a> Aligner<'a> {
    pub(crate) fn new(source: &'a AlignedSource) -> Self {
        let transformation = source.transformation.clone();
        let pixels = |[width, height]: [usize; 2]| width * height;
        Self {
            source,
            depth: vec![0; pixels(transformation.color_size())],
            has_depth: false,
            infrared: vec![0; pixels(transformation.color_size())],
            color: vec![[0; 4]; pixels(transformation.depth_size())],
            transformation,
        }
    }

    /// Width and height of images in the colour camera's view.
    pub(crate) fn color_size(&self) -> [u32; 2] {
        [
            self.source.color_table.width(),
            self.source.color_table.height(),
        ]
    }

    /// Begins another capture.
    pub(crate) fn begin(&mut self) {
        self.has_depth = false;
    }

    /// Depth in the colour camera's view.
    pub(crate) fn depth(&mut self, depth: &[u16]) -> Result<&[u16], SizeMismatch> {
        if !self.has_depth {
            self.transformation.depth_to_color(depth, &mut self.depth)?;
            self.has_depth = true;
        }
        Ok(&self.depth)
    }

    /// Transforms an infrared image, and depth with it, to the view of the colour camera.
    pub(crate) fn infrared(
        &mut self,
        depth: &[u16],
        infrared: &[u16],
    ) -> Result<&[u16], SizeMismatch> {
        self.transformation.depth_to_color_with(
            depth,
            infrared,
            &mut self.depth,
            &mut self.infrared,
            Interpolation::Linear,
            0,
        )?;
        self.has_depth = true;
        Ok(&self.infrared)
    }

    /// Colour in the depth camera's view.
    pub(crate) fn color(
        &mut self,
        depth: &[u16],
        bgra: &[[u8; 4]],
        occlusion: Occlusion,
    ) -> Result<&[[u8; 4]], SizeMismatch> {
        self.transformation
            .color_to_depth(depth, bgra, &mut self.color, occlusion)?;
        Ok(&self.color)
    }

    /// The points of the colour camera's pixels, in metres and world axes from the depth camera, each with the colour of its
    /// pixel.
    pub(crate) fn points<'b>(
        &'b mut self,
        depth: &[u16],
        bgra: &'b [[u8; 4]],
    ) -> Result<impl Iterator<Item = ([f32; 3], [u8; 3])> + Clone + use<'a, 'b>, SizeMismatch> {
        self.depth(depth)?;
        let expected = self.depth.len();
        if bgra.len() != expected {
            return Err(SizeMismatch {
                what: "the colour image",
                found: bgra.len(),
                expected,
            });
        }
        let pixels = self.source.color_table.rays().iter().zip(&self.depth);
        Ok(pixels
            .zip(bgra)
            // A ray that does not exist is NaN.
            .filter(|((ray, depth), _)| **depth != 0 && !ray[0].is_nan())
            .map(|((&[x, y], &depth), &[b, g, r, _])| {
                let d = f32::from(depth);
                let point = self
                    .source
                    .to_depth_camera
                    .transform_point([x * d, y * d, d]);
                (units::to_world(point), [r, g, b])
            }))
    }
}
