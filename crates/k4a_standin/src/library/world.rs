//! The whole state of one loaded library, and its changes by time, scripts and commands.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kinect_azure::WiredSyncMode;

use super::controls::Controls;
use super::images::{Capture, Image};
use super::log::{self, Level};
use super::memory::{self, Memory};
use super::opened::Device;
use super::scene;
use super::sensor::{Done, Sensor};
use super::stream::State;
use crate::script::{Fault, SCRIPT_VARIABLE, Script};
use crate::statistics::{ControlSet, Objects, StartedConfiguration, Statistics};

/// The kinds of handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Device = 1,
    Capture = 2,
    Image = 3,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Device, Self::Capture, Self::Image];

    const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Capture => "capture",
            Self::Image => "image",
        }
    }
}

/// Lists of what happened are cut to so many entries.
const MOST_EVENTS: usize = 1024;
const MOST_MISUSES: usize = 64;

/// The effects that must not happen while the world is locked.
#[derive(Debug, Default)]
pub(super) struct Effects {
    messages: Vec<(Level, String)>,
    /// Dropping the last of some memory can call the client.
    pub(super) released: Vec<Arc<Memory>>,
    /// Whether waiting calls should look again.
    pub(super) changed: bool,
}

impl Effects {
    pub(super) fn happen(self) {
        for (level, message) in &self.messages {
            log::send(*level, message);
        }
        drop(self.released);
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) script: Script,
    pub(super) sensors: Vec<Sensor>,
    pub(super) devices: HashMap<u64, Device>,
    pub(super) captures: HashMap<u64, Capture>,
    pub(super) images: HashMap<u64, Image>,
    created: [u64; 3],
    numbers: u64,
    misuse: u64,
    misuses: VecDeque<String>,
    pub(super) configurations: VecDeque<StartedConfiguration>,
    pub(super) controls: VecDeque<ControlSet>,
    pub(super) effects: Effects,
}

/// Adds to a list of what happened.
pub(super) fn note<T>(events: &mut VecDeque<T>, event: T, most: usize) {
    if events.len() >= most {
        events.pop_front();
    }
    events.push_back(event);
}

/// The script that the environment names. An invalid script is reported here and ignored, because no caller gets the
/// error.
fn named_script() -> Option<Script> {
    let file = std::env::var_os(SCRIPT_VARIABLE)?;
    let script = std::fs::read_to_string(&file)
        .map_err(|error| error.to_string())
        .and_then(|json| Script::parse(&json));
    script
        .inspect_err(|problem| eprintln!("{}: {problem}", file.display()))
        .ok()
}

impl World {
    /// The script of a library that has not been given one: the script that the environment names, or one healthy
    /// device.
    pub(super) fn new() -> Self {
        let mut world = Self {
            script: Script::default(),
            sensors: Vec::new(),
            devices: HashMap::new(),
            captures: HashMap::new(),
            images: HashMap::new(),
            created: [0; 3],
            numbers: 0,
            misuse: 0,
            misuses: VecDeque::new(),
            configurations: VecDeque::new(),
            controls: VecDeque::new(),
            effects: Effects::default(),
        };
        world.configure(named_script().unwrap_or_default());
        world
    }

    /// A number that was never given out before.
    pub(super) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn say(&mut self, level: Level, message: impl Into<String>) {
        self.effects.messages.push((level, message.into()));
    }

    /// Reports misuse by a client.
    pub(super) fn misused(&mut self, what: String) {
        self.misuse += 1;
        self.say(Level::Critical, format!("misuse: {what}"));
        note(&mut self.misuses, what, MOST_MISUSES);
    }

    /// A new handle, made of its kind, a number and the loaded library's salt. It is not an address.
    pub(super) fn handle(&mut self, kind: Kind) -> u64 {
        self.created[kind as usize - 1] += 1;
        salt() << 40 | self.number() << 4 | kind as u64
    }

