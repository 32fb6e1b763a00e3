//! One capture as its files.

use std::ops::Add;
use std::path::{Path, PathBuf};

use kinect_azure::calibration::{Calibration, XyTable};
use kinect_azure::decode::ColorDecoder;
use kinect_azure::transform::{SizeMismatch, color_points, point_cloud_f32};
use kinect_azure::{Capture, ColorFormat, Image, ImageFormat};
use png::{BitDepth, ColorType, Compression, Filter};

use super::{Plan, ply};
use crate::files::{WriteError, write_whole};
use crate::terminal::plural;

/// A capture with its number in the recording.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) number: u64,
    pub(crate) capture: Capture,
}

/// What point clouds are computed from.
#[derive(Debug)]
pub(crate) struct PointSource {
    pub(crate) table: XyTable,
    pub(crate) calibration: Calibration,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    pub(crate) captures: u64,
    pub(crate) color: u64,
    pub(crate) depth: u64,
    pub(crate) ir: u64,
    pub(crate) points: u64,
    pub(crate) imu_samples: u64,
}

impl Add for Written {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            captures: self.captures + other.captures,
            color: self.color + other.color,
            depth: self.depth + other.depth,
            ir: self.ir + other.ir,
            points: self.points + other.points,
            imu_samples: self.imu_samples + other.imu_samples,
        }
    }
}

impl Written {
    /// What was written, in words.
    pub(crate) fn summary(&self, plan: &Plan) -> String {
        let streams = [
            (plan.color, self.color, "color"),
            (plan.depth, self.depth, "depth"),
            (plan.ir, self.ir, "ir"),
            (plan.points.is_some(), self.points, "points"),
        ];
        let files: Vec<String> = streams
            .iter()
            .filter(|(planned, ..)| *planned)
            .map(|(_, count, name)| format!("{count} {name}"))
            .collect();
        let mut parts = Vec::new();
        if plan.captures() {
            parts.push(format!(
                "{} ({})",
                plural(self.captures, "capture"),
                files.join(", ")
            ));
        }
        if plan.imu {
            parts.push(plural(self.imu_samples, "inertial sample"));
        }
        if parts.is_empty() {
            return "nothing to export, so nothing was written".to_owned();
        }
        format!("exported {}", parts.join(" and "))
    }
}

/// Writes captures, one after the other, keeping its working memory: the decoded colour image, points and their
/// colours, an image's samples in the file's order, and the file itself.
#[derive(Debug)]
pub(crate) struct FrameWriter<'a> {
    plan: &'a Plan,
    out: &'a Path,
    decoder: ColorDecoder,
    bgra: Vec<u8>,
    points: Vec<[f32; 3]>,
    colors: Vec<[u8; 4]>,
    samples: Vec<u8>,
    file: Vec<u8>,
}

/// Why one file of a capture is not written.
enum Broken {
    /// The image is broken; the export goes on without it.
    Image(String),
    /// The file cannot be written; the export ends.
    File(WriteError),
}

impl From<WriteError> for Broken {
    fn from(error: WriteError) -> Self {
        Self::File(error)
    }
}

impl<'a> FrameWriter<'a> {
    pub(crate) fn new(plan: &'a Plan, out: &'a Path) -> Self {
        Self {
            plan,
            out,
            decoder: ColorDecoder::new(),
            bgra: Vec::new(),
            points: Vec::new(),
            colors: Vec::new(),
            samples: Vec::new(),
            file: Vec::new(),
        }
    }

