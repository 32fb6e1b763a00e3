//! Properties that hold for any input: damaged calibrations and images give errors and never panics, intact images are
//! decoded correctly in every layout, and a stream does not allocate in the steady state. The tests need neither real
//! data nor the vendor's libraries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod calibration;
mod decode;
mod fuzzing;
mod jpeg_encoder;
mod oracle;
mod transform;
mod transformation;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;

/// Numbers that look random and are the same every time (SplitMix64).
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly spread from 0 to `end`, exclusive.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }

    /// Damages bytes as transmission, disks and editors do.
    pub fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let end = (at + self.below(64)).min(bytes.len());
            match self.below(7) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.extend_from_within(at..end),
                3 => bytes[at..end].fill(self.number() as u8),
                4 => bytes.insert(at, self.number() as u8),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }
            }
            if bytes.is_empty() {
                bytes.push(self.number() as u8);
            }
        }
        bytes
    }
}
