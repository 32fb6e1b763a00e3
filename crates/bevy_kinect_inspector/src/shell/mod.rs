//! The panel around the pages.
//!
//! - [`context`]: the camera that draws the panel, and its context of egui, which exists only while the panel is shown.
//! - [`scale`], [`selection`]: the size of everything; the sensor that the pages are about.
//! - [`keys`]: showing and hiding; keys that are the app's.
//! - [`draw`]: the panel with the page; [`list`]: the list of pages; [`title`].

pub(crate) mod context;
pub(crate) mod draw;
pub(crate) mod keys;
mod list;
pub(crate) mod scale;
pub(crate) mod selection;
mod title;
