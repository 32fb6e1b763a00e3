//! Opens a recording: reads and checks its head, finds its clusters, parses its calibration.

use std::path::Path;
use std::sync::Arc;

use super::blocks::BlockTrack;
use super::blocks::Frame;
use super::bodies::{self, BodyFrames};
use super::clusters::{Clusters, Found, Place, Reach};
use super::compression::Unpacker;
use super::ebml::Window;
use super::error::RecordingError;
use super::grouping::{Direction, Grouping};
use super::head::{Encoding, Head};
use super::info::{RecordingInfo, TagTarget, TrackKind};
use super::payload::{CLOCK_TOLERANCE_NS, ImuRun, RawImuSample};
use super::reader::{Places, Recording};
use super::storage::Storage;
use super::time::{DEFAULT_SCALE, LARGEST_SCALE, MATROSKA_EPOCH_SEC, RECORDER_SCALE};
use super::tracks::{self, Sensor};
use crate::calibration::RawCalibration;
use crate::image::{ImageFormat, ImagePool};
use crate::modes::ColorFormat;
use crate::source::SensorInfo;

/// The time before the end in which the last inertial sample is searched.
const LAST_SAMPLE_NS: i64 = 5_000_000_000;

/// The largest calibration that is read; real ones have 4 to 16 KB.
const LARGEST_CALIBRATION: u64 = 16 << 20;

