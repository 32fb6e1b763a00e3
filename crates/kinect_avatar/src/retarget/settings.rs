//! How a character follows a person.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// How a character follows a person.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct RetargetSettings {
    /// Where the character goes when the person walks.
    pub root_motion: RootMotion,
    /// Keeps feet where they stand while the person's foot stands, and on the floor. Default: true.
    pub plant_feet: bool,
    /// Brings hands where the person's hands are, although the character's arms are longer or shorter: to the same place of the
    /// room, scaled like the root's motion. Arms then have other angles than the person's. Default: false.
    pub reach_hands: bool,
    /// Moves like the person's image in a mirror. Default: false.
    pub mirror: bool,
    /// Time constant of an own smoothing of all bones, in seconds; 0 is none. Planted feet slide a little with it. Default: 0.
    pub smoothing_seconds: f32,
    /// How long the change between animation and person takes when the person comes or goes, or when a joint is lost or found
    /// again, in seconds. Default: 0.3.
    pub blend_seconds: f32,
    /// Height of the floor in the room, in metres. `None`: it is estimated from the person's feet. Default: 0.
    pub floor: Option<f32>,
}

impl Default for RetargetSettings {
    fn default() -> Self {
        Self {
            root_motion: RootMotion::default(),
            plant_feet: true,
            reach_hands: false,
            mirror: false,
            smoothing_seconds: 0.0,
            blend_seconds: 0.3,
            floor: Some(0.0),
        }
    }
}

/// Where a character goes when the person walks. Distances are scaled by the ratio of the legs' lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum RootMotion {
    /// It walks in its model space as the person walks in the room: a person at the room's origin is at the model's origin.
    #[default]
    Room,
    /// It stays where the model stands, but crouches and jumps.
    InPlace,
}
