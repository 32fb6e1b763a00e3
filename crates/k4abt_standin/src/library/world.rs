//! The state of the loaded library, its lock, and handles.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::frame::Frame;
use super::tracker::Tracker;
use crate::room::Room;
use crate::script::{Function, Script};
use crate::statistics::{Created, Enqueued, Objects, Statistics};

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| Mutex::new(World::new()));
static CHANGED: Condvar = Condvar::new();

/// Lists of what happened are cut to so many entries.
const MOST_EVENTS: usize = 1024;
const MOST_MISUSES: usize = 64;

/// The kinds of handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tracker = 1,
    Frame = 2,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Tracker => "tracker",
            Self::Frame => "frame",
        }
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) script: Script,
    pub(super) room: Room,
    /// How often creating has failed since the script was given.
    pub(super) failures: u32,
    pub(super) trackers: HashMap<u64, Tracker>,
    pub(super) frames: HashMap<u64, Frame>,
    created: [u64; 2],
    numbers: u64,
    misuse: u64,
    misuses: VecDeque<String>,
    pub(super) created_trackers: VecDeque<Created>,
    pub(super) enqueued: VecDeque<Enqueued>,
    pub(super) smoothings: VecDeque<f32>,
    pub(super) maps: VecDeque<u64>,
}

/// Adds to a list of what happened.
pub(super) fn note<T>(events: &mut VecDeque<T>, event: T) {
    if events.len() >= MOST_EVENTS {
        events.pop_front();
    }
    events.push_back(event);
}

pub(super) fn lock() -> MutexGuard<'static, World> {
    WORLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes calls that wait.
pub(super) fn changed() {
    CHANGED.notify_all();
}

/// Waits until something changes, at most until that time.
pub(super) fn wait(
    world: MutexGuard<'static, World>,
    until: Option<Instant>,
) -> MutexGuard<'static, World> {
    match until {
        None => CHANGED.wait(world).unwrap_or_else(PoisonError::into_inner),
        Some(until) => {
            let most = until.saturating_duration_since(Instant::now());
            CHANGED
                .wait_timeout(world, most)
                .unwrap_or_else(PoisonError::into_inner)
                .0
        }
    }
}

/// Does not return while the script says that the function hangs.
pub(super) fn hang(function: Function) -> MutexGuard<'static, World> {
    let mut world = lock();
    while world.script.hangs_in == Some(function) {
        world = wait(world, None);
    }
    world
}

/// Until when a call with that timeout waits; `None` = for ever.
pub(super) fn end(timeout_ms: i32) -> Option<Instant> {
    let ms = u64::try_from(timeout_ms).ok()?;
    Some(Instant::now() + Duration::from_millis(ms))
}

impl World {
    fn new() -> Self {
        let script = Script::default();
        Self {
            room: Room::new(script.people, script.seed),
            script,
            failures: 0,
            trackers: HashMap::new(),
            frames: HashMap::new(),
            created: [0; 2],
            numbers: 0,
            misuse: 0,
            misuses: VecDeque::new(),
            created_trackers: VecDeque::new(),
            enqueued: VecDeque::new(),
            smoothings: VecDeque::new(),
            maps: VecDeque::new(),
        }
    }

    pub(super) fn configure(&mut self, script: Script) {
        if (script.people, script.seed) != (self.script.people, self.script.seed) {
            self.room = Room::new(script.people, script.seed);
        }
        self.script = script;
        self.failures = 0;
    }

    /// Reports misuse by a client.
    pub(super) fn misused(&mut self, what: String) {
        self.misuse += 1;
        eprintln!("k4abt stand-in: misuse: {what}");
        if self.misuses.len() >= MOST_MISUSES {
            self.misuses.pop_front();
        }
        self.misuses.push_back(what);
    }

    /// A new handle, made of its kind and a number. It is not an address.
    pub(super) fn handle(&mut self, kind: Kind) -> u64 {
        self.created[kind as usize - 1] += 1;
        self.numbers += 1;
        0xB7 << 40 | self.numbers << 4 | kind as u64
    }

    /// Reports a handle that is not valid.
    pub(super) fn bad_handle(&mut self, function: &str, expected: Kind, handle: u64) {
        let expected = expected.name();
        self.misused(if handle == 0 {
            format!("{function}: the {expected} is null")
        } else {
            format!("{function}: {handle:#x} is no {expected}, or was released before")
        });
    }

    pub(super) fn tracker(&mut self, function: &str, handle: u64) -> Option<&mut Tracker> {
        if !self.trackers.contains_key(&handle) {
            self.bad_handle(function, Kind::Tracker, handle);
        }
        self.trackers.get_mut(&handle)
    }

    pub(super) fn frame(&mut self, function: &str, handle: u64) -> Option<&mut Frame> {
        if !self.frames.contains_key(&handle) {
            self.bad_handle(function, Kind::Frame, handle);
        }
        self.frames.get_mut(&handle)
    }

    /// Everything but the calls, which the exported functions count.
    pub(super) fn statistics(&self) -> Statistics {
        let objects = |kind: Kind, live: usize| Objects {
            live: live as u64,
            created: self.created[kind as usize - 1],
        };
        Statistics {
            trackers: objects(Kind::Tracker, self.trackers.len()),
            frames: objects(Kind::Frame, self.frames.len()),
            misuse: self.misuse,
            misuses: self.misuses.iter().cloned().collect(),
            created: self.created_trackers.iter().cloned().collect(),
            enqueued: self.enqueued.iter().copied().collect(),
            smoothings: self.smoothings.iter().copied().collect(),
            maps: self.maps.iter().copied().collect(),
            ..Statistics::default()
        }
    }
}
