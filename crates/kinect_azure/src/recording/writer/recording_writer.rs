//! The writer: takes images, samples and blocks, and keeps them sorted until their cluster is due.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::file::{Buffered, RecordingFile};
use super::head::{self, Head, Track};
use super::settings::RecordingSettings;
use crate::body::BodyFrame;
use crate::capture::{Capture, ImuSample};
use crate::image::{Image, ImageFormat};
use crate::recording::bodies;
use crate::recording::payload::imu_bytes;
use crate::source::SensorInfo;

/// The most time in a cluster, in µs, as in the vendor's recorder; block times within must fit 16 bits.
pub(super) const CLUSTER_USEC: u64 = 32_000;

/// How much later than two frame periods data may come, in µs.
const LATE_USEC: u64 = 50_000;

/// The longest that the writer waits for a track that is late, in µs: as long as the vendor's recorder.
const LONGEST_WAIT_USEC: u64 = 2_000_000;

/// The most bytes of waiting frames; beyond that, the writer no longer waits for a track that is late.
const MOST_WAITING_BYTES: usize = 512 << 20;

/// How much later than other data of its time a frame may come, in µs.
pub(in crate::recording) const fn patience_usec(sensor: &SensorInfo) -> u64 {
    2 * sensor.frame_rate.period_ns() / 1000 + LATE_USEC
}

/// A recording that is being written.
///
/// The writer is synchronous: writing a capture copies its images once (16-bit ones with their bytes swapped) and,
/// when a cluster is full, hands its bytes to the operating system. About four frame periods of data wait in memory,
/// at most 2 s where inertial samples come late, and their memory is used again. To avoid waiting for the disk, use
/// the writer on a thread of its own, or a [`LiveRecorder`](crate::recording::LiveRecorder).
///
/// Times of a track may be equal, and may go back as far as the writer waits: frames are sorted by their times. While
/// a sensor's clock stands still, all images are kept with their times unchanged.
///
/// A file whose writer was killed plays up to its last full cluster with [`Recording`](crate::recording::Recording); the
/// vendor's player needs a finished one. Dropping a writer finishes the file as far as possible, and errors are not
/// reported.
#[derive(Debug)]
pub struct RecordingWriter {
    pub(super) path: PathBuf,
    pub(super) file: Buffered,
    pub(super) settings: RecordingSettings,
    pub(super) tracks: Vec<Track>,
    /// Newest device time of an image, in µs.
    pub(super) newest_image_usec: Option<u64>,
    /// Newest device time of an inertial sample, in µs.
    pub(super) newest_sample_usec: Option<u64>,
    /// Newest device time of a body frame, in µs.
    pub(super) newest_bodies_usec: Option<u64>,
    /// Frames that wait, sorted by time and track.
    pub(super) waiting: VecDeque<Frame>,
    /// How many of them each track has.
    pub(super) waiting_of: Vec<usize>,
    /// How many bytes they have.
    pub(super) waiting_bytes: usize,
    /// Memory of frames that were written, by track.
    pub(super) spare: Vec<Vec<Vec<u8>>>,
    pub(super) newest_usec: u64,
    /// Device time of the last frame in the file, in µs; nothing before it can be added.
    pub(super) written_usec: Option<u64>,
    pub(super) patience_usec: u64,
    /// Length of the file up to its last full cluster.
    pub(super) position: u64,
    pub(super) started: Option<Started>,
    pub(super) cues: Vec<Cue>,
    /// The buffer in which small elements are built.
    pub(super) scratch: Vec<u8>,
    pub(super) stopped: bool,
    pub(super) finished: bool,
}

/// The state after the head was written.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) start_usec: u64,
    pub(super) end_usec: u64,
    pub(super) segment_size: u64,
    pub(super) segment: u64,
    pub(super) cues_entry: u64,
    pub(super) duration: u64,
}

#[derive(Debug)]
pub(super) struct Frame {
    pub(super) time_usec: u64,
    pub(super) track: usize,
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub(super) time: u64,
    pub(super) track: usize,
    pub(super) position: u64,
    /// Device time of the last frame in front of its cluster, in µs.
    pub(super) before_usec: u64,
}

