//! From tiles to rows of BGRA.

use super::super::yuv::full_range_to_bgra;
use super::header::Header;
use super::sampling::Chroma;
use super::tiles::Tiles;

/// Bytes of working memory that [`convert_rows`] needs.
pub(super) fn working_bytes(header: &Header) -> usize {
    // Luma and two full-size chroma lines, and two chroma lines as stored plus the vertical neighbours of each.
    padded_width(header) * 3 + chroma_width(header) * 4
}

fn padded_width(header: &Header) -> usize {
    header.mcu_columns() * header.sampling.mcu_width()
}

fn chroma_width(header: &Header) -> usize {
    header.mcu_columns() * header.sampling.chroma_size().0
}

/// Fills whole rows of the image, the first of them being row `first`.
pub(super) fn convert_rows(
    header: &Header,
    tiles: &Tiles<'_>,
    first: usize,
    rows: &mut [u8],
    lines: &mut [u8],
) {
    let width = header.width as usize;
    let (padded, stored) = (padded_width(header), chroma_width(header));
    let (luma, lines) = lines.split_at_mut(padded);
    let (cb, lines) = lines.split_at_mut(padded);
    let (cr, lines) = lines.split_at_mut(padded);
    let (near, far) = lines.split_at_mut(stored * 2);
    for (offset, row) in rows.chunks_exact_mut(width * 4).enumerate() {
        let y = first + offset;
        gather(header, tiles, y, 0, luma);
        match header.sampling.chroma() {
            Chroma::Grey => {
                cb.fill(128);
                cr.fill(128);
            }
            Chroma::S444 => {
                gather(header, tiles, y, 1, cb);
                gather(header, tiles, y, 2, cr);
            }
            Chroma::S422 => {
                for (component, line) in [(1, &mut *cb), (2, &mut *cr)] {
                    let near = &mut near[..stored];
                    gather(header, tiles, y, component, near);
                    widen(&near[..width.div_ceil(2)], line);
                }
            }
            Chroma::S420 => {
                let height = (header.height as usize).div_ceil(2);
                let here = y / 2;
                let other = if y.is_multiple_of(2) {
                    here.saturating_sub(1)
                } else {
                    (here + 1).min(height - 1)
                };
                for (component, line) in [(1, &mut *cb), (2, &mut *cr)] {
                    let (near, far) = (&mut near[..stored], &mut far[..stored]);
                    gather(header, tiles, here, component, near);
                    gather(header, tiles, other, component, far);
                    // Three parts of the nearer row and one of the other, like the columns.
                    for (near, &far) in near.iter_mut().zip(&*far) {
                        *near = ((u16::from(*near) * 3 + u16::from(far) + 2) >> 2) as u8;
                    }
                    widen(&near[..width.div_ceil(2)], line);
                }
            }
        }
        full_range_to_bgra(luma, cb, cr, row.as_chunks_mut().0);
    }
}

/// Copies one row of a component (in its own rows) out of the tiles.
fn gather(header: &Header, tiles: &Tiles<'_>, y: usize, component: usize, line: &mut [u8]) {
    let sampling = header.sampling;
    let (width, height) = if component == 0 {
        (sampling.mcu_width(), sampling.mcu_height())
    } else {
        sampling.chroma_size()
    };
    let luma_size = sampling.mcu_width() * sampling.mcu_height();
    let start = match component {
        0 => 0,
        1 => luma_size,
        _ => luma_size + width * height,
    } + (y % height) * width;
    let tiles = tiles.row(y / height);
    match (sampling.tile_size(), width) {
        (64, 8) => copy_rows::<64, 8>(tiles, start, line),
        (192, 8) => copy_rows::<192, 8>(tiles, start, line),
        (256, 16) => copy_rows::<256, 16>(tiles, start, line),
        (256, 8) => copy_rows::<256, 8>(tiles, start, line),
        (384, 16) => copy_rows::<384, 16>(tiles, start, line),
        (384, 8) => copy_rows::<384, 8>(tiles, start, line),
        (512, 32) => copy_rows::<512, 32>(tiles, start, line),
        (512, 16) => copy_rows::<512, 16>(tiles, start, line),
        (512, 8) => copy_rows::<512, 8>(tiles, start, line),
        (576, 24) => copy_rows::<576, 24>(tiles, start, line),
        (576, 8) => copy_rows::<576, 8>(tiles, start, line),
        _ => {}
    }
}

/// Copies the samples at the same place of each tile. With sizes that the compiler knows, one load and one store each.
fn copy_rows<const TILE: usize, const WIDTH: usize>(tiles: &[u8], start: usize, line: &mut [u8]) {
    if start + WIDTH > TILE {
        return;
    }
    let (tiles, _) = tiles.as_chunks::<TILE>();
    let (line, _) = line.as_chunks_mut::<WIDTH>();
    for (samples, tile) in line.iter_mut().zip(tiles) {
        if let Some(found) = tile[start..].first_chunk() {
            *samples = *found;
        }
    }
}

/// Doubles the samples of a line. A stored sample lies between its two pixels: each takes three parts of it and one of
/// the neighbour on its other side.
// Not inlined: on its own the compiler knows that the two lines do not overlap, and vectorises it.
#[inline(never)]
fn widen(stored: &[u8], line: &mut [u8]) {
    let (pairs, _) = line.as_chunks_mut::<2>();
    let mix =
        |near: u8, far: u8, round: u16| ((u16::from(near) * 3 + u16::from(far) + round) >> 2) as u8;
    let (Some(&first), Some(&last)) = (stored.first(), stored.last()) else {
        return;
    };
    for (pair, window) in pairs.iter_mut().skip(1).zip(stored.windows(3)) {
        *pair = [mix(window[1], window[0], 1), mix(window[1], window[2], 2)];
    }
    let end = stored.len() - 1;
    let second = stored.get(1).copied().unwrap_or(first);
    let last_but_one = end.checked_sub(1).map_or(last, |index| stored[index]);
    if let Some(pair) = pairs.get_mut(end) {
        *pair = [mix(last, last_but_one, 1), last];
    }
    if let Some(pair) = pairs.first_mut() {
        *pair = [
            first,
            if end == 0 {
                last
            } else {
                mix(first, second, 2)
            },
        ];
    }
}
