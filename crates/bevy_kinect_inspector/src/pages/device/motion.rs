//! Inertial samples.

use std::collections::VecDeque;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::imu::{Imu, ImuMessage, ImuReading};

use crate::controls::{Plot, Series, figure, section, text};

/// The number of updates that a plot shows.
const UPDATES: usize = 240;

/// The mean sample of each of the last updates, of one sensor.
#[derive(Default)]
pub(crate) struct History {
    sensor: Option<Entity>,
    /// Acceleration and angular velocity, an axis each.
    axes: [VecDeque<f32>; 6],
}

impl History {
    /// Adds the samples of an update.
    pub(super) fn add<'a>(
        &mut self,
        sensor: Entity,
        samples: impl Iterator<Item = &'a ImuMessage>,
    ) {
        if self.sensor != Some(sensor) {
            *self = Self {
                sensor: Some(sensor),
                ..Self::default()
            };
        }
        let (mut count, mut acceleration, mut turn) = (0, Vec3::ZERO, Vec3::ZERO);
        for message in samples.filter(|message| message.sensor == sensor) {
            acceleration += message.reading.acceleration;
            turn += message.reading.angular_velocity;
            count += 1;
        }
        if count == 0 {
            return;
        }
        let mean = [acceleration, turn].map(|sum| sum / count as f32);
        for (axis, value) in self
            .axes
            .iter_mut()
            .zip(mean.iter().flat_map(|mean| mean.to_array()))
        {
            if axis.len() == UPDATES {
                axis.pop_front();
            }
            axis.push_back(value);
        }
    }

    fn lines(&self) -> [Vec<f32>; 6] {
        self.axes
            .each_ref()
            .map(|axis| axis.iter().copied().collect())
    }
}

pub(super) fn show(ui: &mut Ui, imu: Option<&Imu>, history: &History) {
    section(ui, "Inertial samples", |ui| {
        let Some((imu, newest)) = imu.and_then(|imu| Some((imu, imu.newest?))) else {
            text(ui, "The source delivers no inertial samples.");
            return;
        };
        let lines = history.lines();
        let [ax, ay, az, gx, gy, gz] = lines.each_ref().map(Vec::as_slice);
        let plot = |ui: &mut Ui, name, unit, [x, y, z]: [&[f32]; 3]| {
            let series = [
                Series {
                    name: "x",
                    values: x,
                },
                Series {
                    name: "y",
                    values: y,
                },
                Series {
                    name: "z",
                    values: z,
                },
            ];
            Plot::new(name, UPDATES).unit(unit).show(ui, &series);
        };
        figures(ui, imu, &newest);
        plot(ui, "Acceleration over time", " m/s²", [ax, ay, az]);
        plot(ui, "Angular velocity over time", " rad/s", [gx, gy, gz]);
    });
}

fn figures(ui: &mut Ui, imu: &Imu, newest: &ImuReading) {
    let axes = |of: Vec3| format!("{:6.2} {:6.2} {:6.2}", of.x, of.y, of.z);
    figure(
        ui,
        "Acceleration",
        format!("{} m/s²", axes(newest.acceleration)),
    );
    figure(
        ui,
        "Angular velocity",
        format!("{} rad/s", axes(newest.angular_velocity)),
    );
    if let Some(celsius) = newest.sample.temperature_celsius {
        figure(ui, "Temperature", format!("{celsius:.1} °C"));
    }
    figure(ui, "Samples", imu.samples.to_string());
    if let Some(up) = imu.up {
        let tilt = up.z.atan2(up.x.hypot(up.y)).to_degrees();
        let roll = (-up.x).atan2(up.y).to_degrees();
        figure(
            ui,
            "By gravity",
            format!("tilted {tilt:.1}°, rolled {roll:.1}°"),
        );
    }
}
