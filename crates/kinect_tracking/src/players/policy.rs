//! Decides which players get a slot.

use glam::Vec3;

use super::settings::SelectionPolicy;
use crate::Ground;

/// How much better than the holder of a slot a person must be to replace the holder.
const NEARER_MM: f32 = 300.0;
const MORE_CENTRAL_DEGREES: f32 = 6.0;

/// The properties of a person that a policy compares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// The middle of the trunk, in mm.
    pub(super) middle: Vec3,
    pub(super) seconds: f32,
    pub(super) hidden: bool,
}

/// The rank of a person under a policy: less is better. `None` if the policy excludes the person.
pub(super) fn rank(
    policy: &SelectionPolicy,
    candidate: &Candidate,
    ground: &Ground,
    holds: bool,
) -> Option<f32> {
    let longest_first = -candidate.seconds;
    match policy {
        SelectionPolicy::Sticky => Some(longest_first),
        SelectionPolicy::LongestPresent => Some(if candidate.hidden {
            // Ranks after everybody who is seen.
            longest_first + 1e6
        } else {
            longest_first
        }),
        SelectionPolicy::Nearest => Some(candidate.middle.length()),
        SelectionPolicy::MostCentral => {
            let (x, y, z) = candidate.middle.into();
            Some(x.hypot(y).atan2(z).to_degrees())
        }
        SelectionPolicy::InsideZone(zone) => {
            let at = ground.point(candidate.middle.to_array());
            // A margin keeps people in the zone who touch its edge.
            let inside = if holds {
                zone.distance_mm(at) <= 100.0
            } else {
                zone.contains(at)
            };
            inside.then_some(longest_first)
        }
    }
}

/// By how much a waiting person's rank must be better than a holder's to get the slot; `None` if holders are never
/// replaced.
pub(super) fn margin(policy: &SelectionPolicy) -> Option<f32> {
    match policy {
        SelectionPolicy::Sticky | SelectionPolicy::InsideZone(_) => None,
        // Only the ranks of hidden people are worse by that much.
        SelectionPolicy::LongestPresent => Some(5e5),
        SelectionPolicy::Nearest => Some(NEARER_MM),
        SelectionPolicy::MostCentral => Some(MORE_CENTRAL_DEGREES),
    }
}
