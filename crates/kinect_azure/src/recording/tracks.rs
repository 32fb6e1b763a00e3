//! Decides which tracks are the sensor's own and in which modes it ran, and checks that the two agree.

use super::error::RecordingError;
use super::head::{Encoding, Head, Track};
use super::info::{Tag, TagTarget, TrackInfo, TrackKind, TrackType};
use crate::image::ImageFormat;
use crate::modes::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};
use crate::source::SensorInfo;

/// The largest width or height of an image that is accepted, in pixels.
const LARGEST_SIDE: u64 = 20_000;

/// The range of frame durations that are accepted, in ns.
const FRAME_DURATIONS: core::ops::RangeInclusive<u64> = 1_000_000..=10_000_000_000;

/// The codec that some tools give to images that are not compressed.
const CODEC_UNCOMPRESSED: &str = "V_UNCOMPRESSED";

/// The codec of images in recordings.
const CODEC_FOURCC: &str = "V_MS/VFW/FOURCC";

/// How the frames of a colour, depth or infrared track become images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageTrack {
    /// Index of the track.
    pub(super) track: u16,
    pub(super) format: ImageFormat,
    pub(super) width: u32,
    pub(super) height: u32,
    /// 16-bit pixels are stored with the high byte first.
    pub(super) big_endian: bool,
    /// Added to the track's times to compare them with those of other tracks.
    pub(super) delay_ns: i64,
}

/// The sensor's own tracks and its modes.
#[derive(Debug)]
pub(super) struct Sensor {
    /// Colour, depth, infrared.
    pub(super) images: [Option<ImageTrack>; 3],
    /// Index of the inertial track.
    pub(super) imu: Option<u16>,
    /// Time from capture to capture in ns.
    pub(super) period_ns: i64,
    pub(super) info: SensorInfo,
    pub(super) tracks: Vec<TrackInfo>,
    /// Why no track can be played; `None` if one can.
    pub(super) unplayable: Option<String>,
}

/// The value of the first tag of that name.
fn tag<'a>(tags: &'a [Tag], name: &str) -> Option<&'a Tag> {
    tags.iter().find(|tag| tag.name == name)
}

/// The value of a numeric tag; a tag whose value is not a number is ignored with a warning.
pub(super) fn number_tag<T: core::str::FromStr>(
    tags: &[Tag],
    name: &str,
    warnings: &mut Vec<String>,
) -> Option<T> {
    let value = tag(tags, name)?.value.trim();
    let number = value.parse().ok();
    if number.is_none() {
        warnings.push(format!(
            "the tag {name} is \"{value}\", which is not a number; the tag is ignored"
        ));
    }
    number
}

/// Width, height and format (four characters) of a `BITMAPINFOHEADER` in the codec's private data.
fn bitmap_header(private: &[u8]) -> Option<(u64, u64, [u8; 4])> {
    let word = |at: usize| -> Option<[u8; 4]> { private.get(at..at + 4)?.try_into().ok() };
    let side = |at: usize| Some(u64::from(i32::from_le_bytes(word(at)?).unsigned_abs()));
    Some((side(4)?, side(8)?, word(16)?))
}

/// The size of an image in bytes, from a `BITMAPINFOHEADER`.
fn image_bytes(private: &[u8]) -> Option<u32> {
    let word = private.get(20..24)?.try_into().ok()?;
    Some(u32::from_le_bytes(word)).filter(|bytes| *bytes > 0)
}

/// The format of a video track's frames, if its codec gives it.
fn codec(track: &Track) -> Option<[u8; 4]> {
    if matches!(track.encoding, Encoding::Unusable(_)) {
        return None;
    }
    match track.codec_id.as_str() {
        CODEC_FOURCC => bitmap_header(&track.codec_private).map(|(_, _, fourcc)| fourcc),
        "V_MJPEG" => Some(*b"MJPG"),
        _ => None,
    }
}

fn size(track: &Track) -> (u64, u64) {
    let header = bitmap_header(&track.codec_private)
        .filter(|_| track.codec_id == CODEC_FOURCC)
        .map(|(width, height, _)| (width, height));
    track
        .size
        .filter(|(width, height)| *width > 0 && *height > 0)
        .or(header)
        .unwrap_or((0, 0))
}

