//! The inverse discrete cosine transform of 8×8 coefficients.
//!
//! Arai, Agui and Nakajima's method: their scale factors are multiplied into the quantisation steps beforehand, which
//! leaves 5 multiplications for each row and column. In f32, whose lanes every processor has and which is as exact as
//! the standard asks; each pass works on eight rows side by side.

/// Scale factors of the method: cos(i π / 16) √2, 1 for the first.
#[allow(clippy::excessive_precision)]
const SCALES: [f32; 8] = [
    1.0,
    1.387039845,
    1.306562965,
    1.175875602,
    1.0,
    0.785694958,
    0.541196100,
    0.275899379,
];

/// Quantisation steps in zigzag order, times the method's scale.
pub(super) fn scaled(steps: &[u8; 64]) -> [f32; 64] {
    core::array::from_fn(|index| {
        let (row, column) = zigzag(index);
        f32::from(steps[index]) * SCALES[row] * SCALES[column] / 8.0
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

/// Added to a number below 2²² it leaves its nearest integer in the lowest bits.
const ROUND: f32 = 12_582_912.0;
/// Samples are stored as differences from the middle of their range.
const MIDDLE: f32 = 128.0;

#[inline(always)]
fn to_sample(value: f32) -> u8 {
    let value = value + MIDDLE;
    let value = if value < 0.0 { 0.0 } else { value };
    let value = if value > 255.0 { 255.0 } else { value };
    (value + ROUND).to_bits() as u8
}

/// A block of one value.
pub(super) fn constant(value: f32, samples: &mut [u8], stride: usize) {
    let sample = to_sample(value);
    for row in samples.chunks_mut(stride).take(8) {
        if let Some(row) = row.first_chunk_mut::<8>() {
            *row = [sample; 8];
        }
    }
}

/// Coefficients, by column and then row, to samples, by row.
pub(super) fn inverse(coefficients: &[[f32; 8]; 8], samples: &mut [u8], stride: usize) {
    let mut columns = [[0.0; 8]; 8];
    transform(coefficients, &mut columns);
    let mut rows = [[0.0; 8]; 8];
    for (row, values) in rows.iter_mut().enumerate() {
        for (column, value) in values.iter_mut().enumerate() {
            *value = columns[column][row];
        }
    }
    let mut values = [[0.0; 8]; 8];
    transform(&rows, &mut values);
    for (values, row) in values.iter().zip(samples.chunks_mut(stride)) {
        if let Some(row) = row.first_chunk_mut::<8>() {
            *row = values.map(to_sample);
        }
    }
}

/// Transforms along the first index, for all eight of the second at once.
#[inline(always)]
fn transform(input: &[[f32; 8]; 8], output: &mut [[f32; 8]; 8]) {
    const SQRT_2: f32 = core::f32::consts::SQRT_2;
    for lane in 0..8 {
        // Even part.
        let sum = input[0][lane] + input[4][lane];
        let difference = input[0][lane] - input[4][lane];
        let outer = input[2][lane] + input[6][lane];
        let inner = (input[2][lane] - input[6][lane]) * SQRT_2 - outer;
        let e0 = sum + outer;
        let e3 = sum - outer;
        let e1 = difference + inner;
        let e2 = difference - inner;
        // Odd part.
        let z13 = input[5][lane] + input[3][lane];
        let z10 = input[5][lane] - input[3][lane];
        let z11 = input[1][lane] + input[7][lane];
        let z12 = input[1][lane] - input[7][lane];
        let o7 = z11 + z13;
        let t11 = (z11 - z13) * SQRT_2;
        let z5 = (z10 + z12) * 1.847_759_1;
        let t10 = z5 - z12 * 1.082_392_2;
        let t12 = z5 - z10 * 2.613_126;
        let o6 = t12 - o7;
        let o5 = t11 - o6;
        let o4 = t10 - o5;
        output[0][lane] = e0 + o7;
        output[7][lane] = e0 - o7;
        output[1][lane] = e1 + o6;
        output[6][lane] = e1 - o6;
        output[2][lane] = e2 + o5;
        output[5][lane] = e2 - o5;
        output[3][lane] = e3 + o4;
        output[4][lane] = e3 - o4;
    }
}
