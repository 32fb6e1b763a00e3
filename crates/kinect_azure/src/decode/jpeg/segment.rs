//! The blocks between two restart markers.

use super::block::decode_block;
use super::error::JpegError::{self, Damaged};
use super::header::Header;
use super::huffman::BitReader;
use super::idct;

/// Decodes the MCUs of one segment.
#[derive(Default)]
pub(super) struct SegmentDecoder<'a> {
    reader: BitReader<'a>,
    /// Bits the segment has.
    bits: usize,
    /// MCUs still to come.
    pub(super) mcus_left: usize,
    /// The first coefficient of each component's last block, from which the next one is stored as a difference.
    predictions: [i32; 3],
}

impl<'a> SegmentDecoder<'a> {
    pub(super) fn new(header: &Header, scan: &'a [u8], (start, end): (usize, usize)) -> Self {
        Self {
            reader: BitReader::new(scan.get(start..).unwrap_or_default()),
            bits: (end - start) * 8,
            mcus_left: header.mcus_per_segment(),
            predictions: [0; 3],
        }
    }

    /// Decodes as many MCUs as there are tiles.
    pub(super) fn decode(&mut self, header: &Header, tiles: &mut [u8]) -> Result<(), JpegError> {
        let sampling = header.sampling;
        let mut coefficients = [[0; 8]; 8];
        for tile in tiles.chunks_exact_mut(sampling.tile_size()) {
            for block in sampling.blocks() {
                let component = &header.components[block.component];
                let has_others = decode_block(
                    header,
                    &mut self.reader,
                    component,
                    &mut self.predictions[block.component],
                    &mut coefficients,
                )?;
                let samples = tile.get_mut(block.offset..).unwrap_or_default();
                if has_others {
                    idct::inverse(&coefficients, samples, block.stride);
                    coefficients = [[0; 8]; 8];
                } else {
                    idct::constant(coefficients[0][0], samples, block.stride);
                    coefficients[0][0] = 0;
                }
            }
            self.mcus_left = self.mcus_left.saturating_sub(1);
        }
        if self.reader.bits_read() > self.bits {
            return Err(Damaged("it ends before its last block"));
        }
        Ok(())
    }
}
