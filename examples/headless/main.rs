//! A server without a window and without a graphics card that counts people: for the back office of an exhibition, or a small computer
//! behind a wall. It prints a line a second: people, who came and left, the people in each zone, and how the sensor does.
//!
//! The plugin runs under `MinimalPlugins`: captures, body tracking and zones need no renderer.
//!
//! ```text
//! cargo run --release --example headless
//! cargo run --release --example headless -- --device --json --status /run/people.json
//! cargo run --release --example headless -- FILE.mkv --zone door=-1,-3.5,1,-2.5
//! cargo run --release --example headless -- --fast --seconds 3600
//! ```
//!
//! It ends with exit code 0 on Ctrl-C and SIGTERM, and prints what it counted. Bevy's `TerminalCtrlCHandlerPlugin` hears SIGTERM only with
//! the feature `termination` of the crate `ctrlc`, which this workspace enables.

mod memory;
mod options;
mod report;
mod server;

use bevy::app::{ScheduleRunnerPlugin, TerminalCtrlCHandlerPlugin};
use bevy::prelude::*;
use clap::Parser;
use core::time::Duration;

/// Updates of the app in a second.
const UPDATES: u32 = 60;

fn main() -> AppExit {
    let options = options::Options::parse();
    // The log goes to the standard error output, so that the standard output has only the report.
    let pause = if options.fast {
        Duration::ZERO
    } else {
        Duration::from_secs(1) / UPDATES
    };
    let exit = App::new()
        .add_plugins((
            MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(pause)),
            TransformPlugin,
            bevy::log::LogPlugin::default(),
            TerminalCtrlCHandlerPlugin,
            server::ServerPlugin(options),
        ))
        .run();
    match exit {
        // Whoever asks a server to end does not want an error.
        AppExit::Error(code) if code.get() == INTERRUPTED => AppExit::Success,
        exit => exit,
    }
}

/// The code with which Bevy ends an app on Ctrl-C and SIGTERM.
const INTERRUPTED: u8 = 130;
