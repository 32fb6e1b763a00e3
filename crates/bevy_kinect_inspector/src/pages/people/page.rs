//! The page.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::prelude::*;

use super::players::{self, Players};
use super::times::Rates;
use super::{following, times, tracker};
use crate::controls::{button, folded, grave_button, nothing, section, switch, text};
use crate::inspector::KinectInspector;

type Tracked<'w> = (
    Entity,
    Option<&'w mut BodyTracking>,
    Option<&'w BodyTrackingState>,
    Option<&'w SensorState>,
    Has<BodyHands>,
    Has<BodyGestures>,
    Has<FloorDetection>,
);

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    inspector: Res<KinectInspector>,
    mut sensors: Query<Tracked>,
    clips: Query<Entity, With<BodyTracking>>,
    players: Players,
    mut commands: Commands,
    mut rates: Local<Rates>,
    time: Res<Time<Real>>,
) {
    // Clips of bodies play without a sensor.
    let Some(sensor) = inspector.sensor.or_else(|| clips.iter().min()) else {
        nothing(ui, "There is no sensor. The page Sensors adds one.");
        return;
    };
    let Ok((_, tracking, state, of_sensor, has_hands, has_gestures, has_floor)) =
        sensors.get_mut(sensor)
    else {
        nothing(ui, "The sensor is gone.");
        return;
    };
    let (Some(mut tracking), Some(state)) = (tracking, state) else {
        nothing(ui, "No people are tracked on this sensor.");
        ui.add_space(4.0);
        if button(ui, "Track people") {
            commands.entity(sensor).try_insert(BodyTracking::default());
        }
        return;
    };
    let mut wanted = tracking.clone();
    ui.add_space(4.0);
    if let Some(active) = switch(ui, "Track people", wanted.active) {
        wanted.active = active;
    }
    times::state(ui, &wanted, state, of_sensor);
    section(ui, "Players", |ui| {
        players::show(ui, sensor, &players);
        if !has_floor {
            text(
                ui,
                "Heights of people and feet on the floor need floor detection: the page Device switches it on.",
            );
        }
    });
    section(ui, "Tracker", |ui| tracker::show(ui, &mut wanted));
    section(ui, "Times", |ui| {
        rates.measure(sensor, state, time.elapsed());
        times::show(ui, state, &rates);
    });
    section(ui, "Following", |ui| {
        folded(ui, "Who gets a slot", false, |ui| {
            following::slots(ui, &mut wanted.players);
        });
        folded(ui, "Smoothing and prediction", true, |ui| {
            following::filter(ui, &mut wanted.filter);
        });
        folded(ui, "Entities of joints", false, |ui| {
            following::joints(ui, &mut wanted.joints);
        });
        folded(ui, "When the tracker fails", false, |ui| {
            following::restarts(ui, &mut wanted.restarts);
        });
    });
    section(ui, "More about people", |ui| {
        let mut entity = commands.entity(sensor);
        match switch(ui, "Hands", has_hands) {
            Some(true) => {
                entity.try_insert(BodyHands::default());
            }
            Some(false) => {
                entity.try_remove::<BodyHands>();
            }
            None => {}
        }
        match switch(ui, "Gestures", has_gestures) {
            Some(true) => {
                entity.try_insert(BodyGestures::default());
            }
            Some(false) => {
                entity.try_remove::<BodyGestures>();
            }
            None => {}
        }
        if grave_button(ui, "Remove body tracking") {
            entity.try_remove::<BodyTracking>();
        }
    });
    tracking.set_if_neq(wanted);
}
