//! One capture as its files.

use kinect_azure::decode::ColorDecoder;
use kinect_azure::ply::{self, UNSEEN};
use kinect_azure::transform::{Transformation, point_cloud_f32};
use kinect_azure::{Capture, ColorFormat, Image, ImageFormat};

use super::aligned::Aligner;
use super::broken::Broken;
use super::names::of_capture;
use super::picture::{About, PictureEncoder};
use super::plan::Plan;
use super::points::PointSource;
use super::stream::Stream;
use super::written::Written;
use crate::files::{Folder, WriteError};

/// A capture with its number in the recording.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) number: u64,
    pub(crate) capture: Capture,
}

/// Writes captures, one after the other, keeping its working memory: the decoded colour image, points and their
/// colours, aligned images, and the files before they are written.
#[derive(Debug)]
pub(crate) struct FrameWriter<'a> {
    plan: &'a Plan,
    out: &'a Folder,
    decoder: ColorDecoder,
    bgra: Vec<u8>,
    coloring: Option<Transformation>,
    points: Vec<[f32; 3]>,
    colors: Vec<[u8; 4]>,
    aligner: Option<Aligner<'a>>,
    pictures: PictureEncoder,
    cloud: Vec<u8>,
}

impl<'a> FrameWriter<'a> {
    pub(crate) fn new(plan: &'a Plan, out: &'a Folder) -> Self {
        let points = plan.points.as_ref();
        Self {
            plan,
            out,
            decoder: ColorDecoder::new(),
            bgra: Vec::new(),
            coloring: points.and_then(|source| source.transformation.clone()),
            points: Vec::new(),
            colors: Vec::new(),
            aligner: plan.aligned.as_ref().map(Aligner::new),
            pictures: PictureEncoder::default(),
            cloud: Vec::new(),
        }
    }

    /// Writes the files of one capture; `fault` is called for broken images.
    pub(crate) fn write(
        &mut self,
        frame: &Frame,
        written: &mut Written,
        fault: impl Fn(&str),
    ) -> Result<(), WriteError> {
        let number = frame.number;
        let mut count = |stream: Stream, result: Result<(), Broken>| match result {
            Ok(()) => {
                written.count(stream);
                Ok(())
            }
            Err(Broken::Image(problem)) => {
                let name = stream.name();
                fault(&format!("capture {number}: {name}: {problem}; left out"));
                Ok(())
            }
            Err(Broken::File(error)) => Err(error),
        };
        let Capture {
            color, depth, ir, ..
        } = &frame.capture;
        let plan = self.plan;
        let copies_color = |image: &Image| {
            image.format == ImageFormat::Color(ColorFormat::Mjpg) && !plan.color_png
        };

        // Decoded once for all files that need it, so that a broken image counts as one fault.
        let mut decoded = false;
        if let Some(image) = color {
            let for_depth = [Stream::Points, Stream::ColorAligned, Stream::PointsAligned];
            let needed = (depth.is_some() && for_depth.iter().any(|&stream| plan.has(stream)))
                || (plan.has(Stream::Color) && !copies_color(image));
            if needed {
                match self.decoder.decode(image, &mut self.bgra) {
                    Ok(()) => decoded = true,
                    Err(problem) => fault(&format!("capture {number}: color: {problem}")),
                }
            }
        }
        if let Some(image) = color.as_ref().filter(|_| plan.has(Stream::Color)) {
            if copies_color(image) {
                let result = self
                    .out
                    .write(&of_capture(number, "color.jpg"), image.bytes());
                count(Stream::Color, result.map_err(Broken::from))?;
            } else if decoded {
                count(Stream::Color, self.color(number, image))?;
            }
        }
        if let Some(image) = depth.as_ref().filter(|_| plan.has(Stream::Depth)) {
            count(Stream::Depth, self.grey(number, "depth.png", image))?;
        }
        if let Some(image) = ir.as_ref().filter(|_| plan.has(Stream::Ir)) {
            count(Stream::Ir, self.grey(number, "ir.png", image))?;
        }
        let Some(depth) = depth else { return Ok(()) };
        if let Some(source) = &plan.points {
            let result = self.point_cloud(number, source, depth, decoded);
            count(Stream::Points, result)?;
        }
        if let Some(aligner) = &mut self.aligner {
            aligner.begin();
        }
        // Written before the others, because aligned depth is computed along with it.
        if let Some(ir) = ir.as_ref().filter(|_| plan.has(Stream::IrAligned)) {
            count(Stream::IrAligned, self.ir_aligned(number, depth, ir))?;
        }
        if plan.has(Stream::DepthAligned) {
            count(Stream::DepthAligned, self.depth_aligned(number, depth))?;
        }
        if let Some(color) = color.as_ref().filter(|_| decoded) {
            if plan.has(Stream::ColorAligned) {
                let result = self.color_aligned(number, depth, color);
                count(Stream::ColorAligned, result)?;
            }
            if plan.has(Stream::PointsAligned) {
                let result = self.points_aligned(number, depth);
                count(Stream::PointsAligned, result)?;
            }
        }
        Ok(())
    }