    /// Reports a handle that is not valid, and the reason as far as it is known.
    pub(super) fn bad_handle(&mut self, function: &str, expected: Kind, handle: u64) {
        let expected = expected.name();
        let kind = Kind::ALL.into_iter().find(|k| *k as u64 == handle & 0xF);
        let known = handle >> 40 == salt() && handle >> 4 & 0xF_FFFF_FFFF <= self.numbers;
        let what = match kind {
            _ if handle == 0 => format!("{function}: the {expected} is null"),
            Some(kind) if known && kind.name() != expected => {
                format!(
                    "{function}: this is a handle of kind {}, not {expected}",
                    kind.name()
                )
            }
            Some(_) if known => format!("{function}: the {expected} was released before"),
            _ => format!("{function}: {handle:#x} is no {expected} of this library"),
        };
        self.misused(what);
    }

    /// Applies a script. Devices whose serial numbers stay keep their state.
    pub(super) fn configure(&mut self, script: Script) {
        let mut old = std::mem::take(&mut self.sensors);
        for device in &script.devices {
            let known = old
                .iter()
                .position(|sensor| sensor.script.serial == device.serial);
            let sensor = if let Some(place) = known {
                let mut sensor = old.swap_remove(place);
                sensor.script = device.clone();
                sensor.done = Done::default();
                sensor
            } else {
                let connection = self.number();
                Sensor::new(device.clone(), connection)
            };
            self.sensors.push(sensor);
        }
        for sensor in old {
            self.lose(&sensor.script.serial, sensor.connection, false);
        }
        self.script = script;
        self.effects.changed = true;
    }

    /// Carries out a command: `unplug`, `replug` or `power-cycle` with a serial number, or `forget`.
    pub(super) fn command(&mut self, command: &str) -> Result<(), String> {
        let (verb, serial) = command
            .trim()
            .split_once(' ')
            .unwrap_or((command.trim(), ""));
        if verb == "forget" {
            scene::forget();
            return Ok(());
        }
        let place = self
            .sensors
            .iter()
            .position(|sensor| sensor.script.serial == serial)
            .ok_or_else(|| {
                format!("the command {command:?}: the script has no device {serial:?}")
            })?;
        match verb {
            "unplug" => self.unplug(place, None, false),
            "replug" => self.plug(place),
            "power-cycle" => {
                self.unplug(place, None, false);
                let sensor = &mut self.sensors[place];
                sensor.controls = Controls::new(sensor.script.firmware.rgb);
                self.plug(place);
            }
            _ => {
                return Err(format!(
                    "the command {command:?}: there are unplug, replug, power-cycle and forget"
                ));
            }
        }
        Ok(())
    }

    fn plug(&mut self, place: usize) {
        let connection = self.number();
        let sensor = &mut self.sensors[place];
        sensor.back_at = None;
        if !sensor.plugged {
            sensor.plugged = true;
            sensor.connection = connection;
            self.effects.changed = true;
        }
    }

    fn unplug(&mut self, place: usize, back_at: Option<Instant>, silent: bool) {
        let sensor = &mut self.sensors[place];
        sensor.back_at = back_at;
        if !sensor.plugged {
            return;
        }
        sensor.plugged = false;
        sensor.held_by = None;
        sensor.statistics.unplugged += 1;
        let (serial, connection) = (sensor.script.serial.clone(), sensor.connection);
        self.lose(&serial, connection, silent);
    }

    /// Marks the open handle of a device as lost.
    fn lose(&mut self, serial: &str, connection: u64, silent: bool) {
        for device in self.devices.values_mut() {
            if device.serial == serial && device.connection == connection {
                device.gone = Some(if silent {
                    State::Silent
                } else {
                    State::Failing
                });
            }
        }
        self.effects.changed = true;
    }

