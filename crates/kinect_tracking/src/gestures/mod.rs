//! Recognises gestures of people, and reports each gesture with one event.
//!
//! [`GestureWatch`] takes the bodies of every frame, which should be [filtered](crate::filter), and reports an event
//! when a gesture begins. Thresholds are [data](GestureSettings), in shares of the length of the trunk (pelvis to neck,
//! some 500 mm of an adult) or of the legs, so that they fit children as well. Each gesture has a limit at which it
//! begins, another at which it ends, and a time that it must last, so that a hand at a limit does not start the gesture
//! again and again.

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
