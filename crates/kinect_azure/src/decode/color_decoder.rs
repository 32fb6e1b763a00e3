//! The decoder of all colour formats.

use super::error::DecodeError;
use super::general::{self, GeneralError};
use super::jpeg::{JpegDecoder, JpegError};
use super::yuv::{self, YuvRange};
use crate::image::{Image, ImageFormat};
use crate::modes::ColorFormat;

/// Decodes colour images to BGRA. Its memory is used again, so that further images of the same size and format are
/// decoded without allocating.
///
/// ```
/// use kinect_azure::decode::ColorDecoder;
/// use kinect_azure::{ColorFormat, Image, ImageFormat};
///
/// let mut image = Image::empty(ImageFormat::Color(ColorFormat::Yuy2));
/// (image.width, image.height, image.stride) = (2, 1, 4);
/// image.pixels = kinect_azure::image::Pixels::Bytes(vec![255, 128, 0, 128]);
///
/// let mut bgra = Vec::new();
/// ColorDecoder::new().decode(&image, &mut bgra)?;
/// assert_eq!(bgra, [255, 255, 255, 255, 0, 0, 0, 255]);
/// # Ok::<(), kinect_azure::decode::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct ColorDecoder {
    /// How NV12 and YUY2 images are read.
    pub yuv_range: YuvRange,
    /// Whether JPEGs are decoded by several threads, if the camera put restart markers into them. If `false`, the
    /// decoder uses only the thread that calls it.
    pub parallel: bool,
    jpeg: JpegDecoder,
    /// One row of chroma at full width.
    lines: Vec<u8>,
}

/// The bytes of a BGRA image whose rows are tightly packed, which are the bytes that [`ColorDecoder::decode`] would
/// write. `None` for all other images and if bytes are missing.
pub fn packed_bgra(image: &Image) -> Option<&[u8]> {
    let format = ColorFormat::Bgra32;
    if image.format != ImageFormat::Color(format) {
        return None;
    }
    let stride = stride_of(image, format).ok()?;
    (stride == image.width as usize * 4)
        .then(|| image.bytes().get(..output_size(image)))
        .flatten()
}

/// Bytes from row to row of an image that is stored in rows, after a check that no row is missing.
fn stride_of(image: &Image, format: ColorFormat) -> Result<usize, DecodeError> {
    let wrong_size = DecodeError::WrongSize {
        format: image.format,
        width: image.width,
        height: image.height,
        stride: image.stride,
        size: image.size(),
    };
    let (width, height) = (image.width as usize, image.height as usize);
    let (row, rows) = match format {
        ColorFormat::Nv12 if width % 2 == 0 && height % 2 == 0 => (width, height + height / 2),
        ColorFormat::Yuy2 if width % 2 == 0 => (width * 2, height),
        ColorFormat::Bgra32 => (width * 4, height),
        ColorFormat::Mjpg | ColorFormat::Nv12 | ColorFormat::Yuy2 => return Err(wrong_size),
    };
    // Some devices give no stride when rows are tightly packed.
    let stride = match image.stride as usize {
        0 => row,
        stride => stride,
    };
    // The last row may end with its last pixel.
    let needed = rows.saturating_sub(1).checked_mul(stride);
    let needed = needed.and_then(|size| size.checked_add(if rows == 0 { 0 } else { row }));
    match needed {
        Some(needed) if stride >= row && image.size() >= needed && row > 0 => Ok(stride),
        _ => Err(wrong_size),
    }
}

impl ColorDecoder {
    /// Makes a decoder that reads NV12 and YUY2 in the full range and uses one thread.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes into `bgra`, which becomes exactly 4 × width × height bytes long: B, G, R, A of each pixel, row by
    /// row, alpha 255 (or the image's own for BGRA). After an error the contents of `bgra` are undefined.
    pub fn decode(&mut self, image: &Image, bgra: &mut Vec<u8>) -> Result<(), DecodeError> {
        let prepared = self.prepare(image)?;
        // Only now, when the image is known to have the bytes for that size.
        bgra.resize(output_size(image), 0);
        self.write(image, prepared, bgra)
    }

    /// Decodes into memory of exactly 4 × width × height bytes.
    pub fn decode_into(&mut self, image: &Image, bgra: &mut [u8]) -> Result<(), DecodeError> {
        if bgra.len() != output_size(image) {
            return Err(DecodeError::WrongOutput {
                found: bgra.len(),
                expected: output_size(image),
            });
        }
        let prepared = self.prepare(image)?;
        self.write(image, prepared, bgra)
    }

    /// Checks that the image has all the bytes that its size needs.
    fn prepare(&mut self, image: &Image) -> Result<Prepared, DecodeError> {
        let ImageFormat::Color(format) = image.format else {
            return Err(DecodeError::NotColor {
                format: image.format,
            });
        };
        if format == ColorFormat::Mjpg {
            return self.prepare_jpeg(image);
        }
        let stride = stride_of(image, format)?;
        Ok(Prepared::Rows { format, stride })
    }

