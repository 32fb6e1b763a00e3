//! The command's output on the terminal: progress, warnings, results, text that is safe to print.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of a progress bar; its position is a share, because the number of frames is not known beforehand.
const STEPS: u64 = 1000;

/// The template while the remaining time cannot be estimated yet.
const WITHOUT_SHARE: &str = "{prefix} {elapsed_precise}  {msg}";

/// The template once the remaining time can be estimated.
const WITH_SHARE: &str = "{prefix} [{bar:40}] {percent:>3} %  {elapsed_precise}, {eta} left  {msg}";

/// Whether so much was done, in so long a time, that the rest can be estimated.
fn is_known(share: f64, elapsed: Duration) -> bool {
    share >= 0.02 && elapsed >= Duration::from_secs(2)
}

/// Progress on the terminal's error stream; nothing if the error stream is not a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    known: AtomicBool,
}

impl Progress {
    /// A line that becomes a bar with an estimate once enough is done.
    pub(crate) fn new(what: &'static str) -> Self {
        Self::with_steps(what, Some(STEPS))
    }

    /// A line for work without a known end.
    pub(crate) fn endless(what: &'static str) -> Self {
        Self::with_steps(what, None)
    }

    fn with_steps(what: &'static str, steps: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::stderr());
        set_style(&bar, WITHOUT_SHARE);
        bar.set_prefix(what);
        // The thread that redraws the line is only needed on a terminal.
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self {
            bar,
            known: AtomicBool::new(false),
        }
    }

    /// Shows how much is done, 0 to 1.
    pub(crate) fn set(&self, share: f64) {
        self.bar
            .set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
        if is_known(share, self.bar.elapsed()) && !self.known.swap(true, Ordering::Relaxed) {
            set_style(&self.bar, WITH_SHARE);
        }
    }

    /// Shows a few words behind the bar.
    pub(crate) fn say(&self, words: String) {
        self.bar.set_message(words);
    }

    /// Prints a warning above the bar.
    pub(crate) fn warn(&self, message: &str) {
        self.bar
            .suspend(|| eprintln!("warning: {}", printable(message)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    // The templates are constants and valid; without one the bar would only look plainer.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}

/// Writes to standard output. A closed pipe (`kinect info FILE | head`) is not an error.
pub(crate) fn print(text: &str) -> Result<ExitCode, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(e) => Err(format!("cannot write to standard output: {e}")),
    }
}

/// Prints an error for a program that reads JSON: an object with `error`.
pub(crate) fn print_json_error(message: &str) {
    let error = serde_json::json!({ "error": message });
    // Errors of printing are ignored, because the exit status reports the failure as well.
    let _ = print(&format!("{error:#}\n"));
}

/// A text from a file, without control characters that could affect the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// A number of bytes in MiB, as text.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// A number with a noun in the singular or plural.
pub(crate) fn plural(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_will_take_is_said_once_enough_is_done() {
        let seconds = Duration::from_secs_f64;
        assert!(!is_known(0.0, seconds(60.0)));
        assert!(!is_known(0.01, seconds(60.0)));
        assert!(!is_known(0.5, seconds(0.5)));
        assert!(is_known(0.02, seconds(2.0)));
    }
}
