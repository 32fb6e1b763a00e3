//! The lengths between one person's joints, learnt while the person is seen.

use core::array;

use glam::Vec3;
use kinect_azure::Joint;

use super::plan::{LIMBS, LINK_COUNT, LINKS, Plan, UNIT_MM, UNIT_RANGE_MM};
use crate::median::RunningMedian;

/// A length and its uncertainty, both in mm.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Length {
    pub(crate) mm: f32,
    /// Standard deviation, which includes how far the posture changes the length.
    pub(crate) deviation: f32,
}

/// The weight of an average body's proportions, as a number of measurements.
const PRIOR: f32 = 4.0;
/// The range of measured lengths that count, as shares of the length by proportion.
const STRANGE: (f32, f32) = (0.7, 1.4);

/// The known lengths of one person.
#[derive(Clone, Debug)]
pub(crate) struct Lengths {
    measured: Vec<RunningMedian>,
    /// From pelvis to neck in mm.
    unit: f32,
}

impl Lengths {
    pub(crate) fn new() -> Self {
        Self {
            measured: vec![RunningMedian::EMPTY; LINK_COUNT],
            unit: UNIT_MM,
        }
    }

    /// The distance from pelvis to neck that suits the person's size, in mm.
    pub(crate) const fn unit(&self) -> f32 {
        self.unit
    }

    /// Whether anything was measured yet.
    pub(crate) fn is_known(&self) -> bool {
        self.measured[..LIMBS].iter().any(|m| m.count() > 0)
    }

    /// Learns from joints whose places were measured.
    pub(crate) fn learn(&mut self, plan: &Plan, places: &[Option<Vec3>; Joint::COUNT]) {
        for (link, measured) in LINKS.iter().zip(&mut self.measured) {
            let [a, b] = link.ends.map(|joint| places[joint.index()]);
            if let (Some(a), Some(b)) = (a, b) {
                let length = a.distance(b);
                if length.is_finite() {
                    measured.add(length);
                }
            }
        }
        self.unit = self.unit_of(plan);
    }

    /// The unit computed from the measured limbs; the average unit while there are few measurements.
    fn unit_of(&self, plan: &Plan) -> f32 {
        let mut units = [0.0; LIMBS];
        let (mut count, mut samples) = (0, 0);
        for (link, measured) in self.measured[..LIMBS].iter().enumerate() {
            if measured.count() > 0 {
                units[count] = measured.median() / plan.rest[link];
                count += 1;
                samples += measured.count();
            }
        }
        if count == 0 {
            return UNIT_MM;
        }
        let units = &mut units[..count];
        units.sort_unstable_by(f32::total_cmp);
        let median = 0.5 * (units[count / 2] + units[(count - 1) / 2]);
        let known = samples as f32 / (samples as f32 + PRIOR);
        let (least, most) = UNIT_RANGE_MM;
        (UNIT_MM + (median - UNIT_MM) * known).clamp(least, most)
    }

    /// The lengths to expect of all links.
    pub(crate) fn expected(&self, plan: &Plan) -> [Length; LINK_COUNT] {
        array::from_fn(|link| {
            let average = plan.rest[link] * self.unit;
            let other = plan.mirrored[link];
            let own = self.part(link);
            let (sum, count) = if other == link {
                own
            } else {
                let (sum, count) = self.part(other);
                (own.0 + sum, own.1 + count)
            };
            let measured = if count > 0.0 { sum / count } else { average };
            let measured = measured.clamp(average * STRANGE.0, average * STRANGE.1);
            let mm = (measured * count + average * PRIOR) / (count + PRIOR);
            let unknown = PRIOR / (count + PRIOR);
            Length {
                mm,
                deviation: 4.0 + mm * (LINKS[link].give + LINKS[link].spread * unknown),
            }
        })
    }

    /// The median of a link's lengths times their number, and the number.
    fn part(&self, link: usize) -> (f32, f32) {
        let measured = &self.measured[link];
        let count = measured.count() as f32;
        (measured.median() * count, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rotation::rest_position;

    #[test]
    fn a_child_is_learnt_within_some_frames_and_outliers_do_not_count() {
        let plan = Plan::new();
        let mut lengths = Lengths::new();
        let child = 350.0;
        let mut places = Joint::ALL.map(|joint| Some(Vec3::from(rest_position(joint)) * child));
        for frame in 0..30 {
            let mut seen = places;
            if frame % 4 == 0 {
                seen[Joint::WristLeft.index()] = Some(Vec3::Z * 3000.0);
            }
            lengths.learn(&plan, &seen);
        }
        assert!((lengths.unit() - child).abs() < 10.0, "{}", lengths.unit());
        let expected = lengths.expected(&plan);
        let forearm = plan.between(Joint::ElbowLeft, Joint::WristLeft);
        let forearm = forearm.map(|link| expected[link].mm).unwrap_or_default();
        assert!((forearm - 0.43 * child).abs() < 5.0, "{forearm}");
        // NaN changes nothing.
        places[0] = Some(Vec3::NAN);
        lengths.learn(&plan, &places);
        assert!(
            lengths
                .expected(&plan)
                .iter()
                .all(|l| l.mm > 0.0 && l.deviation > 0.0)
        );
    }
}
