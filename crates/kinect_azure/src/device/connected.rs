//! The connected sensors, as the libraries list them within a time limit.
//!
//! A library reports a sensor's serial number and firmware only while the sensor is open, and its calls can hang. So
//! each library is asked on a thread of its own, which is abandoned after the time limit. Sensors that sources of this
//! program use are not opened again; their serial numbers are known.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use k4a::{Device, Library, Vendor};
use serde::{Deserialize, Serialize};

use super::bus::Bus;
use super::claim;
use super::controls;
use super::settings::{DeviceSettings, DeviceVendor};
use crate::source::SourceError;

/// A sensor that a vendor's library finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct ConnectedSensor {
    /// The vendor whose library finds it.
    pub vendor: DeviceVendor,
    /// Its index in that library, by which it is opened. Indices change when sensors are plugged in or out.
    pub index: u32,
    /// Its serial number; `None` when it could not be read.
    pub serial: Option<String>,
    /// Whether a source of this program uses the sensor. If so, its firmware versions are not read.
    pub in_use: bool,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// Speed of its USB connection in Mbit/s, on Linux: 5000 is USB 3, 480 is USB 2.
    pub usb_mbit: Option<u32>,
    /// Whether a cable is in its sync-in jack; `None` with Orbbec's library, which does not report it.
    pub sync_in_connected: Option<bool>,
    /// Whether a cable is in its sync-out jack; `None` with Orbbec's library, which does not report it.
    pub sync_out_connected: Option<bool>,
    /// Whether automatic exposure is on at present.
    pub auto_exposure: Option<bool>,
    /// Why the sensor could not be opened or some of these values could not be read, and how to mend that.
    pub problem: Option<String>,
}

/// The sensors that one library finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibrarySensors {
    /// The vendor of the library.
    pub vendor: DeviceVendor,
    /// The library's file.
    pub library: PathBuf,
    /// The library's version, if its file name contains one.
    pub version: Option<String>,
    /// The sensors, in the order of their indices.
    pub sensors: Vec<ConnectedSensor>,
    /// Why the list may be incomplete.
    pub problem: Option<String>,
}

/// How many sensors the library of these settings finds. Takes milliseconds and opens no sensor.
///
/// # Errors
/// Fails if no library can be loaded.
pub fn count(settings: &DeviceSettings) -> Result<u32, SourceError> {
    Ok(claim::library(settings)?.device_count())
}

/// The sensors that the library of these settings finds, as [`connected_sensors`] lists them.
///
/// # Errors
/// Fails if no library can be loaded.
pub fn list(settings: &DeviceSettings, patience: Duration) -> Result<LibrarySensors, SourceError> {
    let library = claim::library(settings)?;
    let bus = Bus::of_this_machine();
    Ok(Asked::start(&library).collect(&bus, patience))
}

/// The sensors that each of these libraries finds. All libraries are asked at the same time. Every sensor that no
/// source of this program has is opened for a moment; another program that opens the sensor during that time finds it
/// in use.
///
/// Waits at most `patience` for each answer. If a library takes longer, the answers that it gave before are returned,
/// with a [`problem`](LibrarySensors::problem); its thread ends when the library returns.
pub fn connected_sensors(libraries: &[Library], patience: Duration) -> Vec<LibrarySensors> {
    let bus = Bus::of_this_machine();
    let asked: Vec<_> = libraries.iter().map(Asked::start).collect();
    asked
        .into_iter()
        .map(|asked| asked.collect(&bus, patience))
        .collect()
}

/// What the asking thread sends.
enum Answer {
    Count(u32),
    Sensor(ConnectedSensor),
}

/// A library that is being asked.
struct Asked {
    library: Library,
    answers: Receiver<Answer>,
    /// Why no thread could be started.
    problem: Option<std::io::Error>,
}

