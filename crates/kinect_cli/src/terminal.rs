//! What the command shows while and after it works: progress, warnings, text that is safe to show.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of a progress bar; its position is a share, because the number of frames is not known beforehand.
const STEPS: u64 = 1000;

/// A progress bar on the terminal's error stream; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that appears at once.
    pub(crate) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(
            "{prefix} [{bar:40}] {percent:>3} %  {elapsed_precise}, {eta} left  {msg}",
        );
        // The template is ours and right; without it the bar merely looks plainer.
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A line without a share, for what has no known end.
    pub(crate) fn endless(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{prefix} {elapsed_precise}  {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Shows how much is done, 0 to 1.
    pub(crate) fn set(&self, share: f64) {
        self.0
            .set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }

    /// Shows a few words behind the bar.
    pub(crate) fn say(&self, words: String) {
        self.0.set_message(words);
    }

    /// Prints a warning above the bar.
    pub(crate) fn warn(&self, message: &str) {
        self.0
            .suspend(|| eprintln!("warning: {}", printable(message)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Writes to standard output. That nobody reads on (`kinect info FILE | head`) is no error.
pub(crate) fn print(text: &str) -> Result<ExitCode, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(e) => Err(format!("cannot write to standard output: {e}")),
    }
}

/// A text from a file, without what could steer the terminal.
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

/// A number of bytes, in words.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A number of things, in words.
pub(crate) fn plural(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
