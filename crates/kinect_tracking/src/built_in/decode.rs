//! From the maps of the networks to places: peaks, joints, probabilities.

use core::ops::Range;

use glam::Vec3;
use kinect_azure::Joint;

use crate::onnx::runtime::logistic;

/// Rows and columns of the poser's maps.
pub(super) const SIZE: usize = 32;
/// The cells of a map.
pub(super) const CELLS: usize = SIZE * SIZE;

/// How far from the peak of its heatmap a joint's place depends on the cells, in cells: of joints that are seen, and of others, whose
/// heatmaps are wide.
const WINDOW_SEEN: usize = 3;
const WINDOW_HIDDEN: usize = 6;

/// The place of a joint in a crop: u and v from 0 to 1, and mm beyond the crop's middle. The cells of the heatmap are weighted by
/// their shares of its softmax within `window` cells of the peak.
fn place(heatmap: &[f32], depths: &[f32], window: usize) -> Vec3 {
    let (mut peak, mut highest) = (0, f32::NEG_INFINITY);
    for (cell, &heat) in heatmap.iter().enumerate() {
        if heat > highest {
            (peak, highest) = (cell, heat);
        }
    }
    let (mut total, mut sum) = (0.0, Vec3::ZERO);
    for row in around(peak / SIZE, window, SIZE) {
        for column in around(peak % SIZE, window, SIZE) {
            let cell = row * SIZE + column;
            let weight = (heatmap[cell] - highest).exp();
            total += weight;
            sum += Vec3::new(column as f32, row as f32, depths[cell]) * weight;
        }
    }
    // The peak itself weighs 1.
    let mean = sum / total;
    Vec3::new(
        (mean.x + 0.5) / SIZE as f32,
        (mean.y + 0.5) / SIZE as f32,
        mean.z * 1000.0,
    )
}

/// The rows or columns of a map of that size within `reach` of one of them.
fn around(at: usize, reach: usize, size: usize) -> Range<usize> {
    at.saturating_sub(reach)..(at + reach + 1).min(size)
}

/// The places of all joints; `seen` are the logits of their being seen.
pub(super) fn places(heatmaps: &[f32], depths: &[f32], seen: &[f32]) -> [Vec3; Joint::COUNT] {
    core::array::from_fn(|joint| {
        let cells = joint * CELLS..(joint + 1) * CELLS;
        let window = if seen[joint] >= 0.0 {
            WINDOW_SEEN
        } else {
            WINDOW_HIDDEN
        };
        place(&heatmaps[cells.clone()], &depths[cells], window)
    })
}

/// The value of a map at a place in it (0 to 1), between the centres of cells; `None` outside.
pub(super) fn value_at(map: &[f32], [u, v]: [f32; 2]) -> Option<f32> {
    // NaN is not inside.
    if !((0.0..=1.0).contains(&u) && (0.0..=1.0).contains(&v)) {
        return None;
    }
    let last = (SIZE - 1) as f32;
    let split = |at: f32| {
        let at = (at * SIZE as f32 - 0.5).clamp(0.0, last);
        let low = (at as usize).min(SIZE - 2);
        (low, at - low as f32)
    };
    let ((column, right), (row, down)) = (split(u), split(v));
    let of_row = |row: usize| {
        let left = map[row * SIZE + column];
        left + (map[row * SIZE + column + 1] - left) * right
    };
    Some(of_row(row) + (of_row(row + 1) - of_row(row)) * down)
}

/// A peak of the finder's map of pelvises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Peak {
    /// Column and row in the overview's pixels, and the distance from the camera in mm.
    pub(super) at: [f32; 3],
    /// 0 to 1.
    pub(super) score: f32,
}

/// The pixels of the overview that a cell of the finder's maps covers, in each direction.
pub(super) const CELL: usize = 4;
/// A cell is a peak if no cell is higher within this many cells in each direction.
const REACH: usize = 2;
/// The distance in metres that the map of distances is relative to.
const USUAL_DISTANCE: f32 = 2.5;
const NEAREST: f32 = 0.3;

