//! Angles on the command line.

use bevy::prelude::*;

/// Two angles in degrees, written as 20,-10.
pub fn parse_angles(text: &str) -> Result<Vec2, String> {
    let (yaw, pitch) = text.split_once(',').ok_or("write it as 20,-10")?;
    let angle = |text: &str| {
        text.trim()
            .parse::<f32>()
            .ok()
            .filter(|angle| angle.is_finite())
            .ok_or_else(|| format!("{text} is not an angle in degrees"))
    };
    Ok(Vec2::new(angle(yaw)?, angle(pitch)?))
}
