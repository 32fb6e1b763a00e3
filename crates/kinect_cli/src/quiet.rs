//! Keeps Microsoft's library from writing to the standard output, to which the command prints JSON.
//!
//! The library makes its logger while it is loaded, before a message handler can be set. That logger writes errors
//! ("no devices found") to the standard output unless an environment variable turns it off. A program cannot safely
//! change its own environment, so the command starts itself again with the variable set.

use std::ffi::OsStr;
use std::process::{Command, ExitCode};

/// The environment variable that the library reads.
const VARIABLE: &str = "K4A_ENABLE_LOG_TO_STDOUT";

/// Starts the command again with the library kept quiet; gives what that ended with. `None`: go on here, because the
/// library is quiet, somebody wants to hear it, or starting again is not possible.
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

/// Becomes the other process: same number, same terminal.
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

/// Waits for the other process, which gets Ctrl-C as well.
#[cfg(not(unix))]
fn replace(mut command: Command, _name: Option<&OsStr>) -> Option<ExitCode> {
    let _ = ctrlc::set_handler(|| {});
    let code = command.status().ok()?.code().unwrap_or(1);
    Some(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
