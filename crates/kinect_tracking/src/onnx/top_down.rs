//! People who are found by a detector and then looked at by a pose network, each in a crop of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use kinect_azure::Joint;

use super::agreement::{apart, has_trunk, sides_differ, turn_round};
use super::contract::Found;
use super::follow::{Followed, SAME, drop_doubles, drop_repeated, pair};
use super::fusion::{Offsets, fuse, offsets};
use super::model::PoseModel;
use super::picture::Picture;
use super::share_out::share_out;
use super::upright::Upright;
use super::view::Crop;

/// How often people are looked for, in µs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// From one search to the next.
    search: u64,
    /// The same while a person was not found for certain in the last picture.
    again: u64,
}

impl Pace {
    /// On a graphics card the detector costs little.
    pub(super) const ALWAYS: Self = Self {
        search: 0,
        again: 0,
    };
    /// Every second capture of 30 a second.
    pub(super) const OFTEN: Self = Self {
        search: 60_000,
        again: 0,
    };
    /// For tract, where the detector takes as long as three crops.
    pub(super) const SOMETIMES: Self = Self {
        search: 250_000,
        again: 90_000,
    };
    /// For people who are found in the depth image, where furniture can look like people.
    pub(super) const SELDOM: Self = Self {
        search: 500_000,
        again: 0,
    };
}

/// If the detector has not found a person for this time, the person is dropped; in µs.
const UNSEEN_USEC: u64 = 2_000_000;
/// How long a person keeps the last joints while the pose network does not find the person, in µs.
const STALE_USEC: u64 = 300_000;

pub(super) struct TopDown {
    /// Models that look at people, as many as threads may look at the same time; at least one.
    poses: Vec<Mutex<PoseModel>>,
    /// `None` = people are looked for in the depth image.
    detector: Option<PoseModel>,
    pace: Pace,
    followed: Vec<Followed>,
    /// When people were looked for last, on the device's clock in µs.
    searched_usec: Option<u64>,
    /// Whether a person was not found for certain in the last picture.
    unsure: bool,
}

impl TopDown {
    pub(super) fn new(
        poses: Vec<Mutex<PoseModel>>,
        detector: Option<PoseModel>,
        pace: Pace,
    ) -> Self {
        Self {
            poses,
            detector,
            pace,
            followed: Vec::new(),
            searched_usec: None,
            unsure: false,
        }
    }

    pub(super) fn pose_name(&self) -> String {
        lock(&self.poses[0]).name()
    }

    pub(super) fn detector_name(&self) -> Option<String> {
        self.detector.as_ref().map(PoseModel::name)
    }

    /// Whether one of the models takes infrared and colour in one picture.
    pub(super) fn has_infrared(&self) -> bool {
        let detector = self.detector.as_ref();
        lock(&self.poses[0]).has_infrared() || detector.is_some_and(PoseModel::has_infrared)
    }

    /// Whether people are looked for in the picture of that time.
    fn searches(&self, usec: u64) -> bool {
        let pause = if self.unsure {
            self.pace.again
        } else {
            self.pace.search
        };
        // If the clock went backwards, a recording has begun again.
        self.searched_usec
            .is_none_or(|last| usec < last || usec - last >= pause)
    }

    /// Whether people must be found in the depth image.
    pub(super) fn needs_depth(&self, usec: u64) -> bool {
        self.detector.is_none() && self.searches(usec)
    }

    /// The people in a picture. `from_depth` has the people that were found in the depth image, for use without a
    /// detector.
    pub(super) fn find(
        &mut self,
        picture: &Picture,
        upright: Upright,
        usec: u64,
        from_depth: Vec<Found>,
    ) -> Result<Vec<Found>, String> {
        if self.searched_usec.is_some_and(|last| usec < last) {
            self.followed.clear();
        }
        let crops: Vec<Crop> = {
            let pose = lock(&self.poses[0]);
            let found = self.followed.iter().map(|one| &one.found);
            found.map(|found| pose.crop(found)).collect()
        };
        if self.searches(usec) {
            let detector = &mut self.detector;
            let poses = &self.poses;
            // The detector takes longest, so it runs beside the others.
            let (seen, looked) = thread::scope(|scope| {
                let looking = scope.spawn(|| look_all(poses, picture, upright, &crops));
                let seen = match detector {
                    Some(detector) => detector.search(picture, upright),
                    None => Ok(from_depth),
                };
                (seen, looking.join())
            });
            let looked = looked.map_err(|_| "a thread of the network panicked".to_owned())??;
            self.compare(picture, upright, usec, seen?, looked)?;
            self.searched_usec = Some(usec);
        } else {
            let looked = look_all(&self.poses, picture, upright, &crops)?;
            self.go_on(usec, looked);
        }
        drop_doubles(&mut self.followed);
        Ok(self.followed.iter().map(|one| one.found.clone()).collect())
    }

