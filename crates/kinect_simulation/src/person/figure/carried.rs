//! Bags, and objects in the hand.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::body::Joint;

use super::builder::{Builder, HeldThing};
use crate::person::looks::{Bag, Held};
use crate::person::shape::{Part, Region, Shape, knot};

impl Builder<'_> {
    pub(super) fn carried(&mut self) {
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
                let shape = boxed(center, rotation, half, round);
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
            Held::Ball(wide) => {
                let half = Vec3::splat(f32::from(wide) * 0.005);
                held_box(self, hand - turn * Vec3::Y * half.y, turn, half, half.x);
            }
            Held::Parcel(wide) => {
                let wide = f32::from(wide) * 0.005;
                let half = Vec3::new(wide, wide * 0.7, wide);
                held_box(self, hand - turn * Vec3::Y * half.y, turn, half, 0.01);
            }
            // Across the palm, held near its end.
            Held::Stick(long) => {
                let half = Vec3::new(0.014, 0.014, f32::from(long) * 0.005);
                let at = hand + turn * Vec3::new(-0.03, -0.03, half.z * 0.8);
                held_box(self, at, turn, half, 0.013);
            }
            // In line with the forearm, as it hangs from an arm that is let down.
            Held::Tote(high) => {
                let high = f32::from(high) * 0.005;
                let half = Vec3::new(high, high * 0.35, high * 0.8);
                held_box(
                    self,
                    hand - turn * Vec3::X * (high + 0.08),
                    turn,
                    half,
                    0.02,
                );
            }
        }
    }
}

/// A box, turned, with rounded edges.
fn boxed(center: Vec3, turn: Quat, half: Vec3, round: f32) -> Shape {
    Shape::Box {
        center,
        rotation: turn.inverse(),
        half,
        round,
    }
}

/// Something rigid in the right hand; sizes in metres, whatever the size of the person.
fn held_box(builder: &mut Builder<'_>, center: Vec3, turn: Quat, half: Vec3, round: f32) {
    let axes = Mat3::from_quat(turn);
    let room = axes.x_axis.abs() * half.x
        + axes.y_axis.abs() * half.y
        + axes.z_axis.abs() * half.z
        + Vec3::splat(0.03);
    let shape = boxed(center, turn, half, round);
    builder.held = Some(HeldThing {
        part: Part::new(shape, Region::Held, 0.003, &[(0.0, Joint::WristRight)]),
        low: center - room,
        high: center + room,
    });
}

/// A flat thing under the palm of the right hand.
fn block_at(builder: &mut Builder<'_>, hand: Vec3, turn: Quat, half: Vec3, round: f32) {
    let s = builder.size;
    let center = hand + turn * Vec3::new(-0.03, -0.022, 0.0) * s;
    let shape = boxed(center, turn, half * s, round * s);
    builder.parts.push(Part::new(
        shape,
        Region::Held,
        0.003,
        &[(0.0, Joint::WristRight)],
    ));
}
