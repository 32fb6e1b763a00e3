//! From a JPEG's bytes to BGRA, on one thread or several.

use rayon::prelude::*;

use super::error::JpegError::{self, Damaged};
use super::header::Header;
use super::lines;
use super::segment::SegmentDecoder;
use super::tiles::Tiles;

/// The decoder with its working memory.
#[derive(Debug, Default)]
pub(in super::super) struct JpegDecoder {
    header: Box<Header>,
    /// The scan without stuffing and markers.
    scan: Vec<u8>,
    /// Where in `scan` each segment lies.
    segments: Vec<(usize, usize)>,
    /// The samples of MCUs, see [`Tiles`].
    tiles: Vec<u8>,
    /// Working memory of [`lines`].
    lines: Vec<u8>,
}

/// Bytes after the scan that reading ahead may touch.
const READ_AHEAD: usize = 8;

/// MCU rows per task when several threads share the work.
const MCU_ROWS_PER_TASK: usize = 8;

/// MCU rows kept when one thread decodes alone: the row that is converted, and those above and below it.
const WINDOW: usize = 3;

impl JpegDecoder {
    /// Reads the header and prepares the scan; gives width and height in pixels.
    pub(in super::super) fn begin(&mut self, jpeg: &[u8]) -> Result<(u32, u32), JpegError> {
        let scan = self.header.parse(jpeg)?;
        self.split_scan(jpeg.get(scan..).unwrap_or_default())?;
        let header = &self.header;
        // A block takes two codes of at least one bit, so a shorter scan is cut off. This also detects a false huge
        // size before memory is allocated for it.
        let blocks = header.mcus() * header.sampling.tile_size() / 64;
        if blocks * 2 > self.scan.len() * 8 {
            return Err(Damaged("it ends before its last block"));
        }
        Ok((header.width, header.height))
    }

    /// Decodes the JPEG that [`begin`](Self::begin) prepared. `bgra` has exactly 4 × width × height bytes.
    pub(in super::super) fn finish(
        &mut self,
        bgra: &mut [u8],
        parallel: bool,
    ) -> Result<(), JpegError> {
        if parallel && self.segments.len() > 1 {
            self.finish_parallel(bgra)
        } else {
            self.finish_serial(bgra)
        }
    }

    /// One row of MCUs after the other, each converted while its tiles are still in the nearest caches.
    fn finish_serial(&mut self, bgra: &mut [u8]) -> Result<(), JpegError> {
        let header = &*self.header;
        let row_of_tiles = header.mcu_columns() * header.sampling.tile_size();
        self.tiles.resize(row_of_tiles * WINDOW, 0);
        self.lines.resize(lines::working_bytes(header), 0);
        let rows_of_pixels = header.width as usize * 4 * header.sampling.mcu_height();
        let mut convert = |tiles: &[u8], row: usize| {
            let first = row * header.sampling.mcu_height();
            let tiles = Tiles::new(header, tiles, WINDOW);
            if let Some(pixels) = bgra.chunks_mut(rows_of_pixels).nth(row) {
                lines::convert_rows(header, &tiles, first, pixels, &mut self.lines);
            }
        };

        let mut segments = self.segments.iter();
        let mut segment = SegmentDecoder::default();
        for row in 0..header.mcu_rows() {
            let start = row % WINDOW * row_of_tiles;
            let mut tiles = self.tiles.get_mut(start..).unwrap_or_default();
            tiles = tiles.get_mut(..row_of_tiles).unwrap_or_default();
            while !tiles.is_empty() {
                if segment.mcus_left == 0 {
                    let next = segments.next().copied().unwrap_or_default();
                    segment = SegmentDecoder::new(header, &self.scan, next);
                }
                let size = segment.mcus_left * header.sampling.tile_size();
                let (now, later) = tiles.split_at_mut(size.min(tiles.len()));
                segment.decode(header, now)?;
                tiles = later;
            }
            // Chroma of half height also needs the row below.
            if let Some(above) = row.checked_sub(1) {
                convert(&self.tiles, above);
            }
        }
        convert(&self.tiles, header.mcu_rows().saturating_sub(1));
        Ok(())
    }

    /// Decodes all segments in parallel, then converts all rows in parallel.
    fn finish_parallel(&mut self, bgra: &mut [u8]) -> Result<(), JpegError> {
        let header = &*self.header;
        let tile_size = header.sampling.tile_size();
        self.tiles.resize(header.mcus() * tile_size, 0);
        let scan = &self.scan;
        self.tiles
            .par_chunks_mut(header.mcus_per_segment() * tile_size)
            .zip(&self.segments)
            .try_for_each(|(tiles, &segment)| {
                SegmentDecoder::new(header, scan, segment).decode(header, tiles)
            })?;

        let rows_per_task = header.sampling.mcu_height() * MCU_ROWS_PER_TASK;
        let pixels_per_task = header.width as usize * 4 * rows_per_task;
        let line_bytes = lines::working_bytes(header);
        self.lines
            .resize(line_bytes * bgra.len().div_ceil(pixels_per_task), 0);
        let tiles = Tiles::new(header, &self.tiles, header.mcu_rows());
        bgra.par_chunks_mut(pixels_per_task)
            .zip(self.lines.par_chunks_mut(line_bytes))
            .enumerate()
            .for_each(|(task, (pixels, lines))| {
                lines::convert_rows(header, &tiles, task * rows_per_task, pixels, lines);
            });
        Ok(())
    }

    /// Copies the scan without stuffing, up to the first marker that does not belong to it, cut at restart markers.
    fn split_scan(&mut self, mut bytes: &[u8]) -> Result<(), JpegError> {
        let expected = self.header.mcus().div_ceil(self.header.mcus_per_segment());
        self.scan.clear();
        self.segments.clear();
        self.scan.reserve(bytes.len() + READ_AHEAD);
        let mut start = 0;
        loop {
            let plain = length_before_ff(bytes);
            self.scan.extend_from_slice(&bytes[..plain]);
            bytes = &bytes[plain..];
            match *bytes {
                // A stuffed 0xFF of the scan itself.
                [0xff, 0x00, ..] => {
                    self.scan.push(0xff);
                    bytes = &bytes[2..];
                }
                // Fill bytes may precede any marker.
                [0xff, 0xff, ..] => bytes = &bytes[1..],
                [0xff, marker @ 0xd0..=0xd7, ..] => {
                    if usize::from(marker - 0xd0) != self.segments.len() % 8 {
                        return Err(Damaged("a part between restart markers is missing"));
                    }
                    self.segments.push((start, self.scan.len()));
                    start = self.scan.len();
                    bytes = &bytes[2..];
                    if self.segments.len() >= expected {
                        return Err(Damaged("it has more restart markers than blocks"));
                    }
                }
                // The end of image, another marker, or the end of the bytes.
                _ => break,
            }
        }
        self.segments.push((start, self.scan.len()));
        if self.segments.len() < expected {
            return Err(Damaged("it ends before its last block"));
        }
        self.scan.extend_from_slice(&[0; READ_AHEAD]);
        Ok(())
    }
}

/// How many bytes come before the first 0xFF.
fn length_before_ff(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<32>();
    let clean = chunks
        .iter()
        .take_while(|chunk| {
            !chunk
                .iter()
                .fold(false, |found, &byte| found | (byte == 0xff))
        })
        .count()
        * 32;
    clean
        + bytes[clean..]
            .iter()
            .take_while(|&&byte| byte != 0xff)
            .count()
}
