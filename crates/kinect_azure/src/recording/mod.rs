//! MKV recordings of an Azure Kinect or Orbbec Femto, as the vendor's recorder writes them and as life leaves them:
//! finished, cut off by a crash, converted by other tools, longer than 71 minutes.
//!
//! [`Recording`] reads captures, inertial samples, tags, attachments and custom tracks, forwards and backwards.
//! [`RecordingSource`] plays one in real time behind [`CaptureSource`](crate::source::CaptureSource).
//! [`RecordingWriter`] writes recordings that the vendor's player reads, and [`record`] fills one from any source.
//! [`LiveRecorder`] writes them on a thread of its own while a source runs, and never makes it wait.
//!
//! How it works, from the bottom up: `storage` reads bytes at positions, `ebml` elements, `head` all that is not
//! data, `tracks` judges which tracks are the sensor's, `clusters` lists frames without reading them, `grouping` says
//! which frames are one capture, and `payload` reads those into pooled images.
//!
//! ```no_run
//! let mut recording = kinect_azure::recording::Recording::open("capture.mkv")?;
//! println!("{} s", recording.info().duration_usec as f64 * 1e-6);
//! while let Some(capture) = recording.next_capture()? {
//!     if let Some(depth) = &capture.depth {
//!         println!("{} µs: {}×{}", depth.device_timestamp_usec, depth.width, depth.height);
//!     }
//! }
//! # Ok::<(), kinect_azure::recording::RecordingError>(())
//! ```

mod clusters;
mod ebml;
mod error;
mod grouping;
mod head;
mod info;
mod live;
mod payload;
mod source;
mod storage;
mod tracks;
mod writer;

pub use error::RecordingError;
pub use info::{
    AttachmentInfo, Counts, DataBlock, RecordingInfo, SeekTarget, Tag, TagTarget, TrackInfo,
    TrackKind, TrackType,
};
pub use live::{
    LiveFigures, LiveRecorder, LiveSettings, LiveState, LocalDisk, RecordingDisk,
    wait_for_recorders,
};
pub use source::{Pacing, RecordingSource};
pub use writer::{
    CustomTrack, RecordingFile, RecordingSettings, RecordingWriter, WriteError, record,
};

use std::path::Path;
use std::sync::Arc;

use clusters::{BlockTrack, Clusters, Found, Frame, Place, Reach};
use ebml::Window;
use grouping::{Cursor, Direction, Group, Grouping};
use head::Head;
use payload::{IMU_SAMPLE_SIZE, ImuRun, RawImuSample, read_image};
use storage::Storage;
use tracks::Sensor;

use crate::calibration::{Calibration, RawCalibration};
use crate::capture::{Capture, ImuSample};
use crate::image::{ImageFormat, ImagePool};
use crate::modes::ColorFormat;
use crate::source::SensorInfo;

/// Nanoseconds per unit of time in files of the vendor's recorder.
const RECORDER_SCALE: u64 = 1_000;

/// Nanoseconds per unit of time where a file does not say (RFC 9559).
const DEFAULT_SCALE: u64 = 1_000_000;

/// The largest unit of time that is believed: one second.
const LARGEST_SCALE: u64 = 1_000_000_000;

/// The largest block of a custom track that is read.
const LARGEST_DATA_BLOCK: u32 = 256 << 20;

/// The largest attachment that is read.
const LARGEST_ATTACHMENT: u64 = 256 << 20;

/// The largest calibration that is read; real ones have 4 to 16 KB.
const LARGEST_CALIBRATION: u64 = 16 << 20;

/// Seconds from 1970-01-01 to 2001-01-01, where Matroska's dates begin.
const MATROSKA_EPOCH_SEC: i64 = 978_307_200;

