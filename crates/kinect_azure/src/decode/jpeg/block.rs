//! One block: Huffman codes to coefficients.

use super::error::JpegError::{self, Damaged};
use super::header::{Component, Header};
use super::huffman::BitReader;
use super::idct::FACTOR_BITS;

/// From a coefficient's place in the file to its place in [`super::idct`]'s input, where columns come before rows. The
/// array has the length of [`super::header::Quantisation::factors`].
const PLACES: [u8; 80] = {
    // T.81, figure A.6.
    const ZIGZAG: [u8; 64] = [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27,
        20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];
    let mut places = [63; 80];
    let mut index = 0;
    while index < 64 {
        places[index] = (ZIGZAG[index] % 8) * 8 + ZIGZAG[index] / 8;
        index += 1;
    }
    places
};

/// A coefficient as stored to the transform's fixed point, rounded.
#[inline(always)]
fn scale(value: i32, factor: i32) -> i16 {
    (value
        .wrapping_mul(factor)
        .wrapping_add(1 << FACTOR_BITS >> 1)
        >> FACTOR_BITS) as i16
}

/// Decodes one block into `coefficients`, which must all be 0 before. Returns whether any coefficient but the first
/// may differ from 0.
#[inline(always)]
pub(super) fn decode_block(
    header: &Header,
    reader: &mut BitReader<'_>,
    component: &Component,
    prediction: &mut i32,
    coefficients: &mut [[i16; 8]; 8],
) -> Result<bool, JpegError> {
    let (dc, ac) = (&header.dc[component.dc], &header.ac[component.ac]);
    let factors = &header.quantisation[component.quantisation].factors;
    let flat = coefficients.as_flattened_mut();

    // A copy whose address is never taken, so that the compiler keeps it in registers.
    let mut bits = *reader;
    let (symbol, difference) = dc.read(&mut bits)?;
    if symbol > 15 {
        return Err(Damaged("it has a code that does not exist"));
    }
    *prediction = prediction.wrapping_add(difference);
    flat[0] = scale(*prediction, factors[0]);

    let mut index = 1;
    while index < 64 {
        let (symbol, value) = ac.read(&mut bits)?;
        let run = usize::from(symbol >> 4);
        if symbol & 15 == 0 {
            if run != 15 {
                break;
            }
            index += 16;
            continue;
        }
        index += run;
        // At most 63 + 15: within the longer tables.
        flat[usize::from(PLACES[index])] = scale(value, factors[index]);
        index += 1;
    }
    *reader = bits;
    // A run of sixteen zeros may reach beyond the last place, a coefficient may not.
    if index > 64 + 15 {
        return Err(Damaged("a block has too many coefficients"));
    }
    Ok(index > 1)
}
