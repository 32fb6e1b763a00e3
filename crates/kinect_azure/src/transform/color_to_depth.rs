//! The colour of every depth pixel, through the real lens of the colour camera.

use rayon::prelude::*;

use super::quad::SAME_SURFACE;
use super::vertices::Vertices;

/// Whether depth pixels that a near object hides from the colour camera take that object's colour. The cameras are 32 mm
/// apart, so that beside everything near there is a strip of background that the depth camera sees and the colour camera
/// does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Occlusion {
    /// They do, as in the vendor's library: a near object has a ghost on the background.
    #[default]
    Ignore,
    /// They get (0, 0, 0, 0), no colour.
    ///
    /// The rule: the depth image is drawn into the colour camera's view
    /// ([`Transformation::depth_to_color`](super::Transformation::depth_to_color)). A depth pixel that the colour camera
    /// would see at (u, v), at a distance of z mm along its axis, would get its colour from the four pixels around. It is
    /// hidden when one of these four has a depth D that is not 0 and z − D > [`SAME_SURFACE`](super::SAME_SURFACE) · D:
    /// something nearer that is another surface by the same measure by which surfaces are drawn. All in f32.
    ///
    /// So a surface never hides itself, however slanted: what is drawn changes by no more than this from one depth pixel to
    /// the next, and the four are no farther away than that. A strip that stays unseen because the step is
    /// smaller (5 cm at 1 m) is at most a pixel wide. As one of the four is enough, no colour is mixed
    /// across an edge either.
    Hide,
}

/// The vendor's rule.
pub(super) fn look_up(
    vertices: &Vertices,
    size: [usize; 2],
    color: &[[u8; 4]],
    out: &mut [[u8; 4]],
) {
    for_each_seen(vertices, out, |u, v, _| {
        Neighbors::around(size, u, v).and_then(|four| four.mixed(color))
    });
}

/// The same, for what the colour camera sees and nothing nearer hides from it; `aligned` is depth in its view.
pub(super) fn look_up_visible(
    vertices: &Vertices,
    size: [usize; 2],
    color: &[[u8; 4]],
    aligned: &[u16],
    out: &mut [[u8; 4]],
) {
    for_each_seen(vertices, out, |u, v, z| {
        Neighbors::around(size, u, v)
            .filter(|four| !four.hide(aligned, z))
            .and_then(|four| four.mixed(color))
    });
}

/// Pixels that one task does.
const PIXELS_PER_TASK: usize = 8192;

#[inline(always)]
fn for_each_seen(
    vertices: &Vertices,
    out: &mut [[u8; 4]],
    color_at: impl Fn(f32, f32, f32) -> Option<[u8; 4]> + Sync,
) {
    let seen = vertices.seen();
    (
        out.par_chunks_mut(PIXELS_PER_TASK),
        seen.u.par_chunks(PIXELS_PER_TASK),
        seen.v.par_chunks(PIXELS_PER_TASK),
        seen.z.par_chunks(PIXELS_PER_TASK),
    )
        .into_par_iter()
        .for_each(|(out, u, v, z)| {
            for (((out, &u), &v), &z) in out.iter_mut().zip(u).zip(v).zip(z) {
                let color = if z > 0.0 { color_at(u, v, z) } else { None };
                *out = color.unwrap_or([0; 4]);
            }
        });
}

/// The four pixels around a place, and how far it is from the top left one.
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
        // Written so that NaN fails; the last column and row have no neighbour to mix with.
        let last = |size: usize| size.saturating_sub(1) as f32;
        if !(u >= 0.0 && v >= 0.0 && u < last(width) && v < last(height)) {
            return None;
        }
        // Signed, because that is one instruction; none of them is negative.
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
        self.of(aligned).is_some_and(|four| {
            four.iter().any(|&nearer| {
                let nearer_z = f32::from(nearer);
                nearer != 0 && z - nearer_z > SAME_SURFACE * nearer_z
            })
        })
    }

    #[inline(always)]
    fn mixed(&self, color: &[[u8; 4]]) -> Option<[u8; 4]> {
        let [a, b, c, d] = self.of(color)?.map(|pixel| pixel.map(f32::from));
        let mix = |from: [f32; 4], to: [f32; 4], part: f32| {
            [0, 1, 2, 3].map(|i| from[i] + (to[i] - from[i]) * part)
        };
        let mixed = mix(mix(a, b, self.right), mix(c, d, self.right), self.down);
        // All channels lie within 0 and 255. All zero means "nothing", so a colour is never that.
        let mixed = mixed.map(|channel| (channel + 0.5) as i32 as u8);
        Some(if mixed == [0; 4] { [1, 0, 0, 0] } else { mixed })
    }
}
