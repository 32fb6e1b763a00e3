//! A person's surface, ready to be posed.

use glam::Vec3;
use kinect_azure::body::Joint;
use rayon::prelude::*;

use super::figure::{Figure, HeldThing};
use super::hand::{HandRig, HandShape, OnFinger};
use super::looks::Person;
use super::mesh::{Bounds, Cut, Surface, extract, region_at};
use super::paint::Paint;
use super::physique::RestSkeleton;
use super::pose::{BodyPose, bind_pose};
use super::shape::Region;
use super::skin::{Weights, bones, moved, weights};
use crate::surface;

/// A person's surface in the bind pose, with the data for posing and colouring it.
#[derive(Debug)]
pub(crate) struct BodyMesh {
    pub(crate) skeleton: RestSkeleton,
    /// Vertices in the bind pose, in metres.
    pub(crate) rest: Vec<Vec3>,
    normals: Vec<Vec3>,
    pub(crate) triangles: Vec<[u32; 3]>,
    /// Which [`Region`] each triangle belongs to.
    pub(crate) material: Vec<u8>,
    weights: Vec<Weights>,
    bind: BodyPose,
    /// Left and right, and the vertices on their fingers: empty if the hands cannot close.
    hands: [(HandRig, Vec<(u32, OnFinger)>); 2],
    paint: Paint,
}

/// A person's surface in a pose.
#[derive(Clone, Debug, Default)]
pub(crate) struct SkinnedMesh {
    /// World positions in metres.
    pub(crate) positions: Vec<Vec3>,
    /// Unit normals.
    pub(crate) normals: Vec<Vec3>,
}

/// Vertices that one task moves.
const CHUNK: usize = 2048;

impl BodyMesh {
    /// Builds the surface. Takes some tens of milliseconds.
    pub(crate) fn new(person: &Person) -> Self {
        let mut person = *person;
        person.physique = person.physique.clamped();
        let skeleton = RestSkeleton::new(&person.physique);
        let bind = bind_pose(&skeleton);
        let mut figure = Figure::new(&person, &skeleton, &bind);
        let mut pieces: Vec<Surface> = pieces(&person, &bind)
            .par_iter()
            .map(|(bounds, cell)| extract(&figure.parts, bounds, *cell))
            .collect();
        if let Some(held) = figure.held.take() {
            pieces.push(surface_of(&held));
            figure.parts.push(held.part);
        }
        let mut rest = Vec::new();
        let mut normals = Vec::new();
        let mut triangles = Vec::new();
        for piece in pieces {
            let first = rest.len() as u32;
            rest.extend(piece.positions);
            normals.extend(piece.normals);
            triangles.extend(piece.triangles.iter().map(|t| t.map(|v| v + first)));
        }
        let axis = neck_seam(&person);
        let regions: Vec<Region> = rest
            .par_iter()
            .map(|&p| {
                // At the seam between head and trunk, which is above every neckline, the nearest part can be the top
                // inside the skin.
                let out = (p - axis) * Vec3::new(1.0, 0.0, 1.0);
                let seam = (p.y - axis.y).abs() < 0.04 && out.length() < 0.12;
                match region_at(&figure.parts, p) {
                    Region::Top if seam => Region::Skin,
                    region => region,
                }
            })
            .collect();
        let material = triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.map(|v| regions[v as usize]);
                (if b == c { b } else { a }) as u8
            })
            .collect();
        let weights = weights(&figure.parts, &rest, &triangles);
        let hands = [true, false].map(|left| {
            let rig = HandRig::new(&bind, left);
            let vertices = rest.iter().enumerate().filter(|_| person.fingers);
            let on = vertices.filter_map(|(v, &p)| Some((v as u32, rig.finger_at(p)?)));
            let on = on.collect();
            (rig, on)
        });
        let paint = Paint::new(&person, &bind, figure.edges);
        Self {
            skeleton,
            rest,
            normals,
            triangles,
            material,
            weights,
            bind,
            hands,
            paint,
        }
    }

    /// Poses the surface. Hands that cannot close stay as they are.
    pub(crate) fn skin(&self, pose: &BodyPose, hands: &[HandShape; 2], out: &mut SkinnedMesh) {
        let bones = bones(&self.bind, pose);
        out.positions.resize(self.rest.len(), Vec3::ZERO);
        out.normals.resize(self.rest.len(), Vec3::ZERO);
        (
            out.positions.par_chunks_mut(CHUNK),
            out.normals.par_chunks_mut(CHUNK),
            self.rest.par_chunks(CHUNK),
            self.normals.par_chunks(CHUNK),
            self.weights.par_chunks(CHUNK),
        )
            .into_par_iter()
            .for_each(|(positions, turned, rest, normals, weights)| {
                for i in 0..rest.len() {
                    (positions[i], turned[i]) = moved(&bones, &weights[i], rest[i], normals[i]);
                }
            });
        for ((rig, vertices), shape) in self.hands.iter().zip(hands) {
            for &(v, on) in vertices {
                let v = v as usize;
                let (p, turn) = rig.bent(self.rest[v], on, shape);
                let normal = turn * self.normals[v];
                (out.positions[v], out.normals[v]) = moved(&bones, &self.weights[v], p, normal);
            }
        }
    }

    /// How much infrared light a point of the surface returns, 0 to 1.
    pub(crate) fn infrared(&self, material: u8, rest: Vec3) -> f32 {
        self.paint.infrared(material, rest)
    }

    /// The colour and infrared albedo of a point of the surface, by its place in the bind pose.
    pub(crate) fn surface(&self, material: u8, rest: Vec3) -> surface::Surface {
        self.paint.surface(material, rest)
    }
}

