//! UTC dates, without time zones and without leap seconds, as Unix time counts them.

use core::fmt;

/// A second of the Gregorian calendar in UTC. Displayed as ISO 8601: `2026-05-17T16:04:59Z`.
///
/// ```
/// use kinect_azure::calendar::UtcTime;
///
/// let time = UtcTime::from_unix_sec(951_782_400);
/// assert_eq!((time.year, time.month, time.day), (2000, 2, 29));
/// assert_eq!(time.to_string(), "2000-02-29T00:00:00Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtcTime {
    /// The year; negative years are before the year 0 of ISO 8601.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59.
    pub second: u8,
}

impl UtcTime {
    /// The time that many seconds after 1970-01-01 00:00:00 UTC.
    pub fn from_unix_sec(unix_sec: i64) -> Self {
        let second = unix_sec.rem_euclid(86_400);
        // Days since 0000-03-01 in the proleptic Gregorian calendar, whose 400 years have 146 097 days. Years that begin
        // in March have their leap day at the end.
        let days = unix_sec.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year + era * 400 + i64::from(month <= 2),
            month: month as u8,
            day: (of_year - (153 * from_march + 2) / 5 + 1) as u8,
            hour: (second / 3600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
        }
    }

    /// The date alone, as `2026-05-17`.
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.hour, self.minute, self.second);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (unix, time) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (978_307_200, "2001-01-01T00:00:00Z"),
            (1_600_000_000, "2020-09-13T12:26:40Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(UtcTime::from_unix_sec(unix).to_string(), time);
        }
    }
}
