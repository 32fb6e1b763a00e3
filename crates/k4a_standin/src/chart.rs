//! The number in an image of the test chart ([`Scene::Pattern`](crate::Scene::Pattern)): the image's index in the
//! loop.
//!
//! The upper part of each picture is a row of 16 cells of equal width: one bright, one dark, then the number's 14 bits,
//! highest first, bright for 1. The colour picture's row is 64 pixels high, that of depth and infrared 8.

/// Cells in the row.
pub(crate) const CELLS: usize = 16;
/// Height of the row in the colour picture.
pub(crate) const COLOR_ROWS: usize = 64;
/// Height of the row in depth and infrared pictures.
pub(crate) const DEPTH_ROWS: usize = 8;
/// Depth of a dark and of a bright cell in mm.
pub(crate) const DEPTH_CELLS: [u16; 2] = [1000, 2000];
/// Infrared brightness of a dark and of a bright cell.
pub(crate) const IR_CELLS: [u16; 2] = [100, 3000];

/// Whether a cell is bright.
pub(crate) const fn bright(number: u32, cell: usize) -> bool {
    match cell {
        0 => true,
        1 => false,
        _ => number >> (CELLS - 1 - cell) & 1 == 1,
    }
}

/// The number in a decoded colour picture (blue, green, red, alpha; rows without gaps); `None` if it has no number.
pub fn color_number(bgra: &[u8], width: usize) -> Option<u32> {
    read(width, COLOR_ROWS / 2, |at| {
        Some(bgra.get(at * 4 + 1).copied()? > 128)
    })
}

/// The number in a depth picture; `None` if it has no number.
pub fn depth_number(depth: &[u16], width: usize) -> Option<u32> {
    cells(depth, width, DEPTH_CELLS)
}

/// The number in an infrared picture; `None` if it has no number.
pub fn ir_number(ir: &[u16], width: usize) -> Option<u32> {
    cells(ir, width, IR_CELLS)
}

fn cells(pixels: &[u16], width: usize, [dark, bright]: [u16; 2]) -> Option<u32> {
    read(width, DEPTH_ROWS / 2, |at| match *pixels.get(at)? {
        value if value == dark => Some(false),
        value if value == bright => Some(true),
        _ => None,
    })
}

fn read(width: usize, row: usize, cell: impl Fn(usize) -> Option<bool>) -> Option<u32> {
    let mut number = 0;
    for index in 0..CELLS {
        let x = (2 * index + 1) * width / (2 * CELLS);
        match (index, cell(row * width + x)?) {
            (0, true) | (1, false) => {}
            (0 | 1, _) => return None,
            (_, bit) => number = number << 1 | u32::from(bit),
        }
    }
    Some(number)
}
