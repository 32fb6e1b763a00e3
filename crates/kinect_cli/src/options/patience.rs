//! Time limits.

use std::time::Duration;

/// A time limit in seconds.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 0.1..=600.0) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("between 0.1 and 600".to_owned()),
    }
}
