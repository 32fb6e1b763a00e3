//! Numbers as people read them.

use core::time::Duration;

/// A time of a recording: minutes, seconds and milliseconds.
pub(crate) fn clock(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    format!("{minutes}:{seconds:02}.{:03}", time.subsec_millis())
}

/// A size in bytes, with three digits.
pub(crate) fn bytes(count: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let count = count as f64;
    match units.into_iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => {
            let number = count / size;
            let decimals = if number < 10.0 {
                2
            } else {
                usize::from(number < 100.0)
            };
            format!("{number:.decimals$} {unit}")
        }
        None => format!("{count} bytes"),
    }
}

/// A time in milliseconds; a dash for a time that was not measured.
pub(crate) fn milliseconds(time: Duration) -> String {
    match time.as_secs_f64() * 1e3 {
        0.0 => "–".to_owned(),
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.1} ms"),
        ms => format!("{:.2} s", ms * 1e-3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_minutes_and_milliseconds() {
        assert_eq!(clock(Duration::ZERO), "0:00.000");
        assert_eq!(clock(Duration::from_millis(125_007)), "2:05.007");
        assert_eq!(milliseconds(Duration::from_micros(1234)), "1.23 ms");
        assert_eq!(milliseconds(Duration::from_millis(45)), "45.0 ms");
        assert_eq!(milliseconds(Duration::ZERO), "–");
    }

    #[test]
    fn sizes_have_three_digits() {
        let sizes = [999, 1_500, 12_340_000, 345_600_000_000].map(bytes);
        assert_eq!(sizes, ["999 bytes", "1.50 kB", "12.3 MB", "346 GB"]);
    }
}
