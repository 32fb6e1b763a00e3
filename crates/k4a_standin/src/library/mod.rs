//! The library's side: what a client that loads it calls.
//!
//! All state lies in one [`World`] behind one lock. No thread runs: what devices do is a function of time, caught up with
//! ([`World::advance`]) whenever a client calls. Who waits, waits on one condition variable until the next frame is due or
//! somebody changes something. So an idle library costs nothing, a capture costs a few map entries, and a library can be
//! unloaded at any time.
//!
//! Handles are numbers, not addresses: each is given out once, says what it belongs to and to which loaded library, and is
//! looked up. A wrong one is counted and told, and does nothing.

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
