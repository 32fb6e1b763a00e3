//! The script of a stand-in library: its devices, their images, and their faults.
//!
//! A [`Script`] travels as JSON to one loaded library (`k4a_standin_configure`), at any time, also while devices run:
//! a device keeps its state (open, streaming, unplugged, colour controls) as long as its serial number stays in the
//! script; one that is no longer listed is unplugged. Every field has a default, so that `{}` is one healthy device.
//!
//! ```
//! use k4a_standin::{DeviceScript, Fault, Script, When};
//!
//! let script = Script::of([
//!     DeviceScript::new("000000000001")
//!         .fault(When::At(30), Fault::Unplug { back_after_ms: Some(200), times: None, silent: false }),
//!     DeviceScript::new("000000000002").fault(When::Every(5), Fault::NoColor),
//! ]);
//! # assert!(script.check().is_ok());
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The environment variable that names a file with the first script of a library (JSON), for processes whose library a
/// test cannot call.
pub const SCRIPT_VARIABLE: &str = "K4A_STANDIN_SCRIPT";

/// Everything that one loaded library plays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The devices, in the order of their indices.
    pub devices: Vec<DeviceScript>,
    /// The devices' images.
    pub scene: Scene,
    /// How many captures are drawn, once for all devices, and replayed in a loop: 1 to 64.
    pub captures: u32,
    /// How many times faster than real devices the devices deliver, 0.01 to 1000. Device timestamps do not change with
    /// it.
    pub speed: f64,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            devices: vec![DeviceScript::default()],
            scene: Scene::default(),
            captures: 4,
            speed: 1.0,
        }
    }
}

impl Script {
    /// A script with the given devices.
    pub fn of(devices: impl IntoIterator<Item = DeviceScript>) -> Self {
        Self {
            devices: devices.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A script with `devices` healthy devices, whose serial numbers are 000000000001 and so on.
    pub fn healthy(devices: u32) -> Self {
        Self::of((1..=devices).map(|n| DeviceScript::new(format!("{n:012}"))))
    }

    /// Reads the JSON text of a script and checks it.
    ///
    /// # Errors
    /// Fails with a sentence that names the wrong value, its place, and the allowed values.
    pub fn parse(json: &str) -> Result<Self, String> {
        let script: Self =
            serde_json::from_str(json).map_err(|error| format!("the script: {error}"))?;
        script.check()?;
        Ok(script)
    }

    /// Checks that the script's values are allowed.
    ///
    /// # Errors
    /// Fails with a sentence that names the wrong value, its place, and the allowed values.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=64).contains(&self.captures) {
            return Err(format!(
                "the script: captures is {}, but 1 to 64 can be drawn",
                self.captures
            ));
        }
        if !(0.01..=1000.0).contains(&self.speed) {
            return Err(format!(
                "the script: speed is {}, but must be from 0.01 to 1000",
                self.speed
            ));
        }
        let mut serials = BTreeSet::new();
        for (index, device) in self.devices.iter().enumerate() {
            let fail = |what: &str| Err(format!("the script: devices[{index}]: {what}"));
            if device.serial.is_empty() || !device.serial.chars().all(|c| c.is_ascii_graphic()) {
                return fail("serial must be printable ASCII without spaces");
            }
            if !serials.insert(&device.serial) {
                return fail(&format!(
                    "serial {} is that of an earlier device; to report a wrong one use serial_fault",
                    device.serial
                ));
            }
            for fault in &device.faults {
                if fault.when == When::Every(0) {
                    return fail("a fault happens every 0 frames; use 1 for each frame");
                }
            }
        }
        Ok(())
    }

