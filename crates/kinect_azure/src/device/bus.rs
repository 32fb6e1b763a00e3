//! The sensors on USB, with their ports and speeds, from the files in which Linux lists them. On other systems only
//! the vendors' libraries know them.

use std::fs;
use std::path::{Path, PathBuf};

use k4a::Vendor;

const MICROSOFT: u16 = 0x045e;
const ORBBEC: u16 = 0x2bc5;
/// The USB 2 side of the hub in an Azure Kinect.
pub(crate) const KINECT_SLOW_HUB: u16 = 0x097b;
/// The depth camera of an Azure Kinect, which has the sensor's serial number.
pub(crate) const KINECT_DEPTH: u16 = 0x097c;
/// The colour camera of an Azure Kinect.
pub(crate) const KINECT_COLOR: u16 = 0x097d;
/// Hub (fast and slow side), depth camera, colour camera, microphones.
const KINECT: std::ops::RangeInclusive<u16> = 0x097a..=0x097e;
/// Mega, Bolt, Mega I.
const FEMTOS: [(u16, &str); 3] = [
    (0x0669, "Femto Mega"),
    (0x066b, "Femto Bolt"),
    (0x06c0, "Femto Mega I"),
];

/// A part of a sensor that is plugged in: an Azure Kinect has five.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsbDevice {
    pub(crate) vendor: Vendor,
    pub(crate) product: u16,
    /// The port, as in `2-1.4`.
    pub(crate) port: String,
    pub(crate) serial: Option<String>,
    /// Mbit/s.
    pub(crate) speed: Option<u32>,
    /// The device file.
    pub(crate) node: Option<PathBuf>,
}

impl UsbDevice {
    pub(crate) fn name(&self) -> &'static str {
        match self.product {
            KINECT_DEPTH => "Azure Kinect (depth camera)",
            KINECT_COLOR => "Azure Kinect (colour camera)",
            0x097e => "Azure Kinect (microphones)",
            product => FEMTOS
                .iter()
                .find(|(id, _)| *id == product)
                .map_or("Azure Kinect (hub)", |(_, name)| name),
        }
    }

    /// Whether this part stands for a whole sensor: an Azure Kinect counts by its depth camera.
    fn is_sensor(&self) -> bool {
        self.vendor == Vendor::Orbbec || self.product == KINECT_DEPTH
    }

    /// Whether it delivers images.
    pub(crate) fn is_camera(&self) -> bool {
        self.is_sensor() || self.product == KINECT_COLOR
    }
}

/// Every part of a sensor on USB; `None` if the system does not list them.
pub(crate) struct Bus(pub(crate) Option<Vec<UsbDevice>>);

impl Bus {
    pub(crate) fn of_this_machine() -> Self {
        Self::read(Path::new("/"))
    }

    /// Reads the files that Linux has below `root`, which is `/` except in tests.
    pub(crate) fn read(root: &Path) -> Self {
        let Ok(ports) = fs::read_dir(root.join("sys/bus/usb/devices")) else {
            return Self(None);
        };
        let mut devices = ports
            .filter_map(|port| port.ok())
            .filter_map(|port| {
                let attribute = |name: &str| {
                    let text = fs::read(port.path().join(name)).ok()?;
                    Some(String::from_utf8_lossy(&text).trim().to_owned())
                };
                let id = |name: &str| u16::from_str_radix(&attribute(name)?, 16).ok();
                let number = |name: &str| attribute(name)?.parse::<u32>().ok();
                let product = id("idProduct")?;
                let vendor = match id("idVendor")? {
                    MICROSOFT if KINECT.contains(&product) => Vendor::Microsoft,
                    ORBBEC if FEMTOS.iter().any(|(femto, _)| *femto == product) => Vendor::Orbbec,
                    _ => return None,
                };
                let node = number("busnum")
                    .zip(number("devnum"))
                    .map(|(bus, device)| root.join(format!("dev/bus/usb/{bus:03}/{device:03}")));
                let (serial, speed) = (attribute("serial"), number("speed"));
                Some(UsbDevice {
                    vendor,
                    product,
                    serial,
                    speed,
                    node,
                    port: port.file_name().into_string().ok()?,
                })
            })
            .collect::<Vec<_>>();
        devices.sort_by(|a, b| a.port.cmp(&b.port));
        Self(Some(devices))
    }

    pub(crate) fn devices(&self) -> impl Iterator<Item = &UsbDevice> {
        self.0.iter().flatten()
    }

    /// The parts that each stand for one sensor.
    pub(crate) fn sensors(&self) -> impl Iterator<Item = &UsbDevice> {
        self.devices().filter(|device| device.is_sensor())
    }

    pub(crate) fn count(&self, product: u16) -> usize {
        self.devices()
            .filter(|device| device.vendor == Vendor::Microsoft && device.product == product)
            .count()
    }

    /// Whether any part of a vendor's sensor is there.
    pub(crate) fn has(&self, vendor: Vendor) -> bool {
        self.devices().any(|device| device.vendor == vendor)
    }

    /// Whether any part of any sensor is there.
    pub(crate) fn has_any(&self) -> bool {
        self.devices().next().is_some()
    }

    /// The USB speed of the sensor with that serial number, in Mbit/s. If only one sensor of the vendor is plugged
    /// in, its speed is returned for any serial number.
    pub(crate) fn speed_of(&self, vendor: Vendor, serial: Option<&str>) -> Option<u32> {
        let own: Vec<_> = self
            .sensors()
            .filter(|device| device.vendor == vendor)
            .collect();
        let by_serial = own
            .iter()
            .find(|device| device.serial.is_some() && device.serial.as_deref() == serial);
        match (by_serial, own.as_slice()) {
            (Some(device), _) => device.speed,
            (None, [only]) => only.speed,
            _ => None,
        }
    }
}
