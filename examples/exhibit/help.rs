//! Keys, and a panel that describes them and says how the exhibit does.

use bevy::prelude::*;
use bevy::window::{CursorOptions, MonitorSelection, WindowMode};
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::Pressed;
use kinect_app_support::style;

use crate::Options;
use crate::attract::Attract;
use crate::colors::Palette;
use crate::particles::Amount;
use crate::visitors::Visitors;

/// The panel, and its lines of text.
#[derive(Component)]
pub(crate) struct Panel;

#[derive(Component)]
pub(crate) struct Lines;

const KEYS: [(&str, &str); 6] = [
    ("H", "shows and hides this help"),
    ("F", "full screen"),
    ("P", "other colours"),
    ("M", "mirror or window"),
    ("A", "attract loop now"),
    ("Esc", "ends the exhibit"),
];

pub(crate) fn spawn(mut commands: Commands, options: Res<Options>) {
    commands
        .spawn((
            Panel,
            if options.help_shown {
                Visibility::Inherited
            } else {
                Visibility::Hidden
            },
            BackgroundColor(style::PANEL.with_alpha(0.86)),
            Node {
                position_type: PositionType::Absolute,
                left: px(24),
                top: px(24),
                max_width: px(440),
                flex_direction: FlexDirection::Column,
                row_gap: px(7),
                padding: UiRect::axes(px(20), px(16)),
                border_radius: BorderRadius::all(px(8)),
                ..default()
            },
        ))
        .with_children(|panel| {
            panel.spawn((
                Text::new("Exhibit"),
                style::text_font(20.0),
                TextColor(style::TEXT),
            ));
            panel.spawn((
                Lines,
                Text::default(),
                style::text_font(13.0),
                TextColor(style::LABEL),
            ));
            for (key, what) in KEYS {
                panel
                    .spawn(Node {
                        column_gap: px(12),
                        ..default()
                    })
                    .with_children(|line| {
                        line.spawn((
                            Text::new(key),
                            style::text_font(14.0),
                            TextColor(style::ACCENT),
                            Node {
                                width: px(36),
                                ..default()
                            },
                        ));
                        line.spawn((
                            Text::new(what),
                            style::text_font(14.0),
                            TextColor(style::TEXT),
                        ));
                    });
            }
        });
}

pub(crate) fn press(
    mut pressed: MessageReader<Pressed>,
    mut panel: Single<&mut Visibility, With<Panel>>,
    mut palette: ResMut<Palette>,
    mut visitors: ResMut<Visitors>,
    mut attract: ResMut<Attract>,
    mut windows: Query<(&mut Window, &mut CursorOptions)>,
    mut exit: MessageWriter<AppExit>,
) {
    for Pressed(key) in pressed.read() {
        match key {
            KeyCode::KeyH => {
                **panel = match **panel {
                    Visibility::Hidden => Visibility::Inherited,
                    _ => Visibility::Hidden,
                };
            }
            KeyCode::KeyP => *palette = palette.next(),
            KeyCode::KeyM => visitors.is_mirror = !visitors.is_mirror,
            KeyCode::KeyA => attract.begin(),
            KeyCode::KeyF => {
                for (mut window, mut cursor) in &mut windows {
                    let is_full = window.mode != WindowMode::Windowed;
                    window.mode = if is_full {
                        WindowMode::Windowed
                    } else {
                        WindowMode::BorderlessFullscreen(MonitorSelection::Current)
                    };
                    cursor.visible = is_full;
                }
            }
            KeyCode::Escape => {
                exit.write(AppExit::Success);
            }
            _ => {}
        }
    }
}

/// Says who is there, how many particles there are and, if something is wrong, what to do.
pub(crate) fn tell(
    visitors: Res<Visitors>,
    attract: Res<Attract>,
    amount: Res<Amount>,
    palette: Res<Palette>,
    options: Res<Options>,
    time: Res<Time<Real>>,
    sensors: Query<(Option<&SensorState>, &BodyTrackingState)>,
    panel: Single<&Visibility, With<Panel>>,
    mut text: Single<(&mut Text, &mut TextColor), With<Lines>>,
    mut frame: Local<f32>,
) {
    *frame += (time.delta_secs() - *frame) * 0.05;
    if **panel == Visibility::Hidden {
        return;
    }
    let (sensor, problem) = match sensors.get(visitors.sensor) {
        Ok((sensor, tracking)) => (
            sensor.map_or("clip of bodies", SensorState::name),
            sensor.and_then(SensorState::problem).or(tracking.problem()),
        ),
        Err(_) => ("none", None),
    };
    let who = match visitors.present {
        0 if attract.is_on(&options) => "nobody is there: attract loop".to_owned(),
        0 => "nobody is there".to_owned(),
        1 => "one person".to_owned(),
        people => format!("{people} people"),
    };
    let mut words = format!(
        "Sensor: {sensor}. {who}.\nColours: {}. {}.",
        palette.name(),
        amount.words()
    );
    // A picture is the same in every run.
    if options.show.screenshot.is_none() {
        words += &format!("\n{:.0} ms a frame.", *frame * 1000.0);
    }
    if let Some(problem) = problem {
        words += &format!("\n{}", style::printable(problem));
    }
    let (text, color) = &mut *text;
    if text.0 != words {
        text.0 = words;
        color.0 = if problem.is_some() {
            style::PROBLEM
        } else {
            style::LABEL
        };
    }
}

/// Opens the window as a kiosk does.
pub(crate) fn fill_the_screen(mut windows: Query<(&mut Window, &mut CursorOptions)>) {
    for (mut window, mut cursor) in &mut windows {
        window.mode = WindowMode::BorderlessFullscreen(MonitorSelection::Current);
        cursor.visible = false;
    }
}
