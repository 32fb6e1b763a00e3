//! Finds people in a depth image without a network: connected surfaces that stand on the floor and are as large as a
//! person.
//!
//! The image is divided into cells of 4 × 4 pixels. Neighbouring cells that are neither floor nor ceiling are joined to
//! pieces if their depths differ little; a small piece (an arm in front of the trunk) is joined to the large piece that
//! it touches. A piece is a person if its height, width and thickness are a person's, if it is not flat, and if its
//! upper end is narrow like a head or a hand.

use glam::Vec3;

use super::view::View;
use crate::box2::Box2;
use crate::floor::Plane;

/// Pixels in a row of a cell.
const CELL: usize = 4;
/// Two cells are joined if their depths differ by at most this, in mm and as a share of the depth.
const EDGE: (f32, f32) = (30.0, 0.022);
/// Heights above the floor at which people are, in mm.
const HEIGHTS: (f32, f32) = (60.0, 2400.0);
/// The height of the top of a person above the floor, sitting children and tall people, in mm.
const TOP: (f32, f32) = (700.0, 2350.0);
/// The least height of the part of a person that is seen, in mm.
const LEAST_TALL: f32 = 400.0;
/// The largest width and thickness of a person, in mm.
const MOST_WIDE: f32 = 1900.0;
const MOST_THICK: f32 = 1300.0;
/// The area of the surface of a person that is seen, in m².
const AREA: (f32, f32) = (0.10, 1.6);
/// The largest width of the upper end of a person, and the height of that end, both in mm.
const HEAD_WIDE: f32 = 380.0;
const HEAD_TALL: f32 = 150.0;
/// A piece that deviates less than this from a plane is furniture or a wall, in mm.
const LEAST_ROUND: f32 = 28.0;
/// By how much a box is larger than the measured piece, at its top and at its bottom, in mm.
const HAIR: f32 = 60.0;
const SOLES: f32 = 80.0;
/// A piece smaller than this, in m², may be a part of the piece that it touches, if it is at most this far, in mm, in
/// front of or behind that piece.
const PIECE: f32 = 0.3;
const PIECE_NEAR: f32 = 450.0;

/// A part of the image in which the depths of neighbouring cells differ little.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    cells: u32,
    area: f32,
    sum: Vec3,
    min: Vec3,
    max: Vec3,
    first: [u16; 2],
    last: [u16; 2],
}

/// Finds people in the same memory again and again.
#[derive(Debug, Default)]
pub(super) struct PeopleFinder {
    /// Each cell's place in axes of the ground: right, up from the floor, ahead, in mm; NaN where nothing was measured.
    places: Vec<Vec3>,
    /// Its depth in mm; 0 where nothing was measured.
    depths: Vec<f32>,
    /// Union-find: the parent of each cell.
    above: Vec<u32>,
    pieces: Vec<Piece>,
    /// The covariance of places (xx, xy, xz, yy, yz, zz) of each piece, at its first cell.
    spreads: Vec<[f32; 6]>,
    tops: Vec<[f32; 2]>,
    boxes: Vec<(f32, Box2)>,
    found: Vec<Box2>,
}

impl PeopleFinder {
    /// Boxes around people in pixels of the depth image, nearest person first. `up` is the direction against gravity.
    pub(super) fn find(
        &mut self,
        view: &View,
        depths: &[u16],
        floor: Option<Plane>,
        up: Vec3,
    ) -> &[Box2] {
        self.found.clear();
        let (columns, rows) = (view.width / CELL, view.height / CELL);
        if depths.is_empty() || columns < 2 || rows < 2 {
            return &self.found;
        }
        self.collect(view, depths, floor, up, columns, rows);
        self.join(columns, rows);
        self.measure(view, columns);
        self.join_pieces(columns, rows);
        self.measure(view, columns);
        self.choose(view, floor.is_some());
        &self.found
    }

    fn collect(
        &mut self,
        view: &View,
        depths: &[u16],
        floor: Option<Plane>,
        up: Vec3,
        columns: usize,
        rows: usize,
    ) {
        let up = floor.map_or(up, |floor| floor.up);
        let ahead = (Vec3::Z - up * up.z).try_normalize().unwrap_or(Vec3::NEG_Y);
        let right = ahead.cross(up);
        let height = floor.map_or(1300.0, |floor| floor.height);
        self.places.clear();
        self.depths.clear();
        self.above.clear();
        for row in 0..rows {
            for column in 0..columns {
                let (depth, pixel) = middle(view, depths, row * CELL, column * CELL);
                let point = view.pixel_ray(pixel).map(|ray| ray * depth);
                let place = point.filter(|_| depth > 0.0).map(|point| {
                    let over = up.dot(point) + height;
                    Vec3::new(right.dot(point), over, ahead.dot(point))
                });
                let (low, high) = HEIGHTS;
                let place = place.filter(|place| place.y > low && place.y < high);
                self.depths.push(if place.is_some() { depth } else { 0.0 });
                self.places.push(place.unwrap_or(Vec3::NAN));
                self.above.push((row * columns + column) as u32);
            }
        }
    }

