//! The key that changes clothes, and problems in words.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::fit::WhereRoom;
use kinect_app_support::legend::{self, Pressed, Value};
use kinect_app_support::style;

use crate::costume::Dress;

/// A problem of the sensor, the tracker or a model.
#[derive(Component)]
pub(crate) struct Problem;

pub(crate) fn spawn(mut commands: Commands) {
    commands
        .spawn((
            WhereRoom,
            Node {
                position_type: PositionType::Absolute,
                left: px(16),
                bottom: px(14),
                width: px(150),
                ..legend::row()
            },
        ))
        .with_children(|row| {
            legend::key(row, KeyCode::KeyC, "C", "clothes");
        });
    commands.spawn((
        Problem,
        Text::default(),
        style::text_font(14.0),
        TextColor(style::PROBLEM),
        Node {
            position_type: PositionType::Absolute,
            left: px(20),
            top: px(16),
            max_width: percent(80),
            ..default()
        },
    ));
}

pub(crate) fn press(mut pressed: MessageReader<Pressed>, mut dress: ResMut<Dress>) {
    for Pressed(key) in pressed.read() {
        if *key == KeyCode::KeyC {
            *dress = dress.next();
        }
    }
}

pub(crate) fn tell(
    dress: Res<Dress>,
    sensors: Query<(&SensorState, &BodyTrackingState)>,
    avatars: Query<&AvatarState>,
    mut texts: Query<(&mut Text, Has<Value>), Or<(With<Value>, With<Problem>)>>,
) {
    let of_sensor = sensors
        .iter()
        .find_map(|(sensor, tracking)| sensor.problem().or(tracking.problem()));
    let of_model = || avatars.iter().find_map(|state| state.problem.as_deref());
    let problem = style::printable(of_sensor.or_else(of_model).unwrap_or_default());
    for (mut text, is_value) in &mut texts {
        let words = match (is_value, *dress) {
            (false, _) => problem.as_str(),
            (true, Dress::Costume) => "costume",
            (true, Dress::Mannequin) => "mannequin",
            (true, Dress::Nothing) => "none",
        };
        if text.0 != *words {
            words.clone_into(&mut text.0);
        }
    }
}