    /// The decoded colour image as PNG.
    fn color(&mut self, number: u64, image: &Image) -> Result<(), Broken> {
        let (bgra, _) = self.bgra.as_chunks::<4>();
        let file = self.pictures.rgb(About::of(image), bgra)?;
        Ok(self.out.write(&of_capture(number, "color.png"), file)?)
    }

    /// A depth or infrared image as 16-bit PNG.
    fn grey(&mut self, number: u64, name: &str, image: &Image) -> Result<(), Broken> {
        let file = self.pictures.grey(About::of(image), image.u16_pixels())?;
        Ok(self.out.write(&of_capture(number, name), file)?)
    }

    /// The points of a depth image, with the colours of the decoded colour image if there is one.
    fn point_cloud(
        &mut self,
        number: u64,
        source: &PointSource,
        depth: &Image,
        decoded: bool,
    ) -> Result<(), Broken> {
        let depth = depth.u16_pixels();
        self.points.resize(depth.len(), [0.0; 3]);
        point_cloud_f32(&source.table, depth, &mut self.points)?;
        self.colors.clear();
        self.colors.resize(depth.len(), [0; 4]);
        if let Some(coloring) = self.coloring.as_mut().filter(|_| decoded) {
            let (bgra, _) = self.bgra.as_chunks::<4>();
            coloring.color_to_depth(depth, bgra, &mut self.colors, self.plan.occlusion)?;
        }
        let points = self.points.iter().zip(&self.colors);
        let points =
            points
                .filter(|(point, _)| point[2] != 0.0)
                .map(|(&point, &color)| match color {
                    [0, 0, 0, 0] => (point, UNSEEN),
                    [b, g, r, _] => (point, [r, g, b]),
                });
        let name = of_capture(number, "points.ply");
        write_cloud(&mut self.cloud, self.out, &name, points)
    }

    fn depth_aligned(&mut self, number: u64, depth: &Image) -> Result<(), Broken> {
        let Some(aligner) = &mut self.aligner else {
            return Ok(());
        };
        let about = About {
            size: aligner.color_size(),
            ..About::of(depth)
        };
        let aligned = aligner.depth(depth.u16_pixels())?;
        let file = self.pictures.grey(about, aligned)?;
        Ok(self
            .out
            .write(&of_capture(number, "depth-aligned.png"), file)?)
    }

    fn ir_aligned(&mut self, number: u64, depth: &Image, ir: &Image) -> Result<(), Broken> {
        let Some(aligner) = &mut self.aligner else {
            return Ok(());
        };
        let about = About {
            size: aligner.color_size(),
            ..About::of(ir)
        };
        let aligned = aligner.infrared(depth.u16_pixels(), ir.u16_pixels())?;
        let file = self.pictures.grey(about, aligned)?;
        Ok(self
            .out
            .write(&of_capture(number, "ir-aligned.png"), file)?)
    }

    fn color_aligned(&mut self, number: u64, depth: &Image, color: &Image) -> Result<(), Broken> {
        let Some(aligner) = &mut self.aligner else {
            return Ok(());
        };
        let about = About {
            size: [depth.width, depth.height],
            ..About::of(color)
        };
        let (bgra, _) = self.bgra.as_chunks::<4>();
        let aligned = aligner.color(depth.u16_pixels(), bgra, self.plan.occlusion)?;
        let file = self.pictures.rgba(about, aligned)?;
        Ok(self
            .out
            .write(&of_capture(number, "color-aligned.png"), file)?)
    }

    /// The points of the colour camera's pixels.
    fn points_aligned(&mut self, number: u64, depth: &Image) -> Result<(), Broken> {
        let Some(aligner) = &mut self.aligner else {
            return Ok(());
        };
        let (bgra, _) = self.bgra.as_chunks::<4>();
        let points = aligner.points(depth.u16_pixels(), bgra)?;
        let name = of_capture(number, "points-aligned.ply");
        write_cloud(&mut self.cloud, self.out, &name, points)
    }
}

/// Writes a point cloud's file, which is built in `memory`.
fn write_cloud(
    memory: &mut Vec<u8>,
    out: &Folder,
    name: &str,
    points: impl Iterator<Item = ([f32; 3], [u8; 3])> + Clone,
) -> Result<(), Broken> {
    memory.clear();
    ply::write_points(memory, points)
        .map_err(|e| Broken::Image(format!("cannot be written: {e}")))?;
    Ok(out.write(name, memory)?)
}
