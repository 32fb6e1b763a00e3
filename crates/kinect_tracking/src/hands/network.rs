//! The network that tells open hands from fists: three convolutions and two dense layers.
//!
//! `training/hands.py` trains it and writes `weights.bin`: the parameters of the layers in their order, each with its biases
//! after its weights, as 32-bit floats, little-endian.

use super::view::HandView;

const SIDE: usize = HandView::SIZE;
const PLANES: usize = 2;
const FIRST: usize = 16;
const SECOND: usize = 32;
const THIRD: usize = 48;
const HIDDEN: usize = 64;
/// Values beside the planes.
const ABOUT: usize = 2;
const FLAT: usize = THIRD * (SIDE / 8) * (SIDE / 8) + ABOUT;
/// Open, neither, closed.
const CLASSES: usize = 3;

static WEIGHTS: &[u8] = include_bytes!("weights.bin");

/// Convolution of 3×3 with a border of zeros, then the positive part.
struct Convolution {
    inputs: usize,
    outputs: usize,
    /// By output, input, row and column.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

struct Dense {
    inputs: usize,
    /// By output and input.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

/// The network with its parameters, and the memory of its layers.
pub(super) struct Network {
    first: Convolution,
    second: Convolution,
    third: Convolution,
    hidden: Dense,
    last: Dense,
}

/// Takes floats from the front of the file.
struct Reader(std::slice::ChunksExact<'static, u8>);

impl Reader {
    /// The next `count` floats. A file that is too short gives zeros: a test compares its length with the layers.
    fn take(&mut self, count: usize) -> Vec<f32> {
        let mut values: Vec<f32> = self
            .0
            .by_ref()
            .take(count)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        values.resize(count, 0.0);
        values
    }

    fn convolution(&mut self, inputs: usize, outputs: usize) -> Convolution {
        Convolution {
            inputs,
            outputs,
            weights: self.take(inputs * outputs * 9),
            biases: self.take(outputs),
        }
    }

    fn dense(&mut self, inputs: usize, outputs: usize) -> Dense {
        Dense {
            inputs,
            weights: self.take(inputs * outputs),
            biases: self.take(outputs),
        }
    }
}

impl Convolution {
    /// Planes of `side`² values to planes of `side`² values.
    fn run(&self, input: &[f32], side: usize) -> Vec<f32> {
        let plane = side * side;
        let mut output = vec![0.0; self.outputs * plane];
        for (o, out) in output.chunks_exact_mut(plane).enumerate() {
            out.fill(self.biases[o]);
            for (i, from) in input.chunks_exact(plane).enumerate() {
                let kernel = &self.weights[(o * self.inputs + i) * 9..][..9];
                for (k, &weight) in kernel.iter().enumerate() {
                    let (down, right) = (k / 3, k % 3);
                    // Output (row, column) takes input (row + down − 1, column + right − 1).
                    let columns = 1_usize.saturating_sub(right)..(side + 1 - right).min(side);
                    for row in 1_usize.saturating_sub(down)..(side + 1 - down).min(side) {
                        let to = &mut out[row * side..][columns.clone()];
                        let first = (row + down - 1) * side + columns.start + right - 1;
                        for (to, from) in to.iter_mut().zip(&from[first..]) {
                            *to += weight * from;
                        }
                    }
                }
            }
            for value in out {
                *value = value.max(0.0);
            }
        }
        output
    }
}

impl Dense {
    fn run(&self, input: &[f32]) -> Vec<f32> {
        let rows = self.weights.chunks_exact(self.inputs);
        rows.zip(&self.biases)
            .map(|(row, bias)| bias + row.iter().zip(input).map(|(w, v)| w * v).sum::<f32>())
            .collect()
    }
}

/// The largest of each 2×2 values of planes of `side`² values.
fn halved(input: &[f32], side: usize) -> Vec<f32> {
    let half = side / 2;
    let mut output = Vec::with_capacity(input.len() / 4);
    for plane in input.chunks_exact(side * side) {
        for row in 0..half {
            for column in 0..half {
                let at = 2 * row * side + 2 * column;
                let pair = |at: usize| plane[at].max(plane[at + 1]);
                output.push(pair(at).max(pair(at + side)));
            }
        }
    }
    output
}

impl Network {
    /// The network with the weights of this crate.
    pub(super) fn new() -> Self {
        let mut file = Reader(WEIGHTS.chunks_exact(4));
        Self {
            first: file.convolution(PLANES, FIRST),
            second: file.convolution(FIRST, SECOND),
            third: file.convolution(SECOND, THIRD),
            hidden: file.dense(FLAT, HIDDEN),
            last: file.dense(HIDDEN, CLASSES),
        }
    }

    /// The probabilities of open, neither and closed.
    pub(super) fn run(&self, view: &HandView) -> [f32; CLASSES] {
        let layer = halved(&self.first.run(&view.planes, SIDE), SIDE);
        let layer = halved(&self.second.run(&layer, SIDE / 2), SIDE / 2);
        let mut layer = halved(&self.third.run(&layer, SIDE / 4), SIDE / 4);
        layer.extend(view.about);
        let mut layer = self.hidden.run(&layer);
        for value in &mut layer {
            *value = value.max(0.0);
        }
        let logits = self.last.run(&layer);
        let most = logits.iter().copied().fold(f32::MIN, f32::max);
        let powers: Vec<f32> = logits.iter().map(|logit| (logit - most).exp()).collect();
        let sum: f32 = powers.iter().sum();
        core::array::from_fn(|i| powers[i] / sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_as_many_numbers_as_the_layers() {
        let layers = [(PLANES, FIRST), (FIRST, SECOND), (SECOND, THIRD)];
        let convolutions: usize = layers.iter().map(|(from, to)| from * to * 9 + to).sum();
        let dense = FLAT * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES;
        assert_eq!(WEIGHTS.len(), 4 * (convolutions + dense));
    }

    #[test]
    fn a_convolution_is_a_weighted_sum_of_neighbours() {
        let convolution = Convolution {
            inputs: 1,
            outputs: 1,
            // The value to the lower right.
            weights: vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0],
            biases: vec![1.0],
        };
        let input: Vec<f32> = (0..9_u8).map(f32::from).collect();
        let output = convolution.run(&input, 3);
        assert_eq!(output, [9.0, 11.0, 1.0, 15.0, 17.0, 1.0, 1.0, 1.0, 1.0]);
    }
}
