//! The settings of players.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use crate::zones::Zone;

/// Settings for following people and for giving them slots.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct PlayersSettings {
    /// The number of slots, 0 to 32. Further people are followed without a slot.
    pub most_players: usize,
    /// Which people get a slot when there are more people than slots.
    pub policy: SelectionPolicy,
    /// A body becomes a player when it has been seen for this time, in seconds; up to one second if the body could be one of
    /// several hidden people.
    pub probation_seconds: f32,
    /// A person who is not seen keeps id and slot for this time, in seconds.
    pub hidden_seconds: f32,
    /// A body farther than this from a person's predicted position counts as another person, in mm. At rates above 10
    /// frames a second the limit is smaller: 250 mm plus 4 mm for each ms since the last frame.
    pub gate_mm: f32,
    /// How much the measured bones of one person may differ before and after an interruption, in mm on average. With a
    /// larger value, people who come back are recognised more often, but other people of the same size are mistaken for
    /// them more often, too.
    pub bones_differ_mm: f32,
    /// A player who is faster than this counts as moving, in mm/s; below 60 % of this speed as standing again.
    pub moving_mm_per_second: f32,
    /// A player counts as cut off if joints are nearer to the image's edge than this distance, or beyond the edge. A
    /// share of the image's height, 0 to 0.5.
    pub edge_share: f32,
    /// A person replaces the holder of a slot only after the policy has preferred that person for this time, in
    /// seconds.
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
    /// The largest number of slots.
    pub const MOST_PLAYERS: usize = 32;
}

/// Which people get a slot when there are more people than slots.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum SelectionPolicy {
    /// Players keep their slots. A free slot goes to the person who has been there longest.
    #[default]
    Sticky,
    /// The people nearest to the sensor. The holder of a slot is replaced by a person who is nearer by 300 mm for
    /// [`replace_after_seconds`](PlayersSettings::replace_after_seconds).
    Nearest,
    /// The people nearest to the middle of the image. The holder of a slot is replaced by a person who is nearer to the
    /// middle by 6°.
    MostCentral,
    /// The people who have been there longest. The same as [`Sticky`](Self::Sticky), but a hidden person loses the slot
    /// if another person is waiting for one.
    LongestPresent,
    /// Only people whose pelvis is in the zone get slots; a player who leaves the zone loses the slot.
    InsideZone(Zone),
}
