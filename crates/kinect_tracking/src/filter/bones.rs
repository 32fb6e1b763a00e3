//! Bones of constant length.

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence};

use super::settings::BoneKeeping;
use crate::joints::{is_placed, place};

/// The number of lengths that are remembered for each bone.
const WINDOW: usize = 64;

/// The running median of one bone's length.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    /// The lengths in the order of their measurement, as a ring buffer.
    ring: [f32; WINDOW],
    sorted: [f32; WINDOW],
    count: usize,
    next: usize,
}

impl Lengths {
    const EMPTY: Self = Self {
        ring: [0.0; WINDOW],
        sorted: [0.0; WINDOW],
        count: 0,
        next: 0,
    };

    fn add(&mut self, length: f32) {
        if self.count == WINDOW {
            let oldest = self.ring[self.next];
            let at = self.sorted.partition_point(|&v| v < oldest).min(WINDOW - 1);
            self.sorted.copy_within(at + 1.., at);
            self.count -= 1;
        }
        let at = self.sorted[..self.count].partition_point(|&v| v < length);
        self.sorted.copy_within(at..self.count, at + 1);
        self.sorted[at] = length;
        self.count += 1;
        self.ring[self.next] = length;
        self.next = (self.next + 1) % WINDOW;
    }

    fn median(&self) -> f32 {
        let upper = self.sorted[self.count / 2];
        if self.count.is_multiple_of(2) {
            0.5 * (upper + self.sorted[self.count / 2 - 1])
        } else {
            upper
        }
    }
}

/// The bones of one body.
#[derive(Clone, Debug)]
pub(super) struct Bones {
    lengths: [Lengths; Joint::COUNT],
}

impl Bones {
    pub(super) const fn new() -> Self {
        Self {
            lengths: [Lengths::EMPTY; Joint::COUNT],
        }
    }

    pub(super) fn forget(&mut self) {
        self.lengths = [Lengths::EMPTY; Joint::COUNT];
    }

    /// Learns from joints that were seen.
    pub(super) fn learn(&mut self, body: &Body) {
        let seen = |joint: Joint| {
            let pose = body.joint(joint);
            is_placed(pose) && pose.confidence >= JointConfidence::Medium
        };
        for joint in Joint::ALL {
            let Some(parent) = joint.parent() else {
                continue;
            };
            let length = place(body, joint).distance(place(body, parent));
            // The median is robust against outliers, but not against infinity.
            if seen(joint) && seen(parent) && length.is_finite() {
                self.lengths[joint.index()].add(length);
            }
        }
    }

    /// The learnt length of the bone from a joint to its parent in mm; 0 while it is unknown.
    pub(super) fn length(&self, settings: &BoneKeeping, joint: Joint) -> f32 {
        let least = (settings.learn_frames.max(1) as usize).min(WINDOW);
        let (own, other) = (
            &self.lengths[joint.index()],
            &self.lengths[joint.mirrored().index()],
        );
        let weight = (own.count + other.count) as f32;
        if own.count + other.count < least {
            return 0.0;
        }
        let part = |lengths: &Lengths| match lengths.count {
            0 => 0.0,
            count => lengths.median() * count as f32,
        };
        (part(own) + part(other)) / weight
    }

    /// Moves joints along their bones until these have the learnt lengths, from the pelvis outwards. Each bone is turned
    /// towards where its joint was, so errors do not add up along a limb.
    pub(super) fn keep(&self, settings: &BoneKeeping, body: &mut Body) {
        let strength = settings.strength.clamp(0.0, 1.0);
        for joint in Joint::ALL {
            let Some(parent) = joint.parent() else {
                continue;
            };
            let wanted = self.length(settings, joint);
            let (at, from) = (place(body, joint), place(body, parent));
            if wanted <= 0.0 || !at.is_finite() || !from.is_finite() {
                continue;
            }
            if let Some(direction) = (at - from).try_normalize() {
                let kept: Vec3 = at.lerp(from + direction * wanted, strength);
                body.joints[joint.index()].position = kept.to_array();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_the_newest_lengths_and_shrugs_at_outliers() {
        let mut lengths = Lengths::EMPTY;
        for n in 0..500 {
            lengths.add(if n % 5 == 0 {
                9000.0
            } else {
                300.0 + (n % 7) as f32
            });
            let mut window: Vec<f32> = lengths.ring[..lengths.count].to_vec();
            window.sort_by(f32::total_cmp);
            assert_eq!(window, lengths.sorted[..lengths.count]);
        }
        assert!((300.0..308.0).contains(&lengths.median()));
        for _ in 0..WINDOW {
            lengths.add(250.0);
        }
        assert_eq!(lengths.median(), 250.0);
    }
}
