//! The information stored in a recording, as plain data that is read once when the recording is opened.

use crate::source::SensorInfo;

/// Information about a recording and the sensor that it was made with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingInfo {
    /// The sensor and its modes; `name` is the file's name.
    pub sensor: SensorInfo,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// Title of the file, usually `Azure Kinect`.
    pub title: Option<String>,
    /// The program that recorded, for example `k4arecord-1.4.1`.
    pub writing_app: Option<String>,
    /// The library that wrote the file, for example `libmatroska-1.4.9`.
    pub muxing_app: Option<String>,
    /// When the recording was made, in seconds since 1970-01-01 00:00:00 UTC.
    pub date_unix_sec: Option<i64>,
    /// Device time of file time 0, in µs. Unlike the vendor's reader this does not wrap after 71.6 minutes.
    pub start_offset_usec: u64,
    /// Time of the last block since file time 0, in µs.
    pub duration_usec: u64,
    /// Nanoseconds per unit of the file's own times: 1000 as recorded, 1 000 000 after most conversions.
    pub timestamp_scale_ns: u64,
    /// Whether the file is not finished, because the recorder crashed or the file was cut; the data in it still
    /// plays.
    pub unfinished: bool,
    /// Unusual properties of the file and the assumptions made because of them, one sentence each.
    pub warnings: Vec<String>,
}

/// The kind of data in a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Colour images.
    Color,
    /// Depth images.
    Depth,
    /// Infrared images.
    Ir,
    /// Inertial samples.
    Imu,
    /// Data that an application added; read it with
    /// [`Recording::next_data_block`](super::Recording::next_data_block).
    Custom,
}

/// The Matroska type of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackType {
    /// Video (1).
    Video,
    /// Audio (2).
    Audio,
    /// Subtitles (17), which recorders use for inertial and other small data.
    Subtitle,
    /// Any other type number.
    Other(u64),
}

/// One track of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInfo {
    /// The track's name, for example `DEPTH`.
    pub name: String,
    /// The number its blocks carry.
    pub number: u64,
    /// The number its tags carry.
    pub uid: u64,
    /// The kind of data in the track; [`TrackKind::Custom`] unless the track is one of the sensor's own.
    pub kind: TrackKind,
    /// The Matroska type of the track.
    pub track_type: TrackType,
    /// The Matroska codec, for example `V_MS/VFW/FOURCC` or `S_K4A/IMU`.
    pub codec_id: String,
    /// The codec's private data, for example a `BITMAPINFOHEADER`.
    pub codec_private: Vec<u8>,
    /// Width and height in pixels of video tracks.
    pub size: Option<(u32, u32)>,
    /// Nanoseconds from frame to frame, where the track says so.
    pub frame_duration_ns: Option<u64>,
}

impl TrackInfo {
    /// Whether the track is one of the sensor's own (colour, depth, infrared, inertial).
    pub fn is_built_in(&self) -> bool {
        self.kind != TrackKind::Custom
    }
}

/// The element that a tag describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TagTarget {
    /// The whole recording.
    Recording,
    /// The track with this [`uid`](TrackInfo::uid).
    Track(u64),
    /// The attachment with this [`uid`](AttachmentInfo::uid).
    Attachment(u64),
}

/// One tag of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag's name, for example `K4A_DEPTH_MODE`.
    pub name: String,
    /// The tag's value.
    pub value: String,
    /// The element that the tag describes.
    pub target: TagTarget,
}

/// One file that is stored in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentInfo {
    /// The file's name, for example `calibration.json`.
    pub name: String,
    /// Its MIME type.
    pub mime_type: String,
    /// The number its tags carry.
    pub uid: u64,
    /// Its size in bytes.
    pub size: u64,
}

/// The number of captures, images and samples in a recording, from [`Recording::count`](super::Recording::count).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Captures, as [`Recording::next_capture`](super::Recording::next_capture) delivers them.
    pub captures: u64,
    /// Colour images.
    pub color_images: u64,
    /// Depth images.
    pub depth_images: u64,
    /// Infrared images.
    pub ir_images: u64,
    /// Inertial samples.
    pub imu_samples: u64,
    /// Body frames: the images whose bodies were recorded.
    pub body_frames: u64,
    /// The most bodies in one body frame.
    pub most_bodies: u16,
    /// Blocks of each custom track, in the order of [`Recording::tracks`](super::Recording::tracks).
    pub custom_blocks: Vec<(String, u64)>,
}

/// One block of a custom track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataBlock {
    /// Time on the device clock, in µs.
    pub device_timestamp_usec: u64,
    /// The bytes that the application wrote.
    pub bytes: Vec<u8>,
}

/// A position in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeekTarget {
    /// Microseconds after file time 0.
    Start(u64),
    /// Microseconds before the end; 0 is behind the last capture.
    End(u64),
    /// Microseconds on the device clock.
    DeviceTime(u64),
}
