//! The options of `kinect info`.

use std::path::PathBuf;

use clap::Args;

/// The text after the options in `kinect info --help`.
pub(crate) const HELP: &str = "\
With several recordings the clocks of synchronised cameras are compared: they run together, so that
the difference of the device times at which the recordings start is how much later one starts than
the other. With --json several recordings are an object: `recordings`, a list of what is below (or
`file` and `error`), and `clocks`, null unless two are synchronised, with `recordings` (list of
{file, start_offset_us, after_first_us}), `spread_us` (from the first to the last) and `note`.

--calibration --json prints the calibration in the recording's modes: `depth_camera` and
`color_camera` in pixels, `extrinsics` as `depth_to_color` and so on, each with `rotation` (row by
row) and `translation_mm`; of several recordings a list.

Exit code: 0; 1 when a recording could not be read; 2 for wrong options.

Fields of --json (null = not known):
  file, size_bytes              the recording
  serial                        serial number of the sensor
  color_firmware, depth_firmware  as major.minor.iteration
  color_format                  MJPG, NV12, YUY2, BGRA; null without colour
  color_resolution              720P, 1080P, 1440P, 1536P, 2160P, 3072P, OFF
  depth_mode                    NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED, PASSIVE_IR, OFF
  fps                           captures per second
  wired_sync_mode               STANDALONE, MASTER, SUBORDINATE
  subordinate_delay_us, depth_delay_us   µs a subordinate lags its master, µs depth is taken after colour
  duration_us                   time of the last data since the start of the recording
  start_offset_us               device time at the start of the recording
  captures, color_images, depth_images, ir_images, imu_samples   how many there are
  body_frames, most_bodies      images whose bodies were recorded, and the most bodies in one of them
  custom_blocks                 object: blocks of each track an application added
  tracks                        list of {name, number, uid, kind, type, codec, width, height, frame_duration_ns}
  tags                          object: value of each tag; of tags with the same name the first
  tag_list                      list of {name, value, target}: all tags in the file's order; target is
                                recording, track:UID or attachment:UID
  attachments                   list of {name, mime_type, uid, size_bytes}
  calibrated                    whether the recording carries a calibration that can be used
  title, writing_app, muxing_app, recorded_at (UTC), timestamp_scale_ns   of the file itself
  unfinished                    whether the recording was never finished (crash, cut); what is there still plays
  warnings                      list of sentences about what is unusual
UIDs are strings, because they are larger than the numbers many programs can hold.";

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// The recordings (.mkv)
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Prints JSON for other programs; --help lists its fields
    #[arg(long)]
    pub(crate) json: bool,
    /// Shows the calibration of the cameras in the recording's modes instead
    #[arg(long)]
    pub(super) calibration: bool,
}
