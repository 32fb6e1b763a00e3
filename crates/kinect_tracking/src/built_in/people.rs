//! The people who are followed from capture to capture: where each will be, who is new, and who has left.

use glam::Vec3;
use kinect_azure::Joint;

use super::finder::Sighting;
use super::poser::Pose;
use super::skeleton::Skeleton;
use crate::joints::{low_pass, seconds_between};

/// The most people who are followed.
const MOST_PEOPLE: usize = 6;
/// From one search for people to the next, in µs. A search takes place in the next capture after somebody was lost, too.
const SEARCH_EVERY_USEC: u64 = 200_000;
/// After this time in µs, the finder's pelvis is nearer to the truth than the prediction.
const STALE_USEC: u64 = 100_000;
/// A person who is not seen for longer than this, in µs, gets a new id.
const FORGET_USEC: u64 = 1_000_000;
/// The farthest that the finder may see a person from the predicted place, in mm, and the speed in mm/s with which that distance
/// grows after the person was seen last. Somebody farther away is looked at as another person.
const GATE_MM: f32 = 350.0;
const GATE_SPEED: f32 = 2000.0;
/// The fastest prediction in mm/s, and the cutoff with which speeds are smoothed, in Hz.
const FASTEST: f32 = 4000.0;
const SPEED_CUTOFF_HZ: f32 = 3.0;
/// A crop stays where the last one was while the pelvis should be nearer than this to its middle, in mm: a crop that moves with every
/// capture shows other pixels each time, and the joints of somebody who stands still would tremble with it.
const STEADY_MM: f32 = 50.0;
/// The least logit of a new person, and of one who is followed. Of crops of people who were not learnt from, 99.7 % are above the
/// first, and of crops of furniture 1 %.
const NEW: f32 = 1.0;
const KNOWN: f32 = -0.5;
/// The fewest joints that must be seen of a person. Where something hides all of somebody, there is no reason to think that anybody
/// is there: the network then sees a second person in an armchair, beside the one who sits in it.
const LEAST_SEEN: usize = 2;
/// A person whom the finder has not seen so often in a row must look like a new one.
const MOST_UNCONFIRMED: u32 = 5;
/// The pose of a person whose pelvis is farther than this from where the finder saw it, in mm, is that of somebody else.
const MOST_ASTRAY_MM: f32 = 700.0;

/// Somebody who is followed, or was until a moment ago.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: u32,
    pub(super) skeleton: Skeleton,
    /// The newest pelvis in mm, and its time.
    pelvis: Vec3,
    usec: u64,
    /// In mm/s.
    velocity: Vec3,
    /// The middle of the last crop in mm.
    looked_at: Vec3,
    /// Whether the person was found in the newest capture.
    is_present: bool,
    /// How many searches in a row have not found this person.
    unconfirmed: u32,
}

/// A place where somebody may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Where the pelvis should be, in mm.
    pub(super) around: Vec3,
    /// The number of the person who should be there; `None` for a new one.
    person: Option<usize>,
}

/// Everybody who is followed.
#[derive(Debug)]
pub(super) struct People {
    people: Vec<Person>,
    next_id: u32,
    newest_usec: u64,
    searched_usec: Option<u64>,
    /// Somebody was lost in the newest capture.
    has_lost: bool,
}

impl People {
    pub(super) const fn new() -> Self {
        Self {
            people: Vec::new(),
            next_id: 1,
            newest_usec: 0,
            searched_usec: None,
            has_lost: false,
        }
    }

    pub(super) fn person_mut(&mut self, number: usize) -> &mut Person {
        &mut self.people[number]
    }

    /// Begins a capture: forgets who has been gone for long. A clock that went backwards is another recording.
    pub(super) fn begin(&mut self, usec: u64) {
        if usec < self.newest_usec {
            self.people.clear();
            self.searched_usec = None;
        }
        self.newest_usec = usec;
        self.people
            .retain(|person| usec.saturating_sub(person.usec) <= FORGET_USEC);
    }

    /// Whether people are to be searched for in the capture that was begun.
    pub(super) fn needs_search(&self) -> bool {
        let since = |last: u64| self.newest_usec.saturating_sub(last);
        self.has_lost
            || self
                .searched_usec
                .is_none_or(|last| since(last) >= SEARCH_EVERY_USEC)
    }

