//! The parts of a file other than its clusters: its head, and the elements at its end that the head's index names.
//!
//! Level by level: the EBML header, the Segment, then the Segment's children up to the first Cluster, then those that
//! the SeekHead names. Damage here loses only the damaged element; the recording still opens.

use std::sync::Arc;

use super::compression::Compression;
use super::ebml::{Child, Header, Parsed, Window, id};
use super::error::RecordingError;
use super::info::{AttachmentInfo, Tag, TagTarget, TrackType};
use super::storage::Storage;
use crate::file_kind::{LOOKED_AT, file_kind};

/// Bytes read at once while walking through the head.
const WINDOW: usize = 16 * 1024;

/// The most tracks, tags or attachments that are read.
const MOST_ENTRIES: usize = 4096;

/// The content of the head, before it is checked.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Where the Segment's content begins: positions in the file count from here.
    pub(super) segment_start: u64,
    /// The end of the Segment by its own size; `None` if the size is unknown or impossible.
    pub(super) segment_end: Option<u64>,
    /// Whether the Segment claims more bytes than the file has.
    pub(super) cut: bool,
    /// The Info element; `None` where the file has none.
    pub(super) info: Option<Info>,
    /// The tracks in the file's order.
    pub(super) tracks: Vec<Track>,
    /// The tags in the file's order.
    pub(super) tags: Vec<Tag>,
    /// The attachments in the file's order.
    pub(super) attachments: Vec<Attachment>,
    /// Time in the file's units and absolute position of clusters, by position.
    pub(super) cues: Vec<(u64, u64)>,
    /// Where the first Cluster begins.
    pub(super) first_cluster: Option<u64>,
    /// Whether there was a Tracks element at all.
    pub(super) has_tracks: bool,
    /// Positions of the elements already read.
    seen: Vec<u64>,
    /// Positions that the SeekHead names.
    seeks: Vec<u64>,
}

/// The Info element.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub(super) timestamp_scale: Option<u64>,
    pub(super) duration: Option<f64>,
    pub(super) muxing_app: Option<String>,
    pub(super) writing_app: Option<String>,
    pub(super) title: Option<String>,
    /// Nanoseconds since 2001-01-01 00:00:00 UTC.
    pub(super) date: Option<i64>,
}

/// A TrackEntry element.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) uid: u64,
    pub(super) track_type: u64,
    pub(super) name: String,
    pub(super) codec_id: String,
    pub(super) codec_private: Vec<u8>,
    pub(super) default_duration: Option<u64>,
    pub(super) size: Option<(u64, u64)>,
    pub(super) encoding: Encoding,
}

/// How the frames of a track are stored.
#[derive(Debug, Default)]
pub(super) enum Encoding {
    /// As they are.
    #[default]
    Plain,
    /// Compressed by Matroska's own means.
    Compressed(Compression),
    /// In a way that is not supported.
    Unusable(&'static str),
}

/// An AttachedFile element, with where its content lies.
#[derive(Debug)]
pub(super) struct Attachment {
    pub(super) info: AttachmentInfo,
    pub(super) offset: u64,
}

impl TrackType {
    pub(super) const fn from_number(number: u64) -> Self {
        match number {
            1 => Self::Video,
            2 => Self::Audio,
            17 => Self::Subtitle,
            other => Self::Other(other),
        }
    }
}

impl Head {
    /// Reads the head of a file.
    pub(super) fn read(storage: &Arc<Storage>) -> Result<Self, RecordingError> {
        let mut window = Window::new(Arc::clone(storage), WINDOW);
        let mut head = Self::default();
        let segment = find_segment(&mut window)?;
        let len = storage.len();
        head.segment_start = segment.data;
        match segment.end() {
            // A recorder writes the size last: 0 is a recording that was never finished.
            Some(end) if end > segment.data => {
                head.cut = end > len;
                head.segment_end = Some(end).filter(|end| *end <= len);
            }
            _ => {}
        }
        head.read_until_cluster(&mut window, len)?;
        head.follow_seeks(&mut window)?;
        Ok(head)
    }

    /// Reads the Segment's children from its start to the first Cluster.
    fn read_until_cluster(&mut self, window: &mut Window, len: u64) -> Result<(), RecordingError> {
        let mut offset = self.segment_start;
        while let Parsed::Element(header) = window.header(offset, len)? {
            if header.id == id::CLUSTER {
                self.first_cluster = Some(offset);
                break;
            }
            let known = id::is_top_level(header.id) || matches!(header.id, id::VOID | id::CRC32);
            let Some(end) = header.end().filter(|_| known) else {
                break;
            };
            self.element(window, offset, header)?;
            offset = end;
        }
        Ok(())
    }

