//! Code that the apps of examples and tests share. An app of your own does not need it.
//!
//! - [`windowless`]: apps that draw without a window.
//! - [`Show`]: the command line of the examples. With a display they open a window; without one, or with `--screenshot`, they write one
//!   picture and end ([`offscreen`]).
//! - [`People`]: where the people of an example come from, and where the sensor hangs.
//! - [`style`] and [`legend`]: colours, letters and keys on screen; [`widgets`] and [`plot`]: the parts of panels;
//!   [`fit`]: interfaces that fit the window.
//! - [`orbit`]: cameras that mouse and keys move, in the same way in all examples; [`upright`]: sensors that stand
//!   upright.
//! - [`rigs`]: skeletons of models as entities, for tests of avatars.
//! - [`pace`]: apps that draw slowly draw fewer points, and say so.

pub mod angles;
mod app;
pub mod fit;
pub mod legend;
pub mod offscreen;
pub mod orbit;
pub mod pace;
pub mod people;
mod play;
pub mod plot;
mod ready;
pub mod rigs;
pub mod show;
pub mod skeletons;
pub mod style;
pub mod upright;
pub mod widgets;
pub mod windowless;

pub use angles::parse_angles;
pub use fit::{Fit, FitPlugin};
pub use offscreen::Canvas;
pub use people::People;
pub use show::Show;