    /// The first cell of the piece that a cell belongs to.
    fn root(&mut self, cell: usize) -> usize {
        let mut root = cell;
        while self.above[root] as usize != root {
            let next = self.above[root] as usize;
            self.above[root] = self.above[next];
            root = next;
        }
        root
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (first, second) = (a.min(b), a.max(b));
        self.above[second] = first as u32;
    }

    fn join(&mut self, columns: usize, rows: usize) {
        for row in 0..rows {
            for column in 0..columns {
                let cell = row * columns + column;
                // Cells in between may be missing.
                let others = [
                    (column + 1 < columns).then_some(cell + 1),
                    (column + 2 < columns).then_some(cell + 2),
                    (row + 1 < rows).then_some(cell + columns),
                    (row + 2 < rows).then_some(cell + 2 * columns),
                ];
                for other in others.into_iter().flatten() {
                    let (a, b) = (self.depths[cell], self.depths[other]);
                    if a > 0.0 && b > 0.0 && (a - b).abs() < EDGE.0 + EDGE.1 * a.min(b) {
                        self.unite(cell, other);
                    }
                }
            }
        }
    }

    fn measure(&mut self, view: &View, columns: usize) {
        self.pieces.clear();
        self.pieces.resize(self.depths.len(), Piece::default());
        for cell in 0..self.depths.len() {
            let depth = self.depths[cell];
            if depth == 0.0 {
                continue;
            }
            let root = self.root(cell);
            let place = self.places[cell];
            let side = CELL as f32 * depth / view.focal * 0.001;
            let (column, row) = ((cell % columns) as u16, (cell / columns) as u16);
            let piece = &mut self.pieces[root];
            if piece.cells == 0 {
                (piece.min, piece.max) = (place, place);
                (piece.first, piece.last) = ([column, row], [column, row]);
            }
            piece.cells += 1;
            piece.area += side * side;
            piece.sum += place;
            piece.min = piece.min.min(place);
            piece.max = piece.max.max(place);
            piece.first = [piece.first[0].min(column), piece.first[1].min(row)];
            piece.last = [piece.last[0].max(column), piece.last[1].max(row)];
        }
    }

    /// Joins small pieces with the larger ones that they touch in the image, if both together are not too large.
    fn join_pieces(&mut self, columns: usize, rows: usize) {
        for row in 0..rows {
            for column in 0..columns {
                let cell = row * columns + column;
                let others = [
                    (column + 1 < columns).then_some(cell + 1),
                    (row + 1 < rows).then_some(cell + columns),
                ];
                for other in others.into_iter().flatten() {
                    let (a, b) = (self.depths[cell], self.depths[other]);
                    if a == 0.0 || b == 0.0 || (a - b).abs() > PIECE_NEAR {
                        continue;
                    }
                    let (from, to) = (self.root(cell), self.root(other));
                    if from == to {
                        continue;
                    }
                    let (one, two) = (self.pieces[from], self.pieces[to]);
                    let small = one.area.min(two.area) < PIECE;
                    let size = one.max.max(two.max) - one.min.min(two.min);
                    let fits = size.x < MOST_WIDE && size.z < MOST_THICK && size.y < TOP.1;
                    if small && fits {
                        self.unite(from, to);
                        let first = from.min(to);
                        self.pieces[first] = Piece {
                            cells: one.cells + two.cells,
                            area: one.area + two.area,
                            sum: one.sum + two.sum,
                            min: one.min.min(two.min),
                            max: one.max.max(two.max),
                            ..one
                        };
                    }
                }
            }
        }
    }

