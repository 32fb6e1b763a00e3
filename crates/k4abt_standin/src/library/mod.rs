//! The library's side: the functions that a client calls, and the state behind them.
//!
//! All state lies in one [`World`](world::World) behind one lock. No thread runs: a frame is ready at a time that is known when its
//! capture is enqueued. Waiting calls wait on one condition variable until then, or until the state changes.

mod exports;
mod frame;
mod frames;
mod map;
mod sensor_library;
mod tracker;
mod trackers;
mod world;
