//! How Matroska files count time.

/// Nanoseconds per unit of time in files of the vendor's recorder.
pub(super) const RECORDER_SCALE: u64 = 1_000;

/// Nanoseconds per unit of time if the file does not store it (RFC 9559).
pub(super) const DEFAULT_SCALE: u64 = 1_000_000;

/// The largest unit of time that is accepted: one second.
pub(super) const LARGEST_SCALE: u64 = 1_000_000_000;

/// Seconds from 1970-01-01 to 2001-01-01, where Matroska's dates begin.
pub(super) const MATROSKA_EPOCH_SEC: i64 = 978_307_200;

/// Units of `scale` nanoseconds in nanoseconds.
pub(super) fn to_ns(units: i64, scale: i64) -> i64 {
    units.saturating_mul(scale)
}
