//! The ray of every pixel of a camera: all that a point cloud needs of the lens.
//!
//! Each ray is what [`Camera::unproject`] gives for the pixel, but millions of them are wanted at once. Neighbouring
//! pixels look in nearly the same direction, so every row's Newton iteration starts from the rows above it, continued in a
//! straight line; that is close enough for one step to reach the last bit of f32, without branches, several pixels at a
//! time. Where that cannot be trusted (first rows, the edge of the lens, no convergence) the pixel is solved on its own.

use rayon::prelude::*;

use super::camera::{Camera, Lens};

/// Rays of all pixels of a camera, on the plane z = 1: the point at depth `d` is `(x d, y d, d)`.
///
/// Making one costs some milliseconds (depth) to some hundred (4K colour): make it once per calibration and not on a
/// frame loop.
#[derive(Clone, Debug)]
pub struct XyTable {
    width: u32,
    height: u32,
    rays: Vec<[f32; 2]>,
    /// For each [`XyTable::CHUNK`] of pixels whether some have no ray: the others need no checks.
    gaps: Vec<bool>,
}

/// A ray that does not exist. y is 0, so that `x.is_nan()` alone tells.
const NO_RAY: [f32; 2] = [f32::NAN, 0.0];

/// Rows that one task does, from rows solved on their own downwards.
const ROWS_PER_TASK: usize = 64;

/// Pixels per pass of the branch-free iteration.
const LANES: usize = 64;

/// Squared pixel error after the step up to which it is taken: 0.000 001 pixels, a hundredth of what f32 rays can tell.
const EXACT: f64 = 1e-12;

/// Part of the squared metric radius beyond which pixels are solved on their own, because whether they count depends on
/// the way the iteration takes.
const SAFE_RADIUS: f64 = 0.95;

impl XyTable {
    /// The table of a camera, computed on all processors.
    pub fn new(camera: &Camera) -> Self {
        let lens = Lens::new(camera);
        let (width, height) = (camera.width as usize, camera.height as usize);
        let mut rays = vec![NO_RAY; width * height];
        if width > 0 {
            rays.par_chunks_mut(width * ROWS_PER_TASK)
                .enumerate()
                .for_each(|(task, rows)| fill_rows(&lens, width, task * ROWS_PER_TASK, rows));
        }
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

    /// For each [`CHUNK`](Self::CHUNK) of pixels whether some have no ray.
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

    /// The rays (x, y) on the plane z = 1, row by row; x is NaN (and y 0) where a pixel has none.
    pub fn rays(&self) -> &[[f32; 2]] {
        &self.rays
    }

    /// The number of pixels that have a ray.
    pub fn valid_pixels(&self) -> usize {
        self.rays.iter().filter(|ray| !ray[0].is_nan()).count()
    }
}

/// Fills whole rows of a table, the first of them being row `first` of the image.
fn fill_rows(lens: &Lens, width: usize, first: usize, rows: &mut [[f32; 2]]) {
    let padded = width.next_multiple_of(LANES);
    // Solutions of the last two rows. NaN where there is none: it spreads through the extrapolation and so asks for the
    // pixel to be solved on its own.
    let mut above = Row::unknown(padded);
    let mut above_that = Row::unknown(padded);
    for (offset, row) in rows.chunks_exact_mut(width).enumerate() {
        let v = (first + offset) as f64;
        above_that.extrapolate(&above);
        let current = &mut above_that;
        if offset >= 2 {
            current.refine(lens, v);
        } else {
            current.x.fill(f64::NAN);
        }
        for (u, ray) in row.iter_mut().enumerate() {
            let mut at = [current.x[u], current.y[u]];
            if at[0].is_nan() {
                at = lens.unproject(u as f64, v).unwrap_or([f64::NAN; 2]);
                [current.x[u], current.y[u]] = at;
            }
            *ray = if at[0].is_nan() {
                NO_RAY
            } else {
                at.map(|value| value as f32)
            };
        }
        core::mem::swap(&mut above, &mut above_that);
    }
}

/// A row of points on the plane z = 1.
struct Row {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Row {
    fn unknown(length: usize) -> Self {
        Self {
            x: vec![f64::NAN; length],
            y: vec![f64::NAN; length],
        }
    }

    /// Continues from this row over `above` in a straight line.
    fn extrapolate(&mut self, above: &Self) {
        for (here, above) in self.x.iter_mut().zip(&above.x) {
            *here = 2.0 * above - *here;
        }
        for (here, above) in self.y.iter_mut().zip(&above.y) {
            *here = 2.0 * above - *here;
        }
    }

    /// Newton's method from where the row's points are to what the pixels of image row `v` look at. x becomes NaN
    /// where the result cannot be trusted.
    fn refine(&mut self, lens: &Lens, v: f64) {
        let safe_radius = SAFE_RADIUS * lens.radius_squared();
        let (xs, _) = self.x.as_chunks_mut::<LANES>();
        let (ys, _) = self.y.as_chunks_mut::<LANES>();
        for (chunk, (xs, ys)) in xs.iter_mut().zip(ys).enumerate() {
            for lane in 0..LANES {
                let u = (chunk * LANES + lane) as f64;
                let (x, y) = (xs[lane], ys[lane]);
                let at = lens.linearise(x, y);
                let [x, y] = at.newton_step(x, y, u - at.u, v - at.v);
                // Only where it is seen is used of this; the compiler leaves the derivatives out.
                let at = lens.linearise(x, y);
                let (eu, ev) = (u - at.u, v - at.v);
                let trusted = (eu * eu + ev * ev < EXACT) & (at.r < safe_radius);
                xs[lane] = if trusted { x } else { f64::NAN };
                ys[lane] = y;
            }
        }
    }
}
