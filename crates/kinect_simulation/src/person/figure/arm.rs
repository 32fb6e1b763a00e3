//! Arms, sleeves and hands.

use glam::{Vec2, Vec3};
use kinect_azure::body::Joint;

use super::builder::Builder;
use crate::person::hand::{ACROSS, HandRig, INSIDE};
use crate::person::looks::Top;
use crate::person::shape::{Knot, Region, knot};

impl Builder<'_> {
    pub(super) fn arm(&mut self, left: bool) {
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
        if self.person.fingers {
            self.fingers(&HandRig::new(self.bind, left), front, (wrist, hand));
            return;
        }
        for (across, length) in ACROSS {
            let root = ha + front * across * s + inwards * INSIDE * s;
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

    /// Fingers that are apart, so that they can bend.
    fn fingers(&mut self, rig: &HandRig, front: Vec3, (wrist, hand): (Joint, Joint)) {
        let s = self.size;
        let finger = [
            knot(0.0, 0.0098 * s, 0.0100 * s, 0.0),
            knot(0.6, 0.0088 * s, 0.0086 * s, 0.0),
            knot(0.97, 0.0070 * s, 0.0064 * s, 0.0),
        ];
        let thumb = [
            knot(0.0, 0.0150 * s, 0.0150 * s, 0.0),
            knot(0.5, 0.0120 * s, 0.0115 * s, 0.0),
            knot(0.97, 0.0085 * s, 0.0080 * s, 0.0),
        ];
        for f in &rig.fingers {
            let bones = [(0.0, hand)];
            self.loft((f.root, f.tip), front, &finger, Region::Skin, 0.003, &bones);
        }
        let t = &rig.thumb;
        let bones = [(0.0, wrist)];
        self.loft((t.root, t.tip), front, &thumb, Region::Skin, 0.008, &bones);
    }
}
