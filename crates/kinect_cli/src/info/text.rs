//! Formats lines and columns.

use std::fmt::Write as _;

use crate::terminal::printable;

/// Lines with aligned columns.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn into_string(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, text: &str) {
        self.0.push_str(printable(text).trim_end());
        self.0.push('\n');
    }

    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.line(&format!("  {name:<14}{value}"));
    }

    /// Rows with a title; nothing if there are no rows.
    pub(super) fn table<const N: usize>(
        &mut self,
        title: &str,
        rows: impl Iterator<Item = [String; N]>,
    ) {
        // A long value (a user's tag) must not push every other row's columns off the screen.
        const WIDEST: usize = 44;
        let rows: Vec<[String; N]> = rows.collect();
        if rows.is_empty() {
            return;
        }
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count().min(WIDEST))
                .max()
                .unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        self.line(title);
        for row in &rows {
            let mut line = String::from(" ");
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(line, " {:<width$} ", cell.replace('\n', " "));
            }
            self.line(&line);
        }
    }
}

/// Microseconds as seconds.
pub(super) fn seconds(usec: u64) -> String {
    format!("{}.{:06} s", usec / 1_000_000, usec % 1_000_000)
}
