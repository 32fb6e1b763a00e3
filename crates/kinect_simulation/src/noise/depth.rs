//! Makes the depth camera's images from the planes without noise.

#![allow(
    clippy::manual_clamp,
    reason = "unlike clamp, max and min make a number of NaN, and vector instructions"
)]

use kinect_azure::modes::DepthMode;
use rayon::prelude::*;

use super::kinds::{Noise, NoiseStrength};
use crate::frame::CleanDepth;
use crate::random::{hash, hash2, hash32, normal32, unit32};

/// The depth and infrared image to write.
pub(crate) struct DepthPlanes<'a> {
    /// Millimetres, 0 = no measurement; empty in passive infrared.
    pub(crate) depth: &'a mut [u16],
    pub(crate) infrared: &'a mut [u16],
}

/// The errors of one sensor.
#[derive(Debug)]
pub(crate) struct DepthNoise {
    noise: Noise,
    strength: NoiseStrength,
    mode: DepthMode,
    seed: u64,
    /// Phases of the waves that the fixed error is made of.
    phases: [f32; 6],
    /// Each pixel's fixed error, −1 to 1; made with the first image.
    bias: Vec<f32>,
    /// The phase of the fixed error at distance 0, in turns.
    phase: f32,
}

/// Infrared counts of a white surface square on at 1 m; a real image of a desk has 490 to 730 for reflectances of about a
/// half, and 1100 to 1600 for bright ones.
const GAIN: f32 = 1600.0;
/// Counts in the dark: the lowest of a real image.
const FLOOR: f32 = 6.0;
/// The infrared counts below which measurements begin to fail, and those below which all fail. In the one real image at
/// hand, 4 % of the pixels of flat surfaces are missing at 85 counts, 45 % at 55 and all at 29. The vendor promises
/// that surfaces with a reflectance of 15 % are measured up to 3.86 m, where they have 16 counts. These values lie
/// between the two: people have no holes up to 3.8 m, except in dark hair.
const WEAK: f32 = 60.0;
const LOST: f32 = 15.0;
/// Edges with at least this difference in depth have flying pixels, in mm.
const EDGE: f32 = 50.0;
/// The fixed error swings with the modulation's wave, which repeats every 1.87 m (80 MHz).
const MODULATION: f32 = 1870.0;
/// The most that multipath adds, in mm.
const MOST_MULTIPATH: f32 = 30.0;
/// The largest fixed error of depth, in mm.
const MOST_BIAS: f32 = 11.0;

impl DepthNoise {
    pub(crate) fn new(noise: Noise, mode: DepthMode, seed: u64) -> Self {
        Self {
            noise,
            strength: noise.strength.limited(),
            mode,
            seed,
            phases: core::array::from_fn(|i| {
                unit32(hash2(seed ^ 0xB1A5, i as u64) as u32) * core::f32::consts::TAU
            }),
            bias: Vec::new(),
            phase: unit32(hash(seed) as u32),
        }
    }

    /// Pixels a radian on the axis: both fields of view are of one sensor.
    fn focal(&self) -> f32 {
        match self.mode {
            DepthMode::Nfov2x2Binned | DepthMode::Wfov2x2Binned => 252.0,
            _ => 504.0,
        }
    }

    /// The factor by which binning adds up the light of several sensor pixels.
    fn gain(&self) -> f32 {
        match self.mode {
            DepthMode::Nfov2x2Binned | DepthMode::Wfov2x2Binned => GAIN * 2.2,
            DepthMode::WfovUnbinned => GAIN * 0.7,
            _ => GAIN,
        }
    }

    /// The greatest depth of the mode in mm. Real sensors measure bright surfaces up to about 1.5 times the range
    /// that the data sheet gives for dim ones.
    fn range(&self) -> f32 {
        match self.mode {
            DepthMode::Nfov2x2Binned => 7000.0,
            DepthMode::NfovUnbinned => 5600.0,
            DepthMode::Wfov2x2Binned => 4200.0,
            _ => 3200.0,
        }
    }

