//! The layer under Matroska: elements of an id, a size and content (RFC 8794), read through a small window.

use std::sync::Arc;

use super::error::RecordingError;
use super::storage::Storage;

/// Element ids (RFC 9559).
pub(super) mod id {
    pub(in super::super) const EBML: u32 = 0x1A45_DFA3;
    pub(in super::super) const EBML_VERSION: u32 = 0x4286;
    pub(in super::super) const EBML_READ_VERSION: u32 = 0x42F7;
    pub(in super::super) const EBML_MAX_ID_LENGTH: u32 = 0x42F2;
    pub(in super::super) const EBML_MAX_SIZE_LENGTH: u32 = 0x42F3;
    pub(in super::super) const DOC_TYPE: u32 = 0x4282;
    pub(in super::super) const DOC_TYPE_VERSION: u32 = 0x4287;
    pub(in super::super) const DOC_TYPE_READ_VERSION: u32 = 0x4285;
    pub(in super::super) const VOID: u32 = 0xEC;
    pub(in super::super) const CRC32: u32 = 0xBF;
    pub(in super::super) const SEGMENT: u32 = 0x1853_8067;

    pub(in super::super) const SEEK_HEAD: u32 = 0x114D_9B74;
    pub(in super::super) const SEEK: u32 = 0x4DBB;
    pub(in super::super) const SEEK_ID: u32 = 0x53AB;
    pub(in super::super) const SEEK_POSITION: u32 = 0x53AC;

    pub(in super::super) const INFO: u32 = 0x1549_A966;
    pub(in super::super) const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
    pub(in super::super) const DURATION: u32 = 0x4489;
    pub(in super::super) const MUXING_APP: u32 = 0x4D80;
    pub(in super::super) const WRITING_APP: u32 = 0x5741;
    pub(in super::super) const DATE_UTC: u32 = 0x4461;
    pub(in super::super) const TITLE: u32 = 0x7BA9;

    pub(in super::super) const TRACKS: u32 = 0x1654_AE6B;
    pub(in super::super) const TRACK_ENTRY: u32 = 0xAE;
    pub(in super::super) const TRACK_NUMBER: u32 = 0xD7;
    pub(in super::super) const TRACK_UID: u32 = 0x73C5;
    pub(in super::super) const TRACK_TYPE: u32 = 0x83;
    pub(in super::super) const CODEC_ID: u32 = 0x86;
    pub(in super::super) const NAME: u32 = 0x536E;
    pub(in super::super) const CODEC_PRIVATE: u32 = 0x63A2;
    pub(in super::super) const DEFAULT_DURATION: u32 = 0x0023_E383;
    pub(in super::super) const VIDEO: u32 = 0xE0;
    pub(in super::super) const PIXEL_WIDTH: u32 = 0xB0;
    pub(in super::super) const PIXEL_HEIGHT: u32 = 0xBA;
    pub(in super::super) const CONTENT_ENCODINGS: u32 = 0x6D80;
    pub(in super::super) const CONTENT_ENCODING: u32 = 0x6240;
    pub(in super::super) const CONTENT_ENCODING_SCOPE: u32 = 0x5032;
    pub(in super::super) const CONTENT_ENCODING_TYPE: u32 = 0x5033;
    pub(in super::super) const CONTENT_COMPRESSION: u32 = 0x5034;
    pub(in super::super) const CONTENT_COMP_ALGO: u32 = 0x4254;
    pub(in super::super) const CONTENT_COMP_SETTINGS: u32 = 0x4255;

    pub(in super::super) const ATTACHMENTS: u32 = 0x1941_A469;
    pub(in super::super) const ATTACHED_FILE: u32 = 0x61A7;
    pub(in super::super) const FILE_NAME: u32 = 0x466E;
    pub(in super::super) const FILE_MIME_TYPE: u32 = 0x4660;
    pub(in super::super) const FILE_DATA: u32 = 0x465C;
    pub(in super::super) const FILE_UID: u32 = 0x46AE;

    pub(in super::super) const TAGS: u32 = 0x1254_C367;
    pub(in super::super) const TAG: u32 = 0x7373;
    pub(in super::super) const TARGETS: u32 = 0x63C0;
    pub(in super::super) const TARGET_TYPE: u32 = 0x63CA;
    pub(in super::super) const TAG_TRACK_UID: u32 = 0x63C5;
    pub(in super::super) const TAG_ATTACHMENT_UID: u32 = 0x63C6;
    pub(in super::super) const SIMPLE_TAG: u32 = 0x67C8;
    pub(in super::super) const TAG_NAME: u32 = 0x45A3;
    pub(in super::super) const TAG_STRING: u32 = 0x4487;