/// The surface of an object in the hand. It is apart from the hand, because a hand's fine grid would be much too large.
fn surface_of(held: &HeldThing) -> Surface {
    let bounds = Bounds {
        min: held.low,
        max: held.high,
        cuts: Vec::new(),
    };
    extract(core::slice::from_ref(&held.part), &bounds, 0.0125)
}

/// Where the head is put on: under the chin, above the shoulders.
fn neck_seam(person: &Person) -> Vec3 {
    Vec3::Y * (person.physique.throat() - 0.02 * person.physique.head_height())
}

/// The pieces of the grid and their cells: head and hands finer than the rest.
pub(super) fn pieces(person: &Person, bind: &BodyPose) -> Vec<(Bounds, f32)> {
    let size = person.physique.height / 1.75;
    let at = |joint: Joint| bind.position[joint.index()];
    let throat = Vec3::Y * person.physique.throat();
    let u = person.physique.head_height();
    let overlap = 0.012 * size;
    let neck = neck_seam(person).y;
    let everywhere = |normal: Vec3, offset: f32| Cut {
        normal,
        offset,
        center: throat,
        radius: 10.0,
    };
    let mut cuts = vec![everywhere(Vec3::Y, neck + overlap)];
    let mut pieces = vec![(
        Bounds {
            min: Vec3::new(-0.75 * u, neck - overlap - 0.03, -u),
            max: Vec3::new(0.75 * u, throat.y + 1.35 * u, 0.75 * u),
            cuts: vec![everywhere(-Vec3::Y, -(neck - overlap))],
        },
        0.034 * u,
    )];
    for (wrist, tip) in [
        (Joint::WristLeft, Joint::HandTipLeft),
        (Joint::WristRight, Joint::HandTipRight),
    ] {
        let (w, t) = (at(wrist), at(tip));
        let along = (t - w).normalize();
        let cut = along.dot(w) - 0.01 * size;
        let room = Vec3::splat(0.13 * size);
        pieces.push((
            Bounds {
                min: w.min(t) - room,
                max: w.max(t) + room,
                cuts: vec![everywhere(-along, -(cut - overlap))],
            },
            if person.fingers { 0.0052 } else { 0.0064 } * size,
        ));
        cuts.push(Cut {
            normal: along,
            offset: cut + overlap,
            center: w,
            radius: 0.4 * size,
        });
    }
    let reach = at(Joint::WristLeft).x + 0.1 * size;
    pieces.push((
        Bounds {
            min: Vec3::new(-reach, -0.03, -0.42 * size),
            max: Vec3::new(reach, neck + 0.1, 0.42 * size),
            cuts,
        },
        0.0172 * size.max(0.7),
    ));
    pieces
}

#[cfg(test)]
impl BodyMesh {
    /// Where a joint is in the bind pose.
    pub(crate) fn rest_position(&self, joint: Joint) -> Vec3 {
        self.bind.position[joint.index()]
    }
}
