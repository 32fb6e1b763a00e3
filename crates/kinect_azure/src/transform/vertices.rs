//! Where the colour camera sees every depth pixel.
//!
//! The arithmetic is that of the vendor's depth engine, in f32 and in its order, so that every vertex equals the
//! depth engine's to the last bit: points on the edge of a pixel fall to the same side, and depths between them round
//! to the same millimetre. Loops over rows are simple enough to become vector instructions.

use rayon::prelude::*;

use super::error::TransformError;
use crate::calibration::camera::Lens;
use crate::calibration::{Calibration, Extrinsics, Sensor, XyTable};

/// The vertex of every depth pixel, row by row in separate arrays for u, v and z, and the tables that it is computed
/// from.
#[derive(Clone, Debug)]
pub(super) struct Vertices {
    size: [usize; 2],
    rays: Parts<Vec<f32>>,
    projection: Projection,
    /// Where the colour camera sees the pixel, and its distance along the colour camera's axis in mm; z is 0 for
    /// pixels that it does not see, whose u and v are undefined.
    seen: Seen<Vec<f32>>,
    /// For each [`CHUNK`] of a row the rows of the colour image that its pixels are seen in.
    spans: Vec<Span>,
}

/// x and y of rays on the plane z = 1; x is NaN where a pixel has none.
#[derive(Clone, Debug)]
struct Parts<T> {
    x: T,
    y: T,
}

/// Column, row and distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<T> {
    pub(super) u: T,
    pub(super) v: T,
    pub(super) z: T,
}

/// The smallest and the largest row (v) of some vertices; from +∞ to −∞ if there are no vertices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: f32,
    pub(super) last: f32,
}

/// Pixels of a row that have a common [`Span`].
pub(super) const CHUNK: usize = 64;

/// Rows that one task does.
const ROWS_PER_TASK: usize = 16;

impl Vertices {
    pub(super) fn new(calibration: &Calibration) -> Result<Self, TransformError> {
        let depth = calibration
            .depth_camera
            .as_ref()
            .ok_or(TransformError::NoDepthCamera)?;
        let color = calibration
            .color_camera
            .as_ref()
            .ok_or(TransformError::NoColorCamera)?;
        let to_color = calibration
            .extrinsics(Sensor::Depth, Sensor::Color)
            .ok_or(TransformError::NoExtrinsics)?;
        let table = XyTable::new(depth);
        let rays = table.rays();
        let size = [depth.width as usize, depth.height as usize];
        let zeros = || vec![0.0; rays.len()];
        Ok(Self {
            size,
            rays: Parts {
                x: rays.iter().map(|ray| ray[0]).collect(),
                y: rays.iter().map(|ray| ray[1]).collect(),
            },
            projection: Projection {
                to_color: *to_color,
                lens: Lens::new(color),
            },
            seen: Seen {
                u: zeros(),
                v: zeros(),
                z: zeros(),
            },
            spans: vec![Span::NONE; size[0].div_ceil(CHUNK) * size[1]],
        })
    }

    /// Width and height of the depth image.
    pub(super) const fn size(&self) -> [usize; 2] {
        self.size
    }

    /// The vertices of a depth image of the right size.
    pub(super) fn compute(&mut self, depth: &[u16]) {
        let width = self.size[0];
        if width == 0 {
            return;
        }
        let pixels = width * ROWS_PER_TASK;
        let chunks = width.div_ceil(CHUNK);
        let projection = self.projection;
        let arch = pulp::Arch::new();
        (
            depth.par_chunks(pixels),
            self.rays.x.par_chunks(pixels),
            self.rays.y.par_chunks(pixels),
            self.seen.u.par_chunks_mut(pixels),
            self.seen.v.par_chunks_mut(pixels),
            self.seen.z.par_chunks_mut(pixels),
            self.spans.par_chunks_mut(chunks * ROWS_PER_TASK),
        )
            .into_par_iter()
            .for_each(|(depth, x, y, u, v, z, spans)| {
                arch.dispatch(Rows {
                    projection,
                    width,
                    depth,
                    x,
                    y,
                    u,
                    v,
                    z,
                    spans,
                });
            });
    }

