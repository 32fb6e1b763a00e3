//! The page "Device": the modes of the chosen sensor, its colour camera, inertial samples and the floor.
//!
//! - [`page`]: the page.
//! - [`modes`]: rules of modes; [`live`], [`simulation`], [`recorded`]: the settings of each kind of source.
//! - [`colors`]: the controls of the colour camera; [`sync`]: wired synchronisation.
//! - [`motion`]: inertial samples; [`floor`].

mod colors;
mod floor;
mod live;
mod modes;
mod motion;
mod page;
mod recorded;
mod simulation;
mod sync;

pub(crate) use page::show;
