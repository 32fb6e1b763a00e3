//! Four neighbouring depth pixels in the colour image: decides which of them make a surface, and which pixels of the
//! colour image that surface covers.

/// How much farther the far end of a surface may be than its near end, in parts of the near end, from one depth pixel
/// to the next; beyond that, the pixels belong to two surfaces.
///
/// The vendor's number, sin(120°/512) / cos(85°) = 0.046 934 417 59: the relative difference in distance between two
/// pixels of the wide binned mode on a surface that is tilted by 85°.
pub const SAME_SURFACE: f32 = 0.046_934_42;

/// Quads wider or higher than this many pixels are not drawn. In the largest colour mode those of real sensors have some
/// dozen pixels; the limit bounds the time that a broken calibration can cost.
pub(super) const LARGEST: f32 = 256.0;

/// A depth pixel in the colour image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner {
    pub(super) u: f32,
    pub(super) v: f32,
    pub(super) z: f32,
}

impl Corner {
    fn between(self, other: Self) -> Self {
        Self {
            u: (self.u + other.u) * 0.5,
            v: (self.v + other.v) * 0.5,
            z: (self.z + other.z) * 0.5,
        }
    }

    #[inline(always)]
    const fn is_missing(self) -> bool {
        self.z == 0.0
    }
}

/// Four values, one for each pixel of a 2×2 block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quad<T> {
    pub(super) top_left: T,
    pub(super) top_right: T,
    pub(super) bottom_right: T,
    pub(super) bottom_left: T,
}

/// Which pixel of a block has no depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    None,
    TopLeft,
    TopRight,
    BottomRight,
    BottomLeft,
}

impl<T: Copy> Quad<T> {
    /// Replaces the missing corner by the middle of one side of the triangle between the other three, so that the
    /// quad is that triangle.
    pub(super) fn mend(self, missing: Missing, between: impl Fn(T, T) -> T) -> Self {
        let Self {
            top_right,
            bottom_right,
            bottom_left,
            ..
        } = self;
        match missing {
            Missing::None => self,
            Missing::TopLeft => Self {
                top_left: between(top_right, bottom_left),
                ..self
            },
            Missing::TopRight => Self {
                top_right: bottom_right,
                bottom_right: between(bottom_right, bottom_left),
                ..self
            },
            Missing::BottomRight => Self {
                bottom_right: between(top_right, bottom_left),
                ..self
            },
            Missing::BottomLeft => Self {
                bottom_left: bottom_right,
                bottom_right: between(top_right, bottom_right),
                ..self
            },
        }
    }
}

impl Quad<Corner> {
    /// The quad with one missing corner replaced, and which corner that was; `None` if more than one is missing.
    pub(super) fn mended(self) -> Option<(Self, Missing)> {
        let missing = [
            (self.top_left, Missing::TopLeft),
            (self.top_right, Missing::TopRight),
            (self.bottom_right, Missing::BottomRight),
            (self.bottom_left, Missing::BottomLeft),
        ];
        let mut missing = missing
            .into_iter()
            .filter(|(corner, _)| corner.is_missing());
        let first = missing.next().map_or(Missing::None, |(_, which)| which);
        if missing.next().is_some() {
            return None;
        }
        Some((self.mend(first, Corner::between), first))
    }

    /// The pixels that may lie in it, within `bounds`.
    pub(super) fn area(&self, bounds: &Bounds) -> (Area, bool) {
        let Self {
            top_left: a,
            top_right: b,
            bottom_right: c,
            bottom_left: d,
        } = self;
        bounds.area(
            [a.u, b.u, c.u, d.u],
            [a.v, b.v, c.v, d.v],
            [a.z, b.z, c.z, d.z],
        )
    }
}

/// Pixels from `left` and `top` to before `right` and `bottom`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
}

/// The part of the colour image that is drawn: its whole width, and rows from `top` to before `bottom`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) width: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Bounds {
    /// The pixels within these bounds that may lie between four corners, and whether the quad is drawn: there are such
    /// pixels, no corner is missing, and the corners belong to one surface. Without branches, so that loops over it can
    /// be vectorised.
    #[inline(always)]
    pub(super) fn area(&self, u: [f32; 4], v: [f32; 4], z: [f32; 4]) -> (Area, bool) {
        let (nearest, farthest) = (lowest(z), highest(z));
        let surface = (nearest > 0.0) & (farthest - nearest <= SAME_SURFACE * nearest);
        let (left, right, top, bottom) = (lowest(u), highest(u), lowest(v), highest(v));
        let normal = (right - left <= LARGEST) & (bottom - top <= LARGEST);
        let area = Area {
            left: rounded(higher(left.ceil(), 0.0)),
            right: rounded(lower(right.ceil(), self.width)),
            top: rounded(higher(top.ceil(), self.top)),
            bottom: rounded(lower(bottom.ceil(), self.bottom)),
        };
        let any = (area.left < area.right) & (area.top < area.bottom);
        (area, surface & normal & any)
    }
}

/// Rounds a number between −2²² and 2²² to the nearest integer, a number halfway between two to the even one. The
/// result for other numbers is arbitrary. A cast would not become a vector instruction.
#[inline(always)]
pub(super) fn rounded(number: f32) -> i32 {
    // 1.5 · 2²³: there one step of f32 is 1.
    const UNIT: f32 = 12_582_912.0;
    ((number + UNIT).to_bits() as i32).wrapping_sub(UNIT.to_bits() as i32)
}

// `f32::min` and `max` need extra instructions for NaN, which does not matter here.
#[inline(always)]
fn lower(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[inline(always)]
fn higher(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn lowest([a, b, c, d]: [f32; 4]) -> f32 {
    lower(lower(a, b), lower(c, d))
}

#[inline(always)]
fn highest([a, b, c, d]: [f32; 4]) -> f32 {
    higher(higher(a, b), higher(c, d))
}
