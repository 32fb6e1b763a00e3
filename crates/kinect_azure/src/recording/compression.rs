//! Frames that are compressed by Matroska's own means, as mkvmerge does on request.

use std::fmt;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::blocks::Frame;
use super::error::RecordingError;
use super::storage::Storage;

/// How the frames of a track are compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// zlib.
    Zlib,
    /// All frames begin with the same bytes, which are stored once ("header stripping").
    Prefix(Vec<u8>),
}

/// Reads compressed frames, into memory that is used again.
#[derive(Default)]
pub(super) struct Unpacker {
    packed: Vec<u8>,
    plain: Vec<u8>,
    inflate: Option<Box<DecompressorOxide>>,
}

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").finish_non_exhaustive()
    }
}

/// Memory grows by at least so many bytes.
const GROWTH: usize = 64 * 1024;

impl Unpacker {
    /// The bytes of a frame; the inner `Err` says why the frame cannot be unpacked. A frame of more than `limit`
    /// bytes counts as damaged.
    pub(super) fn read(
        &mut self,
        storage: &Storage,
        frame: &Frame,
        compression: &Compression,
        limit: usize,
    ) -> Result<Result<&[u8], &'static str>, RecordingError> {
        // Data that zlib cannot compress becomes a little larger.
        if frame.size as usize > limit + limit / 8 + 1024 {
            return Ok(Err("has more bytes than the limit"));
        }
        self.packed.clear();
        self.packed.resize(frame.size as usize, 0);
        storage.read(frame.offset, &mut self.packed)?;
        Ok(match compression {
            Compression::Prefix(prefix) => {
                self.plain.clear();
                self.plain.extend_from_slice(prefix);
                self.plain.extend_from_slice(&self.packed);
                Ok(&self.plain)
            }
            Compression::Zlib => self.inflate(limit),
        })
    }

    fn inflate(&mut self, limit: usize) -> Result<&[u8], &'static str> {
        let inflate = self.inflate.get_or_insert_default();
        inflate.init();
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let capacity = self.plain.capacity().clamp(GROWTH, limit.max(GROWTH));
        self.plain.resize(capacity, 0);
        let (mut taken, mut given) = (0, 0);
        loop {
            let input = self.packed.get(taken..).unwrap_or_default();
            let (status, read, written) = decompress(inflate, input, &mut self.plain, given, flags);
            taken += read;
            given += written;
            match status {
                TINFLStatus::Done => return Ok(self.plain.get(..given).unwrap_or_default()),
                TINFLStatus::HasMoreOutput if self.plain.len() < limit => {
                    let length = (self.plain.len() * 2).min(limit);
                    self.plain.resize(length, 0);
                }
                TINFLStatus::HasMoreOutput => {
                    return Err("unpacks to more bytes than the limit");
                }
                _ => return Err("cannot be unpacked: its zlib data is damaged"),
            }
        }
    }
}