/// A recording that is open for reading.
///
/// It has one place for captures, one for inertial samples and one for each custom track, all at the start when it is
/// opened and all moved by [`seek`](Self::seek).
#[derive(Debug)]
pub struct Recording {
    storage: Arc<Storage>,
    info: RecordingInfo,
    tracks: Vec<TrackInfo>,
    tags: Vec<Tag>,
    attachments: Vec<AttachmentInfo>,
    attachment_offsets: Vec<u64>,
    calibration_json: Option<Vec<u8>>,
    calibration: Option<Calibration>,
    start_offset_ns: u64,
    duration_ns: i64,
    clusters: Clusters,
    grouping: Grouping,
    imu_track: Option<u16>,
    /// `None` in a recording without any cluster.
    places: Option<Places>,
    pools: [ImagePool; 3],
    imu_run: ImuRun,
}

/// Where a recording is being read.
#[derive(Clone, Debug)]
struct Places {
    images: [Cursor; 3],
    imu: Cursor,
    /// One for each track, used for custom tracks.
    data: Vec<Cursor>,
}

impl Places {
    fn at(place: Place, tracks: usize) -> Self {
        let cursor = Cursor::at(place);
        Self {
            images: [cursor; 3],
            imu: cursor,
            data: vec![cursor; tracks],
        }
    }
}

