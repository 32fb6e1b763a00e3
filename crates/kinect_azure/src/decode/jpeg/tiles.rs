//! Decoded samples, MCU by MCU.

use super::header::Header;

/// The samples of MCUs, one row of MCUs after the other: of the whole image, or of its last few rows, in which a new
/// row replaces the oldest.
pub(super) struct Tiles<'a> {
    samples: &'a [u8],
    row_size: usize,
    rows: usize,
}

impl<'a> Tiles<'a> {
    pub(super) fn new(header: &Header, samples: &'a [u8], rows: usize) -> Self {
        Self {
            samples,
            row_size: header.mcu_columns() * header.sampling.tile_size(),
            rows,
        }
    }

    /// The tiles of a row of MCUs.
    pub(super) fn row(&self, row: usize) -> &'a [u8] {
        let start = row % self.rows.max(1) * self.row_size;
        self.samples
            .get(start..start + self.row_size)
            .unwrap_or_default()
    }
}
