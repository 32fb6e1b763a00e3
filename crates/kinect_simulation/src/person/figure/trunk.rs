//! The trunk: pelvis to neck, and the clothes that hang from it.

use glam::Vec3;
use kinect_azure::body::Joint;

use super::builder::Builder;
use crate::person::looks::{Bottom, Top};
use crate::person::physique::RestSkeleton;
use crate::person::shape::{Knot, Region, knot};

impl Builder<'_> {
    pub(super) fn trunk(&mut self, skeleton: &RestSkeleton) {
        let physique = self.person.physique;
        let looks = self.person.looks;
        let (s, g, c) = (self.size, physique.girth, physique.curves);
        let (low, high) = (self.at(Joint::Pelvis).y, self.at(Joint::Neck).y);
        let unit = high - low;
        let grown = physique.maturity();
        // Breadth follows the skeleton's, depth the size.
        let broad = skeleton.position[Joint::ShoulderLeft.index()].x / 0.169;
        let hip = skeleton.position[Joint::HipLeft.index()].x / 0.087;
        let chub = 1.0 - grown;
        let fat = 0.92 + 0.2 * g;
        let belly = 0.055 * g * g + 0.012 * chub;
        // Share of the way from pelvis to neck, half breadth, half depth, how far forwards.
        let sections = [
            (-0.22, 0.112 * hip * fat, 0.078, -0.006),
            (
                -0.08,
                (0.160 + 0.014 * c) * hip * fat,
                0.100 + 0.02 * g,
                -0.014,
            ),
            (
                0.10,
                (0.154 + 0.010 * c) * hip * fat,
                0.098 + 0.03 * g,
                -0.006 + 0.3 * belly,
            ),
            (
                0.33,
                (0.139 - 0.017 * c) * broad * fat + 0.6 * belly,
                0.090 + 0.6 * belly,
                0.5 * belly,
            ),
            (
                0.58,
                (0.149 - 0.010 * c) * broad * fat,
                0.100 + 0.2 * belly,
                0.002,
            ),
            (0.76, (0.160 - 0.008 * c) * broad, 0.104, 0.0),
            (0.885, (0.154 - 0.010 * c) * broad, 0.090, -0.006),
            (0.945, 0.120 * broad, 0.074, -0.014),
            (1.00, 0.076 * broad, 0.062, -0.016),
            (1.06, 0.054 * broad, 0.055, -0.010),
        ];
        let bottom = low + unit * sections[0].0;
        let top = low + unit * sections[9].0;
        let along = |share: f32| (low + unit * share - bottom) / (top - bottom);
        let bones = [
            (along(0.08), Joint::Pelvis),
            (along(0.42), Joint::SpineNavel),
            (along(0.72), Joint::SpineChest),
            (along(0.95), Joint::SpineChest),
            (along(1.02), Joint::Neck),
        ];
        // `v` of a loft along y with u = x is −z.
        let shell = |ease: f32, from: f32, to: f32| -> Vec<Knot> {
            let mut knots: Vec<Knot> = sections
                .iter()
                .map(|&(share, w, d, z)| {
                    let d = d * s * (1.0 + 0.15 * chub);
                    knot(along(share), w * 1.0 + ease, d + ease, -z * s)
                })
                .collect();
            knots.retain(|k| k.t >= along(from) - 1e-3 && k.t <= along(to) + 1e-3);
            knots
        };
        let ends = (Vec3::new(0.0, bottom, 0.0), Vec3::new(0.0, top, 0.0));
        let knots = shell(0.0, -1.0, 2.0);
        self.loft(ends, Vec3::X, &knots, Region::Skin, 0.02, &bones);
        // Seat.
        for side in [-1.0, 1.0] {
            let center = Vec3::new(side * 0.072 * hip, low - 0.09 * unit, -0.052 * s);
            let radii = Vec3::new(0.078 * hip, 0.085 * s, 0.078 * s) * (0.9 + 0.25 * g);
            self.ball(center, radii, Region::Bottom, 0.05, Joint::Pelvis);
        }
        // The upper edge of trousers and skirts.
        let knots = shell(0.008 * s, -1.0, 0.33);
        let span = |from: f32, to: f32| {
            (
                Vec3::new(0.0, low + unit * from, 0.0),
                Vec3::new(0.0, low + unit * to, 0.0),
            )
        };
        let part = self.cropped(&knots, ends, -0.22, 0.16, along);
        self.loft(
            part.0,
            Vec3::X,
            &part.1,
            Region::Bottom,
            0.012,
            &remap(&bones, &part),
        );

        let (ease, hem, folds) = match looks.top {
            Top::TShirt => (0.014, -0.10, 0.003),
            Top::Shirt => (0.014, -0.04, 0.003),
            Top::Pullover => (0.026, -0.12, 0.005),
        };
        // Worn inside a skirt.
        let hem = match looks.bottom {
            Bottom::Skirt | Bottom::LongSkirt => 0.11,
            _ => hem,
        };
        self.edges.hem = low + unit * hem;
        self.edges.collar = low + unit * 0.998;
        let part = self.cropped(&shell(ease * s, -1.0, 2.0), ends, hem, 0.998, along);
        self.loft(
            part.0,
            Vec3::X,
            &part.1,
            Region::Top,
            0.012,
            &remap(&bones, &part),
        )
        .folds = folds * s;
        let over = if looks.coat.is_some() {
            Region::Coat
        } else {
            Region::Top
        };
        if c > 0.3 {
            for side in [-1.0, 1.0] {
                let center = Vec3::new(side * 0.068 * broad, low + 0.69 * unit, 0.078 * s);
                let radii = Vec3::new(0.068, 0.066, 0.058) * s * (0.75 + 0.3 * c + 0.15 * g);
                self.ball(
                    center,
                    radii + Vec3::splat(if looks.coat.is_some() { 0.015 * s } else { 0.0 }),
                    over,
                    0.05,
                    Joint::SpineChest,
                );
            }
        }
        if physique.belly > 0.0 {
            let out = physique.belly * s;
            let center = Vec3::new(0.0, low + 0.36 * unit, 0.05 * s + 0.045 * out);
            let radii = Vec3::new(0.11 * s + 0.03 * out, 0.14 * s, 0.07 * s + 0.085 * out);
            self.ball(center, radii, over, 0.05, Joint::SpineNavel);
        }
        let knee = self.at(Joint::KneeLeft).y;
        let hem = match looks.bottom {
            Bottom::Skirt => Some(knee - 0.02 * s),
            Bottom::LongSkirt => Some(knee - 0.22 * s),
            _ => None,
        };
        if let Some(hem) = hem {
            self.skirt(span(0.12, 0.0).0.y, hem, hip, Region::Bottom, 0.008);
        }
        if looks.coat.is_some() {
            let part = self.cropped(&shell(0.034 * s, -1.0, 2.0), ends, -0.05, 0.98, along);
            self.loft(
                part.0,
                Vec3::X,
                &part.1,
                Region::Coat,
                0.015,
                &remap(&bones, &part),
            )
            .folds = 0.004 * s;
            self.skirt(
                span(0.12, 0.0).0.y,
                knee + if looks.long_coat { -0.22 * s } else { 0.08 * s },
                hip,
                Region::Coat,
                0.036,
            );
        }
    }

    /// The part of a profile between two heights, as ends and knots of its own.
    fn cropped(
        &self,
        knots: &[Knot],
        (a, b): (Vec3, Vec3),
        from: f32,
        to: f32,
        along: impl Fn(f32) -> f32,
    ) -> ((Vec3, Vec3), Vec<Knot>, (f32, f32)) {
        let (t0, t1) = (along(from), along(to));
        let mut cut: Vec<Knot> = knots
            .iter()
            .map(|k| Knot {
                t: (k.t - t0) / (t1 - t0),
                ..*k
            })
            .collect();
        // Knots beyond the ends still shape the curve.
        cut.dedup_by(|b, a| b.t - a.t < 1e-4);
        ((a.lerp(b, t0), a.lerp(b, t1)), cut, (t0, t1))
    }

    /// A flared tube around both legs.
    fn skirt(&mut self, waist: f32, hem: f32, hip: f32, region: Region, ease: f32) {
        let (s, g) = (self.size, self.person.physique.girth);
        let wide = (0.168 + 0.04 * g) * hip + ease;
        let deep = (0.112 + 0.03 * g) * s + ease;
        let flare = 0.05 * s;
        let knots = [
            knot(0.0, wide * 0.90, deep * 0.92, 0.0),
            knot(0.3, wide * 1.06, deep * 1.12, 0.004),
            knot(
                0.65,
                wide * 1.08 + flare * 0.5,
                deep * 1.15 + flare * 0.6,
                0.0,
            ),
            knot(1.0, wide * 1.10 + flare, deep * 1.18 + flare, 0.0),
        ];
        let ends = (Vec3::new(0.0, waist, 0.0), Vec3::new(0.0, hem, 0.0));
        let bones = [(0.18, Joint::Pelvis), (0.55, Joint::HipLeft)];
        self.loft(ends, Vec3::X, &knots, region, 0.015, &bones)
            .folds = 0.008 * s;
    }
}

/// Bones of a whole profile for a part of it.
fn remap(
    bones: &[(f32, Joint)],
    part: &((Vec3, Vec3), Vec<Knot>, (f32, f32)),
) -> Vec<(f32, Joint)> {
    let (t0, t1) = part.2;
    bones
        .iter()
        .map(|&(t, joint)| ((t - t0) / (t1 - t0), joint))
        .collect()
}