    pub(in super::super) const CLUSTER: u32 = 0x1F43_B675;
    pub(in super::super) const TIMESTAMP: u32 = 0xE7;
    pub(in super::super) const POSITION: u32 = 0xA7;
    pub(in super::super) const PREV_SIZE: u32 = 0xAB;
    pub(in super::super) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(in super::super) const BLOCK_GROUP: u32 = 0xA0;
    pub(in super::super) const BLOCK: u32 = 0xA1;
    pub(in super::super) const BLOCK_DURATION: u32 = 0x9B;

    pub(in super::super) const CUES: u32 = 0x1C53_BB6B;
    pub(in super::super) const CUE_POINT: u32 = 0xBB;
    pub(in super::super) const CUE_TIME: u32 = 0xB3;
    pub(in super::super) const CUE_TRACK_POSITIONS: u32 = 0xB7;
    pub(in super::super) const CUE_TRACK: u32 = 0xF7;
    pub(in super::super) const CUE_CLUSTER_POSITION: u32 = 0xF1;

    pub(in super::super) const CHAPTERS: u32 = 0x1043_A770;

    /// Whether elements of that id stand directly in the Segment (`VOID` and `CRC32` may stand anywhere).
    pub(in super::super) const fn is_top_level(id: u32) -> bool {
        matches!(
            id,
            SEEK_HEAD | INFO | TRACKS | ATTACHMENTS | TAGS | CLUSTER | CUES | CHAPTERS
        )
    }
}

/// The most bytes that are read of a string in the file; longer strings are cut.
const LONGEST_STRING: u64 = 1 << 20;

/// The most bytes of an id and a size: 4 + 8.
const LONGEST_HEADER: usize = 12;

/// The beginning of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The element's id, length marker included.
    pub(super) id: u32,
    /// Where its content begins.
    pub(super) data: u64,
    /// The length of its content; `None` = unknown: the content ends where an element of a higher level begins.
    pub(super) size: Option<u64>,
}

impl Header {
    /// Where the content ends, if the size is known.
    pub(super) fn end(&self) -> Option<u64> {
        self.size.map(|size| self.data.saturating_add(size))
    }
}

/// The result of reading at a place where an element should begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// An element.
    Element(Header),
    /// The end of the data, or the first bytes of an element that is cut off.
    End,
    /// Bytes that are not an element.
    Invalid,
}

/// A variable-length integer (RFC 8794 section 4) with its length; `None` for an invalid first byte or too few bytes.
pub(super) fn vint(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let rest = bytes.get(1..length)?;
    let head = u64::from(first) & ((1u64 << (8 - length)) - 1);
    let value = rest
        .iter()
        .fold(head, |value, byte| value << 8 | u64::from(*byte));
    Some((value, length))
}

/// The value of a size field in which all bits are set: unknown.
const fn unknown_size(length: usize) -> u64 {
    (1u64 << (7 * length)) - 1
}

/// Reads the beginning of an element from `bytes`, which stand at `offset`.
fn parse_header(bytes: &[u8], offset: u64) -> Parsed {
    let Some(first) = bytes.first() else {
        return Parsed::End;
    };
    let id_length = first.leading_zeros() as usize + 1;
    if id_length > 4 {
        return Parsed::Invalid;
    }
    let Some(id_bytes) = bytes.get(..id_length) else {
        return Parsed::End;
    };
    let id = id_bytes
        .iter()
        .fold(0u32, |id, byte| id << 8 | u32::from(*byte));
    let rest = &bytes[id_length..];
    match rest.first() {
        None => return Parsed::End,
        Some(0) => return Parsed::Invalid,
        Some(_) => {}
    }
    let Some((size, size_length)) = vint(rest) else {
        return Parsed::End;
    };
    Parsed::Element(Header {
        id,
        data: offset + (id_length + size_length) as u64,
        size: (size != unknown_size(size_length)).then_some(size),
    })
}

/// A small read-ahead buffer over a recording, for everything but images.
#[derive(Debug)]
pub(super) struct Window {
    storage: Arc<Storage>,
    buffer: Vec<u8>,
    start: u64,
    capacity: usize,
}

impl Window {
    /// A window of `capacity` bytes, the most that [`bytes`](Self::bytes) gives at once.
    pub(super) fn new(storage: Arc<Storage>, capacity: usize) -> Self {
        Self {
            storage,
            buffer: Vec::with_capacity(capacity),
            start: 0,
            capacity,
        }
    }

    /// The storage that the window reads.
    pub(super) fn storage(&self) -> &Arc<Storage> {
        &self.storage
    }

