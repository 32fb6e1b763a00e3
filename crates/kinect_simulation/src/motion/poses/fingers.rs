//! Random hands.

use glam::Quat;
use kinect_azure::body::Joint;

use crate::motion::performer::Performer;
use crate::person::HandShape;
use crate::person::hand::follow;
use crate::person::physique::RestSkeleton;
use crate::random::Random;

/// Draws how a person in a random pose holds the hands: as often open as in a fist, sometimes half closed, or with single
/// fingers stretched.
pub(crate) fn draw_hands(performer: &mut Performer, skeleton: &RestSkeleton, r: &mut Random) {
    for left in [true, false] {
        let (shape, knuckles) = shape(r);
        performer.hands[usize::from(!left)] = shape;
        let hand = if left {
            Joint::HandLeft
        } else {
            Joint::HandRight
        };
        // Fingers bend at the knuckles by their shape, and only a little by the pose.
        let turn = Quat::from_rotation_z(if left { -knuckles } else { knuckles });
        let pose = &mut performer.pose;
        let tip = hand.index() + 1;
        let wrist = pose.rotation[hand.index() - 1];
        pose.rotation[hand.index()] = (wrist * turn).normalize();
        pose.rotation[tip] = pose.rotation[hand.index()];
        pose.position[tip] = pose.position[hand.index()]
            + pose.rotation[hand.index()] * skeleton.bone(Joint::ALL[tip]);
    }
    follow(skeleton, &performer.hands, &mut performer.pose);
}

/// A hand, and the angle of the knuckles in radians.
fn shape(r: &mut Random) -> (HandShape, f32) {
    let die = r.unit();
    let all = |low: f32, high: f32, r: &mut Random| core::array::from_fn(|_| r.range(low..high));
    if die < 0.4 {
        let shape = HandShape {
            curl: all(0.83, 1.0, r),
            thumb: if r.chance(0.8) {
                r.range(0.6..1.0)
            } else {
                r.range(0.0..0.6)
            },
            spread: 0.0,
        };
        (shape, r.range(-0.1..0.2))
    } else if die < 0.8 {
        let spread = if r.chance(0.5) { r.unit() } else { 0.0 };
        let shape = HandShape {
            curl: all(0.0, 0.2, r),
            thumb: r.range(0.0..0.6),
            spread,
        };
        (shape, r.range(-0.1..0.25))
    } else if die < 0.93 {
        let middle = r.range(0.3..0.7);
        let shape = HandShape {
            curl: [0; 4].map(|_| (middle + r.range(-0.08..0.08)).clamp(0.23, 0.78)),
            thumb: r.range(0.0..0.7),
            spread: 0.0,
        };
        (shape, r.range(0.0..0.4))
    } else {
        let mut curl = all(0.85, 1.0, r);
        curl[0] = r.range(0.0..0.15);
        if r.chance(0.4) {
            curl[1] = r.range(0.0..0.15);
        }
        let shape = HandShape {
            curl,
            thumb: r.range(0.2..1.0),
            spread: 0.0,
        };
        (shape, r.range(0.0..0.15))
    }
}
