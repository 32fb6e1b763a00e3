//! System timestamps: the computer's monotonic clock as the vendor's library reads it.

use std::time::{Duration, Instant, SystemTime};

use super::vendor::is_orbbec;

/// The timestamp in ns of an instant not long ago. Microsoft's library uses the monotonic clock, Orbbec's the wall
/// clock in whole ms.
pub(super) fn system_nsec(instant: Instant) -> u64 {
    let ago = instant.elapsed();
    if is_orbbec() {
        let wall = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        return wall.saturating_sub(ago).as_millis() as u64 * 1_000_000;
    }
    monotonic().saturating_sub(ago).as_nanos() as u64
}

#[cfg(unix)]
fn monotonic() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the structure lives.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// On other systems: the time since the first call, which is monotonic, too.
#[cfg(not(unix))]
fn monotonic() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed() + Duration::from_secs(1000)
}