    /// Writes the files of one capture; `fault` is told of images that are broken.
    pub(crate) fn write(
        &mut self,
        frame: &Frame,
        written: &mut Written,
        fault: impl Fn(&str),
    ) -> Result<(), WriteError> {
        let number = frame.number;
        let count = |stream: &str, result: Result<(), Broken>| match result {
            Ok(()) => Ok(1),
            Err(Broken::Image(problem)) => {
                fault(&format!("capture {number}: {stream}: {problem}; left out"));
                Ok(0)
            }
            Err(Broken::File(error)) => Err(error),
        };
        let Capture {
            color, depth, ir, ..
        } = &frame.capture;
        let points = self.plan.points.as_ref().zip(depth.as_ref());
        let copies_color = |image: &Image| {
            image.format == ImageFormat::Color(ColorFormat::Mjpg) && !self.plan.color_png
        };

        // Decoded once for all who need it, so that a broken image is one fault.
        let mut decoded = false;
        if let Some(image) = color
            && (points.is_some() || (self.plan.color && !copies_color(image)))
        {
            match self.decoder.decode(image, &mut self.bgra) {
                Ok(()) => decoded = true,
                Err(problem) => fault(&format!("capture {number}: color: {problem}")),
            }
        }
        if let Some(image) = color.as_ref().filter(|_| self.plan.color) {
            if copies_color(image) {
                write_whole(self.path(number, "color.jpg"), image.bytes())?;
                written.color += 1;
            } else if decoded {
                written.color += count("color", self.color_png(number, image))?;
            }
        }
        if let Some(image) = depth.as_ref().filter(|_| self.plan.depth) {
            written.depth += count("depth", self.grey_png(number, "depth", image))?;
        }
        if let Some(image) = ir.as_ref().filter(|_| self.plan.ir) {
            written.ir += count("ir", self.grey_png(number, "ir", image))?;
        }
        if let Some((source, depth)) = points {
            written.points += count("points", self.point_cloud(number, source, depth, decoded))?;
        }
        Ok(())
    }

    fn path(&self, number: u64, rest: &str) -> PathBuf {
        self.out.join(format!("{number:06}-{rest}"))
    }

    /// The decoded colour image as PNG.
    fn color_png(&mut self, number: u64, image: &Image) -> Result<(), Broken> {
        self.samples.clear();
        let (pixels, _) = self.bgra.as_chunks::<4>();
        self.samples
            .extend(pixels.iter().flat_map(|&[b, g, r, _]| [r, g, b]));
        self.png(image, ColorType::Rgb, BitDepth::Eight)?;
        Ok(write_whole(self.path(number, "color.png"), &self.file)?)
    }

    /// A depth or infrared image as 16-bit PNG.
    fn grey_png(&mut self, number: u64, name: &str, image: &Image) -> Result<(), Broken> {
        self.samples.clear();
        self.samples
            .extend(image.u16_pixels().iter().flat_map(|v| v.to_be_bytes()));
        self.png(image, ColorType::Grayscale, BitDepth::Sixteen)?;
        let path = self.path(number, &format!("{name}.png"));
        Ok(write_whole(path, &self.file)?)
    }

    /// Encodes `samples` into `file`, with the image's time as text.
    fn png(&mut self, image: &Image, color: ColorType, depth: BitDepth) -> Result<(), Broken> {
        self.file.clear();
        let mut encoder = png::Encoder::new(&mut self.file, image.width, image.height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.set_compression(Compression::Fast);
        encoder.set_filter(Filter::Up);
        let encode = || -> Result<(), png::EncodingError> {
            encoder.add_text_chunk(
                "Device timestamp (us)".to_owned(),
                image.device_timestamp_usec.to_string(),
            )?;
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&self.samples)?;
            writer.finish()
        };
        encode().map_err(|e| Broken::Image(format!("cannot be encoded as PNG: {e}")))
    }

    /// The points of a depth image, with the colours of the decoded colour image if there is one.
    fn point_cloud(
        &mut self,
        number: u64,
        source: &PointSource,
        depth: &Image,
        decoded: bool,
    ) -> Result<(), Broken> {
        let broken = |e: SizeMismatch| Broken::Image(e.to_string());
        let depth = depth.u16_pixels();
        self.points.resize(depth.len(), [0.0; 3]);
        point_cloud_f32(&source.table, depth, &mut self.points).map_err(broken)?;
        self.colors.clear();
        if decoded {
            self.colors.resize(depth.len(), [0; 4]);
            let (bgra, _) = self.bgra.as_chunks::<4>();
            color_points(
                &source.calibration,
                &source.table,
                depth,
                bgra,
                &mut self.colors,
            )
            .map_err(broken)?;
        }
        ply::encode(&self.points, &self.colors, &mut self.file);
        Ok(write_whole(self.path(number, "points.ply"), &self.file)?)
    }
}
