//! The colour of every depth pixel, through the real lens of the colour camera.

use rayon::prelude::*;

use super::quad::{SAME_SURFACE, rounded};
use super::vertices::Vertices;

/// Whether depth pixels that a near object hides from the colour camera get that object's colour. The cameras are 32 mm
/// apart, so beside every near object there is a strip of background that the depth camera sees and the colour camera
/// does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Occlusion {
    /// They get that object's colour, as in the vendor's library: a near object has a ghost on the background.
    #[default]
    Ignore,
    /// They get (0, 0, 0, 0), no colour.
    ///
    /// The rule: the depth image is drawn into the colour camera's view
    /// ([`Transformation::depth_to_color`](super::Transformation::depth_to_color)). A depth pixel that the colour
    /// camera would see at (u, v), at a distance of z mm along its axis, would get its colour from the four pixels
    /// around. It is hidden when one of these four has a depth D that is not 0 and z − D >
    /// [`SAME_SURFACE`](super::SAME_SURFACE) · D: this depth is nearer, and belongs to another surface by the rule
    /// that also decides which triangles are drawn. All in f32.
    ///
    /// So a surface does not hide itself unless it is seen at a grazing angle (less than some 10°): within one
    /// surface the drawn depth changes by no more than this from one depth pixel to the next, and the four pixels are
    /// no farther away than that. A smaller step (5 cm at 1 m) hides a strip of at most a pixel at 720p, which is not
    /// noticed. As one of the four pixels is enough, no colour is mixed across an edge either.
    Hide,
}

/// Looks up the colour of every depth pixel by the vendor's rule ([`Occlusion::Ignore`]).
pub(super) fn look_up(
    vertices: &Vertices,
    size: [usize; 2],
    color: &[[u8; 4]],
    out: &mut [[u8; 4]],
) {
    for_each_seen(
        vertices,
        out,
        #[inline(always)]
        |u, v, _| Neighbors::around(size, u, v)?.mixed(color),
    );
}

/// Like [`look_up`], but pixels that a nearer surface hides from the colour camera get no colour; `aligned` is depth
/// in the colour camera's view.
pub(super) fn look_up_visible(
    vertices: &Vertices,
    size: [usize; 2],
    color: &[[u8; 4]],
    aligned: &[u16],
    out: &mut [[u8; 4]],
) {
    for_each_seen(
        vertices,
        out,
        #[inline(always)]
        |u, v, z| {
            let four = Neighbors::around(size, u, v)?;
            if four.hide(aligned, z) {
                return None;
            }
            four.mixed(color)
        },
    );
}

/// The number of pixels of one task.
const PIXELS_PER_TASK: usize = 8192;

#[inline(always)]
fn for_each_seen(
    vertices: &Vertices,
    out: &mut [[u8; 4]],
    color_at: impl Fn(f32, f32, f32) -> Option<[u8; 4]> + Sync,
) {
    let seen = vertices.seen();
    let arch = pulp::Arch::new();
    (
        out.par_chunks_mut(PIXELS_PER_TASK),
        seen.u.par_chunks(PIXELS_PER_TASK),
        seen.v.par_chunks(PIXELS_PER_TASK),
        seen.z.par_chunks(PIXELS_PER_TASK),
    )
        .into_par_iter()
        .for_each(|(out, u, v, z)| {
            arch.dispatch(Pixels {
                out,
                u,
                v,
                z,
                color_at: &color_at,
            });
        });
}

/// Some pixels' work: a separate type, because the compiler does not always compile a closure for the vector
/// instructions that pulp dispatches it to.
struct Pixels<'a, F> {
    out: &'a mut [[u8; 4]],
    u: &'a [f32],
    v: &'a [f32],
    z: &'a [f32],
    color_at: &'a F,
}

impl<F: Fn(f32, f32, f32) -> Option<[u8; 4]>> pulp::NullaryFnOnce for Pixels<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let seen = self.u.iter().zip(self.v).zip(self.z);
        for (out, ((&u, &v), &z)) in self.out.iter_mut().zip(seen) {
            let color = if z > 0.0 {
                (self.color_at)(u, v, z)
            } else {
                None
            };
            *out = color.unwrap_or([0; 4]);
        }
    }
}

/// The four pixels around a point, and the point's distance from the top left one.
struct Neighbors {
    top: usize,
    bottom: usize,
    right: f32,
    down: f32,
}

impl Neighbors {
    /// `None` where one of the four lies outside.
    #[inline(always)]
    fn around([width, height]: [usize; 2], u: f32, v: f32) -> Option<Self> {
        // Written so that NaN fails the test; the last column and row have no neighbour to mix with.
        let last = |size: usize| size.saturating_sub(1) as f32;
        if !(u >= 0.0 && v >= 0.0 && u < last(width) && v < last(height)) {
            return None;
        }
        // Converted to a signed integer, because that is one instruction; the values are never negative.
        let (column, row) = (u as i32, v as i32);
        let top = row as usize * width + column as usize;
        Some(Self {
            top,
            bottom: top + width,
            right: u - column as f32,
            down: v - row as f32,
        })
    }

    /// The four values of an image: above left and right, below left and right.
    #[inline(always)]
    fn of<T: Copy>(&self, image: &[T]) -> Option<[T; 4]> {
        let [a, b] = *image.get(self.top..)?.first_chunk()?;
        let [c, d] = *image.get(self.bottom..)?.first_chunk()?;
        Some([a, b, c, d])
    }

    #[inline(always)]
    fn hide(&self, aligned: &[u16], z: f32) -> bool {
        let Some(four) = self.of(aligned) else {
            return false;
        };
        let mut hidden = false;
        for depth in four {
            let nearer = f32::from(depth);
            hidden |= (depth != 0) & (z - nearer > SAME_SURFACE * nearer);
        }
        hidden
    }

    #[inline(always)]
    fn mixed(&self, color: &[[u8; 4]]) -> Option<[u8; 4]> {
        let [a, b, c, d] = self.of(color)?;
        let mut mixed = [0; 4];
        for channel in 0..4 {
            let at = |pixel: [u8; 4]| f32::from(pixel[channel]);
            let above = at(a) + (at(b) - at(a)) * self.right;
            let below = at(c) + (at(d) - at(c)) * self.right;
            let value = above + (below - above) * self.down;
            // The value lies within 0 and 255, where this rounding is the vendor's.
            mixed[channel] = rounded((value + 0.5).floor()) as u8;
        }
        // All zero means "no colour", so no colour may be all zero.
        Some(if mixed == [0; 4] { [1, 0, 0, 0] } else { mixed })
    }
}
