//! The options of `kinect export`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::body_options::BodyOptions;
use super::numbers::MatchBy;
use super::range::parse_seconds;
use super::stream::Stream;

/// The text after the options in `kinect export --help`.
pub(crate) const HELP: &str = "\
Files (NNNNNN = number of the capture in the whole recording, from 000000, whatever --from says; see --match-by):
  NNNNNN-color.jpg    colour as stored, byte for byte (MJPG)
  NNNNNN-color.png    colour of other formats, or of all with --color-png; 8 bits each of red, green, blue
  NNNNNN-depth.png    depth in millimetres, 16 bits grey, 0 = no measurement
  NNNNNN-ir.png       infrared brightness, 16 bits grey
  NNNNNN-points.ply   binary little-endian PLY: x, y, z as float in metres, x to the right, y up, -z forward, from the
                      depth camera; red, green, blue as the colour camera sees the point, 128, 128, 128 where it does not.
                      Only pixels with a measurement
  NNNNNN-depth-aligned.png
                      depth as the colour camera would measure it: of the colour image's size, millimetres along the
                      colour camera's axis, 16 bits grey, 0 = nothing seen
  NNNNNN-ir-aligned.png
                      infrared brightness as the colour camera would see it, 16 bits grey, 0 where there is no depth
  NNNNNN-color-aligned.png
                      colour as the depth camera would see it: of the depth image's size, 8 bits each of red, green,
                      blue, alpha; alpha 0 = no depth, or outside the colour image
  NNNNNN-points-aligned.ply
                      a point for every pixel of the aligned depth, with that pixel's colour; the same place and axes as
                      NNNNNN-points.ply, so that the two lie over one another
  captures.csv        the device timestamps (µs) of every exported capture's images
  imu.csv             inertial samples: device timestamps (µs), acceleration (m/s²), angular velocity (rad/s)
  bodies.json         the people in every depth image, as a body tracker finds them; see below
  bodies-ID.csv       the same, one file for each body (--bodies-format csv; bvh and gltf likewise); a body that comes back
                      after more than a minute gets bodies-ID-2.csv
  calibration.json    the factory calibration as the sensor gave it
  calibration-modes.json
                      the calibration in the recording's modes, as `kinect info --calibration --json` prints it
  intrinsic.json      the colour camera as Open3D's azure_kinect_mkv_reader writes it, where the colour camera was on
Aligned images, bodies and the calibration are written only if --only names them. Aligned images need depth, colour and the
sensor's calibration; bodies need depth and the sensor's calibration.

bodies.json: {\"frames\":[{\"timestamp_usec\":…, \"bodies\":[{\"id\":…, \"joints\":[{\"position_mm\":[x,y,z],
\"orientation\":[w,x,y,z], \"confidence\":\"medium\"}, … 32 in the vendor's order]}]}]}. Every capture with a depth image has a
frame, also if nobody is in it; timestamps are those of the depth images. CSV has a line for each frame: the timestamp, then
x, y, z, w, x, y, z of each joint. JSON and CSV are in the depth camera's axes (x to the right, y down, z forward). BVH and
glTF are in metres with y up. The command prints which tracker ran and where.

--match-by device-time counts frame periods on the sensor's clock, which is common to synchronised cameras: captures that they
took together have the same number in each camera's export, also when one recording began later or lost captures.

Files that are there already are refused, or replaced with --overwrite; the recording itself never is. Every file has its name
once it is whole. A frame that is broken is named and left out (its bodies are
an empty list), and the rest is exported. Ctrl-C finishes what is being
written; a second Ctrl-C removes it.

Exit code: 0 when everything was exported; 1 when a frame was left out, nothing could be played or written, or no body tracker
can be used; 2 for wrong options; 130 when Ctrl-C ended it early.";

/// The options of the command.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The recording (.mkv)
    pub(super) file: PathBuf,
    /// The folder to write to; it is created if it does not exist
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Replaces existing files
    #[arg(long)]
    pub(super) overwrite: bool,
    /// What to export, separated by commas [default: all the recording has, without aligned images, bodies and calibration]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STREAMS")]
    pub(super) only: Vec<Stream>,
    /// Seconds since the start of the recording at which to begin
    #[arg(long, value_name = "S", value_parser = parse_seconds)]
    pub(super) from: Option<u64>,
    /// Seconds since the start of the recording before which to end
    #[arg(long, value_name = "S", value_parser = parse_seconds)]
    pub(super) to: Option<u64>,
    /// How captures are numbered
    #[arg(long, value_enum, value_name = "WHAT", default_value = "order")]
    pub(super) match_by: MatchBy,
    /// Decodes JPEG colour images and writes PNG
    #[arg(long)]
    pub(super) color_png: bool,
    /// Gives no colour to points that a near object hides from the colour camera; otherwise they get that object's
    /// colour
    #[arg(long)]
    pub(super) hide_occluded: bool,
    #[command(flatten)]
    pub(super) bodies: BodyOptions,
}

impl ExportArgs {
    pub(super) fn exports_bodies(&self) -> bool {
        self.only.contains(&Stream::Bodies)
    }

    /// Whether a vendor's library may be loaded.
    pub(crate) fn uses_libraries(&self) -> bool {
        self.exports_bodies() && self.bodies.uses_libraries()
    }

    /// The files that the command reads.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.file.as_path()).chain(self.bodies.model())
    }
}
