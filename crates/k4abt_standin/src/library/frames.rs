//! Calls about frames.

use super::frame::Frame;
use super::world::{World, lock};

/// Asks a frame.
pub(super) fn ask<T>(function: &str, handle: u64, ask: impl FnOnce(&Frame) -> T) -> Option<T> {
    lock().frame(function, handle).map(|frame| ask(frame))
}

/// `k4abt_frame_reference`.
pub(super) fn reference(handle: u64) {
    if let Some(frame) = lock().frame("k4abt_frame_reference", handle) {
        frame.references += 1;
    }
}

/// `k4abt_frame_release`.
pub(super) fn release(handle: u64) {
    let mut world = lock();
    let last = world.release(handle);
    // The last references to images are dropped without the lock: that can call the client.
    drop(world);
    drop(last);
}

impl World {
    fn release(&mut self, handle: u64) -> Option<Frame> {
        let frame = self.frame("k4abt_frame_release", handle)?;
        frame.references -= 1;
        if frame.references > 0 {
            return None;
        }
        let frame = self.frames.remove(&handle)?;
        if let Some(tracker) = self.trackers.get_mut(&frame.tracker) {
            tracker.frames -= 1;
        }
        Some(frame)
    }
}
