//! A grid of cells over the depth image, with a point, a normal and an area for each.

use glam::Vec3;
use kinect_azure::calibration::Camera;

/// The cells across an image. More cost time and find no better floor.
const ACROSS: usize = 80;
/// The lens model must not give rays that are wider than any lens's.
const WIDEST: f32 = 6.0;

/// The cells of a camera's images.
#[derive(Debug)]
pub(super) struct Grid {
    width: usize,
    height: usize,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// The distance between two cells in pixels.
    step: usize,
    /// The ray with z = 1 of each cell's middle; NaN outside the lens's image.
    rays: Vec<Vec3>,
    /// The size of each cell on the plane z = 1.
    sizes: Vec<f32>,
    /// The point of each cell in mm; NaN where nothing was measured.
    points: Vec<Vec3>,
}

/// A cell that shows a smooth surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// In mm.
    pub(super) point: Vec3,
    pub(super) ray: Vec3,
    /// The surface's normal, towards the camera.
    pub(super) normal: Vec3,
    /// The cell's size on the plane z = 1.
    pub(super) size: f32,
    /// The part of the image that the cell belongs to.
    pub(super) tile: usize,
}

/// The image's parts across and down, in each of which the depth camera's fixed error counts as one.
const TILES: usize = 4;
/// All parts.
pub(super) const ALL_TILES: usize = TILES * TILES;

impl Grid {
    pub(super) fn new(camera: &Camera) -> Self {
        let (width, height) = (camera.width as usize, camera.height as usize);
        let step = (width / ACROSS).max(1);
        let (columns, rows) = (width / step, height / step);
        let ray = |column: usize, row: usize| {
            let middle = |n: usize| (n * step + step / 2) as f32;
            camera
                .unproject([middle(column), middle(row)])
                .filter(|[x, y]| x.abs() < WIDEST && y.abs() < WIDEST)
                .map_or(Vec3::NAN, |[x, y]| Vec3::new(x, y, 1.0))
        };
        let rays: Vec<Vec3> = (0..rows * columns)
            .map(|cell| ray(cell % columns, cell / columns))
            .collect();
        let sizes = (0..rows * columns)
            .map(|cell| {
                let (column, row) = (cell % columns, cell / columns);
                if column == 0 || row == 0 || column + 1 == columns || row + 1 == rows {
                    return 0.0;
                }
                let across = rays[cell + 1] - rays[cell - 1];
                let down = rays[cell + columns] - rays[cell - columns];
                let size = (across.x * down.y - across.y * down.x).abs() / 4.0;
                if size.is_finite() { size } else { 0.0 }
            })
            .collect();
        Self {
            width,
            height,
            columns,
            rows,
            step,
            points: vec![Vec3::NAN; rays.len()],
            rays,
            sizes,
        }
    }

    /// Reads a depth image. Returns how many cells were measured; 0 for an image of another size.
    pub(super) fn read(&mut self, depths: &[u16]) -> usize {
        self.points.fill(Vec3::NAN);
        if depths.len() != self.width * self.height {
            return 0;
        }
        let mut measured = 0;
        for row in 0..self.rows {
            let start = (row * self.step + self.step / 2) * self.width;
            let line = &depths[start..start + self.width];
            for column in 0..self.columns {
                let cell = row * self.columns + column;
                let depth = depth_at(line, column * self.step + self.step / 2);
                if depth > 0.0 {
                    self.points[cell] = self.rays[cell] * depth;
                    measured += usize::from(!self.points[cell].is_nan());
                }
            }
        }
        measured
    }

    /// All points that were measured.
    pub(super) fn points(&self) -> impl Iterator<Item = Vec3> {
        self.points.iter().copied().filter(|point| !point.is_nan())
    }

    /// Writes the cells that show a smooth surface over `cells`.
    pub(super) fn write_smooth(&self, cells: &mut Vec<Cell>) {
        cells.clear();
        for row in 1..self.rows.saturating_sub(1) {
            for column in 1..self.columns.saturating_sub(1) {
                let index = row * self.columns + column;
                let point = self.points[index];
                let (left, right) = (self.points[index - 1], self.points[index + 1]);
                let above = self.points[index - self.columns];
                let under = self.points[index + self.columns];
                let bend = |a: Vec3, b: Vec3| (a.z + b.z - 2.0 * point.z).abs();
                // Twice the noise of three depths, and the bend of a floor that is seen at a low angle, whose depth grows with the
                // square of the image's rows.
                let slope = (right.z - left.z).abs().max((under.z - above.z).abs());
                let most = 12.0 + 8.0e-6 * point.z * point.z + 0.25 * slope;
                // A bend of NaN is not below the limit.
                let is_smooth = bend(left, right) < most && bend(above, under) < most;
                if !is_smooth || self.sizes[index] <= 0.0 {
                    continue;
                }
                // x to the right and y down: the product points to the camera.
                let Some(normal) = (under - above).cross(right - left).try_normalize() else {
                    continue;
                };
                cells.push(Cell {
                    point,
                    ray: self.rays[index],
                    normal,
                    size: self.sizes[index],
                    tile: row * TILES / self.rows * TILES + column * TILES / self.columns,
                });
            }
        }
    }
}

/// The depth at a pixel: the mean with its two neighbours where these are of the same surface; 0 where nothing was measured.
fn depth_at(line: &[u16], x: usize) -> f32 {
    let middle = line.get(x).copied().unwrap_or(0);
    let beside = [x.wrapping_sub(1), x + 1].map(|x| line.get(x).copied().unwrap_or(0));
    let most = 40 + middle / 100;
    if middle == 0 || beside.iter().any(|other| other.abs_diff(middle) > most) {
        return f32::from(middle);
    }
    (f32::from(middle) + f32::from(beside[0]) + f32::from(beside[1])) / 3.0
}