    /// The JSON text that [`parse`](Self::parse) reads.
    pub fn json(&self) -> String {
        // Plain data with string keys cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The images that the devices deliver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// A test chart that is drawn in milliseconds. It shows its number in the loop of captures ([`crate::chart`]).
    #[default]
    Pattern,
    /// The simulated sensor: people in a room. Drawing takes some seconds at the first start.
    People,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceScript {
    /// The device's name in scripts and commands, and the serial number that it reports.
    pub serial: String,
    /// Whether it is plugged in when it first appears in a script.
    pub plugged: bool,
    /// Whether a cable is in its sync-in jack.
    pub sync_in: bool,
    /// Whether a cable is in its sync-out jack.
    pub sync_out: bool,
    /// The firmware versions that it reports; opening fails if they are too old.
    pub firmware: Firmware,
    /// The faults in certain frames.
    pub faults: Vec<FrameFault>,
    /// How long opening takes, in ms.
    pub open_ms: u64,
    /// Whether opening fails.
    pub open_fails: Fails,
    /// Whether opening fails because the system does not permit it, as on Linux without the vendor's udev rules.
    pub open_denied: bool,
    /// How long starting the cameras takes, in ms.
    pub start_ms: u64,
    /// Whether starting the cameras fails.
    pub start_fails: Fails,
    /// How long stopping the cameras takes, in ms.
    pub stop_ms: u64,
    /// How long closing takes, in ms.
    pub close_ms: u64,
    /// How long after the start the first frame is taken, in ms.
    pub first_frame_ms: u64,
    /// Whether starting the inertial sensors fails.
    pub imu_start_fails: Fails,
    /// The number of inertial samples after a start until no more come; `null`: they never stop.
    pub imu_stops_after: Option<u64>,
    /// Colour controls that are refused or answer nonsense.
    pub controls: Vec<ControlFault>,
    /// The fault of its calibration.
    pub calibration: Option<CalibrationFault>,
    /// The fault of the serial number that it reports.
    pub serial_fault: Option<SerialFault>,
    /// Reading the versions fails.
    pub version_fails: bool,
    /// Reading the sync jacks fails.
    pub sync_jack_fails: bool,
}

impl Default for DeviceScript {
    fn default() -> Self {
        Self {
            serial: "000000000001".into(),
            plugged: true,
            sync_in: false,
            sync_out: false,
            firmware: Firmware::default(),
            faults: Vec::new(),
            open_ms: 0,
            open_fails: Fails::Never,
            open_denied: false,
            start_ms: 0,
            start_fails: Fails::Never,
            stop_ms: 0,
            close_ms: 0,
            first_frame_ms: 0,
            imu_start_fails: Fails::Never,
            imu_stops_after: None,
            controls: Vec::new(),
            calibration: None,
            serial_fault: None,
            version_fails: false,
            sync_jack_fails: false,
        }
    }
}

impl DeviceScript {
    /// A healthy device of that serial number.
    pub fn new(serial: impl Into<String>) -> Self {
        Self {
            serial: serial.into(),
            ..Self::default()
        }
    }

    /// Adds a fault in certain frames.
    #[must_use]
    pub fn fault(mut self, when: When, what: Fault) -> Self {
        self.faults.push(FrameFault { when, what });
        self
    }

    /// Puts cables into its jacks.
    #[must_use]
    pub fn cables(mut self, sync_in: bool, sync_out: bool) -> Self {
        (self.sync_in, self.sync_out) = (sync_in, sync_out);
        self
    }
}

/// Versions of a device's firmware: major, minor, iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Firmware {
    /// Colour camera.
    pub rgb: [u32; 3],
    /// Depth camera.
    pub depth: [u32; 3],
    /// Microphones.
    pub audio: [u32; 3],
    /// Depth sensor, whose third number is always 0.
    pub depth_sensor: [u32; 3],
}

impl Default for Firmware {
    /// The firmware of 2020, which most devices have.
    fn default() -> Self {
        Self {
            rgb: [1, 6, 110],
            depth: [1, 6, 79],
            audio: [1, 6, 14],
            depth_sensor: [6109, 7, 0],
        }
    }
}

impl Firmware {
    /// Firmware that is older than the library accepts.
    pub const OLD: Self = Self {
        rgb: [1, 5, 60],
        depth: [1, 5, 60],
        audio: [1, 5, 10],
        depth_sensor: [5006, 20, 0],
    };
}

/// A fault in certain frames.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFault {
    /// The frames with the fault.
    pub when: When,
    /// The fault.
    pub what: Fault,
}

/// A selection of frames. Frames are counted from 0 at each start of the cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The frame with this number.
    At(u64),
    /// The frame with this number and all later ones.
    From(u64),
    /// Every n-th frame: `Every(3)` is frame 2, 5, 8 …
    Every(u64),
}

impl When {
    /// Whether a frame is selected.
    pub const fn hits(self, frame: u64) -> bool {
        match self {
            Self::At(at) => frame == at,
            Self::From(from) => frame >= from,
            Self::Every(0) => false,
            Self::Every(every) => frame % every == every - 1,
        }
    }
}

/// An image of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The colour image.
    Color,
    /// The depth image.
    Depth,
    /// The infrared image.
    Ir,
}

