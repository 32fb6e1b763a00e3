//! The solids of a room: boxes, upright cylinders and ellipsoids, hit by rays.

use glam::{Vec2, Vec3};

/// A solid, turned about the vertical.
#[derive(Clone, Debug)]
pub(crate) struct Solid {
    pub(crate) shape: Shape,
    pub(crate) center: Vec3,
    /// Half the size of the box around it, before it is turned.
    pub(crate) half: Vec3,
    /// Cosine and sine of the angle it is turned by.
    turn: Vec2,
    pub(crate) material: u16,
    /// Rays start inside: a room.
    pub(crate) hollow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Box,
    /// Upright; its radius is `half.x`.
    Cylinder,
    /// An ellipsoid.
    Ball,
}

/// Where a ray meets a solid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// In lengths of the ray's direction.
    pub(crate) t: f32,
    pub(crate) normal: Vec3,
    pub(crate) solid: u16,
}

impl Solid {
    pub(crate) fn new(shape: Shape, center: Vec3, size: Vec3, yaw: f32, material: u16) -> Self {
        Self {
            shape,
            center,
            half: size * 0.5,
            turn: Vec2::new(yaw.cos(), yaw.sin()),
            material,
            hollow: false,
        }
    }

    /// A direction in the solid's own axes.
    pub(crate) fn to_local(&self, v: Vec3) -> Vec3 {
        let (c, s) = (self.turn.x, self.turn.y);
        Vec3::new(c * v.x - s * v.z, v.y, s * v.x + c * v.z)
    }

    fn to_world(&self, v: Vec3) -> Vec3 {
        let (c, s) = (self.turn.x, self.turn.y);
        Vec3::new(c * v.x + s * v.z, v.y, c * v.z - s * v.x)
    }

    /// The lowest and highest corners of an upright box around it.
    pub(crate) fn extent(&self) -> (Vec3, Vec3) {
        let (c, s) = (self.turn.x.abs(), self.turn.y.abs());
        let h = self.half;
        let half = Vec3::new(c * h.x + s * h.z, h.y, s * h.x + c * h.z);
        (self.center - half, self.center + half)
    }

    /// The nearest hit beyond a hair's breadth.
    pub(crate) fn hit(&self, origin: Vec3, direction: Vec3) -> Option<(f32, Vec3)> {
        let o = self.to_local(origin - self.center);
        let d = self.to_local(direction);
        let (t, normal) = match self.shape {
            Shape::Box => self.hit_box(o, d)?,
            Shape::Cylinder => self.hit_cylinder(o, d)?,
            Shape::Ball => self.hit_ball(o, d)?,
        };
        Some((t, self.to_world(normal)))
    }

    fn hit_box(&self, o: Vec3, d: Vec3) -> Option<(f32, Vec3)> {
        let inverse = d.recip();
        let a = (-self.half - o) * inverse;
        let b = (self.half - o) * inverse;
        // Infinite slopes give NaN only exactly on an edge; `min` and `max` then take the other operand.
        let (near, far) = (a.min(b), a.max(b));
        let enter = near.max_element();
        let leave = far.min_element();
        if enter > leave || leave < 1e-4 {
            return None;
        }
        let axis_of = |v: Vec3, t: f32| {
            if v.x == t {
                Vec3::X
            } else if v.y == t {
                Vec3::Y
            } else {
                Vec3::Z
            }
        };
        if self.hollow {
            let axis = axis_of(far, leave);
            return Some((leave, -axis * d.signum()));
        }
        if enter < 1e-4 {
            return None;
        }
        let axis = axis_of(near, enter);
        Some((enter, -axis * d.signum()))
    }

    fn hit_cylinder(&self, o: Vec3, d: Vec3) -> Option<(f32, Vec3)> {
        let radius = self.half.x;
        let (o2, d2) = (Vec2::new(o.x, o.z), Vec2::new(d.x, d.z));
        let a = d2.length_squared();
        let b = o2.dot(d2);
        let c = o2.length_squared() - radius * radius;
        let mut best: Option<(f32, Vec3)> = None;
        let disc = b * b - a * c;
        if disc > 0.0 && a > 1e-12 {
            let t = (-b - disc.sqrt()) / a;
            let p = o + d * t;
            if t > 1e-4 && p.y.abs() <= self.half.y {
                best = Some((t, Vec3::new(p.x, 0.0, p.z) / radius));
            }
        }
        if d.y != 0.0 {
            let side = -d.y.signum();
            let t = (side * self.half.y - o.y) / d.y;
            let p = o + d * t;
            if t > 1e-4
                && Vec2::new(p.x, p.z).length_squared() <= radius * radius
                && best.is_none_or(|best| t < best.0)
            {
                best = Some((t, Vec3::Y * side));
            }
        }
        best
    }

    fn hit_ball(&self, o: Vec3, d: Vec3) -> Option<(f32, Vec3)> {
        let (o, d) = (o / self.half, d / self.half);
        let (a, b, c) = (d.length_squared(), o.dot(d), o.length_squared() - 1.0);
        let disc = b * b - a * c;
        if disc <= 0.0 {
            return None;
        }
        let t = (-b - disc.sqrt()) / a;
        (t > 1e-4).then(|| (t, ((o + d * t) / self.half).normalize()))
    }
}

/// The first solid that a ray hits.
pub(crate) fn solid_hit(solids: &[Solid], origin: Vec3, direction: Vec3) -> Option<Hit> {
    let mut nearest: Option<Hit> = None;
    for (index, solid) in solids.iter().enumerate() {
        if let Some((t, normal)) = solid.hit(origin, direction)
            && nearest.is_none_or(|hit| t < hit.t)
        {
            nearest = Some(Hit {
                t,
                normal,
                solid: index as u16,
            });
        }
    }
    nearest
}