impl RecordingWriter {
    /// Creates the file, and replaces an existing one.
    ///
    /// # Errors
    /// Fails with [`WriteError::Settings`] if no recording can have these settings (the file is not touched then), and
    /// with [`WriteError::Io`] if the file cannot be created.
    pub fn create(path: impl AsRef<Path>, settings: RecordingSettings) -> Result<Self, WriteError> {
        settings.check()?;
        let path = path.as_ref();
        let file = File::create(path).map_err(|source| WriteError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::new(path, Box::new(file), settings)
    }

    /// Writes into a [`RecordingFile`]; `path` is its name in messages.
    ///
    /// # Errors
    /// Fails with [`WriteError::Settings`] if no recording can have these settings.
    pub fn new(
        path: impl AsRef<Path>,
        file: Box<dyn RecordingFile>,
        settings: RecordingSettings,
    ) -> Result<Self, WriteError> {
        settings.check()?;
        let tracks = head::tracks(&settings);
        let patience_usec = patience_usec(&settings.sensor);
        Ok(Self {
            path: path.as_ref().to_owned(),
            file: Buffered::new(file),
            newest_image_usec: None,
            newest_sample_usec: None,
            newest_bodies_usec: None,
            waiting: VecDeque::new(),
            waiting_of: vec![0; tracks.len()],
            waiting_bytes: 0,
            spare: vec![Vec::new(); tracks.len()],
            tracks,
            settings,
            newest_usec: 0,
            written_usec: None,
            patience_usec,
            position: 0,
            started: None,
            cues: Vec::new(),
            scratch: Vec::new(),
            stopped: false,
            finished: false,
        })
    }

    /// The path of the recording.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes in the file so far, without the frames that still wait.
    pub const fn bytes_written(&self) -> u64 {
        self.position
    }

    /// Time from the first to the last frame in the file, in µs of the device clock.
    pub fn duration_usec(&self) -> u64 {
        let started = self.started.as_ref();
        started.map_or(0, |started| started.end_usec - started.start_usec)
    }

    /// Writes the images of a capture. If one of them is refused, none is written.
    ///
    /// # Errors
    /// Fails with [`WriteError::Unfit`] if an image is not of the recording's modes, with [`WriteError::OutOfOrder`] if
    /// an image is older than the data that is already in the file, and with [`WriteError::Io`] if the disk is full or
    /// was removed.
    pub fn write_capture(&mut self, capture: &Capture) -> Result<(), WriteError> {
        let images = [
            ("COLOR", &capture.color),
            ("DEPTH", &capture.depth),
            ("IR", &capture.ir),
        ];
        let mut indices = [None; 3];
        for ((name, image), index) in images.iter().zip(&mut indices) {
            if let Some(image) = image {
                let track = self.track(name).map_err(|error| match error {
                    WriteError::Unfit { track, .. } => WriteError::OtherModes {
                        track,
                        found: describe(image.format, (image.width, image.height)),
                        expected: "modes, in which that camera is off".to_owned(),
                    },
                    other => other,
                })?;
                self.check_image(name, image)?;
                self.check_time(track, image.device_timestamp_usec)?;
                *index = Some(track);
            }
        }
        let truth = capture
            .ground_truth
            .as_ref()
            .filter(|_| self.settings.bodies);
        let people = match truth {
            None => None,
            Some(truth) => {
                let track = self.track(bodies::TRACK)?;
                self.check_time(track, truth.device_timestamp_usec)?;
                Some((track, truth))
            }
        };
        for ((_, image), index) in images.iter().zip(indices) {
            if let (Some(image), Some(track)) = (image, index) {
                let newest = self
                    .newest_image_usec
                    .max(Some(image.device_timestamp_usec));
                self.newest_image_usec = newest;
                self.push(track, image.device_timestamp_usec, |bytes| {
                    match image.format {
                        ImageFormat::Color(_) => bytes.extend_from_slice(image.bytes()),
                        ImageFormat::Depth16 | ImageFormat::Ir16 => {
                            let swapped = image.u16_pixels().iter().map(|value| value.to_be());
                            bytes.resize(image.size(), 0);
                            for (pair, value) in bytes.chunks_exact_mut(2).zip(swapped) {
                                pair.copy_from_slice(&value.to_ne_bytes());
                            }
                        }
                    }
                });
            }
        }
        if let Some((track, truth)) = people {
            self.push_bodies(track, truth);
        }
        self.write_ripe()
    }

    /// Writes the bodies that a tracker found in a depth image, at most 2 s after the image. If
    /// [`RecordingSettings::bodies`] is `false`, nothing is written.
    ///
    /// # Errors
    /// Fails as [`write_capture`](Self::write_capture) does.
    pub fn write_bodies(&mut self, frame: &BodyFrame) -> Result<(), WriteError> {
        if !self.settings.bodies {
            return Ok(());
        }
        let track = self.track(bodies::TRACK)?;
        self.check_time(track, frame.device_timestamp_usec)?;
        self.push_bodies(track, frame);
        self.write_ripe()
    }

    fn push_bodies(&mut self, track: usize, frame: &BodyFrame) {
        let time = frame.device_timestamp_usec;
        self.newest_bodies_usec = self.newest_bodies_usec.max(Some(time));
        self.push(track, time, |bytes| bodies::write(frame, bytes));
    }

    /// Writes an inertial sample. Its temperature is not stored; recordings have no place for it.
    ///
    /// # Errors
    /// Fails as [`write_capture`](Self::write_capture) does.
    pub fn write_imu_sample(&mut self, sample: &ImuSample) -> Result<(), WriteError> {
        let track = self.track("IMU")?;
        let time = sample.acceleration_timestamp_usec;
        self.check_time(track, time)?;
        if sample.angular_velocity_timestamp_usec > u64::MAX / 1000 {
            return Err(self.unfit(track, "its times are later than any sensor's clock can be"));
        }
        self.newest_sample_usec = self.newest_sample_usec.max(Some(time));
        self.push(track, time, |bytes| {
            bytes.extend_from_slice(&imu_bytes(sample));
        });
        self.write_ripe()
    }

    /// Writes a block of a custom track.
    ///
    /// # Errors
    /// Fails as [`write_capture`](Self::write_capture) does, and if there is no custom track of that name or the block
    /// is empty.
    pub fn write_custom(
        &mut self,
        track: &str,
        device_timestamp_usec: u64,
        data: &[u8],
    ) -> Result<(), WriteError> {
        let known = self.settings.custom_tracks.iter().any(|t| t.name == track);
        if !known {
            return Err(WriteError::Unfit {
                track: track.to_owned(),
                problem:
                    "the recording has no custom track of that name; add the track in the settings"
                        .to_owned(),
            });
        }
        let index = self.track(track)?;
        if data.is_empty() {
            return Err(self.unfit(index, "an empty block cannot be read back; leave it out"));
        }
        self.check_time(index, device_timestamp_usec)?;
        self.push(index, device_timestamp_usec, |bytes| {
            bytes.extend_from_slice(data);
        });
        self.write_ripe()
    }

    /// Asks the operating system to write the file to the disk itself, and waits for that: the data then survives a
    /// power cut.
    ///
    /// # Errors
    /// Fails with [`WriteError::Io`] if the disk is full or was removed.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        self.file.sync().map_err(|source| self.io(source))
    }

