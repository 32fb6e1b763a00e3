//! The thresholds of hands.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// Thresholds of hands: of what counts as readable, of grips, and of cursors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct HandSettings {
    /// What counts as readable.
    pub reader: ReaderSettings,
    /// When a hand grips and lets go.
    pub grip: GripSettings,
    /// The cursors of the hands.
    pub cursor: CursorSettings,
}

/// What counts as readable.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ReaderSettings {
    /// The largest width of the sensor's pixels at the hand's distance, in mm. With 8.3, hands are read up to 4.2 m in the narrow
    /// unbinned mode, 2.1 m in the narrow binned one.
    pub largest_pixel_mm: f32,
    /// The fewest pixels of the sensor that show hand and forearm.
    pub fewest_pixels: f32,
    /// The largest share, 0 to 1, of the hand's surroundings that something in front of the hand may cover.
    pub most_hidden: f32,
    /// The largest share, 0 to 1, of the rim of the square around the hand, the forearm's side left out, at which something is
    /// as far away as the hand: the body, a table, another hand.
    pub most_touching: f32,
    /// The largest share, 0 to 1, of the square that may be as far away as the hand. Hand and forearm cover less than 0.4.
    pub most_covered: f32,
}

impl Default for ReaderSettings {
    fn default() -> Self {
        Self {
            largest_pixel_mm: 8.3,
            fewest_pixels: 60.0,
            most_hidden: 0.12,
            most_touching: 0.6,
            most_covered: 0.8,
        }
    }
}

/// When a hand grips and lets go.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct GripSettings {
    /// Over which time probabilities are averaged, in seconds.
    pub average_seconds: f32,
    /// The hand grips when the average probability of a fist is above this value, 0 to 1.
    pub closed_above: f32,
    /// The hand lets go when the average probability of a fist is below this value, 0 to 1.
    pub closed_below: f32,
    /// How long a condition must hold, in seconds.
    pub hold_seconds: f32,
    /// A hand that cannot be read lets go after this time, in seconds.
    pub lost_seconds: f32,
    /// Only a hand that was seen open within this time before, in seconds, can grip: a fist that comes into view has gripped
    /// nothing. Infinity lets every fist grip.
    pub opened_seconds: f32,
}

impl Default for GripSettings {
    fn default() -> Self {
        Self {
            average_seconds: 0.08,
            closed_above: 0.75,
            closed_below: 0.3,
            hold_seconds: 0.1,
            lost_seconds: 0.6,
            opened_seconds: 1.5,
        }
    }
}

/// The cursors of hands. Lengths are shares of the length of the arm from shoulder to wrist, so that they fit children as
/// well.
///
/// The plane of a hand's cursor is upright, faces the sensor, and lies in front of the hand's own shoulder.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct CursorSettings {
    /// How far outwards and up the middle of the plane is from the shoulder.
    pub middle: [f32; 2],
    /// Half the width and half the height of the plane.
    pub half: [f32; 2],
    /// The hand has a cursor while it is that far in front of the shoulder.
    pub active_ahead: f32,
    /// A hand that is that far below the shoulder rests and has no cursor.
    pub rest_below: f32,
    /// A cursor starts or ends only beyond these limits by this much, so that it does not flicker.
    pub margin: f32,
    /// How strongly slow movements are smoothed: the cutoff in Hz. Fast movements are smoothed less.
    pub smoothing_hz: f32,
    /// By how many Hz the cutoff rises for each plane's width a second of speed.
    pub follow: f32,
    /// Press by closing the hand.
    pub press_by_grip: bool,
    /// Press by pushing the hand forwards.
    pub press_by_push: bool,
    /// Press by keeping still: a press and release when a dwell is complete.
    pub press_by_dwell: bool,
    /// A push moves the hand that far forwards within some 0.8 s.
    pub push: f32,
    /// A push ends when the hand has come back by this much.
    pub pull: f32,
    /// How long a cursor must stay for a dwell, in seconds.
    pub dwell_seconds: f32,
    /// How far the cursor may move meanwhile, as a share of the plane's width.
    pub dwell_radius: f32,
    /// How long a cursor must stay before its dwell begins to count, in seconds.
    pub dwell_delay_seconds: f32,
}

impl Default for CursorSettings {
    fn default() -> Self {
        Self {
            middle: [0.12, 0.0],
            half: [0.55, 0.42],
            active_ahead: 0.22,
            rest_below: 0.65,
            margin: 0.08,
            smoothing_hz: 1.6,
            follow: 8.0,
            press_by_grip: true,
            press_by_push: false,
            press_by_dwell: false,
            push: 0.16,
            pull: 0.07,
            dwell_seconds: 1.2,
            dwell_radius: 0.05,
            dwell_delay_seconds: 0.3,
        }
    }
}
