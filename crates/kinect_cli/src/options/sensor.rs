//! Which live sensor.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use kinect_azure::device::{DeviceSelector, DeviceVendor};

/// Which of the connected sensors.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sensor")]
pub(crate) struct SensorOptions {
    /// The sensor with this serial number [default: the first that no program uses]
    #[arg(long, conflicts_with = "index")]
    serial: Option<String>,
    /// The sensor with this index in `kinect list`
    #[arg(long)]
    index: Option<u32>,
    /// The vendor's library (libk4a) or its folder, instead of searching for it
    #[arg(long, value_name = "PATH")]
    pub(crate) library: Option<PathBuf>,
    /// Only sensors of this vendor [default: of the vendor whose library is found first]
    #[arg(long)]
    vendor: Option<VendorName>,
}

impl SensorOptions {
    pub(crate) fn selector(&self) -> DeviceSelector {
        match (&self.serial, self.index) {
            (Some(serial), _) => DeviceSelector::Serial(serial.clone()),
            (None, Some(index)) => DeviceSelector::Index(index),
            (None, None) => DeviceSelector::FirstFree,
        }
    }

    pub(crate) fn vendor(&self) -> DeviceVendor {
        self.vendor.map_or(DeviceVendor::Any, Into::into)
    }
}

/// The vendor of the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VendorName {
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

/// A time limit in seconds.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 0.1..=600.0) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("between 0.1 and 600".to_owned()),
    }
}
