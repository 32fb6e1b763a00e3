//! Body index maps: each body grows from its bones over the depth image, as long as neighbouring pixels are on one
//! surface and near a bone.

use glam::Vec3;
use kinect_azure::body::BodyIndexImage;
use kinect_azure::{Body, Joint, JointConfidence};

use super::plan::is_central;
use super::view::View;
use crate::floor::Plane;
use crate::joints::place;

/// A bone with the part of the body around it. Its ends are numbers of joints, or [`CROWN`] and the heels.
struct Bone {
    ends: [usize; 2],
    /// The largest distance of flesh and clothes from the bone, in units of pelvis to neck.
    reach: f32,
    /// The smallest distance of the body's surface from the bone.
    core: f32,
    /// Other bones at its ends, to which the flood may go on.
    next: &'static [usize],
}

const CROWN: usize = Joint::COUNT;
const HEELS: [usize; 2] = [Joint::COUNT + 1, Joint::COUNT + 2];
const POINTS: usize = Joint::COUNT + 3;

const fn bone(from: Joint, to: Joint, reach: f32, core: f32, next: &'static [usize]) -> Bone {
    Bone {
        ends: [from.index(), to.index()],
        reach,
        core,
        next,
    }
}

const fn to_point(from: Joint, to: usize, reach: f32, core: f32, next: &'static [usize]) -> Bone {
    Bone {
        ends: [from.index(), to],
        reach,
        core,
        next,
    }
}

/// The bones; `next` has indices of this list.
const BONES: [Bone; 21] = [
    // 0: the trunk.
    bone(Joint::Pelvis, Joint::SpineChest, 0.44, 0.16, &[1, 3, 4, 5]),
    bone(Joint::SpineChest, Joint::Neck, 0.40, 0.14, &[0, 2, 3]),
    to_point(Joint::Neck, CROWN, 0.30, 0.08, &[1, 3]),
    bone(
        Joint::ShoulderLeft,
        Joint::ShoulderRight,
        0.24,
        0.08,
        &[0, 1, 2, 6, 7],
    ),
    bone(Joint::HipLeft, Joint::HipRight, 0.36, 0.15, &[0, 12, 13]),
    bone(
        Joint::SpineNavel,
        Joint::SpineChest,
        0.44,
        0.16,
        &[0, 1, 8, 9],
    ),
    // 6: the arms.
    bone(Joint::ShoulderLeft, Joint::ElbowLeft, 0.22, 0.07, &[3, 8]),
    bone(Joint::ShoulderRight, Joint::ElbowRight, 0.22, 0.07, &[3, 9]),
    bone(Joint::ElbowLeft, Joint::WristLeft, 0.17, 0.055, &[6, 10]),
    bone(Joint::ElbowRight, Joint::WristRight, 0.17, 0.055, &[7, 11]),
    bone(Joint::WristLeft, Joint::HandTipLeft, 0.18, 0.05, &[8, 18]),
    bone(Joint::WristRight, Joint::HandTipRight, 0.18, 0.05, &[9, 19]),
    // 12: the legs.
    bone(Joint::HipLeft, Joint::KneeLeft, 0.34, 0.11, &[4, 13, 14]),
    bone(Joint::HipRight, Joint::KneeRight, 0.34, 0.11, &[4, 12, 15]),
    bone(Joint::KneeLeft, Joint::AnkleLeft, 0.24, 0.075, &[12, 16]),
    bone(Joint::KneeRight, Joint::AnkleRight, 0.24, 0.075, &[13, 17]),
    to_point(Joint::FootLeft, HEELS[0], 0.2, 0.06, &[14]),
    to_point(Joint::FootRight, HEELS[1], 0.2, 0.06, &[15]),
    bone(Joint::WristLeft, Joint::ThumbLeft, 0.12, 0.03, &[10]),
    bone(Joint::WristRight, Joint::ThumbRight, 0.12, 0.03, &[11]),
    // 20: hair and hats.
    to_point(Joint::Head, CROWN, 0.32, 0.18, &[2]),
];

/// The distance between two seeds along a bone, in mm.
const SEED_MM: f32 = 25.0;
/// Neighbouring pixels that are farther apart in depth lie on different surfaces: in mm, and as a share of the depth.
const EDGE: (f32, f32) = (35.0, 0.012);
/// A pixel is given to another body only if the distance to the other body's bone is smaller by this factor.
const CLEARLY: f32 = 0.8;

/// The ends of the bones.
fn points(body: &Body) -> [Vec3; POINTS] {
    let at = |joint: Joint| place(body, joint);
    let mut points = [Vec3::ZERO; POINTS];
    for joint in Joint::ALL {
        points[joint.index()] = at(joint);
    }
    let ears = (at(Joint::EarLeft) + at(Joint::EarRight)) * 0.5;
    let neck = at(Joint::Neck);
    points[CROWN] = ears + (ears - neck) * 0.55;
    for (heel, (ankle, foot)) in HEELS.into_iter().zip([
        (Joint::AnkleLeft, Joint::FootLeft),
        (Joint::AnkleRight, Joint::FootRight),
    ]) {
        points[heel] = at(ankle) + (at(ankle) - at(foot)) * 0.3;
    }
    points
}

