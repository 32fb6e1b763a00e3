//! The places where people may be.

use glam::{Mat3, Vec2, Vec3};

use crate::random::Random;
use crate::room::{Room, Seat};

/// The places where people may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    /// Lowest and highest x and z of the floor in front of the sensor.
    pub(crate) floor: (Vec2, Vec2),
    /// Obstacles that people walk around: lowest and highest x and z.
    pub(crate) obstacles: Vec<(Vec2, Vec2)>,
    /// Places to sit.
    pub(crate) seats: Vec<Seat>,
    /// What the sensor sees of it.
    pub(crate) sight: Sight,
}

/// What a sensor sees.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sight {
    /// Place of the depth camera in metres.
    pub(crate) position: Vec3,
    /// From the world's axes to the camera's (x right, y down, z forward).
    pub(crate) to_camera: Mat3,
    /// Tangents of half the field of view, across and down.
    pub(crate) half: Vec2,
    /// The greatest distance at which the sensor measures people, in metres.
    pub(crate) range: f32,
}

impl Stage {
    /// The floor of a room.
    pub(crate) fn of(room: &Room, sight: Sight) -> Self {
        let flat = |v: Vec3| Vec2::new(v.x, v.z);
        Self {
            floor: (flat(room.floor.0), flat(room.floor.1)),
            obstacles: room
                .obstacles
                .iter()
                .map(|&(low, high)| (flat(low), flat(high)))
                .collect(),
            seats: room.seats.clone(),
            sight,
        }
    }

    /// Lowest and highest x and z of the whole room: the floor goes on to the walls and behind the sensor.
    pub(crate) fn walls(&self) -> (Vec2, Vec2) {
        let (low, high) = self.floor;
        (
            low - Vec2::new(0.35, 0.4),
            Vec2::new(high.x + 0.35, high.y + 1.95),
        )
    }

    /// Whether the middle of a person may be there.
    pub(crate) fn has(&self, at: Vec2) -> bool {
        let (low, high) = self.walls();
        at.cmpge(low + 0.3).all() && at.cmple(high - 0.3).all()
    }
}

impl Sight {
    /// A random place on a stage's floor where the middle of a person is in view or just outside it; near places are as
    /// frequent as far ones. `None` if no such place was found.
    pub(crate) fn place(&self, stage: &Stage, r: &mut Random) -> Option<Vec2> {
        let (low, high) = stage.walls();
        (0..400).find_map(|_| {
            let at = Vec2::new(r.range(low.x..high.x), r.range(low.y..high.y));
            let middle = Vec3::new(at.x, 0.4 + 0.5 * r.unit(), at.y);
            let seen = self.to_camera * (middle - self.position);
            let far = seen.length();
            if seen.z < 0.5 || far > self.range || !r.chance(1.2 / far) {
                return None;
            }
            let off = Vec2::new(seen.x, seen.y).abs() / (seen.z * self.half);
            let out = off.max_element();
            (out < 0.9 || (out < 1.15 && r.chance(0.3))).then_some(at)
        })
    }
}
