//! Chooses the surface behind which each joint lies, among the surfaces around the joint's pixel. All joints are chosen
//! together, so that the bones have about their known lengths.

use glam::Vec3;
use kinect_azure::Joint;

use super::plan::is_central;
use super::surfaces::Surfaces;

/// The data about a joint before its depth is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    /// The direction with z = 1 in which the joint is seen; `None` if the joint is not in the image.
    pub(super) ray: Option<Vec3>,
    /// The network's certainty that the joint is seen and not hidden, 0 to 1.
    pub(super) score: f32,
    /// The surfaces around its pixel.
    pub(super) surfaces: Surfaces,
    /// From the surface to the joint along the ray, in mm.
    pub(super) behind: f32,
    /// The depth at which the joint is expected, in mm, from an earlier frame.
    pub(super) expected_z: Option<f32>,
}

impl Sight {
    /// The place of the joint behind one of its surfaces.
    pub(super) fn place(&self, surface: usize) -> Option<Vec3> {
        let depth = self.surfaces.list().get(surface)?.depth;
        self.ray
            .map(|ray| ray * depth + ray.normalize() * self.behind)
    }
}

/// The cost of a joint that lies behind none of its surfaces, because it is hidden.
const HIDDEN: f32 = 1.6;
/// The greatest cost of one bone or of one depth.
const MOST: f32 = 5.0;
/// The share of a limb's length by which a joint is seldom nearer or farther than the trunk.
const STRETCHED: f32 = 0.45;
/// The index of "behind none of the surfaces" in a table of costs.
const NONE: usize = Surfaces::MOST;

/// The depth along the axis at which most of the trunk's and the head's surfaces lie, in mm; `None` if nothing was
/// measured. `expected` is the depth of an earlier frame.
pub(super) fn trunk_depth(sights: &[Sight; Joint::COUNT], expected: Option<f32>) -> Option<f32> {
    let near = |a: f32, b: f32, width: f32| (-((a - b) / width).powi(2)).exp();
    let votes = |depth: f32, central: bool| -> f32 {
        let joints = Joint::ALL
            .into_iter()
            .filter(|joint| is_central(*joint) == central);
        let sum: f32 = joints
            .map(|joint| {
                let sight = &sights[joint.index()];
                let surfaces = sight.surfaces.list().iter();
                let best = surfaces
                    .map(|s| s.share * near(s.depth, depth, if central { 180.0 } else { 400.0 }))
                    .fold(0.0, f32::max);
                best * (0.3 + sight.score)
            })
            .sum();
        sum + expected.map_or(0.0, |e| 1.5 * near(depth, e, 300.0))
    };
    let best = |central: bool| {
        let joints = Joint::ALL
            .into_iter()
            .filter(|joint| is_central(*joint) == central);
        let surfaces = joints.flat_map(|joint| sights[joint.index()].surfaces.list());
        let rated = surfaces.map(|surface| (votes(surface.depth, central), surface.depth));
        rated
            .fold(None, |best: Option<(f32, f32)>, one| match best {
                Some(best) if best.0 >= one.0 => Some(best),
                _ => Some(one),
            })
            .map(|(_, depth)| depth)
    };
    best(true).or_else(|| best(false))
}

