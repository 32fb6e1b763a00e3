//! Inertial samples: accelerometer and gyroscope, three axes each. How the sensor stands above the floor.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::plot::{AXIS_COLORS, Plot};
use kinect_app_support::style::{LABEL, text_font};
use kinect_app_support::widgets::{set_shown, set_text};

use super::super::Scene;
use super::paragraph;

/// A quantity that is plotted.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    Acceleration,
    Turning,
}

/// The number of an axis, in the colour of its line.
#[derive(Component, Clone, Copy, Debug)]
pub(crate) struct Axis(Quantity, usize);

/// The number at the upper edge of a plot.
#[derive(Component, Clone, Copy, Debug)]
pub(crate) struct Edge(Quantity);

/// The text that says why there are no samples.
#[derive(Component)]
pub(crate) struct NoSamples;

/// The line that says how the sensor stands above the floor, or why there is no floor.
#[derive(Component)]
pub(crate) struct FloorLine;

const SECONDS: f64 = 6.0;
const HEIGHT: f32 = 110.0;

pub(crate) fn spawn(page: &mut ChildSpawnerCommands) {
    page.spawn((
        NoSamples,
        paragraph("There are no inertial samples.", LABEL),
    ));
    plot(page, Quantity::Acceleration, "Acceleration in m/s2", 12.0);
    plot(page, Quantity::Turning, "Turning in rad/s", 0.5);
    page.spawn(paragraph(
        "In the sensor's space: x to the right, y up, z backwards. The last 6 seconds.",
        LABEL,
    ));
    page.spawn((FloorLine, paragraph("", LABEL)));
}

fn plot(page: &mut ChildSpawnerCommands, quantity: Quantity, name: &str, range: f32) {
    page.spawn(Node {
        justify_content: JustifyContent::SpaceBetween,
        margin: UiRect::top(px(4)),
        ..default()
    })
    .with_children(|head| {
        head.spawn((Text::new(name), text_font(12.0), TextColor(LABEL)));
        head.spawn((
            Edge(quantity),
            Text::default(),
            text_font(11.0),
            TextColor(LABEL),
        ));
    });
    page.spawn((
        quantity,
        Plot::new(SECONDS, range),
        Node {
            width: percent(100),
            height: px(HEIGHT),
            border_radius: BorderRadius::all(px(4)),
            ..default()
        },
    ));
    page.spawn(Node {
        justify_content: JustifyContent::SpaceBetween,
        ..default()
    })
    .with_children(|numbers| {
        for (axis, color) in AXIS_COLORS.into_iter().enumerate() {
            numbers.spawn((
                Axis(quantity, axis),
                Text::default(),
                text_font(12.0),
                TextColor(color),
            ));
        }
    });
}

pub(crate) fn show(
    scene: Res<Scene>,
    imus: Query<Ref<Imu>>,
    mut samples: MessageReader<ImuMessage>,
    mut plots: Query<(&Quantity, &mut Plot)>,
    mut axes: Query<(&Axis, &mut Text), Without<Edge>>,
    mut edges: Query<(&Edge, &mut Text), Without<Axis>>,
    mut none: Single<&mut Node, With<NoSamples>>,
) {
    let readings: Vec<ImuReading> = samples
        .read()
        .filter(|message| message.sensor == scene.sensor)
        .map(|message| message.reading)
        .collect();
    let imu = imus.get(scene.sensor).ok();
    let is_empty = imu.as_ref().is_none_or(|imu| imu.newest.is_none());
    set_shown(&mut none, is_empty);
    for (quantity, mut plot) in &mut plots {
        if is_empty && imu.as_ref().is_some_and(Ref::is_changed) {
            plot.clear();
        }
        for reading in &readings {
            let seconds = |usec: u64| usec as f64 * 1.0e-6;
            match quantity {
                Quantity::Acceleration => plot.push(
                    seconds(reading.sample.acceleration_timestamp_usec),
                    reading.acceleration,
                ),
                Quantity::Turning => plot.push(
                    seconds(reading.sample.angular_velocity_timestamp_usec),
                    reading.angular_velocity,
                ),
            }
        }
        for (edge, mut text) in &mut edges {
            if edge.0 == *quantity {
                set_text(&mut text, &format!("+-{:.1}", plot.range()));
            }
        }
    }
    let newest = imu.and_then(|imu| imu.newest);
    for (&Axis(quantity, axis), mut text) in &mut axes {
        let word = newest.map_or_else(String::new, |reading| {
            let numbers = match quantity {
                Quantity::Acceleration => reading.acceleration,
                Quantity::Turning => reading.angular_velocity,
            };
            format!("{} {:+.2}", ["x", "y", "z"][axis], numbers[axis])
        });
        set_text(&mut text, &word);
    }
}

/// Writes the line about the floor.
pub(crate) fn show_floor(
    scene: Res<Scene>,
    floors: Query<&FloorState>,
    mut line: Single<&mut Text, With<FloorLine>>,
) {
    let words = match floors.get(scene.sensor) {
        Ok(FloorState {
            floor: Some(floor), ..
        }) => format!(
            "The sensor is {:.2} m above the floor (+-{:.0} mm), tilted down by {:.1} and rolled by {:.1} degrees (+-{:.1}).",
            floor.height,
            floor.height_error * 1000.0,
            floor.tilt_degrees,
            floor.roll_degrees,
            floor.tilt_error_degrees,
        ),
        Ok(FloorState {
            problem: Some(problem),
            ..
        }) => format!("No floor: {problem}."),
        _ => String::new(),
    };
    set_text(&mut line, &words);
}
