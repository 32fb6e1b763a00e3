//! Signed distances of the shapes that make up a body, its clothes and its hair.
//!
//! A body is a smooth union of lofts (tubes with a profile), ellipsoids and boxes, each of which belongs to a region (which
//! decides what it looks like) and to bones (which move it). Distances are exact enough near the surface, which is all
//! that meshing needs.

use glam::{Quat, Vec2, Vec3};

use kinect_azure::body::Joint;

/// The material of a part of the surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Region {
    Head,
    Hair,
    Skin,
    Top,
    Bottom,
    Coat,
    Shoe,
    Bag,
    Held,
    Headwear,
}

impl Region {
    pub(crate) const ALL: [Self; 10] = [
        Self::Head,
        Self::Hair,
        Self::Skin,
        Self::Top,
        Self::Bottom,
        Self::Coat,
        Self::Shoe,
        Self::Bag,
        Self::Held,
        Self::Headwear,
    ];
}

/// One section of a loft.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knot {
    /// Where on the axis, 0 to 1.
    pub(crate) t: f32,
    /// Half the widths along the two side axes, in metres.
    pub(crate) radius: Vec2,
    /// The section's centre off the axis.
    pub(crate) offset: Vec2,
}

/// Shorthand for a section.
pub(crate) const fn knot(t: f32, u: f32, v: f32, offset_v: f32) -> Knot {
    Knot {
        t,
        radius: Vec2::new(u, v),
        offset: Vec2::new(0.0, offset_v),
    }
}

/// A solid.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A tube from `a` along `axis`, with elliptic sections in the plane of `u` and `v`.
    Loft {
        a: Vec3,
        axis: Vec3,
        u: Vec3,
        v: Vec3,
        length: f32,
        knots: Vec<Knot>,
    },
    Ellipsoid {
        center: Vec3,
        /// From world to the ellipsoid's own axes.
        rotation: Quat,
        radii: Vec3,
    },
    /// A box with rounded edges.
    Box {
        center: Vec3,
        rotation: Quat,
        half: Vec3,
        round: f32,
    },
    /// An ellipsoid without the part beyond a plane.
    Cut {
        center: Vec3,
        radii: Vec3,
        normal: Vec3,
        offset: f32,
    },
}

/// A solid with its place in the body.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) shape: Shape,
    pub(crate) region: Region,
    /// The distance in metres over which the part blends into the parts before it; if negative, the part is
    /// subtracted.
    pub(crate) blend: f32,
    /// Which bone moves it, by the place on its axis (0 for shapes without one); ascending.
    pub(crate) bones: Vec<(f32, Joint)>,
    /// Height of the folds and curls on it, in metres.
    pub(crate) folds: f32,
    /// A ball around it.
    pub(crate) center: Vec3,
    pub(crate) reach: f32,
}

impl Part {
    pub(crate) fn new(shape: Shape, region: Region, blend: f32, bones: &[(f32, Joint)]) -> Self {
        let (center, reach) = match &shape {
            Shape::Loft {
                a,
                axis,
                length,
                knots,
                ..
            } => {
                let widest = knots
                    .iter()
                    .map(|k| k.radius.max_element() + k.offset.length())
                    .fold(0.0, f32::max);
                (*a + *axis * *length * 0.5, length * 0.5 + widest * 1.1)
            }
            Shape::Ellipsoid { center, radii, .. } | Shape::Cut { center, radii, .. } => {
                (*center, radii.max_element())
            }
            Shape::Box { center, half, .. } => (*center, half.length()),
        };
        Self {
            shape,
            region,
            blend,
            bones: bones.to_vec(),
            folds: 0.0,
            center,
            reach,
        }
    }

    #[must_use]
    pub(crate) fn folded(mut self, height: f32) -> Self {
        self.folds = height;
        self
    }

