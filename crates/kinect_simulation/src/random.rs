//! Random numbers that are the same on every machine and in every run.
//!
//! Values of a pixel or a frame are hashes of its index, so that they do not depend on the order of computation;
//! values that are chosen once come from a small generator.

use core::ops::Range;

/// SplitMix64: a hash whose every bit depends on every bit of its input.
pub(crate) const fn hash(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// One number out of two.
pub(crate) const fn hash2(a: u64, b: u64) -> u64 {
    hash(hash(a) ^ b)
}

/// A hash for loops over pixels: 32-bit operations only, which compilers turn into vector instructions.
/// (The multipliers are those of Chris Wellons' `lowbias32`.)
#[inline(always)]
pub(crate) const fn hash32(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(0x7FEB_352D);
    let value = (value ^ (value >> 15)).wrapping_mul(0x846C_A68B);
    value ^ (value >> 16)
}

/// A number of mean 0 and variance 1, nearly normal: the sum of the four bytes of a hash. Never beyond ±3.46.
#[inline(always)]
pub(crate) const fn normal32(bits: u32) -> f32 {
    let sum = (bits & 0xFF) + ((bits >> 8) & 0xFF) + ((bits >> 16) & 0xFF) + (bits >> 24);
    // Four uniform bytes: mean 510, variance 4 (256² − 1) / 12.
    (sum as f32 - 510.0) * (1.0 / 147.800_5)
}

/// A number from 0 up to, but not including, 1.
#[inline(always)]
pub(crate) const fn unit32(bits: u32) -> f32 {
    (bits >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(hash(seed))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        hash(self.0)
    }

    /// From 0 up to, but not including, 1.
    pub(crate) const fn unit(&mut self) -> f32 {
        unit32((self.next() >> 32) as u32)
    }

    pub(crate) fn range(&mut self, range: Range<f32>) -> f32 {
        range.start + (range.end - range.start) * self.unit()
    }

    /// Mean 0, variance 1.
    pub(crate) const fn normal(&mut self) -> f32 {
        normal32((self.next() >> 32) as u32)
    }

    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A random element of a list, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[(self.next() % of.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_as_they_say() {
        let mut random = Random::new(7);
        let n = 100_000;
        let units: Vec<f64> = (0..n).map(|_| f64::from(random.unit())).collect();
        let mean = units.iter().sum::<f64>() / f64::from(n);
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        let normals: Vec<f64> = (0..n)
            .map(|i| f64::from(normal32(hash32(i as u32))))
            .collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|v| v * v).sum::<f64>() / f64::from(n);
        assert!(
            mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02,
            "{mean} {variance}"
        );
        let neighbours = normals.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / f64::from(n);
        assert!(
            neighbours.abs() < 0.01,
            "neighbours are related: {neighbours}"
        );
    }
}