/// The bones whose ends are both seen, as bits. Trunk and head always count as seen: their places follow from the other
/// joints, and hair is often not measured.
fn seen_bones(body: &Body) -> u32 {
    let mut bits = 0;
    for (number, bone) in BONES.iter().enumerate() {
        let seen = bone.ends.iter().all(|&end| {
            let joint = Joint::ALL.get(end);
            joint.is_none_or(|&joint| {
                is_central(joint) || body.joint(joint).confidence >= JointConfidence::Medium
            })
        });
        bits |= u32::from(seen) << number;
    }
    bits
}

/// A pixel that belongs to a body.
#[derive(Clone, Copy, Debug)]
struct Reached {
    pixel: u32,
    body: u8,
    bone: u8,
}

/// The depth image that bodies grow in.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) view: &'a View,
    /// In mm, row by row.
    pub(crate) depths: &'a [u16],
    /// It belongs to nobody.
    pub(crate) floor: Option<&'a Plane>,
}

/// Makes index maps in the same memory again and again.
#[derive(Debug, Default)]
pub(crate) struct IndexMapper {
    /// For each pixel the distance to its bone, as a share of the bone's reach.
    distances: Vec<f32>,
    queue: Vec<Reached>,
    bodies: Vec<([Vec3; POINTS], f32)>,
    /// For each body the bones that are seen, as bits.
    seen: Vec<u32>,
}

impl IndexMapper {
    /// Writes the numbers of bodies into `map`, which gets the size of the depth image. `allows` says whether a point of
    /// the depth image (mm) may belong to the body of that number.
    pub(crate) fn draw(
        &mut self,
        image: &Surroundings<'_>,
        bodies: &[Body],
        allows: impl Fn(usize, Vec3) -> bool,
        map: &mut Vec<u8>,
    ) {
        let &Surroundings { view, depths, .. } = image;
        map.clear();
        map.resize(view.width * view.height, BodyIndexImage::BACKGROUND);
        if depths.is_empty() {
            return;
        }
        self.distances.clear();
        self.distances.resize(map.len(), f32::INFINITY);
        self.queue.clear();
        self.bodies.clear();
        self.bodies.extend(bodies.iter().map(|body| {
            let unit = place(body, Joint::Pelvis).distance(place(body, Joint::Neck));
            (points(body), unit)
        }));
        self.seen.clear();
        self.seen.extend(bodies.iter().map(seen_bones));
        // 255 is the background.
        for body in 0..bodies.len().min(usize::from(BodyIndexImage::BACKGROUND)) {
            self.seed(image, &allows, body as u8, map);
        }
        self.flood(image, &allows, map);
        self.fill_holes(view, depths, map);
        self.smooth_edges(view, depths, map);
    }

    fn seed(
        &mut self,
        image: &Surroundings<'_>,
        allows: &impl Fn(usize, Vec3) -> bool,
        body: u8,
        map: &mut [u8],
    ) {
        let view = image.view;
        for (number, bone) in BONES.iter().enumerate() {
            let [from, to] = bone.ends.map(|end| self.bodies[usize::from(body)].0[end]);
            let steps = (from.distance(to) / SEED_MM).ceil().clamp(1.0, 64.0) as usize;
            for step in 0..=steps {
                let at = from.lerp(to, step as f32 / steps as f32);
                let pixel = view.project(at).and_then(|at| view.pixel_at(at));
                if let Some(pixel) = pixel {
                    self.reach(image, allows, (pixel, body, number as u8), map);
                }
            }
        }
    }

    fn flood(
        &mut self,
        image: &Surroundings<'_>,
        allows: &impl Fn(usize, Vec3) -> bool,
        map: &mut [u8],
    ) {
        let depths = image.depths;
        let (width, height) = (image.view.width, image.view.height);
        let mut next = 0;
        while let Some(&Reached { pixel, body, bone }) = self.queue.get(next) {
            next += 1;
            let pixel = pixel as usize;
            // Meanwhile the pixel was given to another body.
            if map[pixel] != body {
                continue;
            }
            let depth = f32::from(depths[pixel]);
            let edge = EDGE.0 + EDGE.1 * depth;
            let (column, row) = (pixel % width, pixel / width);
            let neighbours = [
                (column > 0).then(|| pixel - 1),
                (column + 1 < width).then_some(pixel + 1),
                (row > 0).then(|| pixel - width),
                (row + 1 < height).then_some(pixel + width),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if map[neighbour] == body || (f32::from(depths[neighbour]) - depth).abs() > edge {
                    continue;
                }
                self.reach(image, allows, (neighbour, body, bone), map);
            }
        }
    }

