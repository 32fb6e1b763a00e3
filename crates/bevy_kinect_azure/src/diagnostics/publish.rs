//! Writes the figures of sensors into Bevy's store of diagnostics.

use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::*;

use super::rows::Rows;
use super::sensor::{BODY_ROWS, PREFIX, ROWS, SensorDiagnostics};
use crate::body::BodyTracking;
use crate::sensor::KinectSensor;

/// The rows of a sensor.
#[derive(Component)]
pub(super) struct SensorRows(Rows);

/// The rows of a sensor's body tracking.
#[derive(Component)]
pub(super) struct BodyRows(Rows);

pub(super) fn publish(
    mut commands: Commands,
    mut store: ResMut<DiagnosticsStore>,
    sensors: Query<(Entity, &SensorDiagnostics, Option<&SensorRows>), With<KinectSensor>>,
    time: Res<Time<Real>>,
) {
    for (entity, diagnostics, rows) in &sensors {
        match rows {
            Some(SensorRows(rows)) => {
                rows.measure(&mut store, diagnostics.values().map(Some), &time);
            }
            None => {
                let rows = Rows::add(&mut store, PREFIX, entity, &ROWS);
                commands.entity(entity).try_insert(SensorRows(rows));
            }
        }
    }
}

pub(super) fn publish_bodies(
    mut commands: Commands,
    mut store: ResMut<DiagnosticsStore>,
    sensors: Query<
        (Entity, &SensorDiagnostics, Option<&BodyRows>),
        (With<KinectSensor>, With<BodyTracking>),
    >,
    time: Res<Time<Real>>,
) {
    for (entity, diagnostics, rows) in &sensors {
        match rows {
            Some(BodyRows(rows)) => {
                rows.measure(&mut store, diagnostics.body_values().map(Some), &time);
            }
            None => {
                let rows = Rows::add(&mut store, PREFIX, entity, &BODY_ROWS);
                commands.entity(entity).try_insert(BodyRows(rows));
            }
        }
    }
}

pub(super) fn forget_sensor(removed: On<Remove, KinectSensor>, mut commands: Commands) {
    commands
        .entity(removed.entity)
        .try_remove::<(SensorRows, BodyRows)>();
}

pub(super) fn forget_bodies(removed: On<Remove, BodyTracking>, mut commands: Commands) {
    commands.entity(removed.entity).try_remove::<BodyRows>();
}

pub(super) fn end_sensor(
    removed: On<Remove, SensorRows>,
    rows: Query<&SensorRows>,
    store: Option<ResMut<DiagnosticsStore>>,
) {
    if let (Ok(SensorRows(rows)), Some(mut store)) = (rows.get(removed.entity), store) {
        rows.end(&mut store);
    }
}

pub(super) fn end_bodies(
    removed: On<Remove, BodyRows>,
    rows: Query<&BodyRows>,
    store: Option<ResMut<DiagnosticsStore>>,
) {
    if let (Ok(BodyRows(rows)), Some(mut store)) = (rows.get(removed.entity), store) {
        rows.end(&mut store);
    }
}
