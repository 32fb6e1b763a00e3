//! The page "Playback": the time line of recordings and simulations.
//!
//! - [`line`]: the time line itself.
//! - [`page`]: buttons, speed, the part that plays, markers.

mod line;
mod page;

pub(crate) use page::show;
