//! Zones seen from above: their outlines, the handles on them, and the changes that dragging a handle makes.
//!
//! Points on the floor are (x, z) of the world, in metres.

use core::f32::consts::TAU;

use bevy::math::Affine3A;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

/// The shortest edge and the smallest radius that a drag leaves, in metres of the zone's space.
const SMALLEST: f32 = 0.05;
/// The number of corners with which circles are drawn.
const CIRCLE: usize = 48;

/// A part of a zone that is dragged on the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Handle {
    /// The zone itself.
    Whole,
    /// A corner of a box or of a floor zone, or a point on the edge of a sphere.
    Corner(usize),
}

/// The place and the shape of a zone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// The place of the zone's entity, in the space of its parent.
    pub(crate) transform: Transform,
    /// From the parent's space to the world.
    pub(crate) parent: Affine3A,
    pub(crate) volume: ZoneVolume,
}

impl Placed {
    /// From the zone's space to the world.
    fn to_world(&self) -> Affine3A {
        self.parent * self.transform.compute_affine()
    }

    /// The height, in the zone's space, of the plane on which its outline is drawn: the bottom of a box, the middle of a sphere.
    fn level(&self) -> f32 {
        match &self.volume {
            ZoneVolume::Box { size } => -0.5 * size.y,
            ZoneVolume::Sphere { .. } | ZoneVolume::Floor { .. } => 0.0,
        }
    }

    /// The corners in the zone's space: those of a box or of a floor zone, or four points on the edge of a sphere.
    fn corners(&self) -> Vec<Vec2> {
        match &self.volume {
            ZoneVolume::Box { size } => SIDES.map(|side| 0.5 * side * size.xz()).to_vec(),
            ZoneVolume::Sphere { radius } => AXES.map(|axis| axis * *radius).to_vec(),
            ZoneVolume::Floor { corners, .. } => corners.clone(),
        }
    }

    fn point(&self, corner: Vec2) -> Vec3 {
        self.to_world()
            .transform_point3(Vec3::new(corner.x, self.level(), corner.y))
    }

    /// The outline on the floor.
    pub(crate) fn outline(&self) -> Vec<Vec2> {
        let corners = match &self.volume {
            ZoneVolume::Sphere { radius } => (0..CIRCLE)
                .map(|step| Vec2::from_angle(step as f32 / CIRCLE as f32 * TAU) * *radius)
                .collect(),
            _ => self.corners(),
        };
        corners.iter().map(|&at| self.point(at).xz()).collect()
    }

    /// The points of the world at which the zone is moved and resized.
    pub(crate) fn handles(&self) -> Vec<(Handle, Vec3)> {
        let corners = self.corners();
        let middle = corners.iter().sum::<Vec2>() / corners.len().max(1) as f32;
        let whole = core::iter::once((Handle::Whole, self.point(middle)));
        let corners = corners.iter().enumerate();
        whole
            .chain(corners.map(|(number, &at)| (Handle::Corner(number), self.point(at))))
            .filter(|(_, at)| at.is_finite())
            .collect()
    }

    /// The zone after a handle was dragged by a distance on the floor; `None` if the zone's space cannot be computed from the world's,
    /// or the handle does not exist.
    pub(crate) fn dragged(&self, handle: Handle, by: Vec2) -> Option<Self> {
        let by = Vec3::new(by.x, 0.0, by.y);
        let mut moved = self.clone();
        match handle {
            Handle::Whole => {
                moved.transform.translation += self.parent.inverse().transform_vector3(by);
            }
            Handle::Corner(number) => {
                let by = self.to_world().inverse().transform_vector3(by).xz();
                // A zone of scale 0 has no inverse.
                moved.drag_corner(number, by.is_finite().then_some(by)?)?;
            }
        }
        moved.is_sound().then_some(moved)
    }

    /// Moves a corner by a distance in the zone's space. The opposite corner of a box stays where it is.
    fn drag_corner(&mut self, number: usize, by: Vec2) -> Option<()> {
        let middle = match &mut self.volume {
            ZoneVolume::Box { size } => {
                let side = *SIDES.get(number)?;
                let opposite = -0.5 * side * size.xz();
                let edges =
                    ((0.5 * side * size.xz() + by - opposite) * side).max(Vec2::splat(SMALLEST));
                (size.x, size.z) = (edges.x, edges.y);
                opposite + 0.5 * side * edges
            }
            ZoneVolume::Sphere { radius } => {
                let axis = *AXES.get(number)?;
                *radius = (axis * *radius + by).length().max(SMALLEST);
                Vec2::ZERO
            }
            ZoneVolume::Floor { corners, .. } => {
                *corners.get_mut(number)? += by;
                Vec2::ZERO
            }
        };
        let middle = Vec3::new(middle.x, 0.0, middle.y);
        self.transform.translation = self.transform.transform_point(middle);
        Some(())
    }

