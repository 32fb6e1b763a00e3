//! The window of the floor plan: from points on the floor to points of the panel and back.
//!
//! The plan is seen from above: x of the world goes to the right, −z (ahead of a sensor that is not turned) goes up.

use bevy::prelude::*;
use bevy_egui::egui;

/// The part of the floor that the plan shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    /// The point (x, z) in the middle, in metres.
    pub(crate) middle: Vec2,
    /// The number of metres across the shorter side of the plan.
    pub(crate) metres: f32,
}

impl Default for View {
    fn default() -> Self {
        Self {
            middle: Vec2::new(0.0, -2.0),
            metres: 5.0,
        }
    }
}

/// The number of metres that a plan shows.
const METRES: (f32, f32) = (0.5, 60.0);

impl View {
    /// A view of all points, with a margin. Points that are not finite, or farther than 1 km, are left out.
    pub(crate) fn around(points: impl IntoIterator<Item = Vec2>) -> Self {
        let mut sound = points
            .into_iter()
            .filter(|at| at.is_finite() && at.length() < 1000.0);
        let Some(first) = sound.next() else {
            return Self::default();
        };
        let (min, max) = sound.fold((first, first), |(min, max), at| (min.min(at), max.max(at)));
        Self {
            middle: min.midpoint(max),
            metres: ((max - min).max_element() * 1.15).clamp(2.0, METRES.1),
        }
    }

    /// The same view, larger or smaller, in which the point under `at` stays.
    pub(crate) fn zoomed(self, factor: f32, at: Vec2) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return self;
        }
        let metres = (self.metres / factor).clamp(METRES.0, METRES.1);
        Self {
            middle: at + (self.middle - at) * (metres / self.metres),
            metres,
        }
    }

    /// This view in a rectangle of the panel.
    pub(crate) fn on(self, rect: egui::Rect) -> Plan {
        let points = rect.width().min(rect.height()).max(1.0);
        Plan {
            view: self,
            rect,
            points_per_metre: points / self.metres,
        }
    }
}

/// A view in a rectangle of the panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) view: View,
    pub(crate) rect: egui::Rect,
    pub(crate) points_per_metre: f32,
}

impl Plan {
    pub(crate) fn to_panel(self, at: Vec2) -> egui::Pos2 {
        let by = (at - self.view.middle) * self.points_per_metre;
        self.rect.center() + egui::vec2(by.x, by.y)
    }

    pub(crate) fn to_floor(self, at: egui::Pos2) -> Vec2 {
        self.view.middle + self.distance(at - self.rect.center())
    }

    /// A distance on the floor.
    pub(crate) fn distance(self, by: egui::Vec2) -> Vec2 {
        Vec2::new(by.x, by.y) / self.points_per_metre
    }

    /// The points (x, z) of the floor at the upper left and the lower right.
    pub(crate) fn edges(self) -> (Vec2, Vec2) {
        (self.to_floor(self.rect.min), self.to_floor(self.rect.max))
    }
}

/// The smallest convex outline around points; points that are not finite are left out.
pub(crate) fn hull(points: impl IntoIterator<Item = Vec2>) -> Vec<Vec2> {
    let mut points: Vec<Vec2> = points.into_iter().filter(|at| at.is_finite()).collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let half = |points: &mut dyn Iterator<Item = Vec2>| {
        let mut outline: Vec<Vec2> = Vec::new();
        for at in points {
            while let [.., a, b] = outline[..]
                && (b - a).perp_dot(at - a) <= 0.0
            {
                outline.pop();
            }
            outline.push(at);
        }
        outline.pop();
        outline
    };
    let mut outline = half(&mut points.iter().copied());
    outline.extend(half(&mut points.iter().rev().copied()));
    outline
}

