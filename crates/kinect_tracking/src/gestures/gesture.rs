//! Gestures as events.

use kinect_azure::Joint;

/// A gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Gesture {
    /// A hand is above the head.
    RaiseHand,
    /// A raised forearm swings from side to side.
    Wave,
    /// An arm is stretched out and still; the event has a [ray](GestureEvent::ray).
    Point,
    /// The hands meet quickly and part again.
    Clap,
    /// Both feet leave the floor.
    Jump,
    /// The knees are bent and the pelvis is low above the feet; neither sitting nor kneeling.
    Crouch,
    /// The trunk leans to a [side](GestureEvent::direction), on straight legs.
    Lean,
    /// A hand moves quickly sideways in front of the body or, with [`vertical`](super::Swipe::vertical), up or down;
    /// the event has a [direction](GestureEvent::direction).
    Swipe,
    /// Both arms are stretched out sideways.
    TPose,
    /// The arms are crossed in front of the chest.
    ArmsCrossed,
}

impl Gesture {
    /// All gestures.
    pub const ALL: [Self; 10] = [
        Self::RaiseHand,
        Self::Wave,
        Self::Point,
        Self::Clap,
        Self::Jump,
        Self::Crouch,
        Self::Lean,
        Self::Swipe,
        Self::TPose,
        Self::ArmsCrossed,
    ];

    /// The gesture's name for display and files: `raise-hand`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RaiseHand => "raise-hand",
            Self::Wave => "wave",
            Self::Point => "point",
            Self::Clap => "clap",
            Self::Jump => "jump",
            Self::Crouch => "crouch",
            Self::Lean => "lean",
            Self::Swipe => "swipe",
            Self::TPose => "t-pose",
            Self::ArmsCrossed => "arms-crossed",
        }
    }
}

/// A side of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Side {
    /// The person's left.
    Left,
    /// The person's right.
    Right,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The joint of this side; `left` names the left joint of the pair.
    pub fn joint(self, left: Joint) -> Joint {
        match self {
            Self::Left => left,
            Self::Right => left.mirrored(),
        }
    }
}

/// A direction relative to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Direction {
    /// To the person's left.
    Left,
    /// To the person's right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Forward: where the person faces.
    Forward,
    /// Back: away from where the person faces.
    Back,
}

/// The ray along which a person points: from between the eyes through the hand, in the depth camera's axes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Ray {
    /// The point between the eyes, in mm.
    pub origin: [f32; 3],
    /// Unit vector.
    pub direction: [f32; 3],
}

/// The beginning of a gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct GestureEvent {
    /// The gesture.
    pub gesture: Gesture,
    /// The player's id.
    pub player: u32,
    /// The hand that was used, for raised hands, waving, pointing and swiping.
    pub side: Option<Side>,
    /// The direction of leaning and swiping.
    pub direction: Option<Direction>,
    /// The ray of pointing.
    pub ray: Option<Ray>,
    /// Device timestamp of the frame in which the gesture was recognised, in µs.
    pub device_timestamp_usec: u64,
}
