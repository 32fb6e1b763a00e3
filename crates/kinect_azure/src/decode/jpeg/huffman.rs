//! Huffman codes and the numbers behind them.
//!
//! ITU-T T.81, annex F.2.2. Most codes and the number that follows them fit in [`FAST_BITS`]: one access to a table of
//! all these bit patterns gives the run of zeros, the number and the length together.

use super::error::JpegError::{self, Damaged};

/// Bits that are looked up at once.
const FAST_BITS: u32 = 11;

/// A table of codes, prepared for decoding.
#[derive(Debug)]
pub(super) struct HuffmanTable {
    counts: [u8; 16],
    symbols: [u8; 256],
    /// Whether the other fields were computed from these codes.
    made: bool,
    /// The image has this table.
    given: bool,
    /// For each pattern of [`FAST_BITS`] bits, the code and number at its beginning.
    fast: [Entry; 1 << FAST_BITS],
    /// First code value, left-aligned in 16 bits, that is longer than the index + 1 bits.
    limits: [u32; 16],
    /// From a code of index + 1 bits to its symbol's place.
    offsets: [i32; 16],
}

/// The code and number at the beginning of a bit pattern.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The number after the code, if it fits.
    value: i16,
    /// The symbol: run of zeros (high 4 bits) and size of the number (low 4 bits).
    symbol: u8,
    /// Bits to skip. 0: the code does not fit. With [`CODE_ONLY`]: only the code fits, not its number.
    length: u8,
}

/// Flag of [`Entry::length`].
const CODE_ONLY: u8 = 0x80;

impl Default for HuffmanTable {
    fn default() -> Self {
        Self {
            counts: [0; 16],
            symbols: [0; 256],
            made: false,
            given: false,
            fast: [Entry::default(); 1 << FAST_BITS],
            limits: [0; 16],
            offsets: [0; 16],
        }
    }
}

/// The number that `size` bits mean (T.81, table F.1 and figure F.12): negative ones begin with a 0.
#[inline(always)]
fn extend(bits: u32, size: u32) -> i32 {
    let bits = bits as i32;
    // 2^(size-1) and above are positive.
    let negative = (bits >> (size.max(1) - 1)) ^ 1;
    bits - (negative & 1) * ((1 << size) - 1)
}

impl HuffmanTable {
    pub(super) fn is_given(&self) -> bool {
        self.given
    }

    /// Takes the codes of a file: how many there are of each length, and their symbols in order.
    pub(super) fn set(&mut self, counts: &[u8; 16], symbols: &[u8]) -> Result<(), JpegError> {
        let known = self.symbols.get(..symbols.len());
        if self.made && self.counts == *counts && known == Some(symbols) {
            self.given = true;
            return Ok(());
        }
        (self.made, self.given) = (false, false);
        self.counts = *counts;
        self.symbols
            .get_mut(..symbols.len())
            .ok_or(Damaged("its Huffman table has too many codes"))?
            .copy_from_slice(symbols);
        self.fast.fill(Entry::default());
        let mut code = 0u32;
        let mut place = 0usize;
        for (index, &count) in counts.iter().enumerate() {
            let length = index as u32 + 1;
            self.offsets[index] = place as i32 - code as i32;
            for &symbol in symbols
                .get(place..place + usize::from(count))
                .unwrap_or_default()
            {
                if length <= FAST_BITS && code < 1 << length {
                    self.set_fast(code, length, symbol);
                }
                code += 1;
            }
            place += usize::from(count);
            if code > 1 << length {
                return Err(Damaged("its Huffman table has impossible codes"));
            }
            self.limits[index] = code << (16 - length);
            code <<= 1;
        }
        (self.made, self.given) = (true, true);
        Ok(())
    }

    /// Marks the table as not given, for the next image.
    pub(super) fn forget(&mut self) {
        self.given = false;
    }

