//! A device that a client has opened.

use std::time::Instant;

use super::stream::{ImuStream, State, Stream};

/// A device that a client has opened.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) serial: String,
    /// The sensor's connection number at the time of opening.
    pub(super) connection: u64,
    /// Whether the sensor was really opened: Orbbec's library does that at the first call.
    pub(super) ready: bool,
    /// Set if the sensor was unplugged: waiting fails or times out.
    pub(super) gone: Option<State>,
    pub(super) starting: bool,
    pub(super) stream: Option<Stream>,
    pub(super) imu: Option<ImuStream>,
    /// The mains frequency last set through this handle.
    pub(super) sixty_hertz: bool,
    pub(super) wired_sync_mode: i32,
    pub(super) opened: Instant,
}
