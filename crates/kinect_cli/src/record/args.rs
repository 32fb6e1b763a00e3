//! The options of `kinect record`.

use clap::Args;
use kinect_azure::ColorResolution;
use kinect_azure::device::{ColorControls, DeviceSettings};

use crate::options::{
    CameraOptions, ColorOptions, RecordingOptions, SensorOptions, SyncOptions, device_settings,
};

/// The text after the options in `kinect record --help`.
pub(crate) const HELP: &str = "\
{date}, {time} and {number} in the name of --out become the date, the time and the first free number
of three digits.

The file is laid out as the vendor's recorder does it: every program that reads k4arecorder's files
plays it. Ctrl-C and SIGTERM end it whole; a second one ends the command at once and leaves a file
that `kinect info` and `kinect export` still read. With --overwrite the old recording stays until
the new one is whole: until then the new one has a number in its name (visitors-2.mkv), and where
the recording fails it keeps that name.

No body tracker runs while recording: `kinect export --only bodies` finds the people afterwards.

Exit code: 0 when the recording is whole and ended as wanted; 1 when the sensor was lost or the
disk failed, and what came before is in the file; 2 for wrong options; 130 when Ctrl-C came before
the first capture.";

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(super) recording: RecordingOptions,
    /// Length of the recording in seconds [default: until Ctrl-C]
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(super) seconds: Option<f64>,
    #[command(flatten)]
    pub(super) sensor: SensorOptions,
    #[command(flatten)]
    cameras: CameraOptions,
    #[command(flatten)]
    color: ColorOptions,
    #[command(flatten)]
    sync: SyncOptions,
}

impl RecordArgs {
    /// The sensor and its modes.
    pub(super) fn device(&self) -> DeviceSettings {
        device_settings(
            self.sensor.selector(),
            &self.sensor.library,
            &self.cameras,
            &self.sync,
        )
    }

    /// The colour camera's controls; `None` if the camera is off.
    pub(super) fn color_controls(&self) -> Option<ColorControls> {
        (self.cameras.color_resolution != ColorResolution::Off).then(|| self.color.controls())
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds @ 0.1..=604_800.0) => Ok(seconds),
        _ => Err("between 0.1 and 604800".to_owned()),
    }
}