impl Recording {
    /// Opens a recording. Only the head, the index and a little of the end are read, so that opening is fast for
    /// recordings of any length. A recording without an index, for example after a crash of the recorder, is read from
    /// header to header.
    ///
    /// # Errors
    /// Fails if the file cannot be read, is not a Matroska file or not from a Kinect, or if the images of a track do
    /// not fit the recorded mode. Smaller defects are warnings in [`info`](Self::info).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::read(Arc::new(Storage::open(path.as_ref())?))
    }

    /// Opens a recording that lies in memory; `name` stands for its path in messages.
    ///
    /// # Errors
    /// Fails as [`open`](Self::open) does.
    pub fn from_bytes(
        name: impl AsRef<Path>,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<Self, RecordingError> {
        Self::read(Arc::new(Storage::from_bytes(name.as_ref(), bytes.into())))
    }

    fn read(storage: Arc<Storage>) -> Result<Self, RecordingError> {
        let mut head = Head::read(&storage)?;
        if !head.has_tracks {
            find_late_tracks(&storage, &mut head)?;
        }
        let mut warnings = Vec::new();
        let scale = timestamp_scale(&head, &mut warnings);
        let block_tracks: Arc<[BlockTrack]> = head
            .tracks
            .iter()
            .map(|track| BlockTrack {
                number: track.number,
                frame_duration_ns: track
                    .default_duration
                    .and_then(|duration| i64::try_from(duration).ok())
                    .unwrap_or(0),
            })
            .collect();
        let mut clusters = Clusters::new(
            &storage,
            head.segment_end,
            scale as i64,
            block_tracks,
            head.first_cluster,
            &head.cues,
        );
        let indexed = !head.cues.is_empty();
        let mut window = Window::new(Arc::clone(&storage), 4096);
        let collect = |offset, header| head.element(&mut window, offset, header);
        if indexed {
            clusters.walk_end(collect)?;
        } else {
            clusters.walk(collect)?;
        }
        // A recorder that is killed after it saved the file once leaves clusters behind the end that it stored then.
        let behind = match (head.segment_end, clusters.end()?) {
            (Some(noted), Some(end)) => end > noted,
            _ => false,
        };
        let unfinished = head.segment_end.is_none() || behind;
        if unfinished {
            warnings.push(if head.cut {
                "the file is cut off; the remaining part plays".to_owned()
            } else {
                "the recorder did not finish the file (a crash or a full disk?); the part that was written plays"
                    .to_owned()
            });
        }

        let mut first_frame_size = |track: u16| {
            let start = clusters.start()?;
            let found = clusters.search_forward(track, start, Reach::default());
            match found {
                Ok(Found::Frame(_, frame)) => Some(frame.size),
                _ => None,
            }
        };
        let sensor = Sensor::new(&head, storage.path(), &mut first_frame_size, &mut warnings)?;
        let duration_ns = clusters.duration_ns()?.max(0);
        let start_offset_ns = tracks::number_tag(&head.tags, "K4A_START_OFFSET_NS", &mut warnings);
        let Sensor {
            images,
            imu,
            period_ns,
            info: sensor_info,
            tracks,
            unplayable,
        } = sensor;
        let compressions: Vec<_> = head
            .tracks
            .iter()
            .map(|track| match &track.encoding {
                Encoding::Compressed(compression) => Some(compression.clone()),
                Encoding::Plain | Encoding::Unusable(_) => None,
            })
            .collect();
        let body_track = tracks
            .iter()
            .position(|track| {
                track.kind == TrackKind::Custom
                    && bodies::is_known(&track.codec_id, &track.codec_private)
            })
            .and_then(|index| u16::try_from(index).ok());
        let imu_compression = imu
            .and_then(|track| compressions.get(usize::from(track)))
            .cloned()
            .flatten();
        let places = clusters
            .start()
            .map(|start| Places::at(start, tracks.len()));
        if places.is_none() {
            warnings.push("the recording ends before its first data".to_owned());
        }
        let (attachments, attachment_offsets) = head
            .attachments
            .into_iter()
            .map(|attachment| (attachment.info, attachment.offset))
            .unzip();
        let pool = |slot: usize| {
            let default = [
                ImageFormat::Color(ColorFormat::Mjpg),
                ImageFormat::Depth16,
                ImageFormat::Ir16,
            ];
            ImagePool::new(images[slot].map_or(default[slot], |image| image.format))
        };
        let tag = |name: &str| {
            let found = head.tags.iter().find(|tag| tag.name == name);
            found.map(|tag| tag.value.clone())
        };
        let had_info = head.info.is_some();
        let file = head.info.unwrap_or_default();
        let mut recording = Self {
            info: RecordingInfo {
                sensor: sensor_info,
                color_firmware: tag("K4A_COLOR_FIRMWARE_VERSION"),
                depth_firmware: tag("K4A_DEPTH_FIRMWARE_VERSION"),
                title: file.title,
                writing_app: file.writing_app,
                muxing_app: file.muxing_app,
                date_unix_sec: file
                    .date
                    .map(|ns| ns.div_euclid(1_000_000_000) + MATROSKA_EPOCH_SEC),
                start_offset_usec: 0,
                duration_usec: duration_ns as u64 / 1000,
                timestamp_scale_ns: scale,
                unfinished,
                warnings,
            },
            storage,
            tracks,
            tags: head.tags,
            attachments,
            attachment_offsets,
            calibration_json: None,
            calibration: None,
            start_offset_ns: start_offset_ns.unwrap_or(0),
            duration_ns,
            clusters,
            grouping: Grouping { images, period_ns },
            imu_track: imu,
            places,
            pools: [pool(0), pool(1), pool(2)],
            body_track,
            body_frames: BodyFrames::default(),
            told_of_bodies: false,
            body_block: Vec::new(),
            imu_run: ImuRun::new(imu_compression),
            compressions,
            unpacker: Unpacker::default(),
            unplayable,
        };
        recording.check_start_offset(start_offset_ns, unfinished && !had_info)?;
        recording.info.start_offset_usec = recording.start_offset_ns / 1000;
        while let Some(damage) = recording.clusters.take_damage() {
            recording.info.warnings.push(format!(
                "damaged from byte {}: {}; the part behind the damage plays",
                damage.offset, damage.problem
            ));
        }
        recording.load_calibration()?;
        Ok(recording)
    }

    /// Compares the device time at file time 0 in the tag with that of the inertial samples, which carry both times,
    /// and uses the samples' if the two differ: other tools cut and join recordings without changing the tag.
    fn check_start_offset(
        &mut self,
        tagged_ns: Option<u64>,
        crashed: bool,
    ) -> Result<(), RecordingError> {
        let first = self.sampled_start_offset(Direction::Forward)?;
        let measured = first.and_then(|offset| u64::try_from(offset).ok());
        let differs = |a: u64, b: u64| a.abs_diff(b) > CLOCK_TOLERANCE_NS;
        let warning = match (tagged_ns, measured) {
            (Some(tagged), Some(measured)) if differs(tagged, measured) => Some(format!(
                "the device time at the start is {} µs by the file's tag but {} µs by its first inertial sample: another \
                 tool cut or joined the recording; the time of the sample is used",
                tagged / 1000,
                measured / 1000
            )),
            (None, Some(measured)) if crashed || differs(0, measured) => Some(
                "the device time at the start is missing; it was recovered from the first inertial sample".to_owned(),
            ),
            (None, None) if crashed => {
                Some("the device time at the start is missing; times begin at 0".to_owned())
            }
            _ => None,
        };
        if warning.is_some() {
            self.start_offset_ns = measured.unwrap_or(0);
        }
        self.info.warnings.extend(warning);
        let last = self.sampled_start_offset(Direction::Backward)?;
        if let (Some(first), Some(last)) = (first, last)
            && first.abs_diff(last) > CLOCK_TOLERANCE_NS
        {
            self.info.warnings.push(format!(
                "the inertial samples at the end are {} ms off the clock of those at the start: the recording was joined \
                 from several; samples are delivered at the times that the file gives them",
                first.abs_diff(last) / 1_000_000
            ));
        }
        Ok(())
    }

    /// The device time at file time 0 by the first or the last inertial sample, in ns.
    fn sampled_start_offset(
        &mut self,
        direction: Direction,
    ) -> Result<Option<i64>, RecordingError> {
        let Some((place, frame)) = self.edge_sample(direction)? else {
            return Ok(None);
        };
        let raw = self
            .imu_run
            .read(&self.storage, &mut self.clusters, place, &frame)?;
        Ok(raw.map(|raw: RawImuSample| raw.start_offset_ns(&frame)))
    }

    /// The frame of the first or the last inertial sample; the last is looked for in the last seconds only.
    fn edge_sample(
        &mut self,
        direction: Direction,
    ) -> Result<Option<(Place, Frame)>, RecordingError> {
        let (Some(track), Some(start)) = (self.imu_track, self.clusters.start()) else {
            return Ok(None);
        };
        let found = match direction {
            Direction::Forward => self
                .clusters
                .search_forward(track, start, Reach::default())?,
            Direction::Backward => {
                let Some(cluster) = self.clusters.last()? else {
                    return Ok(None);
                };
                let index = usize::MAX;
                let reach = Reach {
                    cluster: None,
                    time_ns: Some(self.duration_ns.saturating_sub(LAST_SAMPLE_NS)),
                };
                self.clusters
                    .search_backward(track, Place { cluster, index }, reach)?
            }
        };
        Ok(match found {
            Found::Frame(place, frame) => Some((place, frame)),
            Found::NotYet(_) | Found::None(_) => None,
        })
    }

    /// Reads and parses the calibration; images play without one.
    fn load_calibration(&mut self) -> Result<(), RecordingError> {
        let tag = self
            .tags
            .iter()
            .find(|tag| tag.name == "K4A_CALIBRATION_FILE");
        let by_uid = tag.and_then(|tag| match tag.target {
            TagTarget::Attachment(uid) => self.attachments.iter().position(|a| a.uid == uid),
            _ => None,
        });
        let name = tag.map_or("calibration.json", |tag| tag.value.as_str());
        let by_name = || self.attachments.iter().position(|a| a.name == name);
        let Some(index) = by_uid.or_else(by_name) else {
            // If nothing plays, only that is reported.
            if self.unplayable.is_none() {
                self.info.warnings.push(
                    "the recording carries no calibration, so there are no point clouds; images play"
                        .to_owned(),
                );
            }
            return Ok(());
        };
        let json = match self.attachment_bytes(index, LARGEST_CALIBRATION) {
            Ok(json) => json,
            Err(error @ RecordingError::AttachmentTooLarge { .. }) => {
                self.info.warnings.push(error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let SensorInfo {
            depth_mode,
            color_resolution,
            ..
        } = self.info.sensor;
        let parsed = RawCalibration::parse(&json).and_then(|raw| {
            let calibration = raw.calibration(depth_mode, color_resolution)?;
            Ok((calibration, raw.warnings))
        });
        match parsed {
            Ok((calibration, warnings)) => {
                self.calibration = Some(calibration);
                self.info.warnings.extend(warnings);
            }
            Err(error) => self.info.warnings.push(format!(
                "the calibration cannot be used, so there are no point clouds; images play: {error}"
            )),
        }
        self.calibration_json = Some(json);
        Ok(())
    }
}

/// Looks for the tracks behind the clusters, where some damaged or odd files have them.
fn find_late_tracks(storage: &Arc<Storage>, head: &mut Head) -> Result<(), RecordingError> {
    let mut clusters = Clusters::new(
        storage,
        head.segment_end,
        DEFAULT_SCALE as i64,
        Arc::new([]),
        head.first_cluster,
        &head.cues,
    );
    let mut window = Window::new(Arc::clone(storage), 4096);
    clusters.walk(|offset, header| head.element(&mut window, offset, header))
}

/// Nanoseconds per unit of the file's times.
fn timestamp_scale(head: &Head, warnings: &mut Vec<String>) -> u64 {
    let Some(info) = &head.info else {
        return RECORDER_SCALE;
    };
    match info.timestamp_scale {
        None => DEFAULT_SCALE,
        Some(scale @ 1..=LARGEST_SCALE) => scale,
        Some(scale) => {
            warnings.push(format!(
                "the file counts time in units of {scale} ns, which is impossible; taken as {RECORDER_SCALE} ns"
            ));
            RECORDER_SCALE
        }
    }
}
