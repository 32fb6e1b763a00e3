//! Lifts all people of a frame to bodies, and follows each person from frame to frame.

use std::convert::Infallible;
use std::sync::Arc;

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::pool::Pool;
use kinect_azure::{Calibration, Image};

use super::index_map::{IndexMapper, Surroundings};
use super::people::PeopleFinder;
use super::person::{Glance, Person, Scene};
use super::plan::{Plan, UNIT_MM};
use super::settings::LiftSettings;
use super::surfaces::SurfaceFinder;
use super::view::View;
use crate::box2::Box2;
use crate::floor::{FloorFinder, Plane, UpGuess};
use crate::ground::Ground;
use crate::pose2d::Person2d;

/// Turns the joints that a network finds in the image into bodies, with the depth image of the same moment.
///
/// It learns the lengths of each person's bones from frame to frame, so give it the frames of one sensor in their
/// order. The same frames give the same bodies.
///
/// Bodies have all 32 joints, even those that the network does not know. A joint's confidence is
/// [`Medium`](kinect_azure::JointConfidence::Medium) where the depth image shows the person there,
/// [`Low`](kinect_azure::JointConfidence::Low) where its place was computed from the other joints, and
/// [`None`](kinect_azure::JointConfidence::None) outside the image.
#[derive(Debug)]
pub struct Lifter {
    view: View,
    plan: Plan,
    settings: LiftSettings,
    finder: SurfaceFinder,
    floors: FloorFinder,
    mapper: IndexMapper,
    crowd: PeopleFinder,
    people: Vec<Person>,
    next_id: u32,
    glances: Vec<Option<Glance>>,
    /// Cost, number of the person in this frame, number of the person who is followed.
    pairs: Vec<(f32, usize, usize)>,
    /// For each person of this frame the person who is followed.
    taken: Vec<Option<usize>>,
    ids: Vec<Option<u32>>,
    frames: Pool<BodyFrame>,
    maps: Pool<Vec<u8>>,
}

/// The farthest that a person may be from the place in the frame before, in mm.
const GATE_MM: f32 = 600.0;
/// The speed with which that distance grows, in mm/s.
const SPEED: f32 = 1500.0;
/// The most people who are followed.
const MOST_PEOPLE: usize = 64;

impl Lifter {
    /// Makes a lifter for the depth camera of a calibration; `None` if the depth camera is off. This takes some
    /// milliseconds.
    pub fn new(calibration: &Calibration, settings: LiftSettings) -> Option<Self> {
        Some(Self {
            view: View::new(calibration)?,
            floors: FloorFinder::new(&calibration.depth_camera?),
            plan: Plan::new(),
            settings,
            finder: SurfaceFinder::default(),
            mapper: IndexMapper::default(),
            crowd: PeopleFinder::default(),
            people: Vec::new(),
            next_id: 1,
            glances: Vec::new(),
            pairs: Vec::new(),
            taken: Vec::new(),
            ids: Vec::new(),
            frames: Pool::new(),
            maps: Pool::new(),
        })
    }

