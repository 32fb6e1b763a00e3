//! The plane that fits cells best, with its errors.

use glam::{DMat3, DVec3, Vec3};

use super::grid::{ALL_TILES, Cell};
use super::plane::Plane;

/// The depth camera's fixed error in mm, as a standard deviation.
const FIXED: f32 = 7.0;
/// As many cells a part of the image needs before it counts as a whole.
const FEW: f32 = 4.0;

/// The random error of a cell's depth in mm, as a standard deviation: that of a pixel, averaged over three.
fn random(depth: f32) -> f32 {
    (1.5 + 1e-6 * depth * depth) * 0.58
}

/// The plane of the last step, with what is known of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) plane: Plane,
    /// Standard deviations: of the height in mm, and of the direction in radians.
    pub(super) height_error: f32,
    pub(super) tilt_error: f32,
    /// The cells that belong to the plane, and their area in m².
    pub(super) cells: usize,
    pub(super) area: f32,
}

/// How far from the plane a cell may be that belongs to it, in mm.
fn reach(cell: &Cell, up: Vec3, least: f32) -> f32 {
    least + 3.0 * random(cell.point.z) * up.dot(cell.ray).abs()
}

/// Fits a plane to the cells near another plane. The slope counts as known beforehand: the direction `up` within `up_error`
/// (radians). `None` without cells.
pub(super) fn fit(cells: &[Cell], near: Plane, least: f32, up: Vec3, up_error: f32) -> Option<Fit> {
    let belongs = |cell: &&Cell| near.height_of(cell.point).abs() < reach(cell, near.up, least);
    let mut counts = [0.0_f32; ALL_TILES];
    let (mut count, mut area) = (0, 0.0);
    for cell in cells.iter().filter(belongs) {
        counts[cell.tile] += 1.0;
        count += 1;
        area += area_of(cell, near.up);
    }
    if count == 0 {
        return None;
    }
    // Heights over two level directions from the point under the camera, in mm and m.
    let right = up.any_orthonormal_vector();
    let ahead = up.cross(right);
    let mut information = DMat3::ZERO;
    let mut sum = DVec3::ZERO;
    for cell in cells.iter().filter(belongs) {
        let steepness = near.up.dot(cell.ray).abs();
        let variance = (FIXED * FIXED + random(cell.point.z).powi(2)) * steepness * steepness;
        let weight = f64::from(1.0 / (variance.max(0.1) * (counts[cell.tile] + FEW)));
        let place = DVec3::new(
            f64::from(right.dot(cell.point)) * 1e-3,
            f64::from(ahead.dot(cell.point)) * 1e-3,
            1.0,
        );
        let height = f64::from(up.dot(cell.point));
        information += DMat3::from_cols(place * place.x, place * place.y, place) * weight;
        sum += place * (height * weight);
    }
    // One radian is 1000 mm on a metre.
    let slope_error = f64::from(up_error) * 1000.0;
    information.x_axis.x += slope_error.powi(-2);
    information.y_axis.y += slope_error.powi(-2);
    let errors = information.inverse();
    if !errors.is_finite() {
        return None;
    }
    let found = errors * sum;
    let (slope_right, slope_ahead) = (found.x as f32 * 1e-3, found.y as f32 * 1e-3);
    // The plane's heights are h = c + a·r + b·f, so its normal is up − a·right − b·ahead.
    let tilted = up - right * slope_right - ahead * slope_ahead;
    let length = tilted.length();
    Some(Fit {
        plane: Plane {
            up: tilted / length,
            height: -found.z as f32 / length,
        },
        height_error: errors.z_axis.z.max(0.0).sqrt() as f32,
        tilt_error: (errors.x_axis.x + errors.y_axis.y).max(0.0).sqrt() as f32 * 1e-3,
        cells: count,
        area,
    })
}

/// The area of a cell on a level surface, in m².
pub(super) fn area_of(cell: &Cell, up: Vec3) -> f32 {
    let depth = cell.point.z * 1e-3;
    depth * depth * cell.size / up.dot(cell.ray).abs().max(0.05)
}