impl Recording {
    /// Opens a recording. Reads its head, its index and a little of its end, however long it is; a recording without an
    /// index (after a crash of the recorder, say) is walked through from header to header.
    ///
    /// # Errors
    /// When the file cannot be read, is no Matroska file, is not from a Kinect, or when a track's images do not fit
    /// the recorded mode. Less is a warning in [`info`](Self::info).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::read(Arc::new(Storage::open(path.as_ref())?))
    }

    /// Opens a recording that lies in memory; `name` stands for its path in messages.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
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
        // A recorder that is killed after it saved once leaves clusters behind the end it noted then.
        let behind = match (head.segment_end, clusters.end()?) {
            (Some(noted), Some(end)) => end > noted,
            _ => false,
        };
        let unfinished = head.segment_end.is_none() || behind;
        if unfinished {
            warnings.push(if head.cut {
                "the file is cut off; what is left of it plays".to_owned()
            } else {
                "the recorder did not finish the file (a crash or a full disk?); what is there plays"
                    .to_owned()
            });
        }

        let sensor = Sensor::new(&head, storage.path(), &mut warnings)?;
        let duration_ns = clusters.duration_ns()?.max(0);
        let start_offset_ns = tracks::number_tag(&head.tags, "K4A_START_OFFSET_NS", &mut warnings);
        let Sensor {
            images,
            imu,
            period_ns,
            info: sensor_info,
            tracks,
        } = sensor;
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
            imu_run: ImuRun::default(),
        };
        if start_offset_ns.is_none() && unfinished && !had_info {
            recording.recover_start_offset()?;
        }
        recording.info.start_offset_usec = recording.start_offset_ns / 1000;
        while let Some(damage) = recording.clusters.take_damage() {
            recording.info.warnings.push(format!(
                "damaged from byte {}: {}; what lies behind the damage plays",
                damage.offset, damage.problem
            ));
        }
        recording.load_calibration()?;
        Ok(recording)
    }

    /// What the recording says about itself and its sensor.
    pub fn info(&self) -> &RecordingInfo {
        &self.info
    }

    /// The path the recording was opened with.
    pub fn path(&self) -> &Path {
        self.storage.path()
    }

    /// The tracks, in the file's order.
    pub fn tracks(&self) -> &[TrackInfo] {
        &self.tracks
    }

    /// The tags, in the file's order.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The value of the first tag of that name.
    pub fn tag(&self, name: &str) -> Option<&str> {
        let found = self.tags.iter().find(|tag| tag.name == name);
        found.map(|tag| tag.value.as_str())
    }

    /// The attachments, in the file's order.
    pub fn attachments(&self) -> &[AttachmentInfo] {
        &self.attachments
    }

    /// The content of the first attachment of that name.
    ///
    /// # Errors
    /// When there is none, when it is larger than 256 MB, or when the file cannot be read.
    pub fn read_attachment(&self, name: &str) -> Result<Vec<u8>, RecordingError> {
        let found = self.attachments.iter().position(|a| a.name == name);
        let Some(index) = found else {
            let names: Vec<_> = self.attachments.iter().map(|a| a.name.as_str()).collect();
            return Err(RecordingError::NoSuchAttachment {
                path: self.path().to_owned(),
                name: name.to_owned(),
                available: names.join(", "),
            });
        };
        self.attachment_bytes(index, LARGEST_ATTACHMENT)
    }

    fn attachment_bytes(&self, index: usize, limit: u64) -> Result<Vec<u8>, RecordingError> {
        let (Some(info), Some(offset)) = (
            self.attachments.get(index),
            self.attachment_offsets.get(index),
        ) else {
            return Ok(Vec::new());
        };
        if info.size > limit {
            return Err(RecordingError::AttachmentTooLarge {
                path: self.path().to_owned(),
                name: info.name.clone(),
                size: info.size,
                limit,
            });
        }
        let mut bytes = vec![0; info.size as usize];
        self.storage.read(*offset, &mut bytes)?;
        Ok(bytes)
    }

    /// The factory calibration as the sensor gave it, for
    /// [`RawCalibration::parse`](crate::calibration::RawCalibration).
    pub fn raw_calibration_json(&self) -> Option<&[u8]> {
        self.calibration_json.as_deref()
    }

    /// The calibration for the recording's modes; where there is none, a warning in [`info`](Self::info) says why.
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// The next capture; `None` at the end.
    ///
    /// Images come from a pool and are used again once nobody holds them, so that playing does not allocate.
    ///
    /// # Errors
    /// When a frame or a stretch of the file cannot be used ([`is_local`](RecordingError::is_local); the next call goes
    /// on behind it), or when the file cannot be read any more.
    pub fn next_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        self.step_capture(Direction::Forward)
    }

    /// The capture before; `None` at the beginning. After the end of the recording this is its last capture.
    ///
    /// Going back gives the images again that going forward gave. Where the cameras were so far out of step that an
    /// image could belong to either of two captures, it may be found in the other one on the way back.
    ///
    /// # Errors
    /// As for [`next_capture`](Self::next_capture).
    pub fn previous_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        self.step_capture(Direction::Backward)
    }

    fn step_capture(&mut self, direction: Direction) -> Result<Option<Capture>, RecordingError> {
        match self.step_group(direction)? {
            Some(group) => self.read_capture(group).map(Some),
            None => Ok(None),
        }
    }

    /// Goes on by one capture without reading its images.
    fn step_group(&mut self, direction: Direction) -> Result<Option<Group>, RecordingError> {
        let Some(places) = &self.places else {
            return Ok(None);
        };
        let mut cursors = places.images;
        if direction == Direction::Backward && cursors.iter().any(|cursor| cursor.fresh) {
            // Back from a seek means back from the capture that a seek leads to.
            let (_, moved) =
                self.grouping
                    .step(&mut self.clusters, &cursors, Direction::Forward)?;
            cursors = moved;
        }
        let (group, moved) = self
            .grouping
            .step(&mut self.clusters, &cursors, direction)?;
        self.report_damage()?;
        if let Some(places) = &mut self.places {
            places.images = moved;
        }
        Ok(group)
    }

    /// Passes over the captures whose first image is before a time (µs since file time 0), counting them without
    /// reading their images: from the start of the recording, the number of the first capture of a part.
    ///
    /// # Errors
    /// When the file cannot be read any more. Damaged stretches are passed over.
    pub fn skip_captures_before(&mut self, file_usec: u64) -> Result<u64, RecordingError> {
        let target_ns = i64::try_from(file_usec.saturating_mul(1000)).unwrap_or(i64::MAX);
        let mut skipped = 0;
        loop {
            let before = self.places.as_ref().map(|places| places.images);
            let first_ns = match self.step_group(Direction::Forward) {
                Ok(group) => group.and_then(|g| g.iter().flatten().map(|f| f.time_ns).min()),
                Err(error) if error.is_local() => continue,
                Err(error) => return Err(error),
            };
            if first_ns.is_none_or(|time| time >= target_ns) {
                if let (Some(places), Some(images)) = (&mut self.places, before) {
                    places.images = images;
                }
                return Ok(skipped);
            }
            skipped += 1;
        }
    }

    /// Reads the images of a capture.
    fn read_capture(&mut self, group: Group) -> Result<Capture, RecordingError> {
        let mut images = [None, None, None];
        for (slot, frame) in group.into_iter().enumerate() {
            if let (Some(frame), Some(track)) = (frame, self.grouping.images[slot]) {
                let timestamp = self.device_usec(frame.time_ns);
                let (storage, tracks) = (&*self.storage, &*self.tracks);
                images[slot] =
                    Some(self.pools[slot].fill(|image| {
                        read_image(storage, tracks, &track, &frame, timestamp, image)
                    })?);
            }
        }
        let [color, depth, ir] = images;
        Ok(Capture {
            color,
            depth,
            ir,
            temperature_celsius: None,
            ground_truth: None,
        })
    }

    /// The next inertial sample; `None` at the end.
    ///
    /// # Errors
    /// As for [`next_capture`](Self::next_capture).
    pub fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, RecordingError> {
        self.step_imu(Direction::Forward)
    }

    /// The inertial sample before; `None` at the beginning.
    ///
    /// # Errors
    /// As for [`next_capture`](Self::next_capture).
    pub fn previous_imu_sample(&mut self) -> Result<Option<ImuSample>, RecordingError> {
        self.step_imu(Direction::Backward)
    }

    fn step_imu(&mut self, direction: Direction) -> Result<Option<ImuSample>, RecordingError> {
        let (Some(track), Some(places)) = (self.imu_track, &self.places) else {
            return Ok(None);
        };
        let (found, moved) = step_track(&mut self.clusters, track, places.imu, direction)?;
        self.report_damage()?;
        if let Some(places) = &mut self.places {
            places.imu = moved;
        }
        let Some((place, frame)) = found else {
            return Ok(None);
        };
        self.read_imu(place, &frame).map(|raw| Some(raw.sample))
    }

    /// The next block of a custom track; `None` at the end.
    ///
    /// # Errors
    /// When there is no custom track of that name, and as for [`next_capture`](Self::next_capture).
    pub fn next_data_block(&mut self, track: &str) -> Result<Option<DataBlock>, RecordingError> {
        self.step_data(track, Direction::Forward)
    }

    /// The block before of a custom track; `None` at the beginning.
    ///
    /// # Errors
    /// As for [`next_data_block`](Self::next_data_block).
    pub fn previous_data_block(
        &mut self,
        track: &str,
    ) -> Result<Option<DataBlock>, RecordingError> {
        self.step_data(track, Direction::Backward)
    }

    fn step_data(
        &mut self,
        name: &str,
        direction: Direction,
    ) -> Result<Option<DataBlock>, RecordingError> {
        let custom = |track: &TrackInfo| track.kind == TrackKind::Custom;
        let found = self
            .tracks
            .iter()
            .position(|track| custom(track) && track.name == name);
        let Some(index) = found else {
            let names = self.tracks.iter().filter(|track| custom(track));
            return Err(RecordingError::NoSuchTrack {
                path: self.path().to_owned(),
                track: name.to_owned(),
                available: names
                    .map(|track| track.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        };
        let Some(cursor) = self
            .places
            .as_ref()
            .and_then(|places| places.data.get(index).copied())
        else {
            return Ok(None);
        };
        let track = index as u16;
        let (found, moved) = step_track(&mut self.clusters, track, cursor, direction)?;
        self.report_damage()?;
        let place = self.places.as_mut().and_then(|p| p.data.get_mut(index));
        if let Some(cursor) = place {
            *cursor = moved;
        }
        let Some((_, frame)) = found else {
            return Ok(None);
        };
        if frame.size > LARGEST_DATA_BLOCK {
            let problem = format!("has {} bytes, more than any block", frame.size);
            return Err(self.bad_frame(&frame, problem));
        }
        let mut bytes = vec![0; frame.size as usize];
        self.storage.read(frame.offset, &mut bytes)?;
        Ok(Some(DataBlock {
            device_timestamp_usec: self.device_usec(frame.time_ns),
            bytes,
        }))
    }

    /// Goes to a time. The next capture is then the first with an image at or after it, the previous one the last
    /// whose images are all before it; inertial samples (by the time of the acceleration) and custom tracks likewise.
    ///
    /// # Errors
    /// When the file cannot be read any more; the place stays as it was.
    pub fn seek(&mut self, target: SeekTarget) -> Result<(), RecordingError> {
        let ns = |usec: u64| i64::try_from(usec.saturating_mul(1000)).unwrap_or(i64::MAX);
        let target_ns = match target {
            SeekTarget::Start(usec) => ns(usec),
            SeekTarget::End(usec) => self.duration_ns.saturating_add(1).saturating_sub(ns(usec)),
            SeekTarget::DeviceTime(usec) => ns(usec.saturating_sub(self.start_offset_ns / 1000)),
        };
        let Some(cluster) = self.clusters.locate(target_ns)? else {
            return Ok(());
        };
        let start = Place { cluster, index: 0 };
        let mut places = Places::at(start, self.tracks.len());
        for (cursor, image) in places.images.iter_mut().zip(self.grouping.images) {
            if let Some(image) = image {
                let place = self.seek_track(image.track, start, target_ns)?;
                *cursor = Cursor {
                    fresh: true,
                    ..Cursor::at(place)
                };
            }
        }
        if let Some(imu) = self.imu_track {
            places.imu = Cursor::at(self.seek_imu(imu, start, target_ns)?);
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if track.kind == TrackKind::Custom
                && let Some(cursor) = places.data.get_mut(index)
            {
                let place = seek_frames(
                    &mut self.clusters,
                    index as u16,
                    start,
                    target_ns,
                    |_, _, frame| Ok(frame.time_ns),
                )?;
                *cursor = Cursor::at(place);
            }
        }
        self.places = Some(places);
        Ok(())
    }

    fn seek_track(
        &mut self,
        track: u16,
        start: Place,
        target_ns: i64,
    ) -> Result<Place, RecordingError> {
        seek_frames(
            &mut self.clusters,
            track,
            start,
            target_ns,
            |_, _, frame| Ok(frame.time_ns),
        )
    }

    /// Moves only the place for inertial samples, to the first one at or after a time.
    fn seek_imu_only(&mut self, file_usec: u64) -> Result<(), RecordingError> {
        let target_ns = i64::try_from(file_usec.saturating_mul(1000)).unwrap_or(i64::MAX);
        if let Some(track) = self.imu_track
            && let Some(cluster) = self.clusters.locate(target_ns)?
        {
            let start = Place { cluster, index: 0 };
            let place = self.seek_imu(track, start, target_ns)?;
            if let Some(places) = &mut self.places {
                places.imu = Cursor::at(place);
            }
        }
        Ok(())
    }

    fn seek_imu(
        &mut self,
        track: u16,
        start: Place,
        target_ns: i64,
    ) -> Result<Place, RecordingError> {
        let Self {
            clusters,
            storage,
            imu_run,
            start_offset_ns,
            ..
        } = self;
        seek_frames(
            clusters,
            track,
            start,
            target_ns,
            |clusters, place, frame| {
                if frame.size != IMU_SAMPLE_SIZE {
                    return Ok(frame.time_ns);
                }
                let raw = imu_run.read(storage, clusters, place, frame)?;
                let absolute = i64::try_from(raw.acceleration_ns).unwrap_or(i64::MAX);
                Ok(absolute.saturating_sub(i64::try_from(*start_offset_ns).unwrap_or(i64::MAX)))
            },
        )
    }

    /// Counts what is in the recording by reading every header and no image. `progress` is called now and then with
    /// the share that is done, 0 to 1. The place of playing does not change.
    ///
    /// # Errors
    /// When the file cannot be read any more. Damaged stretches are passed over.
    pub fn count(&self, mut progress: impl FnMut(f32)) -> Result<Counts, RecordingError> {
        let mut counts = Counts::default();
        let mut frames = vec![0u64; self.tracks.len()];
        let Some(start) = self.clusters.start() else {
            return Ok(self.counts(0, &frames));
        };
        let mut clusters = self.clusters.fork();
        let mut cursors = [Cursor::at(start); 3];
        let mut counted = None;
        let length = self.storage.len().max(1) as f32;
        let mut next_report = 0u64;
        loop {
            let (group, moved) = self
                .grouping
                .step(&mut clusters, &cursors, Direction::Forward)?;
            cursors = moved;
            let horizon = match group {
                Some(_) => cursors
                    .iter()
                    .zip(&self.grouping.images)
                    .filter_map(|(cursor, image)| image.map(|_| cursor.place.cluster))
                    .min(),
                None => None,
            };
            counts.captures += u64::from(group.is_some());
            count_frames(
                &mut clusters,
                &mut counted,
                start.cluster,
                horizon,
                &mut frames,
            )?;
            if let Some(cluster) = horizon
                && cluster >= next_report
            {
                next_report = cluster + (8 << 20);
                progress(cluster as f32 / length);
            }
            if group.is_none() {
                break;
            }
        }
        progress(1.0);
        Ok(self.counts(counts.captures, &frames))
    }

    fn counts(&self, captures: u64, frames: &[u64]) -> Counts {
        let of = |kind: TrackKind| {
            let index = self.tracks.iter().position(|track| track.kind == kind);
            index
                .and_then(|index| frames.get(index).copied())
                .unwrap_or(0)
        };
        Counts {
            captures,
            color_images: of(TrackKind::Color),
            depth_images: of(TrackKind::Depth),
            ir_images: of(TrackKind::Ir),
            imu_samples: of(TrackKind::Imu),
            custom_blocks: self
                .tracks
                .iter()
                .zip(frames)
                .filter(|(track, _)| track.kind == TrackKind::Custom)
                .map(|(track, count)| (track.name.clone(), *count))
                .collect(),
        }
    }

    /// Where the file stands on the disk, to see whether it is still the same.
    fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Time since file time 0 of a device time, in µs.
    fn file_usec(&self, device_usec: u64) -> u64 {
        device_usec.saturating_sub(self.start_offset_ns / 1000)
    }

    fn device_usec(&self, time_ns: i64) -> u64 {
        let file_usec = u64::try_from(time_ns).unwrap_or(0) / 1000;
        file_usec.saturating_add(self.start_offset_ns / 1000)
    }

    fn report_damage(&mut self) -> Result<(), RecordingError> {
        match self.clusters.take_damage() {
            None => Ok(()),
            Some(damage) => Err(RecordingError::Damaged {
                path: self.path().to_owned(),
                offset: damage.offset,
                problem: damage.problem,
            }),
        }
    }

    fn bad_frame(&self, frame: &Frame, problem: String) -> RecordingError {
        bad_frame(&self.storage, &self.tracks, frame, problem)
    }

    fn read_imu(&mut self, place: Place, frame: &Frame) -> Result<RawImuSample, RecordingError> {
        if frame.size != IMU_SAMPLE_SIZE {
            let problem = format!("has {} bytes instead of {IMU_SAMPLE_SIZE}", frame.size);
            return Err(self.bad_frame(frame, problem));
        }
        self.imu_run
            .read(&self.storage, &mut self.clusters, place, frame)
    }

    /// The device time at file time 0, from the first inertial sample: those carry both times.
    fn recover_start_offset(&mut self) -> Result<(), RecordingError> {
        let recovered = match (self.imu_track, self.clusters.start()) {
            (Some(track), Some(start)) => {
                let reach = Reach::default();
                match self.clusters.search_forward(track, start, reach)? {
                    Found::Frame(place, frame) if frame.size == IMU_SAMPLE_SIZE => {
                        let absolute = self.read_imu(place, &frame)?.acceleration_ns;
                        absolute.checked_sub(u64::try_from(frame.time_ns).unwrap_or(0))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        self.info.warnings.push(match recovered {
            Some(_) => {
                "the device time at the start is missing; it was recovered from the first inertial sample".to_owned()
            }
            None => "the device time at the start is missing; times begin at 0".to_owned(),
        });
        self.start_offset_ns = recovered.unwrap_or(0);
        Ok(())
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
            self.info.warnings.push(
                "the recording carries no calibration, so there are no point clouds; images play"
                    .to_owned(),
            );
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
        let parsed = RawCalibration::parse(&json)
            .and_then(|raw| raw.calibration(depth_mode, color_resolution));
        match parsed {
            Ok(calibration) => self.calibration = Some(calibration),
            Err(error) => self.info.warnings.push(format!(
                "the calibration cannot be used, so there are no point clouds; images play: {error}"
            )),
        }
        self.calibration_json = Some(json);
        Ok(())
    }
}

/// Looks for the tracks behind the clusters, where nobody should have put them.
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

/// The next or previous frame of one track, and where the cursor is then.
fn step_track(
    clusters: &mut Clusters,
    track: u16,
    cursor: Cursor,
    direction: Direction,
) -> Result<(Option<(Place, Frame)>, Cursor), RecordingError> {
    let reach = Reach::default();
    let found = match direction {
        Direction::Forward => clusters.search_forward(track, cursor.ahead(), reach)?,
        Direction::Backward => clusters.search_backward(track, cursor.behind(), reach)?,
    };
    Ok(match found {
        Found::Frame(place, frame) => (Some((place, frame)), Cursor::on(place)),
        Found::NotYet(place) | Found::None(place) => (None, Cursor::at(place)),
    })
}

/// The place before a track's first frame at or after a time.
fn seek_frames(
    clusters: &mut Clusters,
    track: u16,
    start: Place,
    target_ns: i64,
    mut time: impl FnMut(&mut Clusters, Place, &Frame) -> Result<i64, RecordingError>,
) -> Result<Place, RecordingError> {
    let reach = Reach {
        cluster: None,
        time_ns: Some(target_ns),
    };
    let mut place = start;
    // Forwards over frames that are too early …
    loop {
        match clusters.search_forward(track, place, reach)? {
            Found::Frame(at, frame) if time(clusters, at, &frame)? < target_ns => {
                place = Place {
                    index: at.index + 1,
                    ..at
                };
            }
            Found::Frame(at, _) | Found::NotYet(at) | Found::None(at) => {
                place = at;
                break;
            }
        }
    }
    // … and backwards while the frame before is not.
    while let Found::Frame(at, frame) = clusters.search_backward(track, place, reach)? {
        if time(clusters, at, &frame)? < target_ns {
            break;
        }
        place = at;
    }
    Ok(place)
}

/// Counts the frames of clusters not yet counted, those before `horizon` or all.
fn count_frames(
    clusters: &mut Clusters,
    counted: &mut Option<u64>,
    first: u64,
    horizon: Option<u64>,
    counts: &mut [u64],
) -> Result<(), RecordingError> {
    let mut next = match *counted {
        None => Some(first),
        Some(last) => clusters.next(last)?,
    };
    while let Some(cluster) = next.filter(|cluster| horizon.is_none_or(|end| *cluster < end)) {
        for frame in clusters.frames(cluster)? {
            if let Some(count) = counts.get_mut(usize::from(frame.track)) {
                *count += 1;
            }
        }
        *counted = Some(cluster);
        next = clusters.next(cluster)?;
    }
    Ok(())
}

fn bad_frame(
    storage: &Storage,
    tracks: &[TrackInfo],
    frame: &Frame,
    problem: String,
) -> RecordingError {
    RecordingError::BadFrame {
        path: storage.path().to_owned(),
        track: tracks
            .get(usize::from(frame.track))
            .map(|track| track.name.clone())
            .unwrap_or_default(),
        time_usec: u64::try_from(frame.time_ns).unwrap_or(0) / 1000,
        offset: frame.offset,
        problem,
    }
}