    /// The vertices of a part of a row.
    #[inline(always)]
    pub(super) fn part(&self, row: usize, columns: core::ops::Range<usize>) -> Seen<&[f32]> {
        let start = row * self.size[0];
        let range = start + columns.start..start + columns.end;
        Seen {
            u: &self.seen.u[range.clone()],
            v: &self.seen.v[range.clone()],
            z: &self.seen.z[range],
        }
    }

    /// All vertices.
    pub(super) fn seen(&self) -> Seen<&[f32]> {
        Seen {
            u: &self.seen.u,
            v: &self.seen.v,
            z: &self.seen.z,
        }
    }

    /// The spans of a row's chunks.
    pub(super) fn spans(&self, row: usize) -> &[Span] {
        let chunks = self.size[0].div_ceil(CHUNK);
        &self.spans[row * chunks..][..chunks]
    }
}

impl Span {
    const NONE: Self = Self {
        first: f32::INFINITY,
        last: f32::NEG_INFINITY,
    };

    /// The smallest span that contains both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }

    #[inline(always)]
    fn of(v: &[f32], z: &[f32]) -> Self {
        const LANES: usize = 16;
        let mut first = [f32::INFINITY; LANES];
        let mut last = [f32::NEG_INFINITY; LANES];
        let (v_lanes, v_rest) = v.as_chunks::<LANES>();
        let (z_lanes, z_rest) = z.as_chunks::<LANES>();
        for (v, z) in v_lanes.iter().zip(z_lanes) {
            for lane in 0..LANES {
                let there = z[lane] > 0.0;
                let (low, high) = (first[lane], last[lane]);
                first[lane] = if there & (v[lane] < low) {
                    v[lane]
                } else {
                    low
                };
                last[lane] = if there & (v[lane] > high) {
                    v[lane]
                } else {
                    high
                };
            }
        }
        let mut span = Self::NONE;
        for lane in 0..LANES {
            span = span.with(Self {
                first: first[lane],
                last: last[lane],
            });
        }
        for (&v, _) in v_rest.iter().zip(z_rest).filter(|&(_, &z)| z > 0.0) {
            span = span.with(Self { first: v, last: v });
        }
        span
    }
}

/// Some rows' work: a separate type, because the compiler does not always compile a closure for the vector instructions
/// that pulp dispatches it to.
struct Rows<'a> {
    projection: Projection,
    width: usize,
    depth: &'a [u16],
    x: &'a [f32],
    y: &'a [f32],
    u: &'a mut [f32],
    v: &'a mut [f32],
    z: &'a mut [f32],
    spans: &'a mut [Span],
}

impl pulp::NullaryFnOnce for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let n = self.depth.len();
        let (x, y) = (&self.x[..n], &self.y[..n]);
        let (u, v, z) = (&mut self.u[..n], &mut self.v[..n], &mut self.z[..n]);
        for i in 0..n {
            [u[i], v[i], z[i]] = self.projection.see(x[i], y[i], self.depth[i]);
        }
        let rows = v.chunks(self.width).zip(z.chunks(self.width));
        let spans = self.spans.chunks_mut(self.width.div_ceil(CHUNK));
        for ((v, z), spans) in rows.zip(spans) {
            for ((v, z), span) in v.chunks(CHUNK).zip(z.chunks(CHUNK)).zip(spans) {
                *span = Span::of(v, z);
            }
        }
    }
}

/// From a depth pixel's ray and depth to the colour camera's pixel.
#[derive(Clone, Copy, Debug)]
struct Projection {
    to_color: Extrinsics,
    lens: Lens,
}

impl Projection {
    /// Column, row and distance at which the colour camera sees a depth pixel; the distance is 0 where it does not.
    #[inline(always)]
    fn see(&self, x: f32, y: f32, depth: u16) -> [f32; 3] {
        let d = f32::from(depth);
        let (x, y) = (x * d, y * d);
        let [a, b, c, e, f, g, h, i, j] = self.to_color.rotation;
        let [tx, ty, tz] = self.to_color.translation;
        let (x, y, z) = (
            c * d + b * y + a * x + tx,
            g * d + f * y + e * x + ty,
            j * d + i * y + h * x + tz,
        );
        let inverse = 1.0 / z;
        let at = self.lens.see(x * inverse, y * inverse);
        // For a pixel without a ray all values are NaN, for which the lens model does not hold.
        let seen = (depth != 0) & (z > 0.0) & self.lens.holds(at.r);
        [at.u, at.v, if seen { z } else { 0.0 }]
    }
}
