//! One person: from joints in the image to a body.

use core::array;

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

use super::choice::{Sight, choose, trunk_depth};
use super::complete::{Before, Known};
use super::frame::Frame;
use super::lengths::{Length, Lengths};
use super::orientation::orientations;
use super::plan::{LINK_COUNT, Plan, behind_surface, is_central, radius, thickness_spread};
use super::settings::LiftSettings;
use super::solve::{Place, solve};
use super::surfaces::{Circle, SurfaceFinder, Surfaces};
use super::view::View;
use crate::floor::Plane;
use crate::pose2d::{Joint2d, Person2d};

/// The data that all people of a frame share.
pub(super) struct Scene<'a> {
    pub(super) plan: &'a Plan,
    pub(super) view: &'a View,
    pub(super) settings: &'a LiftSettings,
    pub(super) depths: &'a [u16],
    /// The direction against gravity, if it is known.
    pub(super) up: Option<Vec3>,
    pub(super) floor: Option<Plane>,
    pub(super) usec: u64,
}

impl Scene<'_> {
    /// The radius in pixels within which surfaces around a joint are looked for.
    fn radius(&self, joint: Joint, unit: f32, z: f32) -> f32 {
        radius(joint) * unit * self.view.focal / z.max(100.0) + 0.5 * self.settings.pixel_deviation
    }

    /// The standard deviation in mm of the distance between two joints at that depth, because of the network's pixels.
    fn slack(&self, z: f32) -> f32 {
        1.5 * self.settings.pixel_deviation.clamp(0.1, 100.0) * z.max(100.0) / self.view.focal
    }
}

/// A person who is followed.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: u32,
    pub(super) lengths: Lengths,
    pub(super) before: Option<Before>,
    pub(super) usec: u64,
}

/// The data about one person of the depth image, before the person is matched with a followed one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    pub(super) sights: [Sight; Joint::COUNT],
    /// The depth of the trunk in mm.
    pub(super) trunk_z: f32,
    /// Whether the trunk's depth was measured.
    pub(super) measured: bool,
}

/// If the solved place of a joint is this far from its measured place, in units, another surface was measured.
const STRANGE: f32 = 0.22;

impl Glance {
    /// Looks for the surfaces around all joints. `None` if no joint is in the image.
    pub(super) fn new(
        scene: &Scene<'_>,
        finder: &mut SurfaceFinder,
        seen: &Person2d,
        unit: f32,
    ) -> Option<Self> {
        let view = scene.view;
        let mut sights: [Sight; Joint::COUNT] = array::from_fn(|index| {
            let Some(joint) = seen.joints[index] else {
                return Sight::default();
            };
            let score = if joint.score.is_finite() {
                joint.score.clamp(0.0, 1.0)
            } else {
                0.0
            };
            Sight {
                ray: view.ray(joint.x, joint.y),
                score,
                ..Sight::default()
            }
        });
        let inside = |joint: &Joint2d| view.sees([joint.x, joint.y]);
        seen.joints.iter().flatten().find(|joint| inside(joint))?;
        let about = guessed_depth(&sights, scene.plan, unit);
        // First with a guess of the person's distance, then with the measured distance.
        let mut trunk_z = None;
        for _ in 0..2 {
            let near = trunk_z.unwrap_or(about);
            for (index, sight) in sights.iter_mut().enumerate() {
                let (Some(joint), Some(_)) = (seen.joints[index], sight.ray) else {
                    continue;
                };
                if sight.score >= scene.settings.least_score {
                    let radius = scene.radius(Joint::ALL[index], unit, near);
                    sight.surfaces = finder.find(
                        view,
                        scene.depths,
                        [joint.x, joint.y],
                        Circle::OfLimb(radius),
                    );
                }
            }
            let before = trunk_z;
            trunk_z = trunk_depth(&sights, None);
            let steady = |z: f32| before.is_some_and(|b: f32| (z / b - 1.0).abs() < 0.1);
            if trunk_z.is_none_or(|z| steady(z) || (z / about - 1.0).abs() < 0.1) {
                break;
            }
        }
        if let Some(trunk_z) = trunk_z {
            look_beside(scene, finder, seen, unit, trunk_z, &mut sights);
        }
        Some(Self {
            sights,
            trunk_z: trunk_z.unwrap_or(about),
            measured: trunk_z.is_some(),
        })
    }

