//! Writes recordings that the vendor's player and tools read.
//!
//! How it works: what is written waits, sorted by device time, until so much later data has come that nothing earlier
//! can follow (two frame periods and 50 ms). Then the oldest 32 ms leave as one cluster, as the vendor's recorder cuts
//! them. The head is written with the first cluster, because only then the device time of file time 0 is known;
//! [`finish`](RecordingWriter::finish) adds the index and fills in length and duration.

mod elements;
mod error;
mod file;
mod head;
mod settings;

pub use error::WriteError;
pub use file::RecordingFile;
pub use settings::{CustomTrack, RecordingSettings};

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use elements::{header, master, size, uint};
use file::Buffered;
use head::{Head, Track};

use super::ebml::id;
use super::payload::{IMU_SAMPLE_SIZE, imu_bytes};
use crate::capture::{Capture, ImuSample};
use crate::image::{Image, ImageFormat};
use crate::source::{CaptureSource, NextCapture, Recovery, SensorInfo};

/// The attachment that holds the factory calibration.
const CALIBRATION: &str = "calibration.json";

/// The most time in a cluster, in µs, as in the vendor's recorder; block times within must fit 16 bits.
const CLUSTER_USEC: u64 = 32_000;

/// What data may come late by beyond two frame periods, in µs.
const LATE_USEC: u64 = 50_000;

/// How much later than others of its time data may come, in µs.
pub(in crate::recording) const fn patience_usec(sensor: &SensorInfo) -> u64 {
    2 * sensor.frame_rate.period_ns() / 1000 + LATE_USEC
}

/// At most one entry of the index in that time, in µs.
const CUE_USEC: u64 = 1_000_000;

/// The most frames that share a block: their number less one is a byte.
const MOST_LACED: usize = 256;

/// Frames kept for use again for each track.
const SPARE: usize = 128;

/// A recording that is being written.
///
/// Simple and synchronous: writing a capture copies its images once (16-bit ones with their bytes swapped) and, when
/// a cluster is full, hands its bytes to the operating system. At most about four frame periods of data wait in memory,
/// and their memory is used again. Who must not wait for a disk writes from a thread of its own.
///
/// A file whose writer was killed plays up to its last full cluster with [`Recording`](super::Recording); the vendor's
/// player needs a finished one. Dropping a writer finishes the file as well as it can, without a word about errors.
#[derive(Debug)]
pub struct RecordingWriter {
    path: PathBuf,
    file: Buffered,
    settings: RecordingSettings,
    tracks: Vec<Track>,
    /// Device time of the last frame that each track took, in µs.
    last: Vec<Option<u64>>,
    /// Frames that wait, sorted by time and track.
    waiting: VecDeque<Frame>,
    /// Memory of frames that were written, by track.
    spare: Vec<Vec<Vec<u8>>>,
    newest_usec: u64,
    /// Everything before this device time is in the file.
    written_usec: u64,
    patience_usec: u64,
    /// Length of the file up to its last full cluster.
    position: u64,
    started: Option<Started>,
    cues: Vec<Cue>,
    /// Small elements are put together here.
    scratch: Vec<u8>,
    stopped: bool,
    finished: bool,
}

/// What is known once the head is written.
#[derive(Debug)]
struct Started {
    start_usec: u64,
    end_usec: u64,
    segment_size: u64,
    segment: u64,
    cues_entry: u64,
    duration: u64,
}

