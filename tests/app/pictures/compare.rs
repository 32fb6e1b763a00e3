//! How different two small pictures are.
//!
//! Both are blurred first, so that a line that is a pixel aside, another rasteriser and the noise of points do not count. Two figures
//! are compared with bounds:
//!
//! - **Structure**: the structural similarity of the luminance (SSIM: Wang, Bovik, Sheikh and Simoncelli 2004) in windows of 8 x 8
//!   pixels, every 4 pixels; 1 is the same. Its constants belong to the range of the reference, so that dark pictures are told apart
//!   as well as bright ones. Windows in which the reference shows more count more, so that a large background does not outvote what
//!   is shown. At least [`LEAST_STRUCTURE`].
//! - **Colour**: the mean absolute difference of the three channels, as a share of the reference's range; 0 is the same. At most
//!   [`MOST_COLOR`].

use core::fmt;

use super::thumbnail::{HEIGHT, Thumbnail, WIDTH};

/// A picture whose structure is less similar than this is another picture.
const LEAST_STRUCTURE: f32 = 0.8;
/// A picture whose colours differ by more than this share of the reference's range is another picture.
const MOST_COLOR: f32 = 0.06;
/// Side of a window, and the pixels from one to the next.
const WINDOW: usize = 8;
const STEP: usize = 4;

/// How different two pictures are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    structure: f32,
    color: f32,
}

impl Difference {
    /// Whether both count as the same picture.
    pub(super) fn is_tolerable(&self) -> bool {
        self.structure >= LEAST_STRUCTURE && self.color <= MOST_COLOR
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "structure {:.3} (at least {LEAST_STRUCTURE}), colour {:.4} (at most {MOST_COLOR})",
            self.structure, self.color
        )
    }
}

/// How different a picture is from its reference.
pub(super) fn difference(picture: &Thumbnail, reference: &Thumbnail) -> Difference {
    let (picture, reference) = (picture.blurred(), reference.blurred());
    let luminance = |of: &Thumbnail| -> Vec<f32> {
        let weigh = |[r, g, b]: &[f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        of.pixels.iter().map(weigh).collect()
    };
    let (mine, wanted) = (luminance(&picture), luminance(&reference));
    let low = wanted.iter().copied().fold(f32::INFINITY, f32::min);
    let high = wanted.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // A reference of one colour has no structure; a picture must have some.
    let range = (high - low).max(1.0);
    let (c1, c2) = ((0.01 * range).powi(2), (0.03 * range).powi(2));
    let (mut sum, mut weights) = (0.0, 0.0);
    for top in (0..=HEIGHT - WINDOW).step_by(STEP) {
        for left in (0..=WIDTH - WINDOW).step_by(STEP) {
            let pixels = (0..WINDOW * WINDOW)
                .map(|n| (top + n / WINDOW) * WIDTH + left + n % WINDOW)
                .map(|at| (mine[at], wanted[at]));
            let count = (WINDOW * WINDOW) as f32;
            let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (x, y) in pixels {
                a += x / count;
                b += y / count;
                aa += x * x / count;
                bb += y * y / count;
                ab += x * y / count;
            }
            let (var_a, var_b, both) = (aa - a * a, bb - b * b, ab - a * b);
            let similar = (2.0 * a * b + c1) * (2.0 * both + c2)
                / ((a * a + b * b + c1) * (var_a.max(0.0) + var_b.max(0.0) + c2));
            let weight = var_b.max(0.0).sqrt() + 0.02 * range;
            sum += similar * weight;
            weights += weight;
        }
    }
    let channels = picture.pixels.iter().flatten();
    let apart: f32 = channels
        .zip(reference.pixels.iter().flatten())
        .map(|(a, b)| (a - b).abs())
        .sum();
    Difference {
        structure: sum / weights,
        color: apart / (3 * WIDTH * HEIGHT) as f32 / range,
    }
}
