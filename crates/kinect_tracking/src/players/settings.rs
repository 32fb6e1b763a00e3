//! Who becomes a player, as data.

use crate::zones::Zone;

/// How people are followed and who gets a slot.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct PlayersSettings {
    /// Slots, 0 to 32. People beyond it are followed without a slot.
    pub most_players: usize,
    /// Who gets a slot when there are more people than slots.
    pub policy: SelectionPolicy,
    /// A body counts once it was seen for so long, in seconds.
    pub probation_seconds: f32,
    /// A person who is not seen keeps id and slot for so long, in seconds.
    pub hidden_seconds: f32,
    /// A body farther than this from where a person is expected is somebody else, in mm. At rates above 10 frames a second
    /// the limit is nearer: 250 mm and 4 mm for each ms.
    pub gate_mm: f32,
    /// By how much a tracker measures the bones of the same person differently after an interruption, in mm on the average.
    /// More recognises people who come back more often, and takes somebody else of the same size for them more often.
    pub bones_differ_mm: f32,
    /// Faster than this a player counts as moving, in mm/s; slower than 60 % of it as standing again.
    pub moving_mm_per_second: f32,
    /// Joints within this distance of the image's edge, or beyond it, make a player cut off, as a share of the image's
    /// height, 0 to 0.5.
    pub edge_share: f32,
    /// Another person gets a slot before its holder only if the policy has preferred them for so long, in seconds.
    pub replace_after_seconds: f32,
}

impl Default for PlayersSettings {
    fn default() -> Self {
        Self {
            most_players: 6,
            policy: SelectionPolicy::default(),
            probation_seconds: 0.4,
            hidden_seconds: 3.0,
            gate_mm: 600.0,
            bones_differ_mm: 4.0,
            moving_mm_per_second: 250.0,
            edge_share: 0.02,
            replace_after_seconds: 0.7,
        }
    }
}

impl PlayersSettings {
    /// The most slots there can be.
    pub const MOST_PLAYERS: usize = 32;
}

/// Who gets a slot when there are more people than slots.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum SelectionPolicy {
    /// Whoever has a slot keeps it. A free slot goes to whoever has been there longest.
    #[default]
    Sticky,
    /// The people nearest to the sensor. A holder is replaced by somebody who is nearer by 300 mm for
    /// [`replace_after_seconds`](PlayersSettings::replace_after_seconds).
    Nearest,
    /// The people nearest to the middle of the image. A holder is replaced by somebody who is nearer to it by 6°.
    MostCentral,
    /// The people who have been there longest. The same as [`Sticky`](Self::Sticky), but hidden people give up their slot
    /// when somebody is waiting.
    LongestPresent,
    /// Only people who stand in the zone, by the pelvis; whoever leaves it gives up the slot.
    InsideZone(Zone),
}
