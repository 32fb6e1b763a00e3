//! Drawing from lists and ranges.

use crate::random::Random;

/// Draws an element of a list by its weight. The list must not be empty.
pub(super) fn weighted<T: Copy>(random: &mut Random, of: &[(f32, T)]) -> T {
    let all: f32 = of.iter().map(|entry| entry.0).sum();
    let mut die = random.unit() * all;
    for &(weight, value) in of {
        die -= weight;
        if die < 0.0 {
            return value;
        }
    }
    of[of.len() - 1].1
}

/// Draws a number of a normal distribution.
pub(super) fn about(random: &mut Random, middle: f32, deviation: f32) -> f32 {
    middle + deviation * random.normal()
}
