//! Everything before the scan: sizes, quantisation and Huffman tables.
//!
//! ITU-T T.81, annex B.

use super::error::JpegError::{self, Damaged, Unknown, Unusual};
use super::huffman::HuffmanTable;
use super::idct;
use super::sampling::Sampling;
use super::standard;

/// Which tables a component uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Component {
    id: u8,
    pub(super) quantisation: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// The headers before the scan. Every image begins without tables; the tables of the previous image are only kept so
/// that they need not be built again if the next image has the same tables.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) sampling: Sampling,
    pub(super) components: [Component; 3],
    restart_interval: usize,
    /// In zigzag order, with the transform's own scale.
    pub(super) quantisation: [Quantisation; 4],
    pub(super) dc: [HuffmanTable; 2],
    pub(super) ac: [HuffmanTable; 2],
}

/// Factors from coefficients as stored to the transform's input, in zigzag order. Longer than a block, so that the
/// index that a damaged file leads beyond the block is still within the array.
#[derive(Debug)]
pub(super) struct Quantisation {
    steps: [u8; 64],
    pub(super) factors: [i32; 80],
    /// The image has this table.
    given: bool,
}

impl Default for Quantisation {
    fn default() -> Self {
        Self {
            steps: [0; 64],
            factors: [0; 80],
            given: false,
        }
    }
}

/// Larger than any camera's images, and the vendor's limit too.
const MAX_SIZE: u32 = 20_000;

impl Header {
    /// MCUs from left to right.
    pub(super) fn mcu_columns(&self) -> usize {
        (self.width as usize).div_ceil(self.sampling.mcu_width())
    }

    /// MCUs from top to bottom.
    pub(super) fn mcu_rows(&self) -> usize {
        (self.height as usize).div_ceil(self.sampling.mcu_height())
    }

    /// MCUs of the image.
    pub(super) fn mcus(&self) -> usize {
        self.mcu_columns() * self.mcu_rows()
    }

    /// MCUs between restart markers, all of them if there are none. Never 0.
    pub(super) fn mcus_per_segment(&self) -> usize {
        match self.restart_interval {
            0 => self.mcus().max(1),
            interval => interval,
        }
    }

    /// Reads all markers up to the scan and says where the scan begins.
    pub(super) fn parse(&mut self, jpeg: &[u8]) -> Result<usize, JpegError> {
        if !jpeg.starts_with(&[0xff, 0xd8]) {
            return Err(Damaged("it does not begin like a JPEG"));
        }
        self.restart_interval = 0;
        for table in &mut self.quantisation {
            table.given = false;
        }
        for table in self.dc.iter_mut().chain(&mut self.ac) {
            table.forget();
        }
        let mut frame = None;
        let mut is_rgb = false;
        let mut at = 2;
        loop {
            let (marker, length) = match jpeg.get(at..).unwrap_or_default() {
                // Fill bytes may precede any marker.
                [0xff, 0xff, ..] => {
                    at += 1;
                    continue;
                }
                [0xff, marker, high, low, ..] => {
                    (*marker, usize::from(u16::from_be_bytes([*high, *low])))
                }
                [] | [_] | [_, _] | [_, _, _] => return Err(Damaged("it ends within its header")),
                _ => return Err(Damaged("its header is broken")),
            };
            let body = jpeg
                .get(at + 4..at + 2 + length)
                .ok_or(Damaged("it ends within its header"))?;
            at += 2 + length;
            match marker {
                0xdb => self.quantisation_tables(body)?,
                0xc4 => self.huffman_tables(body)?,
                0xdd => match body {
                    [high, low] => {
                        self.restart_interval = usize::from(u16::from_be_bytes([*high, *low]));
                    }
                    _ => return Err(Damaged("its restart interval is broken")),
                },
                // Baseline and extended sequential.
                0xc0 | 0xc1 => frame = Some(self.frame(body)?),
                0xc2 if body.first() == Some(&8) => return Err(Unusual("it is progressive")),
                // Other coding processes; 0xC8 and 0xCC are not frame headers.
                0xc2..=0xcf => {
                    return Err(Unknown(
                        "it is lossless, hierarchical, arithmetic-coded or of 12 bits",
                    ));
                }
                // Adobe's marker: without a transform three components are not YCbCr.
                0xee if body.starts_with(b"Adobe") => is_rgb = body.get(11) != Some(&1),
                0xda => {
                    let components = frame.ok_or(Damaged("it has no frame before its scan"))?;
                    if is_rgb && components > 1 {
                        return Err(Unusual("its colours are not YCbCr"));
                    }
                    self.scan(body, components)?;
                    return Ok(at);
                }
                0xd9 => return Err(Damaged("it has no scan")),
                _ => {}
            }
        }
    }

