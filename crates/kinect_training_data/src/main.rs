//! Makes the data that the body tracker of `kinect_tracking` is trained and measured with.
//!
//! `generate` simulates people and writes what the networks see of them, with the truth, in shards: folders of plain
//! arrays. A shard depends on the seed and its number alone; shards that are there already are left as they are, so a run
//! that was ended goes on with the same command. `hands` does the same for the network that tells open hands from fists.
//! `recording` writes what the networks see of a recording. The folder
//! `training/` has the programs that learn from it, and `training/README.md` describes the files.

mod arrays;
mod error;
mod examples;
mod generate;
mod hands;
mod options;
mod random;
mod recording;
mod scenes;
mod shards;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use options::{Generate, Hands, Recording};

/// Makes training data for the body tracker.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulates people and writes shards of examples
    Generate(Generate),
    /// Simulates people whose hands open and close, and writes shards of hands
    Hands(Hands),
    /// Writes what the networks see of a recording
    Recording(Recording),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Generate(options) => generate::generate(&options),
        Command::Hands(options) => hands::hands(&options),
        Command::Recording(options) => recording::recording(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
