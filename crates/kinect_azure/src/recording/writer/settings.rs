//! The settings of a recording, checked before the file is created.

use super::error::WriteError;
use crate::modes::{self, ColorResolution, DepthMode};
use crate::recording::bodies;
use crate::source::{CaptureSource, SensorInfo};

/// The attachment that holds the factory calibration.
pub(super) const CALIBRATION: &str = "calibration.json";

/// The settings of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingSettings {
    /// The sensor and its modes, which determine the tracks. `name` is not stored.
    pub sensor: SensorInfo,
    /// The factory calibration as the sensor gives it, stored as the attachment `calibration.json`.
    pub calibration_json: Option<Vec<u8>>,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// When the recording is made, in seconds since 1970-01-01 00:00:00 UTC; `None` = not stored, so that equal
    /// captures give equal files.
    pub date_unix_sec: Option<i64>,
    /// The application's own tags, each a name and a value. A name consists of A–Z, 0–9, `-` and `_`, and does not
    /// begin with `K4A_`.
    pub tags: Vec<(String, String)>,
    /// Files that are stored in the recording, each with its name and content.
    pub attachments: Vec<(String, Vec<u8>)>,
    /// Whether bodies are recorded: the [`ground_truth`](crate::Capture::ground_truth) of captures and the body
    /// frames given to [`write_bodies`](super::RecordingWriter::write_bodies). They are written to a track `BODY`,
    /// which other readers skip; [`Recording`](crate::recording::Recording) returns them with the captures.
    pub bodies: bool,
    /// The application's own tracks.
    pub custom_tracks: Vec<CustomTrack>,
}

/// An application's own track, written with [`RecordingWriter::write_custom`](super::RecordingWriter::write_custom).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomTrack {
    /// The track's name, of A–Z, 0–9, `-` and `_`.
    pub name: String,
    /// The Matroska codec, for example `S_MY/DATA`.
    pub codec_id: String,
    /// The codec's private data.
    pub codec_private: Vec<u8>,
    /// Width and height in pixels of a video track; `None` = a subtitle track, which Matroska has for small data.
    pub video_size: Option<(u32, u32)>,
}

impl RecordingSettings {
    /// Settings for a recording of that source, with its modes, calibration and firmware versions.
    pub fn of(source: &(impl CaptureSource + ?Sized)) -> Self {
        let factory = source.factory_data();
        Self {
            sensor: source.info().clone(),
            calibration_json: factory.calibration_json.map(<[u8]>::to_vec),
            color_firmware: factory.color_firmware.map(str::to_owned),
            depth_firmware: factory.depth_firmware.map(str::to_owned),
            bodies: source.has_bodies(),
            ..Self::default()
        }
    }

    /// Checks that a sensor can have these modes, and that readers understand the tags and tracks.
    ///
    /// # Errors
    /// Fails with [`WriteError::Settings`], which names the problem and says what to do.
    pub fn check(&self) -> Result<(), WriteError> {
        let refuse = |problem: String| Err(WriteError::Settings(problem));
        let s = &self.sensor;
        let (format, size) = (s.color_format, s.color_resolution);
        if format.is_some() != (size != ColorResolution::Off) {
            return refuse(format!(
                "the colour resolution is {size} but the colour format is {format:?}; set both, or OFF and none"
            ));
        }
        let has_camera = format.is_some() || s.depth_mode != DepthMode::Off;
        if has_camera {
            let format = format.unwrap_or_default();
            modes::check(s.depth_mode, size, format, s.frame_rate).map_err(WriteError::Settings)?;
        }
        modes::check_depth_delay(s.depth_delay_off_color_usec, s.frame_rate)
            .map_err(WriteError::Settings)?;
        if !has_camera && !s.has_imu && self.custom_tracks.is_empty() {
            return refuse(
                "the recording would have no track; turn on a camera or the IMU, or add a track"
                    .to_owned(),
            );
        }
        for (name, _) in &self.tags {
            if !is_name(name) || name.starts_with("K4A_") {
                return refuse(format!(
                    "the tag name \"{name}\" must be of A-Z, 0-9, - and _ and not begin with K4A_"
                ));
            }
        }
        for (index, (name, _)) in self.attachments.iter().enumerate() {
            let again = self.attachments[..index].iter().any(|(n, _)| n == name);
            if name.is_empty() || again || name == CALIBRATION {
                return refuse(format!(
                    "the attachment name \"{name}\" is empty, taken or {}; give it another",
                    CALIBRATION
                ));
            }
        }
        for (index, track) in self.custom_tracks.iter().enumerate() {
            let name = &track.name;
            let again = self.custom_tracks[..index].iter().any(|t| t.name == *name);
            let ours =
                ["COLOR", "DEPTH", "IR", "DEPTH_IR", "IMU", bodies::TRACK].contains(&name.as_str());
            if !is_name(name) || again || ours || track.codec_id.is_empty() {
                return refuse(format!(
                    "the custom track \"{name}\" needs a codec and a name of A-Z, 0-9, - and _ that is not taken"
                ));
            }
        }
        if self.custom_tracks.len() > 100 {
            return refuse(
                "there are more than 100 custom tracks; put data of several tracks into one"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    !name.is_empty() && name.bytes().all(allowed)
}
