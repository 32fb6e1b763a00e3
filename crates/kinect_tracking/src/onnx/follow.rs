//! People who are followed from picture to picture, for networks that look at one person at a time.

use kinect_azure::Joint;

use super::contract::Found;
use super::view::Crop;
use crate::pose2d::Person2d;

/// A person who is followed.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    pub(super) found: Found,
    /// The part of the next picture in which the network looks for the person.
    pub(super) crop: Crop,
    /// How often in a row the detector did not find this person.
    pub(super) missed: u32,
}

/// If the detector has not found a person this many times in a row, the person is dropped.
pub(super) const MOST_MISSED: u32 = 4;

/// Whether two results show one person: the middles of their trunks are near, compared with their size.
pub(super) fn is_same(a: &Person2d, b: &Person2d) -> bool {
    let (at, other) = (middle(a), middle(b));
    let size = size(a).max(size(b));
    (at[0] - other[0]).hypot(at[1] - other[1]) < 0.2 * size
}

/// The longer side of the box.
fn size(person: &Person2d) -> f32 {
    let [width, height] = person.bounds.size();
    width.max(height)
}

/// The middle of the hips, or of the box.
fn middle(person: &Person2d) -> [f32; 2] {
    match (
        person.joint(Joint::HipLeft),
        person.joint(Joint::HipRight),
        person.joint(Joint::Pelvis),
    ) {
        (Some(a), Some(b), _) => [(a.x + b.x) / 2.0, (a.y + b.y) / 2.0],
        (_, _, Some(pelvis)) => [pelvis.x, pelvis.y],
        _ => person.bounds.center(),
    }
}

/// Marks the followed people whom the detector found, and returns the found people who are not followed yet.
pub(super) fn compare<'a>(followed: &mut [Followed], seen: &'a [Found]) -> Vec<&'a Found> {
    let mut taken = vec![false; seen.len()];
    for one in followed.iter_mut() {
        let at = middle(&one.found.person);
        let distance = |found: &Found| {
            let other = middle(&found.person);
            (at[0] - other[0]).hypot(at[1] - other[1])
        };
        let nearest = (0..seen.len())
            .filter(|&index| !taken[index] && is_same(&one.found.person, &seen[index].person))
            .min_by(|&a, &b| distance(&seen[a]).total_cmp(&distance(&seen[b])));
        match nearest {
            Some(index) => {
                taken[index] = true;
                one.missed = 0;
            }
            None => one.missed += 1,
        }
    }
    seen.iter()
        .zip(taken)
        .filter(|(_, taken)| !taken)
        .map(|(found, _)| found)
        .collect()
}

/// Removes people who turned out to be the same person as another one; the person who was followed for longer stays.
pub(super) fn drop_doubles(followed: &mut Vec<Followed>) {
    let mut index = 0;
    while index < followed.len() {
        let (before, after) = followed.split_at(index);
        let is_double = after.first().is_some_and(|one| {
            before
                .iter()
                .any(|other| is_same(&other.found.person, &one.found.person))
        });
        if is_double {
            followed.remove(index);
        } else {
            index += 1;
        }
    }
}
