//! People who are followed from picture to picture, for networks that look at one person at a time.

use super::agreement::{apart, sides_differ, turn_round};
use super::contract::Found;
use super::fusion::{Offsets, go_on};
use crate::pose2d::Person2d;

/// A person who is followed.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    pub(super) found: Found,
    /// From the joints of the pose network to the combined joints, in the last picture that both networks looked at.
    pub(super) offsets: Offsets,
    /// When the joints were found, in µs.
    pub(super) usec: u64,
    /// When the detector found this person last, in µs.
    pub(super) seen_usec: u64,
}

/// Two findings in one picture show one person if they are less apart, as a share of the person's size.
pub(super) const SAME: f32 = 0.1;
/// The farthest from one picture to the next, and how it grows with the time between them, in sizes per second.
const JUMP: f32 = 0.12;
const SPEED: f32 = 0.9;
/// The shortest time in which a person can turn round, in µs.
const TURN_USEC: u64 = 200_000;
/// The farthest that a finding of the detector may be from a followed person, in the person's sizes.
const FARTHEST: f32 = 0.2;

impl Followed {
    /// Whether a finding in a later picture can be this person.
    pub(super) fn can_be(&self, person: &Person2d, usec: u64) -> bool {
        let seconds = usec.saturating_sub(self.usec) as f32 * 1e-6;
        apart(&self.found.person, person) < JUMP + SPEED * seconds.min(0.5)
    }

    /// Whether a finding has left and right exchanged, although the time was too short for this person to turn round.
    pub(super) fn turned_round(&self, person: &Person2d, usec: u64) -> bool {
        usec.saturating_sub(self.usec) < TURN_USEC && sides_differ(&self.found.person, person)
    }

    /// Replaces the joints by those that the pose network found in a later picture.
    pub(super) fn go_on(&mut self, mut look: Found, usec: u64) {
        if self.turned_round(&look.person, usec) {
            turn_round(&mut look.person);
        }
        look.person = go_on(&look.person, &self.offsets, &self.found.person);
        self.found = look;
        self.usec = usec;
    }
}

/// Finds the detector's finding of each followed person. `looked` has the findings of the pose network in the same picture.
/// A person's finding is near the pose network's finding and near the person's place in the picture before.
pub(super) fn pair(
    followed: &[Followed],
    looked: &[Option<Found>],
    seen: &[Found],
) -> Vec<Option<usize>> {
    let mut costs = Vec::new();
    for (number, (one, look)) in followed.iter().zip(looked).enumerate() {
        for (index, seen) in seen.iter().enumerate() {
            let before = apart(&seen.person, &one.found.person);
            let cost = look.as_ref().map_or(before, |look| {
                (before + apart(&seen.person, &look.person)) / 2.0
            });
            if cost < FARTHEST {
                costs.push((cost, number, index));
            }
        }
    }
    costs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pairs = vec![None; followed.len()];
    for (_, number, index) in costs {
        if pairs[number].is_none() && !pairs.contains(&Some(index)) {
            pairs[number] = Some(index);
        }
    }
    pairs
}

/// Removes repeated findings of one person; the finding with the highest score stays.
pub(super) fn drop_repeated(seen: &mut Vec<Found>) {
    seen.sort_by(|a, b| b.person.score.total_cmp(&a.person.score));
    let mut kept: Vec<Found> = Vec::with_capacity(seen.len());
    for found in seen.drain(..) {
        if kept
            .iter()
            .all(|other| apart(&other.person, &found.person) > SAME)
        {
            kept.push(found);
        }
    }
    *seen = kept;
}

/// Removes people who turned out to be the same person as another one; the person who was followed for longer stays.
pub(super) fn drop_doubles(followed: &mut Vec<Followed>) {
    let mut index = 0;
    while index < followed.len() {
        let (before, after) = followed.split_at(index);
        let is_double = after.first().is_some_and(|one| {
            before
                .iter()
                .any(|other| apart(&other.found.person, &one.found.person) < SAME)
        });
        if is_double {
            followed.remove(index);
        } else {
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::agreement::tests::person;

    fn found(x: f32) -> Found {
        Found::from(person([x, 300.0]))
    }

    fn followed(x: f32) -> Followed {
        Followed {
            found: found(x),
            offsets: [None; kinect_azure::Joint::COUNT],
            usec: 0,
            seen_usec: 0,
        }
    }

    #[test]
    fn a_look_at_the_neighbour_does_not_take_the_neighbours_finding() {
        let both = [followed(200.0), followed(280.0)];
        // In the first person's crop, the network sees the second person.
        let looked = [Some(found(280.0)), Some(found(281.0))];
        let seen = [found(281.0), found(200.0)];
        assert_eq!(pair(&both, &looked, &seen), [Some(1), Some(0)]);
        assert_eq!(pair(&both, &[None, None], &seen), [Some(1), Some(0)]);
    }

    #[test]
    fn nobody_jumps_and_nobody_is_there_twice() {
        let one = followed(200.0);
        let after = |x: f32| one.can_be(&found(x).person, 33_333);
        assert!(after(250.0) && !after(320.0));
        assert!(one.can_be(&found(320.0).person, 400_000));
        let mut seen = vec![found(200.0), found(210.0), found(400.0)];
        drop_repeated(&mut seen);
        assert_eq!(seen.len(), 2);
        let mut all = vec![followed(200.0), followed(210.0), followed(400.0)];
        drop_doubles(&mut all);
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn who_is_turned_round_at_once_was_taken_front_for_back() {
        let mut one = followed(200.0);
        let mut look = found(205.0);
        turn_round(&mut look.person);
        assert!(one.turned_round(&look.person, 33_333));
        assert!(!one.turned_round(&look.person, 400_000));
        one.go_on(look, 33_333);
        assert_eq!(one.found, found(205.0));
    }
}