    /// A smooth error over the image, −1 to 1.
    fn wave(&self, x: f32, y: f32) -> f32 {
        let [a, b, c, d, e, f] = self.phases;
        ((x * 3.1 + a).sin() * (y * 2.7 + b).sin()
            + (x * 1.3 + y * 2.1 + c).sin()
            + 0.7 * (x * 4.3 - y * 3.7 + d).sin() * (y * 1.9 + e).cos()
            + 0.3 * (x * 7.0 + f).sin())
            / 3.0
    }

    /// Makes the images of a frame.
    pub(crate) fn apply(&mut self, clean: &CleanDepth, frame: u64, out: DepthPlanes<'_>) {
        let (width, height) = (clean.width, clean.height);
        if self.noise.bias && self.bias.len() != width * height {
            self.bias = (0..width * height)
                .map(|i| {
                    let x = (i % width) as f32 / width as f32 * 2.0 - 1.0;
                    let y = (i / width) as f32 / height as f32 * 2.0 - 1.0;
                    self.wave(x, y)
                })
                .collect();
        }
        if self.mode == DepthMode::PassiveIr {
            let salt = hash2(self.seed, frame) as u32;
            out.infrared
                .par_chunks_mut(width)
                .enumerate()
                .for_each(|(y, row)| {
                    for (x, value) in row.iter_mut().enumerate() {
                        let i = y * width + x;
                        *value = self.counts(clean.reflectance[i] * 900.0, salt, i as u32);
                    }
                });
            return;
        }
        let salt = hash2(self.seed, frame);
        let arch = pulp::Arch::new();
        (
            out.depth.par_chunks_mut(width),
            out.infrared.par_chunks_mut(width),
        )
            .into_par_iter()
            .enumerate()
            .for_each(|(y, (depth, infrared))| {
                arch.dispatch(Row {
                    noise: self,
                    clean,
                    y,
                    salt,
                    depth,
                    infrared,
                });
            });
    }

    fn counts(&self, light: f32, salt: u32, pixel: u32) -> u16 {
        if light <= 0.0 {
            return 0;
        }
        let mut counts = light + FLOOR;
        if self.noise.infrared {
            // Read noise and shot noise of a real image.
            let sigma = (50.0 + 0.75 * counts).sqrt();
            counts += sigma * normal32(hash32(pixel.wrapping_mul(0x9E37_79B1) ^ salt));
        }
        counts.round().clamp(1.0, 65535.0) as u16
    }

    /// A pixel's random bits of a kind, from both halves of the frame's salt.
    #[inline(always)]
    fn bits(&self, pixel: u32, salt: u64, kind: u32) -> u32 {
        let mixed = (pixel ^ salt as u32).wrapping_mul(0x9E37_79B1);
        hash32(mixed ^ (salt >> 32) as u32 ^ kind.wrapping_mul(0x85EB_CA6B))
    }

    #[inline(always)]
    fn row(&self, row: Row<'_>) {
        let Row {
            clean,
            y,
            salt,
            depth,
            infrared,
            ..
        } = row;
        let width = clean.width;
        let row = y * width..(y + 1) * width;
        let chunks = depth
            .chunks_mut(LANES)
            .zip(infrared.chunks_mut(LANES))
            .zip(clean.depth_mm[row.clone()].chunks(LANES))
            .zip(clean.reflectance[row.clone()].chunks(LANES));
        for (chunk, (((depth, infrared), z), reflectance)) in chunks.enumerate() {
            let first = row.start + chunk * LANES;
            if z.len() == LANES && z.iter().all(|&z| z <= 0.0) {
                depth.fill(0);
                infrared.fill(0);
                continue;
            }
            let mut lanes = Lanes::default();
            lanes.z[..z.len()].copy_from_slice(z);
            lanes.light[..z.len()].copy_from_slice(reflectance);
            self.shine(&mut lanes, first, salt);
            for (out, counts) in infrared.iter_mut().zip(&lanes.counts) {
                *out = *counts as u16;
            }
            if self.noise.flying_pixels || self.noise.multipath {
                self.surroundings(clean, y, first, z.len(), salt, &mut lanes);
            }
            self.scatter(&mut lanes, first, salt);
            for (out, z) in depth.iter_mut().zip(&lanes.measured) {
                *out = *z as u16;
            }
        }
    }

