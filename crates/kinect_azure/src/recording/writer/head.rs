//! Writes the part of the file before the first cluster, in the order and with the names of the vendor's recorder.

use super::elements::{element, master, text, uint, void};
use super::settings::{CALIBRATION, RecordingSettings};
use crate::modes::{ColorFormat, ColorResolution, DepthMode, WiredSyncMode};
use crate::recording::bodies;
use crate::recording::ebml::id;
use crate::recording::info::TagTarget;
use crate::recording::time::{MATROSKA_EPOCH_SEC, RECORDER_SCALE};

/// Bytes of one entry of the seek head: fixed, so that the one for the cues can be filled in at the end.
pub(super) const SEEK_ENTRY: usize = 21;

/// Bytes of the duration with its header.
const DURATION: usize = 11;

/// A track as it is written.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) name: String,
    uid: u64,
    codec_id: String,
    private: Vec<u8>,
    size: Option<(u32, u32)>,
}

impl Track {
    /// Whether the track holds the sensor's images.
    pub(super) fn is_image(&self) -> bool {
        matches!(self.name.as_str(), "COLOR" | "DEPTH" | "IR")
    }
}

/// The bytes before the first cluster, and the positions of the fields that are filled in at the end.
pub(super) struct Head {
    pub(super) bytes: Vec<u8>,
    /// Where the Segment's eight bytes of size stand.
    pub(super) segment_size: u64,
    /// Where the Segment's content begins.
    pub(super) segment: u64,
    /// Where the seek entry of the cues goes.
    pub(super) cues_entry: u64,
    /// Where the duration goes.
    pub(super) duration: u64,
}

/// A stable number for a track or an attachment; no two of a file are the same.
fn uid(number: usize) -> u64 {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29) >> 4 | 1
}

/// A `BITMAPINFOHEADER`, from which readers take size and format.
fn bitmap_header(width: u32, height: u32, fourcc: &[u8; 4], bits: u16) -> Vec<u8> {
    let image = match fourcc {
        b"MJPG" => 0,
        _ => (u64::from(width) * u64::from(height) * u64::from(bits) / 8) as u32,
    };
    let mut out = Vec::with_capacity(40);
    for word in [40, width, height] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(&1u16.to_le_bytes());
    out.extend_from_slice(&bits.to_le_bytes());
    out.extend_from_slice(fourcc);
    out.extend_from_slice(&image.to_le_bytes());
    out.resize(40, 0);
    out
}

/// The tracks in the file's order: colour, depth, infrared, inertial, bodies, then the application's own.
pub(super) fn tracks(settings: &RecordingSettings) -> Vec<Track> {
    let mut tracks: Vec<Track> = Vec::new();
    let mut add = |name: &str, codec: &str, private: Vec<u8>, size: Option<(u32, u32)>| {
        tracks.push(Track {
            name: name.to_owned(),
            uid: uid(tracks.len()),
            codec_id: codec.to_owned(),
            private,
            size,
        });
    };
    let mut video = |name: &str, (w, h): (u32, u32), fourcc: &[u8; 4], bits: u16| {
        let private = bitmap_header(w, h, fourcc, bits);
        add(name, "V_MS/VFW/FOURCC", private, Some((w, h)));
    };
    let sensor = &settings.sensor;
    if let Some(format) = sensor.color_format {
        let (fourcc, bits) = match format {
            ColorFormat::Mjpg => (b"MJPG", 24),
            ColorFormat::Nv12 => (b"NV12", 12),
            ColorFormat::Yuy2 => (b"YUY2", 16),
            ColorFormat::Bgra32 => (b"BGRA", 32),
        };
        video("COLOR", sensor.color_resolution.size(), fourcc, bits);
    }
    let mode = sensor.depth_mode;
    if mode.has_depth() {
        video("DEPTH", mode.size(), b"b16g", 16);
    }
    if mode != DepthMode::Off {
        video("IR", mode.size(), b"b16g", 16);
    }
    if sensor.has_imu {
        add("IMU", "S_K4A/IMU", Vec::new(), None);
    }
    if settings.bodies {
        add(bodies::TRACK, bodies::CODEC, bodies::PRIVATE.to_vec(), None);
    }
    for track in &settings.custom_tracks {
        let private = track.codec_private.clone();
        add(&track.name, &track.codec_id, private, track.video_size);
    }
    tracks
}

