//! What the server says.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

/// The figures of one report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// Seconds since the server was started, by the app's time.
    pub(crate) seconds: f64,
    /// People now, and how many came and left since the start.
    pub(crate) people: usize,
    pub(crate) came: u64,
    pub(crate) left: u64,
    /// The people in each zone.
    pub(crate) zones: Vec<(String, usize)>,
    /// The sensor's state in one word, and its captures per second.
    pub(crate) sensor: String,
    pub(crate) captures_per_second: f32,
    /// The tracker, and the milliseconds from a capture to its people.
    pub(crate) tracker: String,
    pub(crate) tracker_ms: f32,
    /// What is wrong and what to do.
    pub(crate) problem: Option<String>,
    pub(crate) memory_bytes: Option<u64>,
}

impl Report {
    /// A line for people.
    pub(crate) fn line(&self) -> String {
        let seconds = self.seconds.round() as u64;
        let zones: Vec<_> = self
            .zones
            .iter()
            .map(|(name, people)| format!("{name} {people}"))
            .collect();
        let mut line = format!(
            "{:02}:{:02}:{:02}  people {} (came {}, left {})  {}  |  {}, {:.0} captures/s, {} {:.0} ms",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            self.people,
            self.came,
            self.left,
            zones.join(", "),
            self.sensor,
            self.captures_per_second,
            self.tracker,
            self.tracker_ms,
        );
        if let Some(bytes) = self.memory_bytes {
            line += &format!("  |  {:.1} MB", bytes as f64 / 1e6);
        }
        if let Some(problem) = &self.problem {
            line += &format!("  |  {problem}");
        }
        line
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> Value {
        let zones: serde_json::Map<_, _> = self
            .zones
            .iter()
            .map(|(name, people)| (name.clone(), json!(people)))
            .collect();
        json!({
            "seconds": self.seconds,
            "people": self.people,
            "came": self.came,
            "left": self.left,
            "zones": zones,
            "sensor": self.sensor,
            "captures_per_second": self.captures_per_second,
            "tracker": self.tracker,
            "tracker_ms": self.tracker_ms,
            "problem": self.problem,
            "memory_bytes": self.memory_bytes,
        })
    }

    /// Prints the report. Errors are left out: whoever closes the other end of a pipe still gets the status file.
    pub(crate) fn print(&self, as_json: bool) {
        let line = if as_json {
            self.json().to_string()
        } else {
            self.line()
        };
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    /// Replaces the status file by this report. Readers find the former report or this one.
    ///
    /// # Errors
    /// Fails if the folder cannot be written to.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        std::fs::write(&new, format!("{:#}\n", self.json()))?;
        std::fs::rename(&new, path)
    }
}