/// The faults that a frame can have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The device is unplugged when the frame would be taken; it is not delivered any more.
    Unplug {
        /// The device is plugged in again after this time, in ms; `null`: only by a command.
        #[serde(default)]
        back_after_ms: Option<u64>,
        /// How many times this happens in total; `null`: every time.
        #[serde(default)]
        times: Option<u32>,
        /// The calls time out for ever, as on some hosts, instead of failing.
        #[serde(default)]
        silent: bool,
    },
    /// No frames come, from this frame until the cameras are started again; the device stays plugged in.
    Silence,
    /// Waiting fails, from this frame until the cameras are started again; the device stays plugged in.
    Fail,
    /// Waiting succeeds without a capture.
    NullCapture,
    /// The image is missing.
    NoColor,
    /// The image is missing.
    NoDepth,
    /// The image is missing.
    NoIr,
    /// Half of the image's memory is missing: the size is halved, width and height are not.
    SmallBuffer(Part),
    /// One pixel less in width and in height than the mode has.
    OddSize(Part),
    /// Width, height, stride and size are 0.
    ZeroSize(Part),
    /// The format is a number that no format has.
    BadFormat(Part),
    /// The second half of the JPEG is missing.
    TruncatedJpeg,
    /// The JPEG is noise.
    GarbageJpeg,
    /// All device timestamps of the frame are too early by this many µs.
    TimestampsBack(u64),
    /// The frame, and later ones that would overtake it, come late by this many ms.
    Late(u64),
    /// The frame is lost within the device.
    Dropped,
}

/// How often a call fails.
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

/// A colour control that is refused or answers nonsense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ControlFault {
    /// The control, as `k4a_color_control_command_t`; `null`: all controls.
    pub command: Option<i32>,
    /// The call that sets the control fails.
    pub set_fails: bool,
    /// The call that reads it fails.
    pub get_fails: bool,
    /// The call that returns its capabilities fails.
    pub capabilities_fail: bool,
    /// Results have invalid numbers: mode 7, a step of 0, the largest value below the smallest.
    pub nonsense: bool,
}

/// A fault of a device's calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationFault {
    /// The call that reads it fails.
    Missing,
    /// The text is not JSON.
    Garbage,
    /// The text is good, but does not end with a NUL.
    Unterminated,
    /// The text is good; the structure has invalid numbers of modes and lens models.
    Nonsense,
}

/// A fault of the serial number that a device reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SerialFault {
    /// The call that reads it fails.
    Missing,
    /// The serial number is empty.
    Empty,
    /// The serial number has 300 characters.
    TooLong,
    /// The serial number is not UTF-8.
    NotText,
    /// The serial number does not end with a NUL.
    Unterminated,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_script_survives_its_json() {
        let mut script = Script::healthy(2);
        script.devices[0] = script.devices[0]
            .clone()
            .fault(
                When::At(3),
                Fault::Unplug {
                    back_after_ms: Some(5),
                    times: Some(2),
                    silent: true,
                },
            )
            .fault(When::Every(2), Fault::SmallBuffer(Part::Ir));
        script.devices[1].controls.push(ControlFault {
            command: Some(0),
            set_fails: true,
            ..ControlFault::default()
        });
        script.devices[1].open_fails = Fails::Times(3);
        script.devices[1].calibration = Some(CalibrationFault::Garbage);
        assert_eq!(Script::parse(&script.json()).unwrap(), script);
        assert_eq!(Script::parse("{}").unwrap(), Script::default());
        let short = r#"{"devices": [{"serial": "a", "faults": [{"when": {"at": 1}, "what": {"unplug": {}}}]}]}"#;
        assert_eq!(Script::parse(short).unwrap().devices[0].faults.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (json, word) in [
            ("", "EOF"),
            ("[1]", "invalid"),
            (r#"{"captures": 0}"#, "1 to 64"),
            (r#"{"speed": 0}"#, "0.01"),
            (r#"{"speeed": 1}"#, "speeed"),
            (r#"{"devices": [{"serial": ""}]}"#, "devices[0]"),
            (r#"{"devices": [{}, {}]}"#, "earlier device"),
            (
                r#"{"devices": [{"faults": [{"when": {"every": 0}, "what": "no_ir"}]}]}"#,
                "every 0",
            ),
            (
                r#"{"devices": [{"faults": [{"when": {"at": 0}, "what": "explode"}]}]}"#,
                "explode",
            ),
        ] {
            let error = Script::parse(json).unwrap_err();
            assert!(error.contains(word), "{json}: {error}");
        }
    }

    #[test]
    fn frames_are_counted_from_zero() {
        let hits = |when: When| (0..9).filter(|&n| when.hits(n)).collect::<Vec<_>>();
        assert_eq!(hits(When::At(4)), [4]);
        assert_eq!(hits(When::From(6)), [6, 7, 8]);
        assert_eq!(hits(When::Every(3)), [2, 5, 8]);
        assert_eq!(hits(When::Every(1)).len(), 9);
        assert!(hits(When::Every(0)).is_empty());
    }
}
