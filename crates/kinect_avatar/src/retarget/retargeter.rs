//! The retargeter.

use glam::{Quat, Vec3};
use kinect_azure::Joint;

use super::decay;
use super::feet::{Foot, too_high};
use super::limb;
use super::plan::{Plan, Role};
use super::root::{Measures, Root};
use super::settings::RetargetSettings;
use super::twist::twist;
use crate::human::{BoneMap, HumanBone};
use crate::person::Person;
use crate::rig::Rig;

/// A driven bone's pose in its parent's frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BonePose {
    /// The bone's number in the rig.
    pub bone: usize,
    /// The local rotation.
    pub rotation: Quat,
    /// The local translation; only of hips, and of bones that do not hang on the bone that carries them.
    pub translation: Option<Vec3>,
    /// How much of the pose is the person's, 0 to 1; the rest is the rest pose's or an animation's.
    pub weight: f32,
}

impl BonePose {
    /// The rotation and translation, blended with those of an animation or of the rest pose.
    pub fn blended(&self, rotation: Quat, translation: Vec3) -> (Quat, Vec3) {
        if self.weight <= 0.0 {
            return (rotation, translation);
        }
        let near = if rotation.dot(self.rotation) < 0.0 {
            -rotation
        } else {
            rotation
        };
        (
            near.slerp(self.rotation, self.weight).normalize(),
            self.translation
                .map_or(translation, |own| translation.lerp(own, self.weight)),
        )
    }
}

/// No joint turns faster, in radians per second: where a tracker takes a hand's front for its back, the hand turns over within
/// some frames instead of jumping.
const FASTEST: f32 = 25.0;

const ARMS: [[HumanBone; 3]; 2] = [
    [
        HumanBone::LeftUpperArm,
        HumanBone::LeftLowerArm,
        HumanBone::LeftHand,
    ],
    [
        HumanBone::RightUpperArm,
        HumanBone::RightLowerArm,
        HumanBone::RightHand,
    ],
];
const LEGS: [[HumanBone; 3]; 2] = [
    [
        HumanBone::LeftUpperLeg,
        HumanBone::LeftLowerLeg,
        HumanBone::LeftFoot,
    ],
    [
        HumanBone::RightUpperLeg,
        HumanBone::RightLowerLeg,
        HumanBone::RightFoot,
    ],
];

/// Turns people into poses of one rig's bones.
///
/// ```
/// use glam::Vec3;
/// use kinect_avatar::{Retargeter, RetargetSettings, Rig, RigBone, match_bones};
///
/// let rig = Rig::new(vec![RigBone::new("Hips", None, Vec3::Y)]);
/// let mut retargeter = Retargeter::new(&rig, &match_bones(&rig, &[]).bones);
/// // Nobody is there: the character rests.
/// retargeter.update(None, &RetargetSettings::default(), 0.016);
/// assert!(retargeter.poses().iter().all(|pose| pose.weight == 0.0));
/// ```
#[derive(Clone, Debug)]
pub struct Retargeter {
    plan: Plan,
    measures: Option<Measures>,
    root: Root,
    feet: [Foot; 2],
    presence: f32,
    /// Turns against the rest pose, and places, of driven bones, in body axes.
    turns: Vec<Quat>,
    places: Vec<Vec3>,
    poses: Vec<BonePose>,
    /// How far each driven bone's joint is found, 0 to 1.
    found: Vec<f32>,
}

impl Retargeter {
    /// A retargeter for the bones of a map. It allocates all that it ever needs.
    pub fn new(rig: &Rig, bones: &BoneMap) -> Self {
        let plan = Plan::of(rig, bones);
        let poses: Vec<BonePose> = plan
            .driven
            .iter()
            .map(|driven| BonePose {
                bone: driven.bone,
                rotation: driven.rest_rotation(),
                translation: None,
                weight: 0.0,
            })
            .collect();
        Self {
            measures: measures(&plan),
            root: Root::default(),
            feet: [Foot::new(Joint::AnkleLeft), Foot::new(Joint::AnkleRight)],
            presence: 0.0,
            turns: vec![Quat::IDENTITY; poses.len()],
            places: plan.driven.iter().map(|driven| driven.rest).collect(),
            found: vec![1.0; poses.len()],
            poses,
            plan,
        }
    }

