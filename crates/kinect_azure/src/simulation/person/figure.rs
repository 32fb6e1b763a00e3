//! The anatomy: which solids a person is made of.
//!
//! Built in the bind pose, half way between arms raised and arms hanging, so that the skin has the least way to go in
//! either direction. Measures are those of a man of 1.75 m unless they say otherwise.

use glam::{Quat, Vec2, Vec3};

use super::looks::{Bag, Bottom, HairStyle, Held, Person, Top};
use super::physique::RestSkeleton;
use super::pose::{BodyPose, Pose};
use super::shape::{Knot, Part, Region, Shape, knot};
use crate::body::Joint;

/// How far the arms hang in the bind pose, and how far the legs are apart, in radians.
const ARMS_DOWN: f32 = 0.75;
const LEGS_APART: f32 = 0.10;

/// The pose the surface is built in.
pub(crate) fn bind_pose(skeleton: &RestSkeleton) -> BodyPose {
    let mut pose = Pose::rest(skeleton);
    let mut turn = |joint: Joint, angle: f32| {
        pose.rotation[joint.index()] = Quat::from_rotation_z(angle);
    };
    turn(Joint::ShoulderLeft, -ARMS_DOWN);
    turn(Joint::ShoulderRight, ARMS_DOWN);
    turn(Joint::HipLeft, LEGS_APART);
    turn(Joint::HipRight, -LEGS_APART);
    // The feet stay flat.
    turn(Joint::AnkleLeft, -LEGS_APART);
    turn(Joint::AnkleRight, LEGS_APART);
    pose.apply(skeleton)
}

/// The solids, and the frames that the paint on them needs.
pub(crate) struct Figure {
    pub(crate) parts: Vec<Part>,
    pub(crate) edges: Edges,
}

/// Where garments end, so that paint can draw the line finer than triangles do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Edges {
    /// Height of the collar on the neck's axis.
    pub(crate) collar: f32,
    /// Height of the hem of the top.
    pub(crate) hem: f32,
    /// Where the sleeves end: a point, and the direction of the arm.
    pub(crate) sleeves: [(Vec3, Vec3); 2],
}

struct Builder<'a> {
    person: &'a Person,
    bind: &'a BodyPose,
    /// Size against a man of 1.75 m.
    size: f32,
    /// Thickness of limbs against average ones.
    flesh: f32,
    parts: Vec<Part>,
    edges: Edges,
}

impl Figure {
    pub(crate) fn new(person: &Person, skeleton: &RestSkeleton, bind: &BodyPose) -> Self {
        let physique = &person.physique;
        let mut builder = Builder {
            person,
            bind,
            size: physique.height / 1.75,
            flesh: (0.87 + 0.33 * physique.girth) * (1.12 - 0.12 * physique.maturity()),
            parts: Vec::new(),
            edges: Edges::default(),
        };
        builder.trunk(skeleton);
        for left in [true, false] {
            builder.leg(left);
            builder.arm(left);
        }
        builder.head(physique.head_height());
        builder.carried();
        Self {
            parts: builder.parts,
            edges: builder.edges,
        }
    }
}

