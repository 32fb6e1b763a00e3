//! Keeps Microsoft's library from writing to the standard output, to which the command prints JSON.
//!
//! The library makes its logger while it is loaded, before a message handler can be set. That logger writes errors
//! ("no devices found") to the standard output unless an environment variable turns it off. A program cannot safely
//! change its own environment, so the command starts itself again with the variable set.

use std::ffi::OsStr;
use std::process::{Command, ExitCode};

/// The environment variable that the library reads.
const VARIABLE: &str = "K4A_ENABLE_LOG_TO_STDOUT";

/// Starts the command again with the library's output switched off, and returns the exit code of that process. Returns
/// `None` if this process should continue: the variable is already set, or the command cannot be started again.
pub(crate) fn start_again() -> Option<ExitCode> {
    if std::env::var_os(VARIABLE).is_some() {
        return None;
    }
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(arguments).env(VARIABLE, "0");
    replace(command, name.as_deref())
}

/// Replaces this process by the other one, which keeps the process number and the terminal.
#[cfg(unix)]
fn replace(mut command: Command, name: Option<&OsStr>) -> Option<ExitCode> {
    use std::os::unix::process::CommandExt;
    if let Some(name) = name {
        command.arg0(name);
    }
    // Returns only on failure; then the library's messages are printed, and everything else works.
    let _ = command.exec();
    None
}

/// Waits for the other process, which receives Ctrl-C, too.
#[cfg(not(unix))]
fn replace(mut command: Command, _name: Option<&OsStr>) -> Option<ExitCode> {
    let _ = ctrlc::set_handler(|| {});
    let code = command.status().ok()?.code().unwrap_or(1);
    Some(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
