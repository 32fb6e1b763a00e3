//! Finds and opens sensors, and ensures that each belongs to only one source of the process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use k4a::{Device, ErrorKind, Library, Vendor};

use super::settings::{DeviceSelector, DeviceSettings, DeviceVendor};
use crate::source::{Recovery, SourceError, SourceErrorKind};

/// Only one source of each vendor opens sensors at a time, because a search for a serial number opens sensors that
/// another source may be about to open. A vendor's library that hangs does not stop the other vendor's.
static OPENING: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];
/// The sensors that sources of this process have.
static CLAIMED: Mutex<Vec<Owned>> = Mutex::new(Vec::new());

#[derive(Clone, Debug, PartialEq, Eq)]
struct Owned {
    library: std::path::PathBuf,
    serial: String,
    index: u32,
}

/// The exclusive right of one source to a sensor, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim(Owned);

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claimed = lock(&CLAIMED);
        if let Some(place) = claimed.iter().position(|owned| *owned == self.0) {
            claimed.swap_remove(place);
        }
    }
}

/// A sensor that was found and opened.
pub(super) struct Opened {
    pub(super) device: Device,
    pub(super) serial: String,
    pub(super) index: u32,
    pub(super) claim: Claim,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The mutexes guard nothing or a list of plain values, which a panic cannot leave half written.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while sensors of a library are opened.
pub(super) fn turn(library: &Library) -> MutexGuard<'static, ()> {
    lock(match library.vendor() {
        Vendor::Microsoft => &OPENING[0],
        Vendor::Orbbec => &OPENING[1],
    })
}

/// Loads the library that the settings choose. It stays loaded.
pub(super) fn library(settings: &DeviceSettings) -> Result<Library, SourceError> {
    let wanted = match settings.vendor {
        DeviceVendor::Any => None,
        DeviceVendor::Microsoft => Some(Vendor::Microsoft),
        DeviceVendor::Orbbec => Some(Vendor::Orbbec),
    };
    let loaded = match (&settings.library, wanted) {
        (Some(path), _) => Library::load_from(path),
        (None, Some(vendor)) => Library::load_vendor(vendor),
        (None, None) => Library::load(),
    }
    .map_err(|error| {
        let kind = if error.found_nothing() {
            SourceErrorKind::NoLibrary
        } else {
            SourceErrorKind::UnusableLibrary
        };
        SourceError::new(kind, error.to_string())
    })?;
    match wanted {
        Some(vendor) if vendor != loaded.vendor() => Err(SourceError::new(
            SourceErrorKind::UnusableLibrary,
            format!(
                "{} is {}'s library, but {vendor}'s was wanted: name another file, or set the vendor to Any",
                loaded.path().display(),
                loaded.vendor()
            ),
        )),
        _ => Ok(loaded),
    }
}

/// The serial number of the sensor with that index, if a source of this program has that sensor; empty if the sensor
/// has no serial number.
pub(super) fn claimed_serial(library: &Library, index: u32) -> Option<String> {
    owned(library, |owned| owned.index == index).map(|owned| owned.serial)
}

fn owned(library: &Library, is: impl Fn(&Owned) -> bool) -> Option<Owned> {
    lock(&CLAIMED)
        .iter()
        .find(|owned| owned.library == library.path() && is(owned))
        .cloned()
}

/// Opens the sensor that the selector chooses.
pub(super) fn open(library: &Library, selector: &DeviceSelector) -> Result<Opened, SourceError> {
    let _turn = turn(library);
    let count = library.device_count();
    if count == 0 {
        return Err(SourceError::new(
            SourceErrorKind::NotConnected,
            "no sensor is connected: plug it into a USB 3 port and give it power; on Linux the vendor's udev rules must be \
             installed",
        ));
    }
    match selector {
        DeviceSelector::Index(index) => {
            if let Some(owned) = owned(library, |owned| owned.index == *index) {
                return Err(taken(&owned.serial));
            }
            let device = library.open_device(*index).map_err(opening)?;
            claim(library, device, *index)
        }
        DeviceSelector::FirstFree => {
            let mut last = None;
            for index in 0..count {
                if owned(library, |owned| owned.index == index).is_some() {
                    continue;
                }
                match library.open_device(index) {
                    Ok(device) => return claim(library, device, index),
                    Err(error) => last = Some(opening(error)),
                }
            }
            Err(last.unwrap_or_else(|| {
                SourceError::new(
                    SourceErrorKind::Claimed,
                    format!(
                        "all {count} connected sensors are used by other sensors of this app: connect one more"
                    ),
                )
            }))
        }
        DeviceSelector::Serial(serial) => {
            if owned(library, |owned| owned.serial == *serial).is_some() {
                return Err(taken(serial));
            }
            let (mut others, mut closed) = (Vec::new(), None);
            for index in 0..count {
                // No index is skipped, not even one at which another source opened its sensor: indices change, so the
                // wanted sensor may have that index by now.
                match library.open_device(index) {
                    Ok(device) => match device.serial_number() {
                        Ok(found) if found == *serial => return claim(library, device, index),
                        Ok(found) => others.push(found),
                        Err(error) => closed = Some(opening(error)),
                    },
                    Err(error) => closed = Some(opening(error)),
                }
            }
            others.extend(
                lock(&CLAIMED)
                    .iter()
                    .filter(|owned| owned.library == library.path())
                    .map(|owned| owned.serial.clone()),
            );
            let others = match others.as_slice() {
                [] => "and neither is another one".to_owned(),
                others => format!("only {}", others.join(", ")),
            };
            // The sensor that could not be opened may be the wanted one, so the error allows another attempt.
            let kind = closed
                .as_ref()
                .filter(|error| error.recovery() == Recovery::Retry)
                .map_or(SourceErrorKind::NotConnected, |error| error.kind);
            let closed = closed.map_or(String::new(), |error| {
                format!("; the serial number of one connected sensor could not be read: {error}")
            });
            Err(SourceError::new(
                kind,
                format!(
                    "no sensor with the serial number {serial} is connected, {others}: plug it in or correct the \
                     number{closed}"
                ),
            ))
        }
    }
}

fn claim(library: &Library, device: Device, index: u32) -> Result<Opened, SourceError> {
    // A sensor without a serial number is claimed by its index. It can be used, but a search for a serial number does
    // not find it.
    let serial = device.serial_number().unwrap_or_default();
    let owned = Owned {
        library: library.path().to_owned(),
        serial: serial.clone(),
        index,
    };
    lock(&CLAIMED).push(owned.clone());
    Ok(Opened {
        device,
        serial,
        index,
        claim: Claim(owned),
    })
}

fn taken(serial: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::Claimed,
        format!(
            "the sensor {serial} belongs to another sensor entity or source of this app: give one of them another sensor"
        ),
    )
}

/// An error of opening a device.
fn opening(error: k4a::Error) -> SourceError {
    let kind = match error.kind() {
        ErrorKind::NoDevice => SourceErrorKind::NotConnected,
        ErrorKind::InUse => SourceErrorKind::InUse,
        ErrorKind::NotPermitted => SourceErrorKind::NotPermitted,
        ErrorKind::NotSupported => SourceErrorKind::NotSupported,
        ErrorKind::Lost => SourceErrorKind::Lost,
        _ => SourceErrorKind::OpenRefused,
    };
    SourceError::new(kind, error.to_string())
}