    /// Computes the returned light and the infrared counts.
    #[inline(always)]
    fn shine(&self, lanes: &mut Lanes, first: usize, salt: u64) {
        let gain = self.gain() * 1e6;
        let noisy = if self.noise.infrared { 1.0 } else { 0.0 };
        for lane in 0..LANES {
            let z = lanes.z[lane];
            let light = gain * lanes.light[lane] / (z * z).max(1.0);
            let mean = light + FLOOR;
            let bits = self.bits((first + lane) as u32, salt, 4);
            // Read noise and shot noise of a real image.
            let counts = mean + noisy * (50.0 + 0.75 * mean).sqrt() * normal32(bits);
            lanes.light[lane] = light;
            let counts = rounded(counts.max(1.0).min(65535.0));
            lanes.counts[lane] = if z > 0.0 { counts } else { 0 };
        }
    }

    /// Computes the errors at edges and corners, which depend on neighbouring pixels.
    #[inline(always)]
    fn surroundings(
        &self,
        clean: &CleanDepth,
        y: usize,
        first: usize,
        count: usize,
        salt: u64,
        lanes: &mut Lanes,
    ) {
        let (width, height) = (clean.width, clean.height);
        if y == 0 || y + 1 >= height {
            return;
        }
        let focal = self.focal();
        let depth = &clean.depth_mm;
        // How much the surface bends at each pixel; a slope bends nowhere, however steep it is.
        let mut steps = [0.0_f32; LANES];
        let start = first - y * width;
        if count == LANES && start > 0 && start + LANES < width {
            let row = |from: usize| &depth[from..from + LANES];
            let (left, right) = (row(first - 1), row(first + 1));
            let (above, below) = (row(first - width), row(first + width));
            for lane in 0..LANES {
                let z = lanes.z[lane];
                steps[lane] = (left[lane] + right[lane] - 2.0 * z)
                    .abs()
                    .max((above[lane] + below[lane] - 2.0 * z).abs());
            }
        } else {
            for (lane, step) in steps.iter_mut().enumerate().take(count) {
                let (i, z) = (first + lane, lanes.z[lane]);
                if start + lane > 0 && start + lane + 1 < width {
                    *step = (depth[i - 1] + depth[i + 1] - 2.0 * z)
                        .abs()
                        .max((depth[i - width] + depth[i + width] - 2.0 * z).abs());
                }
            }
        }
        // Multipath is smooth: near pixels of the same surface share it.
        let mut last = (0, f32::MAX, 0.0);
        for (lane, step) in steps.into_iter().enumerate().take(count) {
            let i = first + lane;
            let x = start + lane;
            let z = lanes.z[lane];
            if z <= 0.0 || x == 0 || x + 1 >= width {
                continue;
            }
            if step > EDGE && self.noise.flying_pixels {
                let around = [
                    depth[i - 1],
                    depth[i + 1],
                    depth[i - width],
                    depth[i + width],
                ];
                let high = around.iter().copied().fold(z, f32::max);
                let low = around
                    .iter()
                    .copied()
                    .filter(|&v| v > 0.0)
                    .fold(z, f32::min);
                let bits = self.bits(i as u32, salt, 1);
                let die = unit32(bits);
                if die < 0.45 * self.strength.flying_pixels {
                    lanes.z[lane] = 0.0;
                } else if die < 0.75 * self.strength.flying_pixels {
                    // The pixel gets light from both sides of the edge, so its depth lies between them, nearer to the
                    // brighter front.
                    let mix = unit32(hash32(bits));
                    lanes.z[lane] = low + (high - low).min(400.0) * mix * mix;
                }
            } else if self.noise.multipath {
                if lane - last.0 >= 8 || (z - last.1).abs() > 20.0 {
                    last = (lane, z, multipath(clean, x, y, z, focal));
                }
                lanes.z[lane] = z + last.2 * self.strength.multipath;
            }
        }
    }