/// The peaks of a map of pelvises (logits) of at least that score, best first. `distances` are relative to 2.5 m, in metres.
pub(super) fn peaks(logits: &[f32], distances: &[f32], columns: usize, least: f32) -> Vec<Peak> {
    let rows = logits.len() / columns.max(1);
    let mut found = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let logit = logits[row * columns + column];
            let score = logistic(logit);
            // NaN is no score.
            let is_high = score >= least
                && around(row, REACH, rows).all(|r| {
                    around(column, REACH, columns).all(|c| {
                        let other = logits[r * columns + c];
                        // Of equal cells the first is the peak.
                        other < logit || (other == logit && (r, c) >= (row, column))
                    })
                });
            if !is_high {
                continue;
            }
            let (mut total, mut sum) = (0.0, Vec3::ZERO);
            for r in around(row, 1, rows) {
                for c in around(column, 1, columns) {
                    let weight = logistic(logits[r * columns + c]);
                    total += weight;
                    sum += Vec3::new(c as f32, r as f32, distances[r * columns + c]) * weight;
                }
            }
            let mean = sum / total;
            let distance = (mean.z + USUAL_DISTANCE).max(NEAREST);
            found.push(Peak {
                at: [
                    CELL as f32 * (mean.x + 0.5),
                    CELL as f32 * (mean.y + 0.5),
                    distance * 1000.0,
                ],
                score,
            });
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// A heatmap with a bump at a place in cells, and one of depths that is 0.2 m there and 1 m elsewhere.
    fn bump(x: f32, y: f32) -> (Vec<f32>, Vec<f32>) {
        let heat = |i: usize| {
            let (dx, dy) = ((i % SIZE) as f32 - x, (i / SIZE) as f32 - y);
            12.0 - 0.5 * (dx * dx + dy * dy)
        };
        let depth = |i: usize| if heat(i) > 4.0 { 0.2 } else { 1.0 };
        (
            (0..SIZE * SIZE).map(heat).collect(),
            (0..SIZE * SIZE).map(depth).collect(),
        )
    }

    #[test]
    fn a_joint_lies_between_cells_at_the_depth_of_its_peak() {
        for (x, y) in [(10.3, 20.8), (4.5, 4.5), (27.0, 15.25)] {
            let (heat, depths) = bump(x, y);
            for window in [SIZE, 4] {
                let at = place(&heat, &depths, window);
                assert!((at.x * 32.0 - 0.5 - x).abs() < 0.02, "{at} {window:?}");
                assert!((at.y * 32.0 - 0.5 - y).abs() < 0.02, "{at} {window:?}");
                assert!((at.z - 200.0).abs() < 2.0, "{at} {window:?}");
            }
        }
    }

    #[test]
    fn a_second_lower_peak_moves_a_joint_only_without_a_window() {
        let (mut heat, depths) = bump(8.0, 8.0);
        let (other, _) = bump(24.0, 8.0);
        for (heat, other) in heat.iter_mut().zip(other) {
            *heat = heat.max(other - 1.0);
        }
        let near = place(&heat, &depths, 4);
        let all = place(&heat, &depths, SIZE);
        assert!((near.x * 32.0 - 8.5).abs() < 0.02, "{near}");
        assert!(all.x * 32.0 > 11.0, "{all}");
    }

    #[test]
    fn flat_and_broken_maps_give_some_place() {
        let depths = vec![0.0; SIZE * SIZE];
        for value in [0.0, -1e30, f32::NEG_INFINITY] {
            let at = place(&vec![value; SIZE * SIZE], &depths, WINDOW_SEEN);
            println!("{value}: {at}");
        }
        assert_eq!(value_at(&depths, [f32::NAN, 0.5]), None);
        assert_eq!(value_at(&depths, [1.01, 0.5]), None);
        let ramp: Vec<f32> = (0..SIZE * SIZE).map(|i| (i % SIZE) as f32).collect();
        let at = |u: f32| value_at(&ramp, [u, 0.3]).unwrap();
        assert!((at(0.5) - 15.5).abs() < 1e-3 && at(0.0) == 0.0 && at(1.0) == 31.0);
    }

    #[test]
    fn people_are_the_peaks_of_the_map_of_pelvises() {
        let (columns, rows) = (40, 36);
        let mut logits = vec![-6.0; columns * rows];
        let mut distances = vec![3.0; columns * rows];
        let mut put = |column: usize, row: usize, logit: f32, distance: f32| {
            for (c, r, lower) in [(0, 0, 0.0), (1, 0, 1.0), (0, 1, 1.0)] {
                let cell = (row + r) * columns + column + c;
                logits[cell] = logit - lower;
                distances[cell] = distance - USUAL_DISTANCE;
            }
        };
        put(10, 12, 3.0, 2.0);
        put(30, 12, 1.0, 4.0);
        put(20, 30, -2.0, 4.0);
        let found = peaks(&logits, &distances, columns, 0.35);
        assert_eq!(found.len(), 2);
        assert!(found[0].score > 0.9 && found[1].score < 0.8);
        let [column, row, distance] = found[0].at;
        assert!((41.0..46.0).contains(&column) && (49.0..54.0).contains(&row));
        assert!((distance - 2000.0).abs() < 60.0, "{distance}");
        // A plateau is one peak; a map without values is none.
        let mut flat = vec![-6.0; columns * rows];
        for cell in [100, 101, 140, 141] {
            flat[cell] = 2.0;
        }
        assert_eq!(peaks(&flat, &distances, columns, 0.35).len(), 1);
        assert_eq!(peaks(&[], &[], columns, 0.35).len(), 0);
        assert_eq!(peaks(&[f32::NAN; 40], &distances, columns, 0.35).len(), 0);
    }
}
