//! Writes the figures of outputs into Bevy's store of diagnostics.

use std::time::Duration;

use bevy::diagnostic::{DiagnosticPath, DiagnosticsStore};
use bevy::prelude::*;

use super::diagnostics::OutputDiagnostics;
use super::output::ImageOutput;
use crate::diagnostics::{RowName, Rows, paths};

/// The rows of an output.
#[derive(Component)]
pub(super) struct OutputRows(Rows);

/// What the paths of all rows of outputs begin with.
const PREFIX: &str = "kinect/output/";

const ROWS: [RowName; 4] = [
    ("cpu_time", " ms"),
    ("gpu_time", " ms"),
    ("warnings", ""),
    ("errors", ""),
];

impl OutputDiagnostics {
    /// The paths of an output's rows in Bevy's diagnostics, see [the table](crate::diagnostics#rows-in-bevys-store).
    pub fn paths(output: Entity) -> Vec<DiagnosticPath> {
        paths(PREFIX, output, &ROWS)
    }
}

pub(super) fn publish(
    mut commands: Commands,
    mut store: ResMut<DiagnosticsStore>,
    outputs: Query<
        (Entity, &OutputDiagnostics, Option<&OutputRows>),
        (With<ImageOutput>, Changed<OutputDiagnostics>),
    >,
    time: Res<Time<Real>>,
) {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    for (entity, figures, rows) in &outputs {
        let values = [
            figures.cpu_time.map(milliseconds),
            figures.gpu_time.map(milliseconds),
            Some(figures.warnings as f64),
            Some(figures.errors as f64),
        ];
        match rows {
            Some(OutputRows(rows)) => rows.measure(&mut store, values, &time),
            None => {
                let rows = Rows::add(&mut store, PREFIX, entity, &ROWS);
                rows.measure(&mut store, values, &time);
                commands.entity(entity).try_insert(OutputRows(rows));
            }
        }
    }
}

pub(super) fn forget(removed: On<Remove, ImageOutput>, mut commands: Commands) {
    commands.entity(removed.entity).try_remove::<OutputRows>();
}

pub(super) fn end(
    removed: On<Remove, OutputRows>,
    rows: Query<&OutputRows>,
    store: Option<ResMut<DiagnosticsStore>>,
) {
    if let (Ok(OutputRows(rows)), Some(mut store)) = (rows.get(removed.entity), store) {
        rows.end(&mut store);
    }
}