    /// Fixed and random errors, missing pixels, millimetres.
    #[inline(always)]
    fn scatter(&self, lanes: &mut Lanes, first: usize, salt: u64) {
        let range = self.range();
        let noisy = if self.noise.depth {
            self.strength.scatter
        } else {
            0.0
        };
        let most_bias = MOST_BIAS * self.strength.bias;
        let needed = self.strength.drop_out.max(1e-3);
        if self.noise.bias {
            let mut bias = [0.0; LANES];
            let known = self.bias.len().saturating_sub(first).min(LANES);
            bias[..known].copy_from_slice(&self.bias[first..first + known]);
            for (z, bias) in lanes.z.iter_mut().zip(bias) {
                let turns = *z * (1.0 / MODULATION) + self.phase;
                let part = turns - rounded(turns) as f32;
                // An approximation of a sine.
                let swing = part * (8.0 - 16.0 * part.abs());
                let off = bias * most_bias * (0.65 + 0.35 * swing);
                *z = if *z > 0.0 { *z + off } else { 0.0 };
            }
        }
        let keep_all = if self.noise.drop_out { 0.0 } else { 2.0 };
        for lane in 0..LANES {
            let z = lanes.z[lane];
            let pixel = (first + lane) as u32;
            let measured = z + noisy * depth_sigma(z) * normal32(self.bits(pixel, salt, 2));
            let chance = ((lanes.light[lane] / needed - LOST) / (WEAK - LOST))
                .max(0.0)
                .min(1.0);
            let chance = chance * chance * (3.0 - 2.0 * chance) + keep_all;
            let kept = unit32(self.bits(pixel, salt, 3)) < chance;
            let millimetres = rounded(measured.max(0.0).min(65535.0));
            let good = kept & (z > 0.0) & (measured >= 0.5) & (measured <= range);
            lanes.measured[lane] = if good { millimetres } else { 0 };
        }
    }
}

/// One row's work: a separate type, because the compiler does not always compile a closure for the vector instructions
/// that pulp dispatches it to.
struct Row<'a> {
    noise: &'a DepthNoise,
    clean: &'a CleanDepth,
    y: usize,
    salt: u64,
    depth: &'a mut [u16],
    infrared: &'a mut [u16],
}

impl pulp::NullaryFnOnce for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.noise.row(self);
    }
}

/// The whole number nearest to a value between 0 and 2²². A cast would not become a vector instruction.
#[inline(always)]
fn rounded(value: f32) -> i32 {
    const UNIT: f32 = 8_388_608.0;
    (value + UNIT).to_bits() as i32 - UNIT.to_bits() as i32
}

/// Pixels that are worked on at a time: simple loops over them become vector instructions.
const LANES: usize = 32;

struct Lanes {
    z: [f32; LANES],
    light: [f32; LANES],
    counts: [i32; LANES],
    measured: [i32; LANES],
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            z: [0.0; LANES],
            light: [0.0; LANES],
            counts: [0; LANES],
            measured: [0; LANES],
        }
    }
}

/// The depth error of a concave place: its distance behind the chord across the 20 cm around it, up to a limit.
fn multipath(clean: &CleanDepth, x: usize, y: usize, z: f32, focal: f32) -> f32 {
    let (width, height) = (clean.width, clean.height);
    // Pixels in 10 cm.
    let reach = ((100.0 * focal / z) as usize).clamp(2, 40);
    if x < reach || y < reach || x + reach >= width || y + reach >= height {
        return 0.0;
    }
    let at = |x: usize, y: usize| clean.depth_mm[y * width + x];
    let bend = |a: f32, b: f32| {
        // A step in depth is an edge, not a corner.
        if a <= 0.0 || b <= 0.0 || (a - z).abs() > 200.0 || (b - z).abs() > 200.0 {
            0.0
        } else {
            z - (a + b) * 0.5
        }
    };
    let across = bend(at(x - reach, y), at(x + reach, y));
    let down = bend(at(x, y - reach), at(x, y + reach));
    (across.max(down) * 0.45).clamp(0.0, MOST_MULTIPATH)
}

