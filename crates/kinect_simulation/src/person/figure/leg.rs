//! Legs, trousers and shoes.

use glam::{Vec2, Vec3};
use kinect_azure::body::Joint;

use super::builder::Builder;
use crate::person::looks::Bottom;
use crate::person::shape::{Knot, Region, knot};

impl Builder<'_> {
    pub(super) fn leg(&mut self, left: bool) {
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let (hip, knee) = (side(Joint::HipLeft), side(Joint::KneeLeft));
        let (ankle, foot) = (side(Joint::AnkleLeft), side(Joint::FootLeft));
        let (h, k, a) = (self.at(hip), self.at(knee), self.at(ankle));
        let r = self.size * self.flesh;
        let s = self.size;
        let scaled = |knots: &[(f32, f32, f32, f32)], ease: f32| -> Vec<Knot> {
            knots
                .iter()
                .map(|&(t, u, v, z)| knot(t, u * r + ease, v * r + ease, z * r))
                .collect()
        };
        // With the axis downwards and u = x, `v` points forwards.
        let thigh = [
            (0.0, 0.082, 0.092, -0.006),
            (0.25, 0.080, 0.088, 0.002),
            (0.6, 0.066, 0.070, 0.004),
            (1.0, 0.053, 0.056, 0.004),
        ];
        let shank = [
            (0.0, 0.052, 0.055, 0.002),
            (0.28, 0.053, 0.060, -0.014),
            (0.6, 0.041, 0.046, -0.010),
            (0.9, 0.032, 0.037, -0.006),
            (1.05, 0.032, 0.038, -0.008),
        ];
        let out = self.turned(hip, Vec3::X);
        let sky = (h - k).normalize();
        self.loft(
            (h + sky * 0.03 * s, k),
            out,
            &scaled(&thigh, 0.0),
            Region::Skin,
            0.02,
            &[(0.0, hip)],
        );
        self.loft(
            (k, a),
            out,
            &scaled(&shank, 0.0),
            Region::Skin,
            0.03,
            &[(0.0, knee)],
        );
        match self.person.looks.bottom {
            Bottom::Trousers => {
                let ease = 0.010 * s;
                self.loft(
                    (h + sky * 0.03 * s, k),
                    out,
                    &scaled(&thigh, ease),
                    Region::Bottom,
                    0.03,
                    &[(0.0, hip)],
                )
                .folds = 0.003 * s;
                let trouser = [
                    (0.0, 0.056, 0.060, 0.002),
                    (0.3, 0.058, 0.064, -0.008),
                    (0.7, 0.056, 0.062, -0.006),
                    (1.0, 0.057, 0.064, -0.004),
                ];
                let end = k.lerp(a, 0.985);
                self.loft(
                    (k, end),
                    out,
                    &scaled(&trouser, ease * 0.8),
                    Region::Bottom,
                    0.03,
                    &[(0.0, knee)],
                )
                .folds = 0.005 * s;
            }
            Bottom::Shorts => {
                let short = [
                    (0.0, 0.086, 0.094, -0.006),
                    (0.4, 0.084, 0.090, 0.0),
                    (1.0, 0.084, 0.088, 0.002),
                ];
                let end = h.lerp(k, 0.85);
                self.loft(
                    (h + sky * 0.03 * s, end),
                    out,
                    &scaled(&short, 0.01 * s),
                    Region::Bottom,
                    0.03,
                    &[(0.0, hip)],
                )
                .folds = 0.004 * s;
            }
            Bottom::Skirt | Bottom::LongSkirt => {}
        }
        // The shoe: along the floor, sole at y = 0. `v` of a loft along z with u = x is y.
        let front = self.turned(foot, Vec3::Z);
        let heel = Vec3::new(a.x, 0.0, a.z) - front * 0.062 * s;
        let toe = heel + front * 0.272 * s;
        let shoe: Vec<Knot> = [
            (0.0, 0.030, 0.030),
            (0.12, 0.036, 0.040),
            (0.40, 0.039, 0.043),
            (0.62, 0.046, 0.034),
            (0.85, 0.044, 0.026),
            (1.0, 0.030, 0.020),
        ]
        .iter()
        .map(|&(t, u, v)| Knot {
            t,
            radius: Vec2::new(u, v) * s,
            offset: Vec2::new(0.0, v * s),
        })
        .collect();
        // The toes bend with the foot joint, the rest with the ankle.
        self.loft(
            (heel, toe),
            Vec3::X,
            &shoe,
            Region::Shoe,
            0.02,
            &[(0.74, ankle), (0.92, foot)],
        );
        let collar = [
            knot(0.0, 0.040 * s, 0.046 * s, -0.004 * s),
            knot(1.0, 0.038 * s, 0.050 * s, 0.0),
        ];
        let low = Vec3::new(a.x, 0.035 * s, a.z);
        self.loft(
            (a, low),
            Vec3::X,
            &collar,
            Region::Shoe,
            0.025,
            &[(0.0, ankle)],
        );
    }
}
