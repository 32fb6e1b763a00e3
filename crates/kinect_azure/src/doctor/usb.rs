//! The findings about sensors on USB: whether they are plugged in, whether this user may open them, and whether USB
//! speed and memory suffice.

use std::io;
use std::path::PathBuf;

use k4a::Vendor;

use super::facts::{Facts, Os, names_in, read_text};
use super::libraries::Vendors;
use super::report::{Check, Finding, Status};
use crate::device::LibrarySensors;
use crate::device::bus::{Bus, KINECT_COLOR, KINECT_DEPTH, KINECT_SLOW_HUB, UsbDevice};

/// Speed of USB 3 in Mbit/s; both vendors' cameras need it.
const USB3_MBIT: u32 = 5000;
/// USB memory that Linux allows by default, in MB. Enough for one sensor.
const DEFAULT_USB_MEMORY: u32 = 16;
/// USB memory that suffices for each of several sensors, in MB: two ran with 32 (issue 485 of Microsoft's SDK).
const USB_MEMORY_PER_SENSOR: u32 = 32;

/// The findings about USB.
pub(super) fn findings(
    facts: &Facts,
    bus: &Bus,
    vendors: &Vendors,
    asked: Option<&[LibrarySensors]>,
) -> Vec<Finding> {
    if facts.os != Os::Linux {
        let device = match facts.os {
            Os::Windows => devices(bus, asked),
            _ => Finding::inapplicable(Check::UsbDevices),
        };
        return vec![
            Finding::inapplicable(Check::UdevRules),
            device,
            Finding::inapplicable(Check::UsbPermission),
            Finding::inapplicable(Check::UsbSpeed),
            Finding::inapplicable(Check::UsbMemory),
        ];
    }
    let permissions = permissions(facts, bus);
    let mut findings = udev_rules(facts, bus, vendors, &permissions);
    findings.push(devices(bus, asked));
    findings.extend(permissions);
    findings.extend(speeds(bus));
    findings.push(memory(facts, bus));
    findings
}

fn devices(bus: &Bus, asked: Option<&[LibrarySensors]>) -> Finding {
    const CHECK: Check = Check::UsbDevices;
    const FIX: &str = "plug the sensor's USB 3 cable into a USB 3 port of the machine itself, and its power supply into the \
                       sensor (an Azure Kinect always needs it, or a USB-C port that gives 5 V and 3 A)";
    let answering = asked.map_or(0, |asked| asked.iter().map(|one| one.sensors.len()).sum());
    if bus.0.is_none() {
        return Finding::new(
            CHECK,
            Status::Unknown,
            "this system does not list its USB devices; `kinect list` asks the vendors' libraries",
        );
    }
    let mut names: Vec<String> = bus
        .sensors()
        .map(|device| match &device.serial {
            Some(serial) => format!("{} {serial}", device.name()),
            None => device.name().to_owned(),
        })
        .collect();
    let (slow_hubs, depth, color) = (
        bus.count(KINECT_SLOW_HUB),
        bus.count(KINECT_DEPTH),
        bus.count(KINECT_COLOR),
    );
    if slow_hubs > depth || color > depth || depth > color {
        return Finding::new(
            CHECK,
            Status::Wrong,
            format!(
                "only parts of an Azure Kinect are connected: {slow_hubs} hubs, {depth} depth cameras, {color} colour \
                 cameras"
            ),
        )
        .needed(true)
        .fix(format!("the sensor lacks power or USB 3: {FIX}"));
    }
    if !names.is_empty() {
        names.sort();
        return Finding::new(CHECK, Status::Found, names.join(", ")).needed(true);
    }
    if answering > 0 {
        return Finding::new(
            CHECK,
            Status::Found,
            "USB has no sensor, but a library lists sensors",
        );
    }
    Finding::new(CHECK, Status::Missing, "no sensor is plugged in")
        .needed(true)
        .fix(FIX)
}

