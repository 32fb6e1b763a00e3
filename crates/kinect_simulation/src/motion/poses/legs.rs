//! The base of a body, and the pose of its legs.

use core::f32::consts::{FRAC_PI_2, PI};

use glam::Quat;

use super::draw::{about, weighted};
use crate::random::Random;

/// The base of a body: how it stands, sits, kneels or lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Standing,
    Striding,
    Lunging,
    Squatting,
    OneLegUp,
    Seated,
    OnOneKnee,
    OnBothKnees,
    OnAllFours,
    OnTheFloor,
    Lying,
}

impl Base {
    pub(super) const ALL: [(f32, Self); 11] = [
        (0.27, Self::Standing),
        (0.14, Self::Striding),
        (0.06, Self::Lunging),
        (0.09, Self::Squatting),
        (0.07, Self::OneLegUp),
        (0.18, Self::Seated),
        (0.04, Self::OnOneKnee),
        (0.04, Self::OnBothKnees),
        (0.03, Self::OnAllFours),
        (0.04, Self::OnTheFloor),
        (0.04, Self::Lying),
    ];

    /// Whether the trunk may bend far over the legs.
    pub(super) fn bends(self) -> bool {
        matches!(
            self,
            Self::Standing | Self::Striding | Self::Lunging | Self::Squatting | Self::OneLegUp
        )
    }
}

/// A leg; all 0 hangs straight down. Angles are radians.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leg {
    /// Thigh forwards.
    pub(super) flex: f32,
    /// Thigh outwards.
    pub(super) out: f32,
    /// Rotation of the thigh about its own axis, which turns the knee outwards.
    pub(super) turn: f32,
    pub(super) knee: f32,
    /// Toes down, where the sole is not flat on the floor.
    pub(super) toes: f32,
    /// Whether the sole is flat on the floor.
    pub(super) flat: bool,
}

/// The lower body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lower {
    pub(super) legs: [Leg; 2],
    /// The rotation of the pelvis relative to standing upright.
    pub(super) pelvis: Quat,
    /// Whether the legs' angles are relative to the pelvis; if not, they are relative to a body that stands upright.
    pub(super) follow: bool,
}

/// Draws a lower body for a base.
pub(super) fn lower(base: Base, r: &mut Random) -> Lower {
    let (mut legs, pitch) = match base {
        Base::Standing => (standing_legs(r), 0.0),
        Base::Striding => (stride(r), 0.05),
        Base::Lunging => (lunge(r), r.range(-0.1..0.3)),
        Base::Squatting => squat(r),
        Base::OneLegUp => {
            let up = if r.chance(0.7) {
                leg(
                    r.range(0.1..1.9),
                    r.range(-0.1..0.7),
                    r.range(-0.2..0.6),
                    r.range(0.0..2.0),
                )
            } else {
                leg(
                    r.range(-0.7..0.2),
                    r.range(0.0..0.9),
                    0.0,
                    r.range(0.0..1.6),
                )
            };
            let pitch = if up.flex < 0.0 {
                r.range(0.0..0.7)
            } else {
                about(r, 0.0, 0.12)
            };
            ([up.tiptoe(r), standing(r)], pitch)
        }
        Base::Seated => (seated(r), r.range(-0.35..0.45)),
        Base::OnOneKnee => {
            let front = leg(
                r.range(1.1..1.75),
                r.range(-0.05..0.35),
                0.1,
                r.range(1.2..1.9),
            );
            let back = leg(
                r.range(-0.25..0.3),
                r.range(0.0..0.25),
                0.1,
                r.range(1.3..1.9),
            );
            ([front.flat(), back.tiptoe(r)], r.range(-0.05..0.4))
        }
        Base::OnBothKnees => {
            let (flex, knee) = if r.chance(0.5) {
                (r.range(-0.05..0.35), 1.5)
            } else {
                // On the heels.
                (r.range(0.85..1.35), 1.15)
            };
            let out = r.range(0.0..0.35);
            let one = |r: &mut Random| {
                let flex = about(r, flex, 0.05);
                leg(flex, about(r, out, 0.04), 0.1, flex + knee).tiptoe(r)
            };
            ([one(r), one(r)], r.range(-0.1..0.4))
        }
        Base::OnAllFours => {
            let one = |r: &mut Random| {
                let flex = about(r, 0.1, 0.25);
                leg(flex, r.range(0.0..0.3), 0.0, (flex + 1.5).max(0.0)).tiptoe(r)
            };
            ([one(r), one(r)], r.range(0.9..1.6))
        }
        Base::OnTheFloor => (on_the_floor(r), r.range(-0.5..0.35)),
        Base::Lying => (lying_legs(r), 0.0),
    };
    if r.chance(0.5) {
        legs.swap(0, 1);
    }
    let pelvis = if base == Base::Lying {
        // On the back, on a side, on the front.
        let turned = weighted(
            r,
            &[(0.4, 0.0), (0.2, FRAC_PI_2), (0.2, -FRAC_PI_2), (0.2, PI)],
        );
        Quat::from_rotation_x(about(r, -FRAC_PI_2, 0.06))
            * Quat::from_rotation_y(about(r, turned, 0.25))
    } else {
        Quat::from_rotation_y(about(r, 0.0, 0.12))
            * Quat::from_rotation_x(pitch + about(r, 0.0, 0.08))
            * Quat::from_rotation_z(about(r, 0.0, 0.09))
    };
    Lower {
        legs,
        pelvis,
        follow: base == Base::Lying,
    }
}

