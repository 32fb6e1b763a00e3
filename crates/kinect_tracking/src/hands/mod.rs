//! Hands that open and close, and point at things.
//!
//! - [`HandReader`] looks at the depth image around each hand of a body and says whether it is open or closed, or why that
//!   cannot be told ([`HandReading`]).
//! - [`HandWatch`] follows the readings of all players. It has an event when a hand grips and when it lets go, and moves a
//!   [cursor](HandCursor) for each hand in a plane in front of the shoulders, which dwells, and presses by grip or by push.
//!
//! The reader works with joints of any tracker, whose hands may be some centimetres off. It looks at a square of
//! [`HandView::SIDE_MM`] that is turned along the forearm, with a small network that was trained on simulated hands
//! (`training/README.md`). Where the pixels of the sensor are too large, a hand touches something, or something hides it,
//! the reading is unknown. Thresholds are [data](HandSettings).

mod cursor;
mod event;
mod grip;
mod kind;
mod network;
mod reader;
mod reading;
mod settings;
mod view;
mod watch;

pub use cursor::HandCursor;
pub use event::HandEvent;
pub use kind::{HandEventKind, PressedBy};
pub use reader::HandReader;
pub use reading::{HandReading, HandUnknown};
pub use settings::{CursorSettings, GripSettings, HandSettings, ReaderSettings};
pub use view::HandView;
pub use watch::{Hand, HandWatch};