    /// Writes the waiting frames, the index and the length; returns the file's length in bytes. The vendor's player
    /// opens only finished files.
    ///
    /// # Errors
    /// Fails with [`WriteError::Io`] if the disk is full or was removed, and with [`WriteError::Stopped`] after an
    /// earlier error. The data that was written before is still finished as a recording; on a full disk its last second
    /// may be cut off to make room for the index.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        self.complete()?;
        Ok(self.position)
    }

    /// [`finish`](Self::finish) and then [`sync`](Self::sync); afterwards the figures are those of the finished file.
    pub(in crate::recording) fn finish_and_sync(&mut self) -> Result<(), WriteError> {
        self.complete().and_then(|()| self.sync())
    }

    /// Whether the file holds data that can be read.
    pub(in crate::recording) const fn holds_data(&self) -> bool {
        self.written_usec.is_some()
    }

    fn track(&self, name: &str) -> Result<usize, WriteError> {
        if self.stopped {
            return Err(WriteError::Stopped(self.path.clone()));
        }
        let found = self.tracks.iter().position(|track| track.name == name);
        found.ok_or_else(|| WriteError::Unfit {
            track: name.to_owned(),
            problem: "the recording has no such track; turn the track on in the settings, or leave the data out"
                .to_owned(),
        })
    }

    fn unfit(&self, track: usize, problem: &str) -> WriteError {
        WriteError::Unfit {
            track: self
                .tracks
                .get(track)
                .map_or_else(String::new, |t| t.name.clone()),
            problem: problem.to_owned(),
        }
    }

    fn check_image(&self, track: &str, image: &Image) -> Result<(), WriteError> {
        let sensor = &self.settings.sensor;
        let (format, size) = match track {
            "COLOR" => (
                ImageFormat::Color(sensor.color_format.unwrap_or_default()),
                sensor.color_resolution.size(),
            ),
            "DEPTH" => (ImageFormat::Depth16, sensor.depth_mode.size()),
            _ => (ImageFormat::Ir16, sensor.depth_mode.size()),
        };
        let found = (image.width, image.height);
        if image.format != format || found != size {
            return Err(WriteError::OtherModes {
                track: track.to_owned(),
                found: describe(image.format, found),
                expected: describe(format, size),
            });
        }
        let problem = match format.packed_size(size.0, size.1) {
            Some(packed) if packed != image.size() => format!(
                "an image has {} bytes instead of {packed}; pack its rows tightly",
                image.size()
            ),
            None if !image.bytes().starts_with(&[0xFF, 0xD8]) => {
                "a colour image is not a JPEG; leave it out".to_owned()
            }
            _ => return Ok(()),
        };
        Err(WriteError::Unfit {
            track: track.to_owned(),
            problem,
        })
    }

    /// Refuses times that are before the data in the file.
    fn check_time(&self, track: usize, time_usec: u64) -> Result<(), WriteError> {
        if time_usec > i64::MAX as u64 / 1000 {
            return Err(self.unfit(
                track,
                "its time is later than any sensor's clock can be; check its unit (µs)",
            ));
        }
        match self.written_usec.filter(|written| time_usec < *written) {
            None => Ok(()),
            Some(written_usec) => Err(WriteError::OutOfOrder {
                track: self
                    .tracks
                    .get(track)
                    .map_or_else(String::new, |t| t.name.clone()),
                time_usec,
                written_usec,
            }),
        }
    }

    /// Adds a frame to the waiting ones.
    fn push(&mut self, track: usize, time_usec: u64, fill: impl FnOnce(&mut Vec<u8>)) {
        let spare = self.spare.get_mut(track).and_then(Vec::pop);
        let mut bytes = spare.unwrap_or_default();
        bytes.clear();
        fill(&mut bytes);
        if let Some(count) = self.waiting_of.get_mut(track) {
            *count += 1;
        }
        self.waiting_bytes += bytes.len();
        self.newest_usec = self.newest_usec.max(time_usec);
        let key = (time_usec, track);
        let at = self
            .waiting
            .partition_point(|f| (f.time_usec, f.track) <= key);
        self.waiting.insert(
            at,
            Frame {
                time_usec,
                track,
                bytes,
            },
        );
    }

    /// Writes the clusters to which nothing can be added any more.
    fn write_ripe(&mut self) -> Result<(), WriteError> {
        while let Some(first) = self.waiting.front() {
            let end_usec = first.time_usec + CLUSTER_USEC;
            if !self.is_ripe(end_usec) && !self.clock_stands(first.track) {
                break;
            }
            self.write_cluster()?;
        }
        Ok(())
    }

    /// Whether nothing more is expected of the time before `end_usec`.
    fn is_ripe(&self, end_usec: u64) -> bool {
        let patient_usec = end_usec + self.patience_usec;
        if self.newest_usec < patient_usec {
            return false;
        }
        let has_imu = self.settings.sensor.has_imu;
        let has_images = self.tracks.iter().any(Track::is_image);
        let images = !has_images
            || self
                .newest_image_usec
                .is_some_and(|time| time >= patient_usec);
        let samples = !has_imu || self.newest_sample_usec.is_some_and(|time| time >= end_usec);
        let bodies =
            !self.settings.bodies || self.newest_bodies_usec.is_some_and(|time| time >= end_usec);
        images && samples && bodies
            || self.newest_usec >= end_usec + LONGEST_WAIT_USEC
            || self.waiting_bytes > MOST_WAITING_BYTES
    }

    /// Whether the sensor's clock has stopped: more than three seconds of images are waiting in the track.
    fn clock_stands(&self, track: usize) -> bool {
        let is_image = self.tracks.get(track).is_some_and(Track::is_image);
        let most = 3 * self.settings.sensor.frame_rate.fps() as usize;
        is_image
            && self
                .waiting_of
                .get(track)
                .is_some_and(|count| *count > most)
    }

    /// Writes the oldest 32 ms. On an error the file is cut back to its last full cluster.
    pub(super) fn write_cluster(&mut self) -> Result<(), WriteError> {
        let Err(source) = self.try_cluster() else {
            return Ok(());
        };
        self.stopped = true;
        Err(self.io(source))
    }

    pub(super) fn io(&self, source: io::Error) -> WriteError {
        WriteError::Io {
            path: self.path.clone(),
            source,
        }
    }

    pub(super) fn start(&mut self, start_usec: u64) -> io::Result<()> {
        if self.started.is_some() {
            return Ok(());
        }
        let head = Head::new(&self.settings, &self.tracks, start_usec);
        self.file.write_all(&head.bytes)?;
        // A write that does not fit on the disk must fail here, before the cluster is counted.
        self.file.flush()?;
        self.position = head.bytes.len() as u64;
        self.started = Some(Started {
            start_usec,
            end_usec: start_usec,
            segment_size: head.segment_size,
            segment: head.segment,
            cues_entry: head.cues_entry,
            duration: head.duration,
        });
        Ok(())
    }
}

/// An image's format and size, for messages.
fn describe(format: ImageFormat, (width, height): (u32, u32)) -> String {
    let format = match format {
        ImageFormat::Color(format) => format.name(),
        ImageFormat::Depth16 => "depth",
        ImageFormat::Ir16 => "infrared",
    };
    format!("{format} {width}×{height}")
}

impl Drop for RecordingWriter {
    fn drop(&mut self) {
        let _ = self.complete();
    }
}
