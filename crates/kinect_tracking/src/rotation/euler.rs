//! Euler angles without jumps from frame to frame.

use glam::{EulerRot, Quat};

use crate::joints::turn;

/// The order of rotations about the axes of a joint. `Xyz` rotates about the x axis, then about the y axis, which the
/// first rotation has turned, and then about the z axis, which both have turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[allow(missing_docs, reason = "their names say it")]
pub enum EulerOrder {
    Xyz,
    Xzy,
    Yxz,
    Yzx,
    #[default]
    Zxy,
    Zyx,
}

impl EulerOrder {
    /// All orders.
    pub const ALL: [Self; 6] = [
        Self::Xyz,
        Self::Xzy,
        Self::Yxz,
        Self::Yzx,
        Self::Zxy,
        Self::Zyx,
    ];

    fn glam(self) -> EulerRot {
        match self {
            Self::Xyz => EulerRot::XYZ,
            Self::Xzy => EulerRot::XZY,
            Self::Yxz => EulerRot::YXZ,
            Self::Yzx => EulerRot::YZX,
            Self::Zxy => EulerRot::ZXY,
            Self::Zyx => EulerRot::ZYX,
        }
    }

    /// The axes in the order of the turns: 0 = x, 1 = y, 2 = z.
    pub const fn axes(self) -> [usize; 3] {
        match self {
            Self::Xyz => [0, 1, 2],
            Self::Xzy => [0, 2, 1],
            Self::Yxz => [1, 0, 2],
            Self::Yzx => [1, 2, 0],
            Self::Zxy => [2, 0, 1],
            Self::Zyx => [2, 1, 0],
        }
    }

    /// A rotation (w, x, y, z) as degrees in the order of the turns; the second lies between −90 and 90, the others
    /// between −180 and 180. Values that are not a rotation give zeros.
    pub fn degrees(self, rotation: [f32; 4]) -> [f32; 3] {
        turn(rotation).map_or([0.0; 3], |q| self.of(q))
    }

    /// The rotation (w, x, y, z) of these angles, in degrees and in the order of the turns.
    pub fn rotation(self, [a, b, c]: [f32; 3]) -> [f32; 4] {
        let q = Quat::from_euler(self.glam(), a.to_radians(), b.to_radians(), c.to_radians());
        crate::joints::wxyz(q)
    }

    fn of(self, q: Quat) -> [f32; 3] {
        let (a, b, c) = q.to_euler(self.glam());
        [a, b, c].map(f32::to_degrees)
    }
}

/// Nearer to the pole than this, in degrees, the first and the third turn cannot be told apart.
const POLE: f32 = 0.5;

/// Euler angles of one joint from frame to frame, in degrees. They continue beyond ±180 and through the poles instead
/// of jumping.
///
/// ```
/// use kinect_tracking::rotation::{EulerOrder, EulerUnroller};
///
/// let mut unroller = EulerUnroller::new(EulerOrder::Xyz);
/// let mut last = [0.0; 3];
/// for degrees in (0..=540).step_by(10) {
///     last = unroller.next(EulerOrder::Xyz.rotation([degrees as f32, 0.0, 0.0]));
/// }
/// assert!((last[0] - 540.0).abs() < 0.01);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EulerUnroller {
    order: EulerOrder,
    last: Option<[f32; 3]>,
    exact: bool,
}

impl EulerUnroller {
    /// Makes an unroller. Its first angles are between −180 and 180.
    pub const fn new(order: EulerOrder) -> Self {
        Self {
            order,
            last: None,
            exact: false,
        }
    }

    /// Like [`new`](Self::new), but the angles represent the rotation exactly at the poles as well, where they may
    /// jump.
    pub const fn exact(order: EulerOrder) -> Self {
        Self {
            order,
            last: None,
            exact: true,
        }
    }

    /// Forgets the previous angles: the next angles are between −180 and 180 again.
    pub const fn reset(&mut self) {
        self.last = None;
    }

