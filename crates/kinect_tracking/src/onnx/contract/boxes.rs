//! Of people that were found twice, the surer ones.

use super::adapter::Found;

/// Sorts people by score and leaves out those whose box overlaps that of a surer one by more than `most`.
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
