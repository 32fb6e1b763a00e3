//! Which live sensor, and through which library.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kinect_azure::device::{DeviceSelector, DeviceVendor};

/// The vendor's library through which sensors are used.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sensor")]
pub struct LibraryOptions {
    /// The vendor's library (libk4a) or its folder, instead of searching for it
    #[arg(long, value_name = "PATH")]
    pub library: Option<PathBuf>,
    /// Only sensors of this vendor [default: of the vendor whose library is found first]
    #[arg(long)]
    pub vendor: Option<VendorName>,
}

impl LibraryOptions {
    /// The vendor; `Any` where the option is not given.
    pub fn vendor(&self) -> DeviceVendor {
        self.vendor.map_or(DeviceVendor::Any, Into::into)
    }
}

/// Which of the connected sensors.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Sensor")]
pub struct SensorOptions {
    /// The sensor with this serial number [default: the first that no program uses]
    #[arg(long, conflicts_with = "index")]
    pub serial: Option<String>,
    /// The sensor with this index in `kinect list`
    #[arg(long)]
    pub index: Option<u32>,
    /// The library.
    #[command(flatten)]
    pub library: LibraryOptions,
}

impl SensorOptions {
    /// The sensor; the first free one where no option chooses it.
    pub fn selector(&self) -> DeviceSelector {
        match (&self.serial, self.index) {
            (Some(serial), _) => DeviceSelector::Serial(serial.clone()),
            (None, Some(index)) => DeviceSelector::Index(index),
            (None, None) => DeviceSelector::FirstFree,
        }
    }
}

/// The vendor of the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VendorName {
    /// Azure Kinect
    Microsoft,
    /// Femto Bolt, Mega, Mega I
    Orbbec,
}

impl From<VendorName> for DeviceVendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Microsoft => Self::Microsoft,
            VendorName::Orbbec => Self::Orbbec,
        }
    }
}