/// Triangles, as numbers of corners, that fill an outline, which may have notches. Outlines that cross themselves are filled in part.
pub(crate) fn triangles(outline: &[Vec2]) -> Vec<[u32; 3]> {
    let area: f32 = (0..outline.len())
        .map(|at| outline[at].perp_dot(outline[(at + 1) % outline.len()]))
        .sum();
    let turn = area.signum();
    let mut left: Vec<usize> = (0..outline.len()).collect();
    let mut found = Vec::new();
    while left.len() > 2 {
        let count = left.len();
        let is_ear = |at: usize| {
            let [a, b, c] = [at, at + 1, at + 2].map(|at| outline[left[at % count]]);
            let is_inside = |p: Vec2| {
                [(a, b), (b, c), (c, a)]
                    .iter()
                    .all(|(from, to)| (*to - *from).perp_dot(p - *from) * turn > 0.0)
            };
            let bends = (b - a).perp_dot(c - b) * turn >= 0.0;
            bends && !left.iter().any(|&other| is_inside(outline[other]))
        };
        let Some(ear) = (0..count).find(|&at| is_ear(at)) else {
            break;
        };
        found.push([ear, ear + 1, ear + 2].map(|at| left[at % count] as u32));
        left.remove((ear + 1) % count);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let rect = egui::Rect::from_min_size(egui::pos2(10.0, 20.0), egui::vec2(400.0, 300.0));
        View::default().on(rect)
    }

    #[test]
    fn ahead_is_up_and_right_is_right() {
        let plan = plan();
        let middle = plan.to_panel(plan.view.middle);
        assert_eq!(middle, plan.rect.center());
        let ahead = plan.to_panel(plan.view.middle - Vec2::Y);
        assert_eq!(middle - ahead, egui::vec2(0.0, plan.points_per_metre));
        assert!(plan.to_panel(plan.view.middle + Vec2::X).x > middle.x);
    }

    #[test]
    fn points_go_to_the_panel_and_back() {
        let plan = plan();
        for at in [Vec2::ZERO, Vec2::new(1.5, -3.0), Vec2::new(-20.0, 7.0)] {
            assert!(plan.to_floor(plan.to_panel(at)).distance(at) < 1e-4);
        }
        let (min, max) = plan.edges();
        assert!((max.y - min.y - plan.view.metres).abs() < 1e-4);
        assert!(max.x - min.x > plan.view.metres);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let rect = plan().rect;
        let at = Vec2::new(1.0, -1.0);
        let before = plan().to_panel(at);
        let zoomed = View::default().zoomed(2.0, at);
        assert_eq!(zoomed.metres, 2.5);
        let after = zoomed.on(rect).to_panel(at);
        assert!(before.distance(after) < 1e-3);
        assert_eq!(View::default().zoomed(f32::NAN, at), View::default());
        assert_eq!(View::default().zoomed(1e9, at).metres, METRES.0);
    }

    #[test]
    fn a_view_shows_all_points_that_are_somewhere() {
        let view = View::around([
            Vec2::new(-2.0, 0.0),
            Vec2::new(2.0, -4.0),
            Vec2::NAN,
            Vec2::splat(1e20),
        ]);
        assert_eq!(view.middle, Vec2::new(0.0, -2.0));
        assert!((view.metres - 4.6).abs() < 1e-5);
        assert_eq!(View::around([Vec2::NAN]), View::default());
        assert_eq!(View::around([Vec2::ONE]).metres, 2.0);
    }

    fn filled(outline: &[Vec2]) -> f32 {
        let of = |[a, b, c]: [u32; 3]| {
            let [a, b, c] = [a, b, c].map(|at| outline[at as usize]);
            0.5 * (b - a).perp_dot(c - a).abs()
        };
        triangles(outline).into_iter().map(of).sum()
    }

    #[test]
    fn triangles_fill_outlines_with_notches_in_either_direction() {
        let notched = [(0.0, 0.0), (1.0, 1.5), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)];
        let mut notched = notched.map(|(x, y)| Vec2::new(x, y));
        assert!((filled(&notched) - 2.5).abs() < 1e-5);
        notched.reverse();
        assert!((filled(&notched) - 2.5).abs() < 1e-5);
        assert_eq!(triangles(&notched).len(), 3);
        assert!(triangles(&notched[..2]).is_empty());
        let nowhere = triangles(&[Vec2::NAN; 4]);
        assert!(nowhere.len() < 3);
    }

    #[test]
    fn an_outline_leaves_out_what_is_inside() {
        let square = [Vec2::ZERO, Vec2::X, Vec2::Y, Vec2::ONE];
        let inside = [Vec2::splat(0.5), Vec2::new(0.5, 0.0), Vec2::NAN];
        let outline = hull(square.into_iter().chain(inside));
        assert_eq!(outline.len(), 4);
        assert!(square.iter().all(|corner| outline.contains(corner)));
        assert_eq!(hull([Vec2::X, Vec2::X]), [Vec2::X]);
    }
}
