//! The floor in a depth image.

use glam::Vec3;

use super::view::View;

/// A plane that people stand on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Floor {
    /// Unit vector upwards.
    pub(crate) up: Vec3,
    /// The height of the camera above it in mm.
    pub(crate) height: f32,
}

/// The distance between the pixels that are examined, in both directions.
const STEP: usize = 8;
/// The height of a slice of the room, in mm.
const SLICE: f32 = 20.0;
/// How far below the camera a floor is looked for, in slices.
const SLICES: usize = 200;
/// The fewest points of a floor.
const LEAST: usize = 40;
/// The least cosine between a floor's normal and up; steeper surfaces are not a floor.
const LEVEL: f32 = 0.9;

impl Floor {
    /// The height of a point above the floor, in mm.
    pub(crate) fn height_of(&self, point: Vec3) -> f32 {
        self.up.dot(point) + self.height
    }

    /// Whether a point of the depth image belongs to the floor.
    pub(crate) fn is_part(&self, point: Vec3) -> bool {
        self.height_of(point) < 15.0 + 1.2e-6 * point.z * point.z
    }
}

/// Finds floors in the same memory again and again.
#[derive(Debug, Default)]
pub(crate) struct FloorFinder {
    level: Vec<Vec3>,
    slices: Vec<u32>,
}

impl FloorFinder {
    /// Finds the floor: the lowest large level surface. `up` is the direction against gravity, which may be off by some
    /// degrees. `None` if no floor is visible.
    pub(crate) fn find(&mut self, view: &View, depths: &[u16], up: Vec3) -> Option<Floor> {
        self.collect(view, depths, up);
        self.slices.clear();
        self.slices.resize(SLICES, 0);
        for point in &self.level {
            let below = -up.dot(*point) / SLICE;
            if below >= 0.0 && below < SLICES as f32 {
                self.slices[below as usize] += 1;
            }
        }
        let most = (1..SLICES - 1).map(|slice| self.around(slice)).max()?;
        let enough = (most / 3).max(LEAST as u32);
        let lowest = (1..SLICES - 1).rev().find(|&slice| {
            let here = self.around(slice);
            here >= enough
                && here >= self.around(slice - 1)
                && here >= self.around((slice + 1).min(SLICES - 2))
        })?;
        let height = (lowest as f32 + 0.5) * SLICE;
        let mut floor = Floor { up, height };
        // A plane is fitted to the points near the floor. The first plane is horizontal, so the fit is repeated with
        // the tilted plane.
        for reach in [60.0, 30.0] {
            floor = self.fitted(floor, reach).unwrap_or(floor);
        }
        (floor.up.dot(up) > LEVEL).then_some(floor)
    }

    fn around(&self, slice: usize) -> u32 {
        self.slices[slice - 1..=slice + 1].iter().sum()
    }

    /// The points of level surfaces.
    fn collect(&mut self, view: &View, depths: &[u16], up: Vec3) {
        self.level.clear();
        let point = |pixel: usize| {
            let depth = *depths.get(pixel)?;
            let ray = view.pixel_ray(pixel)?;
            (depth > 0).then(|| ray * f32::from(depth))
        };
        // Neighbours far enough that noise does not tip the surface.
        const SPAN: usize = 6;
        for row in (SPAN..view.height.saturating_sub(SPAN)).step_by(STEP) {
            for column in (SPAN..view.width.saturating_sub(SPAN)).step_by(STEP) {
                let pixel = row * view.width + column;
                let corners = (
                    point(pixel - SPAN),
                    point(pixel + SPAN),
                    point(pixel - SPAN * view.width),
                    point(pixel + SPAN * view.width),
                );
                let (Some(left), Some(right), Some(above), Some(under)) = corners else {
                    continue;
                };
                let Some(at) = point(pixel) else { continue };
                let normal = (under - above).cross(right - left).normalize_or_zero();
                if normal.dot(up).abs() > LEVEL {
                    self.level.push(at);
                }
            }
        }
    }

    /// The plane with the least squared distances from the points near a plane.
    fn fitted(&self, floor: Floor, reach: f32) -> Option<Floor> {
        let near = || {
            self.level
                .iter()
                .filter(|point| floor.height_of(**point).abs() < reach)
        };
        let count = near().count();
        if count < LEAST {
            return None;
        }
        let center = near().sum::<Vec3>() / count as f32;
        // Heights over two level directions.
        let right = floor.up.any_orthonormal_vector();
        let ahead = floor.up.cross(right);
        let (mut rr, mut ra, mut aa, mut rh, mut ah) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in near() {
            let off = (*point - center) * 0.001;
            let (r, a, h) = (off.dot(right), off.dot(ahead), off.dot(floor.up));
            rr += r * r;
            ra += r * a;
            aa += a * a;
            rh += r * h;
            ah += a * h;
        }
        let determinant = rr * aa - ra * ra;
        if determinant < 1e-3 * (rr + aa) {
            return None;
        }
        let slope_right = (rh * aa - ah * ra) / determinant;
        let slope_ahead = (ah * rr - rh * ra) / determinant;
        let up = (floor.up - right * slope_right - ahead * slope_ahead).try_normalize()?;
        Some(Floor {
            up,
            height: -up.dot(center),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::lift::tests::calibration;

    #[test]
    fn a_floor_is_found_under_a_table_by_an_inexact_up() {
        let view = View::new(&calibration()).unwrap();
        let up = Vec3::new(0.05, -0.98, -0.17).normalize();
        let mut depths = vec![0_u16; view.width * view.height];
        for (pixel, depth) in depths.iter_mut().enumerate() {
            let ray = view.pixel_ray(pixel).unwrap();
            let hit = |height: f32| -height / up.dot(ray);
            let (floor, table) = (hit(1300.0), hit(600.0));
            *depth = if (1500.0..2000.0).contains(&table) && ray.x > 0.0 {
                table as u16
            } else if (0.0..6000.0).contains(&floor) {
                floor as u16
            } else {
                5000
            };
        }
        let about = Vec3::new(0.0, -0.995, -0.1).normalize();
        let floor = FloorFinder::default().find(&view, &depths, about).unwrap();
        assert!(floor.up.dot(up) > 0.9999, "{floor:?}");
        assert!((floor.height - 1300.0).abs() < 5.0, "{floor:?}");
        let nothing = vec![0; depths.len()];
        assert_eq!(FloorFinder::default().find(&view, &nothing, about), None);
    }
}
