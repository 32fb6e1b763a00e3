//! One body as CSV.

use std::io::Write;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

use super::error::{BodyFileError, io_error};
use super::writer::OneBodyWriter;

/// Writes one body as CSV: a line for each frame, without a heading; the time in µs, then for each of the 32 joints in the
/// vendor's order x, y, z in mm and the orientation's w, x, y, z.
///
/// Positions have three decimals and orientations five, as in clips of the vendor's tracker. Confidences are not
/// written. A joint with a number that is not finite is written at the origin, with the identity orientation.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    out: W,
}

impl<W: Write> CsvWriter<W> {
    /// Writes into a file, a buffer or a connection; files and connections should be buffered, because writes are
    /// small.
    pub const fn new(out: W) -> Self {
        Self { out }
    }

    fn line(&mut self, body: &Body, usec: u64) -> std::io::Result<()> {
        write!(self.out, "{usec}")?;
        for pose in &body.joints {
            let mut numbers = pose.position.iter().chain(&pose.orientation);
            let pose = if numbers.all(|v| v.is_finite()) {
                *pose
            } else {
                JointPose::default()
            };
            let [x, y, z] = pose.position;
            let [qw, qx, qy, qz] = pose.orientation;
            write!(
                self.out,
                ",{x:.3},{y:.3},{z:.3},{qw:.5},{qx:.5},{qy:.5},{qz:.5}"
            )?;
        }
        writeln!(self.out)
    }

    /// Completes the file and returns the output.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    pub fn into_inner(mut self) -> Result<W, BodyFileError> {
        self.out.flush().map_err(io_error("the CSV file"))?;
        Ok(self.out)
    }
}

impl<W: Write + Send> OneBodyWriter for CsvWriter<W> {
    fn write(&mut self, body: &Body, usec: u64) -> Result<(), BodyFileError> {
        self.line(body, usec).map_err(io_error("the CSV file"))
    }

    fn finish(self: Box<Self>) -> Result<(), BodyFileError> {
        self.into_inner().map(drop)
    }
}

/// Reads the frames of a text. The text has one body, which gets the id 1; all joints count as seen.
pub(super) fn read(text: &[u8]) -> Result<Vec<BodyFrame>, BodyFileError> {
    let text = String::from_utf8_lossy(text);
    let mut frames = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let line_number = index + 1;
        let found = line.split(',').count();
        if found != 1 + 7 * Joint::COUNT {
            return Err(BodyFileError::Width {
                line: line_number,
                found,
            });
        }
        let mut values = line.split(',').map(str::trim);
        let wrong = |value: usize| BodyFileError::Number {
            line: line_number,
            value,
        };
        let usec = values
            .next()
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| wrong(1))?;
        let mut numbers = [0.0_f32; 7 * Joint::COUNT];
        for (index, (number, value)) in numbers.iter_mut().zip(values).enumerate() {
            *number = value
                .parse()
                .ok()
                .filter(|number: &f32| number.is_finite())
                .ok_or_else(|| wrong(index + 2))?;
        }
        let mut joints = [JointPose::default(); Joint::COUNT];
        for (pose, seven) in joints.iter_mut().zip(numbers.as_chunks::<7>().0) {
            let [x, y, z, qw, qx, qy, qz] = *seven;
            *pose = JointPose {
                position: [x, y, z],
                orientation: [qw, qx, qy, qz],
                confidence: JointConfidence::Medium,
            };
        }
        frames.push(BodyFrame {
            device_timestamp_usec: usec,
            bodies: vec![Body { id: 1, joints }],
            index_map: None,
            ..BodyFrame::default()
        });
    }
    Ok(frames)
}
