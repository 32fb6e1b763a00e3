//! Removes people that were found twice.

use super::adapter::Found;

/// Sorts people by score, and removes each person whose box overlaps the box of a person with a higher score by more
/// than `most`.
pub(super) fn surest(mut found: Vec<Found>, most: f32) -> Vec<Found> {
    found.sort_by(|a, b| b.person.score.total_cmp(&a.person.score));
    let mut kept: Vec<Found> = Vec::new();
    for one in found {
        if kept
            .iter()
            .all(|other| other.person.bounds.overlap(&one.person.bounds) <= most)
        {
            kept.push(one);
        }
    }
    kept
}
