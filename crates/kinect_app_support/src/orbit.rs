//! Cameras that circle a point, alike in all examples: drag to orbit, right-drag (or middle-drag) to move, wheel to zoom, R to look
//! from the start again.

use core::f32::consts::FRAC_PI_2;

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;

use crate::legend::{LegendPlugin, Pressed};

/// Moves the [`Orbit`] by mouse and keys, and every [`OrbitCamera`] along with it.
pub struct OrbitPlugin;

/// Moves the cameras; in `Update`. Systems that change the orbit run before.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaceCameras;

impl Plugin for OrbitPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<LegendPlugin>() {
            app.add_plugins(LegendPlugin);
        }
        app.init_resource::<Orbit>().add_systems(
            Update,
            (
                (mouse, keys).chain().before(PlaceCameras),
                place.in_set(PlaceCameras),
            ),
        );
    }
}

/// The help text for mouse and keys.
pub const HELP: &str =
    "Mouse: drag to orbit, right-drag to move, wheel to zoom; R looks from the start again.";

/// A camera that the orbit moves.
#[derive(Component, Clone, Copy, Debug, Default)]
#[require(Transform)]
pub struct OrbitCamera;

/// Where the cameras look from.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Orbit {
    /// The point that they look at.
    pub focus: Vec3,
    /// Metres from there to the cameras.
    pub distance: f32,
    /// Radians; positive looks from the right.
    pub yaw: f32,
    /// Radians; negative looks from above.
    pub pitch: f32,
    /// Radians that an app adds to the yaw to swing the cameras by itself.
    pub sway: f32,
    /// Focus, distance, yaw and pitch at the start.
    home: (Vec3, f32, f32, f32),
}

impl Default for Orbit {
    /// At the origin, looking along −z at a point 1.5 m away.
    fn default() -> Self {
        Self::new(Vec3::NEG_Z * 1.5, 1.5, Vec2::ZERO)
    }
}

/// Metres between the cameras and the focus.
const DISTANCES: core::ops::RangeInclusive<f32> = 0.05..=50.0;

impl Orbit {
    /// Yaw and pitch in degrees.
    pub fn new(focus: Vec3, distance: f32, angles: Vec2) -> Self {
        let (yaw, pitch) = (angles.x.to_radians(), angles.y.to_radians());
        Self {
            focus,
            distance,
            yaw,
            pitch,
            sway: 0.0,
            home: (focus, distance, yaw, pitch),
        }
    }

    /// Looks at another place, now and after a reset; the angles stay.
    pub fn frame(&mut self, focus: Vec3, distance: f32) {
        (self.focus, self.distance) = (focus, distance);
        (self.home.0, self.home.1) = (focus, distance);
    }

    /// Looks from the start again.
    pub fn reset(&mut self) {
        (self.focus, self.distance, self.yaw, self.pitch) = self.home;
    }

    /// Where a camera stands, and its direction.
    pub fn transform(&self) -> Transform {
        let rotation = self.rotation();
        Transform::from_translation(self.focus + rotation * Vec3::Z * self.distance)
            .with_rotation(rotation)
    }

    fn rotation(&self) -> Quat {
        Quat::from_euler(EulerRot::YXZ, self.yaw + self.sway, self.pitch, 0.0)
    }

    fn zoom(&mut self, steps: f32) {
        let distance = self.distance * 0.9_f32.powf(steps);
        self.distance = distance.clamp(*DISTANCES.start(), *DISTANCES.end());
    }

    fn turn(&mut self, pixels: Vec2) {
        self.yaw -= pixels.x * 0.005;
        self.pitch = (self.pitch - pixels.y * 0.005).clamp(-FRAC_PI_2, FRAC_PI_2);
    }

    fn shift(&mut self, pixels: Vec2) {
        let shift = Vec3::new(-pixels.x, pixels.y, 0.0) * self.distance * 0.001;
        self.focus += self.rotation() * shift;
    }
}

/// How a drag of the mouse changes the orbit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drag {
    Turn,
    Shift,
}

fn mouse(
    buttons: Res<ButtonInput<MouseButton>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    interactions: Query<&Interaction>,
    mut drag: Local<Option<Drag>>,
    mut orbit: ResMut<Orbit>,
) {
    // A drag that begins on a panel does not move the cameras.
    let on_a_panel = interactions
        .iter()
        .any(|&of_node| of_node != Interaction::None);
    let steps = match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 40.0,
    };
    if steps != 0.0 && !on_a_panel {
        orbit.zoom(steps);
    }
    for (button, action) in [
        (MouseButton::Left, Drag::Turn),
        (MouseButton::Right, Drag::Shift),
        (MouseButton::Middle, Drag::Shift),
    ] {
        if buttons.just_pressed(button) && !on_a_panel {
            *drag = Some(action);
        }
        if buttons.just_released(button) && *drag == Some(action) {
            *drag = None;
        }
    }
    if motion.delta == Vec2::ZERO {
        return;
    }
    match *drag {
        Some(Drag::Turn) => orbit.turn(motion.delta),
        Some(Drag::Shift) => orbit.shift(motion.delta),
        None => {}
    }
}

fn keys(mut pressed: MessageReader<Pressed>, mut orbit: ResMut<Orbit>) {
    if pressed.read().any(|&Pressed(key)| key == KeyCode::KeyR) {
        orbit.reset();
    }
}

fn place(orbit: Res<Orbit>, mut cameras: Query<&mut Transform, With<OrbitCamera>>) {
    let wanted = orbit.transform();
    for mut transform in &mut cameras {
        transform.set_if_neq(wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_looks_from_the_origin_along_minus_z() {
        let transform = Orbit::default().transform();
        assert!(transform.translation.length() < 1.0e-6);
        assert!(transform.forward().distance(Vec3::NEG_Z) < 1.0e-6);
    }

    #[test]
    fn a_reset_looks_from_where_the_scene_was_framed() {
        let mut orbit = Orbit::new(Vec3::ZERO, 1.0, Vec2::new(14.0, -8.0));
        orbit.frame(Vec3::NEG_Z * 2.0, 3.0);
        let start = orbit.transform();
        orbit.turn(Vec2::new(50.0, 20.0));
        orbit.shift(Vec2::new(9.0, 0.0));
        orbit.zoom(3.0);
        assert_ne!(orbit.transform(), start);
        orbit.reset();
        assert_eq!(orbit.transform(), start);
    }

    #[test]
    fn zooming_ends_before_the_focus() {
        let mut orbit = Orbit::default();
        orbit.zoom(1.0e4);
        assert_eq!(orbit.distance, *DISTANCES.start());
        orbit.zoom(-1.0e4);
        assert_eq!(orbit.distance, *DISTANCES.end());
    }
}
