//! How an image is cut into MCUs.

/// How chroma is sampled against luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sampling {
    /// No chroma.
    #[default]
    Grey,
    /// As luma.
    S444,
    /// Half the columns.
    S422,
    /// Half the columns and rows.
    S420,
}

/// Where a block's samples lie in a tile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) component: usize,
    pub(super) offset: usize,
    pub(super) stride: usize,
}

const fn block(component: usize, offset: usize, stride: usize) -> Block {
    Block {
        component,
        offset,
        stride,
    }
}

impl Sampling {
    /// The blocks of an MCU in the order of the scan.
    pub(super) const fn blocks(self) -> &'static [Block] {
        match self {
            Self::Grey => const { &[block(0, 0, 8)] },
            Self::S444 => const { &[block(0, 0, 8), block(1, 64, 8), block(2, 128, 8)] },
            Self::S422 => {
                const {
                    &[
                        block(0, 0, 16),
                        block(0, 8, 16),
                        block(1, 128, 8),
                        block(2, 192, 8),
                    ]
                }
            }
            Self::S420 => {
                const {
                    &[
                        block(0, 0, 16),
                        block(0, 8, 16),
                        block(0, 128, 16),
                        block(0, 136, 16),
                        block(1, 256, 8),
                        block(2, 320, 8),
                    ]
                }
            }
        }
    }

    /// Bytes of a tile.
    pub(super) const fn tile_size(self) -> usize {
        self.blocks().len() * 64
    }

    pub(super) const fn mcu_width(self) -> usize {
        match self {
            Self::Grey | Self::S444 => 8,
            Self::S422 | Self::S420 => 16,
        }
    }

    pub(super) const fn mcu_height(self) -> usize {
        match self {
            Self::Grey | Self::S444 | Self::S422 => 8,
            Self::S420 => 16,
        }
    }
}
