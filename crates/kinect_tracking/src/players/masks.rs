//! Measures how much the pixels of bodies overlap from one frame to the next.

use kinect_azure::body::BodyIndexImage;

/// The most bodies of a frame whose masks are compared.
const MOST: usize = 16;
/// The distance in pixels between the columns and between the rows that are compared.
const STEP: usize = 4;

/// Pixels that two frames' bodies have in common.
#[derive(Clone, Debug)]
pub(super) struct Overlaps {
    common: [[u32; MOST]; MOST],
    before: [u32; MOST],
    now: [u32; MOST],
    known: bool,
}

impl Default for Overlaps {
    fn default() -> Self {
        Self {
            common: [[0; MOST]; MOST],
            before: [0; MOST],
            now: [0; MOST],
            known: false,
        }
    }
}

impl Overlaps {
    /// Compares two maps; if one is missing or their sizes differ, all overlaps are unknown.
    pub(super) fn measure(
        &mut self,
        before: Option<&BodyIndexImage>,
        now: Option<&BodyIndexImage>,
    ) {
        *self = Self::default();
        let (Some(before), Some(now)) = (before, now) else {
            return;
        };
        if (before.width(), before.height()) != (now.width(), now.height()) || now.width() == 0 {
            return;
        }
        self.known = true;
        let width = now.width() as usize;
        let rows = |map: &'_ BodyIndexImage| -> usize { map.pixels().len() / width };
        for row in (0..rows(now)).step_by(STEP) {
            let range = row * width..(row + 1) * width;
            let (old, new) = (&before.pixels()[range.clone()], &now.pixels()[range]);
            for (old, new) in old.iter().zip(new).step_by(STEP) {
                let (old, new) = (usize::from(*old), usize::from(*new));
                if let Some(count) = self.before.get_mut(old) {
                    *count += 1;
                }
                if let Some(count) = self.now.get_mut(new) {
                    *count += 1;
                }
                if let Some(count) = self.common.get_mut(old).and_then(|c| c.get_mut(new)) {
                    *count += 1;
                }
            }
        }
    }

    /// Intersection over union of a body of the frame before and one of this frame, by their indices in the frames.
    pub(super) fn of(&self, before: usize, now: usize) -> Option<f32> {
        if !self.known {
            return None;
        }
        let common = *self.common.get(before)?.get(now)?;
        let all = self.before.get(before)? + self.now.get(now)? - common;
        (all > 0).then(|| common as f32 / all as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_is_intersection_over_union() {
        let map = |from: usize, body: u8| {
            let mut pixels = vec![BodyIndexImage::BACKGROUND; 64 * 64];
            for row in 0..64 {
                for column in from..from + 32 {
                    pixels[row * 64 + column] = body;
                }
            }
            BodyIndexImage::new(64, 64, 0, pixels).ok()
        };
        let mut overlaps = Overlaps::default();
        assert_eq!(overlaps.of(0, 0), None);
        overlaps.measure(map(0, 0).as_ref(), map(16, 2).as_ref());
        assert_eq!(overlaps.of(0, 2), Some(16.0 / 48.0));
        assert_eq!(overlaps.of(1, 1), None);
    }
}