/// Standard deviation of depth at a depth, both in mm.
#[inline(always)]
fn depth_sigma(depth_mm: f32) -> f32 {
    (1.5 + depth_mm * depth_mm * 1e-6).min(17.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes(clean: &CleanDepth, noise: Noise, frame: u64) -> (Vec<u16>, Vec<u16>) {
        let n = clean.width * clean.height;
        let (mut depth, mut infrared) = (vec![0; n], vec![0; n]);
        DepthNoise::new(noise, DepthMode::Nfov2x2Binned, 9).apply(
            clean,
            frame,
            DepthPlanes {
                depth: &mut depth,
                infrared: &mut infrared,
            },
        );
        (depth, infrared)
    }

    fn wall(depth_mm: f32, reflectance: f32) -> CleanDepth {
        CleanDepth {
            width: 320,
            height: 288,
            depth_mm: vec![depth_mm; 320 * 288],
            reflectance: vec![reflectance; 320 * 288],
            body_index: vec![255; 320 * 288],
        }
    }

    fn only(change: impl FnOnce(&mut Noise)) -> Noise {
        let mut noise = Noise::none();
        change(&mut noise);
        noise
    }

    fn spread(values: &[u16]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let square = values
            .iter()
            .map(|&v| (f64::from(v) - mean).powi(2))
            .sum::<f64>()
            / n;
        (mean, square.sqrt())
    }

    #[test]
    fn a_perfect_sensor_only_rounds() {
        let (depth, infrared) = planes(&wall(1234.4, 0.5), Noise::none(), 0);
        assert!(depth.iter().all(|&v| v == 1234));
        assert_eq!(spread(&infrared).1, 0.0);
    }

    #[test]
    fn depth_scatters_by_the_square_of_the_distance() {
        for metres in [0.5_f32, 1.0, 2.0, 3.0, 4.0, 5.0] {
            let clean = wall(metres * 1000.0, 0.5);
            let (depth, _) = planes(&clean, only(|n| n.depth = true), 3);
            let (mean, sigma) = spread(&depth);
            let asked = f64::from(1.5 + metres * metres).min(17.0);
            // Rounding adds a twelfth of a square millimetre.
            let asked = (asked * asked + 1.0 / 12.0).sqrt();
            assert!(
                (mean - f64::from(metres) * 1000.0).abs() < 0.2,
                "{metres} m: mean {mean}"
            );
            assert!(
                (sigma / asked - 1.0).abs() < 0.02,
                "{metres} m: σ {sigma}, not {asked}"
            );
        }
    }

    #[test]
    fn noise_is_new_in_every_frame_and_pixel_and_the_same_in_every_run() {
        let clean = wall(2000.0, 0.5);
        let noise = only(|n| n.depth = true);
        let (a, _) = planes(&clean, noise, 1);
        let (b, _) = planes(&clean, noise, 2);
        assert_eq!(a, planes(&clean, noise, 1).0);
        let related = |pairs: &mut dyn Iterator<Item = (u16, u16)>| {
            let (mut sum, mut n) = (0.0, 0.0);
            for (a, b) in pairs {
                sum += (f64::from(a) - 2000.0) * (f64::from(b) - 2000.0);
                n += 1.0;
            }
            sum / n / 30.0
        };
        let frames = related(&mut a.iter().copied().zip(b.iter().copied()));
        let neighbours = related(&mut a.windows(2).map(|w| (w[0], w[1])));
        let rows = related(&mut a.iter().copied().zip(a[320..].iter().copied()));
        for (what, value) in [
            ("frames", frames),
            ("neighbours", neighbours),
            ("rows", rows),
        ] {
            assert!(value.abs() < 0.02, "{what} are related: {value}");
        }
    }

    #[test]
    fn the_bias_is_smooth_and_bounded() {
        for metres in [0.6, 1.5, 3.0, 4.5] {
            let z = metres * 1000.0;
            let (depth, _) = planes(&wall(z, 0.5), only(|n| n.bias = true), 0);
            let off: Vec<f32> = depth.iter().map(|&v| f32::from(v) - z).collect();
            assert!(off.iter().all(|v| v.abs() <= 11.5), "at {metres} m");
            assert!(
                off.iter().any(|v| v.abs() >= 2.0),
                "there is some at {metres} m"
            );
            assert!(
                off.windows(2)
                    .enumerate()
                    .all(|(i, w)| i % 320 == 319 || (w[0] - w[1]).abs() <= 1.0)
            );
        }
    }

    #[test]
    fn edges_have_flying_and_missing_pixels_and_nothing_else_has() {
        let mut clean = wall(3000.0, 0.5);
        for (i, z) in clean.depth_mm.iter_mut().enumerate() {
            if i % 320 < 160 {
                *z = 1500.0;
            } else if i % 320 < 240 {
                // A step of 4 cm is no edge.
                *z = 3040.0;
            }
        }
        let (depth, _) = planes(&clean, only(|n| n.flying_pixels = true), 0);
        let (mut missing, mut mixed, mut rows) = (0, 0, 0);
        for y in 1..287 {
            for x in 1..319 {
                let (got, z) = (f32::from(depth[y * 320 + x]), clean.depth_mm[y * 320 + x]);
                if (158..=161).contains(&x) && (z < 1600.0) == (x < 160) && (159..=160).contains(&x)
                {
                    rows += 1;
                    missing += i32::from(got == 0.0);
                    mixed += i32::from(got > 1510.0 && got < 2990.0);
                } else if !(238..=241).contains(&x) {
                    assert_eq!(got, z, "at {x}, {y}");
                }
            }
        }
        let share = |n: i32| f64::from(n) / f64::from(rows);
        assert!((0.38..0.52).contains(&share(missing)), "{}", share(missing));
        assert!((0.20..0.36).contains(&share(mixed)), "{}", share(mixed));
    }

    #[test]
    fn what_returns_little_light_is_missing_more_often() {
        let noise = only(|n| n.drop_out = true);
        let missing = |reflectance: f32| {
            let (depth, _) = planes(&wall(3000.0, reflectance), noise, 0);
            depth.iter().filter(|&&v| v == 0).count() as f64 / depth.len() as f64
        };
        assert_eq!(missing(0.5), 0.0);
        // At 3 m a binned pixel gets 391 counts from a white wall: 55 and 31 are left of these.
        let (some, most) = (missing(0.14), missing(0.08));
        assert!(
            (0.01..0.1).contains(&some) && (0.5..0.8).contains(&most),
            "{some}, {most}"
        );
        assert_eq!(missing(0.02), 1.0);
    }

    #[test]
    fn corners_look_deeper_by_three_centimetres_at_most() {
        let mut clean = wall(0.0, 0.5);
        // Two walls that meet at the middle, 2 m away, coming nearer to both sides.
        for (i, z) in clean.depth_mm.iter_mut().enumerate() {
            *z = 2000.0 - 4.0 * ((i % 320) as f32 - 159.5).abs();
        }
        let (depth, _) = planes(&clean, only(|n| n.multipath = true), 0);
        let row = &depth[144 * 320..145 * 320];
        let deeper = |x: usize| f32::from(row[x]) - clean.depth_mm[144 * 320 + x];
        assert!(deeper(160) > 8.0, "{}", deeper(160));
        assert!((0..320).all(|x| (-0.5..=30.5).contains(&deeper(x))));
        assert!(deeper(60).abs() <= 0.5, "a flat wall is none");
    }

    #[test]
    fn out_of_the_modes_range_there_is_nothing() {
        let (depth, _) = planes(&wall(7100.0, 0.9), Noise::none(), 0);
        assert!(depth.iter().all(|&v| v == 0));
    }

    #[test]
    fn infrared_scatters_by_its_root() {
        let (_, near) = planes(&wall(1000.0, 0.5), only(|n| n.infrared = true), 0);
        let (_, far) = planes(&wall(3000.0, 0.5), only(|n| n.infrared = true), 0);
        let ((bright, a), (dim, b)) = (spread(&near), spread(&far));
        assert!((bright / dim - 9.0).abs() < 0.5, "{bright} {dim}");
        assert!(a > 1.5 * b && a < bright * 0.1, "{a} {b}");
    }
}
