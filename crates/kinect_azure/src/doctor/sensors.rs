//! The findings about the sensors that the libraries list.

use super::report::{Check, Finding, Status};
use crate::device::LibrarySensors;

/// The findings about the sensors that were opened; empty if no sensor was to be opened.
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
        let vendors: Vec<_> = asked.iter().map(|one| one.vendor.to_string()).collect();
        let what = if vendors.is_empty() {
            "no library is installed that could be asked".to_owned()
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
                    "check power, USB 3 cable, udev rules (Linux), and that the library is the one of the sensor's \
                     vendor: Microsoft's library does not support Femtos, and Orbbec's does not support Azure Kinects",
                ),
        );
    }
    // One sensor that answers is enough.
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

/// The findings about sensors with sync cables.
pub(super) fn wired_sync(asked: Option<&[LibrarySensors]>) -> Vec<Finding> {
    const CHECK: Check = Check::WiredSync;
    let Some(asked) = asked else {
        return vec![Finding::new(
            CHECK,
            Status::Unknown,
            "only an open sensor reports its sync cables; `kinect doctor --ask-sensors` opens each sensor",
        )];
    };
    let cabled: Vec<_> = asked
        .iter()
        .flat_map(|library| &library.sensors)
        .filter(|sensor| {
            sensor.sync_in_connected == Some(true) || sensor.sync_out_connected == Some(true)
        })
        .collect();
    if cabled.is_empty() {
        return vec![Finding::new(
            CHECK,
            Status::Missing,
            "no sensor has a sync cable; needed only to keep several sensors in step",
        )];
    }
    cabled
        .into_iter()
        .map(|sensor| {
            let serial = sensor.serial.as_deref().unwrap_or("without a serial number");
            let jack = match (sensor.sync_in_connected, sensor.sync_out_connected) {
                (Some(true), Some(true)) => "sync-in and sync-out",
                (Some(true), _) => "sync-in",
                _ => "sync-out",
            };
            let name = format!("sensor {serial}: cable in {jack}");
            match sensor.auto_exposure {
                Some(true) => Finding::new(
                    CHECK,
                    Status::Wrong,
                    format!("{name}, automatic exposure: colour images of different sensors can get out of step"),
                )
                .fix("set the same manual exposure on all synchronised sensors when they are started"),
                Some(false) => {
                    Finding::new(CHECK, Status::Found, format!("{name}, manual exposure"))
                }
                None => Finding::new(
                    CHECK,
                    Status::Unknown,
                    format!("{name}; its exposure mode could not be read"),
                ),
            }
        })
        .collect()
}