    /// The mean distance in mm of the joints from those of an earlier frame, as if all joints had the depth of the
    /// trunk.
    pub(super) fn distance(&self, before: &Before) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (sight, was) in self.sights.iter().zip(&before.joints) {
            if let Some(ray) = sight.ray {
                // Limbs can be nearer or farther than the trunk, so only distances across the rays count.
                let there = ray * was.z.max(1.0);
                sum += there.distance(*was).min(2000.0);
                count += 1.0;
            }
        }
        let trunk = before.joints[Joint::SpineChest.index()].z;
        let along = if self.measured {
            (self.trunk_z + 100.0 - trunk).abs()
        } else {
            0.0
        };
        if count > 0.0 {
            (sum / count).hypot(along)
        } else {
            f32::INFINITY
        }
    }
}

/// Looks in a wider circle for the limbs' joints around whose pixels nothing is as far as the person.
fn look_beside(
    scene: &Scene<'_>,
    finder: &mut SurfaceFinder,
    seen: &Person2d,
    unit: f32,
    trunk_z: f32,
    sights: &mut [Sight; Joint::COUNT],
) {
    // Arms and legs reach farther forwards than backwards.
    let persons = trunk_z - 1.2 * unit..trunk_z + 0.35 * unit;
    let has_person = |surfaces: &Surfaces| {
        let mut depths = surfaces.list().iter().map(|surface| surface.depth);
        depths.any(|depth| persons.contains(&depth))
    };
    for joint in Joint::ALL.into_iter().filter(|joint| !is_central(*joint)) {
        let sight = &mut sights[joint.index()];
        let (Some(at), Some(_)) = (seen.joints[joint.index()], sight.ray) else {
            continue;
        };
        if sight.score < scene.settings.least_score || has_person(&sight.surfaces) {
            continue;
        }
        let radius = scene.radius(joint, unit, trunk_z);
        let wide = finder.find(scene.view, scene.depths, [at.x, at.y], Circle::Wide(radius));
        if has_person(&wide) {
            sight.surfaces = wide;
        }
    }
}

/// The depth in mm at which the bones of a person of that size are as long as they appear in the image. A bone never
/// appears longer than it is.
fn guessed_depth(sights: &[Sight; Joint::COUNT], plan: &Plan, unit: f32) -> f32 {
    let mut second = [f32::INFINITY; 2];
    for (link, rest) in super::plan::LINKS
        .iter()
        .zip(plan.rest)
        .take(super::plan::LIMBS)
    {
        let [a, b] = link.ends.map(|joint| sights[joint.index()].ray);
        let (Some(a), Some(b)) = (a, b) else { continue };
        let looks = a.distance(b);
        if looks > 1e-4 {
            let depth = rest * unit / looks;
            if depth < second[0] {
                second = [depth, second[0]];
            } else {
                second[1] = second[1].min(depth);
            }
        }
    }
    let [least, second] = second;
    let depth = if second.is_finite() { second } else { least };
    if depth.is_finite() {
        depth.clamp(300.0, 8000.0)
    } else {
        2500.0
    }
}

impl Person {
    pub(super) fn new(id: u32) -> Self {
        Self {
            id,
            lengths: Lengths::new(),
            before: None,
            usec: 0,
        }
    }

    /// The body of this frame.
    pub(super) fn lift(
        &mut self,
        scene: &Scene<'_>,
        finder: &mut SurfaceFinder,
        glance: &Glance,
    ) -> Body {
        let plan = scene.plan;
        let mut sights = glance.sights;
        let before = self.before;
        let mut trunk_z = glance.trunk_z;
        if let Some(before) = &before {
            for (sight, was) in sights.iter_mut().zip(&before.joints) {
                sight.expected_z = Some(was.z);
            }
            let expected = before.joints[Joint::SpineChest.index()].z;
            trunk_z = trunk_depth(&sights, Some(expected)).unwrap_or(expected);
        }
        let guess = before.map_or(Frame::FACING, |before| before.frame);
        for joint in Joint::ALL {
            let sight = &mut sights[joint.index()];
            if let Some(ray) = sight.ray {
                let behind = behind_surface(joint, ray.normalize(), &guess, [Vec3::ZERO; 2]);
                sight.behind = behind * self.lengths.unit();
            }
        }
        let slack = scene.slack(trunk_z);
        let mut lengths = self.lengths.expected(plan);
        let mut chosen = choose(&sights, trunk_z, slack, reach(plan, &lengths));
        let measured = places(&sights, &chosen);
        if !self.lengths.is_known() && glance.measured {
            self.lengths.learn(plan, &measured);
            lengths = self.lengths.expected(plan);
            chosen = choose(&sights, trunk_z, slack, reach(plan, &lengths));
        }
        unbend(&sights, &mut chosen, self.lengths.unit());
        let measured = places(&sights, &chosen);
        let known = Known {
            plan,
            lengths: &lengths,
            unit: self.lengths.unit(),
            sights: &sights,
            measured: &measured,
            trunk_z,
            before: before.as_ref(),
            up: scene.up,
            floor: scene.floor,
        };
        let between = known.has_both_ends();
        let (mut joints, mut frame) = known.complete();
        let unit = self.lengths.unit();
        let guesses = joints;
        let mut data = [Place::default(); Joint::COUNT];
        for pass in 0..3 {
            for joint in Joint::ALL {
                let index = joint.index();
                if let Some(ray) = sights[index].ray {
                    let bones = bones_at(joint, &joints);
                    let behind = behind_surface(joint, ray.normalize(), &frame, bones);
                    sights[index].behind = behind * unit;
                }
                data[index] = self.place(
                    scene,
                    joint,
                    &sights[index],
                    chosen[index],
                    (guesses[index], between),
                    (pass > 0).then(|| joints[index]),
                );
            }
            solve(plan, &lengths, &data, &mut joints);
            frame = Frame::of_trunk(&joints).unwrap_or(frame);
        }
        self.finish(scene, finder, &sights, &chosen, &joints, frame)
    }

