//! Wired synchronisation, and when depth is taken.

use clap::Args;
use kinect_azure::modes::WiredSyncMode;

use crate::modes::wired_sync_mode;

/// A sensor's part in a wired synchronisation, under k4arecorder's names.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Synchronisation")]
pub struct SyncOptions {
    /// The part in a wired synchronisation: master, subordinate or standalone; subordinates are started before their master
    #[arg(long, value_name = "PART", default_value = "standalone", value_parser = wired_sync_mode)]
    pub external_sync: WiredSyncMode,
    /// Microseconds by which this subordinate lags its master; at most the time from capture to capture
    #[arg(long, value_name = "US", default_value_t = 0)]
    pub sync_delay: u32,
    /// Microseconds from a colour image to its depth image, negative where depth is taken first; less than from capture to
    /// capture
    #[arg(
        long,
        value_name = "US",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub depth_delay: i32,
    /// Only captures that have both a colour and a depth image
    #[arg(long)]
    pub synchronized_only: bool,
}
