//! The code of docs/simulation.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn simulated_sensor(mut commands: Commands) {
    commands.spawn(KinectSensor::new(SensorSource::Simulation(
        SimulationSettings {
            scenario: Scenario::Single(MotionKind::Wave),
            people: 2,
            seed: 7,
            noise: Noise::default(),
            ..default()
        },
    )));
}
