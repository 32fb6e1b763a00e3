//! The component of zones.

use std::time::Duration;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::units::METRES_PER_MILLIMETRE;
use kinect_tracking::zones::{Zone, ZonePart, ZoneSettings, ZoneShape};

use crate::presence;

/// A volume that reports the players in it, see [the topic](super). [`ZoneOccupants`] lists them; events and messages
/// ([`ZoneEntered`](super::ZoneEntered), [`ZoneDwelled`](super::ZoneDwelled), [`ZoneLeft`](super::ZoneLeft)) report
/// players who come and go.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::zones"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(ZoneOccupants, Transform)]
#[component(on_add = expect_plugin)]
pub struct BodyZone {
    /// Whether the zone is watched. When this becomes `false`, everybody leaves the zone.
    pub active: bool,
    /// The shape, in the space of the zone's entity, in metres.
    pub volume: ZoneVolume,
    /// The part of a person that must be inside.
    pub part: ZonePart,
    /// A player who is inside leaves only when the player is this far outside, in metres, so that a player at the edge
    /// does not enter and leave again and again.
    pub margin: f32,
    /// After this time inside, a player has dwelled in the zone.
    pub dwell: Duration,
    /// A player inside who is not seen for this time has left.
    pub lost_after: Duration,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "BodyZone");
}

impl Default for BodyZone {
    /// A box of 2 × 2 × 2 m around the entity, for the pelvis; players have dwelled after 2 s.
    fn default() -> Self {
        Self {
            active: true,
            volume: ZoneVolume::default(),
            part: ZonePart::Pelvis,
            margin: 0.1,
            dwell: Duration::from_secs(2),
            lost_after: Duration::from_secs(1),
        }
    }
}

/// The shape of a zone, in the space of the zone's entity, in metres.
#[derive(Reflect, Clone, Debug, PartialEq)]
pub enum ZoneVolume {
    /// A box around the entity.
    Box {
        /// Its edges along x, y and z.
        size: Vec3,
    },
    /// A sphere around the entity.
    Sphere {
        /// Its radius.
        radius: f32,
    },
    /// The space above a polygon on the floor, which is the plane y = 0.
    Floor {
        /// The corners (x, z) in order; at least three. The polygon may have notches, and may be given in either direction.
        corners: Vec<Vec2>,
        /// The height of the space above the floor.
        height: f32,
    },
}

impl Default for ZoneVolume {
    fn default() -> Self {
        Self::Box {
            size: Vec3::splat(2.0),
        }
    }
}

impl BodyZone {
    /// A zone with a box of these edges around the entity, in metres.
    pub fn cuboid(size: Vec3) -> Self {
        Self {
            volume: ZoneVolume::Box { size },
            ..Self::default()
        }
    }

    /// A zone with a sphere of this radius around the entity, in metres.
    pub fn sphere(radius: f32) -> Self {
        Self {
            volume: ZoneVolume::Sphere { radius },
            ..Self::default()
        }
    }

    /// A zone above a polygon on the floor, 2.5 m high; the corners are (x, z) in metres.
    pub fn floor(corners: impl Into<Vec<Vec2>>) -> Self {
        Self {
            volume: ZoneVolume::Floor {
                corners: corners.into(),
                height: 2.5,
            },
            ..Self::default()
        }
    }

    /// The same zone for another part of a person.
    #[must_use]
    pub fn for_part(mut self, part: ZonePart) -> Self {
        self.part = part;
        self
    }

    /// Whether a point of the entity's space, in metres, is inside.
    pub fn contains(&self, point: Vec3) -> bool {
        self.shape()
            .contains((point / METRES_PER_MILLIMETRE).to_array())
    }

    /// The zone in mm.
    pub(super) fn shape(&self) -> Zone {
        let mm = 1.0 / METRES_PER_MILLIMETRE;
        let shape = match &self.volume {
            ZoneVolume::Box { size } => ZoneShape::Box {
                center: [0.0; 3],
                size: (*size * mm).to_array(),
                yaw_degrees: 0.0,
            },
            ZoneVolume::Sphere { radius } => ZoneShape::Sphere {
                center: [0.0; 3],
                radius: radius * mm,
            },
            ZoneVolume::Floor { corners, height } => ZoneShape::Floor {
                corners: corners
                    .iter()
                    .map(|corner| (*corner * mm).to_array())
                    .collect(),
                bottom: 0.0,
                top: height * mm,
            },
        };
        Zone::new("", shape)
    }

    pub(super) fn settings(&self) -> ZoneSettings {
        ZoneSettings {
            part: self.part,
            margin_mm: self.margin / METRES_PER_MILLIMETRE,
            dwell_seconds: self.dwell.as_secs_f32(),
            lost_after_seconds: self.lost_after.as_secs_f32(),
        }
    }
}

/// The players in a zone, on the zone's entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::zones"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct ZoneOccupants {
    /// The players, in the order in which they came.
    pub players: Vec<ZoneOccupant>,
}

impl ZoneOccupants {
    /// Whether nobody is in the zone.
    pub fn is_empty(&self) -> bool {
        self.players.is_empty()
    }
}

/// A player in a zone.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub struct ZoneOccupant {
    /// The entity with the [`BodyTracking`](crate::body::BodyTracking) that tracks the player.
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// How long the player has been in the zone, in seconds.
    pub seconds: f32,
}
