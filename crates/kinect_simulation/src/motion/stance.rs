//! A person's stance, as a few numbers that can be blended. Angles are radians, lengths shares of the leg's length.

use core::ops::{Add, Mul};

use crate::person::HandShape;

macro_rules! blendable {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $field: f32),*
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self { $($field: self.$field + other.$field),* }
            }
        }

        impl Mul<f32> for $name {
            type Output = Self;
            fn mul(self, by: f32) -> Self {
                Self { $($field: self.$field * by),* }
            }
        }
    };
}

blendable! {
    /// Pelvis, spine and head; pitch leans forwards, yaw turns to the left, roll leans to the left.
    Trunk {
        /// The pelvis off its place above the feet.
        x, y, z,
        pelvis_pitch, pelvis_yaw, pelvis_roll,
        spine_pitch, spine_yaw, spine_roll,
        head_pitch, head_yaw, head_roll,
        /// Height of the whole body above the floor.
        lift,
    }
}

blendable! {
    /// An arm; all 0 hangs straight down with the palm to the thigh.
    Arm {
        /// Away from the body.
        side,
        /// Forwards.
        forward,
        /// Outward rotation of the upper arm.
        twist,
        elbow,
        /// Palm turned down when the forearm points forwards.
        pronate,
        wrist,
        /// Of the fingers at the knuckles.
        curl,
        /// 1 is a fist.
        grip,
        /// 1 is fingers that are spread.
        spread,
    }
}

blendable! {
    /// A foot off where it is planted.
    Foot { x, y, z,
        /// Heel up.
        pitch,
        /// Outwards.
        yaw,
    }
}

/// A person's stance; of pairs, the left one comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Stance {
    pub(crate) trunk: Trunk,
    pub(crate) arms: [Arm; 2],
    pub(crate) feet: [Foot; 2],
}

pub(crate) const LEFT: usize = 0;
pub(crate) const RIGHT: usize = 1;

impl Stance {
    /// From this to another.
    pub(crate) fn blend(self, other: Self, share: f32) -> Self {
        let (a, b) = (1.0 - share, share);
        Self {
            trunk: self.trunk * a + other.trunk * b,
            arms: core::array::from_fn(|i| self.arms[i] * a + other.arms[i] * b),
            feet: core::array::from_fn(|i| self.feet[i] * a + other.feet[i] * b),
        }
    }

    /// With left and right exchanged.
    pub(crate) fn mirrored(mut self) -> Self {
        self.arms.swap(0, 1);
        self.feet.swap(0, 1);
        let t = &mut self.trunk;
        for v in [
            &mut t.x,
            &mut t.pelvis_yaw,
            &mut t.pelvis_roll,
            &mut t.spine_yaw,
            &mut t.spine_roll,
            &mut t.head_yaw,
            &mut t.head_roll,
        ] {
            *v = -*v;
        }
        self
    }

    /// The shapes of the hands. Fingers that are relaxed at the knuckles are bent a little everywhere.
    pub(crate) fn hands(&self) -> [HandShape; 2] {
        self.arms.map(|arm| {
            let relaxed = 0.75 * arm.curl.clamp(0.0, 0.6);
            HandShape::gripping(arm.grip.max(relaxed), arm.spread)
        })
    }

    /// With every angle in the range of people's joints.
    pub(crate) fn limited(mut self) -> Self {
        let t = &mut self.trunk;
        for (v, low, high) in [
            (&mut t.spine_pitch, -0.4, 0.9),
            (&mut t.spine_yaw, -0.7, 0.7),
            (&mut t.spine_roll, -0.45, 0.45),
            (&mut t.head_pitch, -0.7, 0.7),
            (&mut t.head_yaw, -1.15, 1.15),
            (&mut t.head_roll, -0.45, 0.45),
        ] {
            *v = v.clamp(low, high);
        }
        for arm in &mut self.arms {
            for (v, low, high) in [
                (&mut arm.side, -0.35, 3.0),
                (&mut arm.forward, -0.8, 3.0),
                (&mut arm.twist, -1.5, 1.6),
                (&mut arm.elbow, 0.03, 2.5),
                (&mut arm.pronate, -1.3, 1.3),
                (&mut arm.wrist, -1.0, 1.1),
                (&mut arm.curl, -0.1, 1.5),
                (&mut arm.grip, 0.0, 1.0),
                (&mut arm.spread, 0.0, 1.0),
            ] {
                *v = v.clamp(low, high);
            }
        }
        self
    }
}

/// From 0 to 1 without a jolt at either end.
pub(crate) fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// 0 before the beginning and after the end, 1 between, with soft slopes of that length.
pub(crate) fn envelope(t: f32, duration: f32, slope: f32) -> f32 {
    smooth(t / slope) * smooth((duration - t) / slope)
}

/// From 0 to 1 at an even speed between a soft start and a soft end, a quarter of the time each.
pub(crate) fn even(t: f32) -> f32 {
    const RAMP: f32 = 0.25;
    const FULL: f32 = 1.0 / (1.0 - RAMP);
    if t > 0.5 {
        return 1.0 - even(1.0 - t);
    }
    // The speed rises as 3u² − 2u³.
    let u = (t / RAMP).clamp(0.0, 1.0);
    FULL * (RAMP * (u * u * u - 0.5 * u * u * u * u) + (t - RAMP).max(0.0))
}
