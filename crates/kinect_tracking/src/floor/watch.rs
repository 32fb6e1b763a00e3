//! The floor over time.

use glam::Vec3;
use kinect_azure::Image;
use kinect_azure::calibration::Camera;

use super::finder::FloorFinder;
use super::found::{FoundFloor, NoFloor};
use super::plane::Plane;
use super::up::UpGuess;
use crate::ground::Ground;

/// Watches the floor under one sensor from image to image.
///
/// It averages what the images show, follows a sensor that is moved, and keeps the floor while people cover it. After the start it
/// does not allocate.
#[derive(Debug)]
pub struct FloorWatch {
    finder: FloorFinder,
    floor: Option<Kept>,
    /// A floor that differs from the known one, and how often in a row it was seen.
    other: Option<(Plane, u32)>,
    problem: Option<NoFloor>,
    /// Device timestamp of the first image since the watch knows nothing, in µs.
    first_usec: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    found: FoundFloor,
    /// How many images it was seen in.
    images: f32,
    /// The measured upward direction when it was seen last; `None` without inertial samples.
    up: Option<Vec3>,
    usec: u64,
}

/// A change of the floor that a [`FloorWatch`] watches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FloorChange {
    /// A floor was found.
    Found,
    /// The sensor was moved: the floor is another one.
    Moved,
    /// The floor is not seen any more, for the reason.
    Lost(NoFloor),
}

/// The most images that are averaged.
const MOST_IMAGES: f32 = 30.0;
/// A floor differs if height or direction differ by more than this, in mm and radians, or by three of its errors.
const OTHER_HEIGHT: f32 = 15.0;
const OTHER_TILT: f32 = 0.007;
/// As many images in a row must show the other floor.
const CONFIRMED: u32 = 3;
/// If the measured direction turns by more than this angle in radians, the sensor was moved.
const TURNED: f32 = 0.009;
/// If the first measured direction is so far from that of a floor which was found without, in radians, that floor is none.
const CONTRADICTS: f32 = 0.03;
/// How long inertial samples are waited for before a sensor is assumed to stand upright, in µs.
const WAITS_USEC: u64 = 500_000;
/// The floor is lost when no image has shown it for this time, in µs.
const LOST_USEC: u64 = 10_000_000;

impl FloorWatch {
    /// Makes a watch for a depth camera, without a floor.
    pub fn new(camera: &Camera) -> Self {
        Self {
            finder: FloorFinder::new(camera),
            floor: None,
            other: None,
            problem: None,
            first_usec: None,
        }
    }

    /// The floor, averaged over the images that showed it.
    pub fn floor(&self) -> Option<&FoundFloor> {
        self.floor.as_ref().map(|kept| &kept.found)
    }

    /// Why the newest image shows no floor; `None` if it does.
    pub fn problem(&self) -> Option<NoFloor> {
        self.problem
    }

    /// Looks for the floor in a depth image. `measured` is the upward direction from inertial samples, if there are any, and
    /// `assumed` what is known without them, which is used if no samples have come in the first half second.
    pub fn update(
        &mut self,
        depth: &Image,
        measured: Option<[f32; 3]>,
        assumed: UpGuess,
    ) -> Option<FloorChange> {
        let usec = depth.device_timestamp_usec;
        let up = measured.map(|up| UpGuess::measured(up).unit());
        let guess = up.map_or(assumed, |up| UpGuess::measured(up.to_array()));
        let seen = self.finder.find(depth, guess);
        self.problem = seen.as_ref().err().copied();
        let Some(kept) = self.floor else {
            let found = seen.ok()?;
            let first = *self.first_usec.get_or_insert(usec);
            let waited = usec.checked_sub(first).unwrap_or(u64::MAX);
            if up.is_none() && waited < WAITS_USEC {
                return None;
            }
            self.begin(found, up, usec);
            return Some(FloorChange::Found);
        };
        let was_turned = match (kept.up, up) {
            (Some(before), Some(now)) => before.angle_between(now) > TURNED,
            // The sensor is not as upright as it was assumed to be.
            (None, Some(now)) => {
                Plane::from(&kept.found.ground).up.angle_between(now) > CONTRADICTS
            }
            _ => false,
        };
        match seen {
            Ok(found) if was_turned => {
                self.begin(found, up, usec);
                Some(FloorChange::Moved)
            }
            Ok(found) => self.follow(kept, found, up, usec),
            Err(why) => {
                self.other = None;
                // A source that went back in time is another one.
                let unseen = usec.checked_sub(kept.usec).unwrap_or(u64::MAX);
                (was_turned || unseen > LOST_USEC).then(|| {
                    self.floor = None;
                    FloorChange::Lost(why)
                })
            }
        }
    }

    /// Forgets the floor.
    pub fn clear(&mut self) {
        self.floor = None;
        self.other = None;
        self.problem = None;
        self.first_usec = None;
    }

    fn begin(&mut self, found: FoundFloor, up: Option<Vec3>, usec: u64) {
        self.floor = Some(Kept {
            found,
            images: 1.0,
            up,
            usec,
        });
        self.other = None;
    }

    /// Averages a floor into the known one, or waits until it is confirmed that it is another one.
    fn follow(
        &mut self,
        kept: Kept,
        found: FoundFloor,
        up: Option<Vec3>,
        usec: u64,
    ) -> Option<FloorChange> {
        let (known, seen) = (Plane::from(&kept.found.ground), Plane::from(&found.ground));
        if !is_alike(&known, &seen, &found) {
            let times = match self.other {
                Some((other, times)) if is_alike(&other, &seen, &found) => times + 1,
                _ => 1,
            };
            self.other = Some((seen, times));
            if times < CONFIRMED {
                return None;
            }
            self.begin(found, up, usec);
            return Some(FloorChange::Moved);
        }
        self.other = None;
        let images = (kept.images + 1.0).min(MOST_IMAGES);
        let share = 1.0 / images;
        let mean = Plane {
            up: known.up.lerp(seen.up, share).normalize_or(known.up),
            height: known.height + (seen.height - known.height) * share,
        };
        let mix = |a: f32, b: f32| a + (b - a) * share;
        self.floor = Some(Kept {
            found: FoundFloor {
                ground: Ground::from(mean),
                height_error_mm: mix(kept.found.height_error_mm, found.height_error_mm),
                tilt_error_degrees: mix(kept.found.tilt_error_degrees, found.tilt_error_degrees),
                area_m2: mix(kept.found.area_m2, found.area_m2),
            },
            images,
            // Follows slow drifts of the inertial sensor.
            up: match (kept.up, up) {
                (Some(before), Some(now)) => before.lerp(now, share).try_normalize(),
                (before, now) => now.or(before),
            },
            usec,
        });
        None
    }
}

fn is_alike(a: &Plane, b: &Plane, found: &FoundFloor) -> bool {
    let height = OTHER_HEIGHT.max(3.0 * found.height_error_mm);
    let tilt = OTHER_TILT.max(3.0 * found.tilt_error_degrees.to_radians());
    (a.height - b.height).abs() < height && a.up.angle_between(b.up) < tilt
}
