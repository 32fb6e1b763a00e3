//! Asks libraries for their sensors: opens each for a moment. Libraries can hang, so that each works on a thread of its
//! own and is given up when it takes too long.

use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use k4a::{Device, Library, Vendor};
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::report::{Check, Finding, Status};
use super::usb::Bus;

/// A sensor that a library has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedSensor {
    /// What the library opens it by.
    pub index: u32,
    /// Its serial number.
    pub serial: Option<String>,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// How fast it is connected, in Mbit/s, where the system tells: 5000 is USB 3, 480 is USB 2.
    pub usb_mbit: Option<u32>,
    /// Why it, or some of this, could not be asked, and what to do.
    pub problem: Option<String>,
}

/// The sensors of one library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibrarySensors {
    /// `Microsoft` or `Orbbec`.
    pub vendor: String,
    /// The library's file.
    pub library: PathBuf,
    /// Its version, as far as file names tell.
    pub version: Option<String>,
    /// In the order of their indices.
    pub sensors: Vec<ConnectedSensor>,
    /// Why there may be more.
    pub problem: Option<String>,
}

/// What a thread says while it asks.
enum Answer {
    Count(u32),
    Sensor(ConnectedSensor),
}

/// Asks libraries for their sensors, all libraries at once. A sensor is opened for a moment, so that it must not be in use
/// by anybody.
///
/// Never waits longer than `patience` for one answer. Then what is known is given, with a
/// [`problem`](LibrarySensors::problem); the thread that still waits for the library stays behind until that returns.
pub fn connected_sensors(libraries: &[Library], patience: Duration) -> Vec<LibrarySensors> {
    let bus = Bus::read(&Facts::of_this_machine());
    let asked: Vec<_> = libraries
        .iter()
        .map(|library| {
            let (sender, receiver) = mpsc::channel();
            let of_thread = library.clone();
            let thread = std::thread::Builder::new()
                .name("kinect sensors".to_owned())
                .spawn(move || ask(&of_thread, &sender));
            (library, receiver, thread)
        })
        .collect();
    asked
        .into_iter()
        .map(|(library, receiver, thread)| {
            let mut found = LibrarySensors {
                vendor: library.vendor().to_string(),
                library: library.path().to_owned(),
                version: library.version().map(|version| version.to_string()),
                sensors: Vec::new(),
                problem: None,
            };
            if let Err(error) = thread {
                found.problem = Some(format!("no thread could be started to ask it: {error}"));
                return found;
            }
            let mut count = None;
            loop {
                match receiver.recv_timeout(patience) {
                    Ok(Answer::Count(number)) => count = Some(number),
                    Ok(Answer::Sensor(mut sensor)) => {
                        sensor.usb_mbit = bus.speed_of(library.vendor(), sensor.serial.as_deref());
                        found.sensors.push(sensor);
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        give_up(&mut found, count, patience);
                        break;
                    }
                }
            }
            found
        })
        .collect()
}

/// Says which sensor did not answer, and that those behind it were not asked.
fn give_up(found: &mut LibrarySensors, count: Option<u32>, patience: Duration) {
    let seconds = patience.as_secs_f64();
    let Some(count) = count else {
        found.problem = Some(format!(
            "it did not say within {seconds} s which sensors there are; unplug the sensors, plug them in again, and start again"
        ));
        return;
    };
    let silent = u32::try_from(found.sensors.len()).unwrap_or(u32::MAX);
    if silent >= count {
        found.problem = Some(format!(
            "it did not close the last sensor within {seconds} s"
        ));
        return;
    }
    for index in silent..count {
        let problem = if index == silent {
            format!(
                "it did not open within {seconds} s; take its power and USB cable away for a moment, or close the program \
                 that uses it"
            )
        } else {
            format!("not asked, because sensor {silent} did not answer")
        };
        found.sensors.push(ConnectedSensor {
            index,
            problem: Some(problem),
            ..ConnectedSensor::default()
        });
    }
    found.problem = Some(format!("sensor {silent} did not answer"));
}