    /// Where to look for people: first those who are followed, then others whom the finder saw, best first. `seen` is `None` if
    /// there was no search.
    pub(super) fn candidates(&mut self, seen: Option<&[Sighting]>) -> Vec<Candidate> {
        let usec = self.newest_usec;
        let (of_person, new) = match seen {
            Some(seen) => {
                self.searched_usec = Some(usec);
                self.assign(seen)
            }
            None => (vec![None; self.people.len()], Vec::new()),
        };
        let mut candidates = Vec::new();
        let mut returning = Vec::new();
        for (number, (person, seen_at)) in self.people.iter_mut().zip(of_person).enumerate() {
            if seen.is_some() {
                let more = person.unconfirmed.saturating_add(1);
                person.unconfirmed = if seen_at.is_some() { 0 } else { more };
            }
            let is_stale = usec.saturating_sub(person.usec) >= STALE_USEC || !person.is_present;
            let around = match seen_at {
                Some(at) if is_stale => at,
                _ => person.predicted(usec),
            };
            let around = person.steady(around);
            let candidate = Candidate {
                around,
                person: Some(number),
            };
            if person.is_present {
                candidates.push(candidate);
            } else if seen_at.is_some() {
                returning.push(candidate);
            }
        }
        candidates.extend(returning);
        candidates.extend(new.into_iter().map(|around| Candidate {
            around,
            person: None,
        }));
        candidates.truncate(MOST_PEOPLE);
        candidates
    }