    fn quantisation_tables(&mut self, mut body: &[u8]) -> Result<(), JpegError> {
        while let [info, rest @ ..] = body {
            if info >> 4 != 0 {
                return Err(Unusual("it has quantisation steps of 16 bits"));
            }
            let (steps, rest) = rest
                .split_first_chunk::<64>()
                .ok_or(Damaged("its quantisation table is too short"))?;
            body = rest;
            let table = self
                .quantisation
                .get_mut(usize::from(info & 15))
                .ok_or(Damaged("its quantisation table has a wrong number"))?;
            table.given = true;
            if table.steps != *steps {
                table.steps = *steps;
                table.factors[..64].copy_from_slice(&idct::scaled(steps));
            }
        }
        Ok(())
    }

    fn huffman_tables(&mut self, mut body: &[u8]) -> Result<(), JpegError> {
        while let [info, rest @ ..] = body {
            let (counts, rest) = rest
                .split_first_chunk::<16>()
                .ok_or(Damaged("its Huffman table is too short"))?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest
                .split_at_checked(total)
                .ok_or(Damaged("its Huffman table is too short"))?;
            body = rest;
            let tables = match info >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(Damaged("its Huffman table has a wrong class")),
            };
            tables
                .get_mut(usize::from(info & 15))
                // Extended files may have four of each.
                .ok_or(Unusual("it has more than two Huffman tables of a class"))?
                .set(counts, symbols)?;
        }
        Ok(())
    }

    /// Reads the frame header and gives the number of components.
    fn frame(&mut self, body: &[u8]) -> Result<usize, JpegError> {
        let Some((&[precision, h1, h2, w1, w2, count], components)) = body.split_first_chunk()
        else {
            return Err(Damaged("its frame header is too short"));
        };
        let count = usize::from(count);
        if precision != 8 {
            return Err(Unknown("its samples do not have 8 bits"));
        }
        if !(count == 1 || count == 3) {
            return Err(Unusual("it has neither one nor three components"));
        }
        self.height = u32::from(u16::from_be_bytes([h1, h2]));
        self.width = u32::from(u16::from_be_bytes([w1, w2]));
        if self.width == 0 || self.height == 0 || self.width > MAX_SIZE || self.height > MAX_SIZE {
            return Err(Damaged("its frame header has an impossible size"));
        }
        if components.len() != count * 3 {
            return Err(Damaged("its frame header has a wrong length"));
        }
        let mut factors = [0; 3];
        for (index, component) in components.as_chunks::<3>().0.iter().enumerate() {
            let [id, sampling, quantisation] = *component;
            if quantisation > 3 {
                return Err(Damaged("its frame header names an impossible table"));
            }
            self.components[index] = Component {
                id,
                quantisation: usize::from(quantisation),
                ..Component::default()
            };
            factors[index] = sampling;
        }
        self.sampling = match count {
            // A single component is never interleaved, so its sampling factors have no meaning.
            1 => Sampling::Grey,
            _ => Sampling::of(factors).ok_or(Unusual(
                "its chroma is sampled neither 4:4:4, 4:2:2 nor 4:2:0",
            ))?,
        };
        Ok(count)
    }

    fn scan(&mut self, body: &[u8], count: usize) -> Result<(), JpegError> {
        let [in_scan, rest @ ..] = body else {
            return Err(Damaged("its scan header is too short"));
        };
        if usize::from(*in_scan) != count {
            return Err(Unusual("it has several scans"));
        }
        let (selectors, spectrum) = rest
            .split_at_checked(count * 2)
            .ok_or(Damaged("its scan header is too short"))?;
        if spectrum != [0, 63, 0] {
            return Err(Unusual("it has several scans"));
        }
        for (component, selector) in self.components.iter_mut().zip(selectors.as_chunks::<2>().0) {
            let [id, tables] = *selector;
            if component.id != id {
                return Err(Unusual("its components are out of order"));
            }
            component.dc = usize::from(tables >> 4);
            component.ac = usize::from(tables & 15);
            if component.dc > 1 || component.ac > 1 {
                return Err(Unusual("it has more than two Huffman tables of a class"));
            }
            // Motion JPEGs may leave out the Huffman tables that the standard gives as an example.
            let (dc, ac) = (component.dc, component.ac);
            if !self.dc[dc].is_given() {
                let (counts, symbols) = standard::DC[dc];
                self.dc[dc].set(counts, symbols)?;
            }
            if !self.ac[ac].is_given() {
                let (counts, symbols) = standard::AC[ac];
                self.ac[ac].set(counts, symbols)?;
            }
            if !self.quantisation[component.quantisation].given {
                return Err(Damaged("a quantisation table it uses is missing"));
            }
        }
        Ok(())
    }
}
