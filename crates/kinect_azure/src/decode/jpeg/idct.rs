//! The inverse discrete cosine transform of 8×8 coefficients.
//!
//! Arai, Agui and Nakajima's method: their scale factors are multiplied into the quantisation steps beforehand, which
//! leaves 5 multiplications for each row and column. In 16-bit lanes, eight to the smallest register: coefficients
//! come with [`FRACTION_BITS`] bits after the point, which keeps the result within one step of the exact one and
//! leaves room for four times the range of true images. Overflows, which only damaged images cause, wrap around.

use wide::{i16x8, u8x16, u16x8};

/// Bits after the point in the transform.
const FRACTION_BITS: u32 = 5;

/// Further bits of the factors that turn stored coefficients into the transform's.
pub(super) const FACTOR_BITS: u32 = 12;

/// Scale factors of the method: cos(i π / 16) √2, 1 for the first.
const SCALES: [f64; 8] = [
    1.0,
    1.387_039_845,
    1.306_562_965,
    1.175_875_602,
    1.0,
    0.785_694_958,
    0.541_196_100,
    0.275_899_379,
];

/// Quantisation steps in zigzag order, times the method's scale, in fixed point.
pub(super) fn scaled(steps: &[u8; 64]) -> [i32; 64] {
    core::array::from_fn(|index| {
        let (row, column) = zigzag(index);
        let one = f64::from(1 << (FRACTION_BITS + FACTOR_BITS));
        let factor = f64::from(steps[index]) * SCALES[row] * SCALES[column] / 8.0;
        (factor * one).round() as i32
    })
}

/// Row and column of a coefficient's place in zigzag order.
fn zigzag(index: usize) -> (usize, usize) {
    let (mut row, mut column) = (0, 0);
    for _ in 0..index {
        // Up to the right on even diagonals, down to the left on odd ones, turning at the edges.
        if (row + column) % 2 == 0 {
            match (row, column) {
                (_, 7) => row += 1,
                (0, _) => column += 1,
                _ => {
                    row -= 1;
                    column += 1;
                }
            }
        } else {
            match (row, column) {
                (7, _) => column += 1,
                (_, 0) => row += 1,
                _ => {
                    row += 1;
                    column -= 1;
                }
            }
        }
    }
    (row, column)
}

/// From the transform's fixed point to samples, which are stored as differences from the middle of their range.
#[inline(always)]
fn to_sample(value: i16) -> u8 {
    let value =
        value.wrapping_add((128 << FRACTION_BITS) + (1 << FRACTION_BITS >> 1)) >> FRACTION_BITS;
    let value = if value < 0 { 0 } else { value };
    (if value > 255 { 255 } else { value }) as u8
}

/// A block of one value.
pub(super) fn constant(value: i16, samples: &mut [u8], stride: usize) {
    let sample = to_sample(value);
    for row in samples.chunks_mut(stride).take(8) {
        if let Some(row) = row.first_chunk_mut::<8>() {
            *row = [sample; 8];
        }
    }
}

/// Coefficients, by column and then row, to samples, by row.
pub(super) fn inverse(coefficients: &[[i16; 8]; 8], samples: &mut [u8], stride: usize) {
    let columns = transform(coefficients.map(i16x8::new));
    let rows = transform(transpose(columns));
    let middle = i16x8::splat((128 << FRACTION_BITS) + (1 << FRACTION_BITS >> 1));
    let [a, b, c, d, e, f, g, h] = rows.map(|row| (row + middle) >> FRACTION_BITS);
    let pairs = [[a, b], [c, d], [e, f], [g, h]].map(|[a, b]| u8x16::narrow_i16x8(a, b));
    let rows: [[u8; 8]; 8] = bytemuck::cast(pairs);
    for (target, row) in samples.chunks_mut(stride).zip(rows) {
        if let Some(target) = target.first_chunk_mut() {
            *target = row;
        }
    }
}

/// Swaps rows and columns.
#[inline(always)]
fn transpose(rows: [i16x8; 8]) -> [i16x8; 8] {
    bytemuck::cast(u16x8::transpose(bytemuck::cast(rows)))
}

/// The product with a fraction of less than ±0.5.
#[inline(always)]
fn times(value: i16x8, fraction: f64) -> i16x8 {
    value.mul_keep_high(i16x8::splat((fraction * 65536.0) as i16))
}

/// Transforms along the array, for all eight lanes at once.
#[inline(always)]
fn transform(input: [i16x8; 8]) -> [i16x8; 8] {
    // Even part.
    let sum = input[0] + input[4];
    let difference = input[0] - input[4];
    let outer = input[2] + input[6];
    let inner = input[2] - input[6];
    let inner = inner + times(inner, 0.414_213_562) - outer;
    let e0 = sum + outer;
    let e3 = sum - outer;
    let e1 = difference + inner;
    let e2 = difference - inner;
    // Odd part.
    let z13 = input[5] + input[3];
    let z10 = input[5] - input[3];
    let z11 = input[1] + input[7];
    let z12 = input[1] - input[7];
    let o7 = z11 + z13;
    let t11 = z11 - z13;
    let t11 = t11 + times(t11, 0.414_213_562);
    let z5 = z10 + z12;
    let z5 = z5 + z5 - times(z5, 0.152_240_935);
    let t10 = z5 - z12 - times(z12, 0.082_392_200);
    let t12 = z5 - z10 - z10 - z10 + times(z10, 0.386_874_070);
    let o6 = t12 - o7;
    let o5 = t11 - o6;
    let o4 = t10 - o5;
    [
        e0 + o7,
        e1 + o6,
        e2 + o5,
        e3 + o4,
        e3 - o4,
        e2 - o5,
        e1 - o6,
        e0 - o7,
    ]
}