    /// Pairs the finder's people with those who are followed, nearest first: for each person the place where the finder saw them,
    /// and the places of the others.
    fn assign(&self, seen: &[Sighting]) -> (Vec<Option<Vec3>>, Vec<Vec3>) {
        let usec = self.newest_usec;
        let mut pairs = Vec::new();
        for (number, person) in self.people.iter().enumerate() {
            let gate = GATE_MM + GATE_SPEED * seconds_between(person.usec, usec);
            for (other, sighting) in seen.iter().enumerate() {
                let distance = person.predicted(usec).distance(sighting.pelvis_mm.into());
                if distance < gate {
                    pairs.push((distance, number, other));
                }
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut of_person = vec![None; self.people.len()];
        let mut taken = vec![false; seen.len()];
        for (_, number, other) in pairs {
            if of_person[number].is_none() && !taken[other] {
                of_person[number] = Some(Vec3::from(seen[other].pelvis_mm));
                taken[other] = true;
            }
        }
        let free = seen.iter().zip(taken).filter(|(_, taken)| !taken);
        (
            of_person,
            free.map(|(seen, _)| seen.pelvis_mm.into()).collect(),
        )
    }

    /// Takes over the poses of the candidates, in their order. Returns the people who are there, by their numbers, with their
    /// poses. Of two poses of one person, that of the candidate that comes first stays.
    pub(super) fn take(
        &mut self,
        candidates: &[Candidate],
        poses: Vec<Option<Pose>>,
    ) -> Vec<(usize, Pose)> {
        let usec = self.newest_usec;
        let mut present: Vec<(usize, Pose)> = Vec::new();
        let was_present: Vec<bool> = self
            .people
            .iter_mut()
            .map(|person| core::mem::replace(&mut person.is_present, false))
            .collect();
        for (candidate, pose) in candidates.iter().zip(poses) {
            let Some(pose) = pose else { continue };
            let least = match candidate.person {
                Some(number)
                    if was_present[number]
                        && self.people[number].unconfirmed < MOST_UNCONFIRMED =>
                {
                    KNOWN
                }
                _ => NEW,
            };
            // NaN is no person.
            let is_person = pose.person >= least && pose.count_seen() >= LEAST_SEEN;
            let is_there = pose.pelvis().distance(candidate.around) < MOST_ASTRAY_MM;
            let is_double = || present.iter().any(|(_, other)| is_same(other, &pose));
            if !is_person || !is_there || is_double() {
                continue;
            }
            let number = candidate.person.unwrap_or_else(|| {
                self.people.push(Person::new(self.next_id));
                self.next_id = self.next_id.wrapping_add(1).max(1);
                self.people.len() - 1
            });
            self.people[number].moved(pose.pelvis(), usec);
            present.push((number, pose));
        }
        self.has_lost = was_present
            .iter()
            .zip(&self.people)
            .any(|(was, person)| *was && !person.is_present);
        // Bodies keep their order from capture to capture.
        present.sort_by_key(|(number, _)| self.people[*number].id);
        present
    }
}

impl Person {
    fn new(id: u32) -> Self {
        Self {
            id,
            skeleton: Skeleton::new(),
            pelvis: Vec3::ZERO,
            usec: 0,
            velocity: Vec3::ZERO,
            looked_at: Vec3::NAN,
            is_present: false,
            unconfirmed: 0,
        }
    }

    /// The middle of the next crop for a place where the pelvis should be: that of the last crop while it is near.
    fn steady(&mut self, around: Vec3) -> Vec3 {
        let off = self.looked_at.distance(around);
        // Not a number before the first crop.
        if off.is_nan() || off > STEADY_MM {
            self.looked_at = around;
        }
        self.looked_at
    }

    /// Where the pelvis should be at a time.
    fn predicted(&self, usec: u64) -> Vec3 {
        if usec.saturating_sub(self.usec) > STALE_USEC {
            return self.pelvis;
        }
        self.pelvis + self.velocity * seconds_between(self.usec, usec)
    }

    fn moved(&mut self, pelvis: Vec3, usec: u64) {
        let seconds = seconds_between(self.usec, usec);
        let is_new = self.usec == 0 || usec.saturating_sub(self.usec) > STALE_USEC;
        if is_new {
            self.velocity = Vec3::ZERO;
        } else if seconds > 0.0 {
            let velocity = ((pelvis - self.pelvis) / seconds).clamp_length_max(FASTEST);
            self.velocity = self
                .velocity
                .lerp(velocity, low_pass(SPEED_CUTOFF_HZ, seconds));
        }
        self.pelvis = pelvis;
        self.usec = usec;
        self.is_present = true;
    }
}

/// Whether two poses are of one person: they have nearly the same joints, or nearly the same pixels. People who stand close have
/// their joints apart, or their pixels.
fn is_same(a: &Pose, b: &Pose) -> bool {
    const PELVIS_MM: f32 = 350.0;
    const JOINTS_MM: f32 = 250.0;
    const FAR_MM: f32 = 700.0;
    const SHARED: f32 = 0.6;
    let apart = a.pelvis().distance(b.pelvis());
    let distances = a.joints.iter().zip(&b.joints).map(|(a, b)| a.distance(*b));
    let mean = distances.sum::<f32>() / Joint::COUNT as f32;
    let has_same_joints = apart < PELVIS_MM && mean < JOINTS_MM;
    has_same_joints || apart < FAR_MM && a.shared_with(b).max(b.shared_with(a)) > SHARED
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sighting(x: f32, z: f32) -> Sighting {
        Sighting {
            pelvis_mm: [x, 0.0, z],
            score: 0.9,
        }
    }

    /// The ids after a capture. The finder sees people there, if it runs; the poser sees everybody with the logit `person`.
    fn look(people: &mut People, usec: u64, there: &[Sighting], person: f32) -> Vec<u32> {
        people.begin(usec);
        let searches = people.needs_search();
        let candidates = people.candidates(searches.then_some(there));
        let pose = |candidate: &Candidate| {
            let places = there.iter().map(|seen| Vec3::from(seen.pelvis_mm));
            let near = places.filter(|place| place.distance(candidate.around) < 500.0);
            let nearest = near.min_by(|a, b| {
                let far = |place: &Vec3| place.distance(candidate.around);
                far(a).total_cmp(&far(b))
            });
            Pose::standing(nearest.unwrap_or(candidate.around), person)
        };
        let poses = candidates.iter().map(|one| Some(pose(one))).collect();
        let there = people.take(&candidates, poses);
        there
            .iter()
            .map(|(number, _)| people.people[*number].id)
            .collect()
    }

    #[test]
    fn a_person_who_walks_is_found_lost_and_found_again() {
        let mut people = People::new();
        assert!(people.needs_search());
        let mut usec = 1_000_000;
        for n in 0..30_u64 {
            usec += 33_333;
            let x = n as f32 * 40.0;
            let there = [sighting(x, 2500.0)];
            assert_eq!(look(&mut people, usec, &there, 2.0), [1], "capture {n}");
        }
        // Nobody is there any more: a weak answer keeps a person who is known, a bad one does not.
        assert_eq!(look(&mut people, usec + 33_333, &[], -0.4), [1]);
        assert_eq!(look(&mut people, usec + 66_666, &[], -4.0), [0_u32; 0]);
        assert!(people.needs_search());
        // Back within a second, a step aside.
        let seen = [sighting(1500.0, 2500.0)];
        let back = look(&mut people, usec + 600_000, &seen, 2.0);
        assert_eq!(back, [1]);
        // Gone for longer.
        look(&mut people, usec + 633_333, &[], -4.0);
        let back = look(&mut people, usec + 2_000_000, &seen, 2.0);
        assert_eq!(back, [2]);
        // Another recording.
        assert_eq!(look(&mut people, 5_000, &seen, 2.0), [3]);
    }

    #[test]
    fn one_person_who_is_seen_twice_is_one_person() {
        let mut people = People::new();
        let seen = [
            sighting(0.0, 2500.0),
            sighting(180.0, 2500.0),
            sighting(900.0, 2500.0),
        ];
        assert_eq!(look(&mut people, 1_000_000, &seen, 2.0), [1, 2]);
        let seen = [
            sighting(880.0, 2500.0),
            sighting(30.0, 2500.0),
            sighting(-170.0, 2500.0),
        ];
        assert_eq!(look(&mut people, 1_200_000, &seen, 2.0), [1, 2]);
    }

    #[test]
    fn furniture_is_nobody_and_somebody_whom_the_finder_never_sees_must_be_sure() {
        let mut people = People::new();
        let seen = [sighting(0.0, 2500.0)];
        assert_eq!(look(&mut people, 1_000_000, &seen, 0.5), [0_u32; 0]);
        assert_eq!(look(&mut people, 1_200_000, &seen, 1.5), [1]);
        for n in 0..MOST_UNCONFIRMED - 1 {
            let usec = 1_400_000 + u64::from(n) * 200_000;
            assert_eq!(look(&mut people, usec, &[], 0.5), [1], "{n}");
        }
        assert_eq!(look(&mut people, 2_400_000, &[], 0.5), [0_u32; 0]);
    }

    #[test]
    fn crops_follow_steps_but_do_not_tremble() {
        let mut person = Person::new(1);
        let at = |x: f32| Vec3::new(x, 0.0, 2500.0);
        assert_eq!(person.steady(at(0.0)), at(0.0));
        assert_eq!(person.steady(at(10.0)), at(0.0));
        assert_eq!(person.steady(at(-STEADY_MM)), at(0.0));
        assert_eq!(person.steady(at(60.0)), at(60.0));
        assert_eq!(person.steady(at(55.0)), at(60.0));
    }

    #[test]
    fn somebody_who_is_hidden_is_nobody() {
        let mut people = People::new();
        let mut look = |usec: u64, seen: usize| -> usize {
            people.begin(usec);
            let candidates = people.candidates(Some(&[sighting(0.0, 2500.0)]));
            let mut pose = Pose::standing(Vec3::new(0.0, 0.0, 2500.0), 2.0);
            pose.seen[seen..].fill(-2.0);
            people.take(&candidates, vec![Some(pose)]).len()
        };
        assert_eq!(look(1_000_000, LEAST_SEEN - 1), 0);
        assert_eq!(look(1_033_333, LEAST_SEEN), 1);
        assert_eq!(look(1_066_666, 0), 0);
    }

    #[test]
    fn at_most_six_people_are_looked_at_and_known_ones_come_first() {
        let mut people = People::new();
        let all: Vec<Sighting> = (0..9).map(|n| sighting(n as f32 * 800.0, 3000.0)).collect();
        assert_eq!(look(&mut people, 1_000_000, &all, 2.0).len(), MOST_PEOPLE);
        let mut other = all.clone();
        other.reverse();
        let ids = look(&mut people, 1_200_000, &other, 2.0);
        assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
        // A place that is not a number is nobody's.
        let mut people = People::new();
        let broken = [sighting(f32::NAN, 2500.0)];
        assert_eq!(look(&mut people, 1_000_000, &broken, 2.0), [0_u32; 0]);
    }
}
