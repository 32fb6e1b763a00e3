//! Shows a sensor: its point cloud in 3D, its three images beside it, and a panel with everything that can be set. It shows a live
//! Azure Kinect or Femto, a recording, or a simulated sensor in front of the visitors of an exhibit; a drop-down switches between
//! them.
//!
//! ```text
//! cargo run --release --example viewer
//! cargo run --release --example viewer -- --device
//! cargo run --release --example viewer -- --device 000123456789 --depth-mode WFOV_2X2BINNED --fps 15
//! cargo run --release --example viewer -- FILE.mkv MORE.mkv
//! cargo run --release --example viewer -- --scenario dance --people 2
//! cargo run --release --example viewer -- FILE.mkv --screenshot picture.png --frame 12
//! ```
//!
//! With no display, or with `--screenshot`, it renders off-screen, writes the picture and ends.

mod viewer;

use bevy::prelude::*;
use clap::Parser;

use viewer::{Options, ViewerPlugin};

fn main() -> AppExit {
    let mut options = Options::parse();
    let Some(mut app) = options.show.app("viewer", "Kinect viewer") else {
        return AppExit::error();
    };
    app.add_plugins(ViewerPlugin(options)).run()
}
