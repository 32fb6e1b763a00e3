//! The facts about one recording.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use kinect_azure::calendar::UtcTime;
use kinect_azure::modes::{ColorResolution, DepthMode};
use kinect_azure::recording::{Counts, Recording, TagTarget, TrackKind, TrackType};
use serde::Serialize;

use super::text::{Text, seconds};
use crate::terminal::plural;

/// Everything that `kinect info` shows. The fields' names are those of the JSON.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: String,
    size_bytes: Option<u64>,
    serial: Option<String>,
    color_firmware: Option<String>,
    depth_firmware: Option<String>,
    color_format: Option<&'static str>,
    color_resolution: &'static str,
    depth_mode: &'static str,
    fps: u32,
    wired_sync_mode: &'static str,
    subordinate_delay_us: u32,
    depth_delay_us: i32,
    duration_us: u64,
    start_offset_us: u64,
    captures: u64,
    color_images: u64,
    depth_images: u64,
    ir_images: u64,
    imu_samples: u64,
    body_frames: u64,
    most_bodies: u16,
    custom_blocks: BTreeMap<String, u64>,
    tracks: Vec<Track>,
    tags: BTreeMap<String, String>,
    tag_list: Vec<Tag>,
    attachments: Vec<Attachment>,
    calibrated: bool,
    title: Option<String>,
    writing_app: Option<String>,
    muxing_app: Option<String>,
    recorded_at: Option<String>,
    timestamp_scale_ns: u64,
    unfinished: bool,
    warnings: Vec<String>,
    /// Width and height of colour images.
    #[serde(skip)]
    color_size: Option<(u32, u32)>,
    /// Width and height of depth and infrared images.
    #[serde(skip)]
    depth_size: Option<(u32, u32)>,
}

#[derive(Debug, Serialize)]
struct Track {
    name: String,
    number: u64,
    uid: String,
    kind: &'static str,
    #[serde(rename = "type")]
    track_type: String,
    codec: String,
    width: Option<u32>,
    height: Option<u32>,
    frame_duration_ns: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Tag {
    name: String,
    value: String,
    target: String,
}

#[derive(Debug, Serialize)]
struct Attachment {
    name: String,
    mime_type: String,
    uid: String,
    size_bytes: u64,
}

impl Report {
    pub(super) fn new(file: &Path, recording: &Recording, counts: Counts) -> Self {
        let info = recording.info();
        let sensor = &info.sensor;
        let mut tags = BTreeMap::new();
        for tag in recording.tags() {
            tags.entry(tag.name.clone())
                .or_insert_with(|| tag.value.clone());
        }
        Self {
            file: file.display().to_string(),
            size_bytes: std::fs::metadata(file).ok().map(|m| m.len()),
            serial: sensor.serial.clone(),
            color_firmware: info.color_firmware.clone(),
            depth_firmware: info.depth_firmware.clone(),
            color_format: sensor.color_format.map(|format| format.name()),
            color_resolution: sensor.color_resolution.name(),
            depth_mode: sensor.depth_mode.name(),
            fps: sensor.frame_rate.fps(),
            wired_sync_mode: sensor.wired_sync_mode.name(),
            subordinate_delay_us: sensor.subordinate_delay_off_master_usec,
            depth_delay_us: sensor.depth_delay_off_color_usec,
            duration_us: info.duration_usec,
            start_offset_us: info.start_offset_usec,
            captures: counts.captures,
            color_images: counts.color_images,
            depth_images: counts.depth_images,
            ir_images: counts.ir_images,
            imu_samples: counts.imu_samples,
            body_frames: counts.body_frames,
            most_bodies: counts.most_bodies,
            custom_blocks: counts.custom_blocks.into_iter().collect(),
            tracks: recording
                .tracks()
                .iter()
                .map(|track| Track {
                    name: track.name.clone(),
                    number: track.number,
                    uid: track.uid.to_string(),
                    kind: kind_name(track.kind),
                    track_type: type_name(track.track_type),
                    codec: track.codec_id.clone(),
                    width: track.size.map(|s| s.0),
                    height: track.size.map(|s| s.1),
                    frame_duration_ns: track.frame_duration_ns,
                })
                .collect(),
            tags,
            tag_list: recording
                .tags()
                .iter()
                .map(|tag| Tag {
                    name: tag.name.clone(),
                    value: tag.value.clone(),
                    target: match tag.target {
                        TagTarget::Recording => "recording".to_owned(),
                        TagTarget::Track(uid) => format!("track:{uid}"),
                        TagTarget::Attachment(uid) => format!("attachment:{uid}"),
                    },
                })
                .collect(),
            attachments: recording
                .attachments()
                .iter()
                .map(|attachment| Attachment {
                    name: attachment.name.clone(),
                    mime_type: attachment.mime_type.clone(),
                    uid: attachment.uid.to_string(),
                    size_bytes: attachment.size,
                })
                .collect(),
            calibrated: recording.calibration().is_some(),
            title: info.title.clone(),
            writing_app: info.writing_app.clone(),
            muxing_app: info.muxing_app.clone(),
            recorded_at: info
                .date_unix_sec
                .map(|unix| UtcTime::from_unix_sec(unix).to_string()),
            timestamp_scale_ns: info.timestamp_scale_ns,
            unfinished: info.unfinished,
            warnings: info.warnings.clone(),
            color_size: Some(sensor.color_resolution)
                .filter(|r| *r != ColorResolution::Off)
                .map(ColorResolution::size),
            depth_size: Some(sensor.depth_mode)
                .filter(|m| *m != DepthMode::Off)
                .map(DepthMode::size),
        }
    }

