//! A stand-in for the vendor's body tracker, for tests: it has the same C interface as `libk4abt` 1.0 and 1.1, needs no
//! graphics card and no network, and misbehaves on command.
//!
//! As with `k4a_standin`, the crate is built twice in one go: the `cdylib` is the library, the `rlib` is the test's side.
//! A [`TrackerStandIn`] copies the built library beside a stand-in of `libk4a`, to which it is bound like the vendor's,
//! gives it a [`Script`], and reads its [`Statistics`].
//!
//! ```no_run
//! use k4abt_standin::{Fault, Script, TrackerStandIn, When};
//!
//! # let (libk4a, folder) = (std::path::Path::new(""), std::path::Path::new(""));
//! // `libk4a` is the file of a stand-in of the sensor's library, and `folder` its folder.
//! let script = Script::default().fault(When::Every(5), Fault::NullFrame);
//! let tracker = TrackerStandIn::in_folder(folder, libk4a, &script);
//! // … the code under test loads libk4a and its body tracker …
//! assert!(tracker.statistics().is_clean());
//! ```
//!
//! # What it does
//!
//! The stand-in does not look at images: it returns the people of a simulated room ([`Room`]) at the time of the depth
//! image. Captures wait in a queue of three and become frames in their order, one after the other. The body index map
//! shows discs around the joints. No thread runs in the library: whether a frame is ready is a function of time.
//!
//! Handles are looked up: a call with a wrong handle is counted in [`Statistics::misuse`], described in
//! [`Statistics::misuses`], and does nothing. Captures and images belong to `libk4a`, whose stand-in counts them.

mod library;
mod room;
mod script;
mod stand_in;
mod statistics;

pub use room::Room;
pub use script::{Fails, Fault, Function, Script, Version, When};
pub use stand_in::TrackerStandIn;
pub use statistics::{Created, Enqueued, Objects, Statistics};
