//! Captures and images: counted references to memory.

use std::sync::Arc;

use super::memory::Memory;
use super::modes::{DEPTH16, IR16};
use super::vendor::is_orbbec;

#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) memory: Arc<Memory>,
    pub(super) format: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) stride: i32,
    pub(super) device_usec: u64,
    pub(super) system_nsec: u64,
    pub(super) exposure_usec: u64,
    pub(super) white_balance: u32,
    pub(super) iso_speed: u32,
    pub(super) references: u32,
}

impl Image {
    pub(super) const fn new(
        memory: Arc<Memory>,
        format: i32,
        (width, height, stride): (i32, i32, i32),
    ) -> Self {
        Self {
            memory,
            format,
            width,
            height,
            stride,
            device_usec: 0,
            system_nsec: 0,
            exposure_usec: 0,
            white_balance: 0,
            iso_speed: 0,
            references: 1,
        }
    }
}

#[derive(Debug)]
pub(super) struct Capture {
    /// Colour, depth, infrared. Each holds a reference.
    pub(super) images: [Option<u64>; 3],
    /// °C; NaN = unknown.
    pub(super) temperature: f32,
    pub(super) references: u32,
}

impl Capture {
    /// A capture without images.
    pub(super) fn new() -> Self {
        Self {
            images: [None; 3],
            temperature: if is_orbbec() { 0.0 } else { f32::NAN },
            references: 1,
        }
    }
}

/// The largest width and height of an image, in pixels.
const MOST_PIXELS: i32 = 20_000;

/// Stride and size of an image that a client asks for, or why it cannot be made.
pub(super) fn layout(
    format: i32,
    width: i32,
    height: i32,
    stride: i32,
) -> Result<(i32, usize), String> {
    let sides = 1..MOST_PIXELS;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(format!(
            "an image cannot be {width} by {height} pixels large"
        ));
    }
    let least = match format {
        0 => return Err("the size of a JPEG is not known beforehand".into()),
        1 if width % 2 != 0 || height % 2 != 0 => {
            return Err("width and height of NV12 are even".into());
        }
        2 if width % 2 != 0 => return Err("the width of YUY2 is even".into()),
        1 | 6 => width,
        2 | 7 | DEPTH16 | IR16 => width * 2,
        3 => width * 4,
        8 => 0,
        _ => return Err(format!("{format} is no image format")),
    };
    let stride = if stride == 0 { least } else { stride };
    if stride < least || stride == 0 {
        return Err(format!("a stride of {stride} bytes is too short for a row"));
    }
    let rows = if format == 1 {
        height + height / 2
    } else {
        height
    };
    Ok((stride, stride as usize * rows as usize))
}