    /// Reads the elements that the SeekHead names and that do not stand before the first Cluster. A SeekHead may name
    /// another SeekHead.
    fn follow_seeks(&mut self, window: &mut Window) -> Result<(), RecordingError> {
        let mut next = 0;
        while let Some(offset) = self.seeks.get(next).copied() {
            next += 1;
            let len = window.storage().len();
            if let Parsed::Element(header) = window.header(offset, len)? {
                self.element(window, offset, header)?;
            }
        }
        Ok(())
    }

    /// Reads one child of the Segment, unless it has been read before.
    pub(super) fn element(
        &mut self,
        window: &mut Window,
        offset: u64,
        header: Header,
    ) -> Result<(), RecordingError> {
        if self.seen.contains(&offset) || self.seen.len() >= MOST_ENTRIES {
            return Ok(());
        }
        let start = header.data;
        let Some(end) = header.end().map(|end| end.min(window.storage().len())) else {
            return Ok(());
        };
        match header.id {
            id::SEEK_HEAD => self.seek_head(window, start, end)?,
            id::INFO if self.info.is_none() => self.info = Some(read_info(window, start, end)?),
            id::TRACKS if !self.has_tracks => {
                self.has_tracks = true;
                self.tracks(window, start, end)?;
            }
            id::ATTACHMENTS => self.attachments(window, start, end)?,
            id::TAGS => self.tags(window, start, end)?,
            id::CUES => self.cues(window, start, end)?,
            _ => return Ok(()),
        }
        self.seen.push(offset);
        Ok(())
    }

    fn seek_head(
        &mut self,
        window: &mut Window,
        start: u64,
        end: u64,
    ) -> Result<(), RecordingError> {
        for_each(window, start, end, |window, seek| {
            if seek.id != id::SEEK {
                return Ok(());
            }
            let (mut target, mut position) = (0, None);
            for_each(window, seek.data, seek.end, |window, child| {
                match child.id {
                    id::SEEK_ID => target = window.uint(child.data, child.end)? as u32,
                    id::SEEK_POSITION => position = Some(window.uint(child.data, child.end)?),
                    _ => {}
                }
                Ok(())
            })?;
            let offset = position.and_then(|p| p.checked_add(self.segment_start));
            if let Some(offset) = offset
                && id::is_top_level(target)
                && target != id::CLUSTER
                && self.seeks.len() < MOST_ENTRIES
                && !self.seeks.contains(&offset)
            {
                self.seeks.push(offset);
            }
            Ok(())
        })
    }

    fn tracks(&mut self, window: &mut Window, start: u64, end: u64) -> Result<(), RecordingError> {
        for_each(window, start, end, |window, entry| {
            if entry.id == id::TRACK_ENTRY && self.tracks.len() < MOST_ENTRIES {
                let track = read_track(window, entry)?;
                self.tracks.push(track);
            }
            Ok(())
        })
    }

    fn attachments(
        &mut self,
        window: &mut Window,
        start: u64,
        end: u64,
    ) -> Result<(), RecordingError> {
        for_each(window, start, end, |window, file| {
            if file.id != id::ATTACHED_FILE || self.attachments.len() >= MOST_ENTRIES {
                return Ok(());
            }
            let mut attachment = Attachment {
                info: AttachmentInfo {
                    name: String::new(),
                    mime_type: String::new(),
                    uid: 0,
                    size: 0,
                },
                offset: file.data,
            };
            let info = &mut attachment.info;
            for_each(window, file.data, file.end, |window, child| {
                let (data, end) = (child.data, child.end);
                match child.id {
                    id::FILE_NAME => info.name = window.string(data, end)?,
                    id::FILE_MIME_TYPE => info.mime_type = window.string(data, end)?,
                    id::FILE_UID => info.uid = window.uint(data, end)?,
                    id::FILE_DATA => {
                        info.size = end - data;
                        attachment.offset = data;
                    }
                    _ => {}
                }
                Ok(())
            })?;
            self.attachments.push(attachment);
            Ok(())
        })
    }

    fn tags(&mut self, window: &mut Window, start: u64, end: u64) -> Result<(), RecordingError> {
        for_each(window, start, end, |window, tag| {
            if tag.id != id::TAG {
                return Ok(());
            }
            let mut target = TagTarget::Recording;
            let first = self.tags.len();
            for_each(window, tag.data, tag.end, |window, child| {
                match child.id {
                    id::TARGETS => target = read_target(window, child)?,
                    id::SIMPLE_TAG if self.tags.len() < MOST_ENTRIES => {
                        let (name, value) = read_simple_tag(window, child)?;
                        self.tags.push(Tag {
                            name,
                            value,
                            target,
                        });
                    }
                    _ => {}
                }
                Ok(())
            })?;
            // The target may stand behind the tags that it applies to.
            for tag in self.tags.iter_mut().skip(first) {
                tag.target = target;
            }
            Ok(())
        })
    }

