//! An open recording: its information, and its captures, samples and blocks one after the other.

use std::path::Path;
use std::sync::Arc;

use super::blocks::Frame;
use super::bodies::BodyFrames;
use super::clusters::{Clusters, Found, Place, Reach};
use super::compression::{Compression, Unpacker};
use super::error::RecordingError;
use super::grouping::{Cursor, Direction, Group, Grouping};
use super::info::{AttachmentInfo, DataBlock, RecordingInfo, Tag, TrackInfo, TrackKind};
use super::payload::{IMU_SAMPLE_SIZE, ImuRun, RawImuSample, bad_frame, read_image};
use super::storage::Storage;
use crate::body::BodyFrame;
use crate::calibration::Calibration;
use crate::capture::{Capture, ImuSample};
use crate::image::ImagePool;

/// The largest block of a custom track that is read.
pub(super) const LARGEST_DATA_BLOCK: u32 = 256 << 20;

/// The largest difference between the times of an image and of its body frame, which comes from the rounding of
/// converters.
const SAME_TIME_NS: u64 = 1_500_000;

/// The largest attachment that is read.
const LARGEST_ATTACHMENT: u64 = 256 << 20;

/// A recording that is open for reading.
///
/// It has one reading position for captures, one for inertial samples and one for each custom track. All are at the
/// start when the recording is opened, and [`seek`](Self::seek) moves all of them.
#[derive(Debug)]
pub struct Recording {
    pub(super) storage: Arc<Storage>,
    pub(super) info: RecordingInfo,
    pub(super) tracks: Vec<TrackInfo>,
    pub(super) tags: Vec<Tag>,
    pub(super) attachments: Vec<AttachmentInfo>,
    pub(super) attachment_offsets: Vec<u64>,
    pub(super) calibration_json: Option<Vec<u8>>,
    pub(super) calibration: Option<Calibration>,
    pub(super) start_offset_ns: u64,
    pub(super) duration_ns: i64,
    pub(super) clusters: Clusters,
    pub(super) grouping: Grouping,
    pub(super) imu_track: Option<u16>,
    /// `None` in a recording without any cluster.
    pub(super) places: Option<Places>,
    pub(super) pools: [ImagePool; 3],
    /// The body track.
    pub(super) body_track: Option<u16>,
    pub(super) body_frames: BodyFrames,
    /// Whether a damaged block of the body track was reported.
    pub(super) told_of_bodies: bool,
    /// The bytes of a body frame.
    pub(super) body_block: Vec<u8>,
    pub(super) imu_run: ImuRun,
    /// How each track is compressed.
    pub(super) compressions: Vec<Option<Compression>>,
    pub(super) unpacker: Unpacker,
    /// Why nothing of the recording can be played.
    pub(super) unplayable: Option<String>,
}

/// Where a recording is being read.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) images: [Cursor; 3],
    pub(super) imu: Cursor,
    /// One for each track, used for custom tracks.
    pub(super) data: Vec<Cursor>,
}

impl Places {
    pub(super) fn at(place: Place, tracks: usize) -> Self {
        let cursor = Cursor::at(place);
        Self {
            images: [cursor; 3],
            imu: cursor,
            data: vec![cursor; tracks],
        }
    }
}
impl Recording {
    /// The recording's information about itself and its sensor.
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
    /// Fails if there is no attachment of that name, if it is larger than 256 MB, or if the file cannot be read.
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

    pub(super) fn attachment_bytes(
        &self,
        index: usize,
        limit: u64,
    ) -> Result<Vec<u8>, RecordingError> {
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

    /// Whether bodies were recorded with the images. If so, captures have [`ground_truth`](Capture::ground_truth):
    /// the bodies that a tracker found while recording, or the exact people of a simulated sensor.
    pub const fn has_bodies(&self) -> bool {
        self.body_track.is_some()
    }

    /// The factory calibration as the sensor gave it, for
    /// [`RawCalibration::parse`](crate::calibration::RawCalibration).
    pub fn raw_calibration_json(&self) -> Option<&[u8]> {
        self.calibration_json.as_deref()
    }

    /// The calibration for the recording's modes; `None` if the recording has no usable calibration, for which a
    /// warning in [`info`](Self::info) gives the reason.
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// Checks that images or inertial samples of the recording can be played, which is not so if other tools changed
    /// its tracks. Tags, attachments and custom tracks of such a recording can still be read.
    ///
    /// # Errors
    /// Fails with [`RecordingError::NothingPlayable`], which names the problem of each track.
    pub fn check_playable(&self) -> Result<(), RecordingError> {
        match &self.unplayable {
            None => Ok(()),
            Some(reason) => Err(RecordingError::NothingPlayable {
                path: self.path().to_owned(),
                reason: reason.clone(),
            }),
        }
    }

    /// The next capture; `None` at the end.
    ///
    /// Images come from a pool and are used again once nobody holds them, so that playing does not allocate.
    ///
    /// # Errors
    /// Fails if a frame or a stretch of the file is damaged ([`is_local`](RecordingError::is_local); the next call goes
    /// on behind the damage), or if the file cannot be read any more.
    pub fn next_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        self.step_capture(Direction::Forward)
    }

