//! All bodies of a sensor as JSON.

use std::io::Write;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Body, Joint, JointConfidence, JointPose};
use serde::Deserialize;

use super::error::{BodyFileError, io_error};
use super::writer::BodyWriter;

/// Writes bodies as JSON, frame by frame:
///
/// ```json
/// {"frames":[
/// {"timestamp_usec":33333,"bodies":[{"id":1,"joints":[{"position_mm":[0,0,2000],"orientation":[1,0,0,0],"confidence":"medium"}]}]}
/// ]}
/// ```
///
/// Each body has 32 joints in the vendor's order; orientations are w, x, y, z. Numbers are written so that reading them
/// gives the same bits. A joint with a number that is not finite is written at the origin with confidence "none", because
/// JSON has no such numbers.
#[derive(Debug)]
pub struct JsonWriter<W: Write> {
    out: W,
    frames: u64,
}

impl<W: Write> JsonWriter<W> {
    /// Writes into a file, a buffer or a connection; files and connections should be buffered, because writes are
    /// small.
    pub const fn new(out: W) -> Self {
        Self { out, frames: 0 }
    }

    fn frame(&mut self, frame: &BodyFrame) -> std::io::Result<()> {
        let head = if self.frames == 0 {
            "{\"frames\":[\n"
        } else {
            ",\n"
        };
        self.frames += 1;
        let usec = frame.device_timestamp_usec;
        write!(self.out, "{head}{{\"timestamp_usec\":{usec},\"bodies\":[")?;
        for (index, body) in frame.bodies.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(self.out, "{comma}{{\"id\":{},\"joints\":[", body.id)?;
            for (index, pose) in body.joints.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let finite = pose
                    .position
                    .iter()
                    .chain(&pose.orientation)
                    .all(|v| v.is_finite());
                let pose = if finite { *pose } else { JointPose::default() };
                let [x, y, z] = pose.position;
                let [qw, qx, qy, qz] = pose.orientation;
                let confidence = name(pose.confidence);
                write!(
                    self.out,
                    "{comma}{{\"position_mm\":[{x},{y},{z}],\"orientation\":[{qw},{qx},{qy},{qz}],\
                     \"confidence\":\"{confidence}\"}}"
                )?;
            }
            write!(self.out, "]}}")?;
        }
        write!(self.out, "]}}")
    }

    /// Completes the file and returns the output.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    pub fn into_inner(mut self) -> Result<W, BodyFileError> {
        let head = if self.frames == 0 {
            "{\"frames\":["
        } else {
            ""
        };
        writeln!(self.out, "{head}\n]}}").map_err(io_error("the JSON file"))?;
        self.out.flush().map_err(io_error("the JSON file"))?;
        Ok(self.out)
    }
}

impl<W: Write + Send> BodyWriter for JsonWriter<W> {
    fn write(&mut self, frame: &BodyFrame) -> Result<(), BodyFileError> {
        self.frame(frame).map_err(io_error("the JSON file"))
    }

    fn finish(self: Box<Self>) -> Result<(), BodyFileError> {
        self.into_inner().map(drop)
    }
}

const fn name(confidence: JointConfidence) -> &'static str {
    match confidence {
        JointConfidence::None => "none",
        JointConfidence::Low => "low",
        JointConfidence::Medium => "medium",
        JointConfidence::High => "high",
    }
}

#[derive(Deserialize)]
struct File {
    frames: Vec<FileFrame>,
}

#[derive(Deserialize)]
struct FileFrame {
    timestamp_usec: u64,
    bodies: Vec<FileBody>,
}

#[derive(Deserialize)]
struct FileBody {
    id: u32,
    joints: Vec<FileJoint>,
}

#[derive(Deserialize)]
struct FileJoint {
    position_mm: [f32; 3],
    orientation: [f32; 4],
    confidence: FileConfidence,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FileConfidence {
    None,
    Low,
    Medium,
    High,
}

/// Reads the frames of a text.
pub(super) fn read(text: &[u8]) -> Result<Vec<BodyFrame>, BodyFileError> {
    let file: File = serde_json::from_slice(text)?;
    let frame = |(index, frame): (usize, FileFrame)| {
        let bodies = frame.bodies.into_iter().map(|body| {
            if body.joints.len() != Joint::COUNT {
                return Err(BodyFileError::Joints {
                    frame: index + 1,
                    body: body.id,
                    found: body.joints.len(),
                });
            }
            let mut joints = [JointPose::default(); Joint::COUNT];
            for (pose, joint) in joints.iter_mut().zip(&body.joints) {
                *pose = JointPose {
                    position: joint.position_mm,
                    orientation: joint.orientation,
                    confidence: match joint.confidence {
                        FileConfidence::None => JointConfidence::None,
                        FileConfidence::Low => JointConfidence::Low,
                        FileConfidence::Medium => JointConfidence::Medium,
                        FileConfidence::High => JointConfidence::High,
                    },
                };
            }
            Ok(Body {
                id: body.id,
                joints,
            })
        });
        Ok(BodyFrame {
            device_timestamp_usec: frame.timestamp_usec,
            bodies: bodies.collect::<Result<_, _>>()?,
            index_map: None,
            ..BodyFrame::default()
        })
    };
    file.frames.into_iter().enumerate().map(frame).collect()
}
