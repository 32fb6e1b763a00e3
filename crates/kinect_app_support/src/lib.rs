//! What apps of examples and tests share, and what nobody needs to copy into an app of their own.
//!
//! - [`windowless`]: apps that draw without a window.
//! - [`Show`]: the command line of the examples. With a display they open a window; without one, or with `--screenshot`, they write one
//!   picture and end ([`offscreen`]).
//! - [`style`] and [`legend`]: colours, letters and keys on screen.

pub mod angles;
mod app;
pub mod legend;
pub mod offscreen;
pub mod show;
pub mod skeletons;
pub mod style;
pub mod windowless;

pub use angles::parse_angles;
pub use offscreen::Canvas;
pub use show::Show;
