//! Who gets a slot.

use glam::Vec3;

use super::settings::SelectionPolicy;
use crate::Ground;

/// How much better somebody must be to replace the holder of a slot.
const NEARER_MM: f32 = 300.0;
const MORE_CENTRAL_DEGREES: f32 = 6.0;

/// What a policy looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// The middle of the trunk, in mm.
    pub(super) middle: Vec3,
    pub(super) seconds: f32,
    pub(super) hidden: bool,
}

/// How much a policy wants somebody: less is better. `None`: not at all.
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
            // After everybody who is seen.
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
            // Whoever is in a zone may touch its edge without leaving it.
            let inside = if holds {
                zone.distance_mm(at) <= 100.0
            } else {
                zone.contains(at)
            };
            inside.then_some(longest_first)
        }
    }
}

/// By how much somebody who waits must be better than a holder to get the slot; `None`: never.
pub(super) fn margin(policy: &SelectionPolicy) -> Option<f32> {
    match policy {
        SelectionPolicy::Sticky | SelectionPolicy::InsideZone(_) => None,
        // Only those who are hidden are beaten by that much.
        SelectionPolicy::LongestPresent => Some(5e5),
        SelectionPolicy::Nearest => Some(NEARER_MM),
        SelectionPolicy::MostCentral => Some(MORE_CENTRAL_DEGREES),
    }
}
