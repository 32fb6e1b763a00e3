//! The places where people may be.

use glam::{Vec2, Vec3};

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
}

impl Stage {
    /// The floor of a room.
    pub(crate) fn of(room: &Room) -> Self {
        let flat = |v: Vec3| Vec2::new(v.x, v.z);
        Self {
            floor: (flat(room.floor.0), flat(room.floor.1)),
            obstacles: room
                .obstacles
                .iter()
                .map(|&(low, high)| (flat(low), flat(high)))
                .collect(),
            seats: room.seats.clone(),
        }
    }
}
