//! Depth in the colour camera's view: every 2×2 block of depth pixels is drawn as two triangles into a depth buffer.
//!
//! The colour image is divided into bands of rows, one task each. A band draws the blocks that touch it in the order
//! of the depth image, so that where two are equally near the first stays, however many bands there are. Most blocks
//! cover a pixel or two. So the blocks of a row that need no drawing are first filtered out, several at a time, with
//! vector instructions; then each remaining block is drawn in steps of 4×2 pixels.

use rayon::prelude::*;

use super::custom::{CustomPixel, Mixing, Weights};
use super::quad::{Area, Bounds, Corner, Missing, Quad, rounded};
use super::vertices::{CHUNK, Seen, Vertices};

/// Bands for each thread, so that those with little to draw do not leave a thread idle.
const BANDS_PER_THREAD: usize = 4;

/// Draws depth into an image of the colour camera's size.
pub(super) fn draw(vertices: &Vertices, size: [usize; 2], out: &mut [u16]) {
    let rows = rows_per_band(size);
    if rows == 0 {
        return;
    }
    let arch = pulp::Arch::new();
    out.par_chunks_mut(size[0] * rows)
        .enumerate()
        .for_each(|(band, depth)| {
            depth.fill(0);
            arch.dispatch(Band {
                vertices,
                width: size[0],
                top: band * rows,
                depth,
                layer: (),
            });
        });
}

/// Draws depth and a custom image; both outputs are of the colour camera's size.
pub(super) fn draw_with<T: CustomPixel, M: Mixing>(
    vertices: &Vertices,
    size: [usize; 2],
    custom: &[T],
    out_depth: &mut [u16],
    out_custom: &mut [T],
    invalid: T,
) {
    let rows = rows_per_band(size);
    if rows == 0 {
        return;
    }
    let arch = pulp::Arch::new();
    let depth_width = vertices.size()[0];
    (
        out_depth.par_chunks_mut(size[0] * rows),
        out_custom.par_chunks_mut(size[0] * rows),
    )
        .into_par_iter()
        .enumerate()
        .for_each(|(band, (depth, out))| {
            depth.fill(0);
            out.fill(invalid);
            arch.dispatch(Band {
                vertices,
                width: size[0],
                top: band * rows,
                depth,
                layer: Custom::<T, M> {
                    from: custom,
                    from_width: depth_width,
                    out,
                    mixing: core::marker::PhantomData,
                },
            });
        });
}

/// Rows of a band; 0 for an image without pixels.
fn rows_per_band([width, height]: [usize; 2]) -> usize {
    if width == 0 {
        return 0;
    }
    let bands = rayon::current_num_threads() * BANDS_PER_THREAD;
    // At least so many rows that most blocks touch only one band.
    height.div_ceil(bands).max(32).min(height)
}

/// The layer that is drawn besides depth.
trait Layer {
    /// The values at a block's corners.
    type Values: Copy;

    /// The values of the block whose top left corner is the pixel of the depth image at this column and row.
    fn values(&self, column: usize, row: usize, missing: Missing) -> Self::Values;

    /// Draws a pixel of the band.
    fn put(&mut self, pixel: usize, values: &Self::Values, weights: Weights);
}

/// No other layer: only depth is drawn.
impl Layer for () {
    type Values = ();

    #[inline(always)]
    fn values(&self, _: usize, _: usize, _: Missing) {}

    #[inline(always)]
    fn put(&mut self, _: usize, (): &(), _: Weights) {}
}

/// An image of the depth camera's size.
struct Custom<'a, T, M> {
    from: &'a [T],
    from_width: usize,
    out: &'a mut [T],
    mixing: core::marker::PhantomData<M>,
}

impl<T: CustomPixel, M: Mixing> Layer for Custom<'_, T, M> {
    type Values = Quad<u16>;

    #[inline(always)]
    fn values(&self, column: usize, row: usize, missing: Missing) -> Quad<u16> {
        let top = row * self.from_width + column;
        let bottom = top + self.from_width;
        let at = |index: usize| self.from.get(index).map_or(0, |value| value.to_u16());
        let values = Quad {
            top_left: at(top),
            top_right: at(top + 1),
            bottom_right: at(bottom + 1),
            bottom_left: at(bottom),
        };
        M::mended(values, missing)
    }

    #[inline(always)]
    fn put(&mut self, pixel: usize, values: &Quad<u16>, weights: Weights) {
        if let Some(out) = self.out.get_mut(pixel) {
            *out = T::from_u16(M::mixed(values, weights));
        }
    }
}

/// One band's work: a separate type, because the compiler does not always compile a closure for the vector instructions
/// that pulp dispatches it to.
struct Band<'a, L> {
    vertices: &'a Vertices,
    width: usize,
    /// The band's first row in the colour image.
    top: usize,
    depth: &'a mut [u16],
    layer: L,
}

