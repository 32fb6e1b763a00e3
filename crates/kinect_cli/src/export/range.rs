//! The part of a recording that is exported: from one time to before another, in µs since its start. Ranges that
//! meet share no capture and lose none.

/// A half-open range of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    from: u64,
    to: Option<u64>,
}

impl Range {
    /// The range between two times in µs.
    pub(crate) fn new(from: Option<u64>, to: Option<u64>) -> Result<Self, String> {
        let from = from.unwrap_or(0);
        match to {
            Some(to) if to <= from => Err(format!(
                "--to ({} s) must be after --from ({} s)",
                to as f64 / 1e6,
                from as f64 / 1e6
            )),
            _ => Ok(Self { from, to }),
        }
    }

    /// Where the range begins.
    pub(crate) const fn from(self) -> u64 {
        self.from
    }

    /// Whether the range is the whole recording.
    pub(crate) const fn is_whole(self) -> bool {
        self.from == 0 && self.to.is_none()
    }

    pub(crate) const fn is_before(self, time: u64) -> bool {
        time < self.from
    }

    pub(crate) fn is_after(self, time: u64) -> bool {
        self.to.is_some_and(|to| time >= to)
    }

    /// Where the range ends in a recording of that length.
    pub(crate) fn end(self, duration: u64) -> u64 {
        self.to.map_or(duration, |to| to.min(duration))
    }

    /// The share of the range that is done once `time` is reached, 0 to 1, if the recording ends at `end`.
    pub(crate) fn share(self, time: u64, end: u64) -> f64 {
        let length = end.saturating_sub(self.from).max(1);
        time.saturating_sub(self.from) as f64 / length as f64
    }
}

/// Seconds on the command line as µs.
pub(crate) fn parse_seconds(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok((seconds * 1e6).round() as u64),
        _ => {
            Err("must be seconds since the start of the recording, 0 or more, like 12.5".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Range, parse_seconds};

    #[test]
    fn ranges_that_meet_share_nothing() {
        let first = Range::new(None, Some(1_000_000)).unwrap();
        let second = Range::new(Some(1_000_000), None).unwrap();
        for time in [0, 999_999, 1_000_000, 5_000_000] {
            let in_first = !first.is_before(time) && !first.is_after(time);
            let in_second = !second.is_before(time) && !second.is_after(time);
            assert!(in_first != in_second, "{time}");
        }
        assert!(Range::new(Some(5), Some(5)).is_err());
    }

    #[test]
    fn seconds_become_microseconds() {
        assert_eq!(parse_seconds("1.5"), Ok(1_500_000));
        assert_eq!(parse_seconds("0.000001"), Ok(1));
        for wrong in ["-1", "NaN", "inf", "", "3s"] {
            assert!(parse_seconds(wrong).is_err(), "{wrong}");
        }
    }
}
