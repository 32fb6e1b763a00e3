//! The page "Points": point clouds and surfaces of the chosen sensor.
//!
//! - [`page`]: the page, and which cloud or surface it is about; [`cloud`], [`surface`]: their settings.
//! - [`color`], [`filter`], [`smoothing`]: settings that both have; [`save`]: PLY files.

mod cloud;
mod color;
mod filter;
mod page;
mod save;
mod smoothing;
mod surface;

pub(crate) use page::show;
