//! The options of the command line.

use std::path::PathBuf;

use clap::Args;

use crate::scenes::Kind;

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The folder of the shards
    pub(crate) out: PathBuf,
    /// The number of the first shard
    #[arg(long, default_value_t = 0)]
    pub(crate) first: u64,
    /// The number of shards
    #[arg(long, default_value_t = 10)]
    pub(crate) shards: u64,
    /// Captures in each shard: all in one room
    #[arg(long, default_value_t = 200)]
    pub(crate) captures: u32,
    /// Chooses everything
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// What is shown: all kinds of scenes, or one of them
    #[arg(long, value_enum, default_value_t = Kind::Mixed)]
    pub(crate) kind: Kind,
    /// Clips of the vendor's body tracker (.csv) that move people in some scenes
    #[arg(long, value_name = "FILE.csv", num_args = 1..)]
    pub(crate) clips: Vec<PathBuf>,
    /// Shards that are made at the same time
    #[arg(long, default_value_t = 2)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Hands {
    /// The folder of the shards
    pub(crate) out: PathBuf,
    /// The number of shards
    #[arg(long, default_value_t = 240)]
    pub(crate) shards: u64,
    /// Captures in each shard: all in one room, with the same people
    #[arg(long, default_value_t = 60)]
    pub(crate) captures: u32,
    /// Chooses everything
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Shards that are made at the same time
    #[arg(long, default_value_t = 2)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Recording {
    /// The recording (.mkv)
    pub(crate) file: PathBuf,
    /// The folder for the arrays
    pub(crate) out: PathBuf,
    /// People to write crops of (.json): a list of {"frame", "id", "center_mm"}; without it, overviews are written
    #[arg(long, value_name = "FILE.json")]
    pub(crate) people: Option<PathBuf>,
}