/// The sensor's tags in the order of the vendor's recorder, then the application's, then the start offset.
fn tags(
    settings: &RecordingSettings,
    tracks: &[Track],
    start_usec: u64,
) -> Vec<(String, String, TagTarget)> {
    let sensor = &settings.sensor;
    let mut tags = Vec::new();
    let mut tag = |name: &str, value: String, target| tags.push((name.to_owned(), value, target));
    let global = TagTarget::Recording;
    let track = |name: &str| tracks.iter().find(|track| track.name == name);
    let mut of_track = |name: &str, mode: Option<(&str, String)>| {
        if let Some(track) = track(name) {
            let target = TagTarget::Track(track.uid);
            tag(&format!("K4A_{name}_TRACK"), track.uid.to_string(), target);
            if let Some((mode, value)) = mode {
                tag(mode, value, target);
            }
        }
    };
    let depth_mode = sensor.depth_mode;
    if let Some(format) = sensor.color_format {
        let height = sensor.color_resolution.size().1;
        let mode = format!("{}_{height}P", format.name());
        of_track("COLOR", Some(("K4A_COLOR_MODE", mode)));
    }
    let mode = depth_mode.name().to_owned();
    of_track("DEPTH", Some(("K4A_DEPTH_MODE", mode.clone())));
    let passive = depth_mode == DepthMode::PassiveIr;
    let light = if passive { "PASSIVE" } else { "ACTIVE" };
    of_track("IR", Some(("K4A_IR_MODE", light.to_owned())));
    of_track("IMU", Some(("K4A_IMU_MODE", "ON".to_owned())));
    if passive {
        tag("K4A_DEPTH_MODE", mode, global);
    }
    if depth_mode != DepthMode::Off && sensor.color_resolution != ColorResolution::Off {
        let delay = i64::from(sensor.depth_delay_off_color_usec) * 1000;
        tag("K4A_DEPTH_DELAY_NS", delay.to_string(), global);
    }
    let sync = sensor.wired_sync_mode;
    tag("K4A_WIRED_SYNC_MODE", sync.name().to_owned(), global);
    if sync == WiredSyncMode::Subordinate {
        let delay = u64::from(sensor.subordinate_delay_off_master_usec) * 1000;
        tag("K4A_SUBORDINATE_DELAY_NS", delay.to_string(), global);
    }
    for (name, value) in [
        ("K4A_COLOR_FIRMWARE_VERSION", &settings.color_firmware),
        ("K4A_DEPTH_FIRMWARE_VERSION", &settings.depth_firmware),
        ("K4A_DEVICE_SERIAL_NUMBER", &sensor.serial),
    ] {
        if let Some(value) = value {
            tag(name, value.clone(), global);
        }
    }
    if settings.calibration_json.is_some() {
        let target = TagTarget::Attachment(uid(tracks.len()));
        tag("K4A_CALIBRATION_FILE", CALIBRATION.to_owned(), target);
    }
    let custom = settings
        .custom_tracks
        .iter()
        .map(|track| track.name.as_str());
    for name in settings
        .bodies
        .then_some(bodies::TRACK)
        .into_iter()
        .chain(custom)
    {
        if let Some(track) = track(name) {
            let name = format!("K4A_CUSTOM_TRACK_{name}");
            tag(&name, track.uid.to_string(), TagTarget::Track(track.uid));
        }
    }
    for (name, value) in &settings.tags {
        tag(name, value.clone(), global);
    }
    tag(
        "K4A_START_OFFSET_NS",
        (u128::from(start_usec) * 1000).to_string(),
        global,
    );
    tags
}

/// One entry of the seek head, always [`SEEK_ENTRY`] bytes.
pub(super) fn seek_entry(out: &mut Vec<u8>, target: u32, position: u64) {
    master(out, id::SEEK, |out| {
        element(out, id::SEEK_ID, &target.to_be_bytes());
        element(out, id::SEEK_POSITION, &position.to_be_bytes());
    });
}

/// The duration in units, always [`DURATION`] bytes.
pub(super) fn duration(out: &mut Vec<u8>, units: u64) {
    element(out, id::DURATION, &(units as f64).to_be_bytes());
}