/// The track a tag names, by the tag's target, by the tag's value, or by the track's own name.
fn find_track(head: &Head, tag_name: &str, names: &[&str]) -> Option<usize> {
    let by_uid = |uid: u64| head.tracks.iter().position(|track| track.uid == uid);
    let tagged = tag(&head.tags, tag_name).and_then(|tag| {
        let target = match tag.target {
            TagTarget::Track(uid) => by_uid(uid),
            _ => None,
        };
        target.or_else(|| tag.value.trim().parse().ok().and_then(by_uid))
    });
    let named = || {
        head.tracks
            .iter()
            .position(|track| names.contains(&track.name.as_str()))
    };
    tagged.or_else(named)
}

impl Sensor {
    /// Finds the sensor's tracks and modes in a head, and checks them.
    pub(super) fn new(
        head: &Head,
        path: &std::path::Path,
        first_frame_size: &mut dyn FnMut(u16) -> Option<u32>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, RecordingError> {
        let mut unusable = Vec::new();
        let video = |found: Option<usize>, warnings: &mut Vec<String>| {
            let track = head.tracks.get(found?)?;
            if track.track_type == 1 {
                return found;
            }
            warnings.push(format!(
                "track {} is not a video track; its data is offered as a custom track",
                track.name
            ));
            None
        };
        let color = video(find_track(head, "K4A_COLOR_TRACK", &["COLOR"]), warnings);
        let depth = video(find_track(head, "K4A_DEPTH_TRACK", &["DEPTH"]), warnings);
        let ir = video(
            find_track(head, "K4A_IR_TRACK", &["IR", "DEPTH_IR"]),
            warnings,
        );
        let imu = find_track(head, "K4A_IMU_TRACK", &["IMU"])
            .filter(|index| head.tracks.get(*index).is_some_and(|t| t.track_type == 17));
        let kinect_tags = head.tags.iter().any(|tag| tag.name.starts_with("K4A_"));
        if color.or(depth).or(ir).or(imu).is_none() && !kinect_tags {
            let names: Vec<_> = head.tracks.iter().map(|t| t.name.as_str()).collect();
            return Err(RecordingError::NotKinect {
                path: path.to_owned(),
                reason: if head.has_tracks {
                    format!(
                        "none of its {} tracks is COLOR, DEPTH, IR or IMU (they are named {names:?})",
                        names.len()
                    )
                } else {
                    "it ends before its list of tracks".to_owned()
                },
            });
        }

        let color_format = color.and_then(|index| {
            let mut size = || first_frame_size(index as u16);
            color_format(head, index, &mut size, warnings, &mut unusable)
        });
        let color = color.filter(|_| color_format.is_some());
        let mut sixteen = |index: Option<usize>| {
            let track = head.tracks.get(index?)?;
            let mut size = || first_frame_size(index? as u16);
            let big_endian = big_endian(track, &mut size, warnings, &mut unusable)?;
            Some((index?, big_endian))
        };
        let (depth, ir) = (sixteen(depth), sixteen(ir));
        let big_endian = [depth, ir].map(|track| track.is_none_or(|(_, big_endian)| big_endian));
        let (depth, ir) = (depth.map(|(index, _)| index), ir.map(|(index, _)| index));
        let imu = imu.filter(|index| match head.tracks[*index].encoding {
            Encoding::Unusable(how) => {
                unusable.push(format!("track {} is {how}", head.tracks[*index].name));
                false
            }
            Encoding::Plain | Encoding::Compressed(_) => true,
        });
        warnings.extend(
            unusable
                .iter()
                .map(|problem| format!("{problem}; it is offered as a custom track")),
        );
        let unplayable = color.or(depth).or(ir).or(imu).is_none().then(|| {
            if unusable.is_empty() {
                "it has no track of colour, depth or infrared images or of inertial samples"
                    .to_owned()
            } else {
                unusable.join("; ")
            }
        });

        let depth_mode = match depth.or(ir) {
            Some(index) => depth_mode(head, index, depth.is_some(), path, warnings)?,
            None => DepthMode::Off,
        };
        let color_size = match color {
            Some(index) => Some(image_size(&head.tracks[index], path)?),
            None => None,
        };
        let color_resolution = color_size.map_or(ColorResolution::Off, |(width, height)| {
            ColorResolution::from_size(width, height).unwrap_or_else(|| {
                warnings.push(format!(
                    "colour images have {width}×{height} pixels, a size that no colour mode has; there is no \
                     calibration for the colour camera"
                ));
                ColorResolution::Off
            })
        });
        for index in [depth, ir].into_iter().flatten() {
            check_size(&head.tracks[index], depth_mode, path)?;
        }

        let durations = [color, depth, ir].map(|index| {
            head.tracks
                .get(index?)?
                .default_duration
                .filter(|d| FRAME_DURATIONS.contains(d))
        });
        let (frame_rate, period_ns) =
            frame_rate(durations, color.or(depth).or(ir).is_some(), warnings);

        let delay_ns: i64 = number_tag(&head.tags, "K4A_DEPTH_DELAY_NS", warnings).unwrap_or(0);
        let (color_delay, depth_delay) = (delay_ns.max(0), delay_ns.saturating_neg().max(0));
        let image = |index: Option<usize>, format, delay_ns, big_endian| {
            let track = head.tracks.get(index?)?;
            let (width, height) = size(track);
            Some(ImageTrack {
                track: index? as u16,
                format,
                width: u32::try_from(width).ok()?,
                height: u32::try_from(height).ok()?,
                big_endian,
                delay_ns,
            })
        };
        let images = [
            image(
                color,
                ImageFormat::Color(color_format.unwrap_or_default()),
                color_delay,
                false,
            ),
            image(depth, ImageFormat::Depth16, depth_delay, big_endian[0]),
            image(ir, ImageFormat::Ir16, depth_delay, big_endian[1]),
        ];

        let wired_sync_mode = match tag(&head.tags, "K4A_WIRED_SYNC_MODE") {
            None => WiredSyncMode::Standalone,
            Some(tag) => WiredSyncMode::from_name(tag.value.trim()).unwrap_or_else(|| {
                warnings.push(format!(
                    "the wired sync mode \"{}\" is unknown; taken as STANDALONE",
                    tag.value
                ));
                WiredSyncMode::Standalone
            }),
        };
        let subordinate_ns: u64 =
            number_tag(&head.tags, "K4A_SUBORDINATE_DELAY_NS", warnings).unwrap_or(0);
        let info = SensorInfo {
            name: path.file_name().map_or_else(
                || path.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            ),
            serial: tag(&head.tags, "K4A_DEVICE_SERIAL_NUMBER").map(|tag| tag.value.clone()),
            depth_mode,
            color_resolution,
            color_format: color.and(color_format),
            frame_rate,
            wired_sync_mode,
            subordinate_delay_off_master_usec: u32::try_from(subordinate_ns / 1000)
                .unwrap_or(u32::MAX),
            depth_delay_off_color_usec: i32::try_from(delay_ns / 1000).unwrap_or(0),
            has_imu: imu.is_some(),
        };
        let kinds = [
            (color, TrackKind::Color),
            (depth, TrackKind::Depth),
            (ir, TrackKind::Ir),
            (imu, TrackKind::Imu),
        ];
        let tracks = head.tracks.iter().enumerate().map(|(index, track)| {
            let kind = kinds.iter().find(|(found, _)| *found == Some(index));
            track_info(track, kind.map_or(TrackKind::Custom, |(_, kind)| *kind))
        });
        Ok(Self {
            images,
            imu: imu.map(|index| index as u16),
            period_ns,
            info,
            tracks: tracks.collect(),
            unplayable,
        })
    }
}

fn track_info(track: &Track, kind: TrackKind) -> TrackInfo {
    let (width, height) = size(track);
    TrackInfo {
        name: track.name.clone(),
        number: track.number,
        uid: track.uid,
        kind,
        track_type: TrackType::from_number(track.track_type),
        codec_id: track.codec_id.clone(),
        codec_private: track.codec_private.clone(),
        size: (track.track_type == 1)
            .then(|| Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?)))
            .flatten(),
        frame_duration_ns: track.default_duration,
    }
}

