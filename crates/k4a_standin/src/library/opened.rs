//! A device that somebody has opened.

use std::time::Instant;

use super::stream::{ImuStream, State, Stream};

/// A device that somebody has opened.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) serial: String,
    /// Which time of being plugged in it belongs to.
    pub(super) connection: u64,
    /// Whether it was really opened: Orbbec's library does that at the first call.
    pub(super) ready: bool,
    /// It was unplugged: waiting fails or finds nothing.
    pub(super) gone: Option<State>,
    pub(super) starting: bool,
    pub(super) stream: Option<Stream>,
    pub(super) imu: Option<ImuStream>,
    /// The mains frequency last set through this handle.
    pub(super) sixty_hertz: bool,
    pub(super) wired_sync_mode: i32,
    pub(super) opened: Instant,
}
