//! A stand-in for the vendor's sensor library, for tests: it has the same C interface, needs no sensor, and
//! misbehaves on command.
//!
//! The crate is built twice in one go. The `cdylib` is the library, which exports what `libk4a` 1.4 exports; a client loads
//! it like the vendor's. The `rlib` is the test's side: a [`StandIn`] copies the built library under the vendor's name into
//! a folder of its own, so that every one is an instance of its own in the process (loaders tell libraries apart by the
//! file), gives it a [`Script`], and reads its [`Statistics`].
//!
//! ```no_run
//! use k4a_standin::{DeviceScript, Fault, Script, StandIn, When};
//!
//! let stand_in = StandIn::microsoft(&Script::of([
//!     DeviceScript::new("000000000001").fault(When::Every(5), Fault::NoColor),
//! ])); let path = stand_in.path(); // for the code that loads the vendor's library stand_in.unplug("000000000001");
//! assert_eq!(stand_in.statistics().misuse, 0);
//! ```
//!
//! # In other crates' tests
//!
//! `k4a_standin` as a dev-dependency suffices: cargo builds both kinds of a dependency's library, and leaves the
//! `cdylib` in the folder `deps` where the test program lies too ([`StandIn`] looks beside it). For Orbbec's library,
//! whose extra functions must not be there otherwise, `k4a_standin_orbbec` is a dev-dependency as well. Only the test's
//! side is linked into the test program; it never calls the library's functions there. A program that a test runs loads
//! [`StandIn::path`] by itself and plays the script in the file that [`SCRIPT_VARIABLE`] names.
//!
//! # What it does
//!
//! The stand-in does everything that the specification of `libk4a` describes: the checks of configurations, exclusive
//! opening, queues whose oldest capture is dropped, waiting with and without a limit, counted references, colour
//! controls that a device remembers, the device clock, calibrations, inertial samples, wired synchronisation among
//! the devices of one library. Pictures are drawn once and replayed ([`Scene`]), and their memory is shared, so that
//! a capture costs microseconds. It lacks the transformation functions (`k4a_transformation_create` returns null, as
//! without a graphics card) and the point functions of calibrations.
//!
//! Handles are looked up: a call with a wrong handle is counted in [`Statistics::misuse`], described in
//! [`Statistics::misuses`], and does nothing.

pub mod chart;
mod library;
mod script;
mod stand_in;
mod statistics;

pub use script::{
    CalibrationFault, ControlFault, DeviceScript, Fails, Fault, Firmware, FrameFault, Part,
    SCRIPT_VARIABLE, Scene, Script, SerialFault, When,
};
pub use stand_in::StandIn;
pub use statistics::{ControlSet, DeviceStatistics, Objects, StartedConfiguration, Statistics};

/// The functions that only Orbbec's library has, for the crate that exports them.
#[doc(hidden)]
pub mod orbbec {
    pub use crate::library::orbbec::{
        accepts, begin, depth_engine_helper, product, wired_sync_mode,
    };
}
