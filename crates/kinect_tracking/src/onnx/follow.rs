//! The people whom a network that looks at one person follows from picture to picture.

use kinect_azure::Joint;

use super::contract::Found;
use super::view::Crop;
use crate::pose2d::Person2d;

/// Somebody who is followed.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    pub(super) found: Found,
    /// Where to look next.
    pub(super) crop: Crop,
    /// How often in a row the detector did not find this person.
    pub(super) missed: u32,
}

/// A person whom the detector does not find so often in a row is nobody.
pub(super) const MOST_MISSED: u32 = 4;

/// Whether two findings are of one person: the middles of their trunks are near, as measured by their size.
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

/// Notes whom the detector found, and gives those who are not followed yet.
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

/// Of two who turned out to be one person, the one who was followed for longer stays.
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