impl Asked {
    fn start(library: &Library) -> Self {
        let (sender, answers) = mpsc::channel();
        let of_thread = library.clone();
        let thread = std::thread::Builder::new()
            .name("kinect sensors".to_owned())
            .spawn(move || ask(&of_thread, &sender));
        Self {
            library: library.clone(),
            answers,
            problem: thread.err(),
        }
    }

    fn collect(self, bus: &Bus, patience: Duration) -> LibrarySensors {
        let library = &self.library;
        let mut found = LibrarySensors {
            vendor: library.vendor().into(),
            library: library.path().to_owned(),
            version: library.version().map(|version| version.to_string()),
            sensors: Vec::new(),
            problem: None,
        };
        if let Some(error) = self.problem {
            found.problem = Some(format!("no thread could be started to ask it: {error}"));
            return found;
        }
        let mut count = None;
        loop {
            match self.answers.recv_timeout(patience) {
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
    }
}

/// Reports which sensor did not answer, and that the sensors after it were not asked.
fn give_up(found: &mut LibrarySensors, count: Option<u32>, patience: Duration) {
    let seconds = patience.as_secs_f64();
    let Some(count) = count else {
        found.problem = Some(format!(
            "it did not list the sensors within {seconds} s; unplug the sensors, plug them in again, and start the \
             program again"
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
                "the sensor did not open within {seconds} s; unplug its power and USB cable for a moment, or close \
                 the program that uses the sensor"
            )
        } else {
            format!("not asked, because sensor {silent} did not answer")
        };
        found.sensors.push(ConnectedSensor {
            vendor: found.vendor,
            index,
            problem: Some(problem),
            ..ConnectedSensor::default()
        });
    }
    found.problem = Some(format!("sensor {silent} did not answer"));
}

/// Asks a library for its sensors, one after the other; ends early when the answers are no longer received.
fn ask(library: &Library, answers: &Sender<Answer>) {
    let count = library.device_count();
    if answers.send(Answer::Count(count)).is_err() {
        return;
    }
    for index in 0..count {
        // Until the sensor is closed again, so that no source finds it in use.
        let _turn = claim::turn(library);
        let (sensor, device) = look(library, index);
        if answers.send(Answer::Sensor(sensor)).is_err() {
            return;
        }
        drop(device);
    }
}

/// One sensor, and the handle it was asked through.
fn look(library: &Library, index: u32) -> (ConnectedSensor, Option<Device>) {
    let mut sensor = ConnectedSensor {
        vendor: library.vendor().into(),
        index,
        ..ConnectedSensor::default()
    };
    if let Some(serial) = claim::claimed_serial(library, index) {
        sensor.in_use = true;
        sensor.serial = (!serial.is_empty()).then_some(serial);
        return (sensor, None);
    }
    match library.open_device(index) {
        Ok(device) => {
            describe(&mut sensor, &device);
            (sensor, Some(device))
        }
        Err(error) => {
            sensor.problem = Some(error.to_string());
            (sensor, None)
        }
    }
}

fn describe(sensor: &mut ConnectedSensor, device: &Device) {
    let mut problems = Vec::new();
    match device.serial_number() {
        Ok(serial) => sensor.serial = Some(serial),
        Err(error) => problems.push(error.to_string()),
    }
    match device.version() {
        Ok(versions) => {
            sensor.color_firmware = versions.color.map(firmware);
            sensor.depth_firmware = versions.depth.map(firmware);
        }
        Err(error) => problems.push(error.to_string()),
    }
    if device.vendor() != Vendor::Orbbec {
        match device.sync_jacks() {
            Ok(jacks) => {
                sensor.sync_in_connected = Some(jacks.in_connected);
                sensor.sync_out_connected = Some(jacks.out_connected);
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    sensor.auto_exposure = controls::exposure_is_automatic(device);
    sensor.problem = (!problems.is_empty()).then(|| problems.join("; "));
}

/// A firmware version as `major.minor.iteration`.
pub(super) fn firmware(version: k4a::Version) -> String {
    format!("{}.{}.{}", version.major, version.minor, version.iteration)
}
