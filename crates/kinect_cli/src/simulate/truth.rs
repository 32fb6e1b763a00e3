//! The ground truth as a JSON file.

use kinect_azure::{BodyFrame, BodyIndexImage, Joint};
use serde::Serialize;

use crate::files::{PartFile, WriteError};

/// The JSON file with the ground truth, written capture by capture.
#[derive(Debug)]
pub(super) struct TruthFile {
    file: PartFile,
    captures: u64,
}

/// Why a ground truth is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum TruthError {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("the ground truth cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct TrueCapture<'a> {
    device_timestamp_usec: u64,
    bodies: Vec<TrueBody>,
    body_index: TrueIndex<'a>,
}

#[derive(Serialize)]
struct TrueBody {
    id: u32,
    joints: Vec<(f32, f32, f32, f32, f32, f32, f32, u8)>,
}

#[derive(Serialize)]
struct TrueIndex<'a> {
    width: u32,
    height: u32,
    #[serde(serialize_with = "runs")]
    runs: &'a [u8],
}

impl TruthFile {
    /// Begins the file with the settings of the simulation.
    pub(super) fn begin(mut file: PartFile, scenario: &str, seed: u64) -> Result<Self, TruthError> {
        let joints = serde_json::to_string(&Joint::ALL.map(Joint::name))?;
        let scenario = serde_json::to_string(scenario)?;
        let head = format!(
            "{{\"version\":1,\"scenario\":{scenario},\"seed\":{seed},\n\"joints\":{joints},\n\"captures\":["
        );
        file.write(head.as_bytes())?;
        Ok(Self { file, captures: 0 })
    }

    /// Appends a capture's truth.
    pub(super) fn write(&mut self, truth: &BodyFrame) -> Result<(), TruthError> {
        let bodies = truth.bodies.iter().map(|body| TrueBody {
            id: body.id,
            joints: body
                .joints
                .iter()
                .map(|joint| {
                    // A hundredth of a millimetre is finer than anything that is measured.
                    let [x, y, z] = joint.position.map(|v| (v * 100.0).round() / 100.0);
                    let [qw, qx, qy, qz] = joint.orientation.map(|v| (v * 1e5).round() / 1e5);
                    (x, y, z, qw, qx, qy, qz, joint.confidence as u8)
                })
                .collect(),
        });
        let map = truth.index_map.as_ref();
        let capture = TrueCapture {
            device_timestamp_usec: truth.device_timestamp_usec,
            bodies: bodies.collect(),
            body_index: TrueIndex {
                width: map.map_or(0, BodyIndexImage::width),
                height: map.map_or(0, BodyIndexImage::height),
                runs: map.map_or(&[], BodyIndexImage::pixels),
            },
        };
        let text = serde_json::to_string(&capture)?;
        let separator = if self.captures == 0 { "\n" } else { ",\n" };
        self.captures += 1;
        self.file.write(separator.as_bytes())?;
        self.file.write(text.as_bytes())?;
        Ok(())
    }

    /// Writes the end; returns the file, which only lacks its name.
    pub(super) fn end(mut self) -> Result<PartFile, TruthError> {
        self.file.write(b"\n]}\n")?;
        self.file.flush()?;
        Ok(self.file)
    }
}

/// Pixels as runs: pairs of a value and the number of consecutive pixels that have it.
fn runs<S: serde::Serializer>(pixels: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        pixels
            .chunk_by(|a, b| a == b)
            .map(|run| (run[0], run.len())),
    )
}