/// The message about a track whose images have an unknown format.
fn unusable(track: &Track) -> String {
    let format = match (&track.encoding, codec(track)) {
        (Encoding::Unusable(how), _) => (*how).to_owned(),
        (_, Some(fourcc)) => format!("of format {}", fourcc_name(fourcc)),
        (_, None) => format!("of codec {}", track.codec_id.escape_debug()),
    };
    format!(
        "track {} is {format}, which is not how a Kinect records it",
        track.name
    )
}

/// The four characters of a format; in hexadecimal where they cannot be printed.
fn fourcc_name(fourcc: [u8; 4]) -> String {
    if fourcc.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return String::from_utf8_lossy(&fourcc).into_owned();
    }
    let [a, b, c, d] = fourcc;
    format!("{a:02X} {b:02X} {c:02X} {d:02X} (hexadecimal)")
}

/// Whether a track holds uncompressed images whose format another tool did not keep: its frames have the size of such
/// images (for a track without frames, the size in its header), and no codec data contradicts this.
fn lost_its_format(
    track: &Track,
    format: ImageFormat,
    first_frame_size: &mut dyn FnMut() -> Option<u32>,
) -> bool {
    let (width, height) = size(track);
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
        return false;
    };
    let raw = track.codec_id == CODEC_FOURCC || track.codec_id == CODEC_UNCOMPRESSED;
    let believable = width.max(height) <= LARGEST_SIDE as u32;
    if !raw || !believable || !matches!(track.encoding, Encoding::Plain) {
        return false;
    }
    let found = first_frame_size().or_else(|| image_bytes(&track.codec_private));
    let expected = format.packed_size(width, height);
    expected.is_some() && expected == found.map(|size| size as usize)
}

