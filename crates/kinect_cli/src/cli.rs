//! The command line: subcommands and their options.

use clap::{Parser, Subcommand};

use crate::{doctor, export, info, list, manual, record, simulate};

/// Records from Azure Kinect and Orbbec Femto, shows and exports recordings, and makes recordings of a simulated sensor
#[derive(Debug, Parser)]
#[command(name = "kinect", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks everything that a sensor needs to deliver a picture, and says how to mend problems
    #[command(after_long_help = doctor::HELP)]
    Doctor(doctor::DoctorArgs),
    /// Lists the connected sensors; opens each for a moment
    #[command(after_long_help = list::HELP)]
    List(list::ListArgs),
    /// Records from a sensor until Ctrl-C or for some seconds
    #[command(after_long_help = record::HELP)]
    Record(Box<record::RecordArgs>),
    /// Shows what is in recordings: sensor, modes, tracks, counts, tags, attachments, calibration
    #[command(after_long_help = info::HELP)]
    Info(info::InfoArgs),
    /// Writes a recording's images, point clouds, bodies, inertial samples and calibration as files
    #[command(after_long_help = export::HELP)]
    Export(Box<export::ExportArgs>),
    /// Writes a recording of a simulated sensor, with the ground truth beside it
    #[command(after_long_help = simulate::HELP)]
    Simulate(Box<simulate::SimulateArgs>),
    /// Prints a script that completes this command's options in a shell
    #[command(after_long_help = manual::COMPLETIONS_HELP)]
    Completions(manual::CompletionsArgs),
    /// Prints this command's manual page
    #[command(after_long_help = manual::MAN_HELP)]
    Man(manual::ManArgs),
}

impl Command {
    /// Whether the command may load a vendor's library.
    pub(crate) fn uses_libraries(&self) -> bool {
        match self {
            Self::Doctor(_) | Self::List(_) | Self::Record(_) => true,
            Self::Export(args) => args.uses_libraries(),
            _ => false,
        }
    }

    /// Whether the command prints JSON, also for an error.
    pub(crate) const fn prints_json(&self) -> bool {
        match self {
            Self::Doctor(args) => args.json,
            Self::List(args) => args.json,
            Self::Info(args) => args.json,
            _ => false,
        }
    }
}
