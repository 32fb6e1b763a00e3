//! The library's side: the functions that a client calls, and the state behind them.
//!
//! All state lies in one [`World`] behind one lock. No thread runs: the state of devices is a function of time, which
//! is brought up to date ([`World::advance`]) whenever a client calls. Waiting calls wait on one condition variable
//! until the next frame is due or the state changes. So an idle library costs nothing, a capture costs a few map
//! entries, and a library can be unloaded at any time.
//!
//! Handles are numbers, not addresses: each is given out once, says what it belongs to and to which loaded library,
//! and is looked up. A call with a wrong handle is counted and reported, and does nothing.

mod calibration;
mod clock;
mod controls;
mod devices;
mod exports;
mod images;
mod log;
mod memory;
mod modes;
mod opened;
pub(crate) mod orbbec;
mod references;
mod scene;
mod sensor;
mod stage;
mod stream;
mod vendor;
mod world;

use world::World;
