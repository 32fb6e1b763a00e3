//! The script of a stand-in: the durations and the faults of its functions.

use serde::{Deserialize, Serialize};

/// The version of `libk4abt` that a stand-in speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    /// Version 1.0, which has no choice of the model, and two processing modes.
    V10,
    /// Version 1.1, the newest.
    #[default]
    V11,
}

/// The behaviour of one loaded library. It is passed as JSON; every field has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The version of the library. It must not change after the library was copied.
    pub version: Version,
    /// The number of people in the room.
    pub people: u32,
    /// The seed of the room.
    pub seed: u64,
    /// How long creating a tracker takes, in ms.
    pub create_ms: u64,
    /// Whether creating a tracker fails, as without its model.
    pub create_fails: Fails,
    /// Whether creating a tracker fails in all modes but the processor's, as without CUDA.
    pub gpu_fails: bool,
    /// How long the tracker works on a capture, in ms.
    pub frame_ms: u64,
    /// How many captures the queue holds.
    pub queue: u32,
    /// How long shutting down takes, in ms.
    pub shutdown_ms: u64,
    /// A function that does not return until another script is given.
    pub hangs_in: Option<Function>,
    /// The faults of certain captures, which are counted from 0 for each tracker.
    pub faults: Vec<(When, Fault)>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            version: Version::V11,
            people: 2,
            seed: 1,
            create_ms: 0,
            create_fails: Fails::Never,
            gpu_fails: false,
            frame_ms: 1,
            queue: 3,
            shutdown_ms: 0,
            hangs_in: None,
            faults: Vec::new(),
        }
    }
}

impl Script {
    /// Adds a fault of certain captures.
    #[must_use]
    pub fn fault(mut self, when: When, what: Fault) -> Self {
        self.faults.push((when, what));
        self
    }

    /// The JSON text of the script.
    pub(crate) fn json(&self) -> String {
        // Plain data cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the JSON text of a script.
    pub(crate) fn parse(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| format!("the script: {error}"))
    }

    /// Whether a capture has this fault.
    pub(crate) fn has(&self, capture: u64, fault: Fault) -> bool {
        self.faults
            .iter()
            .any(|(when, what)| *what == fault && when.hits(capture))
    }
}

/// How often something fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fails {
    /// Not at all.
    #[default]
    Never,
    /// Each time.
    Always,
    /// This many times since the script was given, then no more.
    Times(u32),
}

/// A function that can hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `k4abt_tracker_create`.
    Create,
    /// `k4abt_tracker_enqueue_capture`.
    Enqueue,
    /// `k4abt_tracker_pop_result`.
    Pop,
    /// `k4abt_tracker_shutdown`.
    Shutdown,
}

/// A selection of captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The capture with this number.
    At(u64),
    /// The capture with this number and all later ones.
    From(u64),
    /// Every n-th capture, and none for 0: `Every(3)` is capture 2, 5, 8 …
    Every(u64),
}

impl When {
    /// Whether a capture is selected.
    pub(crate) const fn hits(self, capture: u64) -> bool {
        match self {
            Self::At(at) => capture == at,
            Self::From(from) => capture >= from,
            Self::Every(0) => false,
            Self::Every(every) => capture % every == every - 1,
        }
    }
}

/// A fault of a capture or of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The queue is full: enqueueing times out.
    QueueFull,
    /// Enqueueing fails, as without memory.
    EnqueueFails,
    /// Popping the frame fails, and every pop after it.
    PopFails,
    /// Popping succeeds without a frame.
    NullFrame,
    /// No frame comes of this capture or a later one.
    Silence,
    /// Bodies have other ids than before.
    NewIds,
    /// The numbers of the left hand of every body are NaN.
    NanJoints,
    /// The confidence of the nose of every body is 17.
    BadConfidence,
    /// The frame reports one body more than it has.
    OneBodyMore,
    /// The frame reports 4 294 967 295 bodies.
    CountlessBodies,
    /// The first body has no id.
    NoId,
    /// There is no body index map.
    NoMap,
    /// The body index map has half the width.
    SmallMap,
    /// The rows of the body index map have padding.
    PaddedMap,
}