fn leg(flex: f32, out: f32, turn: f32, knee: f32) -> Leg {
    Leg {
        flex,
        out,
        turn,
        knee: knee.clamp(0.0, 2.5),
        toes: 0.0,
        flat: false,
    }
}

impl Leg {
    fn flat(self) -> Self {
        Self { flat: true, ..self }
    }

    fn tiptoe(self, r: &mut Random) -> Self {
        Self {
            toes: r.range(-0.3..0.9),
            ..self
        }
    }
}

fn standing(r: &mut Random) -> Leg {
    let knee = r.range(0.0..0.25);
    let flex = about(r, knee * 0.5, 0.04);
    leg(flex, r.range(-0.04..0.22), r.range(-0.1..0.5), knee).flat()
}

fn standing_legs(r: &mut Random) -> [Leg; 2] {
    let mut legs = [standing(r), standing(r)];
    if r.chance(0.2) {
        // Legs apart.
        let out = r.range(0.2..0.6);
        for leg in &mut legs {
            leg.out = about(r, out, 0.06);
            leg.turn = 0.3;
        }
    } else if r.chance(0.1) {
        // Legs crossed.
        legs[0].out = -0.16;
        legs[0].flex += 0.12;
        legs[1].out = -0.06;
    }
    legs
}

fn stride(r: &mut Random) -> [Leg; 2] {
    let back_knee = r.range(0.0..1.1);
    let front = leg(
        r.range(0.1..0.75),
        r.range(-0.06..0.1),
        r.range(-0.1..0.3),
        r.range(0.0..0.7),
    );
    let back = leg(
        -r.range(0.05..0.6) + back_knee * 0.3,
        r.range(-0.06..0.1),
        r.range(-0.1..0.3),
        back_knee,
    );
    [front.flat(), back.tiptoe(r)]
}

fn lunge(r: &mut Random) -> [Leg; 2] {
    let flex = r.range(0.5..1.5);
    let out = if r.chance(0.4) {
        r.range(0.2..0.8)
    } else {
        0.05
    };
    let front = leg(flex, out, out * 0.6, flex + r.range(-0.2..0.35));
    let back = leg(
        -r.range(0.05..0.6),
        r.range(0.0..0.5),
        r.range(0.0..0.5),
        r.range(0.0..0.9),
    );
    [front.flat(), back.tiptoe(r)]
}

fn squat(r: &mut Random) -> ([Leg; 2], f32) {
    let (flex, lean) = (r.range(0.4..2.1), r.range(0.1..0.6));
    let (out, turn) = (r.range(0.0..0.6), r.range(0.0..0.6));
    let one = |r: &mut Random| {
        let flex = about(r, flex, 0.08);
        leg(flex, out, turn, flex + lean).flat()
    };
    let legs = [one(r), one(r)];
    (legs, (about(r, flex * 0.35, 0.2)).max(-0.1))
}

fn seated(r: &mut Random) -> [Leg; 2] {
    let out = r.range(-0.05..0.45);
    let one = |r: &mut Random| {
        let flex = r.range(1.2..1.75);
        let leg = leg(
            flex,
            about(r, out, 0.08),
            r.range(-0.2..0.4),
            (flex + r.range(-0.7..0.4)).max(0.0),
        );
        if r.chance(0.65) {
            leg.flat()
        } else {
            leg.tiptoe(r)
        }
    };
    let mut legs = [one(r), one(r)];
    match r.unit() {
        // One knee over the other.
        share if share < 0.12 => {
            legs[0] = leg(1.85, -0.22, -0.25, r.range(1.2..1.8)).tiptoe(r);
        }
        // An ankle on the other knee.
        share if share < 0.20 => {
            legs[0] = leg(1.65, 0.55, 1.0, 1.9).tiptoe(r);
        }
        _ => {}
    }
    legs
}

fn on_the_floor(r: &mut Random) -> [Leg; 2] {
    let stretched = |r: &mut Random| {
        leg(
            r.range(1.3..1.65),
            r.range(0.0..0.5),
            r.range(0.0..0.4),
            r.range(0.0..0.3),
        )
        .tiptoe(r)
    };
    let drawn_up = |r: &mut Random| leg(r.range(1.9..2.3), r.range(0.0..0.3), 0.1, 2.2).flat();
    match r.unit() {
        share if share < 0.35 => [stretched(r), stretched(r)],
        share if share < 0.65 => {
            let one =
                |r: &mut Random| leg(about(r, 1.6, 0.1), about(r, 0.75, 0.1), 1.0, 2.2).tiptoe(r);
            [one(r), one(r)]
        }
        share if share < 0.85 => [drawn_up(r), drawn_up(r)],
        _ => [drawn_up(r), stretched(r)],
    }
}

fn lying_legs(r: &mut Random) -> [Leg; 2] {
    let one = |r: &mut Random| {
        if r.chance(0.6) {
            leg(
                r.range(-0.1..0.25),
                r.range(-0.02..0.4),
                0.2,
                r.range(0.0..0.3),
            )
            .tiptoe(r)
        } else {
            let flex = r.range(0.3..1.7);
            leg(flex, r.range(0.0..0.5), 0.1, flex + r.range(0.0..0.6)).tiptoe(r)
        }
    };
    [one(r), one(r)]
}