    fn choose(&mut self, view: &View, has_floor: bool) {
        // Two more walks over the cells: how the pieces spread about their middles, and how wide their tops are.
        self.spreads.clear();
        self.spreads.resize(self.depths.len(), [0.0; 6]);
        self.tops.clear();
        self.tops
            .resize(self.depths.len(), [f32::INFINITY, f32::NEG_INFINITY]);
        for cell in 0..self.depths.len() {
            if self.depths[cell] == 0.0 {
                continue;
            }
            let root = self.root(cell);
            let (piece, place) = (self.pieces[root], self.places[cell]);
            let off = place - piece.sum / piece.cells as f32;
            let products = [
                off.x * off.x,
                off.x * off.y,
                off.x * off.z,
                off.y * off.y,
                off.y * off.z,
                off.z * off.z,
            ];
            for (sum, product) in self.spreads[root].iter_mut().zip(products) {
                *sum += product;
            }
            if place.y > piece.max.y - HEAD_TALL {
                let top = &mut self.tops[root];
                *top = [top[0].min(place.x), top[1].max(place.x)];
            }
        }
        self.boxes.clear();
        for cell in 0..self.depths.len() {
            let piece = self.pieces[cell];
            if self.above[cell] as usize != cell || piece.cells < 12 {
                continue;
            }
            if !self.is_person(cell, &piece, has_floor) {
                continue;
            }
            let pixel = |cell: u16, end: usize| (usize::from(cell) * CELL + end) as f32 - 0.5;
            let distance = piece.sum.z / piece.cells as f32;
            // Hair is often missing, and soles are taken for the floor.
            let more = |mm: f32| mm * view.focal / distance.max(300.0);
            let [left, top] = piece.first.map(|cell| pixel(cell, 0));
            let [right, bottom] = piece.last.map(|cell| pixel(cell, CELL));
            let (width, height) = (view.width as f32 - 0.5, view.height as f32 - 0.5);
            let bounds = Box2 {
                min: [left, (top - more(HAIR)).max(-0.5)],
                max: [right.min(width), (bottom + more(SOLES)).min(height)],
            };
            self.boxes.push((distance, bounds));
        }
        self.boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.found
            .extend(self.boxes.iter().map(|(_, bounds)| *bounds));
    }

    fn is_person(&self, cell: usize, piece: &Piece, has_floor: bool) -> bool {
        let size = piece.max - piece.min;
        let sized = size.x < MOST_WIDE
            && size.z < MOST_THICK
            && size.y > LEAST_TALL
            && piece.area > AREA.0
            && piece.area < AREA.1;
        let high = !has_floor || (piece.max.y > TOP.0 && piece.max.y < TOP.1);
        let [from, to] = self.tops[cell];
        // Two raised hands are a wide upper end, so a person who is wide at all heights may have one.
        let narrow = to - from < HEAD_WIDE || size.y > 1300.0 && size.x > 500.0;
        let round = deviation(&self.spreads[cell], piece.cells) > LEAST_ROUND;
        sized && high && narrow && round
    }
}

/// The median of the measured depths of some of a cell's pixels, and a pixel with it; 0 if less than half were measured.
fn middle(view: &View, depths: &[u16], row: usize, column: usize) -> (f32, usize) {
    let mut some = [(0, 0); 5];
    let mut count = 0;
    for (dy, dx) in [(1, 1), (2, 2), (1, 3), (3, 1), (0, 0)] {
        let pixel = (row + dy) * view.width + column + dx;
        if let Some(&depth) = depths.get(pixel)
            && depth > 0
        {
            some[count] = (depth, pixel);
            count += 1;
        }
    }
    if count < 3 {
        return (0.0, row * view.width + column);
    }
    let some = &mut some[..count];
    some.sort_unstable();
    let (depth, pixel) = some[count / 2];
    (f32::from(depth), pixel)
}

/// The standard deviation of points from the plane through them, in mm: the root of the least eigenvalue of their
/// covariance.
fn deviation(spread: &[f32; 6], count: u32) -> f32 {
    let [xx, xy, xz, yy, yz, zz] = spread.map(|sum| sum / count.max(1) as f32);
    // The roots of the characteristic polynomial of a symmetric matrix, in their trigonometric form.
    let mean = (xx + yy + zz) / 3.0;
    let (a, b, c) = (xx - mean, yy - mean, zz - mean);
    let off = xy * xy + xz * xz + yz * yz;
    let size = ((a * a + b * b + c * c + 2.0 * off) / 6.0).sqrt();
    if size < 1e-3 {
        return mean.max(0.0).sqrt();
    }
    let determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
    let angle = (determinant / (2.0 * size * size * size))
        .clamp(-1.0, 1.0)
        .acos()
        / 3.0;
    let least = mean + 2.0 * size * (angle + core::f32::consts::TAU / 3.0).cos();
    least.max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_from_a_plane_is_that_of_the_points() {
        let (mut spread, mut count) = ([0.0; 6], 0);
        let normal = Vec3::new(1.0, 2.0, 2.0) / 3.0;
        let u = normal.any_orthonormal_vector();
        let w = normal.cross(u);
        for i in 0..21 {
            for j in 0..21 {
                for side in [-7.0, 7.0] {
                    let p = u * (i - 10) as f32 * 20.0 + w * (j - 10) as f32 * 30.0 + normal * side;
                    let products = [
                        p.x * p.x,
                        p.x * p.y,
                        p.x * p.z,
                        p.y * p.y,
                        p.y * p.z,
                        p.z * p.z,
                    ];
                    for (sum, product) in spread.iter_mut().zip(products) {
                        *sum += product;
                    }
                    count += 1;
                }
            }
        }
        let deviation = deviation(&spread, count);
        assert!((deviation - 7.0).abs() < 0.2, "{deviation}");
    }
}
