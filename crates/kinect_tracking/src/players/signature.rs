//! The lengths of a person's bones, by which the person is recognised.

use kinect_azure::{Body, Joint};

use crate::joints::seen_place;

/// The bones that are compared, as pairs of joints on both sides or in the middle.
const BONES: [[(Joint, Joint); 2]; 10] = {
    use Joint as J;
    [
        both(J::ShoulderLeft, J::ElbowLeft),
        both(J::ElbowLeft, J::WristLeft),
        both(J::HipLeft, J::KneeLeft),
        both(J::KneeLeft, J::AnkleLeft),
        both(J::SpineChest, J::ShoulderLeft),
        [(J::Pelvis, J::SpineNavel); 2],
        [(J::SpineNavel, J::SpineChest); 2],
        [(J::SpineChest, J::Neck); 2],
        [(J::ShoulderLeft, J::ShoulderRight); 2],
        [(J::HipLeft, J::HipRight); 2],
    ]
};

const fn both(from: Joint, to: Joint) -> [(Joint, Joint); 2] {
    [(from, to), (from.mirrored(), to.mirrored())]
}

/// Mean and variance of one length in mm.
#[derive(Clone, Copy, Debug, Default)]
struct Length {
    mean: f32,
    variance: f32,
    count: f32,
}

/// The most measurements that count for a mean: more do not improve it, because the errors of neighbouring frames are
/// alike.
const MOST: f32 = 90.0;
/// The share by which the measured size of the same person may vary.
const SAME_SIZE: f32 = 0.005;
/// The weight of the person's size relative to single bones.
const SIZE_WEIGHT: f32 = 0.33;
/// The least number of measurements with which a length is compared.
const LEAST: f32 = 4.0;

impl Length {
    fn add(&mut self, length: f32) {
        self.count = (self.count + 1.0).min(MOST);
        let share = 1.0 / self.count;
        let off = length - self.mean;
        // An outlier counts like a large, but possible measurement.
        let off = if self.count > LEAST {
            off.clamp(-60.0, 60.0)
        } else {
            off
        };
        self.mean += off * share;
        self.variance += (off * off * (1.0 - share) - self.variance) * share;
    }
}

/// The measured lengths of a person's bones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signature {
    lengths: [Length; BONES.len()],
}

impl Signature {
    /// Learns from one body.
    pub(super) fn add(&mut self, body: &Body) {
        for (length, bones) in self.lengths.iter_mut().zip(BONES) {
            let (mut sum, mut count) = (0.0, 0.0);
            for (from, to) in bones {
                if let (Some(a), Some(b)) = (seen_place(body, from), seen_place(body, to)) {
                    sum += a.distance(b);
                    count += 1.0;
                }
            }
            if count > 0.0 {
                length.add(sum / count);
            }
        }
    }

    /// How unlike two people's bones are: at most about 1 for the same person, more for different ones. `alike_mm` is
    /// the difference that a length of the same person may have even after many measurements. `None` while too little
    /// is known.
    pub(super) fn unlike(&self, other: &Self, alike_mm: f32) -> Option<f32> {
        let (mut sum, mut count) = (0.0, 0.0);
        // People differ most in size: all bones of one are longer, so the differences add up, while noise does not.
        let (mut longer, mut together, mut noise) = (0.0, 0.0, 0.0);
        for (a, b) in self.lengths.iter().zip(&other.lengths) {
            if a.count < LEAST || b.count < LEAST {
                continue;
            }
            let measured = a.variance / a.count + b.variance / b.count;
            let off = a.mean - b.mean;
            sum += off * off / (measured + alike_mm * alike_mm);
            count += 1.0;
            longer += off;
            together += a.mean;
            noise += measured;
        }
        let same_size = SAME_SIZE * together;
        let size = longer * longer / (noise + same_size * same_size).max(1.0);
        (count >= 3.0).then(|| sum / count + SIZE_WEIGHT * size)
    }

    /// How far the lengths of one body are from the person's, in mm on the average; 0 while too little is known.
    pub(super) fn off_mm(&self, body: &Body) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for (length, bones) in self.lengths.iter().zip(BONES) {
            if length.count < LEAST {
                continue;
            }
            for (from, to) in bones {
                if let (Some(a), Some(b)) = (seen_place(body, from), seen_place(body, to)) {
                    sum += (a.distance(b) - length.mean).abs();
                    count += 1.0;
                }
            }
        }
        if count > 0.0 { sum / count } else { 0.0 }
    }
}