    /// The angles of the next rotation (w, x, y, z), nearest to those before, in degrees and in the order of the
    /// turns. Values that are not a rotation give the previous angles again. Within half a degree of a pole (second
    /// turn at ±90) the first angle does not change, so the result may be wrong by that half degree.
    pub fn next(&mut self, rotation: [f32; 4]) -> [f32; 3] {
        let Some(q) = turn(rotation) else {
            return self.last.unwrap_or_default();
        };
        let [a, b, c] = self.order.of(q);
        let Some(last) = self.last else {
            self.last = Some([a, b, c]);
            return [a, b, c];
        };
        let angles = if !self.exact && (b.abs() - 90.0).abs() < POLE {
            let [a, b, c] = self.at_pole(q, last, b);
            [a, nearest(b, last[1]), nearest(c, last[2])]
        } else {
            let candidates = [[a, b, c], [a + 180.0, 180.0 - b, c + 180.0]]
                .map(|angles| core::array::from_fn(|i| nearest(angles[i], last[i])));
            let far = |angles: &[f32; 3]| -> f32 {
                angles.iter().zip(last).map(|(a, l)| (a - l).abs()).sum()
            };
            if far(&candidates[0]) <= far(&candidates[1]) {
                candidates[0]
            } else {
                candidates[1]
            }
        };
        self.last = Some(angles);
        angles
    }

    /// Keeps the first angle and puts the remaining rotation into the third.
    fn at_pole(&self, q: Quat, last: [f32; 3], b: f32) -> [f32; 3] {
        // The same pole may have the angle 90 or −270, or 90.3 when it is approached from the other side.
        let pole = nearest(b, last[1]);
        let other = nearest(180.0 - b, last[1]);
        let b = if (pole - last[1]).abs() <= (other - last[1]).abs() {
            pole
        } else {
            other
        };
        let before = turn(self.order.rotation([last[0], b, 0.0])).unwrap_or(Quat::IDENTITY);
        let rest = before.inverse() * q;
        let about = [rest.x, rest.y, rest.z][self.order.axes()[2]];
        [last[0], b, (2.0 * about.atan2(rest.w)).to_degrees()]
    }
}

/// The angle plus whole turns that is nearest to another.
fn nearest(angle: f32, to: f32) -> f32 {
    angle + 360.0 * ((to - angle) / 360.0).round()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    fn off(order: EulerOrder, angles: [f32; 3], q: Quat) -> f32 {
        let back = turn(order.rotation(angles)).unwrap_or(Quat::IDENTITY);
        back.angle_between(q).to_degrees()
    }

    #[test]
    fn angles_stand_for_the_rotation_and_never_jump_in_any_order() {
        for order in EulerOrder::ALL {
            for (seed, axis) in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::new(1.0, 0.4, -0.6)]
                .into_iter()
                .enumerate()
            {
                let mut unroller = EulerUnroller::new(order);
                let start = Quat::from_euler(EulerRot::XYZ, 0.0, 0.2 * seed as f32, 0.0);
                let mut last: Option<[f32; 3]> = None;
                for step in 0..800 {
                    let angle = step as f32 * 0.02;
                    let q = Quat::from_axis_angle(axis.normalize(), angle) * start;
                    let [x, y, z, w] = q.to_array();
                    let angles = unroller.next([w, x, y, z]);
                    let error = off(order, angles, q);
                    assert!(error < 2.0 * POLE, "{order:?} {axis} {angle}: {error}");
                    if let Some(last) = last {
                        for (now, before) in angles.iter().zip(last) {
                            // The step is 1.1 degrees; near a pole the first angle runs ahead of it.
                            assert!((now - before).abs() < 60.0, "{order:?} {axis} {angles:?}");
                        }
                    }
                    last = Some(angles);
                }
            }
        }
    }

    #[test]
    fn a_turn_through_the_pole_goes_on_beyond_90_degrees() {
        let mut unroller = EulerUnroller::new(EulerOrder::Xyz);
        let mut last = [0.0; 3];
        for degrees in 0..=720 {
            let [x, y, z, w] = Quat::from_rotation_y((degrees as f32).to_radians()).to_array();
            let angles = unroller.next([w, x, y, z]);
            assert!((angles[1] - last[1]).abs() < 2.0, "{degrees}: {angles:?}");
            last = angles;
        }
        assert!((last[1] - 720.0).abs() < 1.0, "{last:?}");
    }

    #[test]
    fn what_is_no_rotation_gives_the_angles_before() {
        let mut unroller = EulerUnroller::new(EulerOrder::Zxy);
        let angles = unroller.next(EulerOrder::Zxy.rotation([10.0, 20.0, 30.0]));
        assert_eq!(unroller.next([f32::NAN; 4]), angles);
        assert_eq!(unroller.next([0.0; 4]), angles);
    }
}
