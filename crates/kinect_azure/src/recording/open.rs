//! Opening a recording: its head is read and judged, its clusters are found, its calibration is parsed.

use std::path::Path;
use std::sync::Arc;

use super::blocks::BlockTrack;
use super::clusters::{Clusters, Found, Reach};
use super::ebml::Window;
use super::error::RecordingError;
use super::grouping::Grouping;
use super::head::Head;
use super::info::{RecordingInfo, TagTarget};
use super::payload::{IMU_SAMPLE_SIZE, ImuRun};
use super::reader::{Places, Recording};
use super::storage::Storage;
use super::time::{DEFAULT_SCALE, LARGEST_SCALE, MATROSKA_EPOCH_SEC, RECORDER_SCALE};
use super::tracks::{self, Sensor};
use crate::calibration::RawCalibration;
use crate::image::{ImageFormat, ImagePool};
use crate::modes::ColorFormat;
use crate::source::SensorInfo;

/// The largest calibration that is read; real ones have 4 to 16 KB.
const LARGEST_CALIBRATION: u64 = 16 << 20;

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
