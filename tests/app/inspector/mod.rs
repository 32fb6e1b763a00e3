//! The inspector, operated by pointer and keys like by a user. Controls are found by their accessible names.
//!
//! - [`stage`]: an app with the inspector in a window that nobody sees; [`screen`]: what is on the screen; [`hand`]: a hand on mouse and
//!   keyboard; [`crowd`]: players who are placed by hand.
//! - Then a module for each page, and [`shell`] for the panel around them.

mod avatars;
mod crowd;
mod device;
mod diagnostics;
mod hand;
mod images;
mod people;
mod playback;
mod points;
mod recorder;
mod screen;
mod sensors;
mod settings;
mod shell;
mod stage;
mod zones;
