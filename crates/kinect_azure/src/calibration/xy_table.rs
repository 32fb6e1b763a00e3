//! The ray of every pixel of a camera, from which a depth image becomes a point cloud.

use rayon::prelude::*;

use super::camera::{Camera, Lens};

/// Rays of all pixels of a camera, on the plane z = 1: the point at depth `d` is `(x d, y d, d)`.
///
/// Making a table takes some milliseconds (depth camera) to some hundred (4K colour): make it once for each
/// calibration, outside the frame loop.
#[derive(Clone, Debug)]
pub struct XyTable {
    width: u32,
    height: u32,
    rays: Vec<[f32; 2]>,
    /// For each [`XyTable::CHUNK`] of pixels, whether any of them has no ray; chunks without such pixels need no
    /// checks.
    gaps: Vec<bool>,
}

/// Marks a pixel without a ray. y is 0, so that `x.is_nan()` is a sufficient test.
const NO_RAY: [f32; 2] = [f32::NAN, 0.0];

/// Pixels that are solved side by side.
const LANES: usize = 32;

/// Groups of pixels that one task does.
const GROUPS_PER_TASK: usize = 512;

impl XyTable {
    /// The table of a camera, computed on all processors.
    pub fn new(camera: &Camera) -> Self {
        let lens = Lens::new(camera);
        let (width, height) = (camera.width as usize, camera.height as usize);
        let mut rays = vec![NO_RAY; width * height];
        let arch = pulp::Arch::new();
        let pixels = LANES * GROUPS_PER_TASK;
        rays.par_chunks_mut(pixels)
            .enumerate()
            .for_each(|(task, rays)| {
                arch.dispatch(Rays {
                    lens,
                    width,
                    first: task * pixels,
                    rays,
                });
            });
        let gaps = rays
            .chunks(Self::CHUNK)
            .map(|chunk| chunk.iter().any(|ray| ray[0].is_nan()))
            .collect();
        Self {
            width: camera.width,
            height: camera.height,
            rays,
            gaps,
        }
    }

    /// Pixels per entry of [`gaps`](Self::gaps).
    pub(crate) const CHUNK: usize = 64;

    /// For each [`CHUNK`](Self::CHUNK) of pixels, whether any of them has no ray.
    pub(crate) fn gaps(&self) -> &[bool] {
        &self.gaps
    }

    /// Width of the camera's images in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height of the camera's images in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The rays (x, y) on the plane z = 1, row by row; x is NaN (and y 0) for pixels without a ray.
    pub fn rays(&self) -> &[[f32; 2]] {
        &self.rays
    }

    /// The number of pixels that have a ray.
    pub fn valid_pixels(&self) -> usize {
        self.rays.iter().filter(|ray| !ray[0].is_nan()).count()
    }
}

/// A part of a table, from pixel `first` on: a separate type, because the compiler does not always compile a closure
/// for the vector instructions that pulp dispatches it to.
struct Rays<'a> {
    lens: Lens,
    width: usize,
    first: usize,
    rays: &'a mut [[f32; 2]],
}

impl pulp::NullaryFnOnce for Rays<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (mut column, mut row) = (self.first % self.width, self.first / self.width);
        for rays in self.rays.chunks_mut(LANES) {
            let (mut u, mut v) = ([0.0; LANES], [0.0; LANES]);
            for (u, v) in u.iter_mut().zip(&mut v) {
                (*u, *v) = (column as f32, row as f32);
                column += 1;
                if column == self.width {
                    (column, row) = (0, row + 1);
                }
            }
            let (x, y) = self.lens.unproject(u, v);
            for (lane, ray) in rays.iter_mut().enumerate() {
                if !x[lane].is_nan() {
                    *ray = [x[lane], y[lane]];
                }
            }
        }
    }
}