fn color_format(
    head: &Head,
    index: usize,
    first_frame_size: &mut dyn FnMut() -> Option<u32>,
    warnings: &mut Vec<String>,
    problems: &mut Vec<String>,
) -> Option<ColorFormat> {
    let track = &head.tracks[index];
    let formats = [
        (ColorFormat::Mjpg, b"MJPG"),
        (ColorFormat::Nv12, b"NV12"),
        (ColorFormat::Yuy2, b"YUY2"),
        (ColorFormat::Bgra32, b"BGRA"),
    ];
    let fourcc = codec(track);
    let known = formats.iter().find(|(_, name)| fourcc == Some(**name));
    if let Some((format, _)) = known {
        return Some(*format);
    }
    let mode = tag(&head.tags, "K4A_COLOR_MODE").map_or("", |tag| tag.value.trim());
    let tagged = formats.iter().find(|(format, _)| {
        mode.split('_').next() == Some(format.name())
            && lost_its_format(track, ImageFormat::Color(*format), first_frame_size)
    });
    match tagged {
        Some((format, _)) => {
            warnings.push(format!(
                "track {} lost its format in another tool; taken as {format} after the tag K4A_COLOR_MODE",
                track.name
            ));
            Some(*format)
        }
        None => {
            problems.push(unusable(track));
            None
        }
    }
}

/// Whether 16-bit pixels are stored with the high byte first: `b16g`, or with the low byte first: `YUY2`, as the first
/// recorders called them. `None` for a track without such pixels.
fn big_endian(
    track: &Track,
    first_frame_size: &mut dyn FnMut() -> Option<u32>,
    warnings: &mut Vec<String>,
    problems: &mut Vec<String>,
) -> Option<bool> {
    match codec(track).as_ref() {
        Some(b"b16g") => return Some(true),
        Some(b"YUY2") => return Some(false),
        _ => {}
    }
    // ffmpeg's name for 16 bits of grey with the low byte first.
    let little = matches!(codec(track).as_ref(), Some(b"Y1\0\x10" | b"Y16 "));
    let (width, height) = size(track);
    let of_a_mode = DepthMode::ALL.into_iter().any(|mode| {
        let (mode_width, mode_height) = mode.size();
        (width, height) == (u64::from(mode_width), u64::from(mode_height))
    });
    if of_a_mode && lost_its_format(track, ImageFormat::Depth16, first_frame_size) {
        let order = if little { "low" } else { "high" };
        warnings.push(format!(
            "track {} lost its format b16g in another tool; its frames have the right size, so they are taken as 16-bit \
             images with the {order} byte first",
            track.name
        ));
        return Some(!little);
    }
    problems.push(unusable(track));
    None
}

