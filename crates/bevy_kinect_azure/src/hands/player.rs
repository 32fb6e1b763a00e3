//! The hands of a player.

use bevy::prelude::*;
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::Hand;

/// The hands of a player, on the player entity while the sensor has [`BodyHands`](super::BodyHands). Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::hands"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlayerHands {
    /// The person's left hand.
    pub left: Hand,
    /// The person's right hand.
    pub right: Hand,
}

impl PlayerHands {
    /// The hand of a side.
    pub const fn hand(&self, side: Side) -> &Hand {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}