/// Asks one library for everything; ends early when nobody listens any more.
fn ask(library: &Library, answers: &Sender<Answer>) {
    let count = library.device_count();
    if answers.send(Answer::Count(count)).is_err() {
        return;
    }
    for index in 0..count {
        let (sensor, device) = match library.open_device(index) {
            Ok(device) => (describe(index, &device), Some(device)),
            Err(error) => {
                let sensor = ConnectedSensor {
                    index,
                    problem: Some(error.to_string()),
                    ..ConnectedSensor::default()
                };
                (sensor, None)
            }
        };
        if answers.send(Answer::Sensor(sensor)).is_err() {
            return;
        }
        drop(device);
    }
}

fn describe(index: u32, device: &Device) -> ConnectedSensor {
    let mut sensor = ConnectedSensor {
        index,
        ..ConnectedSensor::default()
    };
    let mut problems = Vec::new();
    match device.serial_number() {
        Ok(serial) => sensor.serial = Some(serial),
        Err(error) => problems.push(error.to_string()),
    }
    let text = |version: k4a::Version| {
        format!("{}.{}.{}", version.major, version.minor, version.iteration)
    };
    match device.version() {
        Ok(versions) => {
            sensor.color_firmware = versions.color.map(text);
            sensor.depth_firmware = versions.depth.map(text);
        }
        Err(error) => problems.push(error.to_string()),
    }
    sensor.problem = (!problems.is_empty()).then(|| problems.join("; "));
    sensor
}

/// What is said about sensors that were asked.
pub(super) fn findings(asked: Option<&[LibrarySensors]>) -> Vec<Finding> {
    const CHECK: Check = Check::LibrarySensors;
    let Some(asked) = asked else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for library in asked {
        for sensor in &library.sensors {
            let name = format!(
                "{}'s sensor {}{}",
                library.vendor,
                sensor.index,
                sensor
                    .serial
                    .as_ref()
                    .map_or(String::new(), |serial| format!(" ({serial})"))
            );
            findings.push(match &sensor.problem {
                None => Finding::new(CHECK, Status::Found, name).needed(true),
                Some(problem) => {
                    Finding::new(CHECK, Status::Wrong, format!("{name}: {problem}")).needed(true)
                }
            });
        }
        if let Some(problem) = &library.problem
            && library.sensors.iter().all(|one| one.problem.is_none())
        {
            let what = format!("{}'s library: {problem}", library.vendor);
            findings.push(Finding::new(CHECK, Status::Wrong, what).needed(true));
        }
    }
    if findings.is_empty() {
        let vendors: Vec<_> = asked.iter().map(|one| one.vendor.as_str()).collect();
        let what = if vendors.is_empty() {
            "no library is there to ask".to_owned()
        } else {
            format!(
                "no sensor answers to the library of {}",
                vendors.join(" or ")
            )
        };
        findings.push(
            Finding::new(CHECK, Status::Missing, what)
                .needed(true)
                .fix(
                    "check power, USB 3 cable, udev rules (Linux), and that the library is the one of the sensor's vendor: \
                     Microsoft's has no Femtos, Orbbec's no Azure Kinects",
                ),
        );
    }
    // One that answers is enough.
    if findings
        .iter()
        .any(|finding| finding.status == Status::Found)
    {
        for finding in &mut findings {
            finding.needed = finding.status == Status::Found;
        }
    }
    findings
}

// A library's vendor is told by name, because the name is what is saved.
impl LibrarySensors {
    /// Whose library it is; `None` for a name that nobody has.
    pub fn vendor(&self) -> Option<Vendor> {
        [Vendor::Microsoft, Vendor::Orbbec]
            .into_iter()
            .find(|vendor| vendor.to_string() == self.vendor)
    }
}
