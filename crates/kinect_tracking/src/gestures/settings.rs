//! The thresholds of gestures. Lengths are shares of the trunk (pelvis to neck), unless the name says otherwise; each
//! `..._ends` is the limit at which a gesture that has begun ends.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The thresholds of each gesture; a gesture that is `None` is not recognised.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct GestureSettings {
    /// A hand above the head.
    pub raise_hand: Option<RaiseHand>,
    /// A raised forearm that swings from side to side.
    pub wave: Option<Wave>,
    /// An arm stretched out.
    pub point: Option<Point>,
    /// Hands that meet.
    pub clap: Option<Clap>,
    /// Feet that leave the floor.
    pub jump: Option<Jump>,
    /// Bent knees.
    pub crouch: Option<Crouch>,
    /// A leaning trunk.
    pub lean: Option<Lean>,
    /// A quick hand.
    pub swipe: Option<Swipe>,
    /// Arms stretched out sideways.
    pub t_pose: Option<TPose>,
    /// Arms crossed.
    pub arms_crossed: Option<ArmsCrossed>,
}

impl Default for GestureSettings {
    fn default() -> Self {
        Self {
            raise_hand: Some(RaiseHand::default()),
            wave: Some(Wave::default()),
            point: Some(Point::default()),
            clap: Some(Clap::default()),
            jump: Some(Jump::default()),
            crouch: Some(Crouch::default()),
            lean: Some(Lean::default()),
            swipe: Some(Swipe::default()),
            t_pose: Some(TPose::default()),
            arms_crossed: Some(ArmsCrossed::default()),
        }
    }
}

/// Thresholds of a raised hand.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct RaiseHand {
    /// The least height of the hand above the head joint, which lies between the ears.
    pub above_head: f32,
    /// The gesture ends when the hand is no longer this far above the neck.
    pub above_neck_ends: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for RaiseHand {
    fn default() -> Self {
        Self {
            above_head: 0.12,
            above_neck_ends: 0.0,
            hold_seconds: 0.25,
        }
    }
}

/// Thresholds of waving.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Wave {
    /// The least height of the hand above the elbow.
    pub above_elbow: f32,
    /// The least angle by which the forearm swings between two turning points, in degrees.
    pub swing_degrees: f32,
    /// The least number of turning points.
    pub turns: u32,
    /// The turning points must come within this time, in seconds; a pause of half this time ends the wave.
    pub within_seconds: f32,
}

impl Default for Wave {
    fn default() -> Self {
        Self {
            above_elbow: 0.2,
            swing_degrees: 14.0,
            turns: 4,
            within_seconds: 2.2,
        }
    }
}

/// Thresholds of pointing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Point {
    /// The least distance of shoulder and wrist, as a share of the arm's length: bent arms do not count.
    pub straight: f32,
    /// The same limit for the end of the gesture.
    pub straight_ends: f32,
    /// The lowest elevation of the arm, in degrees above level.
    pub lowest_degrees: f32,
    /// The highest elevation of the arm, in degrees above level.
    pub highest_degrees: f32,
    /// The highest speed of the hand, in trunks per second.
    pub still: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for Point {
    fn default() -> Self {
        Self {
            straight: 0.93,
            straight_ends: 0.87,
            lowest_degrees: -35.0,
            highest_degrees: 45.0,
            still: 0.7,
            hold_seconds: 0.5,
        }
    }
}

/// Thresholds of a clap.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Clap {
    /// The largest distance of the hands when they meet.
    pub together: f32,
    /// The least distance of the hands before they meet.
    pub apart: f32,
    /// The least distance of the hands after they met. The event comes only then, so that crossing arms and folding
    /// hands do not count as claps.
    pub parting: f32,
    /// The longest time from apart to together, in seconds, and from together to apart again.
    pub within_seconds: f32,
}

impl Default for Clap {
    fn default() -> Self {
        Self {
            together: 0.28,
            apart: 0.5,
            parting: 0.08,
            within_seconds: 0.35,
        }
    }
}