    /// Advances the state to `now`.
    pub(super) fn advance(&mut self, now: Instant) {
        for place in 0..self.sensors.len() {
            if self.sensors[place].back_at.is_some_and(|at| at <= now) {
                self.plug(place);
            }
        }
        if !self.devices.values().any(|device| device.stream.is_some()) {
            return;
        }
        self.beat(now);
        let mut unplugged = Vec::new();
        for device in self.devices.values_mut() {
            let Some(stream) = device.stream.as_mut().filter(|_| device.gone.is_none()) else {
                continue;
            };
            let Some(place) =
                (self.sensors.iter()).position(|sensor| sensor.script.serial == device.serial)
            else {
                continue;
            };
            let sensor = &mut self.sensors[place];
            'frames: while let Some(due) =
                stream.due(&sensor.script.faults).filter(|due| *due <= now)
            {
                let number = stream.next;
                let mut lost = false;
                for (index, fault) in sensor.script.faults.iter().enumerate() {
                    if !fault.when.hits(number) {
                        continue;
                    }
                    match fault.what {
                        Fault::Unplug {
                            back_after_ms,
                            times,
                            silent,
                        } => {
                            let unplugs = &mut sensor.done.unplugs;
                            unplugs.resize(sensor.script.faults.len(), 0);
                            if times.is_none_or(|times| unplugs[index] < times) {
                                unplugs[index] = unplugs[index].saturating_add(1);
                                let back = back_after_ms.map(|ms| due + Duration::from_millis(ms));
                                unplugged.push((place, back, silent));
                                break 'frames;
                            }
                        }
                        Fault::Silence => stream.state = State::Silent,
                        Fault::Fail => {
                            stream.state = State::Failing;
                            stream.queue.clear();
                        }
                        Fault::Dropped => lost = true,
                        Fault::NoColor | Fault::NoDepth if stream.modes.synchronized_only => {
                            lost = true;
                        }
                        _ => {}
                    }
                }
                if stream.state != State::Running {
                    break;
                }
                sensor.statistics.taken += 1;
                sensor.statistics.overflowed += u64::from(stream.take(due, lost));
            }
        }
        for (place, back, silent) in unplugged {
            self.unplug(place, back, silent);
            // The sensor may be plugged in again already.
            if back.is_some_and(|at| at <= now) {
                self.plug(place);
            }
        }
    }

    /// Gives subordinates the master's synchronisation signal, and takes it from them when no master runs.
    pub(super) fn beat(&mut self, now: Instant) {
        let cable_out = |serial: &str| {
            self.sensors
                .iter()
                .any(|sensor| sensor.script.serial == serial && sensor.script.sync_out)
        };
        let master = self.devices.values().any(|device| {
            device.gone.is_none()
                && device.stream.as_ref().is_some_and(|stream| {
                    stream.modes.sync == WiredSyncMode::Master && stream.state == State::Running
                })
                && cable_out(&device.serial)
        });
        for device in self.devices.values_mut() {
            if let Some(stream) = &mut device.stream
                && stream.modes.sync == WiredSyncMode::Subordinate
                && stream.beat.is_some() != master
            {
                stream.beat = master.then_some((stream.next, now));
                self.effects.changed = true;
            }
        }
    }

    /// All statistics except the calls, which the exported functions count.
    pub(super) fn statistics(&self) -> Statistics {
        let objects = |kind: Kind, live: usize| Objects {
            live: live as u64,
            created: self.created[kind as usize - 1],
        };
        let by_serial = self.sensors.iter().map(|sensor| {
            let mut statistics = sensor.statistics.clone();
            statistics.plugged = sensor.plugged;
            statistics.open = sensor.held_by.is_some();
            statistics.streaming = self.devices.values().any(|device| {
                device.gone.is_none()
                    && device.serial == sensor.script.serial
                    && device.stream.is_some()
            });
            statistics.controls = sensor.controls.0.clone();
            (sensor.script.serial.clone(), statistics)
        });
        Statistics {
            devices: objects(Kind::Device, self.devices.len()),
            captures: objects(Kind::Capture, self.captures.len()),
            images: objects(Kind::Image, self.images.len()),
            misuse: self.misuse,
            misuses: self.misuses.iter().cloned().collect(),
            threads: scene::THREADS.load(Ordering::Relaxed),
            configurations: self.configurations.iter().cloned().collect(),
            controls: self.controls.iter().cloned().collect(),
            bytes: memory::bytes(),
            by_serial: by_serial.collect(),
            ..Statistics::default()
        }
    }

    pub(super) fn note_configuration(&mut self, configuration: StartedConfiguration) {
        note(&mut self.configurations, configuration, MOST_EVENTS);
    }

    pub(super) fn note_control(&mut self, control: ControlSet) {
        note(&mut self.controls, control, MOST_EVENTS);
    }
}

/// A number that distinguishes this loaded library's handles from another's: made from the address at which the
/// library is loaded.
fn salt() -> u64 {
    static HERE: u8 = 0;
    let address = std::ptr::from_ref(&HERE).addr() as u64;
    // Libraries lie on pages; a product with an odd number spreads them over the upper bits, of which 23 are taken.
    ((address >> 12).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 41) | 1
}
