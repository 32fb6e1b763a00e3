//! The doctor checks whether this machine can use a sensor, and says what is wrong and how to mend it.
//!
//! [`examine`] looks at everything between a sensor and a picture: the vendors' libraries and what they load, access
//! rights, USB ports, the graphics that the depth engine needs. Each [`Finding`] says what was looked at, what was found,
//! and what to do. `docs/doctor.md` explains every [`Check`].
//!
//! How it works: nothing is changed, and no sensor is opened unless [`DoctorSettings::ask_sensors`] says so, because
//! that disturbs other programs. All facts about the machine come from `facts` (the folder `/`, the environment,
//! which device files can be opened), so that tests can make up any machine. `libraries` judges the vendors'
//! libraries, `usb` the sensors on USB, `sensors` the sensors that the libraries opened, `gpu` the graphics adapter,
//! `tracker` the vendor's body tracker, `system` the rest.
//!
//! ```no_run
//! use kinect_azure::doctor::{DoctorSettings, examine};
//!
//! let report = examine(&DoctorSettings::default());
//! for finding in &report.findings {
//!     println!("{}: {:?}, {}", finding.check.title(), finding.status, finding.what);
//! }
//! println!("a sensor could be used: {}", report.is_usable());
//! ```

mod facts;
mod gpu;
mod libraries;
mod report;
mod sensors;
mod system;
mod tracker;
mod usb;

#[cfg(test)]
mod tests;

pub use report::{Check, Finding, Report, Status};

use std::time::Duration;

use facts::{Facts, Os};

use crate::device::bus::Bus;
use crate::device::{LibrarySensors, connected_sensors};

/// The settings of [`examine`]: the app's graphics adapter, and whether libraries are loaded and sensors opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorSettings {
    /// The name of the graphics adapter that the app draws with. With `None` the doctor looks for graphics cards and drivers.
    pub adapter: Option<String>,
    /// Loads the vendors' libraries, which runs their code and keeps them loaded until the process ends. If `false`,
    /// the doctor only checks whether their files exist.
    pub load_libraries: bool,
    /// Opens every sensor for a moment and reads its serial number and firmware. Opening a sensor can fail while
    /// another program uses it, and a program that opens a sensor during that moment finds it in use.
    pub ask_sensors: bool,
    /// How long a library may take for one sensor.
    pub patience: Duration,
}

impl Default for DoctorSettings {
    /// Loads the libraries and opens no sensor.
    fn default() -> Self {
        Self {
            adapter: None,
            load_libraries: true,
            ask_sensors: false,
            patience: Duration::from_secs(10),
        }
    }
}

/// Examines this machine. Takes milliseconds; some seconds more when sensors are asked.
pub fn examine(settings: &DoctorSettings) -> Report {
    let facts = Facts::of_this_machine();
    let bus = bus_of(&facts);
    let loaded = libraries::Vendors::look(settings.load_libraries);
    let asked = settings
        .ask_sensors
        .then(|| connected_sensors(&loaded.libraries(), settings.patience));
    report(&facts, &bus, &loaded, asked.as_deref(), settings)
}

/// The sensors on USB, which only Linux lists.
fn bus_of(facts: &Facts) -> Bus {
    match facts.os {
        Os::Linux => Bus::read(&facts.root),
        Os::Windows | Os::Other => Bus(None),
    }
}

/// Collects the findings of all checks.
fn report(
    facts: &Facts,
    bus: &Bus,
    loaded: &libraries::Vendors,
    asked: Option<&[LibrarySensors]>,
    settings: &DoctorSettings,
) -> Report {
    let mut findings = libraries::findings(facts, bus, loaded);
    findings.push(system::graphics(facts));
    findings.extend(usb::findings(facts, bus, loaded, asked));
    findings.extend(sensors::findings(asked));
    findings.extend(sensors::wired_sync(asked));
    findings.push(libraries::femto_network(facts, loaded, bus));
    findings.extend(tracker::findings(facts, loaded));
    findings.push(libraries::onnx_runtime(facts));
    findings.push(gpu::adapter(facts, settings.adapter.as_deref()));
    findings.push(system::display(facts));
    findings.push(system::microphones(facts));
    Report { findings }
}
