//! The `kinect` command: looks into Azure Kinect recordings and exports what is in them.
//!
//! [`info`] says what is in a recording, [`export`] writes its images, point clouds and inertial samples as files
//! that every other program reads, [`simulate`] makes recordings of a sensor that is not there. [`terminal`] is what both show while they work.

mod export;
mod files;
mod info;
mod simulate;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Looks into Azure Kinect and Orbbec Femto recordings, exports what is in them, and makes simulated ones.
#[derive(Debug, Parser)]
#[command(name = "kinect", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
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
    let result = match Cli::parse().command {
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