#[derive(Debug)]
struct Frame {
    time_usec: u64,
    track: usize,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Cue {
    time: u64,
    track: usize,
    position: u64,
    /// Device time of the last frame in front of its cluster, in µs.
    before_usec: u64,
}

impl RecordingWriter {
    /// Creates the file, in place of one that is there.
    ///
    /// # Errors
    /// [`WriteError::Settings`] for settings that make no recording, before the file is touched, and
    /// [`WriteError::Io`] when it cannot be created.
    pub fn create(path: impl AsRef<Path>, settings: RecordingSettings) -> Result<Self, WriteError> {
        settings.check()?;
        let path = path.as_ref();
        let file = File::create(path).map_err(|source| WriteError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::new(path, Box::new(file), settings)
    }

    /// Writes into something that stands for a file; `path` is its name in messages.
    ///
    /// # Errors
    /// [`WriteError::Settings`] for settings that make no recording.
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
            last: vec![None; tracks.len()],
            waiting: VecDeque::new(),
            spare: vec![Vec::new(); tracks.len()],
            tracks,
            settings,
            newest_usec: 0,
            written_usec: 0,
            patience_usec,
            position: 0,
            started: None,
            cues: Vec::new(),
            scratch: Vec::new(),
            stopped: false,
            finished: false,
        })
    }

    /// Where the recording is written to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes in the file so far; what still waits is not among them.
    pub const fn bytes_written(&self) -> u64 {
        self.position
    }

    /// Time from the first to the last frame in the file, in µs of the device clock.
    pub fn duration_usec(&self) -> u64 {
        let started = self.started.as_ref();
        started.map_or(0, |started| started.end_usec - started.start_usec)
    }

    /// Writes the images of a capture: all, or on an error of theirs none.
    ///
    /// # Errors
    /// [`WriteError::Unfit`] for images that are not of the recording's modes, [`WriteError::OutOfOrder`] for those
    /// older than what is written, [`WriteError::Io`] when the disk is full or gone.
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
                self.check_time(track, image.device_timestamp_usec, true)?;
                *index = Some(track);
            }
        }
        for ((_, image), index) in images.iter().zip(indices) {
            if let (Some(image), Some(track)) = (image, index) {
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
        self.write_ripe()
    }

    /// Writes an inertial sample. Its temperature is not stored; recordings have no place for it.
    ///
    /// # Errors
    /// As for [`write_capture`](Self::write_capture).
    pub fn write_imu_sample(&mut self, sample: &ImuSample) -> Result<(), WriteError> {
        let track = self.track("IMU")?;
        let time = sample.acceleration_timestamp_usec;
        self.check_time(track, time, false)?;
        if sample.angular_velocity_timestamp_usec > u64::MAX / 1000 {
            return Err(self.unfit(track, "its times are beyond any clock"));
        }
        self.push(track, time, |bytes| {
            bytes.extend_from_slice(&imu_bytes(sample));
        });
        self.write_ripe()
    }

    /// Writes a block of a custom track.
    ///
    /// # Errors
    /// As for [`write_capture`](Self::write_capture); also when there is no such custom track or the block is empty.
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
                problem: "there is no such custom track; name it in the settings".to_owned(),
            });
        }
        let index = self.track(track)?;
        if data.is_empty() {
            return Err(self.unfit(index, "an empty block cannot be read back; leave it out"));
        }
        self.check_time(index, device_timestamp_usec, false)?;
        self.push(index, device_timestamp_usec, |bytes| {
            bytes.extend_from_slice(data);
        });
        self.write_ripe()
    }

    /// Asks the operating system to bring what is written to the disk itself, and waits for it: what is there then
    /// outlasts a power cut.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the disk is full or gone.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        self.file.sync().map_err(|source| self.io(source))
    }

    /// Writes what waits, the index and the length; gives the file's length in bytes. Only then the vendor's player
    /// opens the file.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the disk is full or gone; [`WriteError::Stopped`] after an earlier error. What was
    /// written before is finished nevertheless, if need be without its last second to make room for the index.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        self.complete()?;
        Ok(self.position)
    }

    /// [`finish`](Self::finish) and then [`sync`](Self::sync); afterwards the figures are those of the finished file.
    pub(in crate::recording) fn finish_and_sync(&mut self) -> Result<(), WriteError> {
        self.complete().and_then(|()| self.sync())
    }

    /// Whether there is anything in the file that could be read.
    pub(in crate::recording) const fn holds_data(&self) -> bool {
        self.written_usec > 0
    }

    fn track(&self, name: &str) -> Result<usize, WriteError> {
        if self.stopped {
            return Err(WriteError::Stopped(self.path.clone()));
        }
        let found = self.tracks.iter().position(|track| track.name == name);
        found.ok_or_else(|| WriteError::Unfit {
            track: name.to_owned(),
            problem: "the recording has no such track; turn it on in the settings or leave it out"
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
                "a colour image is no JPEG; leave it out".to_owned()
            }
            _ => return Ok(()),
        };
        Err(WriteError::Unfit {
            track: track.to_owned(),
            problem,
        })
    }

    /// Refuses times behind what is written or what the track already took.
    fn check_time(&self, track: usize, time_usec: u64, strictly: bool) -> Result<(), WriteError> {
        if time_usec > i64::MAX as u64 / 1000 {
            return Err(self.unfit(track, "its time is beyond any clock; check its unit (µs)"));
        }
        let last = self.last.get(track).copied().flatten();
        let behind = last.filter(|last| time_usec < *last || strictly && time_usec == *last);
        let late = Some(self.written_usec).filter(|written| time_usec < *written);
        match behind.or(late) {
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

    /// Adds a frame to those that wait.
    fn push(&mut self, track: usize, time_usec: u64, fill: impl FnOnce(&mut Vec<u8>)) {
        let spare = self.spare.get_mut(track).and_then(Vec::pop);
        let mut bytes = spare.unwrap_or_default();
        bytes.clear();
        fill(&mut bytes);
        if let Some(last) = self.last.get_mut(track) {
            *last = Some(time_usec);
        }
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
            if first.time_usec + CLUSTER_USEC + self.patience_usec > self.newest_usec {
                break;
            }
            self.write_cluster()?;
        }
        Ok(())
    }

    /// Writes the oldest 32 ms. On an error the file is cut back to its last full cluster.
    fn write_cluster(&mut self) -> Result<(), WriteError> {
        let Err(source) = self.try_cluster() else {
            return Ok(());
        };
        self.stopped = true;
        Err(self.io(source))
    }

    fn io(&self, source: io::Error) -> WriteError {
        WriteError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn start(&mut self, start_usec: u64) -> io::Result<()> {
        if self.started.is_some() {
            return Ok(());
        }
        let head = Head::new(&self.settings, &self.tracks, start_usec);
        self.file.write_all(&head.bytes)?;
        // What does not fit must be known before it counts.
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

    fn try_cluster(&mut self) -> io::Result<()> {
        let Some(first) = self.waiting.front().map(|frame| frame.time_usec) else {
            return Ok(());
        };
        self.start(first)?;
        let Some(started) = &mut self.started else {
            return Ok(());
        };
        let count = self
            .waiting
            .partition_point(|f| f.time_usec < first + CLUSTER_USEC);
        let imu = self.tracks.iter().position(|track| track.name == "IMU");
        let time = first - started.start_usec;

        // The beginnings of all blocks, one behind the other, and what of `scratch` and of the frames belongs together.
        self.scratch.clear();
        uint(&mut self.scratch, id::TIMESTAMP, time);
        let mut runs: Vec<(usize, core::ops::Range<usize>, usize)> = Vec::new();
        let mut index = 0;
        let mut from = 0;
        while index < count {
            let frame = &self.waiting[index];
            let relative = ((frame.time_usec - first) as i16).to_be_bytes();
            let number = frame.track as u64 + 1;
            let laced = if Some(frame.track) == imu {
                let run = self.waiting.range(index..count);
                run.take(MOST_LACED)
                    .take_while(|f| f.track == frame.track)
                    .count()
            } else {
                1
            };
            let bytes: usize = self
                .waiting
                .range(index..index + laced)
                .map(|f| f.bytes.len())
                .sum();
            let mut after = 0;
            if Some(frame.track) == imu {
                let last = self.waiting[index + laced - 1].time_usec;
                let mut tail = Vec::with_capacity(8);
                uint(&mut tail, id::BLOCK_DURATION, last - frame.time_usec + 1);
                let lacing = usize::from(laced > 1);
                let mut block = Vec::with_capacity(16);
                header(&mut block, id::BLOCK, (4 + lacing + bytes) as u64);
                header(
                    &mut self.scratch,
                    id::BLOCK_GROUP,
                    (block.len() + 4 + lacing + bytes + tail.len()) as u64,
                );
                self.scratch.extend(block);
                size(&mut self.scratch, number);
                self.scratch.extend(relative);
                // Fixed-size lacing, then how many frames there are beyond the first.
                self.scratch.push(if laced > 1 { 0x04 } else { 0 });
                if laced > 1 {
                    self.scratch.push((laced - 1) as u8);
                }
                after = tail.len();
                runs.push((from, index..index + laced, after));
                self.scratch.extend(tail);
            } else {
                header(&mut self.scratch, id::SIMPLE_BLOCK, (4 + bytes) as u64);
                size(&mut self.scratch, number);
                self.scratch.extend(relative);
                self.scratch.push(0x80);
                runs.push((from, index..index + 1, after));
            }
            from = self.scratch.len();
            index += laced;
        }
        let payload: usize = self.waiting.range(..count).map(|f| f.bytes.len()).sum();
        let total = self.scratch.len() + payload;
        let mut cluster_header = Vec::with_capacity(12);
        header(&mut cluster_header, id::CLUSTER, total as u64);
        self.file.write_all(&cluster_header)?;
        for (place, (start, frames, after)) in runs.iter().enumerate() {
            let end = runs
                .get(place + 1)
                .map_or(self.scratch.len(), |next| next.0);
            self.file.write_all(&self.scratch[*start..end - after])?;
            for frame in self.waiting.range(frames.clone()) {
                self.file.write_all(&frame.bytes)?;
            }
            self.file.write_all(&self.scratch[end - after..end])?;
        }
        self.file.flush()?;

        let has_first_track = self.waiting.range(..count).any(|f| f.track == 0);
        let since = self.cues.last().map(|cue| time - cue.time);
        let due = since.is_none_or(|since| since >= CUE_USEC);
        let overdue = since.is_some_and(|since| since >= 5 * CUE_USEC);
        if due && has_first_track || overdue {
            let frames = self.waiting.range(..count);
            let cued = frames.min_by_key(|f| f.track);
            self.cues.extend(cued.map(|frame| Cue {
                time: frame.time_usec - started.start_usec,
                track: frame.track,
                position: self.position - started.segment,
                before_usec: started.end_usec,
            }));
        }
        self.position += (cluster_header.len() + total) as u64;
        started.end_usec = self.waiting[count - 1].time_usec;
        self.written_usec = first + CLUSTER_USEC;
        for frame in self.waiting.drain(..count) {
            if let Some(spare) = self.spare.get_mut(frame.track).filter(|s| s.len() < SPARE) {
                spare.push(frame.bytes);
            }
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<(), WriteError> {
        if self.finished {
            return Ok(());
        }
        self.finished = true;
        while !self.stopped && !self.waiting.is_empty() {
            // An error stops the recording; what was written is finished all the same.
            if let Err(error) = self.write_cluster() {
                let _ = self.salvage();
                return Err(error);
            }
        }
        if self.stopped {
            self.salvage().map_err(|source| self.io(source))?;
            return Err(WriteError::Stopped(self.path.clone()));
        }
        self.start(0)
            .and_then(|()| self.try_complete())
            .map_err(|source| {
                let _ = self.salvage();
                self.io(source)
            })
    }

    /// Finishes the file after an error. Where not even the index finds room, the last second makes room for it.
    fn salvage(&mut self) -> io::Result<()> {
        let before = self.position;
        let Err(error) = self.cut().and_then(|()| self.try_complete()) else {
            return Ok(());
        };
        if self.cues.len() < 2 {
            return Err(error);
        }
        if let (Some(cue), Some(started)) = (self.cues.pop(), &mut self.started) {
            self.position = before.min(started.segment + cue.position);
            started.end_usec = cue.before_usec;
        }
        self.cut().and_then(|()| self.try_complete())
    }

    /// Cuts the file back to its last full cluster: what a failed write left behind goes, buffered bytes with it.
    fn cut(&mut self) -> io::Result<()> {
        self.stopped = true;
        if self.started.is_none() {
            self.position = 0;
        }
        self.file.cut(self.position)
    }

    /// Writes the index and fills in what the head left open.
    fn try_complete(&mut self) -> io::Result<()> {
        let Some(started) = &self.started else {
            return Ok(());
        };
        self.file.seek(self.position)?;
        let mut end = self.position;
        let mut out = Vec::new();
        if !self.cues.is_empty() {
            master(&mut out, id::CUES, |out| {
                for cue in &self.cues {
                    master(out, id::CUE_POINT, |out| {
                        uint(out, id::CUE_TIME, cue.time);
                        master(out, id::CUE_TRACK_POSITIONS, |out| {
                            uint(out, id::CUE_TRACK, cue.track as u64 + 1);
                            uint(out, id::CUE_CLUSTER_POSITION, cue.position);
                        });
                    });
                }
            });
            self.file.write_all(&out)?;
            // The index must be there before anything says so.
            self.file.flush()?;
            end += out.len() as u64;
            let mut entry = Vec::new();
            head::seek_entry(&mut entry, id::CUES, self.position - started.segment);
            self.file.seek(started.cues_entry)?;
            self.file.write_all(&entry)?;
        }
        out.clear();
        head::duration(&mut out, started.end_usec - started.start_usec);
        self.file.seek(started.duration)?;
        self.file.write_all(&out)?;
        self.file.seek(started.segment_size)?;
        let size = (end - started.segment) | 1 << 56;
        self.file.write_all(&size.to_be_bytes())?;
        self.file.flush()?;
        self.position = end;
        Ok(())
    }
}

/// An image's format and size, for people.
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

/// Writes what a source delivers until it ends or, with `duration`, until that much device time has passed; gives the
/// number of captures. Captures that the source could not deliver are left out. The file is not finished yet.
///
/// # Errors
/// When the source fails or the recording cannot be written.
pub fn record(
    source: &mut dyn CaptureSource,
    writer: &mut RecordingWriter,
    duration: Option<Duration>,
) -> Result<u64, WriteError> {
    let limit = duration.map(|d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX));
    let (mut count, mut first) = (0, None);
    loop {
        let next = source.next_capture(Duration::from_millis(500));
        let ended = match next {
            Ok(NextCapture::Capture(capture)) => {
                let time = capture.device_timestamp_usec();
                let start = first.or(time);
                first = start;
                let over = match (limit, time, start) {
                    (Some(limit), Some(time), Some(start)) => time.saturating_sub(start) >= limit,
                    _ => false,
                };
                if !over {
                    writer.write_capture(&capture)?;
                    count += 1;
                }
                over
            }
            Ok(NextCapture::End) => true,
            Ok(NextCapture::Timeout) => false,
            Err(error) if error.recovery() == Recovery::NextCapture => false,
            Err(error) => return Err(error.into()),
        };
        if writer.settings.sensor.has_imu {
            while let Some(sample) = source.next_imu_sample()? {
                writer.write_imu_sample(&sample)?;
            }
        }
        if ended {
            return Ok(count);
        }
    }
}

const _: () = assert!(CLUSTER_USEC < i16::MAX as u64 && IMU_SAMPLE_SIZE == 40);
