//! The memory of this process.

/// Bytes of memory that this process has now, without what was moved to a disk; `None` where that is not known.
pub(crate) fn resident_bytes() -> Option<u64> {
    // "VmRSS:     84736 kB"
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