    /// Computes the poses of the next frame, `seconds` after the last one. Without a person, the character goes back to the
    /// rest pose or the animation.
    pub fn update(&mut self, person: Option<&Person>, settings: &RetargetSettings, seconds: f32) {
        let seconds = if seconds.is_finite() {
            seconds.max(0.0)
        } else {
            0.0
        };
        let step = if settings.blend_seconds > 0.0 {
            seconds / settings.blend_seconds
        } else {
            1.0
        };
        let fresh = self.presence <= 0.0;
        match person {
            Some(person) if settings.mirror => {
                self.pose(&person.mirrored(), settings, seconds, step, fresh);
            }
            Some(person) => self.pose(person, settings, seconds, step, fresh),
            None => {}
        }
        let goal = if person.is_some() { 1.0 } else { 0.0 };
        self.presence = toward(self.presence, goal, step);
        for (pose, found) in self.poses.iter_mut().zip(&self.found) {
            pose.weight = smooth(self.presence * found);
        }
    }

    /// The poses of all driven bones.
    pub fn poses(&self) -> &[BonePose] {
        &self.poses
    }

    /// Whether nothing of a person is left in the poses.
    pub fn rests(&self) -> bool {
        self.presence <= 0.0
    }

    /// The length of the model that stands for a metre of the person: the ratio of the legs' lengths. `None` before the first
    /// person, and if the rig has no legs.
    pub fn scale(&self) -> Option<f32> {
        self.measures?;
        self.root.scale()
    }

    fn pose(
        &mut self,
        person: &Person,
        settings: &RetargetSettings,
        seconds: f32,
        step: f32,
        fresh: bool,
    ) {
        if fresh {
            self.feet.iter_mut().for_each(Foot::reset);
            self.root = Root::default();
        }
        self.root
            .update(person, self.measures.as_ref(), settings, seconds);
        self.turn_bones(person);
        self.place_bones(person);
        if settings.plant_feet {
            self.plant_feet(person, seconds);
        }
        if settings.reach_hands {
            self.reach_hands(person);
        }
        self.turn_twists();
        for (index, driven) in self.plan.driven.iter().enumerate() {
            let goal = match driven.role {
                Role::Twist { segment, .. } => self.found[segment],
                Role::Part { part, .. } => f32::from(u8::from(person.found(part.joint()))),
                Role::Spine(_) => f32::from(u8::from(person.found(Joint::SpineChest))),
                Role::Neck(_) => f32::from(u8::from(person.found(Joint::Neck))),
            };
            let step = if fresh { 1.0 } else { step };
            self.found[index] = toward(self.found[index], goal, step);
        }
        let smoothing = settings.smoothing_seconds;
        let share = if fresh || smoothing.is_nan() || smoothing <= 0.0 {
            1.0
        } else {
            decay::done(seconds, smoothing)
        };
        let most = if fresh {
            f32::INFINITY
        } else {
            FASTEST * seconds
        };
        self.make_local(share, most);
    }

    /// Turns all bones but twist bones as the person is turned.
    fn turn_bones(&mut self, person: &Person) {
        for (index, driven) in self.plan.driven.iter().enumerate() {
            let between = |a: Joint, b: Joint, share: f32| {
                let (a, b) = (person.turn(a), person.turn(b));
                let b = if a.dot(b) < 0.0 { -b } else { b };
                a.slerp(b, share)
            };
            self.turns[index] = match driven.role {
                Role::Part { part, back } => person.turn(part.joint()) * back,
                Role::Spine(share) if share < 0.5 => {
                    between(Joint::Pelvis, Joint::SpineNavel, share * 2.0)
                }
                Role::Spine(share) => {
                    between(Joint::SpineNavel, Joint::SpineChest, share * 2.0 - 1.0)
                }
                Role::Neck(share) => between(Joint::SpineChest, Joint::Neck, share),
                Role::Twist { .. } => continue,
            }
            .normalize();
        }
    }

    /// Puts all bones where their carriers bring them.
    fn place_bones(&mut self, person: &Person) {
        let pelvis = self.root.place(person.position(Joint::Pelvis));
        for index in 0..self.plan.driven.len() {
            self.places[index] = match self.plan.driven[index].carrier {
                Some(carrier) => self.carried(index, carrier),
                None if Some(index) != self.plan.part(HumanBone::Hips) => {
                    self.plan.driven[index].rest
                }
                None => {
                    // The person's pelvis is between the hip joints; a rig's may be higher.
                    let rest = self.plan.driven[index].rest;
                    let middle = self.measures.map_or(rest, |measures| measures.middle);
                    pelvis + self.turns[index] * (rest - middle)
                }
            };
        }
    }

    fn carried(&self, index: usize, carrier: usize) -> Vec3 {
        let offset = self.plan.driven[index].rest - self.plan.driven[carrier].rest;
        self.places[carrier] + self.turns[carrier] * offset
    }

