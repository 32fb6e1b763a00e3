//! The inspector, operated by pointer and keys like by a user. Controls are found by their accessible names.
//!
//! - [`stage`]: an app with the inspector in a window that nobody sees; [`screen`]: what is on the screen; [`hand`]: a hand on mouse and
//!   keyboard.
//! - Then a module for each page, and [`shell`] for the panel around them.

mod device;
mod hand;
mod images;
mod points;
mod screen;
mod sensors;
mod shell;
mod stage;
