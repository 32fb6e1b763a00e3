//! One body as BVH (Biovision Hierarchy).

use std::io::{Seek, SeekFrom, Write};

use kinect_azure::{Body, Joint};

use super::error::{BodyFileError, io_error};
use super::upright::{UprightPose, children, name};
use super::writer::OneBodyWriter;
use crate::joints::wxyz;
use crate::rotation::{EulerOrder, EulerUnroller, bone_length};

/// Writes one body as BVH, in metres with y up: a T-pose that faces +z with the bones of the first frame, and for each
/// frame six channels a joint, because a tracker's bones change their length a little.
///
/// BVH has a constant frame rate, so frames are interpolated at that rate. The number of frames is near the beginning
/// of the file and is filled in at the end.
#[derive(Debug)]
pub struct BvhWriter<W: Write + Seek> {
    out: W,
    /// µs from one frame to the next.
    period: f64,
    /// The position of the number of frames in the file.
    count_at: u64,
    frames: u64,
    start_usec: u64,
    last: Option<(u64, UprightPose)>,
    angles: [EulerUnroller; Joint::COUNT],
}

/// Digits reserved for the number of frames, enough for more than a century.
const COUNT_DIGITS: usize = 12;

impl<W: Write + Seek> BvhWriter<W> {
    /// The sensors' own frame rate.
    pub const FRAMES_PER_SECOND: f64 = 30.0;

    /// Writes into a file or a buffer at a frame rate; a rate that is not above 0 counts as 30. Use a buffered file,
    /// because writes are small.
    pub fn new(out: W, frames_per_second: f64) -> Self {
        let valid = frames_per_second.is_finite() && frames_per_second > 0.0;
        let rate = if valid {
            frames_per_second
        } else {
            Self::FRAMES_PER_SECOND
        };
        Self {
            out,
            period: 1e6 / rate,
            count_at: 0,
            frames: 0,
            start_usec: 0,
            last: None,
            angles: [EulerUnroller::exact(EulerOrder::Zxy); Joint::COUNT],
        }
    }

    fn add(&mut self, body: &Body, usec: u64) -> std::io::Result<()> {
        let Some((last_usec, last)) = self.last else {
            let rest = UprightPose::rest(|joint| {
                let length = bone_length(body, joint);
                if length.is_finite() { length } else { 0.0 }
            });
            self.head(&rest)?;
            let pose = UprightPose::of(body, &rest);
            self.start_usec = usec;
            self.last = Some((usec, pose));
            return self.motion(&pose);
        };
        if usec <= last_usec {
            return Ok(());
        }
        let pose = UprightPose::of(body, &last);
        loop {
            let due = self.start_usec as f64 + self.frames as f64 * self.period;
            // Half a µs, for times that were rounded.
            if due > usec as f64 + 0.5 {
                break;
            }
            let share = (due - last_usec as f64) / (usec - last_usec) as f64;
            self.motion(&last.between(&pose, share.clamp(0.0, 1.0) as f32))?;
        }
        self.last = Some((usec, pose));
        Ok(())
    }

    fn head(&mut self, rest: &UprightPose) -> std::io::Result<()> {
        writeln!(self.out, "HIERARCHY")?;
        self.joint(Joint::Pelvis, rest, 0)?;
        write!(self.out, "MOTION\nFrames: ")?;
        self.count_at = self.out.stream_position()?;
        writeln!(self.out, "{:<COUNT_DIGITS$}", 0)?;
        writeln!(self.out, "Frame Time: {:.8}", self.period * 1e-6)
    }

    fn joint(&mut self, joint: Joint, rest: &UprightPose, depth: usize) -> std::io::Result<()> {
        let indent = "\t".repeat(depth);
        let kind = if depth == 0 { "ROOT" } else { "JOINT" };
        let [x, y, z] = rest.translations[joint.index()].to_array();
        writeln!(self.out, "{indent}{kind} {}\n{indent}{{", name(joint))?;
        writeln!(self.out, "{indent}\tOFFSET {x:.6} {y:.6} {z:.6}")?;
        writeln!(
            self.out,
            "{indent}\tCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
        )?;
        for child in children(joint) {
            self.joint(child, rest, depth + 1)?;
        }
        if children(joint).next().is_none() {
            // The bone of a leaf joint needs an end: continue its parent's bone by a third.
            let [x, y, z] = (rest.translations[joint.index()] / 3.0).to_array();
            writeln!(
                self.out,
                "{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {x:.6} {y:.6} {z:.6}\n{indent}\t}}"
            )?;
        }
        writeln!(self.out, "{indent}}}")
    }

    fn motion(&mut self, pose: &UprightPose) -> std::io::Result<()> {
        self.frames += 1;
        self.values(Joint::Pelvis, pose)?;
        writeln!(self.out)
    }

    /// The channels of a joint and those below, in the order of the hierarchy.
    fn values(&mut self, joint: Joint, pose: &UprightPose) -> std::io::Result<()> {
        let index = joint.index();
        let [x, y, z] = pose.translations[index].to_array();
        let [rz, rx, ry] = self.angles[index].next(wxyz(pose.rotations[index]));
        let gap = if index == 0 { "" } else { " " };
        write!(
            self.out,
            "{gap}{x:.6} {y:.6} {z:.6} {rz:.5} {rx:.5} {ry:.5}"
        )?;
        for child in children(joint) {
            self.values(child, pose)?;
        }
        Ok(())
    }

    /// Fills in the number of frames and returns the output. If no frame was written, the file is empty.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    pub fn into_inner(mut self) -> Result<W, BodyFileError> {
        self.end().map_err(io_error("the BVH file"))?;
        Ok(self.out)
    }

    fn end(&mut self) -> std::io::Result<()> {
        if self.frames > 0 {
            self.out.seek(SeekFrom::Start(self.count_at))?;
            write!(self.out, "{:<COUNT_DIGITS$}", self.frames)?;
            self.out.seek(SeekFrom::End(0))?;
        }
        self.out.flush()
    }
}

impl<W: Write + Seek + Send> OneBodyWriter for BvhWriter<W> {
    fn write(&mut self, body: &Body, usec: u64) -> Result<(), BodyFileError> {
        self.add(body, usec).map_err(io_error("the BVH file"))
    }

    fn finish(self: Box<Self>) -> Result<(), BodyFileError> {
        self.into_inner().map(drop)
    }
}