    /// Fills in all patterns that begin with a code.
    fn set_fast(&mut self, code: u32, length: u32, symbol: u8) {
        let free = FAST_BITS - length;
        let size = u32::from(symbol & 15);
        for rest in 0..1u32 << free {
            let entry = if size <= free {
                Entry {
                    value: extend(rest >> (free - size), size) as i16,
                    symbol,
                    length: (length + size) as u8,
                }
            } else {
                Entry {
                    value: 0,
                    symbol,
                    length: length as u8 | CODE_ONLY,
                }
            };
            self.fast[((code << free) | rest) as usize] = entry;
        }
    }

    /// Reads a symbol and the number after it.
    #[inline(always)]
    pub(super) fn read(&self, reader: &mut BitReader<'_>) -> Result<(u8, i32), JpegError> {
        // A symbol and its number take 31 bits at most, so at least 25 are left from the last time. Refilling after the
        // look-up instead of before keeps it out of the way from one code to the next.
        let entry = self.fast[reader.peek(FAST_BITS) as usize];
        reader.refill();
        if entry.length.wrapping_sub(1) < CODE_ONLY - 1 {
            reader.skip(u32::from(entry.length));
            return Ok((entry.symbol, i32::from(entry.value)));
        }
        let (symbol, value, after) = self.read_long(*reader, entry)?;
        *reader = after;
        Ok((symbol, value))
    }

    /// Reads a symbol and number that do not fit the table. Takes and gives the reader by value, so that elsewhere it
    /// stays in registers.
    #[inline(never)]
    fn read_long<'a>(
        &self,
        mut reader: BitReader<'a>,
        entry: Entry,
    ) -> Result<(u8, i32, BitReader<'a>), JpegError> {
        let symbol = if entry.length == 0 {
            let bits = reader.peek(16);
            let index = self
                .limits
                .iter()
                .position(|&limit| bits < limit)
                .ok_or(Damaged("it has a code that does not exist"))?;
            let length = index as u32 + 1;
            let place = (bits >> (16 - length)) as i32 + self.offsets[index];
            reader.skip(length);
            self.symbols.get(place as usize).copied().unwrap_or(0)
        } else {
            reader.skip(u32::from(entry.length & !CODE_ONLY));
            entry.symbol
        };
        let size = u32::from(symbol & 15);
        let value = extend(reader.peek_or_none(size), size);
        reader.skip(size);
        Ok((symbol, value, reader))
    }
}

/// Reads bits, most significant first. Past the end it reads the bytes that follow and then zeros; the caller checks
/// [`bits_read`](Self::bits_read) at the end.
#[derive(Clone, Copy, Default)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bytes taken from `bytes` so far.
    position: usize,
    /// The next bits, left-aligned.
    buffer: u64,
    /// Valid bits of `buffer`.
    available: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self {
            bytes,
            position: 0,
            buffer: 0,
            available: 0,
        };
        reader.refill();
        reader
    }

    /// Bits skipped so far.
    pub(super) fn bits_read(&self) -> usize {
        self.position * 8 - self.available as usize
    }

    /// Makes at least 56 bits available.
    #[inline(always)]
    fn refill(&mut self) {
        let next = match self
            .bytes
            .get(self.position..)
            .and_then(<[u8]>::first_chunk)
        {
            Some(&bytes) => u64::from_be_bytes(bytes),
            None => 0,
        };
        // Bits that are already in the buffer are written again with the same value; only whole bytes are counted.
        self.buffer |= next >> self.available;
        self.position += ((63 - self.available) >> 3) as usize;
        self.available |= 56;
    }

    /// The next `count` (1 to 32) bits.
    #[inline(always)]
    fn peek(&self, count: u32) -> u32 {
        (self.buffer >> (64 - count)) as u32
    }

    /// The next `count` (0 to 32) bits.
    #[inline(always)]
    fn peek_or_none(&self, count: u32) -> u32 {
        ((self.buffer >> 1) >> (63 - count)) as u32
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.available -= count;
    }
}
