//! Recognises gestures of people, with one event for each.
//!
//! [`GestureWatch`] takes the bodies of every frame, best after a [filter](crate::filter), and has an event when a
//! gesture begins. Thresholds are [data](GestureSettings), in shares of the length of the trunk (pelvis to neck, some
//! 500 mm of an adult) or of the legs, so that they fit children as well. Each has two limits, one to begin and one
//! to end, and a time that it must last, so that a hand at the limit does not begin the gesture again and again.

mod arms;
mod features;
mod gesture;
mod hands;
mod held;
mod settings;
mod trunk;
mod watch;

pub use gesture::{Direction, Gesture, GestureEvent, Ray, Side};
pub use settings::{
    ArmsCrossed, Clap, Crouch, GestureSettings, Jump, Lean, Point, RaiseHand, Swipe, TPose, Wave,
};
pub use watch::GestureWatch;