    /// `count` bytes at `offset`, fewer where the file ends before.
    pub(super) fn bytes(&mut self, offset: u64, count: usize) -> Result<&[u8], RecordingError> {
        let count = count.min(self.capacity);
        let available = self.storage.len().saturating_sub(offset);
        let wanted = available.min(count as u64) as usize;
        let inside = offset
            .checked_sub(self.start)
            .and_then(|skip| usize::try_from(skip).ok())
            .filter(|skip| {
                skip.checked_add(wanted)
                    .is_some_and(|end| end <= self.buffer.len())
            });
        let skip = match inside {
            Some(skip) => skip,
            None => {
                let length = available.min(self.capacity as u64) as usize;
                self.buffer.clear();
                self.buffer.resize(length, 0);
                self.start = offset;
                if let Err(error) = self.storage.read(offset, &mut self.buffer) {
                    self.buffer.clear();
                    return Err(error);
                }
                0
            }
        };
        Ok(self.buffer.get(skip..skip + wanted).unwrap_or_default())
    }

    /// The element that begins at `offset`, if it begins before `end`.
    pub(super) fn header(&mut self, offset: u64, end: u64) -> Result<Parsed, RecordingError> {
        let room = end.saturating_sub(offset).min(LONGEST_HEADER as u64) as usize;
        Ok(parse_header(self.bytes(offset, room)?, offset))
    }

    /// The child that begins at `offset` within a parent that ends at `end`, with its own end cut to its parent's;
    /// `None` behind the last one and where no element can be read.
    pub(super) fn child(&mut self, offset: u64, end: u64) -> Result<Option<Child>, RecordingError> {
        Ok(match self.header(offset, end)? {
            Parsed::Element(header) => Some(Child {
                id: header.id,
                data: header.data,
                end: header.end().unwrap_or(end).min(end).max(header.data),
            }),
            Parsed::End | Parsed::Invalid => None,
        })
    }

    /// The content of an unsigned integer element.
    pub(super) fn uint(&mut self, data: u64, end: u64) -> Result<u64, RecordingError> {
        let length = end.saturating_sub(data).min(8) as usize;
        Ok(self
            .bytes(data, length)?
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The content of a float element (4 or 8 bytes); 0 for any other length.
    pub(super) fn float(&mut self, data: u64, end: u64) -> Result<f64, RecordingError> {
        let bits = self.uint(data, end)?;
        Ok(match end.saturating_sub(data) {
            4 => f64::from(f32::from_bits(bits as u32)),
            8 => f64::from_bits(bits),
            _ => 0.0,
        })
    }

    /// The content of a binary element, at most a megabyte of it.
    pub(super) fn binary(&mut self, data: u64, end: u64) -> Result<Vec<u8>, RecordingError> {
        let end = end.min(self.storage.len());
        let length = end.saturating_sub(data).min(LONGEST_STRING) as usize;
        if length <= self.capacity {
            return Ok(self.bytes(data, length)?.to_vec());
        }
        let mut bytes = vec![0; length];
        self.storage.read(data, &mut bytes)?;
        Ok(bytes)
    }

    /// The content of a string element: up to the first NUL, with bytes that are not UTF-8 replaced.
    pub(super) fn string(&mut self, data: u64, end: u64) -> Result<String, RecordingError> {
        let bytes = self.binary(data, end)?;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

/// An element within another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child {
    /// The element's id.
    pub(super) id: u32,
    /// Where its content begins.
    pub(super) data: u64,
    /// Where it ends.
    pub(super) end: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_length_integers_of_every_length_are_read() {
        assert_eq!(vint(&[0x81]), Some((1, 1)));
        assert_eq!(vint(&[0x40, 0x02]), Some((2, 2)));
        assert_eq!(vint(&[0x01, 0, 0, 0, 0, 0, 1, 0]), Some((256, 8)));
        assert_eq!(vint(&[0x40]), None);
        assert_eq!(vint(&[0x00, 1]), None);
    }

    #[test]
    fn all_ones_mean_an_unknown_size() {
        let parsed = parse_header(&[0x1F, 0x43, 0xB6, 0x75, 0xFF], 10);
        let Parsed::Element(header) = parsed else {
            unreachable!("{parsed:?}")
        };
        assert_eq!(header.id, id::CLUSTER);
        assert_eq!(header.data, 15);
        assert_eq!(header.size, None);
    }

    #[test]
    fn a_cut_header_is_the_end_and_zeros_are_invalid() {
        assert_eq!(parse_header(&[0x1F, 0x43], 0), Parsed::End);
        assert_eq!(parse_header(&[0xA3, 0x40], 0), Parsed::End);
        assert_eq!(parse_header(&[0, 0, 0], 0), Parsed::Invalid);
        assert_eq!(parse_header(&[0xA3, 0x00], 0), Parsed::Invalid);
    }
}