fn image_size(track: &Track, path: &std::path::Path) -> Result<(u32, u32), RecordingError> {
    let (width, height) = size(track);
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(w), Ok(h)) if w > 0 && h > 0 && width <= LARGEST_SIDE && height <= LARGEST_SIDE => {
            Ok((w, h))
        }
        _ => Err(RecordingError::Track {
            path: path.to_owned(),
            track: track.name.clone(),
            found: format!("images of {width}×{height} pixels"),
            expected: format!("1 to {LARGEST_SIDE} pixels a side"),
            advice: "the head of the file is damaged; use another copy of it",
        }),
    }
}

/// The depth mode of the tag, or the one whose images have the track's size.
fn depth_mode(
    head: &Head,
    index: usize,
    has_depth: bool,
    path: &std::path::Path,
    warnings: &mut Vec<String>,
) -> Result<DepthMode, RecordingError> {
    let track = &head.tracks[index];
    let value = tag(&head.tags, "K4A_DEPTH_MODE").map(|tag| tag.value.trim());
    if let Some(mode) = value
        .and_then(DepthMode::from_name)
        .filter(|mode| *mode != DepthMode::Off)
    {
        return Ok(mode);
    }
    let (width, height) = image_size(track, path)?;
    let guess = DepthMode::ALL
        .into_iter()
        .find(|mode| mode.size() == (width, height) && (mode.has_depth() == has_depth));
    let guess = guess.or_else(|| {
        DepthMode::ALL
            .into_iter()
            .find(|mode| mode.size() == (width, height))
    });
    match guess {
        Some(mode) => {
            warnings.push(match value {
                Some(value) => format!(
                    "the depth mode \"{value}\" is unknown; taken as {mode} after the size of its images"
                ),
                None => format!(
                    "the tag K4A_DEPTH_MODE is missing; taken as {mode} after the size of its images"
                ),
            });
            Ok(mode)
        }
        None => Err(RecordingError::Track {
            path: path.to_owned(),
            track: track.name.clone(),
            found: format!(
                "images of {width}×{height} pixels and the depth mode {}",
                value.map_or("missing".to_owned(), |value| format!("\"{value}\""))
            ),
            expected: "the size of one of the depth modes".to_owned(),
            advice: "the track was scaled or its tags were lost by another tool; use the original file",
        }),
    }
}

fn check_size(
    track: &Track,
    mode: DepthMode,
    path: &std::path::Path,
) -> Result<(), RecordingError> {
    let (width, height) = size(track);
    let (mode_width, mode_height) = mode.size();
    if (width, height) == (u64::from(mode_width), u64::from(mode_height)) {
        return Ok(());
    }
    Err(RecordingError::Track {
        path: path.to_owned(),
        track: track.name.clone(),
        found: format!("images of {width}×{height} pixels"),
        expected: format!("{mode_width}×{mode_height} as in the depth mode {mode}"),
        advice: "the track was scaled or its tags were changed by another tool; use the original file",
    })
}

/// The frame rate and the time from capture to capture, from the tracks' frame durations.
fn frame_rate(
    durations: [Option<u64>; 3],
    has_images: bool,
    warnings: &mut Vec<String>,
) -> (FrameRate, i64) {
    let known = || durations.into_iter().flatten();
    let Some(period) = known().min() else {
        if has_images {
            warnings.push(
                "no track says how long a frame lasts; taken as 30 captures per second".to_owned(),
            );
        }
        return (FrameRate::Fps30, FrameRate::Fps30.period_ns() as i64);
    };
    if known().any(|other| other != period) {
        warnings.push(
            "the tracks have different frame rates; images are grouped by the highest".to_owned(),
        );
    }
    let all = [
        FrameRate::Fps5,
        FrameRate::Fps15,
        FrameRate::Fps25,
        FrameRate::Fps30,
    ];
    let fps = 1e9 / period as f64;
    let nearest = all.into_iter().min_by(|a, b| {
        let off = |rate: &FrameRate| (f64::from(rate.fps()) - fps).abs();
        off(a).total_cmp(&off(b))
    });
    let rate = nearest.unwrap_or_default();
    // Converters that store times in milliseconds change the rate by up to 1.5 %.
    if (f64::from(rate.fps()) / fps - 1.0).abs() > 0.03 {
        warnings.push(format!(
            "{fps:.3} captures per second is not a frame rate of a Kinect; it is shown as {}, and the recording plays \
             at its own rate",
            rate.fps()
        ));
    }
    (rate, period as i64)
}
