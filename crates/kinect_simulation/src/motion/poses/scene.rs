//! Places people in random poses, and things, in the view of the sensor.

use core::f32::consts::PI;

use glam::{Quat, Vec2, Vec3};
use kinect_azure::body::Joint;

use super::arms::Measures;
use super::clear::{are_apart, is_outside};
use super::legs::Base;
use super::pose::{Held, pose};
use super::things::Workshop;
use crate::motion::performer::Performer;
use crate::motion::stage::Stage;
use crate::person::physique::RestSkeleton;
use crate::person::pose::BodyPose;
use crate::random::Random;
use crate::room::thing::Thing;

/// People and things of one capture.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    pub(crate) performers: Vec<Performer>,
    pub(crate) things: Vec<Thing>,
}

/// The largest number of draws until a position is free.
const ATTEMPTS: usize = 60;

/// Places one to `people` people in random poses, with things around them. `things` is the share of captures that have
/// other things than the seats of people.
pub(crate) fn scene(
    stage: &Stage,
    cast: &[(&RestSkeleton, f32)],
    people: usize,
    things: f32,
    r: &mut Random,
) -> Scene {
    let mut scene = Scene::default();
    if cast.is_empty() || people == 0 {
        return scene;
    }
    let count = (1 + r.next() as usize % people).min(cast.len());
    let first = r.next() as usize;
    let mut bodies: Vec<(BodyPose, Measures, Base)> = Vec::new();
    for index in 0..count {
        let member = (first + index) % cast.len();
        let (skeleton, girth) = cast[member];
        let measures = Measures {
            size: skeleton.position[Joint::Head.index()].y / 1.53,
            girth,
        };
        let held = pose(skeleton, measures, r);
        let Some(body) = placed(&held, skeleton, measures, stage, &bodies, r) else {
            continue;
        };
        scene.performers.push(Performer {
            id: member as u32 + 1,
            cast: member,
            pose: body.clone(),
            hands: Default::default(),
        });
        bodies.push((body, measures, held.base));
    }
    let mut workshop = Workshop::new(r);
    for (body, measures, base) in &bodies {
        support(&mut workshop, body, *measures, *base);
    }
    if workshop.random.chance(things) {
        surround(&mut workshop, stage, &bodies);
    }
    let all = workshop.done();
    scene.things = all;
    scene
}

/// Moves the body to a free position in the view of the sensor, turned in a random direction. `None` if no free
/// position is found.
fn placed(
    held: &Held,
    skeleton: &RestSkeleton,
    measures: Measures,
    stage: &Stage,
    others: &[(BodyPose, Measures, Base)],
    r: &mut Random,
) -> Option<BodyPose> {
    let beside = r.chance(0.4);
    let lifted = match held.base {
        Base::Lying if r.chance(0.5) => r.range(0.2..0.6),
        _ => 0.0,
    };
    for attempt in 0..ATTEMPTS {
        let at = match others.last() {
            // Close to somebody else.
            Some((other, ..)) if beside && attempt < ATTEMPTS / 2 => {
                let middle = other.position[Joint::Pelvis.index()];
                let angle = r.range(-PI..PI);
                let away = r.range(0.35..0.9);
                Vec2::new(middle.x, middle.z) + Vec2::new(angle.cos(), angle.sin()) * away
            }
            _ => stage.sight.place(stage, r)?,
        };
        if !stage.has(at) {
            continue;
        }
        // A quarter faces the sensor.
        let to = stage.sight.position;
        let yaw = if r.chance(0.25) {
            (to.x - at.x).atan2(to.z - at.y) + 0.3 * r.normal()
        } else {
            r.range(-PI..PI)
        };
        let mut turned = held.pose.clone();
        turned.pelvis += Vec3::new(at.x, lifted, at.y);
        turned.rotation[0] = Quat::from_rotation_y(yaw) * turned.rotation[0];
        let body = turned.apply(skeleton);
        let clear = stage.obstacles.iter().all(|&(low, high)| {
            let (low, high) = (Vec3::new(low.x, 0.0, low.y), Vec3::new(high.x, 1.0, high.y));
            is_outside(&body, low, high, 0.1)
        });
        let inside = body.position.iter().all(|p| {
            let (low, high) = stage.walls();
            Vec2::new(p.x, p.z).cmpge(low + 0.08).all()
                && Vec2::new(p.x, p.z).cmple(high - 0.08).all()
        });
        let alone = others
            .iter()
            .all(|(other, size, _)| are_apart((&body, measures), (other, *size)));
        let free_lens = body
            .position
            .iter()
            .all(|p| p.distance(stage.sight.position) > 0.45);
        if clear && inside && alone && free_lens {
            return Some(body);
        }
    }
    None
}

/// The thing that a person sits or lies on.
fn support(workshop: &mut Workshop<'_>, body: &BodyPose, measures: Measures, base: Base) {
    let pelvis = body.position[Joint::Pelvis.index()];
    match base {
        Base::Seated => {
            let front = body.rotation[0] * Vec3::Z;
            let yaw = front.x.atan2(front.z);
            let under = (0.105 + 0.03 * measures.girth) * measures.size;
            let back = (0.17 + 0.05 * measures.girth) * measures.size;
            workshop.seat(pelvis - Vec3::Y * under, yaw, back);
        }
        Base::Lying => {
            let flat = |p: &Vec3| Vec2::new(p.x, p.z);
            let low = body.position.iter().map(flat).fold(Vec2::MAX, Vec2::min);
            let high = body.position.iter().map(flat).fold(Vec2::MIN, Vec2::max);
            let under =
                body.position.iter().map(|p| p.y).fold(f32::MAX, f32::min) - 0.09 * measures.size;
            if under > 0.1 {
                workshop.bed(low, high, under);
            }
        }
        _ => {}
    }
}

/// Things in front of people and beside them, where they touch no person.
fn surround(workshop: &mut Workshop<'_>, stage: &Stage, bodies: &[(BodyPose, Measures, Base)]) {
    let free = |workshop: &mut Workshop<'_>, build: &mut dyn FnMut(&mut Workshop<'_>)| {
        let before = workshop.len();
        build(workshop);
        let touches = workshop.since(before).iter().any(|thing| {
            let (low, high) = thing.solid.extent();
            let lens = stage.sight.position;
            bodies
                .iter()
                .any(|(body, ..)| !is_outside(body, low, high, 0.06))
                || lens.clamp(low, high).distance(lens) < 0.35
        });
        if touches {
            workshop.undo(before);
        }
    };
    for (body, ..) in bodies {
        if !workshop.random.chance(0.45) {
            continue;
        }
        let pelvis = body.position[Joint::Pelvis.index()];
        let front = body.rotation[0] * Vec3::Z;
        // In front of the person as seen from the sensor, or in front of the face.
        let way = if workshop.random.chance(0.6) {
            stage.sight.position - pelvis
        } else {
            front
        };
        let way = Vec2::new(way.x, way.z).normalize_or(Vec2::Y);
        let away = workshop.random.range(0.3..1.0);
        let aside = workshop.random.range(-0.5..0.5);
        let at = Vec2::new(pelvis.x, pelvis.z) + way * away + way.perp() * aside;
        let yaw = way.x.atan2(way.y) + workshop.random.range(-0.4..0.4);
        free(workshop, &mut |workshop| workshop.barrier(at, yaw));
    }
    for _ in 0..workshop.random.next() % 4 {
        let Some(at) = stage.sight.place(stage, workshop.random) else {
            continue;
        };
        let yaw = workshop.random.range(-PI..PI);
        free(workshop, &mut |workshop| workshop.clutter(at, yaw));
    }
}
