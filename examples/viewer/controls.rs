//! Keys, mouse and the orbiting camera.

use core::f32::consts::FRAC_PI_2;
use core::time::Duration;

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

use crate::skeletons::ShowSkeletons;
use crate::{Scene, SceneCamera};

/// The help text for the keys.
pub(crate) const HELP: &str = "\
Keys:
  Space          pause, play
  Right, Left    one capture on, back (pauses)
  PgDn, PgUp     5 seconds on, back
  Home           to the start
  [ , ]          half, double speed
  L              loop on, off
  + , -          larger, smaller points
  D              discs or squares
  C              colours: camera, infrared, depth, players, plain
  B              skeletons of simulated people on, off
  R              look from the start position again
  Esc            quit
Mouse: drag to orbit, right-drag to move, wheel to zoom.";

/// A camera that circles a point.
#[derive(Component, Clone, Debug)]
pub(crate) struct Orbit {
    focus: Vec3,
    distance: f32,
    yaw: f32,
    pitch: f32,
    home: (Vec3, f32, f32, f32),
}

impl Orbit {
    /// Yaw and pitch in degrees; positive yaw looks from the right, negative pitch from above.
    pub(crate) fn new(angles: Vec2) -> Self {
        let (yaw, pitch) = (angles.x.to_radians(), angles.y.to_radians());
        let focus = Vec3::NEG_Z * 1.5;
        Self {
            focus,
            distance: 2.5,
            yaw,
            pitch,
            home: (focus, 2.5, yaw, pitch),
        }
    }

    /// Moves the camera so that a sphere of this radius is visible.
    pub(crate) fn frame(&mut self, focus: Vec3, radius: f32) {
        self.focus = focus;
        // The distance at which a view 45° high holds the whole sphere.
        self.distance = radius * 2.9;
        self.home = (focus, self.distance, self.home.2, self.home.3);
    }

    fn reset(&mut self) {
        (self.focus, self.distance, self.yaw, self.pitch) = self.home;
    }
}

pub(crate) fn place_camera(
    camera: Single<(&Orbit, &mut Transform), (Changed<Orbit>, With<SceneCamera>)>,
) {
    let (orbit, mut transform) = camera.into_inner();
    let rotation = Quat::from_euler(EulerRot::YXZ, orbit.yaw, orbit.pitch, 0.0);
    *transform = Transform::from_translation(orbit.focus + rotation * Vec3::Z * orbit.distance)
        .with_rotation(rotation);
}

pub(crate) fn mouse(
    buttons: Res<ButtonInput<MouseButton>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    mut orbit: Single<&mut Orbit>,
) {
    let steps = match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 40.0,
    };
    if steps != 0.0 {
        orbit.distance = (orbit.distance * 0.9_f32.powf(steps)).clamp(0.05, 50.0);
    }
    if motion.delta == Vec2::ZERO {
        return;
    }
    if buttons.pressed(MouseButton::Left) {
        orbit.yaw -= motion.delta.x * 0.005;
        orbit.pitch = (orbit.pitch - motion.delta.y * 0.005).clamp(-FRAC_PI_2, FRAC_PI_2);
    } else if buttons.pressed(MouseButton::Right) || buttons.pressed(MouseButton::Middle) {
        let rotation = Quat::from_euler(EulerRot::YXZ, orbit.yaw, orbit.pitch, 0.0);
        let shift = Vec3::new(-motion.delta.x, motion.delta.y, 0.0) * orbit.distance * 0.001;
        orbit.focus += rotation * shift;
    }
}

pub(crate) fn keys(
    keys: Res<ButtonInput<KeyCode>>,
    scene: Res<Scene>,
    mut sensors: Query<(&mut Playback, &PlaybackPosition, &mut PointCloud)>,
    mut commands: MessageWriter<PlaybackCommand>,
    mut orbit: Single<&mut Orbit>,
    mut skeletons: ResMut<ShowSkeletons>,
    mut exit: MessageWriter<AppExit>,
) {
    let Ok((mut playback, position, mut cloud)) = sensors.get_mut(scene.sensor) else {
        return;
    };
    for key in keys.get_just_pressed() {
        let action = match key {
            KeyCode::ArrowRight => Some(PlaybackAction::Step(1)),
            KeyCode::ArrowLeft => Some(PlaybackAction::Step(-1)),
            KeyCode::PageDown => Some(PlaybackAction::Seek(
                position.position + Duration::from_secs(5),
            )),
            KeyCode::PageUp => Some(PlaybackAction::Seek(
                position.position.saturating_sub(Duration::from_secs(5)),
            )),
            KeyCode::Home => Some(PlaybackAction::Seek(Duration::ZERO)),
            _ => None,
        };
        if let Some(action) = action {
            if matches!(action, PlaybackAction::Step(_)) {
                playback.paused = true;
            }
            commands.write(PlaybackCommand {
                sensor: scene.sensor,
                action,
            });
        }
        match key {
            KeyCode::Space => playback.paused = !playback.paused,
            KeyCode::BracketLeft => playback.speed = (playback.speed * 0.5).max(0.125),
            KeyCode::BracketRight => playback.speed = (playback.speed * 2.0).min(8.0),
            KeyCode::KeyL => playback.looping = !playback.looping,
            KeyCode::Equal | KeyCode::NumpadAdd => cloud.size = scaled(cloud.size, 1.25),
            KeyCode::Minus | KeyCode::NumpadSubtract => cloud.size = scaled(cloud.size, 0.8),
            KeyCode::KeyD => {
                cloud.shape = match cloud.shape {
                    PointShape::Square => PointShape::Disc,
                    _ => PointShape::Square,
                };
            }
            KeyCode::KeyC => {
                cloud.color = match cloud.color {
                    PointColor::Camera { .. } => PointColor::Infrared,
                    PointColor::Infrared => PointColor::DepthRamp(FalseColor::Auto),
                    PointColor::DepthRamp(_) => PointColor::Flat(Color::srgb(0.75, 0.82, 0.9)),
                    PointColor::Flat(_) | PointColor::Player { .. } => PointColor::default(),
                };
            }
            KeyCode::KeyB => skeletons.0 = !skeletons.0,
            KeyCode::KeyR => orbit.reset(),
            KeyCode::Escape => {
                exit.write(AppExit::Success);
            }
            _ => {}
        }
    }
}

fn scaled(size: PointSize, factor: f32) -> PointSize {
    match size {
        PointSize::Footprint(scale) => PointSize::Footprint((scale * factor).clamp(0.1, 20.0)),
        PointSize::World(metres) => PointSize::World((metres * factor).clamp(1.0e-4, 0.5)),
        PointSize::Pixels(pixels) => PointSize::Pixels((pixels * factor).clamp(1.0, 64.0)),
    }
}