    /// The previous capture; `None` at the beginning. At the end of the recording this is its last capture.
    ///
    /// Reading backwards gives the same images as reading forwards. If the cameras were so far out of step that an
    /// image could belong to either of two captures, the image may be in the other capture when reading backwards.
    ///
    /// # Errors
    /// Fails as [`next_capture`](Self::next_capture) does.
    pub fn previous_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        self.step_capture(Direction::Backward)
    }

    fn step_capture(&mut self, direction: Direction) -> Result<Option<Capture>, RecordingError> {
        match self.step_group(direction)? {
            Some(group) => self.read_capture(group).map(Some),
            None => Ok(None),
        }
    }

    /// Moves by one capture without reading its images.
    pub(super) fn step_group(
        &mut self,
        direction: Direction,
    ) -> Result<Option<Group>, RecordingError> {
        let Some(places) = &self.places else {
            return Ok(None);
        };
        let mut cursors = places.images;
        if direction == Direction::Backward && cursors.iter().any(|cursor| cursor.fresh) {
            // After a seek, the previous capture is the one before the capture that the seek leads to.
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

    /// Skips the captures whose first image is before a time (µs since file time 0) without reading their images, and
    /// returns their count: called at the start of the recording, this is the index of the first capture at or after
    /// that time.
    ///
    /// # Errors
    /// Fails if the file cannot be read any more. Damaged stretches are skipped.
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
    pub(super) fn read_capture(&mut self, group: Group) -> Result<Capture, RecordingError> {
        let mut images = [None, None, None];
        for (slot, frame) in group.into_iter().enumerate() {
            if let (Some(frame), Some(track)) = (frame, self.grouping.images[slot]) {
                let timestamp = self.device_usec(frame.time_ns);
                let (storage, tracks) = (&*self.storage, &*self.tracks);
                let compression = self.compressions.get(usize::from(track.track));
                let unpacker = &mut self.unpacker;
                let packed = compression
                    .and_then(Option::as_ref)
                    .map(|compression| (compression, unpacker));
                images[slot] = Some(self.pools[slot].fill(|image| {
                    read_image(storage, tracks, &track, &frame, timestamp, packed, image)
                })?);
            }
        }
        let [color, depth, ir] = images;
        // A body frame belongs to the depth image or, if that is missing, to another image of the capture.
        let ground_truth = match group[1].or(group[2]).or(group[0]) {
            Some(frame) => self.read_bodies(&frame)?,
            None => None,
        };
        Ok(Capture {
            color,
            depth,
            ir,
            temperature_celsius: None,
            ground_truth,
        })
    }

    /// The body frame that was recorded with an image of the newest capture.
    fn read_bodies(&mut self, of: &Frame) -> Result<Option<Arc<BodyFrame>>, RecordingError> {
        let (Some(track), Some(places)) = (self.body_track, &self.places) else {
            return Ok(None);
        };
        // A body frame has its image's time, so it is in the same cluster or, after a converter, in the next one.
        let mut cluster = places
            .images
            .iter()
            .filter(|cursor| cursor.on)
            .map(|cursor| cursor.place.cluster)
            .min();
        for _ in 0..2 {
            let Some(offset) = cluster else {
                break;
            };
            let same = |frame: &&Frame| {
                frame.track == track && frame.time_ns.abs_diff(of.time_ns) <= SAME_TIME_NS
            };
            let found = self.clusters.frames(offset)?.iter().find(same).copied();
            if let Some(frame) = found {
                return self.read_body_frame(&frame);
            }
            cluster = self.clusters.next(offset)?;
        }
        Ok(None)
    }

    /// The body frame of a block; the first damaged block is reported, and the images are not affected.
    fn read_body_frame(&mut self, frame: &Frame) -> Result<Option<Arc<BodyFrame>>, RecordingError> {
        let time = self.device_usec(frame.time_ns);
        let compression = self.compressions.get(usize::from(frame.track));
        let block = match compression.and_then(Option::as_ref) {
            Some(compression) => {
                let limit = LARGEST_DATA_BLOCK as usize;
                let plain = self
                    .unpacker
                    .read(&self.storage, frame, compression, limit)?;
                plain.unwrap_or_default()
            }
            None if frame.size > LARGEST_DATA_BLOCK => &[],
            None => {
                self.body_block.resize(frame.size as usize, 0);
                self.storage.read(frame.offset, &mut self.body_block)?;
                &self.body_block
            }
        };
        let read = self.body_frames.read(time, block);
        if read.is_none() && !core::mem::replace(&mut self.told_of_bodies, true) {
            let error = self.bad_frame(frame, "holds no bodies that can be read".to_owned());
            self.info.warnings.push(error.to_string());
        }
        Ok(read)
    }

    /// The next inertial sample; `None` at the end.
    ///
    /// # Errors
    /// Fails as [`next_capture`](Self::next_capture) does.
    pub fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, RecordingError> {
        self.step_imu(Direction::Forward)
    }

    /// The previous inertial sample; `None` at the beginning.
    ///
    /// # Errors
    /// Fails as [`next_capture`](Self::next_capture) does.
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
    /// Fails if there is no custom track of that name, and as [`next_capture`](Self::next_capture) does.
    pub fn next_data_block(&mut self, track: &str) -> Result<Option<DataBlock>, RecordingError> {
        self.step_data(track, Direction::Forward)
    }

    /// The previous block of a custom track; `None` at the beginning.
    ///
    /// # Errors
    /// Fails as [`next_data_block`](Self::next_data_block) does.
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
        let bytes = match self.compressions.get(index).and_then(Option::as_ref) {
            None => {
                let mut bytes = vec![0; frame.size as usize];
                self.storage.read(frame.offset, &mut bytes)?;
                bytes
            }
            Some(compression) => {
                let limit = LARGEST_DATA_BLOCK as usize;
                let plain = self
                    .unpacker
                    .read(&self.storage, &frame, compression, limit)?;
                let plain = plain.map(<[u8]>::to_vec);
                plain.map_err(|problem| self.bad_frame(&frame, problem.to_owned()))?
            }
        };
        Ok(Some(DataBlock {
            device_timestamp_usec: self.device_usec(frame.time_ns),
            bytes,
        }))
    }

    /// The file behind the recording, to check whether it is still the same.
    pub(super) fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Time since file time 0 of a device time, in µs.
    pub(super) fn file_usec(&self, device_usec: u64) -> u64 {
        device_usec.saturating_sub(self.start_offset_ns / 1000)
    }

    pub(super) fn device_usec(&self, time_ns: i64) -> u64 {
        let file_usec = u64::try_from(time_ns).unwrap_or(0) / 1000;
        file_usec.saturating_add(self.start_offset_ns / 1000)
    }

    pub(super) fn report_damage(&mut self) -> Result<(), RecordingError> {
        match self.clusters.take_damage() {
            None => Ok(()),
            Some(damage) => Err(RecordingError::Damaged {
                path: self.path().to_owned(),
                offset: damage.offset,
                problem: damage.problem,
            }),
        }
    }

    pub(super) fn bad_frame(&self, frame: &Frame, problem: String) -> RecordingError {
        bad_frame(&self.storage, &self.tracks, frame, problem)
    }

    pub(super) fn read_imu(
        &mut self,
        place: Place,
        frame: &Frame,
    ) -> Result<RawImuSample, RecordingError> {
        let raw = self
            .imu_run
            .read(&self.storage, &mut self.clusters, place, frame)?;
        match raw {
            Some(raw) => Ok(raw.on_clock(frame, self.start_offset_ns)),
            None => {
                let problem = format!("has {} bytes instead of {IMU_SAMPLE_SIZE}", frame.size);
                Err(self.bad_frame(frame, problem))
            }
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