    /// Follows people with the pose network's findings alone.
    fn go_on(&mut self, usec: u64, looked: Vec<Option<Found>>) {
        let has_detector = self.detector.is_some();
        let mut unsure = false;
        let mut looked = looked.into_iter();
        self.followed
            .retain_mut(|one| match looked.next().flatten() {
                Some(look) if one.can_be(&look.person, usec) => {
                    one.go_on(look, usec);
                    true
                }
                _ => {
                    unsure = true;
                    has_detector && usec.saturating_sub(one.usec) < STALE_USEC
                }
            });
        self.unsure = unsure;
    }

    /// Follows people with the findings of both networks in one picture.
    fn compare(
        &mut self,
        picture: &Picture,
        upright: Upright,
        usec: u64,
        mut seen: Vec<Found>,
        looked: Vec<Option<Found>>,
    ) -> Result<(), String> {
        drop_repeated(&mut seen);
        let pairs = pair(&self.followed, &looked, &seen);
        let has_detector = self.detector.is_some();
        let mut before = std::mem::take(&mut self.followed);
        self.unsure = false;
        for ((one, look), pair) in before.iter_mut().zip(looked).zip(&pairs) {
            match (look, pair.map(|index| &seen[index])) {
                (look, Some(seen)) => {
                    let now = self.both(picture, upright, usec, look, seen, Some(one))?;
                    self.followed.extend(now);
                }
                // Depth alone misses people who touch each other or a wall.
                (Some(look), None)
                    if one.can_be(&look.person, usec)
                        && (!has_detector || usec.saturating_sub(one.seen_usec) < UNSEEN_USEC) =>
                {
                    one.go_on(look, usec);
                    self.followed.push(one.clone());
                }
                _ => {}
            }
        }
        let new: Vec<&Found> = (0..seen.len())
            .filter(|index| !pairs.contains(&Some(*index)))
            .map(|index| &seen[index])
            .filter(|found| {
                self.followed
                    .iter()
                    .all(|one| apart(&one.found.person, &found.person) > SAME)
            })
            .collect();
        let crops: Vec<Crop> = {
            let pose = lock(&self.poses[0]);
            let crop = |found: &&Found| found.next.unwrap_or_else(|| pose.crop_for(&found.person));
            new.iter().map(crop).collect()
        };
        let looked = look_all(&self.poses, picture, upright, &crops)?;
        for (seen, look) in new.into_iter().zip(looked) {
            // A person is followed only after the pose network has seen somebody in the crop.
            let Some(look) = look else { continue };
            if seen.is_sure || apart(&look.person, &seen.person) < SAME {
                let now = self.both(picture, upright, usec, Some(look), seen, None)?;
                self.followed.extend(now);
            }
        }
        Ok(())
    }

    /// Combines the findings of both networks; `None` if neither has joints.
    fn both(
        &mut self,
        picture: &Picture,
        upright: Upright,
        usec: u64,
        look: Option<Found>,
        seen: &Found,
        before: Option<&Followed>,
    ) -> Result<Option<Followed>, String> {
        let followed = |found: Found, offsets: Offsets| Followed {
            found,
            offsets,
            usec,
            seen_usec: usec,
        };
        let none: Offsets = [None; Joint::COUNT];
        if !has_trunk(&seen.person) {
            return Ok(look.map(|look| followed(look, none)));
        }
        let Some(mut look) = look.filter(|look| apart(&look.person, &seen.person) < SAME) else {
            // The pose network found a neighbour, or nobody.
            self.unsure = true;
            return Ok(Some(followed(seen.clone(), none)));
        };
        let mut seen = seen.person.clone();
        if sides_differ(&look.person, &seen) {
            let mut pose = lock(&self.poses[0]);
            let crop = match before {
                Some(one) => pose.crop(&one.found),
                None => pose.crop_for(&seen),
            };
            let mirrored = pose.look_in_mirror(picture, upright, &crop)?;
            // Positive for the detector's sides, negative for the pose network's.
            let mut votes = match mirrored.first() {
                Some(third) if sides_differ(&third.person, &look.person) => 1.0,
                Some(_) => -1.0,
                None => 0.0,
            };
            // The picture before counts a little more than one network.
            const BEFORE: f32 = 1.1;
            if let Some(one) = before {
                if one.turned_round(&look.person, usec) {
                    votes += BEFORE;
                } else if one.turned_round(&seen, usec) {
                    votes -= BEFORE;
                }
            }
            if votes > 0.0 {
                turn_round(&mut look.person);
            } else {
                turn_round(&mut seen);
            }
        }
        let [width, height] = upright.size();
        let fused = fuse(&look.person, &seen, width.max(height));
        let offsets = offsets(&look.person, &fused);
        let found = Found {
            person: fused,
            ..look
        };
        Ok(Some(followed(found, offsets)))
    }
}

/// Looks at all crops, on as many threads as there are models; who is not there is `None`.
fn look_all(
    poses: &[Mutex<PoseModel>],
    picture: &Picture,
    upright: Upright,
    crops: &[Crop],
) -> Result<Vec<Option<Found>>, String> {
    let looked = share_out(poses, crops, |pose, crop| {
        let found = pose.look(picture, upright, crop);
        found.map(|found| found.into_iter().next())
    })?;
    looked.into_iter().collect()
}

fn lock(model: &Mutex<PoseModel>) -> MutexGuard<'_, PoseModel> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}
