//! `kinect list`: the sensors that are connected.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use k4a::{Library, Vendor};
use kinect_azure::device::{ConnectedSensor, LibrarySensors, connected_sensors};
use serde::Serialize;

use crate::options::{VendorName, patience};
use crate::terminal::{print, printable};

/// The text after the options in `kinect list --help`.
pub(crate) const HELP: &str = "\
Exit code: 0 when every connected sensor answered, also when there is none; 1 when one did not, or
no library is there.

JSON: `libraries` with `vendor`, `library` (its file), `version`, `problem` (or null) and `sensors`,
each of them with `vendor`, `index`, `serial`, `in_use` (by this command itself: never),
`color_firmware`, `depth_firmware`, `usb_mbit` (5000: USB 3, 480: USB 2; Linux only) and `problem`, or
null for what is not known. On an error: `error`.";

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Prints JSON for other programs
    #[arg(long)]
    pub(crate) json: bool,
    /// The vendor's library (libk4a) or its folder, instead of looking for it
    #[arg(long, value_name = "PATH")]
    library: Option<PathBuf>,
    /// Only sensors of this vendor
    #[arg(long, conflicts_with = "library")]
    vendor: Option<VendorName>,
    /// How long a library may take for one sensor, in seconds
    #[arg(long, default_value = "10", value_parser = patience)]
    patience: Duration,
}

#[derive(Serialize)]
struct Json<'a> {
    libraries: &'a [LibrarySensors],
}

pub(crate) fn run(args: &ListArgs) -> Result<ExitCode, String> {
    let found = connected_sensors(&libraries(args)?, args.patience);
    let text = if args.json {
        let json = Json { libraries: &found };
        serde_json::to_string_pretty(&json).map_err(|error| error.to_string())? + "\n"
    } else {
        found.iter().map(for_people).collect()
    };
    print(&text)?;
    let well = found.iter().all(|library| {
        library.problem.is_none()
            && library
                .sensors
                .iter()
                .all(|sensor| sensor.problem.is_none())
    });
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The library that the options name, or each vendor's library that can be loaded.
fn libraries(args: &ListArgs) -> Result<Vec<Library>, String> {
    if let Some(path) = &args.library {
        let library = Library::load_from(path).map_err(|error| error.to_string())?;
        return Ok(vec![library]);
    }
    let vendors: &[Vendor] = match args.vendor {
        None => &[Vendor::Microsoft, Vendor::Orbbec],
        Some(VendorName::Microsoft) => &[Vendor::Microsoft],
        Some(VendorName::Orbbec) => &[Vendor::Orbbec],
    };
    let mut loaded = Vec::new();
    for &vendor in vendors {
        match Library::load_vendor(vendor) {
            Ok(library) => loaded.push(library),
            // If both vendors are asked for, one library is enough.
            Err(error) if vendors.len() == 1 => return Err(error.to_string()),
            Err(_) => {}
        }
    }
    if loaded.is_empty() {
        return Err(
            "no vendor's library is installed or can be loaded; `kinect doctor` says what is missing"
                .to_owned(),
        );
    }
    Ok(loaded)
}

fn for_people(library: &LibrarySensors) -> String {
    let version = library
        .version
        .as_ref()
        .map_or(String::new(), |version| format!(" {version}"));
    let mut text = format!(
        "{}, libk4a{version}, {}\n",
        library.vendor,
        library.library.display()
    );
    if library.sensors.is_empty() && library.problem.is_none() {
        text.push_str("  no sensor is connected\n");
    }
    if !library.sensors.is_empty() {
        text.push_str("  index  serial number     firmware (colour, depth)  USB\n");
    }
    for sensor in &library.sensors {
        text.push_str(&row(sensor));
    }
    // A sensor that did not answer has its own message.
    if let Some(problem) = &library.problem
        && library.sensors.iter().all(|one| one.problem.is_none())
    {
        text.push_str(&format!("  {}\n", printable(problem)));
    }
    text
}

fn row(sensor: &ConnectedSensor) -> String {
    let serial = printable(sensor.serial.as_deref().unwrap_or("?"));
    let or_none = |version: &Option<String>| version.clone().unwrap_or_else(|| "?".to_owned());
    let firmware = format!(
        "{}, {}",
        or_none(&sensor.color_firmware),
        or_none(&sensor.depth_firmware)
    );
    let usb = sensor
        .usb_mbit
        .map_or("?".to_owned(), |mbit| format!("{mbit} Mbit/s"));
    let mut row = format!(
        "  {:<5}  {serial:<16}  {firmware:<24}  {usb}\n",
        sensor.index
    );
    if let Some(problem) = &sensor.problem {
        row.push_str(&format!("         {}\n", printable(problem)));
    }
    row
}