impl<L: Layer> pulp::NullaryFnOnce for Band<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let [width, height] = self.vertices.size();
        let bounds = Bounds {
            width: self.width as f32,
            top: self.top as f32,
            bottom: (self.top + self.depth.len() / self.width) as f32,
        };
        let mut sorted = Sorted::default();
        for row in 0..height.saturating_sub(1) {
            let (above, below) = (self.vertices.spans(row), self.vertices.spans(row + 1));
            for chunk in 0..above.len() {
                // The last block of a chunk ends in the next one.
                let next = (chunk + 1).min(above.len() - 1);
                let span = above[chunk]
                    .with(above[next])
                    .with(below[chunk])
                    .with(below[next]);
                if !(span.last > bounds.top - 1.0 && span.first < bounds.bottom) {
                    continue;
                }
                let first = chunk * CHUNK;
                let columns = first..(first + CHUNK + 1).min(width);
                if columns.len() < 2 {
                    continue;
                }
                let blocks = Blocks {
                    above: self.vertices.part(row, columns.clone()),
                    below: self.vertices.part(row + 1, columns),
                };
                sorted.sort(&blocks, &bounds);
                self.draw_blocks(&blocks, &sorted, &bounds, first, row);
            }
        }
    }
}

impl<L: Layer> Band<'_, L> {
    #[inline(always)]
    fn draw_blocks(
        &mut self,
        blocks: &Blocks<'_>,
        sorted: &Sorted,
        bounds: &Bounds,
        column: usize,
        row: usize,
    ) {
        for index in 0..blocks.len() {
            if sorted.kind[index] == NOTHING {
                continue;
            }
            let quad = blocks.quad(index);
            if sorted.kind[index] == WHOLE {
                let area = sorted.area(index);
                let values = self.layer.values(column + index, row, Missing::None);
                self.draw_quad(&quad, area, &values);
            } else if let Some((quad, missing)) = quad.mended() {
                let (area, drawn) = quad.area(bounds);
                if drawn {
                    let values = self.layer.values(column + index, row, missing);
                    self.draw_quad(&quad, area, &values);
                }
            }
        }
    }

    #[inline(always)]
    fn draw_quad(&mut self, quad: &Quad<Corner>, area: Area, values: &L::Values) {
        let mut y = area.top;
        while y < area.bottom {
            let mut x = area.left;
            while x < area.right {
                let step = Step::new(quad, x, y);
                let mut hits = step.hits(area.right - x, area.bottom - y);
                while hits != 0 {
                    let lane = hits.trailing_zeros() as usize;
                    hits &= hits - 1;
                    let (column, line) = (x as usize + lane % 4, y as usize + lane / 4 - self.top);
                    let pixel = line * self.width + column;
                    let depth = step.depth[lane % 8] as u16;
                    if let Some(stored) = self.depth.get_mut(pixel)
                        // 0 counts as farther than everything, and a depth that rounds to 0 would mean "not
                        // measured".
                        && depth.wrapping_sub(1) < stored.wrapping_sub(1)
                    {
                        *stored = depth;
                        self.layer.put(pixel, values, step.weights(lane % 8));
                    }
                }
                x += 4;
            }
            y += 2;
        }
    }
}

/// The blocks between a part of a row of depth pixels and the part below.
struct Blocks<'a> {
    above: Seen<&'a [f32]>,
    below: Seen<&'a [f32]>,
}

impl Blocks<'_> {
    #[inline(always)]
    fn len(&self) -> usize {
        (self.above.u.len() - 1).min(CHUNK)
    }

    #[inline(always)]
    fn quad(&self, index: usize) -> Quad<Corner> {
        let corner = |row: &Seen<&[f32]>, index: usize| Corner {
            u: row.u[index],
            v: row.v[index],
            z: row.z[index],
        };
        Quad {
            top_left: corner(&self.above, index),
            top_right: corner(&self.above, index + 1),
            bottom_right: corner(&self.below, index + 1),
            bottom_left: corner(&self.below, index),
        }
    }
}

/// Nothing to draw.
const NOTHING: i32 = 0;
/// A block with all corners that covers pixels.
const WHOLE: i32 = 1;
/// A block that lacks a corner.
const BROKEN: i32 = 2;

/// How each block of a chunk is drawn.
struct Sorted {
    kind: [i32; CHUNK],
    left: [i32; CHUNK],
    right: [i32; CHUNK],
    top: [i32; CHUNK],
    bottom: [i32; CHUNK],
}

impl Default for Sorted {
    fn default() -> Self {
        Self {
            kind: [NOTHING; CHUNK],
            left: [0; CHUNK],
            right: [0; CHUNK],
            top: [0; CHUNK],
            bottom: [0; CHUNK],
        }
    }
}

