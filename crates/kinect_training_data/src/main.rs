//! Makes the data that the body tracker of `kinect_tracking` is trained and measured with.
//!
//! `generate` simulates people and writes what the networks see of them, with the truth, in shards: folders of plain
//! arrays. A shard depends on the seed and its number alone; shards that are there already are left as they are, so a run
//! that was ended goes on with the same command. `recording` writes what the networks see of a recording. The folder
//! `training/` has the programs that learn from it, and `training/README.md` describes the files.

mod arrays;
mod error;
mod examples;
mod generate;
mod random;
mod recording;
mod scenes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

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
    /// Writes what the networks see of a recording
    Recording(Recording),
}

#[derive(Debug, Args)]
struct Generate {
    /// The folder of the shards
    out: PathBuf,
    /// The number of the first shard
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// The number of shards
    #[arg(long, default_value_t = 10)]
    shards: u64,
    /// Captures in each shard: all in one room
    #[arg(long, default_value_t = 200)]
    captures: u32,
    /// Chooses everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What is shown: all kinds of scenes, or one of them
    #[arg(long, value_enum, default_value_t = scenes::Kind::Mixed)]
    kind: scenes::Kind,
    /// Clips of the vendor's body tracker (.csv) that move people in some scenes
    #[arg(long, value_name = "FILE.csv", num_args = 1..)]
    clips: Vec<PathBuf>,
    /// Shards that are made at the same time
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Debug, Args)]
struct Recording {
    /// The recording (.mkv)
    file: PathBuf,
    /// The folder for the arrays
    out: PathBuf,
    /// People to write crops of (.json): a list of {"frame", "id", "center_mm"}; without it, overviews are written
    #[arg(long, value_name = "FILE.json")]
    people: Option<PathBuf>,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Generate(options) => generate::generate(&options),
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
