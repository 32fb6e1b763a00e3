//! A mannequin: a person's surface without clothes, hair and face.

use glam::Vec3;
use kinect_azure::body::Joint;
use rayon::prelude::*;

use super::body::pieces;
use super::figure::Figure;
use super::looks::{HairStyle, Looks, Person};
use super::mesh::{Surface, extract};
use super::physique::{Physique, RestSkeleton};
use super::pose::bind_pose;
use super::skin::weights;

/// The surface of a mannequin with its skeleton, in metres: y up, standing on the origin, facing +z, the arms half lowered. Its
/// left is +x.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mannequin {
    /// The corners of the surface.
    pub positions: Vec<[f32; 3]>,
    /// The unit normals of the corners.
    pub normals: Vec<[f32; 3]>,
    /// Corners of triangles, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
    /// The four joints that move each corner, by [`Joint::index`].
    pub joints: Vec<[u8; 4]>,
    /// How much each of the four joints moves the corner; the sum is 1.
    pub weights: Vec<[f32; 4]>,
    /// Where each joint is, by [`Joint::index`].
    pub skeleton: [[f32; 3]; Joint::COUNT],
}

/// How much larger triangles are than those of a simulated person.
const COARSER: f32 = 1.2;

impl Mannequin {
    /// Builds the surface. Takes some tens of milliseconds.
    pub fn new() -> Self {
        let person = Person {
            physique: Physique {
                girth: 0.3,
                ..Physique::default()
            },
            looks: Looks {
                hair: HairStyle::Bald,
                ..Looks::default()
            },
            ..Person::default()
        };
        let skeleton = RestSkeleton::new(&person.physique);
        let bind = bind_pose(&skeleton);
        let parts = Figure::new(&person, &skeleton, &bind).bare(&bind);
        let pieces: Vec<Surface> = pieces(&person, &bind)
            .par_iter()
            .map(|(bounds, cell)| extract(&parts, bounds, cell * COARSER))
            .collect();
        let mut positions: Vec<Vec3> = Vec::new();
        let mut mannequin = Self {
            skeleton: bind.position.map(|at| at.to_array()),
            ..Self::default()
        };
        for piece in pieces {
            let first = positions.len() as u32;
            positions.extend(piece.positions);
            let normals = piece.normals.iter().map(|normal| normal.to_array());
            mannequin.normals.extend(normals);
            let triangles = piece.triangles.iter().map(|t| t.map(|v| v + first));
            mannequin.triangles.extend(triangles);
        }
        for weight in weights(&parts, &positions, &mannequin.triangles) {
            mannequin.joints.push(weight.joint);
            mannequin.weights.push(weight.weight);
        }
        mannequin.positions = positions.iter().map(|at| at.to_array()).collect();
        mannequin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mannequin_is_a_skinned_surface() {
        let mannequin = Mannequin::new();
        let count = mannequin.positions.len();
        assert!((4000..12000).contains(&count), "{count} corners");
        assert_eq!(mannequin.normals.len(), count);
        assert_eq!(mannequin.weights.len(), count);
        for (at, weights) in mannequin.positions.iter().zip(&mannequin.weights) {
            assert!((-0.05..1.8).contains(&at[1]), "{at:?}");
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
        let corners = mannequin.triangles.iter().flatten();
        assert!(corners.into_iter().all(|corner| (*corner as usize) < count));
    }
}
