//! Compares the starts of several recordings on their sensors' clocks.

use std::path::Path;

use kinect_azure::modes::WiredSyncMode;
use kinect_azure::recording::Recording;
use serde_json::{Value, json};

use super::text::{Text, seconds};

/// The starts of recordings on their sensors' clocks.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    starts: Vec<Start>,
}

#[derive(Debug)]
struct Start {
    file: String,
    part: WiredSyncMode,
    /// Device time at the start of the recording, in µs.
    usec: u64,
}

impl Clocks {
    pub(super) fn add(&mut self, file: &Path, recording: &Recording) {
        let info = recording.info();
        self.starts.push(Start {
            file: file.display().to_string(),
            part: info.sensor.wired_sync_mode,
            usec: info.start_offset_usec,
        });
    }

    /// The recordings of synchronised sensors, whose clocks can be compared.
    fn synchronised(&self) -> Vec<&Start> {
        let on_a_wire = |start: &&Start| start.part != WiredSyncMode::Standalone;
        self.starts.iter().filter(on_a_wire).collect()
    }

    /// The reason that the clocks cannot be compared, if there is one.
    fn note(&self) -> Option<String> {
        let synchronised = self.synchronised();
        let masters: Vec<_> = synchronised
            .iter()
            .filter(|start| start.part == WiredSyncMode::Master)
            .collect();
        let alone: Vec<&str> = self
            .starts
            .iter()
            .filter(|start| start.part == WiredSyncMode::Standalone)
            .map(|start| start.file.as_str())
            .collect();
        if masters.len() > 1 {
            return Some(format!(
                "there are {} masters: cameras of different masters have different clocks",
                masters.len()
            ));
        }
        if alone.is_empty() {
            return None;
        }
        Some(format!(
            "not synchronised, so their clocks cannot be compared with the others: {}",
            alone.join(", ")
        ))
    }

    pub(super) fn json(&self) -> Value {
        let synchronised = self.synchronised();
        let Some(first) = synchronised.iter().map(|start| start.usec).min() else {
            return Value::Null;
        };
        if synchronised.len() < 2 {
            return Value::Null;
        }
        let last = synchronised.iter().map(|start| start.usec).max();
        let starts: Vec<Value> = synchronised
            .iter()
            .map(|start| {
                json!({
                    "file": start.file,
                    "start_offset_us": start.usec,
                    "after_first_us": start.usec - first,
                })
            })
            .collect();
        json!({
            "recordings": starts,
            "spread_us": last.unwrap_or(first) - first,
            "note": self.note(),
        })
    }

    pub(super) fn text(&self) -> String {
        let mut out = Text::default();
        let synchronised = self.synchronised();
        if synchronised.len() < 2 {
            out.line("clocks cannot be compared: fewer than two of the recordings are of synchronised cameras");
            return out.into_string();
        }
        let first = synchronised.iter().map(|start| start.usec).min();
        let last = synchronised.iter().map(|start| start.usec).max();
        let (first, last) = (first.unwrap_or(0), last.unwrap_or(0));
        out.line(&format!(
            "synchronised cameras: the recordings start within {:.3} ms of device time",
            (last - first) as f64 / 1000.0
        ));
        for start in synchronised {
            out.line(&format!(
                "  {}  {}, {:.3} ms after the first ({})",
                start.file,
                seconds(start.usec),
                (start.usec - first) as f64 / 1000.0,
                start.part.name().to_lowercase()
            ));
        }
        if let Some(note) = self.note() {
            out.line(&format!("  {note}"));
        }
        out.into_string()
    }
}
