//! The calibration as files.

use kinect_azure::recording::Recording;

use super::error::ExportError;
use super::names;
use crate::calibration_json::{Modes, Open3d, text};
use crate::files::Folder;

/// Writes every form of the calibration that the recording allows; returns the number of files.
pub(super) fn export(recording: &Recording, out: &Folder) -> Result<u64, ExportError> {
    let mut written = 0;
    let mut write = |name: &str, bytes: &[u8]| -> Result<(), ExportError> {
        written += 1;
        Ok(out.write(name, bytes)?)
    };
    if let Some(factory) = recording.raw_calibration_json() {
        // The sensor ends its text with a NUL, which no JSON reader takes.
        write(
            names::FACTORY,
            factory.strip_suffix(b"\0").unwrap_or(factory),
        )?;
    }
    if let Some(calibration) = Modes::of(recording) {
        let json = text(&calibration).map_err(ExportError::Json)?;
        write(names::MODES, json.as_bytes())?;
    }
    if let Some(open3d) = Open3d::of(recording) {
        let json = text(&open3d).map_err(ExportError::Json)?;
        write(names::OPEN3D, json.as_bytes())?;
    }
    Ok(written)
}