    fn prepare_jpeg(&mut self, image: &Image) -> Result<Prepared, DecodeError> {
        let (prepared, (found_width, found_height)) = match self.jpeg.begin(image.bytes()) {
            Ok(size) => (Prepared::Jpeg, size),
            Err(JpegError::Damaged(problem)) => return Err(damaged_jpeg(image, problem)),
            Err(JpegError::Unknown(problem)) => return Err(unsupported_jpeg(image, problem)),
            Err(JpegError::Unusual(problem)) => {
                let size = general::size(image.bytes());
                let size = size.map_err(|error| general_error(image, problem, error))?;
                (Prepared::General { problem }, size)
            }
        };
        if (found_width, found_height) != (image.width, image.height) {
            return Err(DecodeError::WrongJpegSize {
                width: image.width,
                height: image.height,
                found_width,
                found_height,
            });
        }
        Ok(prepared)
    }

    fn write(
        &mut self,
        image: &Image,
        prepared: Prepared,
        bgra: &mut [u8],
    ) -> Result<(), DecodeError> {
        match prepared {
            Prepared::Jpeg => self.jpeg.finish(bgra, self.parallel).map_err(|error| {
                let (JpegError::Damaged(problem)
                | JpegError::Unusual(problem)
                | JpegError::Unknown(problem)) = error;
                damaged_jpeg(image, problem)
            }),
            Prepared::General { problem } => general::decode(image.bytes(), bgra)
                .map_err(|error| general_error(image, problem, error)),
            Prepared::Rows { format, stride } => {
                self.write_rows(image, format, stride, bgra);
                Ok(())
            }
        }
    }

    /// Converts an image of rows. [`prepare`](Self::prepare) has checked that no row is missing.
    fn write_rows(&mut self, image: &Image, format: ColorFormat, stride: usize, bgra: &mut [u8]) {
        let (width, height) = (image.width as usize, image.height as usize);
        let to_bgra = match self.yuv_range {
            YuvRange::Full => yuv::full_range_to_bgra,
            YuvRange::Limited => yuv::limited_range_to_bgra,
        };
        self.lines.resize(width * 3, 0);
        let (y, chroma) = self.lines.split_at_mut(width);
        let (u, v) = chroma.split_at_mut(width);
        let bytes = image.bytes();
        let row_of = |index: usize| bytes.get(index * stride..).unwrap_or_default();
        for (index, out) in bgra.chunks_exact_mut((width * 4).max(1)).enumerate() {
            let row = row_of(index);
            match format {
                ColorFormat::Bgra32 => {
                    if let Some(row) = row.get(..width * 4) {
                        out.copy_from_slice(row);
                    }
                    continue;
                }
                ColorFormat::Yuy2 => {
                    let places = pairs_of(y).zip(pairs_of(u)).zip(pairs_of(v));
                    for (&[y0, u_of_both, y1, v_of_both], ((y, u), v)) in
                        row.as_chunks().0.iter().zip(places)
                    {
                        *y = [y0, y1];
                        *u = [u_of_both; 2];
                        *v = [v_of_both; 2];
                    }
                }
                ColorFormat::Nv12 => {
                    if let Some(row) = row.get(..width) {
                        y.copy_from_slice(row);
                    }
                    // A row of chroma serves two of luma.
                    if index % 2 == 0 {
                        let row = row_of(height + index / 2);
                        let places = pairs_of(u).zip(pairs_of(v));
                        for (&[u_of_both, v_of_both], (u, v)) in
                            row.as_chunks().0.iter().zip(places)
                        {
                            *u = [u_of_both; 2];
                            *v = [v_of_both; 2];
                        }
                    }
                }
                ColorFormat::Mjpg => return,
            }
            to_bgra(y, u, v, out.as_chunks_mut().0);
        }
    }
}

/// An image whose size has been checked.
#[derive(Clone, Copy, Debug)]
enum Prepared {
    /// A JPEG that was begun.
    Jpeg,
    /// A JPEG for the general decoder, because this crate's decoder does not support its kind.
    General { problem: &'static str },
    /// Rows, this many bytes apart.
    Rows { format: ColorFormat, stride: usize },
}

/// The places of pairs of pixels in a line.
fn pairs_of(line: &mut [u8]) -> impl Iterator<Item = &mut [u8; 2]> {
    line.as_chunks_mut().0.iter_mut()
}

fn output_size(image: &Image) -> usize {
    image.width as usize * image.height as usize * 4
}

fn damaged_jpeg(image: &Image, problem: &'static str) -> DecodeError {
    DecodeError::BadJpeg {
        size: image.size(),
        problem,
    }
}

/// The error of a JPEG that this crate's decoder left to the general decoder because of `problem`, and that the
/// general decoder cannot decode either.
fn general_error(image: &Image, problem: &'static str, error: GeneralError) -> DecodeError {
    match error {
        GeneralError::Damaged => damaged_jpeg(image, "its header or its scans are broken"),
        GeneralError::Unknown => unsupported_jpeg(image, problem),
    }
}

fn unsupported_jpeg(image: &Image, problem: &'static str) -> DecodeError {
    DecodeError::UnsupportedJpeg {
        size: image.size(),
        problem,
    }
}