    /// Whether every number is finite.
    fn is_sound(&self) -> bool {
        self.transform.is_finite() && self.outline().iter().all(|at| at.is_finite())
    }
}

/// The corners of a box, from its middle, in order.
const SIDES: [Vec2; 4] = [
    Vec2::new(-1.0, -1.0),
    Vec2::new(1.0, -1.0),
    Vec2::new(1.0, 1.0),
    Vec2::new(-1.0, 1.0),
];

/// The handles of a sphere, from its middle.
const AXES: [Vec2; 4] = [Vec2::X, Vec2::Y, Vec2::NEG_X, Vec2::NEG_Y];

/// A floor zone with another corner in the middle of the edge after a corner.
pub(crate) fn insert_corner(corners: &mut Vec<Vec2>, after: usize) {
    let Some(&first) = corners.get(after) else {
        return;
    };
    let second = corners[(after + 1) % corners.len()];
    corners.insert(after + 1, first.midpoint(second));
}

/// The floor zone of a shape's outline, in the zone's space.
pub(crate) fn as_floor(volume: &ZoneVolume) -> ZoneVolume {
    let (corners, height) = match volume {
        ZoneVolume::Floor { .. } => return volume.clone(),
        ZoneVolume::Box { size } => (SIDES.map(|side| 0.5 * side * size.xz()).to_vec(), size.y),
        ZoneVolume::Sphere { radius } => {
            let corner = |step: u8| Vec2::from_angle(f32::from(step) / 8.0 * TAU) * *radius;
            ((0..8).map(corner).collect(), 2.0 * *radius)
        }
    };
    ZoneVolume::Floor { corners, height }
}

/// The smallest box around a shape, in the zone's space: its edges, and its middle.
pub(crate) fn bounds(volume: &ZoneVolume) -> (Vec3, Vec3) {
    match volume {
        ZoneVolume::Box { size } => (*size, Vec3::ZERO),
        ZoneVolume::Sphere { radius } => (Vec3::splat(2.0 * radius), Vec3::ZERO),
        ZoneVolume::Floor { corners, height } => {
            let Some(&first) = corners.first() else {
                return (Vec3::new(0.0, *height, 0.0), Vec3::Y * 0.5 * *height);
            };
            let (min, max) = corners.iter().fold((first, first), |(min, max), &corner| {
                (min.min(corner), max.max(corner))
            });
            let (edges, middle) = (max - min, min.midpoint(max));
            (
                Vec3::new(edges.x, *height, edges.y),
                Vec3::new(middle.x, 0.5 * height, middle.y),
            )
        }
    }
}