/// Returns for each joint the number of the surface behind which it lies; `None` if the joint is hidden or was not
/// seen. `reach` is the expected distance in mm between a joint and a joint nearer to the trunk, `slack` the error in mm
/// that such a distance has because of the network's pixels.
pub(super) fn choose(
    sights: &[Sight; Joint::COUNT],
    trunk_z: f32,
    slack: f32,
    reach: impl Fn(Joint, Joint) -> f32,
) -> [Option<usize>; Joint::COUNT] {
    const STATES: usize = NONE + 1;
    // The least cost of all joints beyond a joint, for each surface of that joint.
    let mut costs = [[0.0_f32; STATES]; Joint::COUNT];
    // The best surface of a joint for each surface of the next joint towards the trunk.
    let mut suited = [[NONE; STATES]; Joint::COUNT];
    let mut hangs_on = [None; Joint::COUNT];
    for joint in Joint::ALL {
        let index = joint.index();
        let sight = &sights[index];
        let central = is_central(joint);
        if !central {
            hangs_on[index] = support(sights, joint);
        }
        let limb = if central || hangs_on[index].is_none() {
            None
        } else {
            Some(reach(joint, trunk_joint(joint)))
        };
        for (state, cost) in costs[index].iter_mut().enumerate() {
            *cost = own_cost(sight, state, trunk_z, limb);
        }
    }
    for joint in Joint::ALL.into_iter().rev() {
        let index = joint.index();
        let Some(above) = hangs_on[index] else {
            continue;
        };
        if sights[index].ray.is_none() {
            continue;
        }
        let length = reach(joint, above);
        let limb = reach(joint, trunk_joint(joint));
        let direct = joint.parent() == Some(above);
        for state in 0..STATES {
            let from = sights[above.index()].place(state);
            let (mut least, mut best) = (f32::INFINITY, NONE);
            for (own, own_cost) in costs[index].iter().enumerate() {
                let to = sights[index].place(own);
                let bone = match (from, to) {
                    (Some(from), Some(to)) => bone_cost(from.distance(to), length, slack, direct),
                    // Behind a hidden joint, the surface of something nearer is likely.
                    (None, Some(to)) if limb > 0.0 => {
                        ((to.z - trunk_z) / (STRETCHED * limb)).powi(2).min(MOST)
                    }
                    _ => 0.0,
                };
                let cost = own_cost + bone;
                if cost < least {
                    (least, best) = (cost, own);
                }
            }
            suited[index][state] = best;
            costs[above.index()][state] += least;
        }
    }
    let mut chosen = [NONE; Joint::COUNT];
    for joint in Joint::ALL {
        let index = joint.index();
        chosen[index] = match hangs_on[index] {
            Some(above) => suited[index][chosen[above.index()]],
            None => (0..STATES)
                .min_by(|a, b| costs[index][*a].total_cmp(&costs[index][*b]))
                .unwrap_or(NONE),
        };
    }
    core::array::from_fn(|index| {
        (chosen[index] < sights[index].surfaces.list().len()).then_some(chosen[index])
    })
}

/// The nearest joint towards the trunk that is seen.
fn support(sights: &[Sight; Joint::COUNT], joint: Joint) -> Option<Joint> {
    let mut above = joint.parent();
    while let Some(one) = above {
        if sights[one.index()].ray.is_some() {
            return Some(one);
        }
        above = one.parent();
    }
    None
}

/// The joint of the trunk that a limb hangs on.
fn trunk_joint(joint: Joint) -> Joint {
    let mut at = joint;
    while !is_central(at) {
        match at.parent() {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}

/// `limb` is the length of the limb in mm from the trunk to the joint; `None` for joints of the trunk and the head.
fn own_cost(sight: &Sight, state: usize, trunk_z: f32, limb: Option<f32>) -> f32 {
    if state == NONE {
        return HIDDEN * (0.5 + sight.score);
    }
    let Some(surface) = sight.surfaces.list().get(state) else {
        return f32::INFINITY;
    };
    // A joint that is seen lies behind the first surface.
    let mut cost = 1.2 * (1.0 - surface.share) + 0.3 * state as f32;
    let off = surface.depth - trunk_z;
    cost += match limb {
        None => (off / 230.0).powi(2).min(MOST),
        // A wall behind the person is out of reach.
        Some(limb) => ((off.abs() - limb).max(0.0) / 150.0).powi(2).min(MOST),
    };
    if let Some(expected) = sight.expected_z {
        cost += 0.5
            * ((surface.depth + sight.behind - expected) / 200.0)
                .powi(2)
                .min(1.0);
    }
    cost
}

fn bone_cost(distance: f32, length: f32, slack: f32, direct: bool) -> f32 {
    let length = length.max(1.0);
    let off = distance - length;
    if off > 0.0 {
        (off / (0.15 * length + slack)).powi(2).min(MOST)
    } else if direct {
        (off / (0.35 * length + slack)).powi(2).min(MOST)
    } else {
        0.0
    }
}