    /// Gives each pixel without depth to the body whose bone the pixel's ray hits.
    fn fill_holes(&self, view: &View, depths: &[u16], map: &mut [u8]) {
        for (body, (points, unit)) in self.bodies.iter().enumerate() {
            for (number, bone) in BONES.iter().enumerate() {
                if self.seen[body] & 1 << number == 0 {
                    continue;
                }
                let [from, to] = bone.ends.map(|end| points[end]);
                let radius = bone.core * unit;
                let near = from.z.min(to.z);
                let (Some(a), Some(b)) = (view.project(from), view.project(to)) else {
                    continue;
                };
                if near < 200.0 {
                    continue;
                }
                let reach = radius * view.focal / near;
                let range = |a: f32, b: f32, size: usize| {
                    let first = (a.min(b) - reach).clamp(0.0, size as f32) as usize;
                    let last = (a.max(b) + reach + 1.0).clamp(0.0, size as f32) as usize;
                    first..last
                };
                for row in range(a[1], b[1], view.height) {
                    for column in range(a[0], b[0], view.width) {
                        let pixel = row * view.width + column;
                        if depths[pixel] != 0 || map[pixel] != BodyIndexImage::BACKGROUND {
                            continue;
                        }
                        let Some(ray) = view.pixel_ray(pixel) else {
                            continue;
                        };
                        if ray_distance(ray.normalize(), from, to) < radius {
                            map[pixel] = body as u8;
                        }
                    }
                }
            }
        }
    }

    /// Gives pixels that were not measured, or that lie between two surfaces, to the body of most of their neighbours.
    fn smooth_edges(&mut self, view: &View, depths: &[u16], map: &mut [u8]) {
        let (width, height) = (view.width, view.height);
        // All such pixels are found before any is changed, because a changed pixel would count as a neighbour.
        self.queue.clear();
        for row in 1..height.saturating_sub(1) {
            for pixel in row * width + 1..(row + 1) * width - 1 {
                if map[pixel] != BodyIndexImage::BACKGROUND {
                    continue;
                }
                let around = [pixel - 1, pixel + 1, pixel - width, pixel + width];
                let bodies = around.map(|next| map[next]);
                let Some(&body) = bodies.iter().find(|b| **b != BodyIndexImage::BACKGROUND) else {
                    continue;
                };
                let same = bodies.iter().filter(|b| **b == body).count();
                let depth = f32::from(depths[pixel]);
                let alone = || {
                    let off = |next: usize| (f32::from(depths[next]) - depth).abs();
                    around
                        .iter()
                        .all(|&next| off(next) > EDGE.0 + EDGE.1 * depth)
                };
                if same >= 3 || (same == 2 && (depth == 0.0 || alone())) {
                    self.queue.push(Reached {
                        pixel: pixel as u32,
                        body,
                        bone: 0,
                    });
                }
            }
        }
        for reached in &self.queue {
            map[reached.pixel as usize] = reached.body;
        }
    }

    /// Gives a pixel to a body if it lies near the bone or one of the next ones.
    fn reach(
        &mut self,
        &Surroundings {
            view,
            depths,
            floor,
        }: &Surroundings<'_>,
        allows: &impl Fn(usize, Vec3) -> bool,
        (pixel, body, bone): (usize, u8, u8),
        map: &mut [u8],
    ) {
        let depth = depths[pixel];
        if depth == 0 || map[pixel] == body {
            return;
        }
        let Some(ray) = view.pixel_ray(pixel) else {
            return;
        };
        let point = ray * f32::from(depth);
        let (points, unit) = &self.bodies[usize::from(body)];
        let share = |bone: usize| {
            let [from, to] = BONES[bone].ends.map(|end| points[end]);
            distance(point, from, to) / (BONES[bone].reach * unit).max(1.0)
        };
        let own = usize::from(bone);
        let mut best = (share(own), own);
        for &next in BONES[own].next {
            let share = share(next);
            if share < best.0 {
                best = (share, next);
            }
        }
        let (share, bone) = best;
        // NaN is not near.
        let near = share <= 1.0 && share < self.distances[pixel] * CLEARLY;
        if !near
            || floor.is_some_and(|floor| floor.is_part(point))
            || !allows(usize::from(body), point)
        {
            return;
        }
        map[pixel] = body;
        self.distances[pixel] = share;
        self.queue.push(Reached {
            pixel: pixel as u32,
            body,
            bone: bone as u8,
        });
    }
}

/// The distance between a ray from the camera and the line between two points.
fn ray_distance(ray: Vec3, from: Vec3, to: Vec3) -> f32 {
    // The point of the line that is nearest to the ray, which begins at the camera, the origin.
    let across = |point: Vec3| point - ray * point.dot(ray);
    let (a, b) = (across(from), across(to));
    let line = b - a;
    let along = -a.dot(line) / line.length_squared().max(1e-3);
    (a + line * along.clamp(0.0, 1.0)).length()
}

/// The distance of a point from the line between two others.
fn distance(point: Vec3, from: Vec3, to: Vec3) -> f32 {
    let line = to - from;
    let along = (point - from).dot(line) / line.length_squared().max(1e-3);
    point.distance(from + line * along.clamp(0.0, 1.0))
}
