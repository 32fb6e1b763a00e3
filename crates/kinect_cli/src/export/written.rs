//! The number of files that were written.

use std::ops::Add;

use kinect_azure::body::BodyFrame;

use super::plan::Plan;
use super::stream::Stream;
use crate::terminal::plural;

/// The number of files that were written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    pub(crate) captures: u64,
    /// Files of each of [`Stream::OF_CAPTURES`].
    files: [u64; Stream::OF_CAPTURES.len()],
    pub(crate) imu_samples: u64,
    pub(crate) calibration_files: u64,
    pub(super) bodies: Bodies,
}

/// The bodies that were written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bodies {
    frames: u64,
    /// The most bodies in one frame.
    most: usize,
}

impl Bodies {
    /// Counts a written frame.
    pub(super) fn count(&mut self, frame: &BodyFrame) {
        self.frames += 1;
        self.most = self.most.max(frame.bodies.len());
    }
}

impl Add for Written {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let mut files = self.files;
        for (sum, more) in files.iter_mut().zip(other.files) {
            *sum += more;
        }
        Self {
            captures: self.captures + other.captures,
            files,
            imu_samples: self.imu_samples + other.imu_samples,
            calibration_files: self.calibration_files + other.calibration_files,
            bodies: Bodies {
                frames: self.bodies.frames + other.bodies.frames,
                most: self.bodies.most.max(other.bodies.most),
            },
        }
    }
}

impl Written {
    /// Counts a written file of a stream.
    pub(super) fn count(&mut self, stream: Stream) {
        if let Some(files) = self.files.get_mut(stream as usize) {
            *files += 1;
        }
    }

    /// A summary of the written files.
    pub(crate) fn summary(&self, plan: &Plan) -> String {
        let files: Vec<String> = Stream::OF_CAPTURES
            .into_iter()
            .zip(self.files)
            .filter(|&(stream, _)| plan.has(stream))
            .map(|(stream, count)| format!("{count} {}", stream.name()))
            .collect();
        let mut parts = Vec::new();
        if plan.captures() {
            parts.push(format!(
                "{} ({})",
                plural(self.captures, "capture"),
                files.join(", ")
            ));
        }
        if plan.has(Stream::Bodies) {
            let frames = plural(self.bodies.frames, "body frame");
            parts.push(match self.bodies.most {
                0 => format!("{frames} (nobody in them)"),
                1 => format!("{frames} (1 body at most)"),
                most => format!("{frames} ({most} bodies at most)"),
            });
        }
        if plan.has(Stream::Imu) {
            parts.push(plural(self.imu_samples, "inertial sample"));
        }
        if plan.has(Stream::Calibration) {
            parts.push(plural(self.calibration_files, "calibration file"));
        }
        format!("exported {}", parts.join(" and "))
    }

    /// Whether no file was written.
    pub(super) const fn is_nothing(&self) -> bool {
        self.captures == 0
            && self.bodies.frames == 0
            && self.imu_samples == 0
            && self.calibration_files == 0
    }
}
