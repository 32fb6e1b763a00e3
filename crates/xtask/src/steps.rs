//! Runs commands one after the other, shows each with its duration, and prints a table at the end.

use std::process::Command;
use std::time::{Duration, Instant};

/// The steps of one run.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, bool)>,
    /// Steps whose names do not contain this are left out.
    only: Option<String>,
}

impl Steps {
    /// Only the steps whose names contain `only`, where it is given.
    pub(crate) fn only(only: Option<String>) -> Self {
        Self {
            only,
            ..Self::default()
        }
    }

    /// Whether a step is excluded by `only`.
    pub(crate) fn is_left_out(&self, name: &str) -> bool {
        self.only.as_ref().is_some_and(|only| !name.contains(only))
    }

    /// Runs a step. `remedy` is printed after a failure and says what to do.
    pub(crate) fn run(
        &mut self,
        name: &str,
        command: &mut Command,
        remedy: &str,
    ) -> Result<(), String> {
        if self.is_left_out(name) {
            return Ok(());
        }
        let shown = show(command);
        println!("\n=== {name}: {shown}");
        let start = Instant::now();
        let status = command.status();
        let took = start.elapsed();
        let ok = status.as_ref().is_ok_and(|s| s.success());
        self.done.push((name.to_owned(), took, ok));
        println!(
            "=== {name}: {} in {:.1} s",
            if ok { "ok" } else { "FAILED" },
            took.as_secs_f64()
        );
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!(
                "step `{name}` failed ({status}). {remedy}\nIt ran: {shown}"
            )),
            Err(e) => Err(format!(
                "step `{name}` could not be started: {e}. It would have run: {shown}"
            )),
        }
    }

    /// Runs a function as a step. Its error says what to do.
    pub(crate) fn check(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        if self.is_left_out(name) {
            return Ok(());
        }
        println!("\n=== {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        self.done.push((name.to_owned(), took, result.is_ok()));
        println!(
            "=== {name}: {} in {:.1} s",
            if result.is_ok() { "ok" } else { "FAILED" },
            took.as_secs_f64()
        );
        result.map_err(|why| format!("step `{name}` failed: {why}"))
    }

    /// Prints a table of the steps that ran.
    pub(crate) fn print_summary(&self) {
        println!("\nSummary");
        for (name, took, ok) in &self.done {
            println!(
                "  {:<44} {:>8.1} s  {}",
                name,
                took.as_secs_f64(),
                if *ok { "ok" } else { "FAILED" }
            );
        }
        let total: Duration = self.done.iter().map(|(_, took, _)| *took).sum();
        println!("  {:<44} {:>8.1} s", "total", total.as_secs_f64());
    }
}

/// A command as it is typed in a shell.
pub(crate) fn show(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
