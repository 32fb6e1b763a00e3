//! The keys.

use core::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::Pressed;
use kinect_app_support::pace::Pace;
use kinect_app_support::widgets::KeyFocus;

use super::Scene;
use super::layout::Layout;
use super::panel::Tab;
use super::skeletons::ShowSkeletons;
use super::sources::SourceList;

/// The help text for the keys, also on the panel's last tab.
pub(super) const HELP: &str = "\
Keys:
  S            choose a sensor
  F9           record, stop
  1 to 5, F1   tabs of the panel
  Down, Up     choose a control
  Right, Left  change it (Shift: fast)
  Enter        switch it
  Tab          panel on, off
  I            images on, off
  C            colours: camera,
               infrared, depth,
               players, plain
  + , -        larger, smaller points
  D            discs or squares
  B            skeletons on, off
  T            fewer points where
               drawing is slow on, off
  R            look from the start
  Esc          leave a control; quit
Recordings and simulations:
  Space        pause, play
  Right, Left  one capture on, back
  PgDn, PgUp   5 seconds on, back
  Home         to the start
  [ , ]        half, double speed
  L            loop on, off
Mouse:
  drag         orbit
  right-drag   move
  wheel        zoom";

pub(super) fn press(
    mut pressed: MessageReader<Pressed>,
    scene: Res<Scene>,
    mut sensors: Query<(
        &mut Playback,
        &PlaybackPosition,
        &mut PointCloud,
        &mut Recorder,
    )>,
    mut commands: MessageWriter<PlaybackCommand>,
    mut skeletons: ResMut<ShowSkeletons>,
    mut layout: ResMut<Layout>,
    mut tab: ResMut<Tab>,
    mut list: ResMut<SourceList>,
    mut pace: ResMut<Pace>,
    focus: Res<KeyFocus>,
    mut exit: MessageWriter<AppExit>,
) {
    let Ok((mut playback, position, mut cloud, mut recorder)) = sensors.get_mut(scene.sensor)
    else {
        return;
    };
    for &Pressed(key) in pressed.read() {
        // The panel's controls take these keys while one of them is chosen.
        let taken = focus.0.is_some();
        let action = match key {
            KeyCode::ArrowRight if !taken => Some(PlaybackAction::Step(1)),
            KeyCode::ArrowLeft if !taken => Some(PlaybackAction::Step(-1)),
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
            KeyCode::KeyC => cloud.color = next_color(cloud.color),
            KeyCode::KeyB => skeletons.0 = !skeletons.0,
            KeyCode::KeyT => pace.thins_out = !pace.thins_out,
            KeyCode::KeyI => layout.images = !layout.images,
            KeyCode::Tab => layout.panel = !layout.panel,
            KeyCode::KeyS => {
                list.is_open = !list.is_open;
                layout.panel |= list.is_open;
            }
            KeyCode::F9 => recorder.active = !recorder.active,
            KeyCode::Escape if list.is_open => list.is_open = false,
            KeyCode::Escape if !taken => {
                exit.write(AppExit::Success);
            }
            _ => {}
        }
        if let Some(chosen) = Tab::of_key(key) {
            *tab = chosen;
            layout.panel = true;
        }
    }
}

/// The colours that follow these when the key is pressed.
pub(super) fn next_color(color: PointColor) -> PointColor {
    match color {
        PointColor::Camera { .. } => PointColor::Infrared,
        PointColor::Infrared => PointColor::DepthRamp(FalseColor::Auto),
        PointColor::DepthRamp(_) => PointColor::Player {
            nobody: Color::srgb(0.13, 0.14, 0.17),
        },
        PointColor::Player { .. } => PointColor::Flat(Color::srgb(0.75, 0.82, 0.9)),
        PointColor::Flat(_) => PointColor::default(),
    }
}

/// The name of the colours.
pub(super) fn color_name(color: PointColor) -> &'static str {
    match color {
        PointColor::Camera { .. } => "camera",
        PointColor::Infrared => "infrared",
        PointColor::DepthRamp(_) => "depth",
        PointColor::Player { .. } => "players",
        PointColor::Flat(_) => "plain",
    }
}

fn scaled(size: PointSize, factor: f32) -> PointSize {
    match size {
        PointSize::Footprint(scale) => PointSize::Footprint((scale * factor).clamp(0.1, 20.0)),
        PointSize::World(metres) => PointSize::World((metres * factor).clamp(1.0e-4, 0.5)),
        PointSize::Pixels(pixels) => PointSize::Pixels((pixels * factor).clamp(1.0, 64.0)),
    }
}
