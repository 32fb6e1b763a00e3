//! The page "Images": a live preview of any kind of image with the value under the pointer, and the settings of the app's outputs.
//!
//! - [`page`]: the page; [`preview`]: the inspector's own output; [`value`]: what is measured under the pointer.
//! - [`textures`]: images of outputs as textures of egui; [`picture`]: a picture on the page.
//! - [`outputs`]: the app's outputs; [`settings`], [`size`], [`passes`]: their settings; [`coloring`]: colours that clouds have, too.

mod coloring;
mod outputs;
mod page;
mod passes;
mod picture;
mod preview;
mod settings;
mod size;
mod textures;
mod value;

pub(crate) use coloring::range;
pub(crate) use page::show;
pub(crate) use preview::build;