/// Where a ray meets the horizontal plane at a height, at most 100 m away; `None` if it does not, or hardly, meet the plane.
pub(crate) fn on_plane(ray: Ray3d, height: f32) -> Option<Vec3> {
    let slope = ray.direction.y;
    let distance = (height - ray.origin.y) / slope;
    (slope.abs() > 0.01 && (0.0..100.0).contains(&distance)).then(|| ray.get_point(distance))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn placed(volume: ZoneVolume) -> Placed {
        Placed {
            transform: Transform::from_xyz(1.0, 1.0, -2.0)
                .with_rotation(Quat::from_rotation_y(0.5))
                .with_scale(Vec3::new(2.0, 1.0, 1.0)),
            parent: Affine3A::from_rotation_translation(
                Quat::from_rotation_y(-1.2),
                Vec3::new(0.3, 0.0, 0.7),
            ),
            volume,
        }
    }

    fn cuboid(edges: Vec3) -> ZoneVolume {
        ZoneVolume::Box { size: edges }
    }

    fn corner(zone: &Placed, number: usize) -> Vec2 {
        let (_, at) = zone.handles()[number + 1];
        at.xz()
    }

    #[test]
    fn the_middle_of_a_zone_goes_where_it_is_dragged() {
        let zone = placed(cuboid(Vec3::new(1.0, 2.0, 3.0)));
        let moved = zone.dragged(Handle::Whole, Vec2::new(0.5, -0.25)).unwrap();
        for (before, after) in zone.handles().iter().zip(moved.handles()) {
            let by = after.1 - before.1;
            assert!(by.distance(Vec3::new(0.5, 0.0, -0.25)) < 1e-5, "{by}");
        }
    }

    #[test]
    fn a_corner_of_a_turned_box_is_dragged_and_the_opposite_one_stays() {
        let zone = placed(cuboid(Vec3::new(1.0, 2.0, 3.0)));
        let by = Vec2::new(0.1, 0.2);
        for number in 0..4 {
            let resized = zone.dragged(Handle::Corner(number), by).unwrap();
            let moved = corner(&resized, number) - corner(&zone, number);
            assert!(moved.distance(by) < 1e-4, "corner {number} by {moved}");
            let opposite = (number + 2) % 4;
            let stayed = corner(&resized, opposite).distance(corner(&zone, opposite));
            assert!(stayed < 1e-4, "corner {opposite} by {stayed}");
        }
    }

    #[test]
    fn a_box_never_turns_inside_out() {
        let zone = Placed {
            transform: Transform::IDENTITY,
            parent: Affine3A::IDENTITY,
            volume: cuboid(Vec3::ONE),
        };
        let resized = zone.dragged(Handle::Corner(2), Vec2::splat(-5.0)).unwrap();
        let ZoneVolume::Box { size } = resized.volume else {
            panic!("still a box");
        };
        assert_eq!(size, Vec3::new(SMALLEST, 1.0, SMALLEST));
        let left = resized.transform.translation;
        assert!(left.distance(Vec3::new(-0.475, 0.0, -0.475)) < 1e-6);
    }

    #[test]
    fn the_edge_of_a_sphere_is_where_it_is_dragged_to() {
        let zone = Placed {
            transform: Transform::from_xyz(0.0, 1.0, 0.0),
            parent: Affine3A::IDENTITY,
            volume: ZoneVolume::Sphere { radius: 1.0 },
        };
        let resized = zone
            .dragged(Handle::Corner(0), Vec2::new(0.5, 0.0))
            .unwrap();
        assert_eq!(resized.volume, ZoneVolume::Sphere { radius: 1.5 });
        assert_eq!(resized.transform, zone.transform);
        assert_eq!(zone.outline().len(), CIRCLE);
    }

    #[test]
    fn a_zone_of_size_zero_can_be_made_larger() {
        let zone = Placed {
            transform: Transform::IDENTITY,
            parent: Affine3A::IDENTITY,
            volume: cuboid(Vec3::ZERO),
        };
        let resized = zone
            .dragged(Handle::Corner(0), Vec2::new(-1.0, -2.0))
            .unwrap();
        assert_eq!(resized.volume, cuboid(Vec3::new(1.0, 0.0, 2.0)));
    }

    #[test]
    fn nothing_becomes_of_numbers_that_are_not_finite() {
        let zone = placed(cuboid(Vec3::ONE));
        assert_eq!(zone.dragged(Handle::Whole, Vec2::NAN), None);
        assert_eq!(zone.dragged(Handle::Corner(9), Vec2::ONE), None);
        let mut flat = zone.clone();
        flat.transform.scale = Vec3::ZERO;
        assert_eq!(flat.dragged(Handle::Corner(0), Vec2::ONE), None);
        let mut broken = zone;
        broken.transform.translation.x = f32::NAN;
        assert_eq!(broken.dragged(Handle::Whole, Vec2::ONE), None);
        assert!(broken.handles().is_empty());
    }

    #[test]
    fn a_corner_is_inserted_between_its_neighbours() {
        let mut corners = vec![Vec2::ZERO, Vec2::X, Vec2::ONE];
        insert_corner(&mut corners, 2);
        assert_eq!(corners[3], Vec2::splat(0.5));
        insert_corner(&mut corners, 9);
        assert_eq!(corners.len(), 4);
    }

    #[test]
    fn shapes_keep_their_extent_when_they_become_floor_zones() {
        for volume in [
            cuboid(Vec3::new(1.0, 2.0, 3.0)),
            ZoneVolume::Sphere { radius: 1.0 },
        ] {
            let (before, _) = bounds(&volume);
            let (after, _) = bounds(&as_floor(&volume));
            assert!(before.distance(after) < 1e-5, "{before} {after}");
        }
    }

    #[test]
    fn rays_meet_the_floor_below_them_only() {
        let ray = |direction: Vec3| Ray3d::new(Vec3::Y * 2.0, Dir3::new(direction).unwrap());
        let down = on_plane(ray(Vec3::new(0.0, -1.0, -1.0)), 0.5).unwrap();
        assert!(down.distance(Vec3::new(0.0, 0.5, -1.5)) < 1e-5);
        assert_eq!(on_plane(ray(Vec3::Y), 0.5), None);
        assert_eq!(on_plane(ray(Vec3::X), 0.5), None);
        assert_eq!(on_plane(ray(Vec3::new(1.0, -0.011, 0.0)), 0.5), None);
    }
}