/// One finding for each camera of a sensor, made by a function that gets the camera's name and port; if there is no
/// camera, one finding that says so.
fn each_camera(
    bus: &Bus,
    check: Check,
    judge: impl Fn(&UsbDevice, String) -> Finding,
) -> Vec<Finding> {
    let cameras: Vec<_> = bus.devices().filter(|device| device.is_camera()).collect();
    if cameras.is_empty() {
        let what = "no sensor is connected";
        return vec![Finding::new(check, Status::Unknown, what)];
    }
    cameras
        .into_iter()
        .map(|device| {
            let name = format!("{} on port {}", device.name(), device.port);
            judge(device, name)
        })
        .collect()
}

fn permissions(facts: &Facts, bus: &Bus) -> Vec<Finding> {
    const CHECK: Check = Check::UsbPermission;
    each_camera(bus, CHECK, |device, name| {
        let Some(node) = &device.node else {
            return Finding::new(
                CHECK,
                Status::Unknown,
                format!("{name}: the system does not name its device file"),
            );
        };
        let node_name = node.display();
        match (facts.may_open)(node) {
            Ok(()) => Finding::new(CHECK, Status::Found, format!("{name}: {node_name} opens")),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Finding::new(
                CHECK,
                Status::Wrong,
                format!("{name}: you have no permission for {node_name}"),
            )
            .fix(format!(
                "install the vendor's udev rules ({}), then plug the sensor in again",
                rules_of(device.vendor)
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Finding::new(
                CHECK,
                Status::Wrong,
                format!("{name}: there is no {node_name}"),
            )
            .fix("in a container, pass /dev/bus/usb into it; else plug the sensor in again"),
            Err(error) => Finding::new(
                CHECK,
                Status::Unknown,
                format!("{name}: {node_name}: {error}"),
            ),
        }
        .needed(true)
    })
}

fn speeds(bus: &Bus) -> Vec<Finding> {
    const CHECK: Check = Check::UsbSpeed;
    each_camera(bus, CHECK, |device, name| {
        match device.speed {
                None => Finding::new(CHECK, Status::Unknown, format!("{name}: the system does not report the speed")),
                Some(speed) if speed < USB3_MBIT => Finding::new(
                    CHECK,
                    Status::Wrong,
                    format!("{name}: {speed} Mbit/s; it needs USB 3, {USB3_MBIT} Mbit/s"),
                )
                .fix(
                    "plug it into a USB 3 port of the machine itself, with the cable that came with it; extensions, hubs and \
                     long cables fall back to USB 2",
                ),
                Some(speed) => Finding::new(CHECK, Status::Found, format!("{name}: {speed} Mbit/s")),
            }
            .needed(true)
    })
}

fn memory(facts: &Facts, bus: &Bus) -> Finding {
    const CHECK: Check = Check::UsbMemory;
    let file = "sys/module/usbcore/parameters/usbfs_memory_mb";
    let limit = facts
        .text(file)
        .and_then(|text| text.trim().parse::<u32>().ok());
    let sensors = u32::try_from(bus.sensors().count()).unwrap_or(u32::MAX);
    let needed = match sensors {
        0 | 1 => DEFAULT_USB_MEMORY,
        several => several.saturating_mul(USB_MEMORY_PER_SENSOR),
    };
    let fix = |megabytes: u32| {
        format!(
            "echo {megabytes} | sudo tee /{file} (until the next start), and usbcore.usbfs_memory_mb={megabytes} on the \
             kernel's command line (for good)"
        )
    };
    match limit {
        None => Finding::new(CHECK, Status::Unknown, format!("there is no /{file}")),
        Some(0) => Finding::new(CHECK, Status::Found, "without a limit"),
        Some(limit) if limit < needed => {
            let what = match sensors {
                0 | 1 => format!("{limit} MB; a sensor needs {needed} MB"),
                _ => format!("{limit} MB; {sensors} sensors need {needed} MB"),
            };
            Finding::new(CHECK, Status::Wrong, what)
                .needed(sensors > 0)
                .fix(fix(needed.max(2 * USB_MEMORY_PER_SENSOR)))
        }
        Some(limit) if limit < 2 * USB_MEMORY_PER_SENSOR => Finding::new(
            CHECK,
            Status::Found,
            format!("{limit} MB, enough for one sensor but not for two"),
        )
        .fix(format!(
            "for several sensors at once: {}",
            fix(2 * USB_MEMORY_PER_SENSOR)
        )),
        Some(limit) => Finding::new(CHECK, Status::Found, format!("{limit} MB")),
    }
}

/// Folders that udev reads; of several files with one name, the one in the first of these folders counts.
const RULES: [&str; 4] = [
    "etc/udev/rules.d",
    "run/udev/rules.d",
    "usr/lib/udev/rules.d",
    "lib/udev/rules.d",
];

const fn rules_of(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Microsoft => "99-k4a.rules",
        Vendor::Orbbec => "99-obsensor-libusb.rules",
    }
}

/// Whether a rules file has a line for a sensor's part.
fn has_rule(text: &str, vendor: Vendor) -> bool {
    let (vendor, product): (&str, &[&str]) = match vendor {
        Vendor::Microsoft => ("045e", &["097c"]),
        Vendor::Orbbec => ("2bc5", &["0669", "066b", "06c0"]),
    };
    text.lines().any(|line| {
        let line = line.trim().to_ascii_lowercase();
        !line.starts_with('#')
            && line.contains("idvendor")
            && line.contains(vendor)
            && (!line.contains("idproduct") || product.iter().any(|id| line.contains(id)))
    })
}

/// One finding for each vendor whose library or sensor was found; for Microsoft if neither was.
fn udev_rules(
    facts: &Facts,
    bus: &Bus,
    vendors: &Vendors,
    permissions: &[Finding],
) -> Vec<Finding> {
    const CHECK: Check = Check::UdevRules;
    let allowed = permissions
        .iter()
        .all(|finding| finding.status == Status::Found);
    let mut wanted: Vec<Vendor> = [Vendor::Microsoft, Vendor::Orbbec]
        .into_iter()
        .filter(|&vendor| bus.has(vendor) || vendors.path(vendor).is_some())
        .collect();
    if wanted.is_empty() {
        wanted.push(Vendor::Microsoft);
    }
    wanted
        .into_iter()
        .map(|vendor| {
            let name = rules_of(vendor);
            let files: Vec<PathBuf> = RULES
                .iter()
                .map(|folder| facts.path(folder))
                .flat_map(|folder| {
                    let names = names_in(&folder).into_iter();
                    names
                        .filter(|name| name.ends_with(".rules"))
                        .map(move |name| folder.join(name))
                })
                .collect();
            let good = files
                .iter()
                .find(|file| read_text(file).is_some_and(|text| has_rule(&text, vendor)));
            let named = files
                .iter()
                .find(|file| file.file_name().is_some_and(|found| found == name));
            let install = match vendor {
                Vendor::Microsoft => format!(
                    "put {name} (docs/installing-ubuntu-debian.md has its text) into /etc/udev/rules.d, run `sudo udevadm \
                     control --reload-rules`, and plug the sensor in again"
                ),
                Vendor::Orbbec => format!(
                    "run install_udev_rules.sh of Orbbec's package with sudo, which puts {name} into /etc/udev/rules.d, and \
                     plug the sensor in again"
                ),
            };
            match (good, named) {
                (Some(file), _) => Finding::new(CHECK, Status::Found, file.display().to_string()),
                (None, Some(file)) => Finding::new(
                    CHECK,
                    Status::Wrong,
                    format!("{} has no rule for {vendor}'s sensors", file.display()),
                )
                .fix(install),
                (None, None) if facts.is_root() => Finding::new(
                    CHECK,
                    Status::Missing,
                    format!("no {name}; root does not need the rules, but other users do"),
                )
                .fix(install),
                (None, None) => Finding::new(
                    CHECK,
                    Status::Missing,
                    format!("no {name}: only root may use {vendor}'s sensors"),
                )
                .fix(install),
            }
            .needed(!allowed && !facts.is_root())
        })
        .collect()
}
