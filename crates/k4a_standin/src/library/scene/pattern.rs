//! The test chart: colour bars with a little texture, depth that increases to the right and downwards with holes, and an
//! infrared pattern, each with its number above it ([`crate::chart`]).

use std::sync::Arc;

use kinect_azure::ColorFormat;
use kinect_simulation::jpeg::{JpegError, STRIP_ROWS, encode_strip, join_strips};

use super::drawn::{Drawn, Key, share};
use crate::chart::{self, CELLS, COLOR_ROWS, DEPTH_CELLS, DEPTH_ROWS, IR_CELLS};
use crate::library::memory::Memory;

/// Blue, green, red of the bars.
const BARS: [[u8; 3]; 8] = [
    [180, 180, 180],
    [40, 180, 180],
    [180, 180, 40],
    [40, 180, 40],
    [180, 40, 180],
    [40, 40, 180],
    [180, 40, 40],
    [40, 40, 40],
];

pub(super) fn draw(key: &Key) -> Result<Vec<Drawn>, String> {
    let colors = match key.format {
        Some(format) => color(key, format)?,
        None => Vec::new(),
    };
    let (width, height) = key.depth.size();
    let (width, height) = (width as usize, height as usize);
    let planes = |value: fn(usize, usize, usize, usize) -> u16, cells: [u16; 2]| {
        let plane: Vec<u16> = (0..width * height)
            .map(|i| value(i % width, i / width, width, height))
            .collect();
        (0..key.captures)
            .map(|number| share(&numbered(plane.clone(), width, number, cells)))
            .collect::<Result<Vec<_>, _>>()
    };
    let depths = if key.depth.has_depth() {
        planes(depth_at, DEPTH_CELLS)?
    } else {
        Vec::new()
    };
    let irs = if width > 0 {
        planes(ir_at, IR_CELLS)?
    } else {
        Vec::new()
    };
    let place = |images: &[Arc<Memory>], n: u32| images.get(n as usize).cloned();
    Ok((0..key.captures)
        .map(|n| Drawn {
            color: place(&colors, n),
            depth: place(&depths, n),
            ir: place(&irs, n),
        })
        .collect())
}

/// 0.6 to about 3 m, with holes.
fn depth_at(x: usize, y: usize, width: usize, height: usize) -> u16 {
    if (x / 8) % 12 == 5 && (y / 8) % 9 == 4 {
        return 0;
    }
    (600 + 1800 * x / width + 600 * y / height) as u16
}

fn ir_at(x: usize, y: usize, width: usize, _: usize) -> u16 {
    (200 + 1500 * x / width + 400 * ((x / 16 + y / 16) % 2)) as u16
}

/// The picture with its number, as bytes in the machine's order.
fn numbered(mut plane: Vec<u16>, width: usize, number: u32, [dark, bright]: [u16; 2]) -> Vec<u8> {
    for row in plane.chunks_mut(width).take(DEPTH_ROWS) {
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = if chart::bright(number, x * CELLS / width) {
                bright
            } else {
                dark
            };
        }
    }
    plane.into_iter().flat_map(u16::to_ne_bytes).collect()
}

fn color(key: &Key, format: ColorFormat) -> Result<Vec<Arc<Memory>>, String> {
    let (width, height) = key.color.size();
    let (width, height) = (width as usize, height as usize);
    let mut bgra: Vec<u8> = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            bgra.extend_from_slice(&color_at(x, y, width, height));
        }
    }
    let mut strips = Vec::new();
    if format == ColorFormat::Mjpg {
        for pixels in bgra.chunks(STRIP_ROWS * width * 4) {
            strips.push(strip(pixels, width)?);
        }
    }
    (0..key.captures)
        .map(|number| {
            for row in bgra.chunks_mut(width * 4).take(COLOR_ROWS) {
                for (x, pixel) in row.chunks_mut(4).enumerate() {
                    let value = if chart::bright(number, x * CELLS / width) {
                        235
                    } else {
                        16
                    };
                    pixel[..3].fill(value);
                }
            }
            match format {
                ColorFormat::Mjpg => {
                    // The number fills the first strip, and no other.
                    if let Some(first) = strips.first_mut() {
                        *first = strip(&bgra[..STRIP_ROWS * width * 4], width)?;
                    }
                    let mut image = Vec::new();
                    join_strips(strips.iter().map(Vec::as_slice), height as u16, &mut image)
                        .map_err(undrawn)?;
                    share(&image)
                }
                ColorFormat::Nv12 => share(&nv12(&bgra, width)),
                ColorFormat::Yuy2 => share(&yuy2(&bgra)),
                ColorFormat::Bgra32 => share(&bgra),
            }
        })
        .collect()
}

fn strip(bgra: &[u8], width: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    encode_strip(bgra, width, &mut bytes).map_err(undrawn)?;
    Ok(bytes)
}

fn undrawn(error: JpegError) -> String {
    format!("the test chart cannot be encoded: {error}")
}

fn color_at(x: usize, y: usize, width: usize, height: usize) -> [u8; 4] {
    let [b, g, r] = BARS[x * 8 / width];
    let shade = (40 * y / height) as u8;
    // Texture, so that the JPEG is as large, and takes as long to decode, as that of a room.
    let noise = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77);
    let noise = noise ^ (noise >> 15);
    let noise = (noise.wrapping_mul(0x2C1B_3C6D) >> 28) as u8;
    let at = |v: u8| v + shade / 2 + noise;
    [at(b), at(g), at(r), 255]
}

/// Y after BT.601 over the full range, like the device's, in 16.16 fixed point.
fn luma(pixel: &[u8]) -> u8 {
    let [b, g, r] = [0, 1, 2].map(|i| i32::from(pixel[i]));
    ((19_595 * r + 38_470 * g + 7_471 * b + 0x8000) >> 16) as u8
}

/// U and V of a pixel.
fn chroma(pixel: &[u8]) -> [u8; 2] {
    let [b, g, r] = [0, 1, 2].map(|i| i32::from(pixel[i]));
    let code = |sum: i32| ((sum + (128 << 16) + 0x8000) >> 16).clamp(0, 255) as u8;
    [
        code(-11_059 * r - 21_709 * g + 32_768 * b),
        code(32_768 * r - 27_439 * g - 5_329 * b),
    ]
}

fn nv12(bgra: &[u8], width: usize) -> Vec<u8> {
    let mut out: Vec<u8> = bgra.chunks(4).map(luma).collect();
    for row in bgra.chunks(width * 4).step_by(2) {
        out.extend(row.chunks(8).flat_map(chroma));
    }
    out
}

fn yuy2(bgra: &[u8]) -> Vec<u8> {
    bgra.chunks(8)
        .flat_map(|pair| {
            let [u, v] = chroma(pair);
            [luma(pair), u, luma(&pair[4..]), v]
        })
        .collect()
}