    fn plant_feet(&mut self, person: &Person, seconds: f32) {
        let Some(measures) = self.measures else {
            return;
        };
        let mut targets = [Vec3::ZERO; 2];
        let mut drop = 0.0_f32;
        for ((foot, parts), target) in self.feet.iter_mut().zip(LEGS).zip(&mut targets) {
            let Some([upper, _, ankle]) = self.plan.limb(parts) else {
                continue;
            };
            *target = foot.target(self.places[ankle], person, &self.root, &measures, seconds);
            drop = drop.max(too_high(self.places[upper], *target, measures.leg));
        }
        if drop > 0.0 {
            for place in &mut self.places {
                place.y -= drop;
            }
        }
        for (parts, target) in LEGS.into_iter().zip(targets) {
            self.reach(parts, target, Vec3::Z);
        }
    }

    fn reach_hands(&mut self, person: &Person) {
        for parts in ARMS {
            let wrist = parts[2].joint();
            if person.found(wrist) {
                self.reach(parts, self.root.place(person.position(wrist)), Vec3::NEG_Z);
            }
        }
    }

    /// Brings the end of a limb to a target. `front` is where it bends to in a T-pose.
    fn reach(&mut self, parts: [HumanBone; 3], target: Vec3, front: Vec3) {
        let Some(limb) = self.plan.limb(parts) else {
            return;
        };
        let [upper, lower, end] = limb;
        let front = self.turns[upper] * (self.plan.reference.turn(parts[0]) * front);
        let places = limb.map(|index| self.places[index]);
        let Some(by) = limb::reach(places, target, front) else {
            return;
        };
        self.turns[upper] = (by[0] * self.turns[upper]).normalize();
        self.turns[lower] = (by[1] * self.turns[lower]).normalize();
        self.places[lower] = self.carried(lower, upper);
        self.places[end] = self.carried(end, lower);
        for index in end + 1..self.plan.driven.len() {
            if self.plan.driven[index].carrier == Some(end) {
                self.places[index] = self.carried(index, end);
            }
        }
    }

    fn turn_twists(&mut self) {
        for (index, driven) in self.plan.driven.iter().enumerate() {
            if let Role::Twist {
                segment,
                from,
                to,
                axis,
                share,
            } = driven.role
            {
                let relative = self.turns[from].inverse() * self.turns[to];
                self.turns[index] =
                    (self.turns[segment] * twist(relative, axis, share)).normalize();
                self.places[index] = self.carried(index, segment);
            }
        }
    }

    /// Writes the poses in the frames of the bones' parents. `share` is the way to go from the poses before, `most` the largest
    /// turn in radians.
    fn make_local(&mut self, share: f32, most: f32) {
        for (index, driven) in self.plan.driven.iter().enumerate() {
            let parent = driven.parent;
            let above = parent.map_or(Quat::IDENTITY, |parent| self.turns[parent]);
            let rotation = driven.local_rotation(self.turns[index], above);
            let moved =
                parent.map(|parent| (above, self.places[parent], self.plan.driven[parent].rest));
            let translation = driven.local_translation(self.places[index], moved);
            let pose = &mut self.poses[index];
            if !rotation.is_finite() {
                continue;
            }
            let near = if pose.rotation.dot(rotation) < 0.0 {
                -rotation
            } else {
                rotation
            };
            let angle = pose.rotation.angle_between(near) * share;
            let turned = if angle > most {
                share * most / angle
            } else {
                share
            };
            pose.rotation = if turned < 1.0 {
                pose.rotation.slerp(near, turned).normalize()
            } else {
                rotation
            };
            pose.translation = match (pose.translation, translation) {
                (Some(before), Some(now)) => Some(before.lerp(now, share)),
                (_, now) => now,
            };
        }
    }
}

/// The measures of a rig that has at least one leg.
fn measures(plan: &Plan) -> Option<Measures> {
    let rest = |index: usize| plan.driven[index].rest;
    let legs = LEGS.map(|parts| plan.limb(parts));
    let (mut leg, mut ankle, mut middle, mut count) = (0.0, 0.0, Vec3::ZERO, 0.0);
    for [upper, lower, foot] in legs.into_iter().flatten() {
        leg += rest(upper).distance(rest(lower)) + rest(lower).distance(rest(foot));
        ankle += rest(foot).y;
        middle += rest(upper);
        count += 1.0;
    }
    let measures = Measures {
        leg: leg / count,
        ankle: ankle / count,
        middle: middle / count,
    };
    (count > 0.0 && measures.leg > 1e-4).then_some(measures)
}

fn toward(from: f32, to: f32, step: f32) -> f32 {
    from + (to - from).clamp(-step, step)
}

fn smooth(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}