impl Sorted {
    #[inline(always)]
    fn sort(&mut self, blocks: &Blocks<'_>, bounds: &Bounds) {
        let n = blocks.len();
        let (above, below) = (&blocks.above, &blocks.below);
        let (au, av, az) = (&above.u[..n], &above.v[..n], &above.z[..n]);
        let (bu, bv, bz) = (&above.u[1..=n], &above.v[1..=n], &above.z[1..=n]);
        let (cu, cv, cz) = (&below.u[1..=n], &below.v[1..=n], &below.z[1..=n]);
        let (du, dv, dz) = (&below.u[..n], &below.v[..n], &below.z[..n]);
        let (kind, lefts, rights) = (
            &mut self.kind[..n],
            &mut self.left[..n],
            &mut self.right[..n],
        );
        let (tops, bottoms) = (&mut self.top[..n], &mut self.bottom[..n]);
        for i in 0..n {
            let z = [az[i], bz[i], cz[i], dz[i]];
            let (area, drawn) = bounds.area(
                [au[i], bu[i], cu[i], du[i]],
                [av[i], bv[i], cv[i], dv[i]],
                z,
            );
            let missing: i32 = z.iter().map(|&z| i32::from(z == 0.0)).sum();
            kind[i] = if drawn {
                WHOLE
            } else if missing == 1 {
                BROKEN
            } else {
                NOTHING
            };
            lefts[i] = area.left;
            rights[i] = area.right;
            tops[i] = area.top;
            bottoms[i] = area.bottom;
        }
    }

    #[inline(always)]
    fn area(&self, index: usize) -> Area {
        Area {
            left: self.left[index],
            right: self.right[index],
            top: self.top[index],
            bottom: self.bottom[index],
        }
    }
}

/// Pixels of a step: four of a row and the four below.
const LANES: usize = 8;

/// Eight pixels' places in a quad.
struct Step {
    inside: [i32; LANES],
    is_bottom_left: [bool; LANES],
    top_left: [f32; LANES],
    bottom_right: [f32; LANES],
    between: [f32; LANES],
    /// Depth in millimetres, rounded; undefined for pixels that are not inside.
    depth: [i32; LANES],
}

impl Step {
    #[inline(always)]
    fn new(quad: &Quad<Corner>, x: i32, y: i32) -> Self {
        const RIGHT: [f32; LANES] = [0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0];
        const DOWN: [f32; LANES] = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let (x, y) = (x as f32, y as f32);
        let (a, b) = (quad.top_left, quad.bottom_right);
        let (c, d) = (quad.bottom_left, quad.top_right);
        let mut step = Self {
            inside: [0; LANES],
            is_bottom_left: [false; LANES],
            top_left: [0.0; LANES],
            bottom_right: [0.0; LANES],
            between: [0.0; LANES],
            depth: [0; LANES],
        };
        for lane in 0..LANES {
            let pixel = [x + RIGHT[lane], y + DOWN[lane]];
            // Which side of the diagonal the pixel is on says which triangle it may be in.
            let side = side_of([a.u, a.v], [b.u, b.v], pixel);
            let left = side >= 0.0;
            let third = [
                if left { c.u } else { d.u },
                if left { c.v } else { d.v },
                if left { c.z } else { d.z },
            ];
            let sign = if left { 1.0 } else { -1.0 };
            let between = sign * side;
            let bottom_right = sign * side_of([third[0], third[1]], [a.u, a.v], pixel);
            let top_left = sign * side_of([b.u, b.v], [third[0], third[1]], pixel);
            let sum = bottom_right + between + top_left;
            let z = (bottom_right * b.z + between * third[2] + top_left * a.z) * (1.0 / sum);
            step.inside[lane] = i32::from((bottom_right >= 0.0) & (top_left > 0.0));
            step.is_bottom_left[lane] = left;
            step.top_left[lane] = top_left;
            step.bottom_right[lane] = bottom_right;
            step.between[lane] = between;
            step.depth[lane] = rounded(if z < 65535.0 { z } else { 65535.0 });
        }
        step
    }

    /// The lanes whose pixels are inside, of the first columns and rows; a bit each.
    #[inline(always)]
    fn hits(&self, columns: i32, rows: i32) -> u32 {
        let mut hits = 0;
        for lane in 0..LANES {
            hits |= (self.inside[lane] as u32) << lane;
        }
        let row = (1u32 << columns.min(4)) - 1;
        hits & if rows > 1 { row * 0x11 } else { row }
    }

    #[inline(always)]
    fn weights(&self, lane: usize) -> Weights {
        Weights {
            top_left: self.top_left[lane],
            bottom_right: self.bottom_right[lane],
            between: self.between[lane],
            is_bottom_left: self.is_bottom_left[lane],
        }
    }
}

/// Twice the area of the triangle from `a` to `b` to `p`; its sign says on which side of a–b the third lies.
#[inline(always)]
fn side_of(a: [f32; 2], b: [f32; 2], p: [f32; 2]) -> f32 {
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}
