//! Rows of one entity in Bevy's store of diagnostics.

use bevy::diagnostic::{Diagnostic, DiagnosticMeasurement, DiagnosticPath, DiagnosticsStore};
use bevy::prelude::*;

/// The last part of a row's path, and the unit that is shown behind its value.
pub(crate) type RowName = (&'static str, &'static str);

/// The paths of an entity's rows, in the order of their names.
pub(crate) fn paths(prefix: &str, entity: Entity, names: &[RowName]) -> Vec<DiagnosticPath> {
    let path = |(name, _): &RowName| DiagnosticPath::new(format!("{prefix}{entity}/{name}"));
    names.iter().map(path).collect()
}

/// Rows of one entity.
#[derive(Clone, Debug)]
pub(crate) struct Rows(Vec<DiagnosticPath>);

impl Rows {
    /// Adds the rows of an entity to the store.
    pub(crate) fn add(
        store: &mut DiagnosticsStore,
        prefix: &str,
        entity: Entity,
        names: &[RowName],
    ) -> Self {
        let paths = paths(prefix, entity, names);
        for (path, (_, unit)) in paths.iter().zip(names) {
            store.add(Diagnostic::new(path.clone()).with_suffix(*unit));
        }
        Self(paths)
    }

    /// Adds a measurement to each row that is switched on; rows whose value is `None` get none.
    pub(crate) fn measure(
        &self,
        store: &mut DiagnosticsStore,
        values: impl IntoIterator<Item = Option<f64>>,
        time: &Time<Real>,
    ) {
        let time = time.last_update().unwrap_or_else(|| time.startup());
        for (path, value) in self.0.iter().zip(values) {
            if let (Some(value), Some(row)) = (value, store.get_mut(path))
                && row.is_enabled
            {
                row.add_measurement(DiagnosticMeasurement { time, value });
            }
        }
    }

    /// Empties the rows, and switches them off: their entity has gone.
    pub(crate) fn end(&self, store: &mut DiagnosticsStore) {
        for path in &self.0 {
            let mut row = Diagnostic::new(path.clone()).with_max_history_length(0);
            row.is_enabled = false;
            store.add(row);
        }
    }
}
