//! The surfaces that the depth image shows around a joint.

use super::view::View;

/// The most surfaces that are distinguished around one joint.
const MOST: usize = 3;

/// A surface: depths near each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Surface {
    /// Depth of the surface in mm: nearer than most of its pixels, because a limb bulges towards the camera.
    pub(super) depth: f32,
    /// Its share of the pixels around the joint, where those in the middle count more; 0 to 1.
    pub(super) share: f32,
}

/// The surfaces around one joint, nearest first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Surfaces {
    list: [Surface; MOST],
    count: usize,
}

impl Surfaces {
    pub(super) const MOST: usize = MOST;

    pub(super) fn list(&self) -> &[Surface] {
        &self.list[..self.count]
    }
}

/// The limits of the radius in which depths are read, in pixels.
const RADIUS_PIXELS: (f32, f32) = (2.0, 9.0);
/// How much wider a wide circle is, and its largest radius in pixels.
const WIDE: f32 = 2.2;
const WIDEST_PIXELS: f32 = 16.0;
/// Depths that are farther apart belong to different surfaces, in mm.
const GAP_MM: u16 = 60;
/// Depths that change by more from a pixel to the next ones on both sides lie on an edge, in mm.
const EDGE_MM: i32 = 40;
/// A surface with a smaller share is ignored.
const LEAST_SHARE: f32 = 0.12;
/// The share of a surface's pixels that are nearer than the depth that is taken.
const QUANTILE: f32 = 0.35;

/// The circle in which depths are read, for a radius of the limb in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) enum Circle {
    /// As large as the limb.
    OfLimb(f32),
    /// Larger: a joint at the edge of a limb may be seen a little beside the limb.
    Wide(f32),
}

impl Circle {
    fn radius(self) -> f32 {
        let (least, most) = RADIUS_PIXELS;
        match self {
            Self::OfLimb(radius) => radius.max(least).min(most),
            Self::Wide(radius) => (WIDE * radius).max(least).min(WIDEST_PIXELS),
        }
    }
}

/// Finds surfaces in the same memory again and again.
#[derive(Debug, Default)]
pub(super) struct SurfaceFinder {
    pixels: Vec<(u16, f32)>,
}

impl SurfaceFinder {
    /// The surfaces in a circle around a pixel coordinate.
    pub(super) fn find(
        &mut self,
        view: &View,
        depths: &[u16],
        [x, y]: [f32; 2],
        circle: Circle,
    ) -> Surfaces {
        let radius = circle.radius();
        let mut found = Surfaces::default();
        if view.pixel_at([x, y]).is_none() || depths.is_empty() {
            return found;
        }
        let all = self.collect(view, depths, [x, y], radius);
        if all <= 0.0 {
            return found;
        }
        self.pixels.sort_unstable_by_key(|(depth, _)| *depth);
        let mut begin = 0;
        for end in 1..=self.pixels.len() {
            let ends = self
                .pixels
                .get(end)
                .is_none_or(|(depth, _)| depth - self.pixels[end - 1].0 > GAP_MM);
            if !ends {
                continue;
            }
            let surface = &self.pixels[begin..end];
            begin = end;
            let weight: f32 = surface.iter().map(|(_, weight)| weight).sum();
            if weight < all * LEAST_SHARE || found.count == MOST {
                continue;
            }
            let mut nearer = 0.0;
            let depth = surface.iter().find(|(_, one)| {
                nearer += one;
                nearer >= weight * QUANTILE
            });
            let depth = depth.map_or(surface[0].0, |(depth, _)| *depth).into();
            found.list[found.count] = Surface {
                depth,
                share: weight / all,
            };
            found.count += 1;
        }
        found
    }

    /// The measured pixels within a radius, without those on edges; returns the sum of their weights.
    fn collect(&mut self, view: &View, depths: &[u16], [x, y]: [f32; 2], radius: f32) -> f32 {
        self.pixels.clear();
        let range = |center: f32, size: usize| {
            let first = (center - radius).ceil().max(0.0) as usize;
            let last = ((center + radius).floor().max(-1.0) + 1.0) as usize;
            first..last.min(size)
        };
        let mut all = 0.0;
        for row in range(y, view.height) {
            for column in range(x, view.width) {
                let (dx, dy) = (column as f32 - x, row as f32 - y);
                let far = (dx * dx + dy * dy) / (radius * radius);
                let pixel = row * view.width + column;
                let depth = depths[pixel];
                if far > 1.0 || depth == 0 || is_edge(depths, view.width, column, pixel) {
                    continue;
                }
                let weight = 1.0 - 0.8 * far;
                self.pixels.push((depth, weight));
                all += weight;
            }
        }
        all
    }
}

/// Whether a pixel lies between a near and a far surface.
fn is_edge(depths: &[u16], width: usize, column: usize, pixel: usize) -> bool {
    let depth = i32::from(depths[pixel]);
    let between = |before: Option<&u16>, after: Option<&u16>| {
        let (Some(&before), Some(&after)) = (before, after) else {
            return false;
        };
        if before == 0 || after == 0 {
            return false;
        }
        let (a, b) = (depth - i32::from(before), i32::from(after) - depth);
        a.abs() > EDGE_MM && b.abs() > EDGE_MM && (a > 0) == (b > 0)
    };
    let beside = column > 0
        && column + 1 < width
        && between(depths.get(pixel.wrapping_sub(1)), depths.get(pixel + 1));
    beside
        || between(
            depths.get(pixel.wrapping_sub(width)),
            depths.get(pixel + width),
        )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::lift::tests::calibration;

    #[test]
    fn a_hand_before_the_trunk_and_the_wall_behind_are_told_apart() {
        let view = View::new(&calibration()).unwrap();
        let mut depths = vec![4000_u16; view.width * view.height];
        for row in 200..400 {
            for column in 300..340 {
                let pixel = row * view.width + column;
                // Flying pixels between the trunk and the wall.
                depths[pixel] = if column == 339 { 3000 } else { 2000 };
                if row < 300 && column < 318 {
                    depths[pixel] = 1700;
                }
            }
        }
        let mut finder = SurfaceFinder::default();
        let mut at = |x: f32, y: f32| {
            let found = finder.find(&view, &depths, [x, y], Circle::OfLimb(9.0));
            found.list().iter().map(|s| s.depth).collect::<Vec<_>>()
        };
        assert_eq!(at(325.0, 350.0), [2000.0]);
        assert_eq!(at(318.0, 250.0), [1700.0, 2000.0]);
        assert_eq!(at(339.0, 350.0), [2000.0, 4000.0]);
        assert!(at(f32::INFINITY, 250.0).is_empty());
        assert!(at(-3.0, 250.0).is_empty());
        assert!(at(f32::NAN, 250.0).is_empty());
        assert_eq!(at(639.4, 575.4), [4000.0]);
    }
}
