//! The `kinect` command: records from sensors, looks into recordings, and finds out what is missing.
//!
//! [`doctor`] examines the machine, [`list`] names the sensors, [`record`] records from one. [`info`] says what is in a
//! recording, [`export`] writes its images, point clouds and inertial samples as files that every other program reads,
//! [`simulate`] makes recordings of a sensor that is not there. [`terminal`] is what they show while they work.

mod doctor;
mod export;
mod files;
mod info;
mod list;
mod modes;
mod quiet;
mod record;
mod simulate;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Records from Azure Kinect and Orbbec Femto, looks into recordings, exports what is in them, and makes simulated ones.
#[derive(Debug, Parser)]
#[command(name = "kinect", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Examines what stands between a sensor and a picture, and says how to mend it
    #[command(after_long_help = doctor::HELP)]
    Doctor(doctor::DoctorArgs),
    /// Names the sensors that are connected; opens each for a moment
    #[command(after_long_help = list::HELP)]
    List(list::ListArgs),
    /// Records from a sensor until Ctrl-C or for some seconds
    #[command(after_long_help = record::HELP)]
    Record(Box<record::RecordArgs>),
    /// Says what is in a recording: sensor, modes, tracks, counts, tags, attachments
    #[command(after_long_help = info::JSON_HELP)]
    Info(InfoArgs),
    /// Writes a recording's images, point clouds and inertial samples as files
    #[command(after_long_help = export::HELP)]
    Export(export::ExportArgs),
    /// Writes a recording of a simulated sensor, with the ground truth beside it
    #[command(after_long_help = simulate::HELP)]
    Simulate(Box<simulate::SimulateArgs>),
}

#[derive(Debug, Args)]
struct InfoArgs {
    /// The recording (.mkv)
    file: PathBuf,
    /// Prints JSON for other programs; --help lists its fields
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let uses_libraries = matches!(
        command,
        Command::Doctor(_) | Command::List(_) | Command::Record(_)
    );
    if uses_libraries && let Some(code) = quiet::start_again() {
        return code;
    }
    let result = match command {
        Command::Doctor(args) => doctor::run(&args),
        Command::List(args) => list::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Info(args) => info::run(&args.file, args.json),
        Command::Export(args) => export::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