    /// The measured place of one joint. `guess` has a first place of all joints, and says whether hips and shoulders
    /// were both measured; `solved` is the joint's place from the previous round: a measurement far from it counts
    /// less.
    fn place(
        &self,
        scene: &Scene<'_>,
        joint: Joint,
        sight: &Sight,
        chosen: Option<usize>,
        (guess, between): (Vec3, bool),
        solved: Option<Vec3>,
    ) -> Place {
        let unit = self.lengths.unit();
        let weight = |deviation: f32| 1.0 / (deviation * deviation).max(1.0);
        let Some(ray) = sight.ray else {
            let recent = self.before.is_some();
            let loose = if is_central(joint) && between {
                0.08
            } else if recent {
                0.15
            } else {
                0.3
            };
            let loose = weight(loose * unit);
            return Place {
                point: guess,
                ray: Vec3::Z,
                across: loose,
                along: loose,
            };
        };
        let toward = ray.normalize();
        let pixels = scene.settings.pixel_deviation.clamp(0.1, 100.0) * (1.6 - 0.6 * sight.score);
        let across = |z: f32| weight(3.0 + pixels * z.max(1.0) / scene.view.focal);
        match chosen.and_then(|surface| sight.place(surface)) {
            Some(point) => {
                let deviation = thickness_spread(joint) * unit + 2e-6 * point.z * point.z;
                let strange = solved.map_or(0.0, |solved| {
                    (solved - point).dot(toward) / (1.5 * deviation)
                });
                Place {
                    point,
                    ray: toward,
                    across: across(point.z),
                    along: weight(deviation) / (1.0 + strange * strange),
                }
            }
            None => Place {
                point: guess,
                ray: toward,
                across: across(guess.z) * 0.5,
                along: weight(0.4 * unit),
            },
        }
    }

    /// Grades the joints, learns from those that were measured, and makes the body.
    fn finish(
        &mut self,
        scene: &Scene<'_>,
        finder: &mut SurfaceFinder,
        sights: &[Sight; Joint::COUNT],
        chosen: &[Option<usize>; Joint::COUNT],
        joints: &[Vec3; Joint::COUNT],
        frame: Frame,
    ) -> Body {
        let unit = self.lengths.unit();
        let measured = places(sights, chosen);
        let agrees = |index: usize| {
            let (Some(place), Some(ray)) = (measured[index], sights[index].ray) else {
                return false;
            };
            (place - joints[index]).dot(ray.normalize()).abs() < STRANGE * unit
        };
        let learnt: [Option<Vec3>; Joint::COUNT] =
            array::from_fn(|index| measured[index].filter(|_| agrees(index)));
        self.lengths.learn(scene.plan, &learnt);
        let turns = orientations(joints, &frame);
        let mut body = Body {
            id: self.id,
            joints: [JointPose::default(); Joint::COUNT],
        };
        for joint in Joint::ALL {
            let index = joint.index();
            let pixel = scene.view.project(joints[index]);
            let confidence = match pixel.filter(|at| scene.view.sees(*at)) {
                None => JointConfidence::None,
                Some(_) if agrees(index) => JointConfidence::Medium,
                Some(at) if sights[index].ray.is_none() && is_inner(joint) => {
                    let ray = joints[index].normalize_or(Vec3::Z);
                    let behind = behind_surface(joint, ray, &frame, [Vec3::ZERO; 2]) * unit;
                    let radius = scene.radius(joint, unit, joints[index].z);
                    let found = finder.find(scene.view, scene.depths, at, Circle::OfLimb(radius));
                    let there = found.list().iter().any(|surface| {
                        (surface.depth + behind * ray.z - joints[index].z).abs() < 0.15 * unit
                    });
                    if there {
                        JointConfidence::Medium
                    } else {
                        JointConfidence::Low
                    }
                }
                Some(_) => JointConfidence::Low,
            };
            body.joints[index] = JointPose {
                position: joints[index].to_array(),
                orientation: turns[index],
                confidence,
            };
        }
        self.before = Some(Before {
            joints: *joints,
            frame,
        });
        self.usec = scene.usec;
        body
    }
}

