//! Neck, face and hair.

use glam::{Quat, Vec3};
use kinect_azure::body::Joint;

use super::builder::Builder;
use crate::person::looks::{HairStyle, Headwear};
use crate::person::shape::{Part, Region, Shape, knot};

impl Builder<'_> {
    pub(super) fn head(&mut self, u: f32) {
        let c = self.throat();
        let at = |x: f32, y: f32, z: f32| c + Vec3::new(x, y, z) * u;
        let size = |x: f32, y: f32, z: f32| Vec3::new(x, y, z) * u;
        let bone = Joint::Head;
        let masculine = 1.0 - self.person.physique.curves;
        let neck_width = (0.225 + 0.035 * masculine) * (0.9 + 0.25 * self.person.physique.girth);
        let neck = [
            knot(0.0, neck_width * 1.25 * u, neck_width * 1.2 * u, 0.02 * u),
            knot(0.35, neck_width * u, neck_width * 1.02 * u, 0.01 * u),
            knot(1.0, neck_width * 0.98 * u, neck_width * 1.02 * u, 0.0),
        ];
        let low = self.at(Joint::Neck) - Vec3::Y * 0.18 * u;
        self.loft(
            (low, at(0.0, 0.40, -0.06)),
            Vec3::X,
            &neck,
            Region::Skin,
            0.025,
            &[
                (0.15, Joint::SpineChest),
                (0.4, Joint::Neck),
                (0.8, Joint::Neck),
                (1.0, Joint::Head),
            ],
        );
        let head = Region::Head;
        self.ball(
            at(0.0, 0.70, -0.05),
            size(0.330, 0.385, 0.425),
            head,
            0.02 * u,
            bone,
        );
        self.ball(
            at(0.0, 0.47, 0.06),
            size(0.272, 0.36, 0.345),
            head,
            0.12 * u,
            bone,
        );
        // Jaw and chin, cheeks, brow.
        self.ball(
            at(0.0, 0.20, 0.20),
            size(0.150 + 0.03 * masculine, 0.115, 0.165),
            head,
            0.16 * u,
            bone,
        );
        for side in [-1.0, 1.0] {
            self.ball(
                at(side * 0.165, 0.42, 0.22),
                size(0.10, 0.11, 0.13),
                head,
                0.10 * u,
                bone,
            );
            self.ball(
                at(side * 0.13, 0.655, 0.315),
                size(0.12, 0.035, 0.055),
                head,
                0.07 * u,
                bone,
            );
        }
        for side in [-1.0, 1.0] {
            // Sockets and eyes.
            let socket = Shape::Ellipsoid {
                center: at(side * 0.135, 0.575, 0.44),
                rotation: Quat::IDENTITY,
                radii: size(0.085, 0.055, 0.085),
            };
            self.parts
                .push(Part::new(socket, head, -0.05 * u, &[(0.0, bone)]));
            self.ball(
                at(side * 0.135, 0.572, 0.315),
                size(0.066, 0.060, 0.066),
                head,
                0.02 * u,
                bone,
            );
            // Ears.
            let ear = Shape::Ellipsoid {
                center: at(side * 0.325, 0.50, -0.02),
                rotation: Quat::from_rotation_y(side * 0.45),
                radii: size(0.030, 0.125, 0.075),
            };
            self.parts
                .push(Part::new(ear, head, 0.03 * u, &[(0.0, bone)]));
        }
        let nose = [
            knot(0.0, 0.034 * u, 0.040 * u, 0.0),
            knot(0.6, 0.046 * u, 0.055 * u, 0.0),
            knot(0.95, 0.062 * u, 0.064 * u, 0.0),
        ];
        self.loft(
            (at(0.0, 0.62, 0.360), at(0.0, 0.425, 0.445)),
            Vec3::X,
            &nose,
            head,
            0.05 * u,
            &[(0.0, bone)],
        );
        self.ball(
            at(0.0, 0.285, 0.365),
            size(0.105, 0.030, 0.05),
            head,
            0.04 * u,
            bone,
        );
        self.ball(
            at(0.0, 0.245, 0.355),
            size(0.090, 0.030, 0.05),
            head,
            0.04 * u,
            bone,
        );
        self.hair(u);
        self.headwear(u);
    }

    fn hair(&mut self, u: f32) {
        let c = self.throat();
        let at = |x: f32, y: f32, z: f32| c + Vec3::new(x, y, z) * u;
        let size = |x: f32, y: f32, z: f32| Vec3::new(x, y, z) * u;
        // What the head wears presses the hair flat.
        let style = match (self.person.looks.headwear, self.person.looks.hair) {
            (Headwear::Nothing, style) => style,
            (Headwear::Hood, _) | (_, HairStyle::Curly | HairStyle::Bun) => HairStyle::Short,
            (_, style) => style,
        };
        let bone = Joint::Head;
        let (thick, folds) = match style {
            HairStyle::Bald => return,
            HairStyle::Short => (0.026, 0.004),
            HairStyle::Bun | HairStyle::Ponytail => (0.030, 0.003),
            HairStyle::Bob | HairStyle::Long => (0.055, 0.004),
            HairStyle::Curly => (0.105, 0.018),
        };
        // Above a plane from the forehead to the nape.
        let normal = Vec3::new(0.0, 0.72, -0.70).normalize();
        let line = at(0.0, 0.845, 0.33);
        let cap = Shape::Cut {
            center: at(0.0, 0.70, -0.05),
            radii: size(0.330 + thick, 0.385 + thick, 0.425 + thick),
            // Keep the side that the normal points to.
            normal: -normal,
            offset: (-normal).dot(line),
        };
        self.parts
            .push(Part::new(cap, Region::Hair, 0.008 * u, &[(0.0, bone)]).folded(folds));
        let long = match style {
            HairStyle::Bob => 0.12,
            HairStyle::Long => -0.75,
            _ => 0.0,
        };
        if matches!(style, HairStyle::Bob | HairStyle::Long) {
            let back = [
                knot(0.0, 0.33 * u, 0.20 * u, 0.0),
                knot(0.5, 0.36 * u, 0.17 * u, 0.0),
                knot(0.85, 0.33 * u, 0.13 * u, 0.0),
                knot(1.0, 0.26 * u, 0.08 * u, 0.0),
            ];
            let bones: &[(f32, Joint)] = if style == HairStyle::Long {
                &[
                    (0.35, Joint::Head),
                    (0.7, Joint::Neck),
                    (1.0, Joint::SpineChest),
                ]
            } else {
                &[(0.0, Joint::Head)]
            };
            self.loft(
                (at(0.0, 0.78, -0.22), at(0.0, long, -0.40)),
                Vec3::X,
                &back,
                Region::Hair,
                0.05 * u,
                bones,
            )
            .folds = 0.008;
            for side in [-1.0, 1.0] {
                let lock = [
                    knot(0.0, 0.06 * u, 0.12 * u, 0.0),
                    knot(0.6, 0.080 * u, 0.20 * u, 0.0),
                    knot(1.0, 0.07 * u, 0.17 * u, 0.0),
                ];
                let end = at(side * 0.32, long.max(-0.3) + 0.03, -0.18);
                self.loft(
                    (at(side * 0.30, 0.80, -0.04), end),
                    Vec3::X,
                    &lock,
                    Region::Hair,
                    0.05 * u,
                    &[(0.0, bone)],
                )
                .folds = 0.006;
            }
        }
        if style == HairStyle::Ponytail {
            let tail = [
                knot(0.0, 0.07 * u, 0.07 * u, 0.0),
                knot(0.4, 0.13 * u, 0.11 * u, 0.0),
                knot(1.0, 0.05 * u, 0.05 * u, 0.0),
            ];
            self.loft(
                (at(0.0, 0.82, -0.44), at(0.0, -0.05, -0.60)),
                Vec3::X,
                &tail,
                Region::Hair,
                0.04 * u,
                &[(0.0, bone)],
            )
            .folds = 0.006;
        }
        if style == HairStyle::Bun {
            self.ball(
                at(0.0, 0.80, -0.55),
                size(0.16, 0.15, 0.14),
                Region::Hair,
                0.04 * u,
                bone,
            );
        }
    }

    fn headwear(&mut self, u: f32) {
        let c = self.throat();
        let at = |x: f32, y: f32, z: f32| c + Vec3::new(x, y, z) * u;
        let size = |x: f32, y: f32, z: f32| Vec3::new(x, y, z) * u;
        let (region, bone) = (Region::Headwear, Joint::Head);
        // The part of an ellipsoid around the skull behind a plane through a point.
        let mut around = |center: Vec3, radii: Vec3, normal: Vec3, point: Vec3| {
            let normal = normal.normalize();
            let shape = Shape::Cut {
                center,
                radii,
                normal,
                offset: normal.dot(point),
            };
            self.parts
                .push(Part::new(shape, region, 0.01 * u, &[(0.0, bone)]));
        };
        match self.person.looks.headwear {
            Headwear::Nothing => {}
            Headwear::Cap => {
                around(
                    at(0.0, 0.72, -0.05),
                    size(0.40, 0.44, 0.49),
                    Vec3::new(0.0, -1.0, 0.15),
                    at(0.0, 0.80, 0.3),
                );
                self.ball(
                    at(0.0, 0.82, 0.48),
                    size(0.27, 0.04, 0.24),
                    region,
                    0.03 * u,
                    bone,
                );
            }
            Headwear::Hat => {
                around(
                    at(0.0, 0.80, -0.05),
                    size(0.42, 0.46, 0.50),
                    Vec3::NEG_Y,
                    at(0.0, 0.84, 0.0),
                );
                self.ball(
                    at(0.0, 0.86, -0.05),
                    size(0.64, 0.05, 0.68),
                    region,
                    0.03 * u,
                    bone,
                );
            }
            Headwear::Hood => {
                around(
                    at(0.0, 0.60, -0.08),
                    size(0.47, 0.58, 0.55),
                    Vec3::new(0.0, -0.15, 1.0),
                    at(0.0, 0.6, 0.20),
                );
                around(
                    at(0.0, 0.02, -0.12),
                    size(0.42, 0.34, 0.42),
                    Vec3::new(0.0, -0.15, 1.0),
                    at(0.0, 0.1, 0.24),
                );
            }
        }
    }
}
