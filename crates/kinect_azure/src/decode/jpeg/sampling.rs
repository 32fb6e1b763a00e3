//! How an image is cut into MCUs (minimum coded units).

/// The size of chroma relative to luma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chroma {
    /// No chroma.
    Grey,
    /// As luma.
    S444,
    /// Half the columns.
    S422,
    /// Half the columns and rows.
    S420,
}

/// What an MCU consists of. Sampling factors may have a common factor: the picture is the same, but each MCU then holds
/// several of the smallest ones, and its blocks come in another order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sampling {
    #[default]
    Grey,
    S444,
    S444Two,
    S444TwoDown,
    S444Three,
    S444ThreeDown,
    S422,
    /// Four luma blocks in a row.
    S422Two,
    /// Two rows of two luma blocks, as ffmpeg writes 4:2:2.
    S422TwoDown,
    S420,
}

/// Where a block's samples lie in a tile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) component: usize,
    pub(super) offset: usize,
    pub(super) stride: usize,
}

/// The blocks of an MCU in the order of the scan: those of luma row by row, then those of Cb and of Cr. A tile holds the
/// samples of each component as one rectangle, in that order. Sizes are in blocks: columns and rows.
const fn blocks<const N: usize>(luma: (usize, usize), chroma: (usize, usize)) -> [Block; N] {
    let mut blocks = [Block {
        component: 0,
        offset: 0,
        stride: 8,
    }; N];
    let (mut index, mut component, mut start) = (0, 0, 0);
    while index < N {
        let (columns, rows) = if component == 0 { luma } else { chroma };
        let stride = columns * 8;
        let mut place = 0;
        while place < columns * rows {
            blocks[index] = Block {
                component,
                offset: start + place / columns * 8 * stride + place % columns * 8,
                stride,
            };
            index += 1;
            place += 1;
        }
        start += columns * rows * 64;
        component += 1;
    }
    blocks
}

impl Sampling {
    /// The layout of an image with three components of these sampling factors (columns in the high four bits, rows in
    /// the low); `None` for factors that this decoder does not support.
    pub(super) const fn of(factors: [u8; 3]) -> Option<Self> {
        Some(match factors {
            [0x11, 0x11, 0x11] => Self::S444,
            [0x21, 0x21, 0x21] => Self::S444Two,
            [0x12, 0x12, 0x12] => Self::S444TwoDown,
            [0x31, 0x31, 0x31] => Self::S444Three,
            [0x13, 0x13, 0x13] => Self::S444ThreeDown,
            [0x21, 0x11, 0x11] => Self::S422,
            [0x41, 0x21, 0x21] => Self::S422Two,
            [0x22, 0x12, 0x12] => Self::S422TwoDown,
            [0x22, 0x11, 0x11] => Self::S420,
            _ => return None,
        })
    }

    pub(super) const fn chroma(self) -> Chroma {
        match self {
            Self::Grey => Chroma::Grey,
            Self::S444
            | Self::S444Two
            | Self::S444TwoDown
            | Self::S444Three
            | Self::S444ThreeDown => Chroma::S444,
            Self::S422 | Self::S422Two | Self::S422TwoDown => Chroma::S422,
            Self::S420 => Chroma::S420,
        }
    }

    /// The blocks of an MCU in the order of the scan.
    pub(super) const fn blocks(self) -> &'static [Block] {
        match self {
            Self::Grey => const { &blocks::<1>((1, 1), (0, 0)) },
            Self::S444 => const { &blocks::<3>((1, 1), (1, 1)) },
            Self::S444Two => const { &blocks::<6>((2, 1), (2, 1)) },
            Self::S444TwoDown => const { &blocks::<6>((1, 2), (1, 2)) },
            Self::S444Three => const { &blocks::<9>((3, 1), (3, 1)) },
            Self::S444ThreeDown => const { &blocks::<9>((1, 3), (1, 3)) },
            Self::S422 => const { &blocks::<4>((2, 1), (1, 1)) },
            Self::S422Two => const { &blocks::<8>((4, 1), (2, 1)) },
            Self::S422TwoDown => const { &blocks::<8>((2, 2), (1, 2)) },
            Self::S420 => const { &blocks::<6>((2, 2), (1, 1)) },
        }
    }

    /// Bytes of a tile.
    pub(super) const fn tile_size(self) -> usize {
        self.blocks().len() * 64
    }

    pub(super) const fn mcu_width(self) -> usize {
        match self {
            Self::Grey | Self::S444 | Self::S444TwoDown | Self::S444ThreeDown => 8,
            Self::S444Two | Self::S422 | Self::S422TwoDown | Self::S420 => 16,
            Self::S444Three => 24,
            Self::S422Two => 32,
        }
    }

    pub(super) const fn mcu_height(self) -> usize {
        match self {
            Self::Grey
            | Self::S444
            | Self::S444Two
            | Self::S444Three
            | Self::S422
            | Self::S422Two => 8,
            Self::S444TwoDown | Self::S422TwoDown | Self::S420 => 16,
            Self::S444ThreeDown => 24,
        }
    }

    /// Columns and rows of chroma samples in an MCU; for a grey image, the size that chroma would have.
    pub(super) const fn chroma_size(self) -> (usize, usize) {
        let (width, height) = (self.mcu_width(), self.mcu_height());
        match self.chroma() {
            Chroma::Grey | Chroma::S444 => (width, height),
            Chroma::S422 => (width / 2, height),
            Chroma::S420 => (width / 2, height / 2),
        }
    }
}
