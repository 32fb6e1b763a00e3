//! The command line of the examples: every example has the same options for a file to play and a picture to take.

use std::path::PathBuf;

use bevy::prelude::*;
use clap::Args;

/// The options of an example: the sensor to show, and where to show it.
#[derive(Args, Resource, Clone, Debug)]
pub struct Show {
    /// The recording (.mkv) to play; without one, a simulated sensor is shown.
    pub file: Option<PathBuf>,
    /// Render off-screen, write this PNG and end. Without a display: a file named after the example, beside its program.
    #[arg(long, value_name = "OUT.png")]
    pub screenshot: Option<PathBuf>,
    /// Which capture to render, counted from 0.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub frame: u32,
    /// Width and height of the window or the picture, in pixels.
    #[arg(long, default_value = "1280x720", value_parser = parse_size, value_name = "WxH")]
    pub size: UVec2,
    /// Whether a picture depends on earlier captures: if so, all captures before the wanted one are played instead of
    /// left out. For an app whose sensors have [`BodyTracking`](bevy_kinect_azure::body::BodyTracking).
    #[arg(skip)]
    pub plays: bool,
    /// A folder outside of the app's assets from which the app loads files, under the name of this asset source: `files`.
    #[arg(skip)]
    pub files: Option<PathBuf>,
}

fn parse_size(text: &str) -> Result<UVec2, String> {
    let (width, height) = text.split_once('x').ok_or("write it as 1280x720")?;
    let side = |text: &str| match text.parse() {
        Ok(side @ 64..=8192) => Ok(side),
        _ => Err("both sides must be between 64 and 8192".to_owned()),
    };
    Ok(UVec2::new(side(width)?, side(height)?))
}