    /// The bodies of the people whom a network found in the infrared image (or another one whose pixels were mapped to
    /// the depth image), in their order. People without a joint in the image are left out; [`ids`](Self::ids) gives the
    /// id of each person's body.
    ///
    /// `usec` is the device timestamp of the depth image. Without depth (`None`, or an image of another size), people
    /// are placed by their size in the image, and all joints have low confidence. `ground` gives the upward direction,
    /// which helps to place joints that are not seen.
    pub fn lift(
        &mut self,
        usec: u64,
        depth: Option<&Image>,
        people: &[Person2d],
        ground: Option<&Ground>,
    ) -> Arc<BodyFrame> {
        let Self {
            view,
            plan,
            settings,
            finder,
            floors,
            mapper,
            people: followed,
            next_id,
            glances,
            pairs,
            taken,
            ids,
            frames,
            maps,
            ..
        } = self;
        let depths = view.depths(depth);
        let up = ground.map(Ground::up_unit);
        let scene = Scene {
            plan,
            view,
            settings,
            depths,
            up,
            floor: floor(floors, depths, ground),
            usec,
        };
        let forget = (settings.forget_seconds.max(0.0) * 1e6) as u64;
        followed.retain(|person| person.usec <= usec && usec - person.usec <= forget);
        glances.clear();
        glances.extend(
            people
                .iter()
                .map(|seen| Glance::new(&scene, finder, seen, UNIT_MM)),
        );
        assign(glances, followed, usec, pairs, taken);
        ids.clear();
        let filled = frames.fill(BodyFrame::default, |frame| {
            frame.device_timestamp_usec = usec;
            frame.bodies.clear();
            frame.index_map = None;
            for (number, glance) in glances.iter().enumerate() {
                let Some(glance) = glance else {
                    ids.push(None);
                    continue;
                };
                let person = match taken[number] {
                    Some(person) => person,
                    None => {
                        followed.push(Person::new(*next_id));
                        *next_id = next_id.wrapping_add(1).max(1);
                        followed.len() - 1
                    }
                };
                let body = followed[person].lift(&scene, finder, glance);
                ids.push(Some(body.id));
                frame.bodies.push(body);
            }
            if settings.index_map && !scene.depths.is_empty() {
                let Ok(pixels) = maps.fill(Vec::new, |map| {
                    let image = Surroundings {
                        view,
                        depths: scene.depths,
                        floor: scene.floor.as_ref(),
                    };
                    mapper.draw(&image, &frame.bodies, |_, _| true, map);
                    Ok::<_, Infallible>(())
                });
                let (width, height) = (view.width as u32, view.height as u32);
                // As many pixels as the depth image has, so the size fits.
                frame.index_map = BodyIndexImage::shared(width, height, usec, pixels).ok();
            }
            Ok::<_, Infallible>(())
        });
        if followed.len() > MOST_PEOPLE {
            let surplus = followed.len() - MOST_PEOPLE;
            followed.drain(..surplus);
        }
        match filled {
            Ok(frame) => frame,
            Err(never) => match never {},
        }
    }

    /// Boxes in pixels around possible people in a depth image, nearest first, for networks that look at one person at
    /// a time. Some boxes may be around furniture, and people who touch each other or a wall may be missing.
    ///
    /// `ground` gives the upward direction; the floor is found in the image.
    pub fn find_people(&mut self, depth: &Image, ground: Option<&Ground>) -> &[Box2] {
        let depths = self.view.depths(Some(depth));
        let up = ground.map_or(Vec3::NEG_Y, Ground::up_unit);
        let floor = floor(&mut self.floors, depths, ground);
        self.crowd.find(&self.view, depths, floor, up)
    }

    /// The ids of the bodies that the people of the last call of [`lift`](Self::lift) became, in their order; `None` for
    /// a person who was left out.
    pub fn ids(&self) -> &[Option<u32>] {
        &self.ids
    }

    /// Forgets everybody: the next frame's people get new ids.
    pub fn forget(&mut self) {
        self.people.clear();
    }
}

/// The floor in a depth image. The upward direction may be set by hand, so it counts as inexact.
fn floor(floors: &mut FloorFinder, depths: &[u16], ground: Option<&Ground>) -> Option<Plane> {
    const SET_BY_HAND: f32 = 1.0;
    let guess = ground.map_or(UpGuess::upright(), |ground| UpGuess {
        up: ground.up,
        error_degrees: SET_BY_HAND,
    });
    let found = floors.find_roughly(depths, guess).ok()?;
    Some(Plane::from(&found.ground))
}

/// Pairs the people of this frame with those who are followed, nearest first.
fn assign(
    glances: &[Option<Glance>],
    followed: &[Person],
    usec: u64,
    pairs: &mut Vec<(f32, usize, usize)>,
    taken: &mut Vec<Option<usize>>,
) {
    pairs.clear();
    for (number, glance) in glances.iter().enumerate() {
        for (other, person) in followed.iter().enumerate() {
            let (Some(glance), Some(before)) = (glance, &person.before) else {
                continue;
            };
            let seconds = crate::joints::seconds_between(person.usec, usec);
            let distance = glance.distance(before);
            if distance < GATE_MM + SPEED * seconds {
                pairs.push((distance, number, other));
            }
        }
    }
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    taken.clear();
    taken.resize(glances.len(), None);
    for &(_, number, other) in &*pairs {
        if taken[number].is_none() && !taken.contains(&Some(other)) {
            taken[number] = Some(other);
        }
    }
}