/// Thresholds of a jump.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Jump {
    /// The least height of ankles and feet above the height at which they stood; the lower foot counts.
    pub off_floor: f32,
    /// The gesture ends when ankles or feet are nearer to the floor than this.
    pub off_floor_ends: f32,
    /// The lowest speed at which the pelvis rises at the start, in trunks per second.
    pub rising: f32,
}

impl Default for Jump {
    fn default() -> Self {
        Self {
            off_floor: 0.13,
            off_floor_ends: 0.06,
            rising: 1.0,
        }
    }
}

/// Thresholds of a crouch. Heights are shares of the leg's length (hip to ankle).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Crouch {
    /// The largest height of the pelvis above the ankles, as a share of the leg.
    pub low: f32,
    /// The same limit for the end of the gesture.
    pub low_ends: f32,
    /// The pelvis is at most this far behind or in front of the ankles, as a share of the leg. The pelvis of a sitting
    /// person is farther away.
    pub over_feet: f32,
    /// Both knees are at least this far above the ankles, as a share of the leg. A kneeling person has a lower knee.
    pub knees_up: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for Crouch {
    fn default() -> Self {
        Self {
            low: 0.72,
            low_ends: 0.82,
            over_feet: 0.42,
            knees_up: 0.28,
            hold_seconds: 0.3,
        }
    }
}

/// Thresholds of leaning.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Lean {
    /// The least angle between the trunk and the vertical, in degrees.
    pub degrees: f32,
    /// The same limit for the end of the gesture.
    pub degrees_ends: f32,
    /// The least height of the pelvis above the ankles, as a share of the leg's length: people who sit or squat do not
    /// count as leaning.
    pub stands: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for Lean {
    fn default() -> Self {
        Self {
            degrees: 22.0,
            degrees_ends: 14.0,
            stands: 0.85,
            hold_seconds: 0.4,
        }
    }
}

/// Thresholds of a swipe.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Swipe {
    /// The least distance that the hand moves.
    pub distance: f32,
    /// The longest time for that distance, in seconds.
    pub within_seconds: f32,
    /// The least distance of the hand in front of the chest during the whole movement.
    pub in_front: f32,
    /// How far the hand may deviate from a straight line, as a share of the distance.
    pub stray: f32,
    /// The shortest time to the next swipe of the same hand, in seconds: moving the hand back does not count as a
    /// swipe, and a hand that swings from side to side swipes once.
    pub pause_seconds: f32,
    /// Whether movements up and down count as well. If `true`, raising or lowering an arm in front of the body counts
    /// as a swipe.
    pub vertical: bool,
}

impl Default for Swipe {
    fn default() -> Self {
        Self {
            distance: 0.75,
            within_seconds: 0.4,
            in_front: 0.35,
            stray: 0.45,
            pause_seconds: 0.8,
            vertical: false,
        }
    }
}

/// Thresholds of a T-pose.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct TPose {
    /// The largest angle by which each arm may deviate from straight sideways, in degrees.
    pub degrees: f32,
    /// The same limit for the end of the gesture.
    pub degrees_ends: f32,
    /// The least distance of shoulder and wrist, as a share of the arm's length: bent arms do not count.
    pub straight: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for TPose {
    fn default() -> Self {
        Self {
            degrees: 25.0,
            degrees_ends: 35.0,
            straight: 0.9,
            hold_seconds: 0.5,
        }
    }
}

/// Thresholds of crossed arms.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ArmsCrossed {
    /// The least distance of each hand beyond the other hand, towards the other side of the body.
    pub past: f32,
    /// The same limit for the end of the gesture.
    pub past_ends: f32,
    /// Both wrists are at least this far above the pelvis, and below the neck.
    pub above_pelvis: f32,
    /// The largest distance of each wrist from the other arm's elbow.
    pub near_elbow: f32,
    /// How long the pose must last before the gesture begins, in seconds.
    pub hold_seconds: f32,
}

impl Default for ArmsCrossed {
    fn default() -> Self {
        Self {
            past: 0.1,
            past_ends: 0.0,
            above_pelvis: 0.25,
            near_elbow: 0.65,
            hold_seconds: 0.4,
        }
    }
}