    fn cues(&mut self, window: &mut Window, start: u64, end: u64) -> Result<(), RecordingError> {
        for_each(window, start, end, |window, point| {
            if point.id != id::CUE_POINT {
                return Ok(());
            }
            let mut time = 0;
            for_each(window, point.data, point.end, |window, child| {
                match child.id {
                    id::CUE_TIME => time = window.uint(child.data, child.end)?,
                    id::CUE_TRACK_POSITIONS => {
                        for_each(window, child.data, child.end, |window, position| {
                            if position.id == id::CUE_CLUSTER_POSITION {
                                let relative = window.uint(position.data, position.end)?;
                                let offset = relative.saturating_add(self.segment_start);
                                if self.cues.last().is_none_or(|(_, last)| *last != offset) {
                                    self.cues.push((time, offset));
                                }
                            }
                            Ok(())
                        })?;
                    }
                    _ => {}
                }
                Ok(())
            })
        })
    }
}

/// Finds the Segment behind the EBML header, which must stand at the very start.
fn find_segment(window: &mut Window) -> Result<Header, RecordingError> {
    let path = window.storage().path().to_owned();
    let not_matroska = |reason: &str| RecordingError::NotMatroska {
        path: path.clone(),
        reason: reason.to_owned(),
    };
    let len = window.storage().len();
    if len == 0 {
        return Err(not_matroska(
            "the file is empty; the recorder wrote nothing, record again",
        ));
    }
    let ebml = match window.header(0, len)? {
        Parsed::Element(header) if header.id == id::EBML => header,
        Parsed::End => return Err(not_matroska("it ends within the first element")),
        _ => {
            let start = window.bytes(0, LOOKED_AT)?;
            return Err(match file_kind(start) {
                Some(kind) => not_matroska(&format!("it is {}; {}", kind.what, kind.advice)),
                None => not_matroska(
                    "it does not begin with the bytes 1A 45 DF A3; check that this is the right file",
                ),
            });
        }
    };
    let Some(end) = ebml.end().filter(|end| *end <= len) else {
        return Err(not_matroska("it ends within its EBML header"));
    };
    let mut doc_type = String::new();
    for_each(window, ebml.data, end, |window, child| {
        if child.id == id::DOC_TYPE {
            doc_type = window.string(child.data, child.end)?;
        }
        Ok(())
    })?;
    if doc_type == "webm" {
        return Err(not_matroska(
            "it is a WebM video, which cannot hold depth; use the original recording",
        ));
    }
    if doc_type != "matroska" {
        return Err(not_matroska(&format!(
            "its document type is \"{}\", not \"matroska\"",
            doc_type.chars().take(40).collect::<String>()
        )));
    }
    let mut offset = end;
    loop {
        match window.header(offset, len)? {
            Parsed::Element(header) if header.id == id::SEGMENT => return Ok(header),
            Parsed::Element(header) if matches!(header.id, id::VOID | id::CRC32) => {
                match header.end() {
                    Some(end) => offset = end,
                    None => return Err(not_matroska("it has no Segment")),
                }
            }
            Parsed::End => return Err(not_matroska("it ends before its Segment")),
            _ => return Err(not_matroska("it has no Segment behind its EBML header")),
        }
    }
}

fn read_info(window: &mut Window, start: u64, end: u64) -> Result<Info, RecordingError> {
    let mut info = Info::default();
    for_each(window, start, end, |window, child| {
        let (data, end) = (child.data, child.end);
        match child.id {
            id::TIMESTAMP_SCALE => info.timestamp_scale = Some(window.uint(data, end)?),
            id::DURATION => info.duration = Some(window.float(data, end)?),
            id::MUXING_APP => info.muxing_app = Some(window.string(data, end)?),
            id::WRITING_APP => info.writing_app = Some(window.string(data, end)?),
            id::TITLE => info.title = Some(window.string(data, end)?),
            id::DATE_UTC => info.date = Some(window.uint(data, end)? as i64),
            _ => {}
        }
        Ok(())
    })?;
    Ok(info)
}

fn read_track(window: &mut Window, entry: Child) -> Result<Track, RecordingError> {
    let mut track = Track::default();
    for_each(window, entry.data, entry.end, |window, child| {
        let (data, end) = (child.data, child.end);
        match child.id {
            id::TRACK_NUMBER => track.number = window.uint(data, end)?,
            id::TRACK_UID => track.uid = window.uint(data, end)?,
            id::TRACK_TYPE => track.track_type = window.uint(data, end)?,
            id::NAME => track.name = window.string(data, end)?,
            id::CODEC_ID => track.codec_id = window.string(data, end)?,
            id::CODEC_PRIVATE => track.codec_private = window.binary(data, end)?,
            id::DEFAULT_DURATION => track.default_duration = Some(window.uint(data, end)?),
            id::CONTENT_ENCODINGS => track.encoding = read_encodings(window, child)?,
            id::VIDEO => {
                let (mut width, mut height) = (0, 0);
                for_each(window, data, end, |window, child| {
                    match child.id {
                        id::PIXEL_WIDTH => width = window.uint(child.data, child.end)?,
                        id::PIXEL_HEIGHT => height = window.uint(child.data, child.end)?,
                        _ => {}
                    }
                    Ok(())
                })?;
                track.size = Some((width, height));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(track)
}

/// The only encoding of a track; several at once are not read.
fn read_encodings(window: &mut Window, encodings: Child) -> Result<Encoding, RecordingError> {
    let mut found = Encoding::Plain;
    let mut count = 0;
    for_each(window, encodings.data, encodings.end, |window, child| {
        if child.id == id::CONTENT_ENCODING {
            count += 1;
            found = read_encoding(window, child)?;
        }
        Ok(())
    })?;
    Ok(match count {
        0 | 1 => found,
        _ => Encoding::Unusable("encoded several times by another tool"),
    })
}

fn read_encoding(window: &mut Window, encoding: Child) -> Result<Encoding, RecordingError> {
    // Where an element is missing, its default counts (RFC 9559): frames only, compression, zlib.
    let (mut scope, mut kind, mut algorithm) = (1, 0, 0);
    let mut settings = Vec::new();
    for_each(window, encoding.data, encoding.end, |window, child| {
        match child.id {
            id::CONTENT_ENCODING_SCOPE => scope = window.uint(child.data, child.end)?,
            id::CONTENT_ENCODING_TYPE => kind = window.uint(child.data, child.end)?,
            id::CONTENT_COMPRESSION => {
                for_each(window, child.data, child.end, |window, child| {
                    match child.id {
                        id::CONTENT_COMP_ALGO => algorithm = window.uint(child.data, child.end)?,
                        id::CONTENT_COMP_SETTINGS => {
                            settings = window.binary(child.data, child.end)?;
                        }
                        _ => {}
                    }
                    Ok(())
                })?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(match (kind, scope, algorithm) {
        (0, 1, 0) => Encoding::Compressed(Compression::Zlib),
        (0, 1, 3) => Encoding::Compressed(Compression::Prefix(settings)),
        (0, _, 1) => Encoding::Unusable("compressed by bzip2"),
        (0, _, 2) => Encoding::Unusable("compressed by LZO"),
        (0, ..) => Encoding::Unusable("compressed in a way that is not known"),
        (1, ..) => Encoding::Unusable("encrypted"),
        _ => Encoding::Unusable("encoded in a way that is not known"),
    })
}

fn read_target(window: &mut Window, targets: Child) -> Result<TagTarget, RecordingError> {
    let mut target = TagTarget::Recording;
    for_each(window, targets.data, targets.end, |window, child| {
        match child.id {
            id::TAG_TRACK_UID => {
                target = TagTarget::Track(window.uint(child.data, child.end)?);
            }
            id::TAG_ATTACHMENT_UID => {
                target = TagTarget::Attachment(window.uint(child.data, child.end)?);
            }
            _ => {}
        }
        Ok(())
    })?;
    // A uid of 0 means "all of them".
    Ok(match target {
        TagTarget::Track(0) | TagTarget::Attachment(0) => TagTarget::Recording,
        target => target,
    })
}

fn read_simple_tag(window: &mut Window, tag: Child) -> Result<(String, String), RecordingError> {
    let (mut name, mut value) = (String::new(), String::new());
    for_each(window, tag.data, tag.end, |window, child| {
        match child.id {
            id::TAG_NAME => name = window.string(child.data, child.end)?,
            id::TAG_STRING => value = window.string(child.data, child.end)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((name, value))
}

/// Calls `read` with each child between `start` and `end`.
fn for_each(
    window: &mut Window,
    start: u64,
    end: u64,
    mut read: impl FnMut(&mut Window, Child) -> Result<(), RecordingError>,
) -> Result<(), RecordingError> {
    let mut offset = start;
    while let Some(child) = window.child(offset, end)? {
        read(window, child)?;
        offset = child.end;
    }
    Ok(())
}