/// Whether a joint lies within the trunk, so that its place follows from hips and shoulders.
const fn is_inner(joint: Joint) -> bool {
    matches!(
        joint,
        Joint::Pelvis
            | Joint::SpineNavel
            | Joint::SpineChest
            | Joint::Neck
            | Joint::ClavicleLeft
            | Joint::ClavicleRight
    )
}

/// The places of joints behind the chosen surfaces.
fn places(
    sights: &[Sight; Joint::COUNT],
    chosen: &[Option<usize>; Joint::COUNT],
) -> [Option<Vec3>; Joint::COUNT] {
    array::from_fn(|index| chosen[index].and_then(|surface| sights[index].place(surface)))
}

/// Hips do not bend backwards: a hip far in front of the line from knee to shoulder is really a hand or a knee that
/// hides the hip. The hip gets a surface farther back, or none.
fn unbend(sights: &[Sight; Joint::COUNT], chosen: &mut [Option<usize>; Joint::COUNT], unit: f32) {
    /// In units.
    const MOST: f32 = 0.25;
    let at = places(sights, chosen);
    let at = |joint: Joint| at[joint.index()];
    let shoulders = [Joint::ShoulderLeft, Joint::ShoulderRight].map(at);
    let [Some(left), Some(right)] = shoulders else {
        return;
    };
    for (hip, knee, shoulder) in [
        (Joint::HipLeft, Joint::KneeLeft, left),
        (Joint::HipRight, Joint::KneeRight, right),
    ] {
        let Some(knee) = at(knee).or_else(|| at(knee.mirrored())) else {
            continue;
        };
        let line = shoulder - knee;
        let Some(forward) = (left - right).cross(line).try_normalize() else {
            continue;
        };
        let before = |surface: usize| {
            let place = sights[hip.index()].place(surface)?;
            Some((place - knee).dot(forward))
        };
        while let Some(surface) = chosen[hip.index()]
            && before(surface).is_some_and(|before| before > MOST * unit)
        {
            let farther = Some(surface + 1).filter(|next| before(*next).is_some());
            chosen[hip.index()] = farther;
        }
    }
}

/// The expected distance between a joint and one of its ancestors, along the bones between them.
fn reach<'a>(
    plan: &'a Plan,
    lengths: &'a [Length; LINK_COUNT],
) -> impl Fn(Joint, Joint) -> f32 + 'a {
    move |joint, above| {
        let (mut sum, mut at) = (0.0, joint);
        while at != above {
            let Some(parent) = at.parent() else { break };
            sum += plan
                .between(at, parent)
                .map_or(0.0, |link| lengths[link].mm);
            at = parent;
        }
        sum
    }
}

/// The directions of a limb on both sides of a joint.
fn bones_at(joint: Joint, joints: &[Vec3; Joint::COUNT]) -> [Vec3; 2] {
    let next = match joint {
        Joint::ElbowLeft => Joint::WristLeft,
        Joint::ElbowRight => Joint::WristRight,
        Joint::WristLeft => Joint::HandLeft,
        Joint::WristRight => Joint::HandRight,
        Joint::HandLeft => Joint::HandTipLeft,
        Joint::HandRight => Joint::HandTipRight,
        Joint::KneeLeft => Joint::AnkleLeft,
        Joint::KneeRight => Joint::AnkleRight,
        _ => joint,
    };
    let at = joints[joint.index()];
    let before = joint
        .parent()
        .map_or(Vec3::ZERO, |parent| at - joints[parent.index()]);
    [before, joints[next.index()] - at]
}