    /// The report as text.
    pub(super) fn text(&self) -> String {
        let mut out = Text::default();
        let size = self.size_bytes.map_or_else(String::new, |bytes| {
            format!(", {}", indicatif::HumanBytes(bytes))
        });
        out.line(&format!("{}{size}", self.file));

        let firmware: Vec<String> = [
            ("colour", &self.color_firmware),
            ("depth", &self.depth_firmware),
        ]
        .into_iter()
        .filter_map(|(camera, version)| Some(format!("{camera} {}", version.as_ref()?)))
        .collect();
        out.field(
            "serial number",
            self.serial.as_deref().unwrap_or("not known"),
        );
        if !firmware.is_empty() {
            out.field("firmware", &firmware.join(", "));
        }
        let by = self.writing_app.as_deref().unwrap_or("an unknown program");
        let when = self.recorded_at.as_deref().unwrap_or("at an unknown time");
        out.field("recorded", &format!("{when} by {by}"));
        out.field(
            "length",
            &format!(
                "{}, {} at {} fps{}",
                seconds(self.duration_us),
                plural(self.captures, "capture"),
                self.fps,
                if self.unfinished { ", unfinished" } else { "" }
            ),
        );
        let pixels =
            |size: Option<(u32, u32)>| size.map_or_else(String::new, |(w, h)| format!(", {w}×{h}"));
        out.field(
            "colour",
            &match self.color_format {
                Some(format) => format!(
                    "{format} {}{}, {}",
                    self.color_resolution,
                    pixels(self.color_size),
                    plural(self.color_images, "image")
                ),
                None => "none".to_owned(),
            },
        );
        out.field(
            "depth",
            &if self.depth_size.is_some() {
                format!(
                    "{}{}, {} and {} of infrared",
                    self.depth_mode,
                    pixels(self.depth_size),
                    plural(self.depth_images, "image"),
                    self.ir_images
                )
            } else {
                "none".to_owned()
            },
        );
        out.field("inertial", &plural(self.imu_samples, "sample"));
        if self.body_frames > 0 {
            let bodies = match self.most_bodies {
                0 => "nobody in them".to_owned(),
                1 => "1 body at most".to_owned(),
                bodies => format!("{bodies} bodies at most"),
            };
            out.field(
                "bodies",
                &format!("{}, {bodies}", plural(self.body_frames, "frame")),
            );
        }
        out.field(
            "calibration",
            if self.calibrated {
                "yes"
            } else {
                "none that can be used"
            },
        );
        let mut sync = self.wired_sync_mode.to_lowercase();
        if self.subordinate_delay_us != 0 {
            let _ = write!(sync, ", {} µs after the master", self.subordinate_delay_us);
        }
        if self.depth_delay_us != 0 {
            let _ = write!(sync, ", depth {:+} µs after colour", self.depth_delay_us);
        }
        out.field("synchronised", &sync);
        out.field(
            "starts at",
            &format!("{} on the sensor's clock", seconds(self.start_offset_us)),
        );

        out.table(
            "tracks",
            self.tracks.iter().map(|track| {
                let size = match (track.width, track.height) {
                    (Some(w), Some(h)) => format!("{w}×{h}"),
                    _ => String::new(),
                };
                let blocks = self
                    .custom_blocks
                    .get(&track.name)
                    .map_or_else(String::new, |n| plural(*n, "block"));
                [
                    track.name.clone(),
                    track.kind.to_owned(),
                    track.codec.clone(),
                    size,
                    blocks,
                ]
            }),
        );
        out.table(
            "tags",
            self.tag_list.iter().map(|tag| {
                let target = self.tracks.iter().find_map(|track| {
                    (tag.target.strip_prefix("track:") == Some(&track.uid))
                        .then(|| format!("(track {})", track.name))
                });
                [
                    tag.name.clone(),
                    tag.value.clone(),
                    target.unwrap_or_default(),
                ]
            }),
        );
        out.table(
            "attachments",
            self.attachments.iter().map(|file| {
                [
                    file.name.clone(),
                    file.mime_type.clone(),
                    indicatif::HumanBytes(file.size_bytes).to_string(),
                ]
            }),
        );
        for warning in &self.warnings {
            out.line(&format!("warning: {warning}"));
        }
        out.into_string()
    }
}

const fn kind_name(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Color => "color",
        TrackKind::Depth => "depth",
        TrackKind::Ir => "ir",
        TrackKind::Imu => "imu",
        TrackKind::Custom => "custom",
    }
}

fn type_name(track_type: TrackType) -> String {
    match track_type {
        TrackType::Video => "video".to_owned(),
        TrackType::Audio => "audio".to_owned(),
        TrackType::Subtitle => "subtitle".to_owned(),
        TrackType::Other(number) => format!("type {number}"),
    }
}