impl Builder<'_> {
    fn at(&self, joint: Joint) -> Vec3 {
        self.bind.position[joint.index()]
    }

    fn turned(&self, joint: Joint, direction: Vec3) -> Vec3 {
        self.bind.rotation[joint.index()] * direction
    }

    /// A loft from a point to another, sections in the plane of `u` and what is square to it.
    fn loft(
        &mut self,
        (a, b): (Vec3, Vec3),
        u: Vec3,
        knots: &[Knot],
        region: Region,
        blend: f32,
        bones: &[(f32, Joint)],
    ) -> &mut Part {
        let axis = (b - a).normalize();
        let u = (u - axis * u.dot(axis)).normalize();
        let shape = Shape::Loft {
            a,
            axis,
            u,
            v: axis.cross(u),
            length: a.distance(b),
            knots: knots.to_vec(),
        };
        self.parts.push(Part::new(shape, region, blend, bones));
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    fn ball(&mut self, center: Vec3, radii: Vec3, region: Region, blend: f32, bone: Joint) {
        let shape = Shape::Ellipsoid {
            center,
            rotation: Quat::IDENTITY,
            radii,
        };
        self.parts
            .push(Part::new(shape, region, blend, &[(0.0, bone)]));
    }

    fn trunk(&mut self, skeleton: &RestSkeleton) {
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
            (0.90, (0.154 - 0.010 * c) * broad, 0.090, -0.006),
            (1.00, 0.120 * broad, 0.074, -0.014),
            (1.09, 0.076 * broad, 0.062, -0.016),
            (1.17, 0.054 * broad, 0.055, -0.010),
        ];
        let bottom = low + unit * sections[0].0;
        let top = low + unit * sections[9].0;
        let along = |share: f32| (low + unit * share - bottom) / (top - bottom);
        let bones = [
            (along(0.08), Joint::Pelvis),
            (along(0.42), Joint::SpineNavel),
            (along(0.72), Joint::SpineChest),
            (along(1.02), Joint::SpineChest),
            (along(1.12), Joint::Neck),
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
        self.edges.collar = low + unit * 1.085;
        let part = self.cropped(&shell(ease * s, -1.0, 2.0), ends, hem, 1.085, along);
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
            let part = self.cropped(&shell(0.034 * s, -1.0, 2.0), ends, -0.05, 1.06, along);
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
                knee + 0.08 * s,
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

    fn leg(&mut self, left: bool) {
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

    fn arm(&mut self, left: bool) {
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let (shoulder, elbow) = (side(Joint::ShoulderLeft), side(Joint::ElbowLeft));
        let (wrist, hand) = (side(Joint::WristLeft), side(Joint::HandLeft));
        let (tip, thumb) = (side(Joint::HandTipLeft), side(Joint::ThumbLeft));
        let (sh, el, wr) = (self.at(shoulder), self.at(elbow), self.at(wrist));
        let looks = self.person.looks;
        let s = self.size;
        let r = s * self.flesh;
        // Sections: forwards, then upwards.
        let front = self.turned(shoulder, Vec3::Z);
        let scaled = |knots: &[(f32, f32, f32)], ease: f32| -> Vec<Knot> {
            knots
                .iter()
                .map(|&(t, u, v)| knot(t, u * r + ease, v * r + ease, 0.0))
                .collect()
        };
        let upper = [
            (0.0, 0.054, 0.054),
            (0.3, 0.050, 0.052),
            (0.65, 0.042, 0.044),
            (1.0, 0.038, 0.040),
        ];
        let lower = [
            (0.0, 0.040, 0.040),
            (0.25, 0.042, 0.042),
            (0.6, 0.035, 0.033),
            (1.0, 0.028, 0.022),
        ];
        let inwards = (sh - el).normalize();
        let start = sh + inwards * 0.015 * s;
        let bones = [(0.0, shoulder)];
        self.loft(
            (start, el),
            front,
            &scaled(&upper, 0.0),
            Region::Skin,
            0.03,
            &bones,
        );
        self.loft(
            (el, wr),
            front,
            &scaled(&lower, 0.0),
            Region::Skin,
            0.025,
            &[(0.0, elbow)],
        );
        let garment = |builder: &mut Self, region: Region, ease: f32, sleeve: f32, folds: f32| {
            let hem = sleeve.min(1.0);
            if region == Region::Top && sleeve < 1.0 {
                builder.edges.sleeves[usize::from(left)] = (start.lerp(el, hem), -inwards);
            }
            let mut knots = scaled(&upper, ease);
            for k in &mut knots {
                k.t /= hem;
            }
            if sleeve < 1.0 {
                // Short sleeves stand off a little.
                for k in &mut knots {
                    k.radius += Vec2::splat(0.010 * s * k.t.min(1.0));
                }
            }
            builder
                .loft(
                    (start, start.lerp(el, hem)),
                    front,
                    &knots,
                    region,
                    0.035,
                    &bones,
                )
                .folds = folds;
            if sleeve > 1.0 {
                let knots = scaled(&lower, ease + 0.002 * s);
                builder
                    .loft(
                        (el, el.lerp(wr, 0.96)),
                        front,
                        &knots,
                        region,
                        0.03,
                        &[(0.0, elbow)],
                    )
                    .folds = folds * 1.3;
            }
        };
        match looks.top {
            Top::TShirt => garment(self, Region::Top, 0.010 * s, 0.58, 0.002 * s),
            Top::Shirt => garment(self, Region::Top, 0.010 * s, 2.0, 0.003 * s),
            Top::Pullover => garment(self, Region::Top, 0.018 * s, 2.0, 0.005 * s),
        }
        if looks.coat.is_some() {
            garment(self, Region::Coat, 0.028 * s, 2.0, 0.004 * s);
        }

        // The hand: palm, four fingers, thumb.
        let (ha, ti, th) = (self.at(hand), self.at(tip), self.at(thumb));
        let palm = [
            knot(0.0, 0.028 * s, 0.020 * s, 0.0),
            knot(0.45, 0.038 * s, 0.017 * s, 0.0),
            knot(1.0, 0.041 * s, 0.014 * s, 0.0),
        ];
        self.loft((wr, ha), front, &palm, Region::Skin, 0.012, &[(0.0, wrist)]);
        for (across, length) in [
            (0.030, 0.90),
            (0.0105, 1.0),
            (-0.0095, 0.94),
            (-0.029, 0.76),
        ] {
            let root = ha + front * across * s + inwards * 0.012 * s;
            let end = ha + front * across * 1.12 * s + (ti - ha) * length;
            let finger = [
                knot(0.0, 0.0098 * s, 0.0100 * s, 0.0),
                knot(0.6, 0.0088 * s, 0.0086 * s, 0.0),
                knot(0.97, 0.0070 * s, 0.0064 * s, 0.0),
            ];
            self.loft(
                (root, end),
                front,
                &finger,
                Region::Skin,
                0.005,
                &[(0.0, hand)],
            );
        }
        let root = wr.lerp(ha, 0.30) + front * 0.020 * s;
        let end = th + (th - root).normalize() * 0.012 * s;
        let finger = [
            knot(0.0, 0.0150 * s, 0.0150 * s, 0.0),
            knot(0.5, 0.0120 * s, 0.0115 * s, 0.0),
            knot(0.97, 0.0085 * s, 0.0080 * s, 0.0),
        ];
        self.loft(
            (root, end),
            front,
            &finger,
            Region::Skin,
            0.012,
            &[(0.0, wrist)],
        );
    }

    fn head(&mut self, u: f32) {
        let c = self.at(Joint::Head);
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
    }

    fn hair(&mut self, u: f32) {
        let c = self.at(Joint::Head);
        let at = |x: f32, y: f32, z: f32| c + Vec3::new(x, y, z) * u;
        let size = |x: f32, y: f32, z: f32| Vec3::new(x, y, z) * u;
        let style = self.person.looks.hair;
        let bone = Joint::Head;
        let (thick, folds) = match style {
            HairStyle::Bald => return,
            HairStyle::Short => (0.026, 0.004),
            HairStyle::Bun => (0.030, 0.003),
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

    fn carried(&mut self) {
        let s = self.size;
        let chest = self.at(Joint::SpineChest);
        let pelvis = self.at(Joint::Pelvis);
        let coat = if self.person.looks.coat.is_some() {
            0.025
        } else {
            0.0
        };
        let mut block =
            |center: Vec3, half: Vec3, round: f32, region: Region, bone: Joint, rotation: Quat| {
                let shape = Shape::Box {
                    center,
                    rotation: rotation.inverse(),
                    half,
                    round,
                };
                self.parts
                    .push(Part::new(shape, region, 0.01, &[(0.0, bone)]));
            };
        match self.person.looks.bag {
            Bag::None => {}
            Bag::Backpack => block(
                chest + Vec3::new(0.0, -0.04 * s, (-0.185 - coat) * s),
                Vec3::new(0.145, 0.215, 0.085) * s,
                0.05 * s,
                Region::Bag,
                Joint::SpineChest,
                Quat::IDENTITY,
            ),
            Bag::Shoulder => block(
                pelvis + Vec3::new(0.215 + coat, -0.06, -0.02) * s,
                Vec3::new(0.05, 0.12, 0.15) * s,
                0.035 * s,
                Region::Bag,
                Joint::Pelvis,
                Quat::IDENTITY,
            ),
        }
        let hand = self.at(Joint::HandRight);
        let turn = self.bind.rotation[Joint::HandRight.index()];
        match self.person.looks.held {
            Held::Nothing => {}
            Held::Phone => block_at(self, hand, turn, Vec3::new(0.072, 0.005, 0.036), 0.004),
            Held::Cup => {
                let a = hand + turn * Vec3::new(-0.03, -0.045, -0.055) * s;
                let b = hand + turn * Vec3::new(-0.03, -0.045, 0.055) * s;
                let knots = [
                    knot(0.0, 0.030 * s, 0.030 * s, 0.0),
                    knot(1.0, 0.038 * s, 0.038 * s, 0.0),
                ];
                self.loft(
                    (a, b),
                    turn * Vec3::X,
                    &knots,
                    Region::Held,
                    0.003,
                    &[(0.0, Joint::WristRight)],
                );
            }
        }
    }
}

/// A flat thing under the palm of the right hand.
fn block_at(builder: &mut Builder<'_>, hand: Vec3, turn: Quat, half: Vec3, round: f32) {
    let s = builder.size;
    let shape = Shape::Box {
        center: hand + turn * Vec3::new(-0.03, -0.022, 0.0) * s,
        rotation: turn.inverse(),
        half: half * s,
        round: round * s,
    };
    builder.parts.push(Part::new(
        shape,
        Region::Held,
        0.003,
        &[(0.0, Joint::WristRight)],
    ));
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
