//! Puts a person's solids together.

use glam::{Quat, Vec3};
use kinect_azure::body::Joint;

use crate::person::looks::Person;
use crate::person::physique::RestSkeleton;
use crate::person::pose::BodyPose;
use crate::person::shape::{Knot, Part, Region, Shape};

/// The solids, and the reference frames for painting them.
pub(crate) struct Figure {
    pub(crate) parts: Vec<Part>,
    /// An object in the hand that is larger than the hand.
    pub(crate) held: Option<HeldThing>,
    pub(crate) edges: Edges,
}

/// An object with a surface of its own.
pub(crate) struct HeldThing {
    pub(crate) part: Part,
    /// The corners of a box around it.
    pub(crate) low: Vec3,
    pub(crate) high: Vec3,
}

/// Where garments end, so that paint can draw the line finer than triangles do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Edges {
    /// Height of the collar on the neck's axis.
    pub(crate) collar: f32,
    /// Height of the hem of the top.
    pub(crate) hem: f32,
    /// Where the sleeves end: a point, and the direction of the arm.
    pub(crate) sleeves: [(Vec3, Vec3); 2],
}

pub(super) struct Builder<'a> {
    pub(super) person: &'a Person,
    pub(super) bind: &'a BodyPose,
    /// Size against a man of 1.75 m.
    pub(super) size: f32,
    /// Thickness of limbs against average ones.
    pub(super) flesh: f32,
    pub(super) parts: Vec<Part>,
    pub(super) held: Option<HeldThing>,
    pub(super) edges: Edges,
}

impl Figure {
    pub(crate) fn new(person: &Person, skeleton: &RestSkeleton, bind: &BodyPose) -> Self {
        let physique = &person.physique;
        let mut builder = Builder {
            person,
            bind,
            size: physique.height / 1.75,
            flesh: (0.87 + 0.33 * physique.girth) * (1.12 - 0.12 * physique.maturity()),
            parts: Vec::new(),
            held: None,
            edges: Edges::default(),
        };
        builder.trunk(skeleton);
        for left in [true, false] {
            builder.leg(left);
            builder.arm(left);
        }
        builder.head(physique.head_height());
        builder.carried();
        Self {
            parts: builder.parts,
            held: builder.held,
            edges: builder.edges,
        }
    }

    /// The solids of the body alone, with feet as shoes have them: without clothes, hair, face and what is carried. What clothes
    /// covered, shoulders, hips and crotch, is rounded.
    pub(crate) fn bare(self, bind: &BodyPose) -> Vec<Part> {
        // Skull, cheeks and chin come before the face.
        let mut head = 3;
        let mut parts = self.parts;
        parts.retain(|part| match (part.region, &part.shape) {
            (Region::Skin | Region::Shoe, _) => true,
            // The seat.
            (Region::Bottom, Shape::Ellipsoid { .. }) => true,
            (Region::Head, _) if head > 0 => {
                head -= 1;
                true
            }
            _ => false,
        });
        let mut round = |joint: Joint, over: f32, radii: Vec3, blend: f32| {
            let shape = Shape::Ellipsoid {
                center: bind.position[joint.index()] + Vec3::Y * over,
                rotation: Quat::IDENTITY,
                radii,
            };
            parts.push(Part::new(shape, Region::Skin, blend, &[(0.0, joint)]));
        };
        for joint in [Joint::ShoulderLeft, Joint::ShoulderRight] {
            round(joint, 0.0, Vec3::splat(0.059), 0.035);
        }
        for joint in [Joint::HipLeft, Joint::HipRight] {
            round(joint, 0.0, Vec3::new(0.081, 0.095, 0.092), 0.03);
        }
        round(Joint::Pelvis, -0.085, Vec3::new(0.115, 0.068, 0.085), 0.04);
        parts
    }
}

impl Builder<'_> {
    pub(super) fn at(&self, joint: Joint) -> Vec3 {
        self.bind.position[joint.index()]
    }

    /// The place under the chin from which the parts of the head are measured.
    pub(super) fn throat(&self) -> Vec3 {
        Vec3::Y * self.person.physique.throat()
    }

    pub(super) fn turned(&self, joint: Joint, direction: Vec3) -> Vec3 {
        self.bind.rotation[joint.index()] * direction
    }

    /// A loft from a point to another, sections in the plane of `u` and what is square to it.
    pub(super) fn loft(
        &mut self,
        (a, b): (Vec3, Vec3),
        u: Vec3,
        knots: &[Knot],
        region: Region,
        blend: f32,
        bones: &[(f32, Joint)],
    ) -> &mut Part {
        let axis = (b - a).normalize();
        let u = (u - axis * u.dot(axis)).normalize();
        let shape = Shape::Loft {
            a,
            axis,
            u,
            v: axis.cross(u),
            length: a.distance(b),
            knots: knots.to_vec(),
        };
        self.parts.push(Part::new(shape, region, blend, bones));
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    pub(super) fn ball(
        &mut self,
        center: Vec3,
        radii: Vec3,
        region: Region,
        blend: f32,
        bone: Joint,
    ) {
        let shape = Shape::Ellipsoid {
            center,
            rotation: Quat::IDENTITY,
            radii,
        };
        self.parts
            .push(Part::new(shape, region, blend, &[(0.0, bone)]));
    }
}