    /// Distance to its surface in metres, negative inside.
    pub(crate) fn distance(&self, p: Vec3) -> f32 {
        let distance = match &self.shape {
            Shape::Loft {
                a,
                axis,
                u,
                v,
                length,
                knots,
            } => {
                let from = p - *a;
                let along = from.dot(*axis);
                let section = section(knots, along / length);
                let across = Vec2::new(from.dot(*u), from.dot(*v)) - section.offset;
                let side = ellipse(across, section.radius);
                let beyond = (-along).max(along - length);
                if beyond <= 0.0 {
                    // Inside the ends the side decides, unless an end is nearer.
                    side.max(beyond)
                } else {
                    side.max(0.0).hypot(beyond)
                }
            }
            Shape::Ellipsoid {
                center,
                rotation,
                radii,
            } => ellipsoid(*rotation * (p - *center), *radii),
            Shape::Box {
                center,
                rotation,
                half,
                round,
            } => {
                let q = (*rotation * (p - *center)).abs() - (*half - Vec3::splat(*round));
                q.max(Vec3::ZERO).length() + q.max_element().min(0.0) - round
            }
            Shape::Cut {
                center,
                radii,
                normal,
                offset,
            } => {
                let solid = ellipsoid(p - *center, *radii);
                smooth_max(solid, normal.dot(p) - offset, 0.012)
            }
        };
        if self.folds == 0.0 || distance.abs() > 0.05 {
            return distance;
        }
        let wave = |x: f32, y: f32, z: f32| (p.x * x + p.y * y + p.z * z).sin();
        let folds = wave(31.0, 47.0, 13.0) * wave(23.0, -19.0, 37.0)
            + 0.6 * wave(-17.0, 83.0, 29.0) * wave(53.0, 11.0, -41.0);
        distance + self.folds * folds * 0.6
    }

    /// Where on its axis a point is, 0 to 1 inside.
    pub(crate) fn along(&self, p: Vec3) -> f32 {
        match &self.shape {
            Shape::Loft {
                a, axis, length, ..
            } => (p - *a).dot(*axis) / length,
            _ => 0.0,
        }
    }
}

fn ellipse(p: Vec2, radius: Vec2) -> f32 {
    let scaled = (p / radius).length();
    let steep = (p / (radius * radius)).length();
    if steep < 1e-6 {
        return -radius.min_element();
    }
    scaled * (scaled - 1.0) / steep
}

fn ellipsoid(p: Vec3, radii: Vec3) -> f32 {
    let scaled = (p / radii).length();
    let steep = (p / (radii * radii)).length();
    if steep < 1e-6 {
        return -radii.min_element();
    }
    scaled * (scaled - 1.0) / steep
}

/// The section at a place on the axis: a smooth curve through the knots.
fn section(knots: &[Knot], t: f32) -> Knot {
    let last = knots.len() - 1;
    let t = t.clamp(knots[0].t, knots[last].t);
    let next = knots.iter().position(|k| k.t >= t).unwrap_or(last).max(1);
    let at = |i: isize| &knots[(i.max(0) as usize).min(last)];
    let i = next as isize - 1;
    let (k0, k1, k2, k3) = (at(i - 1), at(i), at(i + 1), at(i + 2));
    let s = (t - k1.t) / (k2.t - k1.t).max(1e-6);
    let curve = |p0: Vec2, p1: Vec2, p2: Vec2, p3: Vec2| {
        // Catmull-Rom, slackened so that it does not overshoot much.
        let (m1, m2) = ((p2 - p0) * 0.4, (p3 - p1) * 0.4);
        let (s2, s3) = (s * s, s * s * s);
        p1 * (2.0 * s3 - 3.0 * s2 + 1.0)
            + m1 * (s3 - 2.0 * s2 + s)
            + p2 * (3.0 * s2 - 2.0 * s3)
            + m2 * (s3 - s2)
    };
    Knot {
        t,
        radius: curve(k0.radius, k1.radius, k2.radius, k3.radius).max(Vec2::splat(0.002)),
        offset: curve(k0.offset, k1.offset, k2.offset, k3.offset),
    }
}

fn smooth_min(a: f32, b: f32, k: f32) -> f32 {
    let h = (k - (a - b).abs()).max(0.0);
    a.min(b) - h * h / (4.0 * k)
}

fn smooth_max(a: f32, b: f32, k: f32) -> f32 {
    -smooth_min(-a, -b, k)
}

/// Distance to a union of parts.
pub(crate) fn union<'a>(parts: impl Iterator<Item = &'a Part>, p: Vec3) -> f32 {
    let mut distance = 1.0;
    for part in parts {
        let d = part.distance(p);
        distance = if part.blend < 0.0 {
            smooth_max(distance, -d, -part.blend)
        } else {
            smooth_min(distance, d, part.blend.max(1e-4))
        };
    }
    distance
}