impl Head {
    /// The head of a file that begins at a device time.
    pub(super) fn new(settings: &RecordingSettings, all: &[Track], start_usec: u64) -> Self {
        let mut info_duration = 0;
        let mut info = Vec::new();
        uint(&mut info, id::TIMESTAMP_SCALE, RECORDER_SCALE);
        let app = concat!("kinect_azure-", env!("CARGO_PKG_VERSION"));
        text(&mut info, id::MUXING_APP, app);
        text(&mut info, id::WRITING_APP, app);
        text(&mut info, id::TITLE, "Azure Kinect");
        if let Some(date) = settings.date_unix_sec {
            let ns = (date.saturating_sub(MATROSKA_EPOCH_SEC)).saturating_mul(1_000_000_000);
            element(&mut info, id::DATE_UTC, &ns.to_be_bytes());
        }
        info_duration += info.len();
        void(&mut info, DURATION);

        let period = settings.sensor.frame_rate.period_ns();
        let mut track_list = Vec::new();
        for (index, track) in all.iter().enumerate() {
            master(&mut track_list, id::TRACK_ENTRY, |out| {
                uint(out, id::TRACK_NUMBER, index as u64 + 1);
                uint(out, id::TRACK_UID, track.uid);
                uint(
                    out,
                    id::TRACK_TYPE,
                    if track.size.is_some() { 1 } else { 17 },
                );
                text(out, id::CODEC_ID, &track.codec_id);
                text(out, id::NAME, &track.name);
                if !track.private.is_empty() {
                    element(out, id::CODEC_PRIVATE, &track.private);
                }
                if let Some((width, height)) = track.size {
                    uint(out, id::DEFAULT_DURATION, period);
                    master(out, id::VIDEO, |out| {
                        uint(out, id::PIXEL_WIDTH, width.into());
                        uint(out, id::PIXEL_HEIGHT, height.into());
                    });
                }
            });
        }

        let calibration = settings.calibration_json.as_ref();
        let files = calibration.map(|json| (CALIBRATION, json.as_slice()));
        let files = files.into_iter().chain(
            settings
                .attachments
                .iter()
                .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
        );
        let mut attachments = Vec::new();
        // The calibration, if there is one, is the first attachment and has the first number after the tracks'.
        for (index, (name, bytes)) in files.enumerate() {
            master(&mut attachments, id::ATTACHED_FILE, |out| {
                text(out, id::FILE_NAME, name);
                text(out, id::FILE_MIME_TYPE, "application/octet-stream");
                element(out, id::FILE_DATA, bytes);
                uint(out, id::FILE_UID, uid(all.len() + index));
            });
        }

        let mut tag_list = Vec::new();
        for (name, value, target) in tags(settings, all, start_usec) {
            master(&mut tag_list, id::TAG, |out| {
                master(out, id::TARGETS, |out| match target {
                    TagTarget::Recording => {}
                    TagTarget::Track(uid) => {
                        text(out, id::TARGET_TYPE, "TRACK");
                        uint(out, id::TAG_TRACK_UID, uid);
                    }
                    TagTarget::Attachment(uid) => {
                        text(out, id::TARGET_TYPE, "ATTACHMENT");
                        uint(out, id::TAG_ATTACHMENT_UID, uid);
                    }
                });
                master(out, id::SIMPLE_TAG, |out| {
                    text(out, id::TAG_NAME, &name);
                    text(out, id::TAG_STRING, &value);
                });
            });
        }

        let mut bytes = Vec::new();
        master(&mut bytes, id::EBML, |out| {
            uint(out, id::EBML_VERSION, 1);
            uint(out, id::EBML_READ_VERSION, 1);
            uint(out, id::EBML_MAX_ID_LENGTH, 4);
            uint(out, id::EBML_MAX_SIZE_LENGTH, 8);
            text(out, id::DOC_TYPE, "matroska");
            uint(out, id::DOC_TYPE_VERSION, 2);
            uint(out, id::DOC_TYPE_READ_VERSION, 2);
        });
        bytes.extend_from_slice(&id::SEGMENT.to_be_bytes());
        let segment_size = bytes.len() as u64;
        // The size is unknown until the end: readers read a file that was cut off up to its end.
        bytes.extend_from_slice(&(u64::MAX >> 7).to_be_bytes());
        let segment = bytes.len();

        let parts = [
            (id::INFO, info),
            (id::TRACKS, track_list),
            (id::ATTACHMENTS, attachments),
            (id::TAGS, tag_list),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(_, part)| !part.is_empty())
            .collect();
        let seek_content = SEEK_ENTRY * (parts.len() + 1);
        let mut seek_head = Vec::new();
        super::elements::header(&mut seek_head, id::SEEK_HEAD, seek_content as u64);
        let mut position = seek_head.len() + seek_content;
        let mut body = Vec::new();
        let mut duration = 0;
        for (part, content) in parts {
            seek_entry(&mut seek_head, part, position as u64);
            let before = body.len();
            element(&mut body, part, &content);
            if part == id::INFO {
                duration = position + (body.len() - before - content.len()) + info_duration;
            }
            position += body.len() - before;
        }
        let cues_entry = segment + seek_head.len();
        void(&mut seek_head, SEEK_ENTRY);
        bytes.extend(seek_head);
        bytes.extend(body);
        Self {
            bytes,
            segment_size,
            segment: segment as u64,
            cues_entry: cues_entry as u64,
            duration: (segment + duration) as u64,
        }
    }
}
